//! What `ctrd run` gives and takes: each flag by what the program sees of it.

use serde_json::Value;

use super::inspect;
use crate::bin;
use crate::stack::Stack;

#[test]
fn flags_of_confinement_reach_the_program() {
    let stack = Stack::with_busybox();
    let sh = |flags: &[&str], script: &str| {
        stack.run(&[&["run", "--rm"], flags, &["busybox", "sh", "-c", script]].concat()).ok()
    };
    let caps = "sed -n 's/^CapBnd:.*\\(........\\)$/\\1/p; s/^NoNewPrivs:.//p' /proc/self/status";
    assert_eq!(sh(&["--cap-drop", "ALL"], caps), "00000000\n1\n");
    assert_eq!(sh(&["--cap-drop", "all", "--cap-add", "net_admin"], caps), "00001000\n1\n");
    assert_eq!(
        sh(&["--security-opt", "no-new-privileges=false", "--cap-drop", "ALL"], caps),
        "00000000\n0\n"
    );
    assert_eq!(sh(&["--ulimit", "nofile=100:200"], "ulimit -Sn; ulimit -Hn"), "100\n200\n");
    assert_eq!(sh(&["--sysctl", "net.ipv4.ip_forward=1"], "cat /proc/sys/net/ipv4/ip_forward"), "1\n");
    assert_eq!(sh(&["--group-add", "77"], "id -G"), "0 77\n");
    assert_eq!(
        sh(&["--tmpfs", "/scratch:size=64k"], "df -k /scratch | tail -n 1 | awk '{print $2}'"),
        "64\n"
    );
    assert_eq!(sh(&["--shm-size", "1m"], "df -k /dev/shm | tail -n 1 | awk '{print $2}'"), "1024\n");
    assert_eq!(
        sh(&["--device", "/dev/null:/dev/hole:rw"], "echo x >/dev/hole; stat -c %t:%T /dev/hole"),
        "1:3\n"
    );
    assert_eq!(sh(&["--oom-score-adj", "77"], "cat /proc/self/oom_score_adj"), "77\n");
    assert_ne!(sh(&["--pid", "host"], "echo $$"), "1\n");
    let uts = std::fs::read_link("/proc/self/ns/uts").unwrap().display().to_string();
    assert_eq!(sh(&["--uts", "host"], "readlink /proc/self/ns/uts").trim(), uts);
    let ipc = std::fs::read_link("/proc/self/ns/ipc").unwrap().display().to_string();
    assert_eq!(sh(&["--ipc", "host"], "readlink /proc/self/ns/ipc").trim(), ipc);
    let limits =
        "cd /sys/fs/cgroup; cat cpu/cpu.shares cpuset/cpuset.cpus 2>/dev/null || cat cpu.weight cpuset.cpus";
    assert!(sh(&["--cpu-shares", "512", "--cpuset-cpus", "0"], limits).ends_with("\n0\n"));
    let all = sh(
        &["--privileged"],
        "sed -n 's/^Seccomp:.//p' /proc/self/status; touch /proc/sys/kernel/panic && echo rw; ls /dev/null",
    );
    assert_eq!(all, "0\nrw\n/dev/null\n");

    for (flags, words) in [
        (&["--cap-add", "NOTHING"][..], "capability \"NOTHING\": unknown"),
        (&["--ulimit", "nofile"], "must be NAME=SOFT[:HARD]"),
        (&["--device", "/etc/passwd"], "device /etc/passwd: is none"),
        (&["--security-opt", "magic"], "security option \"magic\": unknown"),
        (&["--stop-signal", "NOPE"], "stop signal \"NOPE\": unknown"),
        (&["--tmpfs", "tmp"], "the path must be absolute"),
        (&["--memory", "1g", "--memory-swap", "1m"], "must not be below the memory limit"),
    ] {
        let failed = stack.run(&[&["run", "--rm"], flags, &["busybox", "true"]].concat()).fails(125);
        assert!(failed.contains(words), "{flags:?}: {failed}");
    }
}

#[test]
fn a_container_is_stopped_by_the_signal_that_it_asked_for() {
    let stack = Stack::with_busybox();
    let script = "trap 'exit 9' USR1; trap '' TERM; echo up; while :; do sleep 1000 & wait; done";
    let args = [
        "run",
        "-d",
        "--name",
        "it-signal",
        "--stop-signal",
        "USR1",
        "--annotation",
        "a=b",
        "--cgroup-parent",
        "/it-parent",
    ];
    stack.run(&[&args[..], &["busybox", "sh", "-c", script]].concat()).ok();
    super::until_logged(&stack, "it-signal", "up");
    let container: Value = serde_json::from_str(&stack.run(&["inspect", "it-signal"]).ok()).unwrap();
    assert_eq!(container["spec"]["annotations"]["a"], "b");
    assert_eq!(container["spec"]["linux"]["cgroupsPath"], "/it-parent/it-signal");
    stack.run(&["stop", "it-signal"]).ok();
    assert_eq!(stack.run(&["wait", "it-signal"]).ok(), "9\n");
    stack.run(&["rm", "it-signal"]).ok();
}

#[test]
fn a_kill_for_want_of_memory_is_told_with_the_end() {
    if !bin::swap() {
        return;
    }
    let stack = Stack::with_busybox();
    let hog = "sh -c 'x=0123456789abcdef; while :; do x=$x$x; done'; exit 7";
    let limits = ["run", "-d", "--name", "it-hog", "--memory", "32m", "--memory-swap", "32m"];
    stack.run(&[&limits[..], &["busybox", "sh", "-c", hog]].concat()).ok();
    assert_eq!(stack.run(&["wait", "it-hog"]).stdout, "7\n");
    let task = inspect(&stack, "it-hog")["task"].clone();
    // The first process was not the one.
    assert_eq!((&task["exitStatus"], &task["oom"]["kills"]), (&Value::from(7), &Value::from(1)), "{task}");
    assert_eq!(task["oom"]["limit"], 32 << 20, "{task}");
    // They are those of the server that is spoken to, whatever lies in the folders that a command would use itself.
    let (server, other) = (stack.serve(), Stack::with_busybox());
    let there = |stack: &Stack, address: &std::path::Path, words: &[&str]| -> Value {
        let mut command = bin::command("ctrd");
        command.arg("--root").arg(stack.path("lib")).arg("--state").arg(stack.path("run"));
        serde_json::from_str(&bin::run(command.arg("--address").arg(address).args(words)).ok()).expect("JSON")
    };
    let named = ["inspect", "it-hog"];
    assert_eq!(there(&other, &stack.address(), &named)["task"]["oom"], task["oom"]);
    let of_task = ["inspect", "--type", "task", "it-hog"];
    assert_eq!(there(&other, &stack.address(), &of_task)["oom"], task["oom"]);
    other.run(&["run", "-d", "--name", "it-hog", "busybox", "true"]).ok();
    other.run(&["wait", "it-hog"]).ok();
    let _other = other.serve();
    let far = there(&stack, &other.address(), &named)["task"].clone();
    assert_eq!((&far["status"], far.get("oom")), (&Value::from("stopped"), None), "{far}");
    other.run(&["rm", "it-hog"]).ok();
    drop(server);
    stack.run(&["rm", "it-hog"]).ok();
    stack.run(&["run", "-d", "--name", "it-hog", "busybox", "true"]).ok();
    stack.run(&["wait", "it-hog"]).ok();
    assert_eq!(inspect(&stack, "it-hog")["task"].get("oom"), None);
    stack.run(&["rm", "it-hog"]).ok();
}
