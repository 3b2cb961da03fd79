//! Containers that share namespaces with others by path, in the combinations that ocirun and
//! ocirun-init share the work of in different ways.

use serde_json::{Value, json};

use crate::fixture::Bundle;
use crate::runtime::Runtime;

/// `own` is what the second container has of its own, of those that the first one has.
fn joins(id: &str, user: bool, own: &[&str], new_user: bool) {
    let runtime = Runtime::new();
    let map = json!([{"containerID": 0, "hostID": 100_000, "size": 65_536}]);
    let maps = |c: &mut Value| {
        c["linux"]["uidMappings"] = map.clone();
        c["linux"]["gidMappings"] = map.clone();
    };
    // What root of a user namespace may not mount.
    let mounts = |c: &mut Value| {
        let list = c["mounts"].as_array_mut().unwrap();
        list.retain(|m| {
            !["/sys", "/sys/fs/cgroup", "/dev/mqueue"].contains(&m["destination"].as_str().unwrap())
        });
        c["linux"]["readonlyPaths"] = json!([]);
        c["linux"]["maskedPaths"] = json!([]);
    };
    let first = Bundle::new(&["sleep", "3000"], |c| {
        mounts(c);
        if user {
            c["linux"]["namespaces"].as_array_mut().unwrap().push(json!({"type": "user"}));
            maps(c);
        }
    });
    let name = |suffix: &str| format!("it-joined-{id}-{suffix}");
    runtime.create(&name("one"), first.path());
    runtime.run(&["start", &name("one")]).ok();
    let pid = runtime.state(&name("one"))["pid"].as_i64().unwrap();
    let script = "for n in ipc mnt net pid user uts; do echo $n=$(readlink /proc/self/ns/$n); done; id -u; echo pid $$";
    let second = Bundle::new(&["sh", "-c", script], |c| {
        mounts(c);
        if user {
            c["linux"]["namespaces"].as_array_mut().unwrap().push(json!({"type": "user"}));
        }
        for ns in c["linux"]["namespaces"].as_array_mut().unwrap() {
            let kind = ns["type"].as_str().unwrap().to_owned();
            let file = match kind.as_str() {
                "network" => "net",
                "mount" => "mnt",
                other => other,
            };
            if !own.contains(&kind.as_str()) {
                ns["path"] = json!(format!("/proc/{pid}/ns/{file}"));
            }
        }
        if new_user {
            c["linux"]["namespaces"].as_array_mut().unwrap().push(json!({"type": "user"}));
            maps(c);
        }
    });
    let out = runtime.run(&["run", "--bundle", second.path().to_str().unwrap(), &name("two")]).ok();
    for (kind, file) in [
        ("ipc", "ipc"),
        ("mount", "mnt"),
        ("network", "net"),
        ("pid", "pid"),
        ("user", "user"),
        ("uts", "uts"),
    ] {
        let of =
            |pid: &str| std::fs::read_link(format!("/proc/{pid}/ns/{file}")).unwrap().display().to_string();
        let got = out.lines().find_map(|l| l.strip_prefix(&format!("{file}="))).expect(file);
        let (theirs, hosts) = (of(&pid.to_string()), of("self"));
        if own.contains(&kind) || (kind == "user" && new_user) {
            assert!(got != theirs && got != hosts, "{kind}: {out}");
        } else if kind == "user" && !user {
            assert_eq!(got, hosts, "{kind}: {out}");
        } else {
            assert_eq!(got, theirs, "{kind}: {out}");
        }
    }
    assert!(out.contains("\n0\n"), "root: {out}");
    assert_eq!(out.contains("pid 1\n"), own.contains(&"pid"), "{out}");
    // Nothing is left of the second, and the first lives.
    assert!(!runtime.root.path().join(name("two")).exists());
    assert_eq!(runtime.state(&name("one"))["status"], "running");
    let done = runtime.run(&["exec", &name("one"), "sh", "-c", "readlink /proc/self/ns/pid; exit 3"]);
    assert_eq!(done.code, 3, "{done:?}");
}

#[test]
fn all_but_the_process_namespace() {
    joins("net", false, &["mount", "pid", "cgroup"], false);
}

#[test]
fn the_process_namespace() {
    joins("pid", false, &["mount", "ipc", "cgroup"], false);
}

/// What is made belongs to the user namespace that is joined.
#[test]
fn the_user_namespace_and_new_ones_in_it() {
    joins("user", true, &["mount", "pid", "cgroup"], false);
}

#[test]
fn the_user_and_the_process_namespace() {
    joins("userpid", true, &["mount", "cgroup"], false);
}

/// Who has a user namespace of its own has no right to the others: they are joined before.
#[test]
fn a_new_user_namespace_over_namespaces_of_the_host() {
    joins("newuser", false, &["mount", "pid", "cgroup"], true);
}

#[test]
fn a_failure_after_the_process_namespace_was_joined() {
    let runtime = Runtime::new();
    let bundle = Bundle::new(&["sleep", "3000"], |_| {});
    runtime.create("it-joined-fail", bundle.path());
    runtime.run(&["start", "it-joined-fail"]).ok();
    let done = runtime.run(&["exec", "it-joined-fail", "nosuchprogram"]);
    assert!(done.code != 0 && done.stderr.contains("executable file not found in $PATH"), "{done:?}");
    let list = runtime.run(&["ps", "--format", "json", "it-joined-fail"]).ok();
    assert_eq!(list.matches(',').count(), 0, "one process: {list}");
}
