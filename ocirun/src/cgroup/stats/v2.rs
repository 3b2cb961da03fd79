//! The counters of cgroup v2, put into the places that those of v1 have.

use anyhow::Result;

use super::super::dir::Dir;
use super::{Amount, Hugetlb, Io, Pressure, Psi, Stats, misc, number, page_sizes, pairs, rdma, single};

pub fn all(dir: &Dir, stats: &mut Stats) -> Result<()> {
    cpu(dir, stats);
    memory(dir, stats);
    stats.pids.current = single(dir, "pids.current").unwrap_or(0);
    stats.pids.limit = single(dir, "pids.max").filter(|n| *n != u64::MAX).unwrap_or(0);
    io(dir, stats);
    beside(dir, stats)
}

/// What can be on v2 while the other controllers are on v1, and what every cgroup of v2 has.
pub fn beside(dir: &Dir, stats: &mut Stats) -> Result<()> {
    hugetlb(dir, stats)?;
    stats.rdma = rdma(dir);
    stats.misc = misc(dir);
    stats.cpu.psi = pressure(dir, "cpu.pressure");
    stats.memory.psi = pressure(dir, "memory.pressure");
    stats.blkio.psi = pressure(dir, "io.pressure");
    Ok(())
}

fn cpu(dir: &Dir, stats: &mut Stats) {
    let text = dir.try_read("cpu.stat").unwrap_or_default();
    // Microseconds here.
    let of = |key| number(&text, key).unwrap_or(0);
    stats.cpu.usage.total = of("usage_usec") * 1000;
    stats.cpu.usage.user = of("user_usec") * 1000;
    stats.cpu.usage.kernel = of("system_usec") * 1000;
    stats.cpu.throttling.periods = of("nr_periods");
    stats.cpu.throttling.throttled_periods = of("nr_throttled");
    stats.cpu.throttling.throttled_time = of("throttled_usec") * 1000;
}

fn memory(dir: &Dir, stats: &mut Stats) {
    let memory = &mut stats.memory;
    memory.raw = pairs(&dir.try_read("memory.stat").unwrap_or_default());
    memory.cache = memory.raw.get("file").copied().unwrap_or(0);
    let of = |name: &str| single(dir, name).unwrap_or(0);
    let events = dir.try_read("memory.events").unwrap_or_default();
    memory.usage = Amount {
        limit: of("memory.max"),
        usage: of("memory.current"),
        max: of("memory.peak"),
        failcnt: number(&events, "max").unwrap_or(0),
    };
    // v1 counts memory and swap in one, v2 swap alone.
    let swap_max = of("memory.swap.max");
    memory.swap = Amount {
        limit: match swap_max {
            u64::MAX => u64::MAX,
            n => memory.usage.limit.saturating_add(n),
        },
        usage: memory.usage.usage + of("memory.swap.current"),
        max: 0,
        failcnt: 0,
    };
}

fn io(dir: &Dir, stats: &mut Stats) {
    let text = dir.try_read("io.stat").unwrap_or_default();
    for line in text.lines() {
        let mut words = line.split_whitespace();
        let Some((major, minor)) = words.next().and_then(|w| w.split_once(':')) else {
            continue;
        };
        let (Ok(major), Ok(minor)) = (major.parse(), minor.parse()) else {
            continue;
        };
        for word in words {
            let Some((key, value)) = word.split_once('=') else {
                continue;
            };
            let blkio = &mut stats.blkio;
            let (list, op) = match key {
                "rbytes" => (&mut blkio.io_service_bytes_recursive, "Read"),
                "wbytes" => (&mut blkio.io_service_bytes_recursive, "Write"),
                "dbytes" => (&mut blkio.io_service_bytes_recursive, "Discard"),
                "rios" => (&mut blkio.io_serviced_recursive, "Read"),
                "wios" => (&mut blkio.io_serviced_recursive, "Write"),
                "dios" => (&mut blkio.io_serviced_recursive, "Discard"),
                _ => continue,
            };
            let value = value.parse().unwrap_or(0);
            list.push(Io { major, minor, op: op.to_owned(), value });
        }
    }
}

fn hugetlb(dir: &Dir, stats: &mut Stats) -> Result<()> {
    for size in page_sizes() {
        let usage = single(dir, &format!("hugetlb.{size}.rsvd.current"));
        let Some(usage) = usage.or_else(|| single(dir, &format!("hugetlb.{size}.current"))) else {
            continue;
        };
        let events = dir.try_read(&format!("hugetlb.{size}.events")).unwrap_or_default();
        let failcnt = number(&events, "max").unwrap_or(0);
        stats.hugetlb.insert(size, Hugetlb { usage, max: 0, failcnt });
    }
    Ok(())
}

/// Not there, or refused when read, where the kernel does not count it.
fn pressure(dir: &Dir, file: &str) -> Option<Psi> {
    let text = dir.try_read(file).ok()?;
    let mut psi = Psi::default();
    for line in text.lines() {
        let mut words = line.split(' ');
        let place = match words.next() {
            Some("some") => &mut psi.some,
            Some("full") => &mut psi.full,
            _ => continue,
        };
        *place = pressure_line(words)?;
    }
    Some(psi)
}

fn pressure_line<'a>(words: impl Iterator<Item = &'a str>) -> Option<Pressure> {
    let mut pressure = Pressure::default();
    for word in words {
        match word.split_once('=')? {
            ("avg10", n) => pressure.avg10 = n.parse().ok()?,
            ("avg60", n) => pressure.avg60 = n.parse().ok()?,
            ("avg300", n) => pressure.avg300 = n.parse().ok()?,
            ("total", n) => pressure.total = n.parse().ok()?,
            _ => {}
        }
    }
    Some(pressure)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pressure_line() {
        let words = "avg10=1.50 avg60=0.00 avg300=0.25 total=12".split(' ');
        let wanted = Pressure { avg10: 1.5, avg60: 0.0, avg300: 0.25, total: 12 };
        assert_eq!(pressure_line(words), Some(wanted));
    }
}
