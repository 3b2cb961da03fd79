//! The whole launch through all four programs: `ctrd run`, with a server and without one.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::bin;
use crate::stack::Stack;
use crate::traces::{self, none_of};

/// `(pid, parent, command line)` of the process whose command line satisfies `is`. A started program
/// is ocirun-init for the moment until its execve, of which nothing outside is told.
fn process(is: impl Fn(&str) -> bool) -> (u32, u32, String) {
    let limit = Instant::now() + Duration::from_secs(10);
    let (pid, line) = loop {
        let mut found: Vec<_> = traces::processes().filter(|(_, line)| is(line)).collect();
        match found.len() {
            1 => break found.remove(0),
            0 if Instant::now() < limit => std::thread::yield_now(),
            _ => panic!("{found:?}"),
        }
    };
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).expect("it runs");
    let parent = stat.rsplit(") ").next().and_then(|s| s.split(' ').nth(1)).expect("a parent");
    (pid, parent.parse().expect("a number"), line)
}

#[test]
fn a_foreground_run_gives_output_and_status() {
    let stack = Stack::with_busybox();
    let mut server = stack.serve();
    for with in ["a server", "none"] {
        if with == "none" {
            server.kill();
        }
        let done = stack.run(&[
            "run",
            "--rm",
            "--name",
            "it-fg",
            "busybox",
            "sh",
            "-c",
            "echo out; echo err >&2; exit 42",
        ]);
        assert_eq!((done.code, done.stdout.as_str(), done.stderr.as_str()), (42, "out\n", "err\n"), "{with}");
        none_of(&["it-fg"]);
    }
    assert_eq!(stack.run(&["run", "--rm", "busybox", "echo", "alone"]).ok(), "alone\n");
    none_of(&[&format!("{}/run/io.containerd.runtime.v2.task/default/", stack.word())]);
}

#[test]
fn the_options_of_run_reach_the_program() {
    let stack = Stack::with_busybox();
    let host = stack.path("host");
    std::fs::create_dir(&host).unwrap();
    std::fs::write(host.join("file"), "from the host\n").unwrap();
    let mount = format!("type=bind,source={},destination=/mnt,options=rbind:ro", host.display());
    let sh = |flags: &[&str], script: &str| {
        let args = [&["run", "--rm"], flags, &["busybox", "sh", "-c", script]].concat();
        stack.run(&args)
    };
    assert_eq!(sh(&["--env", "A=b c"], "echo $A").ok(), "b c\n");
    assert_eq!(sh(&["--hostname", "web"], "hostname").ok(), "web\n");
    assert_eq!(sh(&["--workdir", "/etc"], "pwd").ok(), "/etc\n");
    assert_eq!(sh(&["--user", "web"], "id -u; id -G").ok(), "1000\n1000 10\n");
    assert_eq!(sh(&["--user", "7:8"], "id -u; id -g").ok(), "7\n8\n");
    assert_eq!(
        sh(&["--mount", &mount], "cat /mnt/file; touch /mnt/x 2>/dev/null || echo ro").ok(),
        "from the host\nro\n"
    );
    assert_eq!(sh(&["--read-only"], "touch /x 2>/dev/null || echo ro").ok(), "ro\n");
    let limits = sh(
        &["--memory", "64m", "--cpus", "0.5", "--pids-limit", "50"],
        "cd /sys/fs/cgroup; cat memory/memory.limit_in_bytes cpu/cpu.cfs_quota_us pids/pids.max 2>/dev/null \
         || cat memory.max cpu.max pids.max",
    );
    assert!(limits.stdout.starts_with("67108864\n50000"), "{limits:?}");
    assert!(limits.stdout.ends_with("\n50\n"), "{limits:?}");
    let mut stdin = stack.command(&["run", "--rm", "-i", "busybox", "cat"]);
    stdin.stdin(std::fs::File::open(host.join("file")).unwrap());
    assert_eq!(bin::run(&mut stdin).ok(), "from the host\n");
    let dir = stack.path("busybox-root");
    let rootfs = stack.run(&["run", "--rm", "--rootfs", dir.to_str().unwrap(), "echo", "plain folder"]);
    assert_eq!(rootfs.ok(), "plain folder\n");
}

#[test]
fn a_terminal_has_its_size_and_is_restored() {
    let stack = Stack::with_busybox();
    let line = format!(
        "stty rows 31 cols 97; stty -a >{0}/before; {1:?} --root {0}/lib --state {0}/run --address {0}/run/ctrd.sock \
         run --rm -it busybox sh -c 'tty; stty size; exit 5'; echo status $?; stty -a >{0}/after",
        stack.word(),
        bin::path("ctrd"),
    );
    let out = bin::run(Command::new("script").args(["-qec", &line, "/dev/null"]).stdin(Stdio::null())).ok();
    // script answers the end of its input with a NUL, wherever that falls.
    let out = out.replace('\0', "").replace("^@", "");
    let lines: Vec<_> = out.lines().map(str::trim_end).collect();
    assert!(lines.contains(&"31 97"), "{out}");
    assert!(lines.contains(&"status 5"), "{out}");
    assert!(lines.iter().any(|l| l.contains("/dev/pts/") || l.contains("/dev/console")), "{out}");
    let stty = |name: &str| std::fs::read_to_string(stack.path(name)).unwrap();
    assert_eq!(stty("before"), stty("after"));
}

/// The process tree, and that ctrd may die.
#[test]
fn a_detached_task_outlives_its_server() {
    let stack = Stack::with_busybox();
    let mut server = stack.serve();
    assert_eq!(
        stack.run(&["run", "-d", "--name", "it-survives", "busybox", "sleep", "3141"]).ok(),
        "it-survives\n"
    );

    let (_, parent, _) = process(|l| l == "sleep 3141");
    let (shim, grandparent, line) = process(|l| l.contains("ctrd-shim") && l.contains("-id it-survives"));
    assert_eq!((parent, grandparent), (shim, 1));
    let address = stack.address();
    let words = format!("-namespace default -id it-survives -address {}", address.display());
    assert!(line.ends_with(&words), "{line} does not end with {words}");

    server.kill();
    let (_, parent, _) = process(|l| l == "sleep 3141");
    assert_eq!(parent, shim, "the task and its shim live on");

    // A new server finds it …
    let mut server = stack.serve();
    let ls = stack.run(&["task", "ls"]).ok();
    assert!(ls.lines().any(|l| l.starts_with("it-survives") && l.to_uppercase().contains("RUNNING")), "{ls}");
    assert_eq!(stack.run(&["task", "exec", "it-survives", "echo", "in"]).ok(), "in\n");
    assert_eq!(server.stop(), Some(0), "SIGTERM is a clean end");
    // … and so does none at all.
    let ls = stack.run(&["task", "ls"]).ok();
    assert!(ls.lines().any(|l| l.starts_with("it-survives") && l.to_uppercase().contains("RUNNING")), "{ls}");
    assert_eq!(stack.run(&["task", "exec", "it-survives", "sh", "-c", "exit 9"]).code, 9);
    let wait = stack
        .command(&["task", "wait", "it-survives"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    stack.run(&["task", "kill", "--signal", "KILL", "it-survives"]).ok();
    assert_eq!(bin::done(&wait.wait_with_output().unwrap()).code, 137);
    assert_eq!(stack.run(&["task", "delete", "it-survives"]).code, 137, "the task's status is the command's");
    stack.run(&["container", "rm", "it-survives"]).ok();
    none_of(&["it-survives"]);
}

#[test]
fn an_exit_that_no_server_saw_keeps_its_status() {
    let stack = Stack::with_busybox();
    let mut server = stack.serve();
    stack
        .run(&[
            "run",
            "-d",
            "--name",
            "it-late",
            "busybox",
            "sh",
            "-c",
            "trap 'exit 77' TERM; sleep 3000 & wait",
        ])
        .ok();
    server.kill();
    let wait = stack.command(&["task", "wait", "it-late"]).spawn().unwrap();
    stack.run(&["task", "kill", "it-late"]).ok();
    assert_eq!(bin::done(&wait.wait_with_output().unwrap()).code, 77);
    let _server = stack.serve();
    assert_eq!(stack.run(&["task", "wait", "it-late"]).code, 77);
    assert_eq!(stack.run(&["task", "delete", "it-late"]).code, 77);
    stack.run(&["container", "rm", "it-late"]).ok();
}

#[test]
fn the_steps_of_run_one_at_a_time() {
    let stack = Stack::with_busybox();
    let _server = stack.serve();
    stack.run(&["container", "create", "--name", "it-runsteps", "busybox", "sleep", "3000"]).ok();
    assert!(stack.run(&["container", "ls", "-q"]).ok().contains("it-runsteps"));
    let snapshots = stack.run(&["snapshot", "ls"]).ok();
    assert!(snapshots.contains("it-runsteps"), "{snapshots}");
    stack.run(&["task", "start", "-d", "it-runsteps"]).ok();
    let ps = stack.run(&["task", "ps", "it-runsteps"]).ok();
    assert_eq!(ps.lines().count(), 2, "{ps}");
    stack.run(&["task", "pause", "it-runsteps"]).ok();
    let ls = stack.run(&["task", "ls"]).ok();
    assert!(ls.to_uppercase().contains("PAUSED"), "{ls}");
    stack.run(&["task", "resume", "it-runsteps"]).ok();
    let busy = stack.run(&["container", "rm", "it-runsteps"]).fails(1);
    assert!(busy.contains("it-runsteps"), "{busy}");
    stack.run(&["task", "kill", "-s", "9", "it-runsteps"]).ok();
    assert_eq!(stack.run(&["task", "wait", "it-runsteps"]).code, 137);
    assert_eq!(stack.run(&["task", "delete", "it-runsteps"]).code, 137);
    stack.run(&["container", "rm", "it-runsteps"]).ok();
    stack.run(&["image", "rm", "--sync", "busybox"]).ok();
    assert_eq!(stack.run(&["snapshot", "ls", "-q"]).ok(), "", "nothing refers to the snapshots any more");
    assert_eq!(stack.run(&["content", "ls", "-q"]).ok(), "");
}

#[test]
fn events_tell_the_life_of_a_task_in_order() {
    use std::io::{BufRead, BufReader};
    let stack = Stack::with_busybox();
    let _server = stack.serve();
    let mut events = stack.command(&["events"]).stdout(Stdio::piped()).spawn().unwrap();
    let (send, lines) = std::sync::mpsc::channel();
    let stdout = BufReader::new(events.stdout.take().unwrap());
    std::thread::spawn(move || stdout.lines().map_while(Result::ok).all(|l| send.send(l).is_ok()));
    // The subscription stands once an event of ours comes through.
    for n in 0.. {
        stack.run(&["namespace", "create", &format!("first{n}")]).ok();
        if let Ok(first) = lines.recv_timeout(Duration::from_millis(100)) {
            assert!(first.contains("/namespaces/create"), "{first}");
            break;
        }
    }
    stack.run(&["run", "--rm", "--name", "it-lifeevents", "busybox", "true"]).ok();
    let mut topics = Vec::new();
    for line in lines {
        let event: serde_json::Value = serde_json::from_str(&line).expect("a JSON object a line");
        let topic = event["topic"].as_str().unwrap().to_string();
        if topic.starts_with("/tasks/") {
            topics.push(topic);
        }
        if topics.last().is_some_and(|t| t == "/tasks/delete") {
            break;
        }
    }
    events.kill().unwrap();
    events.wait().unwrap();
    assert_eq!(topics, ["/tasks/create", "/tasks/start", "/tasks/exit", "/tasks/delete"]);
}

#[test]
fn runc_stands_under_our_shim() {
    if !bin::peer("runc") {
        return;
    }
    let stack = Stack::with_busybox();
    let done = stack.run(&[
        "run",
        "--rm",
        "--runc-binary",
        "runc",
        "--name",
        "it-runc",
        "busybox",
        "sh",
        "-c",
        "echo by runc; exit 3",
    ]);
    assert_eq!((done.code, done.stdout.as_str()), (3, "by runc\n"), "{}", done.stderr);
    none_of(&["it-runc"]);
}

/// Overlayfs cannot stand on overlayfs: there a plain copy takes its place without being asked for.
#[test]
fn a_root_where_overlayfs_does_not_work_gets_plain_copies() {
    let stack = Stack::new();
    for name in ["lower", "upper", "work", "lib"] {
        std::fs::create_dir(stack.path(name)).unwrap();
    }
    let options = format!("lowerdir={0}/lower,upperdir={0}/upper,workdir={0}/work", stack.word());
    let lib = stack.path("lib");
    bin::run(Command::new("mount").args(["-t", "overlay", "-o", &options, "overlay"]).arg(&lib)).ok();
    let root = stack.path("root");
    crate::fixture::rootfs(&root);
    stack.run(&["image", "import", "--rootfs", "--name", "busybox", root.to_str().unwrap()]).ok();
    let plugins = stack.run(&["plugins", "ls"]).ok();
    assert!(plugins.lines().any(|l| l.contains("overlayfs") && l.contains("skip")), "{plugins}");
    assert_eq!(stack.run(&["run", "--rm", "busybox", "echo", "copied"]).ok(), "copied\n");
    assert_eq!(stack.run(&["snapshot", "ls", "--snapshotter", "native", "-q"]).ok().lines().count(), 1);
    bin::run(Command::new("umount").arg(&lib)).ok();
}
