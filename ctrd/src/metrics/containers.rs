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
    let numbers = if let Some(Ok(metrics)) = any::unpack::<cgroup1::Metrics>(stats) {
        first(&metrics)
    } else if let Some(Ok(metrics)) = any::unpack::<cgroup2::Metrics>(stats) {
        second(&metrics)
    } else {
        Vec::new()
    };
    numbers.into_iter().map(|(name, help, number)| ((name, help), number as f64)).collect()
}

type Number = (&'static str, &'static str, u64);

fn pids(current: u64, limit: u64) -> [Number; 2] {
    [
        ("container_pids_current", "Processes and threads.", current),
        ("container_pids_limit", "How many there may be; 0 is no limit.", limit),
    ]
}

fn first(m: &cgroup1::Metrics) -> Vec<Number> {
    let mut numbers = Vec::new();
    if let Some(p) = &m.pids {
        numbers.extend(pids(p.current, p.limit));
    }
    if let Some(cpu) = &m.cpu {
        let (times, throttling) = (cpu.usage.clone().unwrap_or_default(), cpu.throttling.unwrap_or_default());
        numbers.extend([
            ("container_cpu_total_nanoseconds", "Processor time.", times.total),
            ("container_cpu_kernel_nanoseconds", "Processor time in the kernel.", times.kernel),
            ("container_cpu_user_nanoseconds", "Processor time in programs.", times.user),
            ("container_cpu_throttle_periods_total", "Periods of the limit.", throttling.periods),
            ("container_cpu_throttled_periods_total", "Periods cut short.", throttling.throttled_periods),
            ("container_cpu_throttled_time_nanoseconds", "Time held back.", throttling.throttled_time),
        ]);
    }
    if let Some(memory) = &m.memory {
        let (usage, swap) = (memory.usage.unwrap_or_default(), memory.swap.unwrap_or_default());
        numbers.extend([
            ("container_memory_usage_usage_bytes", "Memory in use.", usage.usage),
            ("container_memory_usage_limit_bytes", "The limit of memory.", usage.limit),
            ("container_memory_usage_max_bytes", "The most memory ever in use.", usage.max),
            ("container_memory_usage_failcnt_total", "How often the limit was met.", usage.failcnt),
            ("container_memory_swap_usage_bytes", "Memory and swap in use.", swap.usage),
            ("container_memory_swap_limit_bytes", "The limit of memory and swap.", swap.limit),
            ("container_memory_cache_bytes", "Cached parts of files.", memory.cache),
            ("container_memory_rss_bytes", "Memory of programs.", memory.rss),
            ("container_memory_pgfault_total", "Page faults.", memory.pg_fault),
            ("container_memory_pgmajfault_total", "Page faults that waited for a disk.", memory.pg_maj_fault),
            (
                "container_memory_total_inactive_file_bytes",
                "Files not used of late.",
                memory.total_inactive_file,
            ),
        ]);
    }
    if let Some(oom) = &m.memory_oom_control {
        numbers.push(("container_memory_oom_total", "Processes killed for want of memory.", oom.oom_kill));
    }
    numbers
}

fn second(m: &cgroup2::Metrics) -> Vec<Number> {
    let mut numbers = Vec::new();
    if let Some(p) = &m.pids {
        numbers.extend(pids(p.current, p.limit));
    }
    if let Some(cpu) = &m.cpu {
        numbers.extend([
            ("container_cpu_usage_usec_microseconds", "Processor time.", cpu.usage_usec),
            ("container_cpu_user_usec_microseconds", "Processor time in programs.", cpu.user_usec),
            ("container_cpu_system_usec_microseconds", "Processor time in the kernel.", cpu.system_usec),
            ("container_cpu_nr_periods_total", "Periods of the limit.", cpu.nr_periods),
            ("container_cpu_nr_throttled_total", "Periods cut short.", cpu.nr_throttled),
            ("container_cpu_throttled_usec_microseconds", "Time held back.", cpu.throttled_usec),
        ]);
    }
    if let Some(memory) = &m.memory {
        numbers.extend([
            ("container_memory_usage_bytes", "Memory in use.", memory.usage),
            ("container_memory_usage_limit_bytes", "The limit of memory.", memory.usage_limit),
            ("container_memory_swap_usage_bytes", "Swap in use.", memory.swap_usage),
            ("container_memory_swap_limit_bytes", "The limit of swap.", memory.swap_limit),
            ("container_memory_anon_bytes", "Memory of programs.", memory.anon),
            ("container_memory_file_bytes", "Cached parts of files.", memory.file),
            ("container_memory_inactive_file_bytes", "Files not used of late.", memory.inactive_file),
        ]);
    }
    if let Some(events) = &m.memory_events {
        numbers.push(("container_memory_oom_total", "Processes killed for want of memory.", events.oom));
    }
    numbers
}
