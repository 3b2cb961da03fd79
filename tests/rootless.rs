//! `ocirun` as an ordinary user: with one id, with subordinate ids through newuidmap and newgidmap,
//! without any cgroup of their own and with one that was handed to them.

use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::bin::{self, Done};
use crate::fixture::{self, Bundle};
use crate::traces;

/// An ordinary user, with a folder for state that is theirs.
pub struct User {
    uid: u32,
    gid: u32,
    dir: tempfile::TempDir,
}

impl User {
    /// A user of the machine's.
    pub fn named(name: &str) -> Self {
        let user = nix::unistd::User::from_name(name).expect("read the users").expect("the user");
        let dir = fixture::temp();
        // The way to the folder, and the folder itself.
        std::fs::set_permissions(dir.path(), PermissionsExt::from_mode(0o711)).expect("chmod");
        let state = dir.path().join("state");
        std::fs::create_dir(&state).expect("create the folder of state");
        let user = Self { uid: user.uid.as_raw(), gid: user.gid.as_raw(), dir };
        chown(&state, Some(user.uid), Some(user.gid)).expect("give the folder away");
        user
    }

    pub fn state(&self) -> PathBuf {
        self.dir.path().join("state")
    }

    /// A bundle that is theirs: what `ocirun spec --rootless` prints to them, with `edit` applied.
    pub fn bundle(&self, args: &[&str], edit: impl FnOnce(&mut Value)) -> Bundle {
        let mut spec = bin::command("ocirun");
        let dir = fixture::temp();
        std::os::unix::fs::chown(dir.path(), Some(self.uid), Some(self.gid)).expect("give the folder away");
        bin::run(self.becomes(&mut spec).args(["spec", "--rootless"]).current_dir(dir.path())).ok();
        let text = std::fs::read(dir.path().join("config.json")).expect("spec writes config.json");
        let rootless: Value = serde_json::from_slice(&text).expect("JSON");
        let bundle = Bundle::new(args, |c| {
            let process = c["process"].take();
            *c = rootless;
            c["process"] = process;
            edit(c);
        });
        let owner = format!("{}:{}", self.uid, self.gid);
        bin::run(Command::new("chown").args(["-R", &owner]).arg(bundle.path())).ok();
        bundle
    }

    /// Makes a command one of this user's, who has no capability and no further group.
    fn becomes<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        use std::os::unix::process::CommandExt;
        command.uid(self.uid).gid(self.gid).env_remove("XDG_RUNTIME_DIR")
    }

    /// `ocirun` as this user.
    fn ocirun(&self, args: &[&str]) -> Done {
        let mut command = bin::command("ocirun");
        bin::run(self.becomes(&mut command).arg("--root").arg(self.state()).args(args))
    }

    /// A shell script as this user, with `ocirun` and the folder of state as $1 and $2.
    fn sh(&self, script: &str, args: &[&str]) -> Done {
        let mut command = Command::new("sh");
        command.args(["-c", script, "sh"]).arg(bin::path("ocirun")).arg(self.state()).args(args);
        bin::run(self.becomes(&mut command))
    }
}

fn path(bundle: &Bundle) -> &str {
    bundle.path().to_str().expect("UTF-8")
}

const IDS: &str = "id -u; id -g; tr -s ' ' </proc/self/uid_map; tr -s ' ' </proc/self/gid_map";

#[test]
fn one_id_and_no_cgroup() {
    let user = User::named("nobody");
    let bundle = user.bundle(&["sh", "-c", IDS], |_| {});
    let out = user.ocirun(&["run", "--bundle", path(&bundle), "it-rl-one"]).ok();
    assert_eq!(out, format!("0\n0\n 0 {} 1\n 0 {} 1\n", user.uid, user.gid));

    // The whole life by its steps.
    bundle.edit(|c| c["process"]["args"] = json!(["sleep", "3000"]));
    let create = "exec \"$1\" --root \"$2\" create --bundle \"$3\" it-rl-life </dev/null >\"$2/../out\" 2>&1";
    std::fs::File::create(user.dir.path().join("out")).expect("create the output file");
    chown(user.dir.path().join("out"), Some(user.uid), Some(user.gid)).expect("give the file away");
    user.sh(create, &[path(&bundle)]).ok();
    user.ocirun(&["start", "it-rl-life"]).ok();
    let state: Value = serde_json::from_str(&user.ocirun(&["state", "it-rl-life"]).ok()).unwrap();
    assert_eq!(state["status"], "running");
    assert_eq!(user.ocirun(&["exec", "it-rl-life", "id", "-u"]).ok(), "0\n");
    assert_eq!(user.ocirun(&["exec", "it-rl-life", "sh", "-c", "exit 7"]).code, 7);
    let ps = user.ocirun(&["list", "--format", "json"]).ok();
    assert!(ps.contains("\"owner\":\"nobody\""), "{ps}");
    user.ocirun(&["kill", "it-rl-life", "KILL"]).ok();
    crate::runtime::wait_exit(state["pid"].as_i64().expect("a pid"));
    user.ocirun(&["delete", "it-rl-life"]).ok();
    traces::none_of(&["it-rl-life", path(&bundle)]);
}

#[test]
fn what_one_id_cannot_do_is_one_error() {
    let user = User::named("nobody");
    let bundle =
        user.bundle(&["true"], |c| c["process"]["user"] = json!({"uid": 0, "gid": 0, "additionalGids": [7]}));
    let line = user.ocirun(&["run", "--bundle", path(&bundle), "it-rl-groups"]).fails(1);
    assert!(line.contains("additional"), "{line}");
    // A limit cannot be kept where there is no cgroup of one's own, and is not dropped in silence.
    bundle.edit(|c| {
        c["process"]["user"] = json!({"uid": 0, "gid": 0});
        c["linux"]["resources"] = json!({"pids": {"limit": 77}});
        c["linux"]["cgroupsPath"] = json!("/it-rl-limit");
    });
    let line = user.ocirun(&["run", "--bundle", path(&bundle), "it-rl-limit"]).fails(1);
    assert!(line.contains("cgroup"), "{line}");
    traces::none_of(&["it-rl-groups", "it-rl-limit", path(&bundle)]);
}

/// An ordinary user adds what needs no file of the host, and is told what is missing for the rest.
#[test]
fn changes_of_a_container_that_runs() {
    let user = User::named("nobody");
    let bundle = user.bundle(&["sleep", "3000"], |_| {});
    let create = "exec \"$1\" --root \"$2\" run -d --bundle \"$3\" it-rl-live </dev/null >\"$2/../out\" 2>&1";
    std::fs::File::create(user.dir.path().join("out")).expect("create the output file");
    chown(user.dir.path().join("out"), Some(user.uid), Some(user.gid)).expect("give the file away");
    user.sh(create, &[path(&bundle)]).ok();
    let list = |mount: Value| {
        let file = user.dir.path().join("list.json");
        std::fs::write(&file, json!([mount]).to_string()).expect("write the list");
        file.to_str().expect("UTF-8").to_owned()
    };
    let mem =
        list(json!({"destination": "/tmp", "type": "tmpfs", "source": "tmpfs", "options": ["size=64k"]}));
    user.ocirun(&["mounts", "add", "it-rl-live", &mem]).ok();
    assert_eq!(
        user.ocirun(&["exec", "it-rl-live", "grep", "-c", " /tmp tmpfs rw.*size=64k", "/proc/mounts"]).ok(),
        "1\n"
    );
    user.ocirun(&["mounts", "remove", "it-rl-live", &mem]).ok();
    assert_eq!(user.ocirun(&["exec", "it-rl-live", "grep", "-c", " /tmp ", "/proc/mounts"]).code, 1);
    let bind = list(json!({"destination": "/tmp", "source": "/srv", "options": ["bind"]}));
    let line = user.ocirun(&["mounts", "add", "it-rl-live", &bind]).fails(1);
    assert!(line.ends_with("mount /tmp: a bind mount needs root"), "{line}");
    let line =
        user.ocirun(&["update", "--device-add", "/dev/full:/dev/it-rootlessfull", "it-rl-live"]).fails(1);
    assert!(line.ends_with("device /dev/it-rootlessfull: a device needs root"), "{line}");

    let images = user.dir.path().join("images");
    let images = images.to_str().expect("UTF-8");
    let line = user.ocirun(&["checkpoint", "--image-path", images, "it-rl-live"]).fails(1);
    assert!(line.ends_with("CRIU needs CAP_CHECKPOINT_RESTORE on the host to checkpoint"), "{line}");
    let line =
        user.ocirun(&["restore", "--bundle", path(&bundle), "--image-path", images, "it-rl-back"]).fails(1);
    assert!(line.ends_with("CRIU needs CAP_CHECKPOINT_RESTORE on the host to restore"), "{line}");
    user.ocirun(&["delete", "--force", "it-rl-live"]).ok();
    traces::none_of(&["it-rl-live", "it-rl-back", path(&bundle)]);
}

/// newuidmap reads /etc/subuid; the test's own stands on it in a mount namespace of the test's.
#[test]
fn subordinate_ids_through_newuidmap() {
    if !bin::peer("newuidmap") || !bin::peer("newgidmap") {
        return;
    }
    let user = User::named("nobody");
    let map = |host: u32| {
        json!([{"containerID": 0, "hostID": host, "size": 1},
        {"containerID": 1, "hostID": 200000, "size": 65536}])
    };
    let script =
        format!("{IDS}; touch /tmp/f; chown 1000:1000 /tmp/f; stat -c %u:%g /tmp/f; su web -c 'id -u'");
    let bundle = user.bundle(&["sh", "-c", &script], |c| {
        c["linux"]["uidMappings"] = map(user.uid);
        c["linux"]["gidMappings"] = map(user.gid);
        c["root"]["readonly"] = json!(false);
        let all = json!(["CAP_CHOWN", "CAP_SETUID", "CAP_SETGID", "CAP_FOWNER"]);
        c["process"]["capabilities"] = json!({"bounding": all, "effective": all, "permitted": all});
    });
    let run = |ids: &str| {
        let file = user.dir.path().join("subids");
        std::fs::write(&file, ids).expect("write the subordinate ids");
        let mut command = Command::new("unshare");
        command.args(["--mount", "sh", "-c"]);
        command.arg(
            "for f in /etc/subuid /etc/subgid; do mount --bind \"$1\" $f || exit 99; done; shift; \
             exec setpriv --reuid \"$1\" --regid \"$2\" --clear-groups -- \"$3\" --root \"$4\" run --bundle \"$5\" it-rl-sub",
        );
        command.arg("sh").arg(&file).args([user.uid.to_string(), user.gid.to_string()]);
        command.arg(bin::path("ocirun")).arg(user.state()).arg(bundle.path());
        bin::run(&mut command)
    };
    let maps = |id: u32| format!(" 0 {id} 1\n 1 200000 65536\n");
    let expected = format!("0\n0\n{}{}1000:1000\n1000\n", maps(user.uid), maps(user.gid));
    assert_eq!(run("nobody:200000:65536\n").ok(), expected);
    let line = run("somebody:200000:65536\n").fails(1);
    assert!(line.contains("newuidmap"), "ids that are not the user's: {line}");
    traces::none_of(&["it-rl-sub", path(&bundle)]);
}

/// On unified cgroup v2 a user may have a part of the tree: limits hold there.
#[test]
fn a_cgroup_that_was_handed_over() {
    let top = Path::new("/sys/fs/cgroup");
    if !top.join("cgroup.controllers").exists() {
        bin::skip("cgroup v2 is not alone");
        return;
    }
    let write = |file: &Path, text: &str| {
        std::fs::write(file, text).unwrap_or_else(|e| panic!("write {text} to {}: {e}", file.display()));
    };
    write(&top.join("cgroup.subtree_control"), "+memory +pids +cpu");
    let user = User::named("nobody");
    let given = top.join("it-rl-given");
    std::fs::create_dir(&given).expect("create the cgroup");
    std::fs::create_dir(given.join("caller")).expect("create the caller's cgroup");
    for dir in [given.clone(), given.join("caller")] {
        for file in ["", "cgroup.procs", "cgroup.threads", "cgroup.subtree_control"] {
            chown(dir.join(file), Some(user.uid), Some(user.gid)).expect("give the cgroup away");
        }
    }
    let script = "cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/pids.max";
    let bundle = user.bundle(&["sh", "-c", script], |c| {
        c["linux"]["resources"] = json!({"memory": {"limit": 67108864}, "pids": {"limit": 77}});
        c["linux"]["cgroupsPath"] = json!("/it-rl-given/box");
        let mounts = c["mounts"].as_array_mut().expect("mounts");
        mounts.retain(|m| m["destination"] != "/sys");
        mounts.push(json!({"destination": "/sys/fs/cgroup", "type": "cgroup", "source": "cgroup",
            "options": ["nosuid", "noexec", "nodev", "relatime", "ro"]}));
    });
    let args = [
        "-c",
        "echo $$ >\"$1\"/cgroup.procs; shift; exec setpriv --reuid \"$1\" --regid \"$2\" --clear-groups \
        -- \"$3\" --root \"$4\" run --bundle \"$5\" it-rl-box",
        "sh",
    ];
    let mut command = Command::new("sh");
    command.args(args).arg(given.join("caller")).args([user.uid.to_string(), user.gid.to_string()]);
    command.arg(bin::path("ocirun")).arg(user.state()).arg(bundle.path());
    let done = bin::run(&mut command);
    let left = given.join("box").exists();
    for dir in [given.join("box"), given.join("caller"), given] {
        let _ = std::fs::remove_dir(dir);
    }
    assert_eq!(done.ok(), "67108864\n77\n");
    assert!(!left, "the container's cgroup is gone");
    traces::none_of(&["it-rl-box", path(&bundle)]);
}
