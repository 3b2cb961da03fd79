//! `ctrd namespace`.

use anyhow::Result;
use serde_json::json;

use super::{Session, each, pairs};
use crate::api::namespaces::{
    CreateNamespaceRequest, DeleteNamespaceRequest, ListNamespacesRequest, Namespace,
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
                let mut words: Vec<String> = labels.iter().map(|(k, v)| format!("{k}={v}")).collect();
                words.sort();
                let object = json!({"name": name, "labels": labels});
                Row { cells: vec![name.clone(), words.join(",")], name, object }
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
        NamespaceCommand::Rm { .. } => "rm".into(),
    }
}
