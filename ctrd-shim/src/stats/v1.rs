//! Version 1: a folder for each controller.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use ctrd_shim::api::cgroup1::{
    BlkIoEntry, BlkIoStat, CpuStat, CpuUsage, HugetlbStat, MemoryEntry, MemoryOomControl, MemoryStat,
    Metrics, PidsStat, RdmaEntry, RdmaStat, Throttle,
};

use super::{number, page_sizes, rdma, table};

/// cpuacct.stat counts in ticks of this length.
const TICK: u64 = 1_000_000_000 / 100;

pub fn metrics(dirs: &BTreeMap<String, PathBuf>) -> Metrics {
    let dir = |controller: &str| dirs.get(controller).filter(|d| d.is_dir());
    Metrics {
        hugetlb: dir("hugetlb").map(|d| hugetlb(d)).unwrap_or_default(),
        pids: dir("pids").map(|d| pids(d)),
        cpu: dir("cpuacct").map(|acct| cpu(acct, dir("cpu").unwrap_or(acct))),
        memory: dir("memory").map(|d| memory(d)),
        blkio: dir("blkio").map(|d| blkio(d)),
        rdma: dir("rdma")
            .map(|d| RdmaStat { current: entries(d, "rdma.current"), limit: entries(d, "rdma.max") }),
        memory_oom_control: dir("memory").map(|d| {
            let control = table(d, "memory.oom_control");
            MemoryOomControl {
                oom_kill_disable: control.get("oom_kill_disable"),
                under_oom: control.get("under_oom"),
                oom_kill: control.get("oom_kill"),
            }
        }),
        ..Default::default()
    }
}

fn pids(dir: &Path) -> PidsStat {
    let limit = number(dir, "pids.max").filter(|n| *n != u64::MAX);
    PidsStat { current: number(dir, "pids.current").unwrap_or(0), limit: limit.unwrap_or(0) }
}

fn cpu(acct: &Path, cpu: &Path) -> CpuStat {
    let per_cpu = fs::read_to_string(acct.join("cpuacct.usage_percpu")).unwrap_or_default();
    let ticks = table(acct, "cpuacct.stat");
    let stat = table(cpu, "cpu.stat");
    CpuStat {
        usage: Some(CpuUsage {
            total: number(acct, "cpuacct.usage").unwrap_or(0),
            kernel: ticks.get("system") * TICK,
            user: ticks.get("user") * TICK,
            per_cpu: per_cpu.split_whitespace().filter_map(|n| n.parse().ok()).collect(),
        }),
        throttling: Some(Throttle {
            periods: stat.get("nr_periods"),
            throttled_periods: stat.get("nr_throttled"),
            throttled_time: stat.get("throttled_time"),
        }),
    }
}

fn memory(dir: &Path) -> MemoryStat {
    let stat = table(dir, "memory.stat");
    let own = |name: &str| stat.get(name);
    let entry = |prefix: &str| {
        let of = |name: &str| number(dir, &format!("{prefix}.{name}"));
        Some(MemoryEntry {
            limit: of("limit_in_bytes").unwrap_or(0),
            usage: of("usage_in_bytes")?,
            max: of("max_usage_in_bytes").unwrap_or(0),
            failcnt: of("failcnt").unwrap_or(0),
        })
    };
    MemoryStat {
        cache: own("cache"),
        rss: own("rss"),
        rss_huge: own("rss_huge"),
        mapped_file: own("mapped_file"),
        dirty: own("dirty"),
        writeback: own("writeback"),
        pg_pg_in: own("pgpgin"),
        pg_pg_out: own("pgpgout"),
        pg_fault: own("pgfault"),
        pg_maj_fault: own("pgmajfault"),
        inactive_anon: own("inactive_anon"),
        active_anon: own("active_anon"),
        inactive_file: own("inactive_file"),
        active_file: own("active_file"),
        unevictable: own("unevictable"),
        hierarchical_memory_limit: own("hierarchical_memory_limit"),
        hierarchical_swap_limit: own("hierarchical_memsw_limit"),
        total_cache: own("total_cache"),
        total_rss: own("total_rss"),
        total_rss_huge: own("total_rss_huge"),
        total_mapped_file: own("total_mapped_file"),
        total_dirty: own("total_dirty"),
        total_writeback: own("total_writeback"),
        total_pg_pg_in: own("total_pgpgin"),
        total_pg_pg_out: own("total_pgpgout"),
        total_pg_fault: own("total_pgfault"),
        total_pg_maj_fault: own("total_pgmajfault"),
        total_inactive_anon: own("total_inactive_anon"),
        total_active_anon: own("total_active_anon"),
        total_inactive_file: own("total_inactive_file"),
        total_active_file: own("total_active_file"),
        total_unevictable: own("total_unevictable"),
        usage: entry("memory"),
        swap: entry("memory.memsw"),
        kernel: entry("memory.kmem"),
        kernel_tcp: entry("memory.kmem.tcp"),
    }
}

fn blkio(dir: &Path) -> BlkIoStat {
    // The schedulers' own files come and go; the throttling layer always counts.
    let read =
        |names: &[&str]| names.iter().map(|n| blkio_file(dir, n)).find(|l| !l.is_empty()).unwrap_or_default();
    BlkIoStat {
        io_service_bytes_recursive: read(&[
            "blkio.bfq.io_service_bytes_recursive",
            "blkio.throttle.io_service_bytes_recursive",
        ]),
        io_serviced_recursive: read(&[
            "blkio.bfq.io_serviced_recursive",
            "blkio.throttle.io_serviced_recursive",
        ]),
        io_queued_recursive: read(&["blkio.bfq.io_queued_recursive"]),
        io_service_time_recursive: read(&["blkio.bfq.io_service_time_recursive"]),
        io_wait_time_recursive: read(&["blkio.bfq.io_wait_time_recursive"]),
        io_merged_recursive: read(&["blkio.bfq.io_merged_recursive"]),
        io_time_recursive: read(&["blkio.bfq.time_recursive"]),
        sectors_recursive: read(&["blkio.bfq.sectors_recursive"]),
    }
}

fn blkio_file(dir: &Path, name: &str) -> Vec<BlkIoEntry> {
    parse_blkio(&fs::read_to_string(dir.join(name)).unwrap_or_default())
}

/// `8:0 Read 4096` or `8:0 4096`; the line `Total 8192` is left out.
fn parse_blkio(text: &str) -> Vec<BlkIoEntry> {
    let line = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let (major, minor) = words.first()?.split_once(':')?;
        let (op, value) = match words[..] {
            [_, op, value] => (op, value),
            [_, value] => ("", value),
            _ => return None,
        };
        Some(BlkIoEntry {
            op: op.into(),
            device: String::new(),
            major: major.parse().ok()?,
            minor: minor.parse().ok()?,
            value: value.parse().ok()?,
        })
    };
    text.lines().filter_map(line).collect()
}

fn hugetlb(dir: &Path) -> Vec<HugetlbStat> {
    let stat = |pagesize: String| {
        let of = |name: &str| number(dir, &format!("hugetlb.{pagesize}.{name}")).unwrap_or(0);
        HugetlbStat {
            usage: of("usage_in_bytes"),
            max: of("max_usage_in_bytes"),
            failcnt: of("failcnt"),
            pagesize,
        }
    };
    page_sizes(dir, ".usage_in_bytes").into_iter().map(stat).collect()
}

fn entries(dir: &Path, file: &str) -> Vec<RdmaEntry> {
    let entry = |(device, hca_handles, hca_objects)| RdmaEntry { device, hca_handles, hca_objects };
    rdma(dir, file).into_iter().map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_become_figures() {
        let dir = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(dir.path().join(name), text).unwrap();
        write("pids.current", "3\n");
        write("pids.max", "max\n");
        write("memory.stat", "cache 4096\ntotal_rss 8192\n");
        write("memory.usage_in_bytes", "12288\n");
        write("memory.limit_in_bytes", "65536\n");
        write("memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n");
        let dirs = ["pids", "memory"].map(|c| (c.to_owned(), dir.path().to_owned())).into();
        let got = metrics(&dirs);
        assert_eq!(got.pids, Some(PidsStat { current: 3, limit: 0 }));
        let memory = got.memory.unwrap();
        assert_eq!((memory.cache, memory.total_rss), (4096, 8192));
        let usage = memory.usage.unwrap();
        assert_eq!((usage.usage, usage.limit), (12288, 65536));
        assert_eq!((memory.swap, got.cpu), (None, None));
        assert_eq!(got.memory_oom_control.unwrap().oom_kill, 2);
    }

    #[test]
    fn block_devices_with_and_without_an_operation() {
        let got = parse_blkio("8:0 Read 10\n8:0 Write 20\n8:16 7\nTotal 37\n");
        let got: Vec<_> = got.iter().map(|e| (e.op.as_str(), e.major, e.minor, e.value)).collect();
        assert_eq!(got, [("Read", 8, 0, 10), ("Write", 8, 0, 20), ("", 8, 16, 7)]);
    }
}
