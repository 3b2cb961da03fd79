//! The cgroup of a container: made with its limits, frozen and thawed, killed as a whole, and gone at
//! the end.

use std::path::Path;

use serde_json::{Value, json};

use crate::bin;
use crate::fixture::Bundle;
use crate::runtime::Runtime;
use crate::traces;
use crate::update::Sleeper;

fn path(bundle: &Bundle) -> &str {
    bundle.path().to_str().expect("UTF-8")
}

#[test]
fn limits_at_the_start() {
    if !bin::swap() {
        return;
    }
    let huge =
        Sleeper::new("it-cghuge", |_| {}).file("hugetlb.2MB.limit_in_bytes", "hugetlb.2MB.max").is_some();
    let c = Sleeper::new("it-cgstart", |c| {
        c["linux"]["resources"] = json!({
            "memory": {"limit": 67108864, "swap": 100663296, "reservation": 33554432, "checkBeforeUpdate": true},
            "cpu": {"shares": 1024, "quota": 30000, "period": 60000, "burst": 2000, "cpus": "0", "mems": "0"},
            "pids": {"limit": 64},
        });
        if huge {
            c["linux"]["resources"]["hugepageLimits"] = json!([{"pageSize": "2MB", "limit": 2097152}]);
        }
    });
    c.holds(("memory.limit_in_bytes", "67108864"), ("memory.max", "67108864"));
    c.holds(("memory.memsw.limit_in_bytes", "100663296"), ("memory.swap.max", "33554432"));
    c.holds(("memory.soft_limit_in_bytes", "33554432"), ("memory.low", "33554432"));
    c.holds(("cpu.shares", "1024"), ("cpu.weight", "100"));
    c.holds(("cpu.cfs_quota_us", "30000"), ("cpu.max", "30000 60000"));
    c.holds(("cpu.cfs_burst_us", "2000"), ("cpu.max.burst", "2000"));
    c.holds(("cpuset.cpus", "0"), ("cpuset.cpus", "0"));
    c.holds(("pids.max", "64"), ("pids.max", "64"));
    c.holds(("hugetlb.2MB.limit_in_bytes", "2097152"), ("hugetlb.2MB.max", "2097152"));
}

/// A cpuset of v1 is empty when it is made, and all on the way must be filled.
#[test]
fn a_deep_path() {
    let c = Sleeper::new("it-cgdeep", |c| c["linux"]["cgroupsPath"] = json!("/it-cgdeep/a/b/c"));
    let (file, _) = c.file("cgroup.procs", "cgroup.procs").expect("a cgroup");
    assert!(file.to_string_lossy().contains("/it-cgdeep/a/b/c/"), "{}", file.display());
    if let Some((cpus, false)) = c.read("cpuset.cpus", "-") {
        assert!(!cpus.is_empty());
    }
    drop(c);
    traces::none_of(&["it-cgdeep"]);
}

/// What cannot be given is an error that names it, and leaves nothing.
#[test]
fn limits_that_cannot_be() {
    let runtime = Runtime::new();
    for (resources, words) in [
        (json!({"cpu": {"quota": 100000, "period": 1}}), "set cpu"),
        (json!({"cpu": {"cpus": "4000"}}), "set cpuset.cpus to 4000"),
        (json!({"memory": {"limit": 4096, "swap": 100}}), "mem"),
        (json!({"memory": {"swappiness": 101}}), "swappiness"),
        (json!({"hugepageLimits": [{"pageSize": "3MB", "limit": 1}]}), "hugetlb.3MB"),
        (json!({"unified": {"nosuch.max": "1"}}), "nosuch"),
        (json!({"rdma": {"it_dev": {"hcaHandles": 3}}}), "rdma"),
    ] {
        let bundle = Bundle::new(&["true"], |c| c["linux"]["resources"] = resources.clone());
        let done = runtime.run(&["run", "--bundle", path(&bundle), "it-cgbad"]);
        if resources.pointer("/memory/swappiness").is_some() && done.code == 0 {
            // cgroup v2 has no such setting.
            continue;
        }
        let line = done.fails(1);
        assert!(line.contains(words), "{resources}: {line}");
        traces::none_of(&["it-cgbad", path(&bundle)]);
    }
}

/// Little is enough to begin with.
#[test]
fn few_megabytes_are_enough() {
    if !bin::swap() {
        return;
    }
    let runtime = Runtime::new();
    for limit in [10 << 20, 4 << 20] {
        let bundle = Bundle::new(&["echo", "ran"], |c| {
            c["linux"]["resources"] = json!({"memory": {"limit": limit, "swap": limit}});
        });
        assert_eq!(runtime.run(&["run", "--bundle", path(&bundle), "it-cgfew"]).ok(), "ran\n", "{limit}");
        traces::none_of(&["it-cgfew", path(&bundle)]);
    }
}

/// What dies of it while the container is made dies of that, whatever it was doing.
#[test]
fn killed_for_want_of_memory_while_it_starts() {
    if !bin::swap() {
        return;
    }
    let runtime = Runtime::new();
    let bundle = Bundle::new(&["true"], |c| {
        c["linux"]["resources"] = json!({"memory": {"limit": 8 << 20, "swap": 8 << 20}});
        let hog = json!([{"path": "/bin/busybox", "args": ["tail", "/dev/zero"]}]);
        c["hooks"] = json!({"createContainer": hog});
    });
    let line = runtime.run(&["create", "--bundle", path(&bundle), "it-cghog"]).fails(1);
    assert!(line.contains("container init was OOM-killed: memory limit 8388608 bytes: "), "{line}");
    assert!(line.contains("error running createContainer hook #0: signal: killed"), "{line}");
    let coded = ["--status-codes", "create", "--bundle", path(&bundle), "it-cghog"];
    assert_eq!(runtime.run(&coded).code, 77);
    traces::none_of(&["it-cghog", path(&bundle)]);
}

/// A container that cannot even begin for want of memory is told so.
#[test]
fn no_memory_to_begin_with() {
    if !bin::swap() {
        return;
    }
    let runtime = Runtime::new();
    let bundle = Bundle::new(&["true"], |c| {
        c["linux"]["resources"] = json!({"memory": {"limit": 4096, "swap": 4096}});
    });
    let line = runtime.run(&["run", "--bundle", path(&bundle), "it-cgoom"]).fails(1);
    // By the kernel once the limit holds, or by the kernel's refusal to set it on what is used already.
    let said =
        ["container init was OOM-killed: memory limit 4096 bytes", "unable to set memory limit to 4096"];
    assert!(said.iter().any(|words| line.contains(words)), "{line}");
    traces::none_of(&["it-cgoom", path(&bundle)]);
}

/// Below the container's own there may be others: all stand still, and all die.
#[test]
fn nested_cgroups() {
    let c = Sleeper::new("it-cgnest", |_| {});
    let (procs, _) = c.file("freezer.state", "cgroup.freeze").expect("a freezer");
    let dir = procs.parent().expect("a folder").to_owned();
    let sub = dir.join("sub/deeper");
    std::fs::create_dir_all(&sub).expect("make a cgroup below");
    let mut inner = c
        .runtime
        .command(&["exec", "it-cgnest", "sh", "-c", "echo in; read x; exec sleep 3000"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("run ocirun");
    let mut first = [0; 3];
    std::io::Read::read_exact(inner.stdout.as_mut().expect("stdout"), &mut first).expect("a word");
    let pids: Vec<i64> =
        serde_json::from_str(&c.runtime.run(&["ps", "-f", "json", "it-cgnest"]).ok()).unwrap();
    let init = c.runtime.state("it-cgnest")["pid"].as_i64().expect("a pid");
    let other = *pids.iter().find(|p| **p != init).expect("a second process");
    std::fs::write(sub.join("cgroup.procs"), other.to_string()).expect("move it");

    c.runtime.run(&["pause", "it-cgnest"]).ok();
    assert_eq!(c.runtime.state("it-cgnest")["status"], "paused");
    let frozen = |dir: &Path| match std::fs::read_to_string(dir.join("freezer.state")) {
        Ok(state) => state.trim() == "FROZEN",
        Err(_) => std::fs::read_to_string(dir.join("cgroup.events")).unwrap().contains("frozen 1"),
    };
    assert!(frozen(&dir) && frozen(&sub));
    let line = c.runtime.run(&["pause", "it-cgnest"]).fails(1);
    assert!(line.contains("container not running"), "{line}");
    let seen: Vec<i64> =
        serde_json::from_str(&c.runtime.run(&["ps", "-f", "json", "it-cgnest"]).ok()).unwrap();
    assert!(seen.contains(&other), "{seen:?}");
    c.runtime.run(&["resume", "it-cgnest"]).ok();
    assert!(!frozen(&dir) && !frozen(&sub));
    assert_eq!(c.runtime.state("it-cgnest")["status"], "running");
    let line = c.runtime.run(&["resume", "it-cgnest"]).fails(1);
    assert!(line.contains("container not paused"), "{line}");

    // Frozen processes die, too.
    c.runtime.run(&["pause", "it-cgnest"]).ok();
    c.runtime.run(&["kill", "--all", "it-cgnest", "KILL"]).ok();
    crate::runtime::wait_exit(init);
    assert_eq!(bin::done(&inner.wait_with_output().expect("it ends")).code, 137);
    c.runtime.run(&["delete", "it-cgnest"]).ok();
    traces::none_of(&["it-cgnest"]);
}

/// A signal of real time has no name, and reaches all as others do.
#[test]
fn a_nameless_signal_for_all() {
    let c = Sleeper::new("it-cgrt", |_| {});
    let mut inner = c
        .runtime
        .command(&["exec", "it-cgrt", "sh", "-c", "echo in; exec sleep 3000"])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("run ocirun");
    let mut first = [0; 3];
    std::io::Read::read_exact(inner.stdout.as_mut().expect("stdout"), &mut first).expect("a word");
    c.runtime.run(&["kill", "--all", "it-cgrt", "RTMIN+3"]).ok();
    let code = bin::done(&inner.wait_with_output().expect("it ends")).code;
    assert_eq!(code, 128 + libc::SIGRTMIN() + 3);
}

/// A cgroup that somebody froze before is refused, not waited in.
#[test]
fn a_frozen_cgroup() {
    let (dir, file, word) = if Path::new("/sys/fs/cgroup/freezer").is_dir() {
        ("/sys/fs/cgroup/freezer/it-cgice", "freezer.state", "FROZEN")
    } else {
        ("/sys/fs/cgroup/it-cgice", "cgroup.freeze", "1")
    };
    std::fs::create_dir(dir).expect("make a cgroup");
    std::fs::write(Path::new(dir).join(file), word).expect("freeze it");
    let runtime = Runtime::new();
    let bundle = Bundle::new(&["true"], |c| c["linux"]["cgroupsPath"] = json!("/it-cgice"));
    let line = runtime.run(&["run", "--bundle", path(&bundle), "it-cgfrozen"]).fails(1);
    assert!(line.contains("container's cgroup unexpectedly frozen"), "{line}");
    std::fs::remove_dir(dir).expect("it is as it was");
    traces::none_of(&["it-cgfrozen"]);
}

/// With the host's processes in sight no death of the first takes the others along.
#[test]
fn kill_without_a_pid_namespace() {
    let runtime = Runtime::new();
    let script = "sleep 3001 & sleep 3002 & echo; wait";
    let bundle = Bundle::new(&["sh", "-c", script], |c: &mut Value| {
        let all = c["linux"]["namespaces"].as_array_mut().expect("namespaces");
        all.retain(|n| n["type"] != "pid");
    });
    runtime.create("it-cgkill", bundle.path());
    runtime.run(&["start", "it-cgkill"]).ok();
    let mut pids: Vec<i64> = Vec::new();
    while pids.len() < 3 {
        pids = serde_json::from_str(&runtime.run(&["ps", "-f", "json", "it-cgkill"]).ok()).unwrap();
    }
    runtime.run(&["kill", "it-cgkill", "KILL"]).ok();
    for pid in pids {
        crate::runtime::wait_exit(pid);
    }
    runtime.run(&["delete", "it-cgkill"]).ok();
    traces::none_of(&["it-cgkill"]);
}

/// Without a machine that has it, what asks for resource control fails at once, and says why.
#[test]
fn resource_control() {
    if Path::new("/sys/fs/resctrl").is_dir() {
        eprintln!("skipped: resource_control: this machine has resctrl");
        return;
    }
    let runtime = Runtime::new();
    let bundle = Bundle::new(&["true"], |c| c["linux"]["intelRdt"] = json!({"closID": "it-gold"}));
    let line = runtime.run(&["run", "--bundle", path(&bundle), "it-rdt"]).fails(1);
    let words =
        "intelRdt is specified in config, but Intel RDT is not enabled: /sys/fs/resctrl does not exist";
    assert!(line.contains(words), "{line}");
    traces::none_of(&["it-rdt", path(&bundle)]);
}
