//! What the kernel tells of this process.

use std::fs;

use super::text::{Kind, Text};

/// So many ticks of the kernel's clock, as it tells them, are a second.
const TICKS: f64 = 100.0;

/// Figures of one moment; those that cannot be read are 0.
#[derive(Debug, Clone, Copy, Default)]
pub struct Process {
    /// Processor time, in seconds.
    pub cpu: f64,
    /// When it began, in seconds since 1970.
    pub began: f64,
    /// Bytes.
    pub virtual_size: u64,
    pub resident: u64,
    pub most_resident: u64,
    pub threads: u64,
    pub descriptors: u64,
    pub most_descriptors: u64,
}

impl Process {
    pub fn now() -> Process {
        let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
        let stat = read("/proc/self/stat");
        // The name, in brackets, may hold anything; the third field comes after it.
        let fields: Vec<u64> = stat
            .rsplit(')')
            .next()
            .unwrap_or_default()
            .split_whitespace()
            .map(|field| field.parse().unwrap_or_default())
            .collect();
        let field = |number: usize| fields.get(number - 3).copied().unwrap_or_default();
        let boot = read("/proc/stat")
            .lines()
            .find_map(|line| line.strip_prefix("btime ")?.trim().parse::<f64>().ok())
            .unwrap_or_default();
        let status = read("/proc/self/status");
        let bytes = |name: &str| {
            let kilobytes = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
            kilobytes.and_then(|text| text.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or(0)
                << 10
        };
        let limit = nix::sys::resource::getrlimit(nix::sys::resource::Resource::RLIMIT_NOFILE);
        Process {
            cpu: (field(14) + field(15)) as f64 / TICKS,
            began: boot + field(22) as f64 / TICKS,
            virtual_size: bytes("VmSize"),
            resident: bytes("VmRSS"),
            most_resident: bytes("VmHWM"),
            threads: field(20),
            descriptors: fs::read_dir("/proc/self/fd").map_or(0, |dir| dir.count() as u64),
            most_descriptors: limit.map_or(0, |(soft, _)| soft),
        }
    }

    pub fn write(&self, text: &mut Text) {
        for (name, help, kind, value) in [
            ("process_cpu_seconds_total", "Processor time, in seconds.", Kind::Counter, self.cpu),
            (
                "process_max_fds",
                "How many descriptors may be open.",
                Kind::Gauge,
                self.most_descriptors as f64,
            ),
            ("process_open_fds", "How many descriptors are open.", Kind::Gauge, self.descriptors as f64),
            ("process_resident_memory_bytes", "Resident memory.", Kind::Gauge, self.resident as f64),
            ("process_start_time_seconds", "When it began, since 1970.", Kind::Gauge, self.began),
            ("process_virtual_memory_bytes", "Virtual memory.", Kind::Gauge, self.virtual_size as f64),
        ] {
            text.family(name, help, kind);
            text.value(&[], value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_is_there() {
        let process = Process::now();
        assert!(process.resident > 100 << 10 && process.most_resident >= process.resident / 2, "{process:?}");
        assert!(process.virtual_size >= process.resident && process.threads > 0, "{process:?}");
        assert!(process.began > 1e9 && process.descriptors > 2, "{process:?}");
    }
}
