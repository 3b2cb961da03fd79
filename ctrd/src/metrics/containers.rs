//! What the cgroups of all tasks tell, by the names that containerd gives the figures.

use std::collections::BTreeMap;
use std::sync::Arc;

use ctrd_shim::any;
use ctrd_shim::api::{cgroup1, cgroup2};
use prost_types::Any;

use super::text::{Kind, Text};
use crate::task::Runtime;

/// A family's name, and what it is.
type Family = (&'static str, &'static str);

/// A family's name, and where its figure stands.
type In<M> = Option<(&'static str, fn(&M) -> Option<u64>)>;

/// What a figure is; what it is in cgroups of the first version, and in those of the second.
type Row = (&'static str, In<cgroup1::Metrics>, In<cgroup2::Metrics>);

const FIGURES: &[Row] = &[
    (
        "Processes and threads.",
        Some(("container_pids_current", |m| Some(m.pids.as_ref()?.current))),
        Some(("container_pids_current", |m| Some(m.pids.as_ref()?.current))),
    ),
    (
        "How many there may be; 0 is no limit.",
        Some(("container_pids_limit", |m| Some(m.pids.as_ref()?.limit))),
        Some(("container_pids_limit", |m| Some(m.pids.as_ref()?.limit))),
    ),
    (
        "Processor time.",
        Some(("container_cpu_total_nanoseconds", |m| Some(m.cpu.as_ref()?.usage.as_ref()?.total))),
        Some(("container_cpu_usage_usec_microseconds", |m| Some(m.cpu.as_ref()?.usage_usec))),
    ),
    (
        "Processor time in the kernel.",
        Some(("container_cpu_kernel_nanoseconds", |m| Some(m.cpu.as_ref()?.usage.as_ref()?.kernel))),
        Some(("container_cpu_system_usec_microseconds", |m| Some(m.cpu.as_ref()?.system_usec))),
    ),
    (
        "Processor time in programs.",
        Some(("container_cpu_user_nanoseconds", |m| Some(m.cpu.as_ref()?.usage.as_ref()?.user))),
        Some(("container_cpu_user_usec_microseconds", |m| Some(m.cpu.as_ref()?.user_usec))),
    ),
    (
        "Periods of the limit.",
        Some(("container_cpu_throttle_periods_total", |m| {
            Some(m.cpu.as_ref()?.throttling.as_ref()?.periods)
        })),
        Some(("container_cpu_nr_periods_total", |m| Some(m.cpu.as_ref()?.nr_periods))),
    ),
    (
        "Periods cut short.",
        Some(("container_cpu_throttled_periods_total", |m| {
            Some(m.cpu.as_ref()?.throttling.as_ref()?.throttled_periods)
        })),
        Some(("container_cpu_nr_throttled_total", |m| Some(m.cpu.as_ref()?.nr_throttled))),
    ),
    (
        "Time held back.",
        Some(("container_cpu_throttled_time_nanoseconds", |m| {
            Some(m.cpu.as_ref()?.throttling.as_ref()?.throttled_time)
        })),
        Some(("container_cpu_throttled_usec_microseconds", |m| Some(m.cpu.as_ref()?.throttled_usec))),
    ),
    (
        "Memory in use.",
        Some(("container_memory_usage_usage_bytes", |m| Some(m.memory.as_ref()?.usage.as_ref()?.usage))),
        Some(("container_memory_usage_bytes", |m| Some(m.memory.as_ref()?.usage))),
    ),
    (
        "The limit of memory.",
        Some(("container_memory_usage_limit_bytes", |m| Some(m.memory.as_ref()?.usage.as_ref()?.limit))),
        Some(("container_memory_usage_limit_bytes", |m| Some(m.memory.as_ref()?.usage_limit))),
    ),
    (
        "The most memory ever in use.",
        Some(("container_memory_usage_max_bytes", |m| Some(m.memory.as_ref()?.usage.as_ref()?.max))),
        None,
    ),
    (
        "How often the limit was met.",
        Some(("container_memory_usage_failcnt_total", |m| Some(m.memory.as_ref()?.usage.as_ref()?.failcnt))),
        None,
    ),
    (
        "Memory and swap in use.",
        Some(("container_memory_swap_usage_bytes", |m| Some(m.memory.as_ref()?.swap.as_ref()?.usage))),
        None,
    ),
    (
        "Swap in use.",
        None,
        Some(("container_memory_swap_usage_bytes", |m| Some(m.memory.as_ref()?.swap_usage))),
    ),
    (
        "The limit of memory and swap.",
        Some(("container_memory_swap_limit_bytes", |m| Some(m.memory.as_ref()?.swap.as_ref()?.limit))),
        None,
    ),
    (
        "The limit of swap.",
        None,
        Some(("container_memory_swap_limit_bytes", |m| Some(m.memory.as_ref()?.swap_limit))),
    ),
    (
        "Memory of programs.",
        Some(("container_memory_rss_bytes", |m| Some(m.memory.as_ref()?.rss))),
        Some(("container_memory_anon_bytes", |m| Some(m.memory.as_ref()?.anon))),
    ),
    (
        "Cached parts of files.",
        Some(("container_memory_cache_bytes", |m| Some(m.memory.as_ref()?.cache))),
        Some(("container_memory_file_bytes", |m| Some(m.memory.as_ref()?.file))),
    ),
    (
        "Files not used of late.",
        Some(("container_memory_total_inactive_file_bytes", |m| {
            Some(m.memory.as_ref()?.total_inactive_file)
        })),
        Some(("container_memory_inactive_file_bytes", |m| Some(m.memory.as_ref()?.inactive_file))),
    ),
    ("Page faults.", Some(("container_memory_pgfault_total", |m| Some(m.memory.as_ref()?.pg_fault))), None),
    (
        "Page faults that waited for a disk.",
        Some(("container_memory_pgmajfault_total", |m| Some(m.memory.as_ref()?.pg_maj_fault))),
        None,
    ),
    (
        "Processes killed for want of memory.",
        Some(("container_memory_oom_total", |m| Some(m.memory_oom_control.as_ref()?.oom_kill))),
        None,
    ),
    (
        "How often memory ran out.",
        None,
        Some(("container_memory_oom_total", |m| Some(m.memory_events.as_ref()?.oom))),
    ),
];

/// Asks all shims at once; a task that does not answer in time is left out.
pub async fn write(text: &mut Text, tasks: &Arc<Runtime>) {
    let mut families: BTreeMap<Family, Vec<([String; 2], f64)>> = BTreeMap::new();
    for namespace in tasks.namespaces().unwrap_or_default() {
        match tasks.stats(&namespace, |_| true).await {
            Err(e) => tracing::warn!(namespace, "figures of tasks: {e}"),
            Ok(all) => {
                for (id, stats) in all {
                    for (family, value) in values(&stats) {
                        families.entry(family).or_default().push(([id.clone(), namespace.clone()], value));
                    }
                }
            }
        }
    }
    for ((name, help), values) in families {
        text.family(name, help, Kind::Gauge);
        for ([id, namespace], value) in values {
            text.value(&[("container_id", &id), ("namespace", &namespace)], value);
        }
    }
}

fn values(stats: &Any) -> Vec<(Family, f64)> {
    if let Some(Ok(metrics)) = any::unpack::<cgroup1::Metrics>(stats) {
        figures(&metrics, |(_, first, _)| first)
    } else if let Some(Ok(metrics)) = any::unpack::<cgroup2::Metrics>(stats) {
        figures(&metrics, |(_, _, second)| second)
    } else {
        Vec::new()
    }
}

fn figures<M: 'static>(metrics: &M, of: impl Fn(&'static Row) -> &'static In<M>) -> Vec<(Family, f64)> {
    let figure = |row: &'static Row| {
        let (name, value) = of(row).as_ref()?;
        Some(((*name, row.0), value(metrics)? as f64))
    };
    FIGURES.iter().filter_map(figure).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_alone_is_told() {
        let mut metrics = cgroup2::Metrics::default();
        assert_eq!(figures(&metrics, |(_, _, second)| second), []);
        metrics.pids = Some(cgroup2::PidsStat { current: 3, limit: 7 });
        let family = |name, help| (name, help);
        assert_eq!(
            figures(&metrics, |(_, _, second)| second),
            [
                (family("container_pids_current", "Processes and threads."), 3.0),
                (family("container_pids_limit", "How many there may be; 0 is no limit."), 7.0)
            ]
        );
    }

    /// A family has one line of help: the names of one version are all different.
    #[test]
    fn a_name_is_one_figure() {
        let first = FIGURES.iter().filter_map(|row| row.1.as_ref()).map(|(name, _)| *name);
        let second = FIGURES.iter().filter_map(|row| row.2.as_ref()).map(|(name, _)| *name);
        for names in [first.collect::<Vec<_>>(), second.collect()] {
            let mut once = names.clone();
            once.sort_unstable();
            once.dedup();
            assert_eq!(once.len(), names.len());
        }
    }
}
