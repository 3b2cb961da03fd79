//! `ctrd image mount` and `ctrd image unmount`: an image's root on a folder of the host's.
//!
//! The snapshot behind it bears the folder's name, as with ctr, so that either can undo what the other
//! did.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use nix::errno::Errno;
use nix::mount::{MntFlags, umount2};

use crate::api::snapshots::{PrepareSnapshotRequest, ViewSnapshotRequest};
use crate::client::{Client, container, image, take, unpack};
use crate::error::{Error, Kind};
use crate::image::Platform;
use crate::service::message;
use crate::{clock, listing};

pub async fn mount(
    client: &Client,
    snapshotter: String,
    name: &str,
    platform: Option<Platform>,
    target: &Path,
    rw: bool,
) -> Result<i32> {
    let target = absolute(target)?;
    let key = target.to_str().context("the folder has no name in UTF-8")?.to_string();
    if !target.is_dir() {
        bail!("{key}: is no folder");
    }
    let opened = image::open_for(client, image::find(client, name).await?, platform).await?;
    unpack::unpack(client, &opened, &snapshotter, |_| {}).await?;
    let parent = opened.chain().last().map(ToString::to_string).unwrap_or_default();
    // Nothing else refers to it, until it is unmounted.
    let labels = HashMap::from([("containerd.io/gc.root".to_string(), clock::rfc3339(clock::now()))]);
    let made = match rw {
        true => {
            let request =
                PrepareSnapshotRequest { snapshotter: snapshotter.clone(), key: key.clone(), parent, labels };
            take(client.snapshots().prepare(request).await).map(|reply| reply.mounts)
        }
        false => {
            let request =
                ViewSnapshotRequest { snapshotter: snapshotter.clone(), key: key.clone(), parent, labels };
            take(client.snapshots().view(request).await).map(|reply| reply.mounts)
        }
    };
    let mounts = match made {
        Err(e) if e.kind == Kind::AlreadyExists => bail!("{key}: an image is mounted there (image unmount)"),
        other => message::mounts_from(other?),
    };
    let mounted = mounts.iter().try_for_each(|mount| mount.mount(&target));
    if let Err(e) = mounted {
        // Of errors the first is the one to report.
        let _ = umount2(&target, MntFlags::MNT_DETACH | MntFlags::UMOUNT_NOFOLLOW);
        let _ = container::remove_snapshot(client, &snapshotter, &key).await;
        return Err(e.into());
    }
    listing::line(&key)?;
    Ok(0)
}

pub async fn unmount(client: &Client, snapshotter: &str, target: &str, keep: bool) -> Result<(), Error> {
    let target = absolute(Path::new(target)).map_err(|e| Error::invalid(e.to_string()))?;
    let key = target.display().to_string();
    // It may be gone since the machine was started anew, and its snapshot is not.
    let gone = match umount2(&target, MntFlags::UMOUNT_NOFOLLOW) {
        Ok(()) => false,
        Err(Errno::EINVAL | Errno::ENOENT) => true,
        Err(e) => return Err(Error::from(e).context("unmount")),
    };
    if keep {
        return if gone { Err(Error::not_found("nothing is mounted there")) } else { Ok(()) };
    }
    match container::remove_snapshot(client, snapshotter, &key).await {
        Err(e) if e.kind == Kind::NotFound && gone => Err(Error::not_found("no image is mounted there")),
        Err(e) if e.kind == Kind::NotFound => Ok(()),
        other => other,
    }
}

/// The folder itself: what is mounted on a link to it is on the folder.
fn absolute(target: &Path) -> Result<PathBuf> {
    let path = std::path::absolute(target).with_context(|| format!("path {}", target.display()))?;
    Ok(path.canonicalize().unwrap_or(path))
}
