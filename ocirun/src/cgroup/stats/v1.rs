//! The counters of cgroup v1.

use anyhow::Result;

use super::super::dir::Dir;
use super::{Amount, Blkio, Hugetlb, Io, Stats, list, misc, number, page_sizes, pairs, rdma, single};

/// `cpuacct.stat` counts in ticks of USER_HZ, which is 100 on every architecture of today.
const TICK: u64 = 10_000_000;

pub fn controller(name: &str, dir: &Dir, stats: &mut Stats) -> Result<()> {
    match name {
        "cpu" => cpu(dir, stats)?,
        "cpuacct" => cpuacct(dir, stats)?,
        "cpuset" => cpuset(dir, stats)?,
        "memory" => memory(dir, stats)?,
        "pids" => {
            stats.pids.current = single(dir, "pids.current").unwrap_or(0);
            stats.pids.limit = single(dir, "pids.max").filter(|n| *n != u64::MAX).unwrap_or(0);
        }
        // The rest of the part, pressure, is only on v2.
        "blkio" => stats.blkio = Blkio { psi: stats.blkio.psi.take(), ..blkio(dir) },
        "rdma" => stats.rdma = rdma(dir),
        "misc" => stats.misc = misc(dir),
        "hugetlb" => {
            for size in page_sizes() {
                // Reserved pages include those in use, and are what a program is refused.
                let kinds = [format!("hugetlb.{size}.rsvd"), format!("hugetlb.{size}")];
                let found =
                    kinds.iter().find_map(|k| Some((k, single(dir, &format!("{k}.usage_in_bytes"))?)));
                let Some((kind, usage)) = found else {
                    continue;
                };
                let file = |what| single(dir, &format!("{kind}.{what}"));
                let max = file("max_usage_in_bytes").unwrap_or(0);
                let failcnt = file("failcnt").unwrap_or(0);
                stats.hugetlb.insert(size, Hugetlb { usage, max, failcnt });
            }
        }
        _ => {}
    }
    Ok(())
}

fn cpu(dir: &Dir, stats: &mut Stats) -> Result<()> {
    let text = dir.read("cpu.stat")?;
    let of = |key| number(&text, key).unwrap_or(0);
    stats.cpu.throttling.periods = of("nr_periods");
    stats.cpu.throttling.throttled_periods = of("nr_throttled");
    stats.cpu.throttling.throttled_time = of("throttled_time");
    Ok(())
}

fn cpuacct(dir: &Dir, stats: &mut Stats) -> Result<()> {
    let usage = &mut stats.cpu.usage;
    let text = dir.read("cpuacct.stat")?;
    usage.user = number(&text, "user").unwrap_or(0) * TICK;
    usage.kernel = number(&text, "system").unwrap_or(0) * TICK;
    usage.total = single(dir, "cpuacct.usage").unwrap_or(0);
    let text = dir.read("cpuacct.usage_percpu")?;
    usage.percpu = text.split_whitespace().filter_map(|n| n.parse().ok()).collect();
    // A line for each processor: its number, user, system. Not on old kernels.
    for line in dir.try_read("cpuacct.usage_all").unwrap_or_default().lines().skip(1) {
        let numbers: Vec<u64> = line.split(' ').filter_map(|n| n.parse().ok()).collect();
        if let [_, user, kernel] = numbers[..] {
            usage.percpu_user.push(user);
            usage.percpu_kernel.push(kernel);
        }
    }
    Ok(())
}

fn cpuset(dir: &Dir, stats: &mut Stats) -> Result<()> {
    let of = |name: &str| single(dir, &format!("cpuset.{name}")).unwrap_or(0);
    let set = &mut stats.cpuset;
    set.cpus = list(&dir.read("cpuset.cpus")?);
    set.mems = list(&dir.read("cpuset.mems")?);
    set.cpu_exclusive = of("cpu_exclusive");
    set.mem_hardwall = of("mem_hardwall");
    set.mem_exclusive = of("mem_exclusive");
    set.memory_migrate = of("memory_migrate");
    set.memory_spread_page = of("memory_spread_page");
    set.memory_spread_slab = of("memory_spread_slab");
    set.memory_pressure = of("memory_pressure");
    set.sched_load_balance = of("sched_load_balance");
    let level = dir.try_read("cpuset.sched_relax_domain_level").unwrap_or_default();
    set.sched_relax_domain_level = level.parse().unwrap_or(0);
    Ok(())
}

fn memory(dir: &Dir, stats: &mut Stats) -> Result<()> {
    let memory = &mut stats.memory;
    memory.raw = pairs(&dir.read("memory.stat")?);
    memory.cache = memory.raw.get("cache").copied().unwrap_or(0);
    memory.usage = amount(dir, "memory");
    memory.swap = amount(dir, "memory.memsw");
    memory.kernel = amount(dir, "memory.kmem");
    memory.kernel_tcp = amount(dir, "memory.kmem.tcp");
    Ok(())
}

fn amount(dir: &Dir, prefix: &str) -> Amount {
    let of = |name: &str| single(dir, &format!("{prefix}.{name}")).unwrap_or(0);
    Amount {
        limit: of("limit_in_bytes"),
        usage: of("usage_in_bytes"),
        max: of("max_usage_in_bytes"),
        failcnt: of("failcnt"),
    }
}

/// CFQ's files were the fullest; BFQ has two of them, and the throttle layer the same two for all
/// devices.
fn blkio(dir: &Dir) -> Blkio {
    let of = |name: &str| entries(&dir.try_read(&format!("blkio.{name}")).unwrap_or_default());
    let first = |names: [&str; 3]| names.into_iter().map(of).find(|l| !l.is_empty()).unwrap_or_default();
    Blkio {
        io_service_bytes_recursive: first([
            "io_service_bytes_recursive",
            "bfq.io_service_bytes_recursive",
            "throttle.io_service_bytes_recursive",
        ]),
        io_serviced_recursive: first([
            "io_serviced_recursive",
            "bfq.io_serviced_recursive",
            "throttle.io_serviced_recursive",
        ]),
        io_queue_recursive: of("io_queued_recursive"),
        io_service_time_recursive: of("io_service_time_recursive"),
        io_wait_time_recursive: of("io_wait_time_recursive"),
        io_merged_recursive: of("io_merged_recursive"),
        io_time_recursive: of("time_recursive"),
        sectors_recursive: of("sectors_recursive"),
        psi: None,
    }
}

/// Lines `8:0 Read 4096`, `8:0 4096`, and a `Total 4096` that belongs to no device.
fn entries(text: &str) -> Vec<Io> {
    text.lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            let (major, minor) = words.next()?.split_once(':')?;
            let second = words.next()?;
            let (op, value) = match words.next() {
                Some(value) => (second, value),
                None => ("", second),
            };
            Some(Io {
                major: major.parse().ok()?,
                minor: minor.parse().ok()?,
                op: op.to_owned(),
                value: value.parse().ok()?,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn io_lines() {
        let io = |op: &str, value| Io { major: 8, minor: 16, op: op.into(), value };
        assert_eq!(
            entries("8:16 Read 4096\n8:16 Total 4096\nTotal 9\n"),
            [io("Read", 4096), io("Total", 4096)]
        );
        assert_eq!(entries("8:16 7\n"), [io("", 7)]);
    }
}
