//! A profile as tables: for each architecture, what is to be done about each range of numbers; pure.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use oci_spec::runtime::{
    Arch, LinuxSeccomp, LinuxSeccompAction, LinuxSeccompArg, LinuxSeccompOperator, LinuxSyscall,
};

use super::action;
use super::name::{Machine, X32_BIT};

/// SECCOMP_RET_KILL_THREAD, for callers of an architecture that the profile does not name.
pub const KILL: u32 = 0;

const ENOSYS: u32 = 0x0005_0000 | libc::ENOSYS as u32;

/// All numbers of one value of `seccomp_data.arch`: consecutive ranges, the first from 0 on.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    pub audit: u32,
    pub ranges: Vec<Range>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Range {
    /// The range goes to the number before the next one's first.
    pub first: u32,
    /// Tried in order.
    pub rules: Vec<Rule>,
    /// What holds when no rule does.
    pub action: u32,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// All must hold; never empty.
    pub conditions: Vec<Condition>,
    pub action: u32,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Condition {
    pub index: u32,
    pub operator: LinuxSeccompOperator,
    pub mask: u64,
    pub value: u64,
    /// The argument has 64 bits.
    pub wide: bool,
}

/// What is to be done about one number.
#[derive(Default)]
struct Entry {
    always: Option<u32>,
    rules: Vec<Rule>,
}

pub fn tables(profile: &LinuxSeccomp) -> Result<Vec<Table>> {
    let default =
        action(profile.default_action(), profile.default_errno_ret()).context("seccomp default action")?;
    let native = Machine::new(Arch::ScmpArchNative);
    // The native architecture is always in it: the container's own programs are of it.
    let mut machines = vec![native];
    for arch in profile.architectures().iter().flatten() {
        let machine = Machine::new(*arch);
        if !machines.contains(&machine) {
            ensure!(machine.known(), "seccomp architecture {arch}: its system calls are not known");
            machines.push(machine);
        }
    }
    let mut tables: Vec<Table> = Vec::new();
    for machine in &machines {
        let ranges = ranges(profile, machine, default)?;
        match tables.iter_mut().find(|t| t.audit == machine.audit) {
            Some(table) => overlay(table, ranges, machine),
            None => tables.push(Table { audit: machine.audit, ranges }),
        }
    }
    // Numbers of x32 where x32 is not named: of another architecture, unless newer calls are
    // answered with ENOSYS anyhow, and then these are too. The number -1 is a tracer's way to
    // skip a call.
    if native.arch == Arch::ScmpArchX86_64 && !machines.iter().any(|m| m.arch == Arch::ScmpArchX32) {
        let table = &mut tables[0];
        if table.ranges.last().is_some_and(|r| r.action == default && r.rules.is_empty())
            && enosys(profile).is_none()
        {
            table.ranges.push(plain(X32_BIT, KILL));
            table.ranges.push(plain(u32::MAX, default));
        }
    }
    Ok(tables)
}

/// x86_64 and x32 share a value of `arch` and divide the numbers.
fn overlay(table: &mut Table, mut ranges: Vec<Range>, machine: &Machine) {
    let (low, high) = if machine.arch == Arch::ScmpArchX32 {
        (&mut table.ranges, &mut ranges)
    } else {
        (&mut ranges, &mut table.ranges)
    };
    low.retain(|r| r.first < X32_BIT);
    // The range that the border lies in begins there.
    let cut = high.iter().rposition(|r| r.first <= X32_BIT).unwrap_or(0);
    high.drain(..cut);
    if let Some(first) = high.first_mut() {
        first.first = X32_BIT;
    }
    low.append(high);
    let whole = std::mem::take(low);
    table.ranges = merge(whole);
}

fn ranges(profile: &LinuxSeccomp, machine: &Machine, default: u32) -> Result<Vec<Range>> {
    let mut entries: BTreeMap<u32, Entry> = BTreeMap::new();
    let mut newest = None;
    for (i, call) in profile.syscalls().iter().flatten().enumerate() {
        let action =
            action(call.action(), call.errno_ret()).with_context(|| format!("seccomp syscalls[{i}]"))?;
        let rules = conditions(call, machine).with_context(|| format!("seccomp syscalls[{i}]"))?;
        for name in call.names() {
            let number = machine.number(name);
            if let Some(n) = number {
                newest = newest.max(Some(n));
            }
            // What does the same as no rule is none, so that it hides no other rule either.
            if action == default {
                continue;
            }
            if let Some(n) = number {
                entries.entry(n).or_default().add(&rules, action);
            }
            if let Some((n, which)) = machine.multiplexed(name) {
                newest = newest.max(Some(n));
                entries.entry(n).or_default().add(&through(&rules, which), action);
            }
        }
    }
    let mut ranges = vec![plain(0, default)];
    for (number, entry) in entries {
        ranges.push(match entry.always {
            Some(action) => plain(number, action),
            None => Range { first: number, rules: entry.rules, action: default },
        });
        if let Some(next) = number.checked_add(1) {
            ranges.push(plain(next, default));
        }
    }
    if let (Some(answer), Some(next)) = (enosys(profile), newest.and_then(|n| n.checked_add(1))) {
        ranges.retain(|r| r.first < next);
        ranges.push(plain(next, answer));
    }
    Ok(merge(ranges))
}

/// Calls newer than any that the profile names were not weighed by its author: ENOSYS makes
/// programs fall back to older ones, where EPERM or death would break them. Not so where the
/// profile lets pass what it does not name, or where it chose ENOSYS itself.
fn enosys(profile: &LinuxSeccomp) -> Option<u32> {
    use LinuxSeccompAction::*;
    let open = matches!(profile.default_action(), ScmpActAllow | ScmpActLog | ScmpActTrace);
    let chosen = profile.default_errno_ret() == Some(libc::ENOSYS as u32);
    (!open && !chosen).then_some(ENOSYS)
}

fn plain(first: u32, action: u32) -> Range {
    Range { first, rules: Vec::new(), action }
}

/// One range for neighbours that do the same. Of two with the same start the second counts.
fn merge(ranges: Vec<Range>) -> Vec<Range> {
    let mut merged: Vec<Range> = Vec::with_capacity(ranges.len());
    for range in ranges {
        if merged.last().is_some_and(|last| last.first == range.first) {
            merged.pop();
        }
        match merged.last() {
            Some(last) if last.rules == range.rules && last.action == range.action => {}
            _ => merged.push(range),
        }
    }
    merged
}

impl Entry {
    /// A rule without conditions stands above those with, and the first of them above the others.
    fn add(&mut self, rules: &[Vec<Condition>], action: u32) {
        for conditions in rules {
            if conditions.is_empty() {
                self.always = self.always.or(Some(action));
            } else {
                self.rules.push(Rule { conditions: conditions.clone(), action });
            }
        }
    }
}

/// The conditions of a rule; all of them together, or, when an argument occurs twice, each alone:
/// that is how such profiles have been read from early on, and they mean it so.
fn conditions(call: &LinuxSyscall, machine: &Machine) -> Result<Vec<Vec<Condition>>> {
    let args = call.args().as_deref().unwrap_or_default();
    let mut list = Vec::with_capacity(args.len());
    for arg in args {
        list.push(condition(arg, machine)?);
    }
    let twice = args.iter().enumerate().any(|(i, a)| args[..i].iter().any(|b| b.index() == a.index()));
    Ok(if twice { list.into_iter().map(|c| vec![c]).collect() } else { vec![list] })
}

fn condition(arg: &LinuxSeccompArg, machine: &Machine) -> Result<Condition> {
    ensure!(arg.index() < 6, "argument {} does not exist", arg.index());
    let (mask, value) = match arg.op() {
        LinuxSeccompOperator::ScmpCmpMaskedEq => (arg.value(), arg.value_two().unwrap_or(0)),
        _ => (u64::MAX, arg.value()),
    };
    Ok(Condition {
        index: arg.index() as u32,
        operator: arg.op(),
        mask,
        value: value & mask,
        wide: machine.wide,
    })
}

/// The rule for the multiplexing call: which one it is, beside what was asked for. The arguments
/// themselves lie in memory there and cannot be looked at.
fn through(rules: &[Vec<Condition>], which: u32) -> Vec<Vec<Condition>> {
    let this = Condition {
        index: 0,
        operator: LinuxSeccompOperator::ScmpCmpEq,
        mask: u64::MAX,
        value: which.into(),
        wide: false,
    };
    let unconditional = rules.iter().any(Vec::is_empty);
    if unconditional { vec![vec![this]] } else { Vec::new() }
}
