//! `ctrd snapshot`, but for the tree and the layers.

use std::collections::HashMap;

use anyhow::Result;
use prost_types::FieldMask;
use serde_json::{Value, json};

use super::{Session, each, label_changes, layer, pairs};
use crate::api::snapshots::{
    CommitSnapshotRequest, Info, Kind, ListSnapshotsRequest, MountsRequest, PrepareSnapshotRequest,
    StatSnapshotRequest, UpdateSnapshotRequest, UsageRequest, ViewSnapshotRequest,
};
use crate::api::types::Mount;
use crate::cli::{List, NewSnapshot, SnapshotCommand, Snapshotter};
use crate::client::{Client, container, elsewhere, failure, snapshotter, take};
use crate::error::Error;
use crate::listing::{self, Row};

pub async fn command(session: &Session, command: SnapshotCommand) -> Result<i32> {
    let client = &session.client;
    let choose = async |of: &Snapshotter| snapshotter::choose(client, of.snapshotter.as_deref()).await;
    match command {
        SnapshotCommand::Ls { of, list } => {
            let snapshotter = &choose(&of).await?;
            let rows = async |client: &Client| {
                Ok(all(client, snapshotter).await?.into_iter().map(row).collect::<Vec<_>>())
            };
            session.list(&list, &["KEY", "PARENT", "KIND", "CREATED"], rows).await
        }
        SnapshotCommand::Tree { of } => {
            let snapshotter = choose(&of).await?;
            let all = all(client, &snapshotter).await?;
            let of = |info: &Info| (info.name.clone(), info.parent.clone());
            for line in listing::tree(&all.iter().map(of).collect::<Vec<_>>()) {
                listing::line(&line)?;
            }
            Ok(0)
        }
        SnapshotCommand::Inspect { of, keys } => {
            let snapshotter = &choose(&of).await?;
            let act = async |key: String| -> Result<(), Error> {
                let info = stat(client, snapshotter, &key).await?;
                let mut object = row(info).object;
                let mounts = MountsRequest { snapshotter: snapshotter.clone(), key };
                // A committed snapshot has none.
                if let Ok(reply) = take(client.snapshots().mounts(mounts).await) {
                    object["mounts"] = shown(&reply.mounts);
                }
                listing::tell_object(&object)
            };
            each("snapshot inspect", &keys, act).await
        }
        SnapshotCommand::Usage { of, keys, list } => usage(client, choose(&of).await?, keys, &list).await,
        SnapshotCommand::Prepare { of, new } => {
            let snapshotter = choose(&of).await?;
            let NewSnapshot { label, target, key, parent } = new;
            let request = PrepareSnapshotRequest { snapshotter, key, parent, labels: kept(&label)? };
            let mounts = take(client.snapshots().prepare(request).await)?.mounts;
            print_mounts(&mounts, target.as_deref())
        }
        SnapshotCommand::View { of, new } => {
            let snapshotter = choose(&of).await?;
            let NewSnapshot { label, target, key, parent } = new;
            let request = ViewSnapshotRequest { snapshotter, key, parent, labels: kept(&label)? };
            let mounts = take(client.snapshots().view(request).await)?.mounts;
            print_mounts(&mounts, target.as_deref())
        }
        SnapshotCommand::Commit { of, label, name, key } => {
            let snapshotter = choose(&of).await?;
            let labels = kept(&label)?;
            let request = CommitSnapshotRequest { snapshotter, name, key, labels, ..Default::default() };
            take(client.snapshots().commit(request).await)?;
            Ok(0)
        }
        SnapshotCommand::Label { of, key, labels } => {
            let labels = label_changes(&labels)?;
            let paths = labels.keys().map(|name| format!("labels.{name}")).collect();
            let request = UpdateSnapshotRequest {
                snapshotter: choose(&of).await?,
                info: Some(Info { name: key, labels, ..Info::default() }),
                update_mask: Some(FieldMask { paths }),
            };
            take(client.snapshots().update(request).await)?;
            Ok(0)
        }
        SnapshotCommand::Diff { of, media_type, keep, key, with } => {
            let snapshotter = choose(&of).await?;
            layer::diff(client, &snapshotter, layer::Wanted { media_type, keep, key, with }).await
        }
        SnapshotCommand::Mounts { of, target, key } => {
            let request = MountsRequest { snapshotter: choose(&of).await?, key };
            let mounts = take(client.snapshots().mounts(request).await)?.mounts;
            print_mounts(&mounts, Some(&target))
        }
        SnapshotCommand::Rm { of, keys } => {
            let snapshotter = choose(&of).await?;
            let act = async |key: String| container::remove_snapshot(client, &snapshotter, &key).await;
            each("snapshot rm", &keys, act).await
        }
    }
}

/// The verb and its snapshot, for the line that reports a failure.
pub fn title(command: &SnapshotCommand) -> String {
    match command {
        SnapshotCommand::Ls { .. } => "ls".into(),
        SnapshotCommand::Tree { .. } => "tree".into(),
        SnapshotCommand::Inspect { .. } => "inspect".into(),
        SnapshotCommand::Usage { .. } => "usage".into(),
        SnapshotCommand::Prepare { new, .. } => format!("prepare {}", new.key),
        SnapshotCommand::View { new, .. } => format!("view {}", new.key),
        SnapshotCommand::Commit { key, .. } => format!("commit {key}"),
        SnapshotCommand::Label { key, .. } => format!("label {key}"),
        SnapshotCommand::Diff { key, .. } => format!("diff {key}"),
        SnapshotCommand::Mounts { key, .. } => format!("mounts {key}"),
        SnapshotCommand::Rm { .. } => "rm".into(),
    }
}

async fn all(client: &Client, snapshotter: &str) -> Result<Vec<Info>> {
    let request = ListSnapshotsRequest { snapshotter: snapshotter.to_string(), filters: Vec::new() };
    let mut stream = take(client.snapshots().list(request).await)?;
    let mut all = Vec::new();
    while let Some(page) = stream.message().await.map_err(failure)? {
        all.extend(page.info);
    }
    Ok(all)
}

pub async fn stat(client: &Client, snapshotter: &str, key: &str) -> Result<Info, Error> {
    let look = async |client: &Client| {
        let request = StatSnapshotRequest { snapshotter: snapshotter.to_string(), key: key.to_string() };
        Ok::<_, Error>(take(client.snapshots().stat(request).await)?.info.unwrap_or_default())
    };
    match look(client).await {
        Err(e) => Err(elsewhere::hint(client, e, look).await),
        found => found,
    }
}

/// What nothing refers to would be collected at once: who makes a snapshot by hand keeps it, until
/// somebody removes it.
fn kept(labels: &[String]) -> Result<HashMap<String, String>> {
    let mut labels = pairs(labels)?;
    let now = crate::clock::rfc3339(crate::clock::now());
    labels.entry("containerd.io/gc.root".to_string()).or_insert(now);
    Ok(labels)
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

async fn usage(client: &Client, snapshotter: String, keys: Vec<String>, list: &List) -> Result<i32> {
    let keys = match keys.is_empty() {
        true => all(client, &snapshotter).await?.into_iter().map(|info| info.name).collect(),
        false => keys,
    };
    let mut rows = Vec::new();
    for key in keys {
        let request = UsageRequest { snapshotter: snapshotter.clone(), key: key.clone() };
        let reply = take(client.snapshots().usage(request).await).map_err(|e| e.context(&key))?;
        let cells = vec![key.clone(), listing::size(reply.size.unsigned_abs()), reply.inodes.to_string()];
        rows.push(Row {
            object: json!({"key": key, "size": reply.size, "inodes": reply.inodes}),
            name: key,
            cells,
        });
    }
    listing::print(list, &["KEY", "SIZE", "INODES"], &rows)?;
    Ok(0)
}

fn shown(mounts: &[Mount]) -> Value {
    mounts
        .iter()
        .map(|m| json!({"type": m.r#type, "source": m.source, "target": m.target, "options": m.options}))
        .collect()
}

/// As JSON, or as commands that mount them at `target`.
fn print_mounts(mounts: &[Mount], target: Option<&str>) -> Result<i32> {
    let Some(target) = target else {
        listing::object(&shown(mounts))?;
        return Ok(0);
    };
    for mount in mounts {
        let mut words = vec!["mount", "-t", &mount.r#type];
        let options = mount.options.join(",");
        if !options.is_empty() {
            words.extend(["-o", &options]);
        }
        words.extend([mount.source.as_str(), target]);
        let words: Vec<String> = words.into_iter().map(quoted).collect();
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
