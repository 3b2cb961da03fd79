//! Docker with ctrd in containerd's place: `dockerd --containerd` at ctrd's socket, over ctrd-shim and
//! ocirun, with docker's own store of images and, where docker has it, with ctrd's.

use std::ffi::OsString;
use std::os::unix::fs::symlink;
use std::process::Stdio;

use super::*;
use crate::stack::{Server, Stack};

/// A ctrd that is found under the names that dockerd's runtimes have.
struct Swapped {
    docker: Docker,
    server: Option<Server>,
    stack: Stack,
    path: OsString,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Store {
    Docker,
    Containerd,
}

impl Swapped {
    fn new(store: Store) -> Option<Self> {
        let stack = Stack::new();
        let names = stack.path("names");
        std::fs::create_dir(&names).unwrap();
        for (name, program) in
            [("containerd-shim-runc-v2", "ctrd-shim"), ("runc", "ocirun"), ("ocirun-init", "ocirun-init")]
        {
            symlink(bin::path(program), names.join(name)).unwrap();
        }
        let mut path = vec![names];
        path.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap()));
        let path = std::env::join_paths(path).unwrap();
        let server = stack.serve_as(|command| {
            command.env("PATH", &path);
        });
        let docker = Docker::with(|command, dir| {
            let config = dir.join("daemon.json");
            let containerd = store == Store::Containerd;
            let text = json!({"features": {"containerd-snapshotter": containerd}, "live-restore": true, "experimental": true});
            std::fs::write(&config, text.to_string()).unwrap();
            command.env("PATH", &path).arg("--config-file").arg(config);
            command.arg("--containerd").arg(stack.address());
        })?;
        Some(Self { docker, server: Some(server), stack, path })
    }

    /// The server is killed, as it were by accident, and another one started.
    fn restart(&mut self, meanwhile: impl FnOnce()) {
        self.server.take().unwrap().kill();
        meanwhile();
        self.server = Some(self.stack.serve_as(|command| {
            command.env("PATH", &self.path);
        }));
    }
}

/// The field of docker's answer that comes to be `want` once what it waits for has happened.
fn until(docker: &Docker, name: &str, field: &str, want: &Value) {
    let limit = std::time::Instant::now() + std::time::Duration::from_secs(60);
    loop {
        let state = docker.inspect(name)["State"].clone();
        if state[field] == *want {
            return;
        }
        assert!(std::time::Instant::now() < limit, "{field} of {name}: {state}");
        std::thread::yield_now();
    }
}

fn life(store: Store) {
    let Some(swapped) = Swapped::new(store) else { return };
    let docker = &swapped.docker;
    let id = docker.sleeper("it-dc", &["--memory", "64m", "--pids-limit", "50"]);
    assert_eq!(docker.run(&["exec", "it-dc", "echo", "inside"]).ok(), "inside\n");
    assert_eq!(docker.run(&["exec", "it-dc", "sh", "-c", "exit 7"]).code, 7);
    assert!(docker.run(&["top", "it-dc"]).ok().contains("sleep 3000"));
    let stats = docker.stats("it-dc");
    assert_eq!(
        (&stats["memory_stats"]["limit"], &stats["pids_stats"]["current"]),
        (&json!(64 << 20), &json!(1))
    );
    docker.run(&["pause", "it-dc"]).ok();
    assert_eq!(docker.inspect("it-dc")["State"]["Status"], "paused");
    docker.run(&["unpause", "it-dc"]).ok();
    docker.run(&["update", "--memory", "128m", "--memory-swap", "128m", "it-dc"]).ok();
    let limit = caller::limit("memory/memory.limit_in_bytes", "memory.max");
    assert_eq!(docker.run(&["exec", "it-dc", "sh", "-c", &limit]).ok(), "134217728\n");

    docker.run(&["kill", "it-dc"]).ok();
    assert_eq!(docker.run(&["wait", "it-dc"]).ok(), "137\n");
    docker.run(&["start", "it-dc"]).ok();
    docker.run(&["stop", "-t", "0", "it-dc"]).ok();
    assert_eq!(docker.inspect("it-dc")["State"]["ExitCode"], 137);
    docker.run(&["rm", "it-dc"]).ok();
    traces::none_of(&[&id]);

    let logged =
        ["run", "--name", "it-dlog", "--network", "none", "bb", "sh", "-c", "echo out; echo err >&2"];
    docker.run(&logged).ok();
    let logs = docker.run(&["logs", "it-dlog"]);
    assert_eq!((logs.stdout.as_str(), logs.stderr.as_str()), ("out\n", "err\n"));
    let program = docker.run(&["run", "--rm", "--network", "none", "bb", "nosuch"]);
    assert_eq!(program.code, 127, "{program:?}");
    assert!(program.stderr.contains("executable file not found in $PATH"), "{program:?}");
    let oom = ["run", "--name", "it-doom", "--network", "none", "--memory", "16m", "--memory-swap", "16m"];
    docker.run(&[&oom[..], &["bb", "sh", "-c", "tail /dev/zero; exit 3"]].concat());
    assert_eq!(docker.inspect("it-doom")["State"]["OOMKilled"], true);
}

#[test]
fn the_life_of_a_container() {
    life(Store::Docker);
}

#[test]
fn the_life_of_a_container_with_the_images_in_ctrd() {
    life(Store::Containerd);
}

fn images(store: Store) {
    let Some(swapped) = Swapped::new(store) else { return };
    let docker = &swapped.docker;
    let version = docker.run(&["version", "--format", "{{.Server.Version}}"]).ok();
    let major: u32 = version.split('.').next().unwrap().parse().unwrap();
    if store == Store::Containerd && major < 24 {
        return bin::skip("this docker has no images in containerd");
    }
    let driver = docker.run(&["info", "--format", "{{.DriverStatus}}"]).ok();
    assert_eq!(driver.contains("io.containerd.snapshotter.v1"), store == Store::Containerd, "{driver}");
    docker.run(&["run", "--name", "it-dnew", "--network", "none", "bb", "touch", "/new"]).ok();
    assert_eq!(docker.run(&["diff", "it-dnew"]).ok(), "A /new\n");
    docker.run(&["commit", "it-dnew", "it-with"]).ok();
    let list = ["run", "--rm", "--network", "none", "it-with", "ls", "/new"];
    assert_eq!(docker.run(&list).ok(), "/new\n");

    let archive = docker.dir.path().join("saved.tar").display().to_string();
    docker.run(&["save", "--output", &archive, "it-with"]).ok();
    docker.run(&["rmi", "it-with"]).ok();
    assert_ne!(docker.run(&list).code, 0);
    docker.run(&["load", "--input", &archive]).ok();
    assert_eq!(docker.run(&list).ok(), "/new\n");

    let context = docker.dir.path().join("context");
    std::fs::create_dir(&context).unwrap();
    let lines = "FROM bb\nCOPY Dockerfile /copied\nRUN echo built > /built\nCMD [\"cat\", \"/built\"]\n";
    std::fs::write(context.join("Dockerfile"), lines).unwrap();
    let mut build = docker.command(&["build", "--network", "none", "--tag", "it-built"]);
    bin::run(build.arg(&context).env("DOCKER_BUILDKIT", "0")).ok();
    assert_eq!(docker.run(&["run", "--rm", "--network", "none", "it-built"]).ok(), "built\n");
    docker.run(&["rm", "it-dnew"]).ok();
    docker.run(&["image", "prune", "--all", "--force"]).ok();
    assert_eq!(docker.run(&["images", "--quiet"]).ok(), "");
}

#[test]
fn commit_save_load_and_build() {
    images(Store::Docker);
}

#[test]
fn commit_save_load_and_build_with_the_images_in_ctrd() {
    images(Store::Containerd);
}

/// Docker's own checkpoints, which are an experiment there.
#[test]
fn a_container_goes_on_from_a_checkpoint() {
    if !bin::peer("criu") {
        return;
    }
    let Some(swapped) = Swapped::new(Store::Docker) else { return };
    let docker = &swapped.docker;
    let script = crate::verbs::checkpoint::COUNT;
    let run = ["run", "-d", "--name", "it-dck", "--network", "host", "--security-opt", "seccomp=unconfined"];
    docker.run(&[&run[..], &["bb", "sh", "-c", script]].concat()).ok();
    let read = || docker.run(&["exec", "it-dck", "cat", "/n"]).stdout;
    let count = |want: &str| {
        let signal = || drop(docker.run(&["kill", "--signal", "USR1", "it-dck"]).ok());
        assert_eq!(crate::verbs::checkpoint::next(read, signal), want);
    };
    crate::verbs::checkpoint::until(read, "ready");
    count("1");
    docker.run(&["checkpoint", "create", "--leave-running", "it-dck", "c1"]).ok();
    count("2");
    docker.run(&["checkpoint", "create", "it-dck", "c2"]).ok();
    docker.run(&["wait", "it-dck"]).ok();
    assert_eq!(docker.run(&["checkpoint", "ls", "it-dck"]).ok(), "CHECKPOINT NAME\nc1\nc2\n");
    for (checkpoint, next) in [("c2", "3"), ("c1", "2")] {
        docker.run(&["start", "--checkpoint", checkpoint, "it-dck"]).ok();
        count(next);
        docker.run(&["kill", "it-dck"]).ok();
        docker.run(&["wait", "it-dck"]).ok();
    }
    docker.run(&["rm", "it-dck"]).ok();
}

/// What stands on the host is what ctrd's own launch leaves there: the shim, a child of PID 1, and the
/// program below it.
#[test]
fn docker_run_gives_the_process_tree_of_ctrd() {
    let Some(swapped) = Swapped::new(Store::Docker) else { return };
    let docker = &swapped.docker;
    let line =
        format!("docker -H {} run -d --rm -it --name it-tree --network none bb sleep 3000", docker.host());
    let (done, lines) = caller::on_terminal(&line);
    assert_eq!(done.code, 0, "{lines:?}");
    let pid = docker.inspect("it-tree")["State"]["Pid"].as_i64().unwrap();
    let parent = |pid: i64| -> i64 {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
        stat.rsplit(") ").next().unwrap().split(' ').nth(1).unwrap().parse().unwrap()
    };
    let words =
        |pid: i64| std::fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap().replace('\0', " ");
    let exe = |pid: i64| std::fs::read_link(format!("/proc/{pid}/exe")).unwrap();
    assert_eq!(words(pid).trim(), "sleep 3000");
    let shim = parent(pid);
    assert_eq!(exe(shim), std::fs::canonicalize(bin::path("ctrd-shim")).unwrap());
    assert!(words(shim).contains(" -namespace moby -id "), "{}", words(shim));
    assert_eq!(parent(shim), 1);
    docker.run(&["kill", "it-tree"]).ok();
}

/// Either daemon may die: what runs goes on, and how it ended is told.
#[test]
fn either_daemon_may_die_under_live_containers() {
    let Some(mut swapped) = Swapped::new(Store::Docker) else { return };
    swapped.docker.sleeper("it-dstays", &[]);
    swapped.docker.sleeper("it-dends", &[]);
    let pid = |docker: &Docker, name: &str| docker.inspect(name)["State"]["Pid"].as_i64().unwrap();
    let (stays, ends) = (pid(&swapped.docker, "it-dstays"), pid(&swapped.docker, "it-dends"));
    swapped.restart(|| {
        let ends = nix::unistd::Pid::from_raw(ends as i32);
        nix::sys::signal::kill(ends, nix::sys::signal::Signal::SIGKILL).unwrap();
    });
    until(&swapped.docker, "it-dends", "Status", &json!("exited"));
    assert_eq!(swapped.docker.inspect("it-dends")["State"]["ExitCode"], 137);
    // Docker comes back to its containerd in its own time.
    let mut joined = swapped.docker.command(&["exec", "it-dstays", "echo", "back"]);
    joined.stderr(Stdio::null());
    let limit = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while bin::run(&mut joined).stdout != "back\n" {
        assert!(std::time::Instant::now() < limit, "docker has not come back");
    }

    swapped.docker.again();
    assert_eq!(pid(&swapped.docker, "it-dstays"), stays);
    assert_eq!(swapped.docker.run(&["exec", "it-dstays", "echo", "still"]).ok(), "still\n");
    swapped.docker.run(&["stop", "-t", "0", "it-dstays"]).ok();
    assert_eq!(swapped.docker.inspect("it-dstays")["State"]["ExitCode"], 137);
}
