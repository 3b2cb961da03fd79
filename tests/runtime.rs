//! `ocirun` and `ocirun-init`: the life of a container by the runtime's command line alone.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::bin::{self, Done};
use crate::fixture::{self, Bundle};
use crate::traces;

/// A runtime with a state folder of its own; whatever lives at the end is deleted.
pub struct Runtime {
    pub root: tempfile::TempDir,
}

impl Runtime {
    pub fn new() -> Self {
        Self { root: fixture::temp() }
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = bin::command("ocirun");
        command.arg("--root").arg(self.root.path().join("state")).args(args);
        command
    }

    pub fn run(&self, args: &[&str]) -> Done {
        bin::run(&mut self.command(args))
    }

    pub fn state(&self, id: &str) -> Value {
        serde_json::from_str(&self.run(&["state", id]).ok()).expect("state prints JSON")
    }

    /// `create` with the standard streams on files, as a caller does that does not wait for the
    /// container: its output is returned as a path.
    pub fn create(&self, id: &str, bundle: &Path) -> PathBuf {
        let out = self.root.path().join(format!("{id}.out"));
        let file = std::fs::File::create(&out).expect("create the output file");
        let status = self
            .command(&["create", "--bundle", bundle.to_str().expect("UTF-8"), id])
            .stdout(file.try_clone().expect("share the file"))
            .stderr(file)
            .status()
            .expect("run ocirun");
        assert!(status.success(), "create {id}: {}", std::fs::read_to_string(&out).unwrap_or_default());
        out
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        if let Ok(ids) = std::fs::read_dir(self.root.path().join("state")) {
            for id in ids.flatten() {
                self.run(&["delete", "--force", id.file_name().to_str().expect("UTF-8")]);
            }
        }
    }
}

/// Waits on a pidfd until the process has ended.
pub fn wait_exit(pid: i64) {
    wait_long(pid, 10);
}

/// The same for one that takes its time, of so many seconds at most.
pub fn wait_long(pid: i64, seconds: u32) {
    let code = bin::run(Command::new("bash").args([
        "-c",
        &format!(
            ". {}/bats/lib/ctrd.bash; wait_for_exit {pid} {seconds}",
            crate::generated::root().display()
        ),
    ]));
    code.ok();
}

fn path(bundle: &Bundle) -> &str {
    bundle.path().to_str().expect("UTF-8")
}

#[test]
fn create_start_kill_delete() {
    let runtime = Runtime::new();
    let bundle = Bundle::new(&["sh", "-c", "echo started; exec sleep 3000"], |_| {});
    let out = runtime.create("it-life", bundle.path());
    let state = runtime.state("it-life");
    assert_eq!(state["status"], "created");
    assert_eq!(state["bundle"], path(&bundle));
    let pid = state["pid"].as_i64().expect("a pid");
    assert_eq!(std::fs::read_to_string(&out).unwrap(), "", "nothing of the program ran before start");

    runtime.run(&["start", "it-life"]).ok();
    assert_eq!(runtime.state("it-life")["status"], "running");
    let again = runtime.run(&["start", "it-life"]).fails(1);
    assert!(again.contains("cannot start an already running container"), "{again}");
    let busy = runtime.run(&["delete", "it-life"]).fails(1);
    assert!(busy.contains("cannot delete container it-life that is not stopped: running"), "{busy}");

    runtime.run(&["kill", "it-life", "KILL"]).ok();
    wait_exit(pid);
    let state = runtime.state("it-life");
    assert_eq!(
        (&state["status"], &state["pid"]),
        (&json!("stopped"), &json!(0)),
        "a zombie counts as stopped"
    );
    assert_eq!(std::fs::read_to_string(&out).unwrap(), "started\n");
    runtime.run(&["delete", "it-life"]).ok();
    let gone = runtime.run(&["state", "it-life"]).fails(1);
    assert!(gone.contains("container does not exist"), "{gone}");
    traces::none_of(&["it-life", path(&bundle)]);
}

#[test]
fn run_gives_output_and_status() {
    let runtime = Runtime::new();
    for (script, code, stdout) in
        [("echo out; exit 42", 42, "out\n"), ("exit 0", 0, ""), ("echo $$", 0, "1\n")]
    {
        let bundle = Bundle::new(&["sh", "-c", script], |_| {});
        let done = runtime.run(&["run", "--bundle", path(&bundle), "it-once"]);
        assert_eq!((done.code, done.stdout.as_str()), (code, stdout), "{script}: {}", done.stderr);
        runtime.run(&["state", "it-once"]).fails(1);
    }
}

#[test]
fn standard_input_reaches_the_program() {
    use std::io::Write;
    let runtime = Runtime::new();
    let bundle = Bundle::new(&["cat"], |_| {});
    let mut child = runtime
        .command(&["run", "--bundle", path(&bundle), "it-cat"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("run ocirun");
    child.stdin.take().expect("stdin").write_all(b"over the wall").expect("write");
    let done = bin::done(&child.wait_with_output().expect("it ends"));
    assert_eq!(done.ok(), "over the wall");
}

#[test]
fn exec_joins_the_container() {
    let runtime = Runtime::new();
    let bundle = Bundle::new(&["sleep", "3000"], |c| c["hostname"] = json!("joined"));
    runtime.create("it-ex", bundle.path());
    runtime.run(&["start", "it-ex"]).ok();
    assert_eq!(runtime.run(&["exec", "it-ex", "hostname"]).ok(), "joined\n");
    assert_eq!(runtime.run(&["exec", "it-ex", "sh", "-c", "exit 7"]).code, 7);
    assert_eq!(runtime.run(&["exec", "it-ex", "sh", "-c", "kill -9 $$"]).code, 137);
    let env =
        runtime.run(&["exec", "--env", "A=b", "--cwd", "/tmp", "it-ex", "sh", "-c", "echo $A $PWD"]).ok();
    assert_eq!(env, "b /tmp\n");
    assert_eq!(runtime.run(&["exec", "--user", "1000:1000", "it-ex", "id", "-u"]).ok(), "1000\n");
    for (program, text) in [
        ("nosuchbin", r#"exec: "nosuchbin": executable file not found in $PATH"#),
        ("/etc/passwd", r#"exec: "/etc/passwd": permission denied"#),
        ("/etc", r#"exec: "/etc": is a directory"#),
    ] {
        let line = runtime.run(&["exec", "it-ex", program]).fails(255);
        assert!(line.contains(text), "{line}");
    }
    let ps: Vec<i64> = serde_json::from_str(&runtime.run(&["ps", "--format", "json", "it-ex"]).ok()).unwrap();
    assert_eq!(ps.len(), 1, "{ps:?}");
}

#[test]
fn the_capabilities_are_those_of_the_config() {
    let runtime = Runtime::new();
    let bundle = Bundle::new(&["cat", "/proc/self/status"], |c| {
        let caps = json!(["CAP_CHOWN", "CAP_KILL"]);
        c["process"]["capabilities"] = json!({"bounding": caps, "effective": caps, "permitted": caps});
        c["process"]["noNewPrivileges"] = json!(true);
    });
    let status = runtime.run(&["run", "--bundle", path(&bundle), "it-caps"]).ok();
    let field = |name: &str| {
        let line = status.lines().find(|l| l.starts_with(name)).expect("a field");
        line.split_whitespace().nth(1).expect("a value").to_string()
    };
    // CAP_CHOWN is bit 0, CAP_KILL bit 5.
    for set in ["CapPrm:", "CapEff:", "CapBnd:"] {
        assert_eq!(field(set), "0000000000000021", "{set}");
    }
    assert_eq!(field("CapInh:"), "0000000000000000");
    assert_eq!(field("NoNewPrivs:"), "1");
}

#[test]
fn limits_reach_the_cgroup() {
    let runtime = Runtime::new();
    let script = "cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/pids/pids.max 2>/dev/null || \
                  cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/pids.max";
    let bundle = Bundle::new(&["sh", "-c", script], |c| {
        c["linux"]["resources"] = json!({"memory": {"limit": 67108864}, "pids": {"limit": 77}});
        c["mounts"].as_array_mut().unwrap().push(json!({"destination": "/sys/fs/cgroup", "type": "cgroup",
            "source": "cgroup", "options": ["nosuid", "noexec", "nodev", "relatime", "ro"]}));
    });
    let out = runtime.run(&["run", "--bundle", path(&bundle), "it-limits"]).ok();
    assert_eq!(out, "67108864\n77\n");
}

#[test]
fn a_user_namespace_maps_root_away() {
    let runtime = Runtime::new();
    let bundle = Bundle::new(&["sh", "-c", "id -u; cat /proc/self/uid_map | tr -s ' '"], |c| {
        let map = json!([{"containerID": 0, "hostID": 100000, "size": 65536}]);
        c["linux"]["uidMappings"] = map.clone();
        c["linux"]["gidMappings"] = map;
        c["linux"]["namespaces"].as_array_mut().unwrap().push(json!({"type": "user"}));
    });
    bin::run(Command::new("chown").args(["-R", "100000:100000"]).arg(bundle.path().join("rootfs"))).ok();
    let done = runtime.run(&["run", "--bundle", path(&bundle), "it-userns"]);
    assert_eq!(done.ok(), "0\n 0 100000 65536\n");
}

#[test]
fn hooks_run_in_their_order_with_the_state_on_stdin() {
    let runtime = Runtime::new();
    let log = runtime.root.path().join("it-hooks");
    let hook = |name: &str| {
        let script = format!(
            "read -r s; echo {name} >>{}; case $s in *'\"id\":'*) ;; *) exit 1;; esac",
            log.display()
        );
        json!([{"path": "/bin/sh", "args": ["sh", "-c", script]}])
    };
    let bundle = Bundle::new(&["true"], |c| {
        c["hooks"] = json!({"prestart": hook("prestart"), "createRuntime": hook("createRuntime"),
            "createContainer": hook("createContainer"), "poststart": hook("poststart"), "poststop": hook("poststop")});
    });
    runtime.run(&["run", "--bundle", path(&bundle), "it-hooks"]).ok();
    let order = std::fs::read_to_string(&log).unwrap();
    assert_eq!(
        order.lines().collect::<Vec<_>>(),
        ["prestart", "createRuntime", "createContainer", "poststart", "poststop"]
    );
}

#[test]
fn dry_run_prints_the_bootstrap_and_does_nothing() {
    let runtime = Runtime::new();
    let bundle = Bundle::new(&["true"], |_| {});
    let text = runtime.run(&["create", "--dry-run", "--bundle", path(&bundle), "it-paper"]).ok();
    let bootstrap: ocirun_init::Bootstrap = serde_json::from_str(&text).expect("a Bootstrap");
    assert_eq!(bootstrap.id, "it-paper");
    assert_eq!(bootstrap.process.args, ["true"]);
    assert_eq!(text.trim_end().lines().count(), 1, "one line, as init reads it");
    runtime.run(&["state", "it-paper"]).fails(1);
    traces::none_of(&["it-paper", path(&bundle)]);
}

#[test]
fn runs_a_bundle_that_runc_spec_wrote() {
    if !bin::peer("runc") {
        return;
    }
    let runtime = Runtime::new();
    let dir = fixture::temp();
    fixture::rootfs(&dir.path().join("rootfs"));
    bin::run(Command::new("runc").arg("spec").current_dir(&dir)).ok();
    let config = dir.path().join("config.json");
    let text = std::fs::read_to_string(&config).unwrap();
    std::fs::write(
        &config,
        text.replace("\"terminal\": true", "\"terminal\": false").replace("\"sh\"", "\"hostname\""),
    )
    .unwrap();
    let done = runtime.run(&["run", "--bundle", dir.path().to_str().unwrap(), "it-peer"]);
    assert_eq!(done.ok(), "runc\n");
}

/// On most hosts every mount is shared: what a container mounts inside a bind mount of its own must
/// not come up on the host, where it would stay.
#[test]
fn a_mount_within_a_bind_mount_stays_inside() {
    let runtime = Runtime::new();
    let dir = fixture::temp();
    let top = dir.path().to_str().unwrap();
    let host = |words: &[&str]| bin::run(Command::new("mount").args(words)).ok();
    host(&["-t", "tmpfs", "it-shared", top]);
    host(&["--make-shared", top]);
    for (name, nested) in [("outer", true), ("inner", false)] {
        std::fs::create_dir_all(dir.path().join(name).join(if nested { "nested" } else { "" })).unwrap();
    }
    let bind = |name: &str, place: &str| {
        json!({"destination": place, "type": "bind",
        "source": format!("{top}/{name}"), "options": ["rbind"]})
    };
    let bundle = Bundle::new(&["sleep", "3000"], |c| {
        let mounts = c["mounts"].as_array_mut().unwrap();
        mounts.extend([bind("outer", "/outer"), bind("inner", "/outer/nested")]);
    });
    runtime.create("it-nested", bundle.path());
    let mounts = std::fs::read_to_string("/proc/self/mounts").unwrap();
    runtime.run(&["delete", "--force", "it-nested"]).ok();
    bin::run(Command::new("umount").args(["-R", top])).ok();
    assert!(!mounts.contains("outer/nested"), "{mounts}");
}

/// Of `/it-above/deep/it-low`, the first two are made for the containers, and go with the last one;
/// a directory that somebody else made stays.
#[test]
fn the_cgroups_above_a_container_go_with_the_last_one() {
    let hierarchy =
        ["/sys/fs/cgroup/pids", "/sys/fs/cgroup"].iter().map(Path::new).find(|d| d.is_dir()).unwrap();
    let runtime = Runtime::new();
    let bundle = Bundle::new(&["sleep", "3000"], |_| {});
    for id in ["it-low1", "it-low2"] {
        bundle.edit(|c| c["linux"]["cgroupsPath"] = json!(format!("/it-above/deep/{id}")));
        runtime.create(id, bundle.path());
    }
    runtime.run(&["delete", "--force", "it-low1"]).ok();
    assert!(hierarchy.join("it-above/deep/it-low2").is_dir());
    runtime.run(&["delete", "--force", "it-low2"]).ok();
    traces::none_of(&["it-above"]);

    std::fs::create_dir(hierarchy.join("it-foreign")).unwrap();
    bundle.edit(|c| c["linux"]["cgroupsPath"] = json!("/it-foreign/it-low3"));
    runtime.create("it-low3", bundle.path());
    runtime.run(&["delete", "--force", "it-low3"]).ok();
    assert!(hierarchy.join("it-foreign").is_dir());
    std::fs::remove_dir(hierarchy.join("it-foreign")).unwrap();
    traces::none_of(&["it-foreign"]);
}
