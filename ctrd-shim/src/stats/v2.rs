//! Version 2: one folder.

use std::fs;
use std::path::Path;

use ctrd_shim::api::cgroup2::{
    CpuStat, HugeTlbStat, IoEntry, IoStat, MemoryEvents, MemoryStat, Metrics, PidsStat, PsiData, PsiStats,
    RdmaEntry, RdmaStat,
};

use super::{number, page_sizes, rdma, table};

pub fn metrics(dir: &Path) -> Metrics {
    let events = table(dir, "memory.events");
    Metrics {
        pids: number(dir, "pids.current").map(|current| PidsStat {
            current,
            limit: number(dir, "pids.max").filter(|n| *n != u64::MAX).unwrap_or(0),
        }),
        cpu: Some(cpu(dir)),
        memory: Some(memory(dir)),
        rdma: Some(RdmaStat { current: entries(dir, "rdma.current"), limit: entries(dir, "rdma.max") }),
        io: Some(IoStat {
            usage: io(&fs::read_to_string(dir.join("io.stat")).unwrap_or_default()),
            psi: pressure(dir, "io.pressure"),
        }),
        hugetlb: hugetlb(dir),
        memory_events: Some(MemoryEvents {
            low: events.get("low"),
            high: events.get("high"),
            max: events.get("max"),
            oom: events.get("oom"),
            oom_kill: events.get("oom_kill"),
            oom_group_kill: events.get("oom_group_kill"),
        }),
        network: Vec::new(),
    }
}

fn cpu(dir: &Path) -> CpuStat {
    let stat = table(dir, "cpu.stat");
    CpuStat {
        usage_usec: stat.get("usage_usec"),
        user_usec: stat.get("user_usec"),
        system_usec: stat.get("system_usec"),
        nr_periods: stat.get("nr_periods"),
        nr_throttled: stat.get("nr_throttled"),
        throttled_usec: stat.get("throttled_usec"),
        psi: pressure(dir, "cpu.pressure"),
        nr_bursts: stat.get("nr_bursts"),
        burst_usec: stat.get("burst_usec"),
    }
}

fn memory(dir: &Path) -> MemoryStat {
    let stat = table(dir, "memory.stat");
    let own = |name: &str| stat.get(name);
    let file = |name: &str| number(dir, name).unwrap_or(0);
    #[expect(deprecated, reason = "two counters that older kernels have as one")]
    MemoryStat {
        anon: own("anon"),
        file: own("file"),
        kernel_stack: own("kernel_stack"),
        slab: own("slab"),
        sock: own("sock"),
        shmem: own("shmem"),
        file_mapped: own("file_mapped"),
        file_dirty: own("file_dirty"),
        file_writeback: own("file_writeback"),
        anon_thp: own("anon_thp"),
        inactive_anon: own("inactive_anon"),
        active_anon: own("active_anon"),
        inactive_file: own("inactive_file"),
        active_file: own("active_file"),
        unevictable: own("unevictable"),
        slab_reclaimable: own("slab_reclaimable"),
        slab_unreclaimable: own("slab_unreclaimable"),
        pgfault: own("pgfault"),
        pgmajfault: own("pgmajfault"),
        workingset_refault: own("workingset_refault"),
        workingset_activate: own("workingset_activate"),
        workingset_nodereclaim: own("workingset_nodereclaim"),
        pgrefill: own("pgrefill"),
        pgscan: own("pgscan"),
        pgsteal: own("pgsteal"),
        pgactivate: own("pgactivate"),
        pgdeactivate: own("pgdeactivate"),
        pglazyfree: own("pglazyfree"),
        pglazyfreed: own("pglazyfreed"),
        thp_fault_alloc: own("thp_fault_alloc"),
        thp_collapse_alloc: own("thp_collapse_alloc"),
        usage: file("memory.current"),
        usage_limit: file("memory.max"),
        swap_usage: file("memory.swap.current"),
        swap_limit: file("memory.swap.max"),
        max_usage: file("memory.peak"),
        swap_max_usage: file("memory.swap.peak"),
        psi: pressure(dir, "memory.pressure"),
        workingset_refault_anon: own("workingset_refault_anon"),
        workingset_refault_file: own("workingset_refault_file"),
        workingset_activate_anon: own("workingset_activate_anon"),
        workingset_activate_file: own("workingset_activate_file"),
    }
}

fn pressure(dir: &Path, file: &str) -> Option<PsiStats> {
    Some(parse_pressure(&fs::read_to_string(dir.join(file)).ok()?))
}

/// `some avg10=0.00 avg60=0.00 avg300=0.00 total=0`, and the same for `full`.
fn parse_pressure(text: &str) -> PsiStats {
    let mut stats = PsiStats::default();
    for line in text.lines() {
        let mut data = PsiData::default();
        let mut words = line.split_whitespace();
        let kind = words.next();
        for (name, value) in words.filter_map(|w| w.split_once('=')) {
            match name {
                "avg10" => data.avg10 = value.parse().unwrap_or(0.0),
                "avg60" => data.avg60 = value.parse().unwrap_or(0.0),
                "avg300" => data.avg300 = value.parse().unwrap_or(0.0),
                "total" => data.total = value.parse().unwrap_or(0),
                _ => {}
            }
        }
        match kind {
            Some("some") => stats.some = Some(data),
            Some("full") => stats.full = Some(data),
            _ => {}
        }
    }
    stats
}

/// `8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5 dios=6` a line.
fn io(text: &str) -> Vec<IoEntry> {
    let line = |line: &str| {
        let mut words = line.split_whitespace();
        let (major, minor) = words.next()?.split_once(':')?;
        let mut entry =
            IoEntry { major: major.parse().ok()?, minor: minor.parse().ok()?, ..Default::default() };
        for (name, value) in words.filter_map(|w| w.split_once('=')) {
            let value = value.parse().unwrap_or(0);
            match name {
                "rbytes" => entry.rbytes = value,
                "wbytes" => entry.wbytes = value,
                "rios" => entry.rios = value,
                "wios" => entry.wios = value,
                _ => {}
            }
        }
        Some(entry)
    };
    text.lines().filter_map(line).collect()
}

fn hugetlb(dir: &Path) -> Vec<HugeTlbStat> {
    let stat = |pagesize: String| {
        let of = |name: &str| number(dir, &format!("hugetlb.{pagesize}.{name}")).unwrap_or(0);
        HugeTlbStat {
            current: of("current"),
            max: of("max"),
            failcnt: table(dir, &format!("hugetlb.{pagesize}.events")).get("max"),
            pagesize,
        }
    };
    page_sizes(dir, ".current").into_iter().filter(|s| !s.ends_with("rsvd")).map(stat).collect()
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
        write("pids.current", "2\n");
        write("pids.max", "100\n");
        write("cpu.stat", "usage_usec 30\nnr_bursts 1\n");
        write("memory.max", "max\n");
        write("memory.events", "oom_kill 4\n");
        write("hugetlb.2MB.current", "0\n");
        write("hugetlb.2MB.rsvd.current", "0\n");
        let got = metrics(dir.path());
        assert_eq!(got.pids, Some(PidsStat { current: 2, limit: 100 }));
        assert_eq!(got.cpu.unwrap().usage_usec, 30);
        assert_eq!(got.memory.unwrap().usage_limit, u64::MAX);
        assert_eq!(got.memory_events.unwrap().oom_kill, 4);
        assert_eq!(got.hugetlb.len(), 1);
    }

    #[test]
    fn lines_of_several_figures() {
        let got = io("8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5 dios=6\nbad\n");
        assert_eq!(got, [IoEntry { major: 8, minor: 0, rbytes: 1, wbytes: 2, rios: 3, wios: 4 }]);
        let psi = parse_pressure("some avg10=1.50 avg60=0 avg300=0 total=9\n");
        assert_eq!((psi.some.unwrap().avg10, psi.full), (1.5, None));
    }
}
