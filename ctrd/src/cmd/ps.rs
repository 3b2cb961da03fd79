//! `ctrd ps`: containers and what runs in them, side by side.

use std::collections::HashMap;

use anyhow::Result;
use serde_json::json;

use super::Session;
use super::container::{brief, image};
use crate::api::task::{Process, Status};
use crate::cli::List;
use crate::client::{container, process};
use crate::listing::{self, Row};

pub async fn ps(session: &Session, list: &List) -> Result<i32> {
    let tasks = process::list(&session.client).await?;
    let tasks: HashMap<String, Process> = tasks.into_iter().map(|task| (task.id.clone(), task)).collect();
    let mut rows = Vec::new();
    for container in container::list(&session.client).await? {
        let task = tasks.get(&container.id);
        let state = task.map_or("-".to_string(), |task| match task.status() {
            Status::Stopped => format!("stopped ({})", task.exit_status),
            status => process::word(status).to_string(),
        });
        let pid = task.map(|task| task.pid).filter(|pid| *pid != 0);
        let mut object = brief(&container);
        object["status"] = json!(task.map(|task| process::word(task.status())));
        object["pid"] = json!(pid);
        let cells = vec![
            container.id.clone(),
            image(&container),
            state,
            pid.map_or("-".to_string(), |pid| pid.to_string()),
            listing::time(container.created_at.as_ref()),
        ];
        rows.push(Row { name: container.id, cells, object });
    }
    listing::print(list, &["CONTAINER", "IMAGE", "STATUS", "PID", "CREATED"], &rows)?;
    Ok(0)
}
