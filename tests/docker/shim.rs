//! What is ours alone: the processes of a container as they stand on the host, and containers that live on
//! while the servers above them die and come back.

use serde_json::Value;

use std::path::Path;
use std::time::{Duration, Instant};

use super::{Docker, over_ocirun};
use crate::caller;
use crate::{bin, traces};

impl Docker {
    /// Over a containerd that finds our shim in the place of its own. None, with the reason told, where docker is
    /// not installed.
    pub(super) fn ours() -> Option<Self> {
        if !bin::peer("containerd") {
            return None;
        }
        let mut containerd = None;
        let mut docker = Self::with(|command, dir| {
            over_ocirun(command);
            caller::install_shim(dir);
            containerd = Some(caller::containerd(Path::new("containerd"), dir));
            command.arg("--containerd").arg(dir.join("c.sock")).arg("--live-restore");
        })?;
        docker.containerd = containerd;
        Some(docker)
    }

    /// The shims below it, by their command lines.
    fn shims(&self) -> Vec<(u32, String)> {
        let address = self.dir.path().join("c.sock").display().to_string();
        traces::processes().filter(|(_, l)| l.contains("-namespace moby") && l.contains(&address)).collect()
    }

    fn is_running(&self, name: &str) -> bool {
        self.inspect(name)["State"]["Running"] == Value::Bool(true)
    }
}

/// The parent of a process, and its name.
fn parent(pid: u32) -> u32 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).expect("a process");
    stat.rsplit(") ").next().unwrap().split(' ').nth(1).unwrap().parse().unwrap()
}

#[test]
fn a_container_stands_below_its_shim_and_that_below_process_1() {
    let Some(docker) = Docker::ours() else { return };
    let run =
        ["run", "-d", "--rm", "-it", "--name", "it-shimtree", "--network", "none", "bb", "sleep", "3000"];
    let id = docker.run(&run).ok();
    let [(shim, line)] = &docker.shims()[..] else { panic!("one shim: {:?}", docker.shims()) };
    let address = docker.dir.path().join("c.sock");
    let want = format!("-namespace moby -id {} -address {}", id.trim(), address.display());
    assert!(line.ends_with(&want), "{line}");
    let exe = std::fs::read_link(format!("/proc/{shim}/exe")).unwrap();
    assert_eq!(exe, bin::path("ctrd-shim").canonicalize().unwrap());
    assert_eq!(parent(*shim), 1);
    let pid = docker.inspect("it-shimtree")["State"]["Pid"].as_u64().unwrap() as u32;
    assert_eq!(
        (std::fs::read(format!("/proc/{pid}/cmdline")).unwrap(), parent(pid)),
        (b"sleep\x003000\0".to_vec(), *shim)
    );
    // Nobody else is between them, or left beside.
    let children = std::fs::read_to_string(format!("/proc/{shim}/task/{shim}/children")).unwrap();
    assert_eq!(children.trim(), pid.to_string());
    docker.run(&["stop", "-t", "0", "it-shimtree"]).ok();
    while docker.run(&["ps", "-aq"]).ok() != "" {
        std::thread::yield_now();
    }
    traces::none_of(&[id.trim()]);
}

#[test]
fn containers_live_on_while_the_servers_die_and_come_back() {
    let Some(mut docker) = Docker::ours() else { return };
    let script = "trap 'echo bye; exit 9' TERM; echo one; while :; do read -t 1 x; done";
    let run = ["run", "-dit", "--name", "it-outlives", "--network", "none", "bb", "sh", "-c", script];
    let id = docker.run(&run).ok();
    docker.sleeper("it-shimends", &[]);
    let shims = docker.shims();
    assert_eq!(shims.len(), 2);
    docker.again();
    assert!(docker.is_running("it-outlives") && docker.is_running("it-shimends"));
    assert_eq!(docker.run(&["exec", "it-outlives", "echo", "inside"]).ok(), "inside\n");

    // Now containerd, and one of the containers while there is none.
    docker.containerd.take().expect("containerd").kill();
    let pid = docker.inspect("it-shimends")["State"]["Pid"].as_u64().unwrap();
    bin::run(std::process::Command::new("kill").args(["-9", &pid.to_string()])).ok();
    docker.containerd = Some(caller::containerd(Path::new("containerd"), docker.dir.path()));
    assert_eq!(docker.run(&["wait", "it-shimends"]).ok(), "137\n");
    // dockerd takes a while to find it again.
    let limit = Instant::now() + Duration::from_secs(60);
    while docker.run(&["exec", "it-outlives", "echo", "again"]).stdout != "again\n" {
        assert!(Instant::now() < limit, "docker has not come back");
    }
    assert!(docker.shims().contains(&shims.iter().find(|(_, l)| l.contains(id.trim())).unwrap().clone()));
    docker.run(&["stop", "it-outlives"]).ok();
    assert_eq!(docker.inspect("it-outlives")["State"]["ExitCode"], 9);
    let logs = docker.run(&["logs", "it-outlives"]).ok();
    assert_eq!(logs.lines().map(str::trim_end).collect::<Vec<_>>(), ["one", "bye"]);
    docker.run(&["rm", "it-outlives", "it-shimends"]).ok();
    traces::none_of(&[id.trim()]);
}

/// Where docker takes a runtime by its type, ours is one without any configuration.
#[test]
fn our_shim_is_a_runtime_by_its_own_name() {
    let Some(docker) = Docker::ours() else { return };
    let run =
        ["run", "--rm", "--runtime", "io.containerd.ctrd.v2", "--network", "none", "bb", "echo", "named"];
    let done = docker.run(&run);
    if done.stderr.contains("unknown or invalid runtime name") || done.stderr.contains("Unknown runtime") {
        return bin::skip("docker before 23 knows no runtime by its type");
    }
    assert_eq!(done.ok(), "named\n");
}
