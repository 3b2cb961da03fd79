//! `ctrd ps`: containers and what runs in them, side by side.

use std::collections::HashMap;

use anyhow::Result;
use serde_json::json;

use super::container::{brief, image};
use super::{Session, policy};
use crate::api::task::{Process, Status};
use crate::cli::ListAll;
use crate::client::{Client, container, process};
use crate::listing::{self, Row};

pub async fn ps(session: &Session, list: &ListAll) -> Result<i32> {
    session.list(list, &["CONTAINER", "IMAGE", "STATUS", "PID", "CREATED"], rows).await
}

async fn rows(client: &Client) -> Result<Vec<Row>> {
    let tasks = process::list(client).await?;
    let tasks: HashMap<String, Process> = tasks.into_iter().map(|task| (task.id.clone(), task)).collect();
    let mut rows = Vec::new();
    for container in container::list(client).await? {
        let task = tasks.get(&container.id);
        let state = task.map_or("-".to_string(), |task| match task.status() {
            Status::Stopped => format!("stopped ({})", task.exit_status),
            status => process::word(status).to_string(),
        });
        let state = match policy::count(&container) {
            0 => state,
            n => format!("{state}, restarted {n}x"),
        };
        let pid = task.map(|task| task.pid).filter(|pid| *pid != 0);
        let mut object = brief(&container);
        object["status"] = json!(task.map(|task| process::word(task.status())));
        object["pid"] = json!(pid);
        if let Some(task) = task.filter(|task| task.status() == Status::Stopped) {
            object["exitStatus"] = json!(task.exit_status);
            object["exitedAt"] = listing::time_json(task.exited_at.as_ref());
        }
        let cells = vec![
            container.id.clone(),
            image(&container),
            state,
            pid.map_or("-".to_string(), |pid| pid.to_string()),
            listing::time(container.created_at.as_ref()),
        ];
        rows.push(Row { name: container.id, cells, object });
    }
    Ok(rows)
}
