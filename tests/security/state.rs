//! The folders of ocirun's own: nobody else looks into them, and what stands in them is not taken on
//! trust.

use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use nix::sys::wait::{Id, WaitPidFlag, waitid};
use nix::unistd::Pid;
use serde_json::json;

use super::*;
use crate::bin;
use crate::fixture;
use crate::traces::none_of;

/// CVE-2021-41091, CVE-2021-41103, CVE-2024-25621: an ordinary user can list and open nothing of any
/// container's state, whatever the caller's umask is.
#[test]
fn state_perms() {
    let top = fixture::temp();
    std::fs::set_permissions(top.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let root = top.path().join("root");
    let seccomp = json!({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["acct"], "action": "SCMP_ACT_ERRNO"}]});
    let map = json!([{"containerID": 0, "hostID": 100000, "size": 65536}]);
    let bundle = Bundle::new(&["sleep", "3000"], |c| c["linux"]["seccomp"] = seccomp);
    let ocirun = |args: &[&str]| {
        let mut command = Command::new("sh");
        command.args(["-c", "umask 0; exec \"$@\" 2>&1 >/dev/null", "sh"]).arg(bin::path("ocirun"));
        command.arg("--root").arg(&root).args(args).env_remove("NOTIFY_SOCKET");
        let status = command.stdin(std::process::Stdio::null()).stdout(std::process::Stdio::null()).status();
        assert!(status.unwrap().success(), "{args:?}");
    };
    for id in ["it-perms", "it-permsuser"] {
        ocirun(&["create", "--bundle", path(&bundle), id]);
        bundle.edit(|c| {
            c["linux"]["uidMappings"] = map.clone();
            c["linux"]["gidMappings"] = map.clone();
            c["linux"]["namespaces"].as_array_mut().unwrap().push(json!({"type": "user"}));
        });
    }
    // Whatever there is, as root sees it; and the folders that are made for all containers.
    let find = |as_user: bool| {
        let mut command = Command::new(if as_user { "setpriv" } else { "env" });
        if as_user {
            command.args(["--reuid", "65534", "--regid", "65534", "--clear-groups"]);
        }
        bin::run(command.args(["find"]).arg(&root).arg("/run/ocirun").args(["-mindepth", "1"])).stdout
    };
    let all = find(false);
    let names =
        ["/it-perms/state.json", "/it-perms/exec.fifo", "/it-perms/seccomp", "/it-permsuser/exec.fifo"];
    assert!(names.iter().all(|name| all.contains(name)), "{all}");
    assert_eq!(find(true), "", "listed by an ordinary user");
    for file in all.lines().chain([root.to_str().unwrap()]) {
        let script = "for way in -r -w -x; do ! test $way \"$1\" || echo $way $1; done";
        let mut command = Command::new("setpriv");
        command.args([
            "--reuid",
            "65534",
            "--regid",
            "65534",
            "--clear-groups",
            "sh",
            "-c",
            script,
            "sh",
            file,
        ]);
        assert_eq!(bin::run(&mut command).ok(), "", "opened by an ordinary user");
    }
    for id in ["it-perms", "it-permsuser"] {
        ocirun(&["delete", "--force", id]);
    }
    none_of(&["it-perms", path(&bundle)]);
}

/// A state.json that somebody else wrote: every command says a line and ends; no process and no
/// folder that it names is touched.
#[test]
fn state_hostile() {
    let bundle = Bundle::new(&["sleep", "3000"], |_| {});
    let victim = Victim::new(&bundle);
    let runtime = Runtime::new();
    runtime.create("it-hostile", bundle.path());
    let dir = runtime.root.path().join("state/it-hostile");
    let good = std::fs::read(dir.join("state.json")).unwrap();
    let good_json: Value = serde_json::from_slice(&good).unwrap();
    let mut bystander = started_at_another_time(&good_json["startTime"]);
    let changed = |edit: &dyn Fn(&mut Value)| {
        let mut json = good_json.clone();
        edit(&mut json);
        json.to_string().into_bytes()
    };
    let up = format!("{}{}", "../".repeat(12), &victim.path()[1..]);
    let place = |below: &str, mount: &str| {
        changed(&|s| {
            s["pid"] = json!(0);
            for h in s["cgroup"]["hierarchies"].as_array_mut().unwrap() {
                h["below"] = json!(below);
                if !mount.is_empty() {
                    h["mount"] = json!(mount);
                }
            }
        })
    };
    let texts = [
        b"null".to_vec(),
        b"[]".to_vec(),
        b"{}".to_vec(),
        b"{\"pid\":".to_vec(),
        vec![0xff; 1000],
        "[".repeat(60_000).into_bytes(),
        "{\"a\":".repeat(60_000).into_bytes(),
        changed(&|s| s["pid"] = json!(-1)),
        changed(&|s| s["pid"] = json!(i32::MAX)),
        changed(&|s| s["pid"] = json!(bystander.id())),
        changed(&|s| s["id"] = json!("../../x")),
        changed(&|s| s["process"] = json!([1])),
        changed(&|s| s["namespaces"] = json!(["none", "", "user"])),
        changed(&|s| s["created"] = json!("x".repeat(1 << 20))),
        place(&up, ""),
        place(victim.path(), ""),
        place("victim", path(&bundle)),
        place("", ""),
    ];
    for text in texts {
        let shown = String::from_utf8_lossy(&text[..text.len().min(60)]).into_owned();
        for command in [
            &["state", "it-hostile"][..],
            &["list"],
            &["ps", "it-hostile"],
            &["kill", "it-hostile", "TERM"],
            &["pause", "it-hostile"],
            &["resume", "it-hostile"],
            &["update", "--pids-limit", "5", "it-hostile"],
            &["events", "--stats", "it-hostile"],
            &["exec", "it-hostile", "true"],
            &["start", "it-hostile"],
            &["delete", "it-hostile"],
        ] {
            std::fs::create_dir_all(&dir).unwrap();
            std::fs::write(dir.join("state.json"), &text).unwrap();
            let done = quick(&runtime, command);
            for word in ["panicked", "internal error", "overflow"] {
                assert!(!done.stderr.contains(word), "{command:?} with {shown}: {done:?}");
            }
            assert!(done.code == 0 || done.stderr.lines().count() == 1, "{command:?} with {shown}: {done:?}");
        }
        assert!(bystander.try_wait().unwrap().is_none(), "{shown}");
        assert!(Path::new(victim.path()).is_dir(), "{shown}");
        victim.is_untouched();
    }
    std::fs::create_dir_all(&dir).unwrap();
    std::fs::write(dir.join("state.json"), &good).unwrap();
    runtime.run(&["delete", "--force", "it-hostile"]).ok();
    bystander.kill().unwrap();
    bystander.wait().unwrap();
    none_of(&["it-hostile", path(&bundle)]);
}

/// A process that cannot be taken for one that started then: the kernel counts in hundredths of a second.
fn started_at_another_time(time: &Value) -> std::process::Child {
    let time = time.to_string();
    loop {
        let mut child = Command::new("sleep").arg("3000").spawn().unwrap();
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", child.id())).unwrap();
        // proc_pid_stat(5): the 22nd field; the second one may hold spaces, and ends in a bracket.
        let started = stat.rsplit(')').next().unwrap().split_whitespace().nth(19).unwrap();
        if time != started {
            return child;
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
}

/// No call takes more than a second of the processor, whatever it is given. What it waits for on a
/// machine at work is not its own.
pub fn quick(runtime: &Runtime, args: &[&str]) -> Done {
    // What is made inherits the streams, and keeps them.
    let files = ["quick.out", "quick.err"].map(|name| runtime.root.path().join(name));
    let [out, errors] = files.each_ref().map(|file| std::fs::File::create(file).unwrap());
    let mut child = runtime.command(args).stdout(out).stderr(errors).spawn().unwrap();
    let id = Id::Pid(Pid::from_raw(child.id() as i32));
    waitid(id, WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT).unwrap();
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", child.id())).unwrap();
    // proc_pid_stat(5): fields 14 to 17, in hundredths of a second, of its children as well.
    let fields = stat.rsplit(')').next().unwrap().split_whitespace().skip(11).take(4);
    let spent: u64 = fields.map(|ticks| ticks.parse::<u64>().unwrap()).sum();
    assert!(spent < 100, "{args:?} takes {spent} hundredths of a second");
    let code = child.wait().unwrap().code().unwrap();
    let [stdout, stderr] = files.map(|file| String::from_utf8_lossy(&std::fs::read(file).unwrap()).into());
    Done { code, stdout, stderr }
}
