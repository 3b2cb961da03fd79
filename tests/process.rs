//! What config.json sets on a process is what the process has.

use std::process::Stdio;

use serde_json::json;

use crate::bin;
use crate::fixture::Bundle;
use crate::runtime::Runtime;

#[test]
fn umask_groups_limits_and_score() {
    let runtime = Runtime::new();
    let script = "umask; id -G; ulimit -n; cat /proc/self/oom_score_adj";
    let bundle = Bundle::new(&["sh", "-c", script], |c| {
        c["process"]["user"] = json!({"uid": 1000, "gid": 1000, "umask": 0o27, "additionalGids": [10, 77]});
        c["process"]["rlimits"] = json!([{"type": "RLIMIT_NOFILE", "soft": 333, "hard": 444}]);
        c["process"]["oomScoreAdj"] = json!(321);
    });
    let out = runtime.run(&["run", "--bundle", bundle.path().to_str().unwrap(), "it-process"]).ok();
    assert_eq!(out, "0027\n1000 10 77\n333\n321\n");
}

#[test]
fn a_seccomp_profile_is_enforced() {
    let runtime = Runtime::new();
    let bundle = Bundle::new(&["sh", "-c", "mkdir /tmp/x 2>&1; echo on"], |c| {
        c["root"]["readonly"] = json!(false);
        c["linux"]["seccomp"] = json!({"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_X86_64"],
            "syscalls": [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 28}]});
    });
    let out = runtime.run(&["run", "--bundle", bundle.path().to_str().unwrap(), "it-seccomp"]).ok();
    assert!(out.contains("No space left on device") && out.ends_with("on\n"), "{out}");
}

/// ocirun-init needs its devices, and comes to them before all limits are set.
#[test]
fn a_slow_ocirun_makes_the_same_container() {
    if !bin::peer("strace") {
        return;
    }
    let runtime = Runtime::new();
    let bundle = Bundle::new(&["sh", "-c", "echo on; echo off >/dev/null"], |c| {
        c["linux"]["resources"] = json!({"pids": {"limit": 50}, "memory": {"limit": 67108864}});
    });
    let command = runtime.command(&["run", "--bundle", bundle.path().to_str().unwrap(), "it-slow"]);
    let mut strace = std::process::Command::new("strace");
    // Where all are denied before some are allowed again.
    strace.args(["-qq", "-P", "/sys/fs/cgroup/devices/it-slow/devices.deny", "-e", "trace=write"]);
    strace.args(["-e", "inject=write:delay_exit=100000", "-o"]);
    strace.arg(runtime.root.path().join("trace"));
    let done = bin::run(strace.arg(command.get_program()).args(command.get_args()).stdin(Stdio::null()));
    assert_eq!(done.ok(), "on\n");
}

#[test]
fn exec_takes_a_process_file_and_kill_all_ends_every_process() {
    let runtime = Runtime::new();
    let bundle = Bundle::new(&["sleep", "3000"], |_| {});
    runtime.create("it-all", bundle.path());
    runtime.run(&["start", "it-all"]).ok();
    let file = runtime.root.path().join("process.json");
    let process = json!({"args": ["sh", "-c", "echo $A; exit 6"], "cwd": "/", "env": ["A=from a file", "PATH=/bin"],
        "user": {"uid": 0, "gid": 0}});
    std::fs::write(&file, process.to_string()).unwrap();
    let done = runtime.run(&["exec", "--process", file.to_str().unwrap(), "it-all"]);
    assert_eq!((done.code, done.stdout.as_str()), (6, "from a file\n"), "{}", done.stderr);
    let pid = runtime.state("it-all")["pid"].as_i64().unwrap();
    runtime.run(&["kill", "--all", "it-all", "KILL"]).ok();
    crate::runtime::wait_exit(pid);
    assert_eq!(runtime.state("it-all")["status"], "stopped");
}

fn run(runtime: &Runtime, bundle: &Bundle, id: &str) -> crate::bin::Done {
    runtime.run(&["run", "--bundle", bundle.path().to_str().expect("UTF-8"), id])
}

#[test]
fn scheduling_of_the_processor_the_disk_and_memory() {
    let runtime = Runtime::new();
    let script = "cut -d ' ' -f 19,41 /proc/self/stat; ionice -p $$; head -n 1 /proc/self/numa_maps | cut -d ' ' -f 2; uname -m";
    let bundle = Bundle::new(&["sh", "-c", script], |c| {
        c["process"]["scheduler"] = json!({"policy": "SCHED_BATCH", "nice": 5});
        c["process"]["ioPriority"] = json!({"class": "IOPRIO_CLASS_BE", "priority": 3});
        c["linux"]["memoryPolicy"] =
            json!({"mode": "MPOL_BIND", "nodes": "0", "flags": ["MPOL_F_STATIC_NODES"]});
        c["linux"]["personality"] = json!({"domain": "LINUX32"});
    });
    let out = run(&runtime, &bundle, "it-sched").ok();
    assert!(out.starts_with("5 3\n") && out.contains("best-effort: prio 3"), "{out}");
    assert!(out.contains("bind=static:0") && out.ends_with("i686\n"), "{out}");
}

#[test]
fn an_exec_has_the_containers_memory_policy_and_what_its_file_leaves_out() {
    let runtime = Runtime::new();
    let bundle = Bundle::new(&["sleep", "3000"], |c| {
        c["linux"]["memoryPolicy"] = json!({"mode": "MPOL_INTERLEAVE", "nodes": "0"});
    });
    runtime.create("it-exec-policy", bundle.path());
    runtime.run(&["start", "it-exec-policy"]).ok();
    let file = runtime.root.path().join("process.json");
    let script = "head -n 1 /proc/self/numa_maps | cut -d ' ' -f 2; id -u";
    // Without a user, with null for nothing, and the kernel's name of a scheduler flag.
    let process = json!({"args": ["sh", "-c", script], "cwd": "/", "env": ["PATH=/bin"], "rlimits": null,
        "scheduler": {"policy": "SCHED_OTHER", "flags": ["SCHED_FLAG_RESET_ON_FORK"]}});
    std::fs::write(&file, process.to_string()).unwrap();
    let done = runtime.run(&["exec", "--process", file.to_str().unwrap(), "it-exec-policy"]);
    assert_eq!(done.ok(), "interleave:0\n0\n");
}

#[test]
fn a_wrong_memory_policy_is_named() {
    let runtime = Runtime::new();
    for (policy, want) in [
        (json!({}), "invalid memory policy mode \"\""),
        (json!({"mode": "INTERLEAVE", "nodes": "0"}), "invalid memory policy mode \"INTERLEAVE\""),
        (json!({"mode": "MPOL_BIND", "nodes": "0", "flags": ["odd"]}), "invalid memory policy flag \"odd\""),
        (json!({"mode": "MPOL_BIND", "nodes": "0-9876543210"}), "invalid memory policy nodes"),
        (json!({"mode": "MPOL_DEFAULT", "nodes": "0-7"}), "mode requires 0 nodes but got 8"),
        (json!({"mode": "MPOL_BIND"}), "mode requires at least one node"),
    ] {
        let bundle = Bundle::new(&["true"], |c| c["linux"]["memoryPolicy"] = policy);
        let said = run(&runtime, &bundle, "it-policy").fails(1);
        assert!(said.contains(want), "{said}");
    }
}

#[test]
fn a_deadline_needs_all_processors() {
    let runtime = Runtime::new();
    let bundle = Bundle::new(&["true"], |c| {
        c["linux"]["resources"]["cpu"] = json!({"cpus": "0"});
        c["process"]["scheduler"] =
            json!({"policy": "SCHED_DEADLINE", "runtime": 42000, "deadline": 1000000, "period": 1000000});
    });
    let said = run(&runtime, &bundle, "it-deadline").fails(1);
    assert!(said.contains("process scheduler can't be used together with AllowedCPUs"), "{said}");
}

#[test]
fn the_callers_processors_are_not_the_containers() {
    let runtime = Runtime::new();
    let all = std::fs::read_to_string("/proc/self/status").unwrap();
    let all = all.lines().find(|line| line.starts_with("Cpus_allowed_list:")).unwrap().to_owned();
    let bundle = Bundle::new(&["grep", "Cpus_allowed_list:", "/proc/self/status"], |_| {});
    let mut command = std::process::Command::new("taskset");
    command
        .args(["-c", "0"])
        .arg(crate::bin::path("ocirun"))
        .arg("--root")
        .arg(runtime.root.path().join("state"));
    let out = crate::bin::run(command.arg("run").arg("--bundle").arg(bundle.path()).arg("it-cpus")).ok();
    assert_eq!(out.trim(), all);
}

#[test]
fn hooks_have_state_environment_and_their_time() {
    let runtime = Runtime::new();
    let log = runtime.root.path().join("hooks.log");
    let bundle = Bundle::new(&["true"], |_| {});
    let hook = |name: &str, more: serde_json::Value| {
        let script = format!("cat >>{0}; echo \" {name} $A\" >>{0}", log.display());
        let mut hook = json!({"path": "/bin/sh", "args": ["sh", "-c", script]});
        hook.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!([hook])
    };
    bundle.edit(|c| {
        c["process"]["env"].as_array_mut().unwrap().push(json!("A=of the process"));
        c["annotations"] = json!({"k": "v"});
        c["hooks"] = json!({
            "prestart": hook("prestart", json!({"env": ["A=own"]})),
            "createRuntime": hook("createRuntime", json!({"env": ["A=own"]})),
            "createContainer": hook("createContainer", json!({"env": ["A=own", "PATH=/bin"]})),
            "poststart": hook("poststart", json!({"env": ["A=own"]})),
            "poststop": hook("poststop", json!({"env": ["A=own"]})),
            // In the container's root, and with no environment named: that of the process.
            "startContainer": [{"path": "/bin/sh", "args": ["sh", "-c", "cat; echo startContainer $A; exit 3"]}],
        });
    });
    let said = run(&runtime, &bundle, "it-hooks-all").fails(1);
    assert!(said.contains("error running startContainer hook #0: exit status 3"), "{said}");
    assert!(
        said.contains("\\\"status\\\":\\\"created\\\"") || said.contains("\"status\":\"created\""),
        "{said}"
    );
    assert!(said.contains("startContainer of the process"), "{said}");
    let written = std::fs::read_to_string(&log).unwrap();
    for (name, status) in
        [("prestart", "creating"), ("createRuntime", "creating"), ("createContainer", "creating")]
    {
        let line = written.lines().find(|line| line.ends_with(&format!(" {name} own"))).expect(name);
        assert!(line.contains(&format!("\"status\":\"{status}\"")) && line.contains("\"k\":\"v\""), "{line}");
    }
    bundle.edit(|c| {
        c["hooks"] = json!({"createRuntime": [{"path": "/bin/true"}, {"path": "/bin/sleep", "args": ["sleep", "3000"], "timeout": 1}]});
    });
    let said = run(&runtime, &bundle, "it-hooks-all").fails(1);
    assert!(
        said.contains("error running createRuntime hook #1: hook ran past specified timeout of 1s"),
        "{said}"
    );
}

#[test]
fn a_failing_poststart_hook_ends_the_container() {
    let runtime = Runtime::new();
    let bundle = Bundle::new(&["sleep", "3000"], |c| {
        c["hooks"] = json!({"poststart": [{"path": "/bin/true"}, {"path": "/bin/false"}]});
    });
    let said = run(&runtime, &bundle, "it-poststart").fails(1);
    assert!(said.contains("error running poststart hook #1: exit status 1"), "{said}");
    let said = runtime.run(&["state", "it-poststart"]).fails(1);
    assert!(said.contains("does not exist"), "{said}");
    runtime.create("it-poststart", bundle.path());
    let pid = runtime.state("it-poststart")["pid"].as_i64().unwrap();
    runtime.run(&["start", "it-poststart"]).fails(1);
    crate::runtime::wait_exit(pid);
    assert_eq!(runtime.state("it-poststart")["status"], "stopped");
}

#[test]
fn every_policy_of_the_scheduler() {
    let runtime = Runtime::new();
    // What has no nice value leaves that of the caller.
    let stat = std::fs::read_to_string("/proc/self/stat").expect("one's own state");
    let own = stat.rsplit(") ").next().and_then(|rest| rest.split(' ').nth(16)).expect("a nice value");
    for (scheduler, want) in [
        (json!({"policy": "SCHED_OTHER", "nice": 7}), "7 0"),
        (json!({"policy": "SCHED_BATCH", "nice": -3}), "-3 3"),
        (json!({"policy": "SCHED_IDLE"}), "own 5"),
        (json!({"policy": "SCHED_FIFO", "priority": 5, "flags": ["SCHED_FLAG_RESET_ON_FORK"]}), "own 1"),
        (json!({"policy": "SCHED_RR", "priority": 9}), "own 2"),
        (
            json!({"policy": "SCHED_DEADLINE", "runtime": 420000, "deadline": 1000000, "period": 1000000,
            "flags": ["SCHED_FLAG_RECLAIM", "SCHED_FLAG_DL_OVERRUN"]}),
            "own 6",
        ),
    ] {
        // The program itself: a child of a deadline's may not be made.
        let bundle = Bundle::new(&["cut", "-d", " ", "-f", "19,41", "/proc/self/stat"], |c| {
            c["process"]["scheduler"] = scheduler.clone();
        });
        let done = run(&runtime, &bundle, "it-policies");
        if done.stderr.contains("set scheduler: operation not permitted") {
            eprintln!(
                "skipped: every_policy_of_the_scheduler: {} is not permitted here",
                scheduler["policy"]
            );
            continue;
        }
        assert_eq!(done.ok().trim(), want.replace("own", own), "{scheduler}");
    }
    let bundle = Bundle::new(&["true"], |c| {
        c["process"]["ioPriority"] = json!({"class": "IOPRIO_CLASS_BE", "priority": 9})
    });
    let said = run(&runtime, &bundle, "it-policies").fails(1);
    assert!(said.contains("I/O priority 9: want 0 to 7"), "{said}");
}

#[test]
fn an_exec_has_its_processors_at_first_and_at_last() {
    let runtime = Runtime::new();
    let online = std::fs::read_to_string("/proc/self/status").unwrap();
    if !online.lines().any(|line| line.starts_with("Cpus_allowed_list:") && line.contains(['-', ','])) {
        bin::skip("there is one processor");
        return;
    }
    let bundle = Bundle::new(&["sleep", "3000"], |c| {
        c["process"]["execCPUAffinity"] = json!({"initial": "0", "final": "1"});
    });
    runtime.create("it-exec-cpus", bundle.path());
    runtime.run(&["start", "it-exec-cpus"]).ok();
    let done =
        runtime.run(&["--debug", "exec", "it-exec-cpus", "grep", "Cpus_allowed_list:", "/proc/self/status"]);
    assert!(done.stderr.contains("]: affinity: 0x1"), "{}", done.stderr);
    assert_eq!(done.ok(), "Cpus_allowed_list:\t1\n");
}

#[test]
fn a_hook_inside_that_takes_too_long_is_ended() {
    let runtime = Runtime::new();
    let slow = json!([{"path": "/bin/sleep", "args": ["sleep", "3000"], "timeout": 1}]);
    for kind in ["createContainer", "startContainer"] {
        let bundle = Bundle::new(&["true"], |c| c["hooks"] = json!({kind: slow}));
        let said = run(&runtime, &bundle, "it-slow-hook").fails(1);
        assert!(said.contains(&format!("error running {kind} hook #0: timeout of 1 s passed")), "{said}");
    }
}
