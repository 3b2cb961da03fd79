//! `ctrd lease`.

use anyhow::Result;
use serde_json::json;

use super::{Session, duration, each, pairs, settings};
use crate::api::leases::{
    AddResourceRequest, CreateRequest, DeleteRequest, DeleteResourceRequest, ListRequest,
    ListResourcesRequest, Resource,
};
use crate::cli::LeaseCommand;
use crate::client::{Client, take};
use crate::clock;
use crate::listing::{self, Row};

/// The label by which the garbage collector lets go of a lease.
const EXPIRE: &str = "containerd.io/gc.expire";

pub async fn command(session: &Session, command: LeaseCommand) -> Result<i32> {
    let client = &session.client;
    match command {
        LeaseCommand::Ls(list) => session.list(&list, &["LEASE", "CREATED", "LABELS"], rows).await,
        LeaseCommand::Create { id, expires, label } => {
            let mut labels = pairs(&label)?;
            let lasts = duration(&expires)?;
            if !lasts.is_zero() {
                let at = clock::now().saturating_add(i64::try_from(lasts.as_nanos()).unwrap_or(i64::MAX));
                labels.insert(EXPIRE.to_string(), clock::rfc3339(at));
            }
            let id = match id {
                Some(id) => id,
                None => format!("{}-{}", clock::now(), settings::made_up_id()?),
            };
            let made = take(client.leases().create(CreateRequest { id, labels }).await)?.lease;
            listing::line(&made.unwrap_or_default().id)?;
            Ok(0)
        }
        LeaseCommand::Rm { sync, ids } => {
            let act =
                async |id: String| take(client.leases().delete(DeleteRequest { id, sync }).await).map(drop);
            each("lease rm", &ids, act).await
        }
        LeaseCommand::Resources { id, list } => {
            let found = take(client.leases().list_resources(ListResourcesRequest { id }).await)?.resources;
            let row = |resource: Resource| Row {
                name: resource.id.clone(),
                object: json!({"type": resource.r#type, "id": resource.id}),
                cells: vec![resource.r#type, resource.id],
            };
            let rows: Vec<Row> = found.into_iter().map(row).collect();
            listing::print(&list, &["TYPE", "ID"], &rows)?;
            Ok(0)
        }
        LeaseCommand::Add { id, kind, resource } => {
            let resource = Some(Resource { id: resource, r#type: kind });
            take(client.leases().add_resource(AddResourceRequest { id, resource }).await)?;
            Ok(0)
        }
        LeaseCommand::Drop { id, kind, resource } => {
            let resource = Some(Resource { id: resource, r#type: kind });
            take(client.leases().delete_resource(DeleteResourceRequest { id, resource }).await)?;
            Ok(0)
        }
    }
}

/// The verb and its lease, for the line that reports a failure.
pub fn title(command: &LeaseCommand) -> String {
    match command {
        LeaseCommand::Ls(_) => "ls".into(),
        LeaseCommand::Create { id, .. } => match id {
            Some(id) => format!("create {id}"),
            None => "create".into(),
        },
        LeaseCommand::Rm { .. } => "rm".into(),
        LeaseCommand::Resources { id, .. } => format!("resources {id}"),
        LeaseCommand::Add { id, .. } => format!("add {id}"),
        LeaseCommand::Drop { id, .. } => format!("drop {id}"),
    }
}

async fn rows(client: &Client) -> Result<Vec<Row>> {
    let found = take(client.leases().list(ListRequest { filters: Vec::new() }).await)?.leases;
    let row = |lease: crate::api::leases::Lease| Row {
        cells: vec![
            lease.id.clone(),
            listing::time(lease.created_at.as_ref()),
            listing::labels(&lease.labels),
        ],
        object: json!({
            "id": lease.id,
            "labels": lease.labels,
            "createdAt": listing::time_json(lease.created_at.as_ref()),
        }),
        name: lease.id,
    };
    Ok(found.into_iter().map(row).collect())
}
