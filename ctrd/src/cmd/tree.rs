//! `ctrd tree`: from the shim of each container down to the last process of its program.

use std::collections::BTreeMap;

use anyhow::Result;
use serde_json::json;

use super::Session;
use super::processes::{self, Process};
use crate::cli::{Format, Tree};
use crate::client::{container, elsewhere, process};
use crate::error::Kind;
use crate::listing;

pub async fn tree(session: &Session, args: &Tree) -> Result<i32> {
    let namespaces = match args.all_namespaces {
        true => elsewhere::namespaces(&session.client).await?,
        false => vec![session.client.namespace().to_string()],
    };
    for id in &args.containers {
        let here = container::get(&session.client, id).await.map(drop);
        // With all namespaces, wherever it is.
        if let Err(e) = here
            && !(args.all_namespaces && e.kind == Kind::NotFound)
        {
            return Err(e.into());
        }
    }
    let mut first = true;
    for namespace in namespaces {
        let mut tasks = process::list(&session.client.in_namespace(&namespace)?).await?;
        tasks.retain(|task| {
            task.pid != 0 && (args.containers.is_empty() || args.containers.contains(&task.id))
        });
        if tasks.is_empty() {
            continue;
        }
        let all = processes::all();
        for task in tasks {
            let below = below(&all, top(&all, task.pid));
            match args.format {
                Format::Json => {
                    for p in &below {
                        let object = json!({
                            "namespace": namespace, "container": task.id, "pid": p.pid, "ppid": p.parent,
                            "uid": p.uid, "command": p.command,
                        });
                        listing::line(&object.to_string())?;
                    }
                }
                Format::Table => {
                    if !std::mem::take(&mut first) {
                        listing::line("")?;
                    }
                    listing::line(&format!("{} ({namespace}, {})", task.id, process::word(task.status())))?;
                    for line in drawn(&below) {
                        listing::line(&line)?;
                    }
                }
            }
        }
    }
    Ok(0)
}

/// The shim of a task, if it can be seen: the parent of its first process. Its parent in turn is the
/// machine's, or some other reaper.
fn top(all: &[Process], pid: u32) -> u32 {
    let find = |pid: u32| all.iter().find(|process| process.pid == pid);
    let parent = find(pid).and_then(|process| find(process.parent));
    let shim = parent.filter(|parent| {
        let program = parent.command.split(' ').next().unwrap_or_default();
        program.rsplit('/').next().is_some_and(|name| name.contains("shim"))
    });
    shim.map_or(pid, |shim| shim.pid)
}

/// A process and all below it, in the order of a walk.
fn below(all: &[Process], top: u32) -> Vec<Process> {
    let mut children: BTreeMap<u32, Vec<&Process>> = BTreeMap::new();
    for process in all {
        children.entry(process.parent).or_default().push(process);
    }
    let mut found = Vec::new();
    let mut stack: Vec<&Process> = all.iter().filter(|process| process.pid == top).collect();
    while let Some(process) = stack.pop() {
        // Read one after the other, they may name each other.
        if found.iter().any(|known: &Process| known.pid == process.pid) {
            continue;
        }
        found.push(process.clone());
        let mut next = children.get(&process.pid).cloned().unwrap_or_default();
        next.sort_by_key(|process| std::cmp::Reverse(process.pid));
        stack.extend(next);
    }
    found
}

fn drawn(processes: &[Process]) -> Vec<String> {
    let name = |process: &Process| format!("{} {}", process.pid, process.command);
    let parent = |process: &Process| processes.iter().find(|p| p.pid == process.parent).map(name);
    let pairs: Vec<(String, String)> =
        processes.iter().map(|process| (name(process), parent(process).unwrap_or_default())).collect();
    listing::tree(&pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn process(pid: u32, parent: u32, command: &str) -> Process {
        Process { pid, parent, uid: 0, threads: 1, resident: 0, time: 0, command: command.into() }
    }

    #[test]
    fn from_the_shim_down() {
        let all = [
            process(1, 0, "init"),
            process(9, 1, "/usr/bin/ctrd-shim -namespace default -id web"),
            process(12, 9, "sleep 1"),
            process(10, 9, "sh"),
            process(11, 10, "sleep 2"),
            process(20, 1, "other"),
        ];
        assert_eq!(top(&all, 10), 9);
        assert_eq!(top(&all, 20), 20, "its parent is no shim");
        assert_eq!(top(&all, 99), 99);
        let pids: Vec<u32> = below(&all, 9).iter().map(|p| p.pid).collect();
        assert_eq!(pids, [9, 10, 11, 12]);
        assert_eq!(drawn(&below(&all, 10)), ["10 sh", "└─ 11 sleep 2"]);
        let circle = [process(1, 2, "a"), process(2, 1, "b")];
        assert_eq!(below(&circle, 1).len(), 2);
    }
}
