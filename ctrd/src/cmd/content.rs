//! `ctrd content`.

use std::io::{self, Write};

use anyhow::{Context, Result};
use serde_json::json;

use super::Session;
use crate::cli::ContentCommand;
use crate::client::content;
use crate::error::{Error, Kind};
use crate::listing::{self, Row};

pub async fn command(session: &Session, command: ContentCommand) -> Result<i32> {
    match command {
        ContentCommand::Fsck(args) => return super::fsck::fsck(&session.place, &args),
        ContentCommand::Ls(list) => {
            let row = |info: crate::api::content::Info| {
                let object = json!({
                    "digest": info.digest,
                    "size": info.size,
                    "labels": info.labels,
                    "createdAt": listing::time_json(info.created_at.as_ref()),
                });
                let size = listing::size(info.size.unsigned_abs());
                let created = listing::time(info.created_at.as_ref());
                Row { cells: vec![info.digest.clone(), size, created], name: info.digest, object }
            };
            let rows: Vec<Row> = content::list(&session.client).await?.into_iter().map(row).collect();
            listing::print(&list, &["DIGEST", "SIZE", "CREATED"], &rows)?;
        }
        ContentCommand::Get { digest } => {
            let mut out = io::stdout().lock();
            let mut lost = None;
            let each = |bytes: &[u8]| {
                out.write_all(bytes).map_err(|e| {
                    lost = Some(e);
                    Error::new(Kind::Cancelled, "write")
                })
            };
            let read = content::read(&session.client, &digest, each).await;
            match lost {
                Some(e) => return Err(e).context("write standard output"),
                None => read?,
            }
            out.flush()?;
        }
    }
    Ok(0)
}

pub fn verb(command: &ContentCommand) -> &'static str {
    match command {
        ContentCommand::Ls(_) => "ls",
        ContentCommand::Fsck(_) => "fsck",
        ContentCommand::Get { .. } => "get",
    }
}
