//! Names that become files of cgroupfs stay in the container's cgroup, and the container cannot
//! write what runs programs on the host.

use serde_json::json;

use super::*;
use crate::traces::none_of;

/// Ids are file names in the state folder and in cgroups.
#[test]
fn container_id() {
    let bundle = Bundle::new(&["true"], |_| {});
    let runtime = Runtime::new();
    let long = "x".repeat(1025);
    for id in ["", ".", "..", "../it-up", "/it-abs", "it-deep/b", "it a", "it\n", "it-é", "it@x", &long] {
        for command in ["run", "create"] {
            let done = runtime.run(&[command, "--bundle", path(&bundle), id]);
            assert_ne!(done.code, 0, "{id:?}");
            assert!(done.stderr.contains("invalid container ID format"), "{id:?}: {}", done.stderr);
        }
        for command in ["state", "delete", "kill"] {
            assert_ne!(runtime.run(&[command, id]).code, 0, "{command} {id:?}");
        }
    }
    assert!(!runtime.root.path().join("it-up").exists());
}

/// GHSA-5g49-rx9x-qfc6: no `..` leads out of the cgroup.
#[test]
fn cgroup_path() {
    for at in ["../it-outside", "/../it-outside", "/it-cg/../../it-outside", "it-cg/../.."] {
        let bundle = Bundle::new(&["true"], |c| c["linux"]["cgroupsPath"] = json!(at));
        let line = run("it-cgpath", &bundle).fails(1);
        assert!(line.contains(".."), "{line}");
    }
    for key in ["../../it-outside", "../cgroup.procs", "a/b", "", "..", "."] {
        let bundle = Bundle::new(&["true"], |c| c["linux"]["resources"]["unified"] = json!({key: "1"}));
        let line = run("it-cgpath", &bundle).fails(1);
        assert!(line.contains("unified"), "{key:?}: {line}");
    }
    let runtime = Runtime::new();
    let bundle = Bundle::new(&["sleep", "3000"], |_| {});
    runtime.create("it-cgpath", bundle.path());
    runtime.run(&["start", "it-cgpath"]).ok();
    for at in ["..", "/..", "../..", "a/../../b", "memory:..", "memory:/../.."] {
        let done = runtime.run(&["exec", "--cgroup", at, "it-cgpath", "cat", "/proc/self/cgroup"]);
        assert_eq!((done.code, done.stdout.as_str()), (255, ""), "{at}: {}", done.stderr);
    }
    drop(runtime);
    none_of(&["it-cgpath", "it-outside"]);
}

/// CVE-2022-0492, CVE-2023-25809: what is mounted of cgroupfs is read-only, with and without a
/// namespace of its own.
#[test]
fn release_agent() {
    let script = "grep ' /sys/fs/cgroup' /proc/self/mountinfo; \
        for f in /sys/fs/cgroup/*/release_agent /sys/fs/cgroup/*/notify_on_release /sys/fs/cgroup/release_agent \
        /sys/fs/cgroup/*/cgroup.procs /sys/fs/cgroup/cgroup.procs; do (echo 1 >$f) 2>/dev/null && echo wrote $f; done; \
        mkdir /sys/fs/cgroup/it-new /sys/fs/cgroup/*/it-new 2>/dev/null && echo made; true";
    for (own, user) in [(true, false), (false, false), (true, true), (false, true)] {
        let bundle = Bundle::new(&["sh", "-c", script], |c| {
            set_caps(c, &["CAP_DAC_OVERRIDE", "CAP_CHOWN"]);
            if !own {
                drop_namespace(c, "cgroup");
            }
            if user {
                let map = json!([{"containerID": 0, "hostID": 100000, "size": 65536}]);
                c["linux"]["uidMappings"] = map.clone();
                c["linux"]["gidMappings"] = map;
                c["linux"]["namespaces"].as_array_mut().unwrap().push(json!({"type": "user"}));
            }
        });
        let out = run("it-agent", &bundle).ok();
        let mounts: Vec<_> = out.lines().filter(|l| l.contains(" /sys/fs/cgroup")).collect();
        assert!(!mounts.is_empty(), "{out}");
        for mount in &mounts {
            let options = mount.split(' ').nth(5).expect("options");
            assert!(options.split(',').any(|o| o == "ro"), "own {own} user {user}: {mount}");
        }
        assert_eq!(mounts.len(), out.lines().count(), "own {own} user {user}: {out}");
    }
}
