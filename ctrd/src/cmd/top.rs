//! `ctrd top`: the processes of a container, with what they take.

use anyhow::Result;
use serde_json::json;

use super::Session;
use super::processes;
use crate::api::tasks::ListPidsRequest;
use crate::cli::Top;
use crate::client::{process, take};
use crate::error::Kind;
use crate::listing::{self, Row};

pub async fn top(session: &Session, args: &Top) -> Result<i32> {
    let request = ListPidsRequest { container_id: args.container.clone() };
    let found = match take(session.client.tasks().list_pids(request).await) {
        Ok(reply) => reply.processes,
        Err(e) if e.kind == Kind::NotFound => {
            return Err(process::no_task(&session.client, &args.container).await.into());
        }
        Err(e) => return Err(e.into()),
    };
    let rows: Vec<Row> = found.iter().filter_map(|info| processes::look(info.pid)).map(row).collect();
    listing::print(&args.list, &["UID", "PID", "PPID", "THREADS", "RSS", "TIME", "COMMAND"], &rows)?;
    Ok(0)
}

fn row(p: processes::Process) -> Row {
    let seconds = p.time / 100;
    let time = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    let object = json!({
        "pid": p.pid, "ppid": p.parent, "uid": p.uid, "threads": p.threads, "rss": p.resident,
        "timeMs": p.time * 10, "command": p.command,
    });
    let cells = vec![
        p.uid.to_string(),
        p.pid.to_string(),
        p.parent.to_string(),
        p.threads.to_string(),
        listing::size(p.resident),
        time,
        p.command,
    ];
    Row { name: p.pid.to_string(), cells, object }
}
