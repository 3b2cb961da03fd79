//! `ctrd diff`: what a container's root has beside its image's.

use std::ffi::CString;
use std::io::BufReader;

use anyhow::{Context, Result, bail};
use nix::errno::Errno;
use nix::fcntl::{OFlag, OpenHow, ResolveFlag, openat2};
use serde_json::json;

use super::layer::Views;
use super::{Session, snapshot};
use crate::cli::Diff;
use crate::client::container;
use crate::error::Error;
use crate::listing::{self, Row};
use crate::service::message;
use crate::snapshot::{Mount, Mounted, tree};
use crate::unpack::{self, TarReader};

/// A letter as docker has it, its meaning, and a path.
type Change = (&'static str, &'static str, String);

pub async fn diff(session: &Session, args: &Diff) -> Result<i32> {
    let client = &session.client;
    let record = container::get(client, &args.container).await?;
    if record.snapshot_key.is_empty() {
        bail!("it was not made from an image");
    }
    let parent = snapshot::stat(client, &record.snapshotter, &record.snapshot_key).await?.parent;
    let mut views = Views::new(client, &record.snapshotter);
    let compared = async {
        let left = if parent.is_empty() { Vec::new() } else { views.mounts(&parent).await? };
        let right = views.mounts(&record.snapshot_key).await?;
        let (left, right) = (message::mounts_from(left), message::mounts_from(right));
        tokio::task::spawn_blocking(move || compare(&left, &right))
            .await
            .context("compare")?
            .map_err(Into::into)
    };
    let compared: Result<Vec<Change>> = compared.await;
    views.remove().await;
    let row = |(letter, meaning, path): Change| Row {
        cells: vec![letter.to_string(), path.clone()],
        object: json!({"path": path, "change": meaning}),
        name: path,
    };
    let rows: Vec<Row> = compared?.into_iter().map(row).collect();
    listing::print(&args.list, &["CHANGE", "PATH"], &rows)?;
    Ok(0)
}

/// What the layer between the two would say.
fn compare(left: &[Mount], right: &[Mount]) -> Result<Vec<Change>, Error> {
    let below = match left {
        [] => None,
        mounts => Some(Mounted::new(mounts)?),
    };
    let below = match &below {
        None => None,
        Some(at) => Some(tree::open_root(at.path())?),
    };
    let was = |path: &[u8]| -> Result<bool, Error> {
        let Some(below) = &below else { return Ok(false) };
        let path = CString::new(path).map_err(|_| Error::invalid("a path with a NUL byte in it"))?;
        let how = OpenHow::new()
            .flags(OFlag::O_PATH | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC)
            .resolve(ResolveFlag::RESOLVE_IN_ROOT | ResolveFlag::RESOLVE_NO_MAGICLINKS);
        match openat2(below, &*path, how) {
            Ok(_) => Ok(true),
            Err(Errno::ENOENT | Errno::ENOTDIR | Errno::ELOOP) => Ok(false),
            Err(e) => Err(e.into()),
        }
    };
    let (read, write) = std::io::pipe()?;
    std::thread::scope(|scope| {
        let writer = std::thread::Builder::new().name("diff".into());
        let written = writer.spawn_scoped(scope, move || unpack::diff(left, right, None, write))?;
        let mut tar = TarReader::new(BufReader::with_capacity(1 << 18, read));
        let mut changes = Vec::new();
        let listed = (|| {
            while let Some(entry) = tar.next_entry()? {
                let path = entry.path.strip_prefix(b"./").unwrap_or(&entry.path);
                let path = path.strip_suffix(b"/").unwrap_or(path);
                let (parent, base) = match path.iter().rposition(|b| *b == b'/') {
                    Some(at) => (&path[..=at], &path[at + 1..]),
                    None => (&path[..0], path),
                };
                let shown = |path: &[u8]| format!("/{}", String::from_utf8_lossy(path));
                match base.strip_prefix(b".wh.") {
                    _ if path.is_empty() => {}
                    // A folder in the place of another: it is told of itself.
                    Some(hidden) if hidden.starts_with(b".wh.") => {}
                    Some(gone) => changes.push(("D", "deleted", shown(&[parent, gone].concat()))),
                    None if was(path)? => changes.push(("C", "changed", shown(path))),
                    None => changes.push(("A", "added", shown(path))),
                }
            }
            Ok(())
        })();
        drop(tar);
        let written = written.join().unwrap_or_else(|_| Err(Error::unknown("the reading thread died")));
        match (written, listed) {
            (Err(e), _) => Err(e),
            (Ok(()), Err(e)) => Err(e),
            (Ok(()), Ok(())) => {
                changes.sort_by(|a, b| a.2.cmp(&b.2));
                Ok(changes)
            }
        }
    })
}
