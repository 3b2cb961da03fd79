//! What config.json sets on a process is what the process has.

use serde_json::json;

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
