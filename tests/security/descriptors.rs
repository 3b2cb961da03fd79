//! Nothing of the host's stays open in the container, and nobody inside can reach what a process
//! that joins has open, or the program that it is.

use std::process::Command;

use serde_json::json;

use super::*;
use crate::bin;

/// Upwards from any directory of the host's to its root.
const UP: &str = "/../../../../../../../../../../..";

/// `ocirun` from a caller that leaks the host's root under these numbers.
fn leaking(runtime: &Runtime, numbers: &str, args: &[&str]) -> Done {
    let script = format!("for n in {numbers}; do eval \"exec $n</\"; done; exec \"$@\"");
    let command = runtime.command(args);
    let mut bash = Command::new("bash");
    bash.args(["-c", &script, "bash"]).arg(command.get_program()).args(command.get_args());
    bin::run(bash.stdin(std::process::Stdio::null()))
}

/// CVE-2024-21626: the working directory is a descriptor that leads to the host.
#[test]
fn cwd_fd() {
    let script = format!("[ -e .{UP}$MARKER ] && echo outside; readlink /proc/self/cwd");
    let bundle = Bundle::new(&["sh", "-c", &script], |_| {});
    let victim = Victim::new(&bundle);
    let marker = format!("MARKER={}", victim.path());
    bundle.edit(|c| c["process"]["env"].as_array_mut().unwrap().push(json!(marker)));
    let sleeper = Bundle::new(&["sleep", "3000"], |_| {});
    let runtime = Runtime::new();
    runtime.create("it-cwdfd", sleeper.path());
    runtime.run(&["start", "it-cwdfd"]).ok();
    for n in 3..24 {
        let cwd = format!("/proc/self/fd/{n}");
        bundle.edit(|c| c["process"]["cwd"] = json!(cwd));
        let made = leaking(&runtime, "{3..23}", &["run", "--bundle", path(&bundle), "it-cwdfd2"]);
        let args = ["exec", "--cwd", &cwd, "--env", &marker, "it-cwdfd", "sh", "-c", &script];
        let joined = leaking(&runtime, "{3..23}", &args);
        for done in [made, joined] {
            // Init's own descriptor of the container's root may have this number.
            assert!(
                done.code != 0
                    || done.stdout
                        == "/
",
                "{cwd}: {done:?}"
            );
            assert!(!done.stdout.contains("outside"), "{cwd}: {done:?}");
        }
    }
}

/// CVE-2024-21626, CVE-2015-3627: what the caller left open ends with ocirun.
#[test]
fn fd_leak() {
    let script = "ls /proc/self/fd; exec sleep 3000";
    let bundle = Bundle::new(&["sh", "-c", script], |_| {});
    let runtime = Runtime::new();
    let out = bundle.path().join("out");
    let shell = format!("exec 57</ 58</etc/passwd; exec \"$@\" >{}", out.display());
    let command = runtime.command(&["create", "--bundle", path(&bundle), "it-fdleak"]);
    let mut bash = Command::new("bash");
    bash.args(["-c", &shell, "bash"]).arg(command.get_program()).args(command.get_args());
    assert!(bash.stdin(std::process::Stdio::null()).status().unwrap().success());

    // Waiting for start it holds no directory of the host's, and no file but its gate.
    let pid = runtime.state("it-fdleak")["pid"].as_i64().unwrap();
    let mountinfo = std::fs::read_to_string(format!("/proc/{pid}/mountinfo")).unwrap();
    let mut files = Vec::new();
    for entry in std::fs::read_dir(format!("/proc/{pid}/fd")).unwrap().flatten() {
        let number: u32 = entry.file_name().to_str().unwrap().parse().unwrap();
        let target = std::fs::read_link(entry.path()).unwrap().display().to_string();
        if number < 3 || ["pipe:", "socket:", "anon_inode:"].iter().any(|kind| target.starts_with(kind)) {
            continue;
        }
        if !std::fs::metadata(entry.path()).unwrap().is_dir() {
            files.push(target);
            continue;
        }
        let info = std::fs::read_to_string(format!("/proc/{pid}/fdinfo/{number}")).unwrap();
        let mount = info.lines().find_map(|l| l.strip_prefix("mnt_id:")).expect("a mount").trim();
        let own = mountinfo.lines().any(|l| l.split(' ').next() == Some(mount));
        assert!(own, "{number} -> {target} is of no mount of the container's");
    }
    assert!(files.iter().all(|f| f.ends_with("/exec.fifo")), "{files:?}");

    runtime.run(&["start", "it-fdleak"]).ok();
    let args = ["exec", "it-fdleak", "ls", "/proc/self/fd"];
    // The fourth is the directory that ls reads.
    assert_eq!(leaking(&runtime, "57 58", &args).ok(), "0\n1\n2\n3\n");
    assert_eq!(std::fs::read_to_string(&out).unwrap(), "0\n1\n2\n3\n");
    let args = ["exec", "--preserve-fds", "1", "it-fdleak", "sh", "-c", "ls -d /proc/self/fd/3/etc"];
    assert_eq!(leaking(&runtime, "3 57", &args).code, 0, "what is asked for is passed on");
}

/// CVE-2016-9962, CVE-2019-5736: the first process searches those that join for a way out, and
/// writes to the programs that they are.
#[test]
fn exe_overwrite() {
    let found =
        search_those_that_join("it-exe", &["CAP_KILL", "CAP_DAC_OVERRIDE", "CAP_SYS_ADMIN"], exec_true);
    assert_eq!(found, "", "descriptors of the host's");
}

/// The same where the kernel lets the container look into processes of all rights, and change any
/// mount that it gets hold of: what joins is ocirun-init from the first moment it can be seen.
#[test]
fn exe_overwrite_with_ptrace() {
    let caps = ["CAP_SYS_PTRACE", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_SYS_ADMIN"];
    let found = search_those_that_join("it-ptrace", &caps, exec_true);
    assert_eq!(found, "", "descriptors of the host's");
}

/// The first process of another container that shares the process namespace is never the host's
/// program either. (While it builds its container, who has all rights over processes can find the
/// host's folders through it: its procfs can be mounted from inside only.)
#[test]
fn exe_overwrite_in_a_shared_process_namespace() {
    let caps = ["CAP_SYS_PTRACE", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_SYS_ADMIN"];
    let bundle = Bundle::new(&["true"], |_| {});
    let share = |runtime: &Runtime, id: &str| {
        let pid = runtime.state(id)["pid"].as_i64().unwrap();
        let file = format!("/proc/{pid}/ns/pid");
        bundle.edit(|c| {
            let list = c["linux"]["namespaces"].as_array_mut().unwrap();
            list.iter_mut().find(|n| n["type"] == "pid").unwrap()["path"] = json!(file);
        });
        runtime.command(&["run", "--bundle", path(&bundle), "it-sharepid2"])
    };
    let found = search_those_that_join("it-sharepid", &caps, share);
    assert!(!found.contains("exe "), "{found}");
}

fn exec_true(runtime: &Runtime, id: &str) -> Command {
    runtime.command(&["exec", id, "true"])
}

fn search_those_that_join(id: &str, caps: &[&str], join: impl Fn(&Runtime, &str) -> Command) -> String {
    let script = format!(
        "while :; do for p in /proc/[2-9]* /proc/[1-9][0-9]*; do \
         if true 5<$p/exe; then {{ mount -o remount,rw,bind /proc/self/fd/5; \
         echo junk >/proc/self/fd/5; }} 5<$p/exe; fi; \
         true >>$p/exe; [ $p/exe -ef /runtime ] && echo exe $p >>/tmp/found; \
         for n in $p/fd/* $p/cwd $p/root; do [ -e $n{UP}$MARKER ] && echo out $n >>/tmp/found; done; \
         done; done 2>/dev/null"
    );
    // Copies, for the attack may succeed.
    let copies = crate::fixture::temp();
    let programs = ["ocirun", "ocirun-init"].map(|name| {
        bin::run(Command::new("cp").arg(bin::path(name)).arg(copies.path())).ok();
        copies.path().join(name)
    });
    let read = || programs.clone().map(|p| std::fs::read(p).unwrap());
    let before = read();
    let bundle = Bundle::new(&["sh", "-c", &script], |c| {
        set_caps(c, caps);
        add_mount(c, json!({"destination": "/tmp", "type": "tmpfs", "source": "tmpfs"}));
        let options = ["bind", "ro"];
        let source = &programs[0];
        add_mount(
            c,
            json!({"destination": "/runtime", "type": "bind", "source": source, "options": options}),
        );
    });
    let victim = Victim::new(&bundle);
    let marker = format!("MARKER={}", victim.path());
    bundle.edit(|c| c["process"]["env"].as_array_mut().unwrap().push(json!(marker)));
    let runtime = Runtime::new();
    runtime.create(id, bundle.path());
    runtime.run(&["start", id]).ok();
    let rounds = race(|_| {
        let mut command = Command::new(&programs[0]);
        command.args(join(&runtime, id).get_args());
        bin::run(command.stdin(std::process::Stdio::null())).ok();
    });
    eprintln!("{rounds} joined");
    let found = runtime.run(&["exec", id, "sh", "-c", "cat /tmp/found 2>/dev/null; true"]).ok();
    assert!(read() == before, "the host's program was overwritten");
    found
}

/// CVE-2019-5736: a script whose interpreter is the runtime, and a loader that the image brings.
#[test]
fn exe_interpreter() {
    let bundle = Bundle::new(&["/script"], |_| {});
    let root = bundle.path().join("rootfs");
    std::fs::write(root.join("script"), "#!/proc/self/exe\n").unwrap();
    bin::run(Command::new("chmod").arg("755").arg(root.join("script"))).ok();
    for dir in ["lib64", "lib", "etc"] {
        std::fs::create_dir_all(root.join(dir)).unwrap();
    }
    for loader in ["lib64/ld-linux-x86-64.so.2", "etc/ld.so.preload"] {
        std::fs::write(root.join(loader), "/evil.so\n").unwrap();
    }
    let before = std::fs::read(bin::path("ocirun-init")).unwrap();
    let done = run("it-interp", &bundle);
    assert_ne!(done.code, 0, "{done:?}");
    assert!(std::fs::read(bin::path("ocirun-init")).unwrap() == before);
}

/// CVE-2019-5736: where others see the process that builds the container, its program is a sealed
/// copy; a mount of the host's file, though read-only, could be made writable by who may mount.
#[test]
fn exe_sealed() {
    let bundle = Bundle::new(&["true"], |c| drop_namespace(c, "pid"));
    let runtime = Runtime::new();
    runtime.create("it-sealed", bundle.path());
    let pid = runtime.state("it-sealed")["pid"].as_i64().unwrap();
    let exe = std::fs::read_link(format!("/proc/{pid}/exe")).unwrap();
    assert!(exe.to_str().unwrap().starts_with("/memfd:ocirun-init"), "{}", exe.display());
    let writer = std::fs::File::options().append(true).open(format!("/proc/{pid}/exe"));
    assert!(writer.is_err(), "it is running");
}
