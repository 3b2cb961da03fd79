//! What the kernel counts for tasks, from either version of control groups in the same terms.

use ctrd_shim::any;
use ctrd_shim::api::{cgroup1, cgroup2};
use prost_types::Any;
use serde_json::{Value, json};

use crate::api::tasks::MetricsRequest;
use crate::api::types::Metric;
use crate::client::{Client, take};
use crate::error::{Error, Result};
use crate::{listing, timestamp};

/// Figures of one task.
#[derive(Debug, Default)]
pub struct Figures {
    pub id: String,
    /// When they were taken: nanoseconds since 1970 UTC.
    pub at: i64,
    /// Processor time so far, in nanoseconds.
    pub cpu: u64,
    /// Bytes in use, without what the kernel gives up at once when somebody needs it.
    pub memory: u64,
    /// Bytes; none where there is no limit.
    pub memory_limit: Option<u64>,
    pub pids: u64,
    pub pids_limit: Option<u64>,
    /// Bytes from and to block devices so far.
    pub read: u64,
    pub written: u64,
    /// All of it, for programs.
    pub all: Value,
}

/// The figures of these tasks, or of all; one that has ended meanwhile is left out.
pub async fn of(client: &Client, ids: &[String]) -> Result<Vec<Figures>> {
    let filters = ids.iter().map(|id| format!("id==\"{id}\"")).collect();
    let metrics = take(client.tasks().metrics(MetricsRequest { filters }).await)?.metrics;
    metrics.into_iter().map(read).collect()
}

fn read(metric: Metric) -> Result<Figures> {
    let at = metric.timestamp.as_ref().map_or_else(crate::clock::now, timestamp::from_proto);
    let data = metric.data.unwrap_or_default();
    let mut figures = decode(&data).map_err(|e| e.context(format!("figures of {}", metric.id)))?;
    figures.all["id"] = json!(metric.id);
    figures.all["timestamp"] = listing::time_json(metric.timestamp.as_ref());
    Ok(Figures { id: metric.id, at, ..figures })
}

/// What the kernel counts, for programs.
pub fn object(metric: Metric) -> Result<Value> {
    Ok(read(metric)?.all)
}

fn decode(data: &Any) -> Result<Figures> {
    let fault = |e: prost::DecodeError| Error::invalid(e.to_string());
    if let Some(metrics) = any::unpack::<cgroup1::Metrics>(data) {
        return Ok(first(&metrics.map_err(fault)?));
    }
    match any::unpack::<cgroup2::Metrics>(data) {
        Some(metrics) => Ok(second(&metrics.map_err(fault)?)),
        None => Err(Error::invalid(format!("unknown type {:?}", data.type_url))),
    }
}

/// Both versions say that there is no limit by a number that no machine has.
fn limit(value: u64) -> Option<u64> {
    (value > 0 && value < 1 << 60).then_some(value)
}

fn first(m: &cgroup1::Metrics) -> Figures {
    let memory = m.memory.unwrap_or_default();
    let usage = memory.usage.unwrap_or_default();
    let cpu = m.cpu.clone().unwrap_or_default();
    let times = cpu.usage.clone().unwrap_or_default();
    let throttling = cpu.throttling.unwrap_or_default();
    let pids = m.pids.unwrap_or_default();
    let bytes = m.blkio.clone().unwrap_or_default().io_service_bytes_recursive;
    let moved = |op: &str| {
        bytes.iter().filter(|entry| entry.op.eq_ignore_ascii_case(op)).map(|entry| entry.value).sum::<u64>()
    };
    let (read, written) = (moved("read"), moved("write"));
    let ooms = m.memory_oom_control.as_ref().map_or(0, |oom| oom.oom_kill);
    let figures = Figures {
        cpu: times.total,
        memory: usage.usage.saturating_sub(memory.total_inactive_file),
        memory_limit: limit(usage.limit),
        pids: pids.current,
        pids_limit: limit(pids.limit),
        read,
        written,
        ..Figures::default()
    };
    let all = json!({
        "cpu": {"usage": times.total, "user": times.user, "system": times.kernel, "periods": throttling.periods,
            "throttledPeriods": throttling.throttled_periods, "throttledTime": throttling.throttled_time},
        "memory": {"used": figures.memory, "usage": usage.usage, "limit": figures.memory_limit, "peak": usage.max,
            "failures": usage.failcnt, "inactiveFile": memory.total_inactive_file, "oomKills": ooms},
        "pids": {"current": pids.current, "limit": figures.pids_limit},
        "io": {"read": read, "written": written},
        "cgroup": 1,
    });
    Figures { all, ..figures }
}

fn second(m: &cgroup2::Metrics) -> Figures {
    let memory = m.memory.unwrap_or_default();
    let cpu = m.cpu.unwrap_or_default();
    let pids = m.pids.unwrap_or_default();
    let events = m.memory_events.unwrap_or_default();
    let devices = m.io.clone().unwrap_or_default().usage;
    let read = devices.iter().map(|device| device.rbytes).sum();
    let written = devices.iter().map(|device| device.wbytes).sum();
    let figures = Figures {
        cpu: cpu.usage_usec * 1000,
        memory: memory.usage.saturating_sub(memory.inactive_file),
        memory_limit: limit(memory.usage_limit),
        pids: pids.current,
        pids_limit: limit(pids.limit),
        read,
        written,
        ..Figures::default()
    };
    let all = json!({
        "cpu": {"usage": cpu.usage_usec * 1000, "user": cpu.user_usec * 1000, "system": cpu.system_usec * 1000,
            "periods": cpu.nr_periods, "throttledPeriods": cpu.nr_throttled, "throttledTime": cpu.throttled_usec * 1000},
        "memory": {"used": figures.memory, "usage": memory.usage, "limit": figures.memory_limit,
            "peak": memory.max_usage, "failures": events.max, "inactiveFile": memory.inactive_file,
            "oomKills": events.oom_kill},
        "pids": {"current": pids.current, "limit": figures.pids_limit},
        "io": {"read": read, "written": written},
        "cgroup": 2,
    });
    Figures { all, ..figures }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_versions_are_told_alike() {
        let old = cgroup1::Metrics {
            memory: Some(cgroup1::MemoryStat {
                total_inactive_file: 10,
                usage: Some(cgroup1::MemoryEntry { usage: 30, limit: i64::MAX as u64, ..Default::default() }),
                ..Default::default()
            }),
            pids: Some(cgroup1::PidsStat { current: 2, limit: 5 }),
            ..Default::default()
        };
        let new = cgroup2::Metrics {
            memory: Some(cgroup2::MemoryStat {
                usage: 30,
                inactive_file: 10,
                usage_limit: u64::MAX,
                ..Default::default()
            }),
            pids: Some(cgroup2::PidsStat { current: 2, limit: 5 }),
            ..Default::default()
        };
        for data in [any::pack(&old), any::pack(&new)] {
            let figures = decode(&data).unwrap();
            assert_eq!((figures.memory, figures.memory_limit), (20, None), "{}", data.type_url);
            assert_eq!((figures.pids, figures.pids_limit), (2, Some(5)));
        }
        let other = Any { type_url: "x".into(), value: Vec::new() };
        assert_eq!(decode(&other).unwrap_err().message, "unknown type \"x\"");
    }
}
