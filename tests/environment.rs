//! A machine that has run out of something: disk, descriptors, processes, memory. Whatever is
//! refused is refused in one line and in time, nothing is left, and what was there can be removed.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::bin::{self, Done};
use crate::fixture::Bundle;
use crate::runtime::{Runtime, wait_exit};
use crate::traces::none_of;

fn path(bundle: &Bundle) -> &str {
    bundle.path().to_str().expect("UTF-8")
}

/// Not a wait but a limit: what hangs is an error.
fn within(seconds: u32, command: &Command) -> Done {
    let mut timed = Command::new("timeout");
    timed.args(["-k", "1", &seconds.to_string()]).arg(command.get_program()).args(command.get_args());
    let done = bin::run(timed.stdin(std::process::Stdio::null()));
    assert_ne!(done.code, 124, "it hangs: {command:?} {done:?}");
    done
}

/// The state folder on a small file system of its own.
struct SmallDisk<'a>(&'a Runtime);

impl<'a> SmallDisk<'a> {
    fn new(runtime: &'a Runtime) -> Self {
        let disk = Self(runtime);
        std::fs::create_dir(disk.path()).expect("a state folder");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=64k,nr_inodes=64", "tmpfs"]);
        bin::run(mount.arg(disk.path())).ok();
        disk
    }

    fn path(&self) -> PathBuf {
        self.0.root.path().join("state")
    }

    fn fill(&self) {
        let filled = std::fs::File::create(self.path().join(".filler"))
            .and_then(|mut file| (0..64).try_for_each(|_| file.write_all(&[0; 4096])));
        assert!(filled.is_err(), "the disk is full");
    }

    fn remount(&self, how: &str) {
        bin::run(Command::new("mount").args(["-o", &format!("remount,{how}")]).arg(self.path())).ok();
    }
}

impl Drop for SmallDisk<'_> {
    fn drop(&mut self) {
        bin::run(Command::new("umount").arg("-l").arg(self.path()));
    }
}

#[test]
fn a_disk_that_fills_up_holds_up_no_container() {
    let runtime = Runtime::new();
    let disk = SmallDisk::new(&runtime);
    let bundle = Bundle::new(&["sleep", "3000"], |_| {});
    runtime.create("it-fills", bundle.path());
    disk.fill();
    let line = runtime.run(&["create", "--bundle", path(&bundle), "it-fills2"]).fails(1);
    assert!(line.contains("no space left on device"), "{line}");
    none_of(&["it-fills2"]);
    // What is known of the first one is whole, and it lives and ends without another byte.
    assert_eq!(runtime.state("it-fills")["status"], "created");
    runtime.run(&["start", "it-fills"]).ok();
    assert_eq!(runtime.run(&["exec", "it-fills", "echo", "here"]).ok(), "here\n");
    let pid = runtime.state("it-fills")["pid"].as_i64().unwrap();
    runtime.run(&["kill", "it-fills", "KILL"]).ok();
    wait_exit(pid);
    runtime.run(&["delete", "it-fills"]).ok();
    none_of(&["it-fills", path(&bundle)]);
}

#[test]
fn a_read_only_disk_refuses_before_anything_is_made() {
    let runtime = Runtime::new();
    let disk = SmallDisk::new(&runtime);
    let bundle = Bundle::new(&["sleep", "3000"], |_| {});
    runtime.create("it-rodisk", bundle.path());
    disk.remount("ro");
    let line = runtime.run(&["create", "--bundle", path(&bundle), "it-rodisk2"]).fails(1);
    assert!(line.contains("read-only file system"), "{line}");
    none_of(&["it-rodisk2"]);
    assert_eq!(runtime.state("it-rodisk")["status"], "created");
    assert_eq!(runtime.run(&["list", "-q"]).ok(), "it-rodisk\n");
    let refused = runtime.run(&["delete", "--force", "it-rodisk"]).fails(1);
    assert!(refused.contains("read-only file system"), "{refused}");
    disk.remount("rw");
    runtime.run(&["delete", "--force", "it-rodisk"]).ok();
    none_of(&["it-rodisk", path(&bundle)]);
}

/// What a closed stream is replaced by is not there.
#[test]
fn no_null_device() {
    let ocirun = bin::path("ocirun").display().to_string();
    let script = format!("mount -t tmpfs none /dev && exec {ocirun} list <&-");
    let done = bin::run(Command::new("unshare").args(["--mount", "sh", "-c", &script])).fails(1);
    assert!(
        done.starts_with("ocirun: error: open /dev/null in the place of a closed stream: No such"),
        "{done}"
    );
}

#[test]
fn few_descriptors_are_an_error_or_enough() {
    let runtime = Runtime::new();
    // A limit above the caller's own is a right that not every caller has.
    let unlimited = |c: &mut serde_json::Value| c["process"]["rlimits"] = json!([]);
    let bundle = Bundle::new(&["echo", "ran"], unlimited);
    let sleeper = Bundle::new(&["sleep", "3000"], unlimited);
    runtime.create("it-fewer", sleeper.path());
    runtime.run(&["start", "it-fewer"]).ok();
    let mut ran = [0, 0];
    for most in (3..=64).filter(|most| *most < 32 || most % 8 == 0) {
        let run = runtime.command(&["run", "--bundle", path(&bundle), "it-few"]);
        let exec = runtime.command(&["exec", "it-fewer", "echo", "ran"]);
        for (at, command) in [run, exec].iter().enumerate() {
            let mut limited = Command::new("bash");
            let script = format!("ulimit -n {most}; exec \"$@\"");
            limited.args(["-c", &script, "bash"]).arg(command.get_program()).args(command.get_args());
            let done = within(20, &limited);
            if done.code == 0 {
                assert_eq!(done.stdout, "ran\n", "{most}: {done:?}");
                ran[at] += 1;
                continue;
            }
            assert_eq!(done.stdout, "", "{most}: {done:?}");
            assert!(!done.stderr.contains("panicked"), "{most}: {done:?}");
            none_of(&["/it-few/", path(&bundle)]);
            let left = runtime.root.path().join("state/it-few");
            assert!(!left.exists(), "{most}: {done:?}");
        }
    }
    assert!(ran.iter().all(|ran| *ran > 1), "40 to 64 are enough: {ran:?}");
    runtime.run(&["delete", "--force", "it-fewer"]).ok();
    none_of(&["it-few", path(&bundle)]);
}

/// A cgroup in the sandbox's hierarchy of this controller, whichever version that has.
fn cgroup(controller: &str, name: &str) -> PathBuf {
    let v1 = Path::new("/sys/fs/cgroup").join(controller);
    let top = if v1.is_dir() { v1 } else { PathBuf::from("/sys/fs/cgroup") };
    top.join(name)
}

#[test]
fn no_process_allowed() {
    let runtime = Runtime::new();
    let above = cgroup("pids", "it-nopids");
    std::fs::create_dir(&above).expect("make a cgroup");
    std::fs::write(above.join("pids.max"), "0").expect("limit it");
    let bundle = Bundle::new(&["sh", "-c", "true & echo forked"], |c| {
        c["linux"]["cgroupsPath"] = json!("/it-nopids/box");
    });
    let done = within(20, &runtime.command(&["run", "--bundle", path(&bundle), "it-zero"]));
    // On cgroup v1 who moves into it is no new process.
    assert!(done.code != 0 && !done.stdout.contains("forked"), "{done:?}");
    let hook = json!([{"path": "/bin/true"}]);
    bundle.edit(|c| c["hooks"] = json!({"createContainer": hook}));
    let line = runtime.run(&["create", "--bundle", path(&bundle), "it-zero"]).fails(1);
    assert!(line.contains("resource temporarily unavailable"), "{line}");
    assert!(!above.join("box").exists(), "its own cgroup is gone");
    std::fs::remove_dir(&above).expect("nothing is left in it");
    none_of(&["it-zero", "it-nopids", path(&bundle)]);
}

#[test]
fn a_limit_that_nobody_keeps() {
    let table = std::fs::read_to_string("/proc/self/cgroup").expect("our cgroups");
    if table.contains("net_cls") {
        return bin::skip("net_cls is there");
    }
    let runtime = Runtime::new();
    let bundle =
        Bundle::new(&["true"], |c| c["linux"]["resources"]["network"] = json!({"classID": 1_048_577}));
    let done = within(20, &runtime.command(&["create", "--bundle", path(&bundle), "it-nokeeper"]));
    let line = done.fails(1);
    assert!(line.contains("the net_cls controller is not available"), "{line}");
    none_of(&["it-nokeeper", path(&bundle)]);
}

#[test]
fn no_cgroup_allowed() {
    let v2 = ["/sys/fs/cgroup/unified", "/sys/fs/cgroup"].map(Path::new);
    let Some(top) = v2
        .into_iter()
        .find(|top| top.join("cgroup.max.descendants").exists() || top.join("cgroup.controllers").exists())
    else {
        return bin::skip("there is no cgroup v2");
    };
    let runtime = Runtime::new();
    let above = top.join("it-nodesc");
    std::fs::create_dir(&above).expect("make a cgroup");
    std::fs::write(above.join("cgroup.max.descendants"), "0").expect("limit it");
    let bundle = Bundle::new(&["true"], |c| c["linux"]["cgroupsPath"] = json!("/it-nodesc/box"));
    let done = within(20, &runtime.command(&["create", "--bundle", path(&bundle), "it-descend"]));
    let line = done.fails(1);
    assert!(line.contains("it-nodesc/box") && line.contains("resource temporarily unavailable"), "{line}");
    std::fs::remove_dir(&above).expect("nothing is left in it");
    none_of(&["it-descend", "it-nodesc", path(&bundle)]);
}

#[test]
fn a_cgroup_that_somebody_else_is_in() {
    use std::os::unix::process::ExitStatusExt;
    let runtime = Runtime::new();
    let bundle = Bundle::new(&["sleep", "3000"], |_| {});
    // In one hierarchy, in the container's own cgroup and below it, frozen and not.
    for (controller, below, pause) in [
        ("memory", "", false),
        ("memory", "sub/sub", false),
        ("freezer", "", true),
        ("freezer", "sub", false),
    ] {
        runtime.create("it-held", bundle.path());
        let held = cgroup(controller, "it-held").join(below);
        std::fs::create_dir_all(&held).expect("make a cgroup");
        let mut holder = Command::new("sleep").arg("3000").spawn().expect("start sleep");
        std::fs::write(held.join("cgroup.procs"), holder.id().to_string()).expect("move it");
        if pause {
            runtime.run(&["start", "it-held"]).ok();
            runtime.run(&["pause", "it-held"]).ok();
        }
        let begin = Instant::now();
        within(20, &runtime.command(&["delete", "--force", "it-held"])).ok();
        assert!(begin.elapsed() < Duration::from_secs(3), "{:?}", begin.elapsed());
        let status = holder.wait().expect("it has ended");
        assert_eq!(status.signal(), Some(libc::SIGKILL), "{controller} {below}");
        none_of(&["it-held"]);
    }
}

#[test]
fn a_fork_bomb_is_ended() {
    // A shell that may not fork ends; the first process goes on.
    const BOMB: &str = "b() { b & b & b & }; (b; while :; do b; done) & exec sleep 3000";
    for own in [true, false] {
        let runtime = Runtime::new();
        let bundle = Bundle::new(&["sh", "-c", BOMB], |c| {
            c["linux"]["resources"]["pids"] = json!({"limit": 100});
            if !own {
                let namespaces = c["linux"]["namespaces"].as_array_mut().unwrap();
                namespaces.retain(|n| n["type"] != "pid");
                c["mounts"].as_array_mut().unwrap().retain(|m| m["destination"] != "/proc");
                c["linux"]["maskedPaths"] = json!([]);
                c["linux"]["readonlyPaths"] = json!([]);
            }
        });
        let id = if own { "it-bomb" } else { "it-bomb-shared" };
        runtime.create(id, bundle.path());
        runtime.run(&["start", id]).ok();
        // By its own cgroup: it is at its limit.
        let begin = Instant::now();
        if !own {
            // A kill of all, and then what is over is removed.
            let pid = runtime.state(id)["pid"].as_i64().unwrap();
            within(20, &runtime.command(&["kill", id, "KILL"])).ok();
            wait_exit(pid);
            within(20, &runtime.command(&["delete", id])).ok();
            assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
            none_of(&[id, path(&bundle)]);
            continue;
        }
        within(20, &runtime.command(&["delete", "--force", id])).ok();
        assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
        none_of(&[id, path(&bundle)]);
    }
}

#[test]
fn a_program_out_of_memory() {
    if !bin::swap() {
        return;
    }
    let runtime = Runtime::new();
    let bundle = Bundle::new(&["tail", "/dev/zero"], |c| {
        c["linux"]["resources"]["memory"] = json!({"limit": 16 << 20, "swap": 16 << 20});
    });
    let done = within(60, &runtime.command(&["run", "--bundle", path(&bundle), "it-nomemory"]));
    assert_eq!(done.code, 137, "{done:?}");
    none_of(&["it-nomemory", path(&bundle)]);
}

#[test]
fn an_init_out_of_memory() {
    if !bin::swap() {
        return;
    }
    let runtime = Runtime::new();
    let bundle = Bundle::new(&["true"], |c| {
        c["linux"]["resources"]["memory"] = json!({"limit": 128 << 10, "swap": 128 << 10});
    });
    let done = within(60, &runtime.command(&["create", "--bundle", path(&bundle), "it-initoom"]));
    let line = done.fails(1);
    assert!(line.contains("OOM") || line.contains("memory"), "{line}");
    none_of(&["it-initoom", path(&bundle)]);
}
