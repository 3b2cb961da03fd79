//! `ctrd namespace`.

use anyhow::Result;
use prost_types::FieldMask;
use serde_json::json;

use super::{Session, each, label_changes, pairs};
use crate::api::namespaces::{
    CreateNamespaceRequest, DeleteNamespaceRequest, ListNamespacesRequest, Namespace, UpdateNamespaceRequest,
};
use crate::cli::NamespaceCommand;
use crate::client::take;
use crate::listing::{self, Row};

pub async fn command(session: &Session, command: NamespaceCommand) -> Result<i32> {
    let client = &session.client;
    match command {
        NamespaceCommand::Ls(list) => {
            let request = ListNamespacesRequest { filter: String::new() };
            let found = take(client.namespaces().list(request).await)?.namespaces;
            let row = |Namespace { name, labels }| {
                let object = json!({"name": name, "labels": labels});
                Row { cells: vec![name.clone(), listing::labels(&labels)], name, object }
            };
            let rows: Vec<Row> = found.into_iter().map(row).collect();
            listing::print(&list, &["NAMESPACE", "LABELS"], &rows)?;
            Ok(0)
        }
        NamespaceCommand::Create { name, label } => {
            let namespace = Some(Namespace { name, labels: pairs(&label)? });
            take(client.namespaces().create(CreateNamespaceRequest { namespace }).await)?;
            Ok(0)
        }
        NamespaceCommand::Label { name, labels } => {
            let labels = label_changes(&labels)?;
            let paths = labels.keys().map(|key| format!("labels.{key}")).collect();
            let request = UpdateNamespaceRequest {
                namespace: Some(Namespace { name, labels }),
                update_mask: Some(FieldMask { paths }),
            };
            take(client.namespaces().update(request).await)?;
            Ok(0)
        }
        NamespaceCommand::Rm { names } => {
            let act = async |name: String| {
                take(client.namespaces().delete(DeleteNamespaceRequest { name }).await).map(drop)
            };
            each("namespace rm", &names, act).await
        }
    }
}

/// The verb and its namespace, for the line that reports a failure.
pub fn title(command: &NamespaceCommand) -> String {
    match command {
        NamespaceCommand::Ls(_) => "ls".into(),
        NamespaceCommand::Create { name, .. } => format!("create {name}"),
        NamespaceCommand::Label { name, .. } => format!("label {name}"),
        NamespaceCommand::Rm { .. } => "rm".into(),
    }
}
