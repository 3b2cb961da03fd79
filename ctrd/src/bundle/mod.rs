//! A task's bundle: the folder that holds all that is true about it, so that a server, or a
//! command without one, finds the task again after any death.
//!
//! ```text
//! <state>/io.containerd.runtime.v2.task/<namespace>/<id>/    0700, in folders of 0711
//!   config.json        the container's spec, byte for byte
//!   rootfs/            where the shim mounts the snapshot
//!   work               link to <root>/io.containerd.runtime.v2.task/<namespace>/<id>
//!   log                FIFO: the shim's log
//!   shim-binary-path   which shim, for `delete` after its death
//!   sandbox            the sandbox in whose shim it is, if it is in one
//!   bootstrap.json     how to reach it; written last, when the shim answers
//! ```
//!
//! Who makes, revives or removes a bundle holds a lock (`flock`) on its folder; the kernel drops
//! it with the process. So a bundle without `bootstrap.json` is being made if it is locked, and
//! is a leftover of a crash if not. Between `mkdir` and the lock, and while a bundle is looked for to be
//! locked, the namespace's folder is locked: for a moment, but its holder may be stopped in it.

use std::fs::{self, DirBuilder, File, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::task::Poll;

use nix::errno::Errno;
use nix::fcntl::{Flock, FlockArg};
use nix::sys::stat::Mode;

use crate::error::{Error, Result};
use crate::id;
use crate::snapshot::tree;

mod remove;
mod sweep;

pub use remove::Retired;

/// The folder's name below both state and root, as containerd's.
const HOME: &str = "io.containerd.runtime.v2.task";

/// The file in the bundle of a task whose container is in a sandbox.
pub const SANDBOX: &str = "sandbox";

/// Where bundles are.
#[derive(Debug, Clone)]
pub struct Bundles {
    state: PathBuf,
    root: PathBuf,
}

/// One bundle, which may or may not exist.
#[derive(Debug, Clone)]
pub struct Bundle {
    pub namespace: String,
    pub id: String,
    pub path: PathBuf,
    pub work: PathBuf,
}

/// The right to make, revive or remove a bundle, until it is dropped.
#[derive(Debug)]
pub struct Lock(#[allow(dead_code, reason = "held, not used")] Flock<File>);

impl Bundles {
    pub fn new(state: &Path, root: &Path) -> Bundles {
        Bundles::below(HOME, state, root)
    }

    /// Bundles of another kind, in a folder of that name.
    pub fn below(home: &str, state: &Path, root: &Path) -> Bundles {
        Bundles { state: state.join(home), root: root.join(home) }
    }

    /// The bundle of that name; both parts are checked, since they become a path.
    pub fn get(&self, namespace: &str, id: &str) -> Result<Bundle> {
        id::validate(namespace).map_err(|e| e.context("namespace"))?;
        id::validate(id)?;
        Ok(Bundle {
            namespace: namespace.to_string(),
            id: id.to_string(),
            path: self.state.join(namespace).join(id),
            work: self.root.join(namespace).join(id),
        })
    }

    /// The ids in a namespace, in order.
    pub fn ids(&self, namespace: &str) -> Result<Vec<String>> {
        id::validate(namespace).map_err(|e| e.context("namespace"))?;
        names(&self.state.join(namespace))
    }

    /// The namespaces that have, or had, bundles.
    pub fn namespaces(&self) -> Result<Vec<String>> {
        names(&self.state)
    }
}

impl Bundle {
    pub fn exists(&self) -> bool {
        self.path.is_dir()
    }

    pub fn rootfs(&self) -> PathBuf {
        self.path.join("rootfs")
    }

    /// Whether the task is one of a sandbox, and in the sandbox's shim.
    pub fn is_in_sandbox(&self) -> bool {
        self.path.join(SANDBOX).exists()
    }

    pub fn log(&self) -> PathBuf {
        self.path.join("log")
    }

    /// Makes the bundle around `config`; the caller holds it locked until the task stands.
    pub fn create(&self, config: &[u8]) -> Result<Lock> {
        match self.made(config, FlockArg::LockExclusive)? {
            Poll::Ready(lock) => Ok(lock),
            Poll::Pending => Err(Error::unknown("internal fault: a lock that was not waited for")),
        }
    }

    /// The same, unless somebody holds the namespace's folder right now.
    pub fn poll_create(&self, config: &[u8]) -> Result<Poll<Lock>> {
        self.made(config, FlockArg::LockExclusiveNonblock)
    }

    fn made(&self, config: &[u8], how: FlockArg) -> Result<Poll<Lock>> {
        self.make(config, how).map_err(|e| match e.kind {
            crate::error::Kind::AlreadyExists => e,
            _ => e.context(format!("make bundle {}", self.path.display())),
        })
    }

    fn make(&self, config: &[u8], how: FlockArg) -> Result<Poll<Lock>> {
        let (state, root) = (parent(&self.path)?, parent(&self.work)?);
        for dir in [state, root] {
            DirBuilder::new().recursive(true).mode(0o711).create(dir)?;
        }
        let namespace = match lock(state, how) {
            Err(Errno::EWOULDBLOCK) => return Ok(Poll::Pending),
            done => done?,
        };
        match DirBuilder::new().mode(0o700).create(&self.path) {
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {
                return Err(Error::already_exists(format!("task {}: already exists", self.id)));
            }
            done => done?,
        }
        // Nobody has opened it yet.
        let guard = Lock(lock(&self.path, FlockArg::LockExclusive)?);
        drop(namespace);
        match self.fill(config) {
            Ok(()) => Ok(Poll::Ready(guard)),
            Err(e) => match self.delete(&guard) {
                Ok(()) => Err(e),
                Err(also) => Err(Error { message: format!("{e}; and then: {also}"), ..e }),
            },
        }
    }

    fn fill(&self, config: &[u8]) -> Result<()> {
        // A user namespace's root has to reach the rootfs through this folder, and nobody else.
        if let Some(gid) = mapped_root_group(config) {
            std::os::unix::fs::chown(&self.path, None, Some(gid))?;
            fs::set_permissions(&self.path, Permissions::from_mode(0o710))?;
        }
        // What an interrupted removal left under this name.
        tree::remove(&self.work)?;
        DirBuilder::new().mode(0o711).create(&self.work)?;
        std::os::unix::fs::symlink(&self.work, self.path.join("work"))?;
        DirBuilder::new().mode(0o711).create(self.rootfs())?;
        nix::unistd::mkfifo(&self.log(), Mode::S_IRWXU)?;
        // Of a sandbox without a spec the shim writes it.
        if config.is_empty() { Ok(()) } else { self.write("config.json", config, 0o600) }
    }

    /// Writes a file of the bundle: whoever reads it sees the old one or all of the new.
    pub fn write(&self, name: &str, bytes: &[u8], mode: u32) -> Result<()> {
        let hidden = self.path.join(format!(".{name}"));
        let at = |e: io::Error| Error::from(e).context(format!("write {}", self.path.join(name).display()));
        let mut file =
            File::options().write(true).create(true).truncate(true).mode(mode).open(&hidden).map_err(at)?;
        file.write_all(bytes).map_err(at)?;
        fs::rename(&hidden, self.path.join(name)).map_err(at)
    }

    /// Reads a file of the bundle, `None` if it is not there.
    pub fn read(&self, name: &str) -> Result<Option<Vec<u8>>> {
        let path = self.path.join(name);
        match fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(Error::from(e).context(format!("read {}", path.display()))),
        }
    }

    /// Locks the bundle if it exists and nobody else works on it.
    pub fn try_lock(&self) -> Result<Option<Lock>> {
        self.locked(FlockArg::LockExclusive, FlockArg::LockExclusiveNonblock).map(ready)
    }

    /// The same, unless somebody holds the namespace's folder right now.
    pub fn poll_lock(&self) -> Result<Poll<Option<Lock>>> {
        self.locked(FlockArg::LockExclusiveNonblock, FlockArg::LockExclusiveNonblock)
    }

    /// Locks the bundle, waiting for who works on it; `None` if it does not exist (any more).
    pub fn lock(&self) -> Result<Option<Lock>> {
        self.locked(FlockArg::LockExclusive, FlockArg::LockExclusive).map(ready)
    }

    fn locked(&self, folder: FlockArg, own: FlockArg) -> Result<Poll<Option<Lock>>> {
        let at = |e: Errno| Error::from(e).context(format!("lock {}", self.path.display()));
        // A maker holds the folder until it has the bundle: what is opened meanwhile is locked by then.
        let dir = match lock(parent(&self.path)?, folder) {
            Err(Errno::ENOENT) => return Ok(Poll::Ready(None)),
            Err(Errno::EWOULDBLOCK) => return Ok(Poll::Pending),
            done => {
                let _namespace = done.map_err(at)?;
                open(&self.path)
            }
        };
        let guard = match dir.and_then(|dir| flock(dir, own)) {
            Err(Errno::ENOENT | Errno::EWOULDBLOCK) => return Ok(Poll::Ready(None)),
            done => done.map_err(at)?,
        };
        // The one waited for may have removed it, and another made a new one of the same name.
        let (held, now) = (guard.metadata()?, fs::metadata(&self.path));
        let same = now.is_ok_and(|now| (now.dev(), now.ino()) == (held.dev(), held.ino()));
        Ok(Poll::Ready(same.then(|| Lock(guard))))
    }
}

/// Of one that waits for the folder.
fn ready(lock: Poll<Option<Lock>>) -> Option<Lock> {
    match lock {
        Poll::Ready(lock) => lock,
        Poll::Pending => None,
    }
}

fn lock(dir: &Path, how: FlockArg) -> nix::Result<Flock<File>> {
    flock(open(dir)?, how)
}

fn open(dir: &Path) -> nix::Result<File> {
    let flags = nix::libc::O_DIRECTORY | nix::libc::O_NOFOLLOW;
    File::options().read(true).custom_flags(flags).open(dir).map_err(errno)
}

fn flock(mut file: File, how: FlockArg) -> nix::Result<Flock<File>> {
    loop {
        match Flock::lock(file, how) {
            Ok(guard) => return Ok(guard),
            Err((back, Errno::EINTR)) => file = back,
            Err((_, e)) => return Err(e),
        }
    }
}

fn errno(e: io::Error) -> Errno {
    Errno::from_raw(e.raw_os_error().unwrap_or(nix::libc::EIO))
}

fn parent(path: &Path) -> Result<&Path> {
    path.parent().ok_or_else(|| Error::invalid(format!("{}: has no parent", path.display())))
}

/// The entries that are identifiers, in order; none if the folder is not there.
fn names(dir: &Path) -> Result<Vec<String>> {
    let mut names = entries(dir)?;
    names.retain(|name| id::validate(name).is_ok());
    Ok(names)
}

fn entries(dir: &Path) -> Result<Vec<String>> {
    let at = |e: io::Error| Error::from(e).context(format!("list {}", dir.display()));
    let entries = match fs::read_dir(dir) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(at)?,
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(at)?;
        if entry.file_type().is_ok_and(|t| t.is_dir()) {
            names.extend(entry.file_name().into_string());
        }
    }
    names.sort();
    Ok(names)
}

/// The host's id of the group that is 0 inside, if the spec maps groups.
fn mapped_root_group(config: &[u8]) -> Option<u32> {
    #[derive(serde::Deserialize)]
    struct Spec {
        linux: Option<Linux>,
    }
    #[derive(serde::Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Linux {
        #[serde(default)]
        gid_mappings: Option<Vec<Mapping>>,
    }
    #[derive(serde::Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Mapping {
        #[serde(rename = "containerID")]
        container: u32,
        #[serde(rename = "hostID")]
        host: u32,
        size: u32,
    }
    let spec: Spec = serde_json::from_slice(config).ok()?;
    let mappings = spec.linux?.gid_mappings?;
    mappings.iter().find(|m| m.container == 0 && m.size > 0).map(|m| m.host)
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn bundles() -> (tempfile::TempDir, Bundles) {
        let dir = tempfile::tempdir().unwrap();
        let bundles = Bundles::new(&dir.path().join("state"), &dir.path().join("root"));
        (dir, bundles)
    }

    fn mode(path: &Path) -> u32 {
        fs::symlink_metadata(path).unwrap().mode() & 0o7777
    }

    #[test]
    fn made_and_removed() {
        let (_dir, bundles) = bundles();
        let bundle = bundles.get("default", "web").unwrap();
        let guard = bundle.create(b"{}").unwrap();
        assert_eq!(mode(&bundle.path), 0o700);
        assert_eq!(mode(parent(&bundle.path).unwrap()), 0o711);
        assert_eq!(mode(&bundle.rootfs()), 0o711);
        assert_eq!(bundle.read("config.json").unwrap().unwrap(), b"{}");
        assert_eq!(fs::read_link(bundle.path.join("work")).unwrap(), bundle.work);
        assert_eq!(bundles.ids("default").unwrap(), ["web"]);
        assert_eq!(bundles.namespaces().unwrap(), ["default"]);
        let again = bundle.create(b"{}").unwrap_err();
        assert_eq!(again.kind, crate::error::Kind::AlreadyExists);
        bundle.delete(&guard).unwrap();
        assert!(!bundle.exists() && !bundle.work.exists());
        assert_eq!(bundles.ids("default").unwrap(), Vec::<String>::new());
        assert_eq!(entries(parent(&bundle.path).unwrap()).unwrap(), Vec::<String>::new());
    }

    #[test]
    fn one_at_a_time() {
        let (_dir, bundles) = bundles();
        let bundle = bundles.get("default", "web").unwrap();
        assert!(bundle.try_lock().unwrap().is_none());
        let guard = bundle.create(b"{}").unwrap();
        assert!(bundle.try_lock().unwrap().is_none());
        drop(guard);
        let guard = bundle.try_lock().unwrap().unwrap();
        let waiting = std::thread::spawn({
            let bundle = bundle.clone();
            move || bundle.lock().unwrap().is_none()
        });
        bundle.delete(&guard).unwrap();
        drop(guard);
        assert!(waiting.join().unwrap(), "what was waited for is gone");
    }

    #[test]
    fn names_are_checked() {
        let (_dir, bundles) = bundles();
        for (namespace, id) in [("..", "a"), ("a", ".."), ("a/b", "c"), ("a", ""), ("", "a")] {
            assert!(bundles.get(namespace, id).is_err());
        }
    }

    #[test]
    fn user_namespace() {
        let config = br#"{"linux":{"gidMappings":[{"containerID":1,"hostID":5,"size":1},
            {"containerID":0,"hostID":1000,"size":1}]}}"#;
        assert_eq!(mapped_root_group(config), Some(1000));
        assert_eq!(mapped_root_group(b"{}"), None);
    }
}
