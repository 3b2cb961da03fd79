//! `ctrd stats`: what running containers take, again and again.

use std::collections::HashMap;
use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use anyhow::Result;
use serde_json::json;

use super::Session;
use super::figures::{self, Figures};
use crate::cli::{Format, List, Stats};
use crate::client::{Client, container, elsewhere, process};
use crate::error::Kind;
use crate::listing::{self, Row};

/// From one picture to the next.
const INTERVAL: Duration = Duration::from_secs(1);
/// And to the only one: the processor's figure is a difference.
const SHORT: Duration = Duration::from_millis(200);

pub async fn stats(session: &Session, args: &Stats) -> Result<i32> {
    for id in &args.containers {
        container::get(&session.client, id).await?;
        process::status(&session.client, id).await?;
    }
    let mut client = session.client.clone();
    let mut before = HashMap::new();
    take(&client, args, &mut before).await?;
    let redraws = io::stdout().is_terminal() && !args.no_stream && args.list.format == Format::Table;
    loop {
        tokio::time::sleep(if args.no_stream { SHORT } else { INTERVAL }).await;
        let rows = match take(&client, args, &mut before).await {
            Err(e)
                if e.downcast_ref::<crate::error::Error>().is_some_and(|e| e.kind == Kind::Unavailable) =>
            {
                client = session.again().await?;
                continue;
            }
            rows => rows?,
        };
        if redraws {
            // To the top, and what stood there is gone.
            io::stdout().lock().write_all(b"\x1b[H\x1b[J")?;
        }
        print(&args.list, args.all_namespaces, &rows)?;
        if args.no_stream || (!args.containers.is_empty() && rows.is_empty()) {
            return Ok(0);
        }
    }
}

fn print(list: &List, all: bool, rows: &[Row]) -> Result<()> {
    let headings = ["CONTAINER", "CPU %", "MEMORY", "LIMIT", "MEMORY %", "PIDS", "READ", "WRITTEN"];
    match all {
        true => listing::print(list, &[&["NAMESPACE"], &headings[..]].concat(), rows),
        false => listing::print(list, &headings, rows),
    }
}

/// By namespace and container: when figures were taken, and the processor time by then.
type Before = HashMap<(String, String), (i64, u64)>;

async fn take(client: &Client, args: &Stats, before: &mut Before) -> Result<Vec<Row>> {
    let namespaces = match args.all_namespaces {
        true => elsewhere::namespaces(client).await?,
        false => vec![client.namespace().to_string()],
    };
    let mut rows = Vec::new();
    for namespace in namespaces {
        for figures in figures::of(&client.in_namespace(&namespace)?, &args.containers).await? {
            let last = before.insert((namespace.clone(), figures.id.clone()), (figures.at, figures.cpu));
            let mut row = row(&figures, last);
            row.object["namespace"] = json!(namespace);
            if args.all_namespaces {
                row.cells.insert(0, namespace.clone());
            }
            rows.push(row);
        }
    }
    Ok(rows)
}

fn row(figures: &Figures, last: Option<(i64, u64)>) -> Row {
    let percent = |part: f64, whole: f64| if whole > 0.0 { part / whole * 100.0 } else { 0.0 };
    let cpu = last.map(|(at, cpu)| percent(figures.cpu.saturating_sub(cpu) as f64, (figures.at - at) as f64));
    let memory = figures.memory_limit.map(|limit| percent(figures.memory as f64, limit as f64));
    let shown = |value: Option<f64>| value.map_or("-".to_string(), |value| format!("{value:.1}"));
    let mut object = figures.all.clone();
    object["cpuPercent"] = json!(cpu);
    object["memoryPercent"] = json!(memory);
    let cells = vec![
        figures.id.clone(),
        shown(cpu),
        listing::size(figures.memory),
        figures.memory_limit.map_or("-".to_string(), listing::size),
        shown(memory),
        match figures.pids_limit {
            Some(limit) => format!("{}/{limit}", figures.pids),
            None => figures.pids.to_string(),
        },
        listing::size(figures.read),
        listing::size(figures.written),
    ];
    Row { name: figures.id.clone(), cells, object }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_differences() {
        let figures = Figures {
            id: "web".into(),
            at: 2_000_000_000,
            cpu: 1_500_000_000,
            memory: 50,
            memory_limit: Some(200),
            all: json!({}),
            ..Figures::default()
        };
        let row = row(&figures, Some((1_000_000_000, 1_000_000_000)));
        assert_eq!(row.object["cpuPercent"], 50.0);
        assert_eq!(row.cells[..5], ["web", "50.0", "50 B", "200 B", "25.0"]);
    }
}
