//! `ctrd content`.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anyhow::{Context, Result};
use serde_json::json;
use tokio::runtime::Handle;

use super::{Session, each, import, label_changes, pairs};
use crate::api::content::{AbortRequest, DeleteContentRequest, ListStatusesRequest, Status};
use crate::cli::{ContentCommand, ContentIngest, List};
use crate::client::upload::Sink;
use crate::client::{Client, content, lease, take};
use crate::clock;
use crate::digest::Digest;
use crate::error::{Error, Kind};
use crate::image::{Announced, BlobSink};
use crate::listing::{self, Row};

pub async fn command(session: &Session, command: ContentCommand) -> Result<i32> {
    let client = &session.client;
    match command {
        ContentCommand::Fsck(args) => return super::fsck::fsck(&session.place, &args),
        ContentCommand::Ls(list) => {
            return session.list(&list, &["DIGEST", "SIZE", "CREATED"], rows).await;
        }
        ContentCommand::Get { digest } => get(client, &digest).await?,
        ContentCommand::Ingest(args) => {
            let digest = ingest(client, args).await?;
            listing::line(digest.as_str())?;
        }
        ContentCommand::Active(list) => active(client, &list).await?,
        ContentCommand::Abort { references } => {
            let act = async |reference: String| {
                take(client.content().abort(AbortRequest { r#ref: reference }).await).map(drop)
            };
            return each("content abort", &references, act).await;
        }
        ContentCommand::Label { digest, labels } => {
            content::label(client, &digest, label_changes(&labels)?).await?;
        }
        ContentCommand::Rm { digests } => {
            let act = async |digest: String| {
                take(client.content().delete(DeleteContentRequest { digest }).await).map(drop)
            };
            return each("content rm", &digests, act).await;
        }
    }
    Ok(0)
}

/// The verb and its blob, for the line that reports a failure.
pub fn title(command: &ContentCommand) -> String {
    match command {
        ContentCommand::Ls(_) => "ls".into(),
        ContentCommand::Fsck(_) => "fsck".into(),
        ContentCommand::Get { digest } => format!("get {digest}"),
        ContentCommand::Ingest(args) => format!("ingest {}", args.reference),
        ContentCommand::Active(_) => "active".into(),
        ContentCommand::Abort { .. } => "abort".into(),
        ContentCommand::Label { digest, .. } => format!("label {digest}"),
        ContentCommand::Rm { .. } => "rm".into(),
    }
}

async fn rows(client: &Client) -> Result<Vec<Row>> {
    let row = |info: crate::api::content::Info| {
        let object = json!({
            "digest": info.digest,
            "size": info.size,
            "labels": info.labels,
            "createdAt": listing::time_json(info.created_at.as_ref()),
            "updatedAt": listing::time_json(info.updated_at.as_ref()),
        });
        let size = listing::size(info.size.unsigned_abs());
        let created = listing::time(info.created_at.as_ref());
        Row { cells: vec![info.digest.clone(), size, created], name: info.digest, object }
    };
    Ok(content::list(client).await?.into_iter().map(row).collect())
}

async fn get(client: &Client, digest: &str) -> Result<()> {
    let mut out = io::stdout().lock();
    let mut lost = None;
    let each = |bytes: &[u8]| {
        out.write_all(bytes).map_err(|e| {
            lost = Some(e);
            Error::new(Kind::Cancelled, "write")
        })
    };
    let read = content::read(client, digest, each).await;
    match lost {
        Some(e) => return Err(e).context("write standard output"),
        None => read?,
    }
    Ok(out.flush()?)
}

/// Under a lease until its labels keep it: for a day, where they say nothing else of it.
async fn ingest(client: &Client, args: ContentIngest) -> Result<Digest> {
    let lease = lease::make(client, "ingest").await.context("make a lease")?;
    let stored = store(&client.under_lease(&lease)?, args).await;
    let released = lease::release(client, lease, false).await;
    let digest = stored?;
    released.context("delete the lease")?;
    Ok(digest)
}

async fn store(client: &Client, args: ContentIngest) -> Result<Digest> {
    let mut labels = pairs(&args.label)?;
    if !labels.keys().any(|name| name.starts_with("containerd.io/gc.")) {
        let day = clock::rfc3339(clock::now() + lease::GRACE);
        labels.insert("containerd.io/gc.expire".to_string(), day);
    }
    let blob = Announced {
        name: args.reference.clone(),
        digest: args.digest.as_deref().map(Digest::parse).transpose()?,
        size: args.size,
    };
    let (upload, runtime) = (client.clone(), Handle::current());
    let written = tokio::task::spawn_blocking(move || {
        let mut sink = Sink::named(upload, runtime, Arc::new(AtomicBool::new(false)));
        let mut stdin = import::stdin()?;
        Ok::<_, anyhow::Error>(sink.write(&blob, &mut stdin)?)
    });
    let (digest, size) = written.await.context("ingest")??;
    if let Some(want) = args.size.filter(|want| *want != size) {
        anyhow::bail!("{size} bytes, not {want}");
    }
    content::label(client, digest.as_str(), labels).await?;
    Ok(digest)
}

async fn active(client: &Client, list: &List) -> Result<()> {
    let request = ListStatusesRequest { filters: Vec::new() };
    let found = take(client.content().list_statuses(request).await)?.statuses;
    let row = |status: Status| {
        let object = json!({
            "ref": status.r#ref,
            "offset": status.offset,
            "total": status.total,
            "expected": status.expected,
            "startedAt": listing::time_json(status.started_at.as_ref()),
            "updatedAt": listing::time_json(status.updated_at.as_ref()),
        });
        let size = |bytes: i64| if bytes > 0 { listing::size(bytes.unsigned_abs()) } else { "-".into() };
        let cells = vec![
            status.r#ref.clone(),
            size(status.offset),
            size(status.total),
            listing::time(status.started_at.as_ref()),
            listing::time(status.updated_at.as_ref()),
        ];
        Row { name: status.r#ref, cells, object }
    };
    let rows: Vec<Row> = found.into_iter().map(row).collect();
    listing::print(list, &["REF", "WRITTEN", "TOTAL", "STARTED", "UPDATED"], &rows)
}
