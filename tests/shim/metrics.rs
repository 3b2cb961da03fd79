//! Figures of a container in containerd's messages, and kills for want of memory.

use std::io::Read;
use std::path::Path;

use ctrd_shim::any;
use ctrd_shim::api::events::{TaskExit, TaskOom};
use ctrd_shim::api::{cgroup1, cgroup2, task};
use ctrd_shim::method::{code, topic};
use serde_json::json;

use super::driver::{Driven, over_each};
use crate::bin;

/// The figures that both versions have: limit of memory, its use, processes, CPU time in ns.
fn figures(shim: &Driven) -> (u64, u64, u64, u64) {
    let answer: task::StatsResponse = shim.ok("Stats", &task::StatsRequest { id: shim.id.clone() });
    let any = answer.stats.expect("figures");
    if Path::new("/sys/fs/cgroup/memory").is_dir() {
        let m: cgroup1::Metrics = any::unpack(&any).expect("version 1").expect("whole");
        let memory = m.memory.expect("memory").usage.expect("usage");
        let cpu = m.cpu.expect("cpu").usage.expect("usage");
        (memory.limit, memory.usage, m.pids.expect("pids").current, cpu.total)
    } else {
        let m: cgroup2::Metrics = any::unpack(&any).expect("version 2").expect("whole");
        let memory = m.memory.expect("memory");
        let cpu = m.cpu.expect("cpu").usage_usec * 1000;
        (memory.usage_limit, memory.usage, m.pids.expect("pids").current, cpu)
    }
}

const LIMIT: u64 = 64 << 20;

#[test]
fn figures_while_it_runs_and_when_it_has_ended() {
    over_each(|stack| {
        let shim = stack.edited("it-figures", &["sh", "-c", "sleep 3000 & sleep 3001; true"], |config| {
            config["linux"]["resources"] = json!({"memory": {"limit": LIMIT}, "pids": {"limit": 50}});
        });
        let request = task::StatsRequest { id: shim.id.clone() };
        assert_eq!(shim.refused("Stats", &request).0, code::NOT_FOUND);
        shim.create();
        shim.start("");
        while figures(&shim).2 < 3 {
            std::thread::yield_now();
        }
        let (limit, usage, _, cpu) = figures(&shim);
        assert_eq!(limit, LIMIT);
        assert!(usage > 0 && usage < LIMIT && cpu > 0, "{usage} {cpu}");
        shim.kill("", 9);
        shim.wait("");
        // Its groups are there until it is deleted, whoever has its pid by now.
        assert_eq!(figures(&shim).0, LIMIT);
        shim.delete("");
        assert_eq!(shim.refused("Stats", &request).0, code::NOT_FOUND);
    });
}

#[test]
fn a_kill_for_want_of_memory_is_one_event_before_the_exit() {
    if !bin::swap() {
        return;
    }
    over_each(|stack| {
        let script = "x=0123456789abcdef; while :; do x=$x$x; done";
        let shim = stack.edited("it-shimoom", &["sh", "-c", script], |config| {
            config["linux"]["resources"] = json!({"memory": {"limit": 32 << 20, "swap": 32 << 20}});
        });
        shim.create();
        shim.start("");
        assert_eq!(shim.wait(""), 137);
        assert_eq!(shim.server().next().topic, topic::CREATE);
        assert_eq!(shim.server().next().topic, topic::START);
        if stack.is_peer() {
            // It tells of it once a wake-up, before or after the end, or not at all.
            assert_eq!(shim.server().next_but(topic::OOM).topic, topic::EXIT);
            return;
        }
        assert_eq!(shim.server().expect::<TaskOom>(topic::OOM).container_id, "it-shimoom");
        assert_eq!(shim.server().expect::<TaskExit>(topic::EXIT).exit_status, 137);
        let exit = std::fs::read(shim.bundle.path().join("exit.json")).expect("how it ended");
        let exit: serde_json::Value = serde_json::from_slice(&exit).expect("JSON");
        let oom = &exit["oom"];
        assert_eq!((&oom["kills"], &oom["limit"]), (&json!(1), &json!(32 << 20)), "{exit}");
        assert_eq!(oom["events"]["oom_kill"], 1, "{exit}");
        if log_is_readable() {
            assert_eq!(oom["victims"][0]["name"], "sh", "{exit}");
        }
        shim.delete("");
    });
}

/// Whether this machine lets us read the kernel's log.
fn log_is_readable() -> bool {
    std::fs::File::open("/dev/kmsg").is_ok_and(|mut log| log.read(&mut [0; 8192]).is_ok())
}

#[test]
fn an_exec_killed_for_want_of_memory_leaves_the_rest() {
    if !bin::swap() {
        return;
    }
    let shim = Driven::with("it-oomexec", &["sleep", "3000"], |config| {
        config["linux"]["resources"] = json!({"memory": {"limit": 32 << 20, "swap": 32 << 20}});
    });
    shim.create();
    shim.start("");
    for n in 0..3 {
        let exec = format!("e{n}");
        shim.exec(&exec, &["sh", "-c", "x=0123456789abcdef; while :; do x=$x$x; done"]);
        shim.start(&exec);
        assert_eq!(shim.wait(&exec), 137);
    }
    shim.kill("", 9);
    shim.wait("");
    let exit = std::fs::read(shim.bundle.path().join("exit.json")).expect("how it ended");
    let exit: serde_json::Value = serde_json::from_slice(&exit).expect("JSON");
    assert_eq!(exit["oom"]["kills"], 3, "{exit}");
    if log_is_readable() {
        let victims = exit["oom"]["victims"].as_array().expect("names");
        let pids: std::collections::BTreeSet<u64> =
            victims.iter().filter_map(|v| v["pid"].as_u64()).collect();
        assert!(pids.len() == 3 && victims.iter().all(|v| v["name"] == "sh"), "{exit}");
    }
    shim.delete("");
    let mut kills = 0;
    loop {
        match shim.server().next().topic.as_str() {
            topic::OOM => kills += 1,
            topic::DELETE => break,
            _ => {}
        }
    }
    assert_eq!(kills, 3, "one event a kill");
}
