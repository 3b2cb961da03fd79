//! `ocirun ps`: the processes of a container, as the host counts them.

use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::cli::{Format, Global, Ps};
use crate::{state, stdout};

pub fn ps(global: &Global, args: &Ps) -> Result<i32> {
    let (_, state, _) = state::open(global, &args.id)?;
    let pids = state.cgroup.pids()?;
    let text = match args.format {
        Format::Json => serde_json::to_string(&pids).context("encode the processes")? + "\n",
        Format::Table => table(&args.options, &pids)?,
    };
    stdout::print(&text)?;
    Ok(0)
}

/// The lines of ps(1) that speak of these processes.
fn table(options: &[String], pids: &[i32]) -> Result<String> {
    let mut command = Command::new("ps");
    if options.is_empty() {
        command.arg("-ef");
    } else {
        command.args(options);
    }
    let out = command.output().context("exec ps")?;
    let errors = String::from_utf8_lossy(&out.stderr).trim().to_string();
    ensure!(out.status.success(), "ps: {errors}");
    filter(&String::from_utf8_lossy(&out.stdout), pids)
}

fn filter(listing: &str, pids: &[i32]) -> Result<String> {
    let mut lines = listing.lines();
    let header = lines.next().unwrap_or_default();
    let column = header.split_whitespace().position(|word| word == "PID");
    let column = column.context("couldn't find PID field in ps output")?;
    let ours = lines.filter(|line| {
        let pid = line.split_whitespace().nth(column).and_then(|p| p.parse().ok());
        pid.is_some_and(|pid| pids.contains(&pid))
    });
    Ok(std::iter::once(header).chain(ours).map(|line| format!("{line}\n")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_containers_lines() {
        let listing = "UID  PID CMD\nroot  1 init\nroot 12 sh\nroot 121 x 12\n";
        assert_eq!(filter(listing, &[12]).unwrap(), "UID  PID CMD\nroot 12 sh\n");
        assert!(filter("A B\n", &[]).is_err());
    }
}
