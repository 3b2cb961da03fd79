//! Tasks: run, looked at, changed and ended.

use super::{Ctr, with_each};
use crate::{caller, traces};

fn status(ctr: &Ctr, id: &str) -> String {
    ctr.line(&["tasks", "ls"], id).map_or("none".into(), |words| words[2].clone())
}

fn remove(ctr: &Ctr, id: &str) {
    ctr.ok(&["tasks", "kill", "-s", "9", id]);
    while status(ctr, id) != "STOPPED" {
        std::thread::yield_now();
    }
    let gone = ctr.ctr(&["tasks", "delete", id]);
    assert!(gone.stderr.contains("137"), "{gone:?}");
    ctr.ok(&["containers", "rm", id]);
}

#[test]
fn a_run_gives_output_and_status() {
    with_each(|ctr| {
        let script = "echo out; echo err >&2; read word; exit 42";
        let run = ["run", "--rm", "bb:busybox", "it-ctrstatus", "sh", "-c", script];
        assert_eq!(ctr.says(&run, "out", "err"), 42);
        for (program, text) in [
            ("nosuch", r#"exec: "nosuch": executable file not found in $PATH"#),
            // Where runc is installed it is the one that says so, and runc 1.1 says "permission denied".
            ("/etc", r#"exec: "/etc": "#),
        ] {
            ctr.fails(&["run", "--rm", "bb:busybox", "it-ctrstatus", program], text);
        }
        ctr.fails(&["run", "--rm", "nosuch:1", "it-ctrstatus", "true"], "not found");
        assert_eq!(
            (ctr.ok(&["tasks", "ls", "-q"]), ctr.ok(&["containers", "ls", "-q"])),
            ("".into(), "".into())
        );
        traces::none_of(&["it-ctrstatus"]);
    });
}

#[test]
fn the_life_of_a_task() {
    with_each(|ctr| {
        let host = ctr.path("host");
        std::fs::create_dir(&host).unwrap();
        std::fs::write(format!("{host}/file"), "from the host\n").unwrap();
        let mount = format!("type=bind,src={host},dst=/mnt,options=rbind:ro");
        let pid = ctr.path("pid");
        ctr.ok(&[
            "run",
            "-d",
            "--memory-limit",
            "67108864",
            "--env",
            "A=b c",
            "--cwd",
            "/tmp",
            "--mount",
            &mount,
            "--label",
            "x=y",
            "--pid-file",
            &pid,
            "bb:busybox",
            "it-ctrlife",
            "sleep",
            "3000",
        ]);
        assert_eq!(status(ctr, "it-ctrlife"), "RUNNING");
        let pid = std::fs::read_to_string(pid).unwrap();
        assert_eq!(ctr.line(&["tasks", "ls"], "it-ctrlife").unwrap()[1], pid);
        let exec =
            |script: &str| ctr.ctr(&["tasks", "exec", "--exec-id", "e", "it-ctrlife", "sh", "-c", script]);
        let script = "echo $A; pwd; cat /mnt/file; read word";
        let args = ["tasks", "exec", "--exec-id", "e", "it-ctrlife", "sh", "-c", script];
        assert_eq!(ctr.says(&args, "b c\n/tmp\nfrom the host", ""), 0);
        assert_eq!(exec("exit 7").code, 7);
        assert!(ctr.ok(&["tasks", "ps", "it-ctrlife"]).contains(&pid));
        assert!(ctr.ok(&["tasks", "metrics", "it-ctrlife"]).contains("67108864"));
        ctr.ok(&["tasks", "pause", "it-ctrlife"]);
        assert_eq!(status(ctr, "it-ctrlife"), "PAUSED");
        ctr.ok(&["tasks", "resume", "it-ctrlife"]);
        ctr.fails(&["tasks", "delete", "it-ctrlife"], "running");
        ctr.fails(&["containers", "rm", "it-ctrlife"], "");
        ctr.fails(&["tasks", "start", "it-ctrlife"], "already exists");
        if ctr.version < (2, 0) {
            assert!(ctr.ok(&["shim", "--help"]).contains("state"));
        }
        remove(ctr, "it-ctrlife");
        for args in [
            &["tasks", "kill", "it-ctrlife"][..],
            &["tasks", "delete", "it-ctrlife"],
            &["tasks", "ps", "it-ctrlife"],
            &["tasks", "exec", "--exec-id", "e", "it-ctrlife", "true"],
        ] {
            ctr.fails(args, "not found");
        }
        traces::none_of(&["it-ctrlife"]);
    });
}

#[test]
fn created_and_started_apart() {
    with_each(|ctr| {
        // No flag of the program's: `create` of 1.6 takes those for its own.
        let script = "BEGIN { print 0; fflush(); getline; exit 1 }";
        ctr.ok(&["containers", "create", "bb:busybox", "it-apart", "awk", script]);
        assert_eq!(ctr.says(&["tasks", "start", "it-apart"], "0", ""), 1);
        ctr.ok(&["tasks", "start", "-d", "--null-io", "it-apart"]);
        while status(ctr, "it-apart") != "STOPPED" {
            std::thread::yield_now();
        }
        assert!(ctr.ctr(&["tasks", "delete", "it-apart"]).stderr.contains("exit code 1"));
        ctr.ok(&["containers", "rm", "it-apart"]);
        ctr.ok(&["run", "-d", "bb:busybox", "it-apart", "sleep", "3000"]);
        ctr.ok(&["tasks", "rm", "-f", "it-apart"]);
        ctr.ok(&["containers", "rm", "it-apart"]);
    });
}

#[test]
fn the_options_of_run_reach_the_program() {
    with_each(|ctr| {
        let root = ctr.path("root");
        crate::fixture::rootfs(std::path::Path::new(&root));
        for (flags, script, expected) in [
            (&["--read-only"][..], "touch /x 2>/dev/null || echo ro", "ro\n"),
            (&["--user", "1000:10"], "id -u; id -g", "1000\n10\n"),
            (&["--hostname", "web"], "hostname", "web\n"),
            (&["--net-host"], "test -e /proc/net/dev && echo net", "net\n"),
            (&["--cap-drop", "CAP_CHOWN"], "chown 1 /tmp 2>/dev/null || echo no", "no\n"),
            (&["--no-pivot"], "echo in", "in\n"),
            (&["--snapshotter", "native"], "echo native", "native\n"),
            (&["--runtime", "io.containerd.ctrd.v2"], "echo ours", "ours\n"),
            (&["--log-uri", "file:///dev/null"], "echo lost", ""),
        ] {
            if matches!(flags, ["--hostname" | "--user", ..]) && ctr.version < (1, 7) {
                continue;
            }
            let script = format!("{script}; read word; exit 3");
            let args =
                [&["run", "--rm"], flags, &["bb:busybox", "it-ctrflags", "sh", "-c", &script]].concat();
            assert_eq!(ctr.says(&args, expected, ""), 3, "{flags:?}");
        }
        let script = "echo folder; read word; exit 3";
        let args = ["run", "--rm", "--rootfs", &root, "it-ctrflags", "/bin/sh", "-c", script];
        assert_eq!(ctr.says(&args, "folder", ""), 3);
        traces::none_of(&["it-ctrflags"]);
    });
}

#[test]
fn a_terminal() {
    with_each(|ctr| {
        // ctr closes its FIFOs as soon as it hears of the end, whatever stands in them: what is awaited here has to be
        // seen before. That the shim has put all of it there by then is in `shim/terminal.rs`.
        let script = format!("tty; {}; read word; exit 5", caller::SIZE);
        // By its default name the runtime is containerd's own, where that is installed.
        for runtime in ["", "--runtime io.containerd.ctrd.v2"] {
            let line = format!(
                "{} -a {} run --rm -t {runtime} bb:busybox it-ctrtty sh -c {script:?}",
                ctr.program.display(),
                ctr.stack.address().display()
            );
            let (code, lines) = caller::typed_on_terminal(&line.replace("$(", "\\$("), "31 97", "on\n");
            assert_eq!(code, 5, "{runtime} {lines:?}");
            let named = |l: &String| l.starts_with("/dev/pts/") || l == "/dev/console";
            assert!(lines.iter().any(named), "{runtime} {lines:?}");
            assert!(lines.iter().any(|l| l == "31 97"), "{runtime} {lines:?}");
        }
    });
}
