//! Nobody inside gets more rights than were given.

use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use serde_json::json;

use super::*;
use crate::bin;
use crate::fixture;

/// CVE-2018-10856, CVE-2022-24769, CVE-2022-29162, CVE-2025-27612.
#[test]
fn caps_inheritable() {
    let cat = ["cat", "/proc/self/status"];
    let bundle = Bundle::new(&["sh", "-c", "cat /proc/self/status; exec sleep 3000"], |c| {
        set_caps(c, &["CAP_CHOWN", "CAP_KILL"]);
    });
    let runtime = Runtime::new();
    let out = runtime.create("it-inherit", bundle.path());
    runtime.run(&["start", "it-inherit"]).ok();
    let exec = |options: &[&str]| runtime.run(&[&["exec"], options, &["it-inherit"], &cat[..]].concat()).ok();
    let cases: [(&[&str], &str); 4] = [
        (&[], "21"),
        (&["--cap", "CAP_NET_RAW"], "2021"),
        (&["--user", "1000"], "0"),
        (&["--cap", "CAP_NET_RAW", "--user", "1000:1000"], "2021"),
    ];
    let field = |status: &str, name: &str| {
        let line = status.lines().find(|l| l.starts_with(name)).expect("a field");
        u64::from_str_radix(line.split_whitespace().nth(1).expect("a value"), 16).expect("hex")
    };
    for (options, most) in cases {
        let status = exec(options);
        assert_eq!(field(&status, "CapInh:"), 0, "{options:?}");
        assert_eq!(field(&status, "CapAmb:"), 0, "{options:?}");
        let most = u64::from_str_radix(most, 16).unwrap();
        for set in ["CapPrm:", "CapEff:"] {
            assert_eq!(field(&status, set) & !most, 0, "{options:?} {set} {status}");
        }
    }
    let status = std::fs::read_to_string(out).unwrap();
    assert_eq!(field(&status, "CapInh:"), 0);
    assert_eq!(field(&status, "CapPrm:"), 0x21);
}

/// What config.json makes inheritable on purpose stays what it says, for ambient capabilities need
/// it; `exec --cap` makes nothing inheritable, and ambient only what is inheritable.
#[test]
fn caps_ambient() {
    let bundle = Bundle::new(&["sleep", "3000"], |c| {
        c["process"]["user"] = json!({"uid": 1000, "gid": 1000});
        set_caps(c, &["CAP_CHOWN", "CAP_KILL"]);
        c["process"]["capabilities"]["bounding"] = json!(["CAP_CHOWN", "CAP_KILL", "CAP_NET_RAW"]);
        c["process"]["capabilities"]["inheritable"] = json!(["CAP_CHOWN", "CAP_NET_RAW"]);
        c["process"]["capabilities"]["ambient"] = json!(["CAP_CHOWN"]);
    });
    let runtime = Runtime::new();
    runtime.create("it-ambient", bundle.path());
    runtime.run(&["start", "it-ambient"]).ok();
    let cases: [(&[&str], [&str; 4]); 3] = [
        // CapInh, CapPrm, CapEff, CapAmb: CAP_CHOWN is bit 0, CAP_KILL 5, CAP_NET_RAW 13.
        (&[], ["2001", "1", "1", "1"]),
        (&["--cap", "CAP_NET_RAW"], ["2001", "2001", "2001", "2001"]),
        (&["--cap", "CAP_SYS_CHROOT"], ["2001", "1", "1", "1"]),
    ];
    for (options, want) in cases {
        let args = [&["exec"], options, &["it-ambient", "cat", "/proc/self/status"]].concat();
        let status = runtime.run(&args).ok();
        let sets = ["CapInh:", "CapPrm:", "CapEff:", "CapAmb:"].map(|name| {
            let line = status.lines().find(|l| l.starts_with(name)).expect("a field");
            line.split_whitespace().nth(1).expect("a value").trim_start_matches('0').to_owned()
        });
        assert_eq!(sets, want, "{options:?}");
    }
    // One that is not inheritable cannot be raised: that is said, and the program runs.
    bundle.edit(|c| c["process"]["capabilities"]["ambient"] = json!(["CAP_KILL"]));
    bundle.edit(|c| c["process"]["args"] = json!(["grep", "CapAmb", "/proc/self/status"]));
    let done = runtime.run(&["run", "--bundle", path(&bundle), "it-ambient2"]);
    assert_eq!((done.code, done.stdout.as_str()), (0, "CapAmb:\t0000000000000000\n"));
    assert!(done.stderr.contains("can't raise ambient capability CAP_KILL: "), "{}", done.stderr);
}

/// CVE-2026-30892: a user is the whole number that was written, or nobody.
#[test]
fn exec_user() {
    let bundle = Bundle::new(&["sleep", "3000"], |_| {});
    let runtime = Runtime::new();
    runtime.create("it-user", bundle.path());
    runtime.run(&["start", "it-user"]).ok();
    let exec = |user: &str| {
        let user = format!("--user={user}");
        runtime.run(&["exec", &user, "it-user", "sh", "-c", "id -u; id -g"])
    };
    for (user, want) in [("1", "1\n0\n"), ("1:2", "1\n2\n"), ("0", "0\n0\n"), ("010", "10\n0\n")] {
        assert_eq!(exec(user).ok(), want, "{user}");
    }
    for user in
        ["", "web", "1x", "+1", "-1", " 1", "1 ", "0x1", "1:", ":1", "1:x", "4294967296", "4294967295"]
    {
        let done = exec(user);
        assert_eq!((done.code, done.stdout.as_str()), (255, ""), "{user:?}");
    }
}

/// CVE-2014-8989: who may map only himself may not drop his groups either.
#[test]
fn setgroups_deny() {
    let bundle = Bundle::new(&["cat", "/proc/self/setgroups"], |c| {
        let map = json!([{"containerID": 0, "hostID": 1000, "size": 1}]);
        c["linux"]["uidMappings"] = map.clone();
        c["linux"]["gidMappings"] = map;
        c["linux"]["namespaces"].as_array_mut().unwrap().push(json!({"type": "user"}));
        drop_mounts(c, "/sys");
        drop_mounts(c, "/dev/pts");
        c["linux"].as_object_mut().unwrap().remove("resources");
    });
    // An ordinary user needs to reach all of this.
    let programs = fixture::temp();
    for name in ["ocirun", "ocirun-init"] {
        bin::run(Command::new("cp").arg(bin::path(name)).arg(programs.path())).ok();
    }
    let state = fixture::temp();
    nix::unistd::chown(state.path(), Some(1000.into()), Some(1000.into())).unwrap();
    for dir in [bundle.path(), programs.path()] {
        std::fs::set_permissions(dir, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let run = |id: &str| {
        let mut command = Command::new("setpriv");
        command
            .args(["--reuid", "1000", "--regid", "1000", "--clear-groups"])
            .arg(programs.path().join("ocirun"))
            .arg("--root")
            .arg(state.path())
            .args(["run", "--bundle", path(&bundle), id])
            .stdin(std::process::Stdio::null());
        bin::run(&mut command)
    };
    assert_eq!(run("it-setgroups").ok(), "deny\n");
    bundle.edit(|c| c["process"]["user"]["additionalGids"] = json!([0]));
    let line = run("it-setgroups").fails(1);
    assert!(line.contains("group") || line.contains("additionalGids"), "{line}");
}
