//! `ocirun update`: other limits for a container that runs, in flags and as `linux.resources`, seen in
//! the files of its cgroup.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::{Value, json};

use crate::bin::{self, Done};
use crate::fixture::Bundle;
use crate::runtime::Runtime;

/// A running container that sleeps, and its cgroups.
pub struct Sleeper {
    pub runtime: Runtime,
    pub id: String,
    _bundle: Bundle,
}

impl Sleeper {
    pub fn new(id: &str, edit: impl FnOnce(&mut Value)) -> Self {
        let runtime = Runtime::new();
        let bundle = Bundle::new(&["sleep", "3000"], edit);
        runtime.create(id, bundle.path());
        runtime.run(&["start", id]).ok();
        Self { runtime, id: id.to_owned(), _bundle: bundle }
    }

    pub fn update(&self, flags: &[&str]) -> Done {
        self.runtime.run(&[&["update"], flags, &[self.id.as_str()]].concat())
    }

    /// The same with a document on standard input.
    pub fn update_with(&self, resources: &Value) -> Done {
        let mut child = self
            .runtime
            .command(&["update", "--resources=-", &self.id])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("run ocirun");
        child.stdin.take().expect("stdin").write_all(resources.to_string().as_bytes()).expect("write");
        bin::done(&child.wait_with_output().expect("it ends"))
    }

    /// A file of its cgroup: by its name on v1, or on v2; none where that controller is not there.
    pub fn file(&self, v1: &str, v2: &str) -> Option<(PathBuf, bool)> {
        let pid = self.runtime.state(&self.id)["pid"].as_i64().expect("a pid");
        let text = std::fs::read_to_string(format!("/proc/{pid}/cgroup")).expect("read cgroup");
        text.lines().find_map(|line| {
            let mut fields = line.splitn(3, ':').skip(1);
            let (names, path) = (fields.next()?, fields.next()?);
            let (mount, file) = match names {
                "" if Path::new("/sys/fs/cgroup/unified").is_dir() => ("unified", v2),
                "" => ("", v2),
                names => (names.trim_start_matches("name="), v1),
            };
            let full = Path::new("/sys/fs/cgroup").join(mount).join(path.trim_start_matches('/')).join(file);
            full.exists().then_some((full, names.is_empty()))
        })
    }

    pub fn read(&self, v1: &str, v2: &str) -> Option<(String, bool)> {
        let (path, is_v2) = self.file(v1, v2)?;
        Some((std::fs::read_to_string(path).expect("read a limit").trim().to_owned(), is_v2))
    }

    /// Asserts what a file says; a machine without the controller is told of.
    pub fn holds(&self, v1: (&str, &str), v2: (&str, &str)) {
        let Some((text, is_v2)) = self.read(v1.0, v2.0) else {
            let test = std::thread::current().name().unwrap_or("a test").to_string();
            let _ = writeln!(std::io::stderr(), "skipped: {test}: {} is not here", v1.0);
            return;
        };
        assert_eq!(text, if is_v2 { v2.1 } else { v1.1 }, "{v1:?} {v2:?}");
    }
}

#[test]
fn flags() {
    let c = Sleeper::new("it-upflags", |c| {
        c["linux"]["resources"] =
            json!({"memory": {"limit": 67108864}, "cpu": {"quota": 50000, "period": 100000}});
    });
    c.update(&["--memory", "128m", "--memory-reservation=32M"]).ok();
    c.holds(("memory.limit_in_bytes", "134217728"), ("memory.max", "134217728"));
    c.holds(("memory.soft_limit_in_bytes", "33554432"), ("memory.low", "33554432"));
    c.update(&["--cpu-quota", "20000"]).ok();
    c.holds(("cpu.cfs_quota_us", "20000"), ("cpu.max", "20000 100000"));
    c.update(&["--cpu-period", "50000", "--cpu-burst=1000"]).ok();
    c.holds(("cpu.cfs_period_us", "50000"), ("cpu.max", "20000 50000"));
    c.holds(("cpu.cfs_burst_us", "1000"), ("cpu.max.burst", "1000"));
    c.update(&["--cpu-share", "512", "--pids-limit", "44", "--cpuset-cpus", "0", "--cpuset-mems", "0"]).ok();
    c.holds(("cpu.shares", "512"), ("cpu.weight", "59"));
    c.holds(("pids.max", "44"), ("pids.max", "44"));
    c.holds(("cpuset.cpus", "0"), ("cpuset.cpus", "0"));
    c.update(&["--cpu-idle", "1"]).ok();
    c.holds(("cpu.idle", "1"), ("cpu.idle", "1"));
    c.update(&["--cpu-idle", "0", "--pids-limit", "0"]).ok();
    c.holds(("cpu.idle", "0"), ("cpu.idle", "0"));
    c.holds(("pids.max", "1"), ("pids.max", "1"));
    c.update(&["--pids-limit=-1", "--memory=-1"]).ok();
    c.holds(("pids.max", "max"), ("pids.max", "max"));
    c.holds(("memory.limit_in_bytes", "9223372036854771712"), ("memory.max", "max"));
    // Nothing to do is no failure, as it is none for callers of runc.
    c.update(&[]).ok();
    for bad in ["--cpu-idle=2", "--cpuset-cpus=99999", "--cpu-period=1"] {
        let line = c.update(&[bad]).fails(1);
        assert!(line.contains("set cpu"), "{line}");
    }
    let line = c.update(&["--l3-cache-schema", "L3:0=f"]).fails(1);
    assert!(line.contains("l3 cache schema is not enabled"), "{line}");
    let line = c.update(&["--mem-bw-schema", "MB:0=10"]).fails(1);
    assert!(line.contains("memory bandwidth schema is not enabled"), "{line}");
}

/// Whatever a limit may be written against another that holds: no order of the two is asked for.
#[test]
fn memory_and_swap_in_any_order() {
    if !bin::swap() {
        return;
    }
    let c = Sleeper::new("it-upswap", |c| {
        c["linux"]["resources"] = json!({"memory": {"limit": 33554432, "swap": 33554432}});
    });
    if c.file("memory.memsw.limit_in_bytes", "memory.swap.max").is_none() {
        return bin::skip("this kernel does not count swap");
    }
    for (memory, swap) in [(60, 80), (30, 50), (100, 100), (20, 200)] {
        c.update(&["--memory", &format!("{memory}M"), "--memory-swap", &format!("{swap}M")]).ok();
        let [m, s, alone] = [memory, swap, swap - memory].map(|n: u64| (n << 20).to_string());
        c.holds(("memory.limit_in_bytes", &m), ("memory.max", &m));
        c.holds(("memory.memsw.limit_in_bytes", &s), ("memory.swap.max", &alone));
    }
    // One alone keeps what was said of the other.
    c.update(&["--memory", "50M"]).ok();
    c.holds(("memory.memsw.limit_in_bytes", "209715200"), ("memory.swap.max", "157286400"));
    c.update(&["--memory-swap", "150M"]).ok();
    c.holds(("memory.limit_in_bytes", "52428800"), ("memory.max", "52428800"));
    c.holds(("memory.memsw.limit_in_bytes", "157286400"), ("memory.swap.max", "104857600"));
    c.update(&["--memory", "-1"]).ok();
    c.holds(("memory.memsw.limit_in_bytes", "9223372036854771712"), ("memory.swap.max", "max"));
}

/// Of a change that cannot be made in full nothing remains.
#[test]
fn all_or_nothing() {
    let c = Sleeper::new("it-upall", |c| {
        c["linux"]["resources"] = json!({"memory": {"limit": 67108864}, "cpu": {"shares": 300}});
    });
    let bad = json!({"memory": {"limit": 134217728}, "cpu": {"shares": 600, "quota": 1}});
    c.update_with(&bad).fails(1);
    c.holds(("memory.limit_in_bytes", "67108864"), ("memory.max", "67108864"));
    c.holds(("cpu.shares", "300"), ("cpu.weight", "39"));
    let state = std::fs::read_to_string(c.runtime.root.path().join("state/it-upall/state.json")).unwrap();
    let state: Value = serde_json::from_str(&state).expect("JSON");
    assert_eq!(state["resources"], json!({"memory": {"limit": 67108864}, "cpu": {"shares": 300}}));
}

/// The state says what holds: what config.json said, and each change since.
#[test]
fn the_state_keeps_it() {
    let c = Sleeper::new("it-upkeep", |c| {
        c["linux"]["resources"] = json!({"memory": {"limit": 67108864}, "pids": {"limit": 10}});
    });
    c.update(&["--cpu-share=200"]).ok();
    c.update_with(&json!({"pids": {"limit": 20}})).ok();
    let state = std::fs::read_to_string(c.runtime.root.path().join("state/it-upkeep/state.json")).unwrap();
    let state: Value = serde_json::from_str(&state).expect("JSON");
    let wanted = json!({"memory": {"limit": 67108864}, "cpu": {"shares": 200}, "pids": {"limit": 20}});
    assert_eq!(state["resources"], wanted);
}

/// A limit below what is used is refused where that is asked for; on v1 the kernel always does.
#[test]
fn no_less_than_is_used() {
    let c = Sleeper::new("it-upused", |c| {
        c["linux"]["resources"] = json!({"memory": {"limit": 67108864}});
    });
    let line = c.update_with(&json!({"memory": {"limit": 1024, "checkBeforeUpdate": true}})).fails(1);
    assert!(line.contains("rejecting memory limit") || line.contains("unable to set memory limit"), "{line}");
    let line = c.update(&["--memory", "1k", "--check-before-update"]).fails(1);
    assert!(line.contains("rejecting memory limit") || line.contains("unable to set memory limit"), "{line}");
    let line = c.update(&["--check-before-update"]).fails(1);
    assert!(line.ends_with("--check-before-update without a limit of memory"), "{line}");
    assert_eq!(c.runtime.state("it-upused")["status"], "running");
    c.holds(("memory.limit_in_bytes", "67108864"), ("memory.max", "67108864"));
}

/// Device rules of a container that runs: the container sees the change at once, and never less than
/// it may before and after.
#[test]
fn devices() {
    let c = Sleeper::new("it-updev", |c| {
        let caps = json!(["CAP_MKNOD", "CAP_SYSLOG"]);
        for set in ["bounding", "effective", "permitted"] {
            c["process"]["capabilities"][set] = caps.clone();
        }
        c["root"]["readonly"] = json!(false);
        c["linux"]["devices"] = json!([{"path": "/dev/kmsg", "type": "c", "major": 1, "minor": 11}]);
    });
    let opens = || c.runtime.run(&["exec", "it-updev", "sh", "-c", ": </dev/kmsg"]).code == 0;
    let null = || c.runtime.run(&["exec", "it-updev", "sh", "-c", ": >/dev/null"]).code == 0;
    assert!(!opens() && null());
    let rule = |allow: bool| json!({"allow": allow, "type": "c", "major": 1, "minor": 11, "access": "rwm"});
    c.update_with(&json!({"devices": [{"allow": false, "access": "rwm"}, rule(true)]})).ok();
    assert!(opens() && null());
    // Another change leaves them alone.
    c.update(&["--pids-limit", "100"]).ok();
    assert!(opens());
    c.update_with(&json!({"devices": [{"allow": false, "access": "rwm"}]})).ok();
    assert!(!opens() && null());
}

#[test]
fn unified_and_huge_pages() {
    let c = Sleeper::new("it-upunified", |_| {});
    let Some((_, is_v2)) = c.file("hugetlb.2MB.limit_in_bytes", "hugetlb.2MB.max") else {
        let _ = writeln!(std::io::stderr(), "skipped: unified_and_huge_pages: no hugetlb controller");
        return;
    };
    c.update_with(&json!({"hugepageLimits": [{"pageSize": "2MB", "limit": 4194304}]})).ok();
    c.holds(("hugetlb.2MB.limit_in_bytes", "4194304"), ("hugetlb.2MB.max", "4194304"));
    if is_v2 {
        c.update_with(&json!({"unified": {"hugetlb.2MB.max": "8388608"}})).ok();
        c.holds(("-", ""), ("hugetlb.2MB.max", "8388608"));
    }
    if let Some((_, true)) = c.file("memory.limit_in_bytes", "memory.high") {
        c.update_with(&json!({"unified": {"memory.high": "50003968"}})).ok();
        c.holds(("-", ""), ("memory.high", "50003968"));
        let line = c.update_with(&json!({"unified": {"memory.high": "x", "memory.low": "4096"}})).fails(1);
        assert!(line.contains("memory.high"), "{line}");
        c.holds(("-", ""), ("memory.high", "50003968"));
    } else {
        let line = c.update_with(&json!({"unified": {"memory.high": "50003968"}})).fails(1);
        assert!(line.contains("cannot use unified"), "{line}");
    }
    for key in ["../memory.high", "/memory.high", "nodot", "."] {
        let line = c.update_with(&json!({"unified": {key: "1"}})).fails(1);
        assert!(line.contains("unified"), "{key}: {line}");
    }
}

#[test]
fn throttles_of_devices() {
    let c = Sleeper::new("it-upio", |_| {});
    let devices = bin::run(std::process::Command::new("lsblk").args(["-dno", "MAJ:MIN"])).ok();
    let Some((major, minor)) = devices.lines().next().and_then(|l| l.trim().split_once(':')) else {
        let _ = writeln!(std::io::stderr(), "skipped: throttles_of_devices: no block device");
        return;
    };
    let number = |n: &str| n.parse::<u32>().expect("a number");
    let rate = |n: u64| json!([{"major": number(major), "minor": number(minor), "rate": n}]);
    c.update_with(
        &json!({"blockIO": {"throttleReadBpsDevice": rate(1048576), "throttleWriteIOPSDevice": rate(50)}}),
    )
    .ok();
    let v2 = format!("{major}:{minor} rbps=1048576 wbps=max riops=max wiops=50");
    c.holds(("blkio.throttle.read_bps_device", &format!("{major}:{minor} 1048576")), ("io.max", &v2));
    c.update_with(&json!({"blockIO": {"throttleReadBpsDevice": rate(0)}})).ok();
    let v2 = format!("{major}:{minor} rbps=max wbps=max riops=max wiops=50");
    c.holds(("blkio.throttle.read_bps_device", ""), ("io.max", &v2));
}

#[test]
fn refused() {
    let c = Sleeper::new("it-upbad", |_| {});
    for (json, words) in [
        (json!({"memory": {"limit": "x"}}), "parse -"),
        (json!({"memory": {"limit": 100, "swap": 50}}), "set memory"),
        (json!({"hugepageLimits": [{"pageSize": "../x", "limit": 1}]}), "huge page size"),
        (json!({"devices": [{"allow": true, "type": "c", "access": "x"}]}), "device rule 0"),
    ] {
        let line = c.update_with(&json).fails(1);
        assert!(line.contains(words) || line.contains("memory+swap"), "{json}: {line}");
    }
    let pid = c.runtime.state("it-upbad")["pid"].as_i64().expect("a pid");
    c.runtime.run(&["kill", "it-upbad", "KILL"]).ok();
    crate::runtime::wait_exit(pid);
    let line = c.update(&["--pids-limit", "5"]).fails(1);
    assert!(line.contains("container not running"), "{line}");
}

/// Programs in Go take names whatever their capitals are, and so do their callers.
#[test]
fn limits_whose_names_have_other_capitals() {
    let sleeper = Sleeper::new("it-upcase", |c| c["linux"]["resources"] = json!({"Pids": {"Limit": 40}}));
    let Some((file, _)) = sleeper.file("pids.max", "pids.max") else {
        return bin::skip("limits_whose_names_have_other_capitals: no pids controller");
    };
    let limit = || std::fs::read_to_string(&file).unwrap();
    assert_eq!(limit(), "40\n");
    sleeper.update_with(&json!({"PIDS": {"LIMIT": 50}})).ok();
    assert_eq!(limit(), "50\n");
}
