//! How the kernel treats the process: scheduling, I/O priority, CPUs, memory policy, personality.
//! Names are those of config.json, which are the kernel's.

use anyhow::{Context, Result, bail};
use ocirun_init::{IoPriority, MemoryPolicy, Process, Scheduler};

use crate::syscall::{self, SchedAttr};

const POLICIES: &[(&str, u32)] = &[
    ("SCHED_OTHER", 0),
    ("SCHED_FIFO", 1),
    ("SCHED_RR", 2),
    ("SCHED_BATCH", 3),
    ("SCHED_ISO", 4),
    ("SCHED_IDLE", 5),
    ("SCHED_DEADLINE", 6),
];

const SCHEDULER_FLAGS: &[(&str, u64)] = &[
    ("SCHED_FLAG_RESET_ON_FORK", 0x01),
    ("SCHED_FLAG_RECLAIM", 0x02),
    ("SCHED_FLAG_DL_OVERRUN", 0x04),
    ("SCHED_FLAG_KEEP_POLICY", 0x08),
    ("SCHED_FLAG_KEEP_PARAMS", 0x10),
    ("SCHED_FLAG_UTIL_CLAMP_MIN", 0x20),
    ("SCHED_FLAG_UTIL_CLAMP_MAX", 0x40),
];

const IO_CLASSES: &[(&str, i32)] =
    &[("IOPRIO_CLASS_RT", 1), ("IOPRIO_CLASS_BE", 2), ("IOPRIO_CLASS_IDLE", 3)];

const MEMORY_MODES: &[(&str, i32)] = &[
    ("MPOL_DEFAULT", 0),
    ("MPOL_PREFERRED", 1),
    ("MPOL_BIND", 2),
    ("MPOL_INTERLEAVE", 3),
    ("MPOL_LOCAL", 4),
    ("MPOL_PREFERRED_MANY", 5),
    ("MPOL_WEIGHTED_INTERLEAVE", 6),
];

const MEMORY_FLAGS: &[(&str, i32)] = &[
    ("MPOL_F_NUMA_BALANCING", 1 << 13),
    ("MPOL_F_RELATIVE_NODES", 1 << 14),
    ("MPOL_F_STATIC_NODES", 1 << 15),
];

/// No machine has more; a list that says so is wrong.
const MOST_NUMBERS: usize = 1 << 16;

/// All but the CPUs, which change last.
pub fn apply(process: &Process) -> Result<()> {
    if let Some(scheduler) = &process.scheduler {
        set_scheduler(scheduler).context("set scheduler")?;
    }
    if let Some(priority) = &process.io_priority {
        let value = io_priority(priority)?;
        syscall::set_io_priority(value).with_context(|| {
            format!("set I/O priority {} {} (process.ioPriority)", priority.class, priority.priority)
        })?;
    }
    if let Some(policy) = &process.memory_policy {
        let (mode, nodes) = memory_policy(policy)?;
        syscall::set_memory_policy(mode, &nodes).with_context(|| {
            format!("set memory policy {} {} (linux.memoryPolicy)", policy.mode, policy.nodes)
        })?;
    }
    if let Some(persona) = process.personality {
        syscall::set_personality(persona).with_context(|| format!("set personality {persona:#x}"))?;
    }
    Ok(())
}

pub fn set_affinity(cpus: &str) -> Result<()> {
    let mask = parse_list(cpus)?;
    syscall::set_affinity(&mask).with_context(|| format!("set CPU affinity {cpus}"))
}

fn set_scheduler(scheduler: &Scheduler) -> Result<()> {
    let mut flags = 0;
    for flag in &scheduler.flags {
        flags |= find(SCHEDULER_FLAGS, flag)?;
    }
    syscall::set_scheduler(SchedAttr {
        policy: find(POLICIES, &scheduler.policy)?,
        flags,
        nice: scheduler.nice,
        priority: u32::try_from(scheduler.priority)?,
        runtime: scheduler.runtime,
        deadline: scheduler.deadline,
        period: scheduler.period,
        ..SchedAttr::default()
    })?;
    Ok(())
}

fn io_priority(priority: &IoPriority) -> Result<i32> {
    if !(0..8).contains(&priority.priority) {
        bail!("I/O priority {}: want 0 to 7 (process.ioPriority)", priority.priority);
    }
    Ok(find(IO_CLASSES, &priority.class)? << 13 | priority.priority)
}

fn memory_policy(policy: &MemoryPolicy) -> Result<(i32, Vec<u64>)> {
    let mut mode = find(MEMORY_MODES, &policy.mode).context("invalid memory policy")?;
    for flag in &policy.flags {
        mode |= find(MEMORY_FLAGS, flag).context("invalid memory policy")?;
    }
    let nodes = match policy.nodes.as_str() {
        "" => Vec::new(),
        nodes => parse_list(nodes).with_context(|| format!("invalid memory policy nodes {nodes:?}"))?,
    };
    let count: u32 = nodes.iter().map(|word| word.count_ones()).sum();
    match policy.mode.as_str() {
        "MPOL_DEFAULT" | "MPOL_LOCAL" if count != 0 => {
            bail!("memory policy mode requires 0 nodes but got {count}")
        }
        "MPOL_DEFAULT" | "MPOL_LOCAL" | "MPOL_PREFERRED" => {}
        _ if count == 0 => bail!("memory policy mode requires at least one node but got 0"),
        _ => {}
    }
    Ok((mode, nodes))
}

fn find<T: Copy>(names: &[(&str, T)], name: &str) -> Result<T> {
    match names.iter().find(|(known, _)| *known == name) {
        Some((_, value)) => Ok(*value),
        None => bail!("unknown name {name:?}"),
    }
}

/// `0-3,7` as bits.
fn parse_list(list: &str) -> Result<Vec<u64>> {
    let mut mask = Vec::new();
    for part in list.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let number =
            |text: &str| text.trim().parse::<usize>().with_context(|| format!("{text:?} in list {list:?}"));
        let (first, last) = (number(first)?, number(last)?);
        if first > last || last >= MOST_NUMBERS {
            bail!("{part:?} in list {list:?}: not a range");
        }
        mask.resize(mask.len().max(last / 64 + 1), 0);
        (first..=last).for_each(|bit| mask[bit / 64] |= 1 << (bit % 64));
    }
    if mask.is_empty() {
        bail!("list {list:?}: empty");
    }
    Ok(mask)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_become_bits() {
        let cases: &[(&str, Option<&[u64]>)] = &[
            ("0", Some(&[1])),
            ("0-3,7", Some(&[0x8f])),
            ("64", Some(&[0, 1])),
            ("1, 2", Some(&[6])),
            ("", None),
            ("3-1", None),
            ("x", None),
            ("0-9999999", None),
        ];
        for (list, want) in cases {
            assert_eq!(parse_list(list).ok().as_deref(), *want, "{list}");
        }
    }

    #[test]
    fn io_priorities_are_packed() {
        let priority = |class: &str, priority| IoPriority { class: class.into(), priority };
        assert_eq!(io_priority(&priority("IOPRIO_CLASS_BE", 4)).unwrap(), 2 << 13 | 4);
        assert!(io_priority(&priority("IOPRIO_CLASS_BE", 8)).is_err());
        assert!(io_priority(&priority("BE", 1)).is_err());
    }
}
