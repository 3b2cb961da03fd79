//! `ctrd cp`: files between a container and the host, or a tar stream.

use std::io;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use oci_spec::runtime::{LinuxIdMapping, Spec};

use super::Session;
use crate::api::containers::Container;
use crate::api::task::{Process, Status};
use crate::cli::Copy;
use crate::client::{Client, container, process};
use crate::copy::{self, Ids, Owners, Root};
use crate::error::Kind;
use crate::service::message;
use crate::snapshot::Mounted;

/// One side of the copy.
enum End<'a> {
    Stream,
    Host(String),
    Inside(&'a str, &'a str),
}

/// Whether one side is in a container.
pub fn check(args: &Copy) -> Result<()> {
    match (end(&args.source)?, end(&args.target)?) {
        (End::Inside(..), _) | (_, End::Inside(..)) => Ok(()),
        _ => bail!("neither side is in a container (CONTAINER:PATH)"),
    }
}

pub async fn copy(session: &Session, args: &Copy) -> Result<i32> {
    let (source, target) = (end(&args.source)?, end(&args.target)?);
    let root = async |end: &End<'_>| match end {
        End::Inside(id, _) => open(&session.client, id).await,
        _ => Ok(Root::host()?),
    };
    // Whoever copies something out has it then, unless it is to stay as it was.
    let given = match (args.archive, &target) {
        (true, _) => Owners::Kept,
        (false, End::Host(_)) => {
            let (uid, gid) = (nix::unistd::geteuid().as_raw(), nix::unistd::getegid().as_raw());
            Owners::Given { uid, gid }
        }
        (false, _) => Owners::Given { uid: 0, gid: 0 },
    };
    let follow = args.follow_link;
    match (&source, &target) {
        (End::Inside(_, path), End::Stream) => {
            let root = root(&source).await?;
            let path = path.to_string();
            work(move || Ok(copy::out(&root, &path, follow, io::stdout().lock())?)).await
        }
        (End::Stream, End::Inside(_, path)) => {
            let root = root(&target).await?;
            let path = path.to_string();
            work(move || {
                let stdin = io::stdin().as_fd().try_clone_to_owned().context("read standard input")?;
                Ok(copy::into(&root, &path, std::fs::File::from(stdin))?)
            })
            .await
        }
        (End::Inside(..), End::Host(_) | End::Inside(..)) | (End::Host(_), End::Inside(..)) => {
            let (from, to) = (root(&source).await?, root(&target).await?);
            let (source, target) = (path(&source), path(&target));
            work(move || Ok(copy::between(&from, &source, follow, &to, &target, given)?)).await
        }
        _ => unreachable!("looked at before"),
    }
}

async fn work(copy: impl FnOnce() -> Result<()> + Send + 'static) -> Result<i32> {
    tokio::task::spawn_blocking(copy).await.context("copy")??;
    Ok(0)
}

fn path(end: &End) -> String {
    match end {
        End::Stream => String::new(),
        End::Host(path) => path.clone(),
        End::Inside(_, path) => path.to_string(),
    }
}

/// As docker has it: what begins like a path is one, and a name before a colon is a container's.
fn end(text: &str) -> Result<End<'_>> {
    if text == "-" {
        return Ok(End::Stream);
    }
    match text.split_once(':') {
        Some((id, path)) if !text.starts_with(['/', '.']) && !id.contains('/') => {
            if id.is_empty() || path.is_empty() {
                bail!("{text:?}: must be CONTAINER:PATH");
            }
            Ok(End::Inside(id, path))
        }
        _ if text.is_empty() => bail!("an empty path"),
        _ if text.starts_with('/') => Ok(End::Host(text.to_string())),
        _ => {
            let here = std::env::current_dir().context("the working directory")?;
            let here = here.to_str().context("the working directory has no name in UTF-8")?;
            Ok(End::Host(format!("{here}/{text}")))
        }
    }
}

/// The root of a container: of its first process, while there is one, or else what that would have.
async fn open(client: &Client, id: &str) -> Result<Root> {
    let record = container::get(client, id).await?;
    if let Some(pid) = running(client, id).await? {
        let proc = PathBuf::from(format!("/proc/{pid}"));
        // The folder itself, and not the link to it.
        let root = Root::container(&proc.join("root/."), Ids::of_process(&proc)?, Vec::new(), None)?;
        // Had it ended meanwhile, this might be the root of another process with its number.
        if running(client, id).await? == Some(pid) {
            return Ok(root);
        }
    }
    let spec = record.spec.as_ref().context("the container has no specification")?;
    let spec: Spec = serde_json::from_slice(&spec.value).context("read the specification")?;
    let covered = spec.mounts().iter().flatten().map(|mount| clean(mount.destination())).collect();
    let mounts = message::mounts_from(container::mounts(client, &record).await?);
    if mounts.is_empty() {
        return Ok(Root::container(&folder(&record, &spec)?, ids(&spec), covered, None)?);
    }
    // Where the mount maps owners, they are on the disk as inside.
    let mapped = mounts.iter().any(|m| m.option("uidmap").is_some());
    let ids = if mapped { Ids::default() } else { ids(&spec) };
    let mounted = Mounted::new(&mounts).context("mount the snapshot")?;
    let path = mounted.path().to_path_buf();
    Ok(Root::container(&path, ids, covered, Some(mounted))?)
}

async fn running(client: &Client, id: &str) -> Result<Option<u32>> {
    match process::status(client, id).await {
        Ok(task) if alive(&task) => Ok(Some(task.pid)),
        Ok(_) => Ok(None),
        Err(e) if e.kind == Kind::NotFound => Ok(None),
        Err(e) => Err(e).context("look for its task"),
    }
}

fn alive(task: &Process) -> bool {
    task.pid != 0 && !matches!(task.status(), Status::Stopped | Status::Unknown)
}

/// A root that is no snapshot.
fn folder(record: &Container, spec: &Spec) -> Result<PathBuf> {
    let path = spec.root().as_ref().map(|root| root.path().clone()).unwrap_or_default();
    if !path.is_absolute() {
        bail!("container {}: its root {} is known to its bundle alone", record.id, path.display());
    }
    Ok(path)
}

fn ids(spec: &Spec) -> Ids {
    let linux = spec.linux().as_ref();
    let of = |maps: Option<&Vec<LinuxIdMapping>>| -> Vec<(u32, u32, u32)> {
        maps.into_iter().flatten().map(|m| (m.container_id(), m.host_id(), m.size())).collect()
    };
    let users = of(linux.and_then(|l| l.uid_mappings().as_ref()));
    let groups = of(linux.and_then(|l| l.gid_mappings().as_ref()));
    Ids::of_spec(&users, &groups)
}

fn clean(path: &Path) -> PathBuf {
    Path::new("/").join(path).components().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sides() {
        assert!(matches!(end("-").unwrap(), End::Stream));
        assert!(matches!(end("web:/etc").unwrap(), End::Inside("web", "/etc")));
        assert!(matches!(end("web:a:b").unwrap(), End::Inside("web", "a:b")));
        for host in ["/a:b", "./a:b", "a/b:c", "a", "..:x"] {
            assert!(matches!(end(host).unwrap(), End::Host(_)), "{host}");
        }
        for wrong in ["web:", ":/etc", ""] {
            assert!(end(wrong).is_err(), "{wrong}");
        }
    }
}
