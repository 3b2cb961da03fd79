//! `ocirun list`: the containers below the root.

use std::fs;

use anyhow::{Context, Result};

use super::state::{Shown, show};
use crate::cli::{Format, Global, List};
use crate::state::{self, Dir};
use crate::{error, log, stdout};

pub fn list(global: &Global, args: &List) -> Result<i32> {
    let containers = containers(global)?;
    let text = if args.quiet {
        containers.iter().map(|c| format!("{}\n", c.id)).collect()
    } else if args.format == Format::Json && containers.is_empty() {
        // How a caller of runc knows it.
        "null\n".to_string()
    } else if args.format == Format::Json {
        serde_json::to_string(&containers).context("encode the list")? + "\n"
    } else {
        table(&containers)
    };
    stdout::print(&text)?;
    Ok(0)
}

fn containers(global: &Global) -> Result<Vec<Shown>> {
    let root = state::root(global);
    let ids = state::ids(global)?;
    let passwd = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let mut found = Vec::new();
    for id in ids {
        let dir = Dir::of(&root, &id)?;
        match dir.load().and_then(|state| Ok((dir.status(&state)?, state))) {
            Ok((status, state)) => found.push(show(state, status, user(&passwd, dir.owner()))),
            // It went away meanwhile, or is being made: one container must not hide the others.
            Err(e) if dir.exists().unwrap_or(true) => {
                log::warn(&format!("list: load container {id}: {}", error::line(&e)));
            }
            Err(_) => {}
        }
    }
    Ok(found)
}

/// The user's name in a passwd file, or the number after a #.
fn user(passwd: &str, uid: u32) -> String {
    let uid = uid.to_string();
    let line =
        passwd.lines().map(|l| l.split(':').collect::<Vec<_>>()).find(|f| f.get(2) == Some(&uid.as_str()));
    line.and_then(|f| f.first().map(|n| n.to_string())).unwrap_or(format!("#{uid}"))
}

fn table(containers: &[Shown]) -> String {
    let mut rows = vec![["ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"].map(String::from)];
    rows.extend(containers.iter().map(|c| {
        let bundle = c.bundle.display().to_string();
        [c.id.clone(), c.pid.to_string(), c.status.to_string(), bundle, c.created.clone(), c.owner.clone()]
    }));
    let width = |n: usize| rows.iter().map(|r| r[n].chars().count() + 3).max().unwrap_or(0).max(12);
    let widths: Vec<usize> = (0..5).map(width).collect();
    let mut text = String::new();
    for row in &rows {
        for (cell, width) in row.iter().zip(&widths) {
            // Not by a width of `format!`, which must be below 65536.
            text.push_str(cell);
            text.extend(std::iter::repeat_n(' ', width - cell.chars().count()));
        }
        text.push_str(&row[5]);
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_users() {
        let passwd = "root:x:0:0::/:/bin/sh\nme:x:1000:1000::/:\n";
        assert_eq!(user(passwd, 1000), "me");
        assert_eq!(user(passwd, 7), "#7");
    }

    #[test]
    fn the_header_of_an_empty_table() {
        assert_eq!(table(&[]), "ID          PID         STATUS      BUNDLE      CREATED     OWNER\n");
    }
}
