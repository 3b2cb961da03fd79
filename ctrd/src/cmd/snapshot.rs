//! `ctrd snapshot`.

use anyhow::Result;
use serde_json::json;

use super::{Session, each};
use crate::api::snapshots::{Info, Kind, ListSnapshotsRequest, MountsRequest};
use crate::cli::{List, SnapshotCommand};
use crate::client::{container, failure, snapshotter, take};
use crate::listing::{self, Row};

pub async fn command(session: &Session, command: SnapshotCommand) -> Result<i32> {
    let named = match &command {
        SnapshotCommand::Ls { snapshotter, .. }
        | SnapshotCommand::Mounts { snapshotter, .. }
        | SnapshotCommand::Rm { snapshotter, .. } => snapshotter.as_deref(),
    };
    let snapshotter = snapshotter::choose(&session.client, named).await?;
    match command {
        SnapshotCommand::Ls { list, .. } => ls(session, snapshotter, &list).await,
        SnapshotCommand::Mounts { target, key, .. } => mounts(session, snapshotter, key, &target).await,
        SnapshotCommand::Rm { keys, .. } => {
            let act =
                async |key: String| container::remove_snapshot(&session.client, &snapshotter, &key).await;
            each("snapshot rm", &keys, act).await
        }
    }
}

/// The verb and its snapshot, for the line that reports a failure.
pub fn title(command: &SnapshotCommand) -> String {
    match command {
        SnapshotCommand::Ls { .. } => "ls".into(),
        SnapshotCommand::Mounts { key, .. } => format!("mounts {key}"),
        SnapshotCommand::Rm { .. } => "rm".into(),
    }
}

async fn ls(session: &Session, snapshotter: String, list: &List) -> Result<i32> {
    let request = ListSnapshotsRequest { snapshotter, filters: Vec::new() };
    let mut stream = take(session.client.snapshots().list(request).await)?;
    let mut rows = Vec::new();
    while let Some(page) = stream.message().await.map_err(failure)? {
        rows.extend(page.info.into_iter().map(row));
    }
    listing::print(list, &["KEY", "PARENT", "KIND", "CREATED"], &rows)?;
    Ok(0)
}

fn row(info: Info) -> Row {
    let kind = match info.kind() {
        Kind::View => "view",
        Kind::Active => "active",
        Kind::Committed => "committed",
        Kind::Unknown => "unknown",
    };
    let object = json!({
        "key": info.name,
        "parent": info.parent,
        "kind": kind,
        "labels": info.labels,
        "createdAt": listing::time_json(info.created_at.as_ref()),
        "updatedAt": listing::time_json(info.updated_at.as_ref()),
    });
    let parent = if info.parent.is_empty() { "-".to_string() } else { info.parent };
    let created = listing::time(info.created_at.as_ref());
    Row { cells: vec![info.name.clone(), parent, kind.to_string(), created], name: info.name, object }
}

async fn mounts(session: &Session, snapshotter: String, key: String, target: &str) -> Result<i32> {
    let request = MountsRequest { snapshotter, key };
    for mount in take(session.client.snapshots().mounts(request).await)?.mounts {
        let mut words = vec!["mount".to_string(), "-t".to_string(), mount.r#type];
        if !mount.options.is_empty() {
            words.extend(["-o".to_string(), mount.options.join(",")]);
        }
        words.extend([mount.source, target.to_string()]);
        let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
        listing::line(&words.join(" "))?;
    }
    Ok(0)
}

/// A word as a shell takes it back.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,+@%".contains(c);
    match !word.is_empty() && word.chars().all(plain) {
        true => word.to_string(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn words_survive_a_shell() {
        assert_eq!(super::quoted("lowerdir=/a:/b,ro"), "lowerdir=/a:/b,ro");
        assert_eq!(super::quoted("it's"), r"'it'\''s'");
        assert_eq!(super::quoted(""), "''");
    }
}
