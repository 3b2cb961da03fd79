//! state.json: what ocirun knows of a container between two calls.
//!
//! The folder of a container is made first and exclusively: it is the claim on the id. Then, before
//! the first cgroup exists, an intent record with the cgroups' paths is written and synced, so
//! that `delete --force` can clean up after a death at any instruction. The process is known by
//! its number and its start time together.

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, File, TryLockError};
use std::io::{ErrorKind, Write};
use std::os::fd::OwnedFd;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use oci_spec::runtime::{Hooks, LinuxMemoryPolicy, LinuxPersonality, LinuxResources, Process};
use serde::{Deserialize, Serialize};

use crate::cgroup::Cgroup;
use crate::cli::Global;
use crate::kept::Kept;
use crate::live::Added;
use crate::{pidfd, rdt, validate};

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct State {
    pub oci_version: String,
    pub id: String,
    /// 0 in an intent record.
    pub pid: i32,
    pub start_time: u64,
    /// The call that makes the container has not ended.
    pub creating: bool,
    pub bundle: PathBuf,
    /// What was read in the place of the bundle's config.json.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub config: Option<PathBuf>,
    pub rootfs: PathBuf,
    pub created: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
    pub cgroup: Cgroup,
    /// Limits as config.json and each `update` name them, but for device rules; none where none is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resources: Option<Kept<LinuxResources>>,
    /// Its share of caches and memory bandwidth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rdt: Option<rdt::Group>,
    /// OCI names of the namespaces that the container does not share with the host.
    pub namespaces: Vec<String>,
    /// The pid namespace was made for this container: it dies with its first process.
    pub private_pids: bool,
    /// The user namespace forbids setgroups(2).
    #[serde(default)]
    pub keep_groups: bool,
    /// What `exec` takes where its own process says nothing.
    pub process: Kept<Process>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub personality: Option<LinuxPersonality>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_policy: Option<LinuxMemoryPolicy>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hooks: Option<Hooks>,
    /// Flags for the program in the file `seccomp`, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seccomp: Option<Seccomp>,
    /// Flags for the programs in the files `seccomp.N`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stacked_seccomp: Vec<u32>,
    /// The pipes that it was given as standard streams, `pipe:[INODE]`, or nothing: where CRIU is
    /// to find them again. Empty where none is a pipe.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pipes: Vec<String>,
    /// What was added to it while it ran.
    #[serde(default, skip_serializing_if = "Added::is_empty")]
    pub added: Added,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Seccomp {
    pub flags: u32,
    /// Where the listener goes, and the words that go with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub listener: Option<(PathBuf, Option<String>)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Creating,
    Created,
    Running,
    Paused,
    Stopped,
}

impl Status {
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Creating => "creating",
            Status::Created => "created",
            Status::Running => "running",
            Status::Paused => "paused",
            Status::Stopped => "stopped",
        }
    }
}

/// The folder that holds all containers' folders.
pub fn root(global: &Global) -> PathBuf {
    if let Some(root) = &global.root {
        return root.clone();
    }
    match std::env::var_os("XDG_RUNTIME_DIR").filter(|d| !d.is_empty() && !nix::unistd::geteuid().is_root()) {
        Some(dir) => Path::new(&dir).join("ocirun"),
        None => PathBuf::from("/run/ocirun"),
    }
}

/// The ids of the containers, sorted.
pub fn ids(global: &Global) -> Result<Vec<String>> {
    let root = root(global);
    let entries = match fs::read_dir(&root) {
        // A root that was named must be there; the default one appears with the first container.
        Err(e) if e.kind() == ErrorKind::NotFound && global.root.is_none() => return Ok(Vec::new()),
        other => other.with_context(|| format!("open {}", root.display()))?,
    };
    let mut ids = Vec::new();
    for entry in entries {
        let name = entry.with_context(|| format!("read {}", root.display()))?.file_name();
        let Some(id) = name.to_str() else { continue };
        if let Ok(dir) = Dir::of(&root, id)
            && dir.exists()?
        {
            ids.push(id.to_owned());
        }
    }
    ids.sort();
    Ok(ids)
}

/// One container's folder.
#[derive(Debug, Clone)]
pub struct Dir {
    pub path: PathBuf,
}

impl Dir {
    /// The folder of `id`, which need not exist.
    pub fn of(root: &Path, id: &str) -> Result<Dir> {
        validate::id(id)?;
        Ok(Dir { path: root.join(id) })
    }

    /// Makes the folder, and thereby claims the id.
    pub fn claim(root: &Path, id: &str) -> Result<Dir> {
        let dir = Dir::of(root, id)?;
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(root)
            .with_context(|| format!("mkdir {}", root.display()))?;
        match DirBuilder::new().mode(0o700).create(&dir.path) {
            Ok(()) => Ok(dir),
            Err(e) if e.kind() == ErrorKind::AlreadyExists => bail!("container with given ID already exists"),
            Err(e) => Err(e).with_context(|| format!("mkdir {}", dir.path.display())),
        }
    }

    /// Waits for other calls that change this container; the lock is held until the file is closed.
    pub fn lock(&self) -> Result<File> {
        let file = match File::open(&self.path) {
            Err(e) if e.kind() == ErrorKind::NotFound => bail!("container does not exist"),
            other => other.with_context(|| format!("open {}", self.path.display()))?,
        };
        loop {
            match file.lock() {
                Ok(()) => return Ok(file),
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(e) => return Err(e).with_context(|| format!("lock {}", self.path.display())),
            }
        }
    }

    /// Whether some call is changing this container now.
    fn locked(&self) -> Result<bool> {
        let path = || self.path.display();
        let file = File::open(&self.path).with_context(|| format!("open {}", path()))?;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(false),
                Err(TryLockError::WouldBlock) => return Ok(true),
                Err(TryLockError::Error(e)) if e.kind() == ErrorKind::Interrupted => {}
                Err(TryLockError::Error(e)) => return Err(e).with_context(|| format!("lock {}", path())),
            }
        }
    }

    pub fn fifo(&self) -> PathBuf {
        self.path.join("exec.fifo")
    }

    /// Where the container says that it is ready, seen inside as well.
    pub fn notify(&self) -> PathBuf {
        self.path.join("notify")
    }

    /// The compiled seccomp program.
    pub fn seccomp(&self) -> PathBuf {
        self.path.join("seccomp")
    }

    /// One of the programs that are loaded beside it.
    pub fn stacked_seccomp(&self, number: usize) -> PathBuf {
        self.path.join(format!("seccomp.{number}"))
    }

    /// Writes state.json so that a reader sees the old or the new one.
    ///
    /// It is not synced: the page cache survives this process, and what a power cut takes from a
    /// disk goes with the cgroups and processes that it is about.
    pub fn save(&self, state: &State) -> Result<()> {
        self.write(state).map(drop)
    }

    /// The same, and on disk when this returns: for the record that comes before anything is made.
    pub fn save_synced(&self, state: &State) -> Result<()> {
        // After the rename, so that one commit of the file system's journal carries both.
        let path = || self.path.join("state.json").display().to_string();
        self.write(state)?.sync_all().with_context(|| format!("sync {}", path()))
    }

    fn write(&self, state: &State) -> Result<File> {
        self.prepare(state)?.name()
    }

    /// Writes what is state.json when it gets its name, before anything else is written.
    // The folder is ours, and closed to others.
    #[allow(clippy::disallowed_methods)]
    pub fn prepare(&self, state: &State) -> Result<Prepared> {
        let (new, name) = (self.path.join(".state.json"), self.path.join("state.json"));
        let text = serde_json::to_vec(state).context("encode state.json")?;
        let mut file = File::create(&new).with_context(|| format!("create {}", new.display()))?;
        file.write_all(&text).with_context(|| format!("write {}", new.display()))?;
        Ok(Prepared { file, new, name })
    }

    /// What is known of the container; an error where there is nothing.
    pub fn load(&self) -> Result<State> {
        self.record()?.context("container does not exist")
    }

    /// What is known of the container; none where nothing was written yet. A record that cannot be
    /// read is another matter: what it names must not be forgotten.
    pub fn record(&self) -> Result<Option<State>> {
        let file = self.path.join("state.json");
        let text = match fs::read(&file) {
            Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(None),
            other => other.with_context(|| format!("read {}", file.display()))?,
        };
        // What a power cut may leave of a record; it has left nothing else of the container.
        if text.is_empty() {
            return Ok(None);
        }
        serde_json::from_slice(&text).with_context(|| format!("parse {}", file.display())).map(Some)
    }

    /// Whether the folder is there, with or without a state.json.
    pub fn exists(&self) -> Result<bool> {
        match fs::metadata(&self.path) {
            Ok(found) => Ok(found.is_dir()),
            Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(false),
            Err(e) => Err(e).with_context(|| format!("stat {}", self.path.display())),
        }
    }

    pub fn remove(&self) -> Result<()> {
        // What is mostly there, before it is looked for what else is.
        for file in [self.path.join("state.json"), self.seccomp(), self.fifo()] {
            let _ = fs::remove_file(file);
        }
        if fs::remove_dir(&self.path).is_ok() {
            return Ok(());
        }
        match fs::remove_dir_all(&self.path) {
            Err(e) if e.kind() != ErrorKind::NotFound => {
                Err(e).with_context(|| format!("remove {}", self.path.display()))
            }
            _ => Ok(()),
        }
    }

    /// What the container is doing now.
    pub fn status(&self, state: &State) -> Result<Status> {
        if state.pid == 0 || state.creating {
            return Ok(if self.locked()? { Status::Creating } else { Status::Stopped });
        }
        let alive = pidfd::lives(state.pid, state.start_time)?;
        self.status_if(state, alive)
    }

    /// The same, for who knows whether the first process lives.
    pub fn status_if(&self, state: &State, alive: bool) -> Result<Status> {
        if state.pid == 0 || state.creating {
            return self.status(state);
        }
        Ok(if !alive {
            Status::Stopped
        } else if state.cgroup.frozen()? {
            Status::Paused
        } else if self.fifo().try_exists().with_context(|| format!("stat {}", self.fifo().display()))? {
            Status::Created
        } else {
            Status::Running
        })
    }

    /// Whose the container is: the folder's owner.
    pub fn owner(&self) -> u32 {
        fs::metadata(&self.path).map_or(0, |m| m.uid())
    }
}

/// A state that is written, and does not count yet.
pub struct Prepared {
    file: File,
    new: PathBuf,
    name: PathBuf,
}

impl Prepared {
    /// From here on it counts.
    pub fn name(self) -> Result<File> {
        fs::rename(&self.new, &self.name).with_context(|| format!("rename {}", self.new.display()))?;
        Ok(self.file)
    }
}

impl State {
    /// The first process, where it lives.
    pub fn init(&self) -> Result<Option<OwnedFd>> {
        if self.pid == 0 { Ok(None) } else { pidfd::open(self.pid, self.start_time) }
    }
}

/// A container that other calls may work with, and its status.
pub fn open(global: &Global, id: &str) -> Result<(Dir, State, Status)> {
    let dir = Dir::of(&root(global), id)?;
    let state = dir.load()?;
    let status = dir.status(&state)?;
    Ok((dir, state, status))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whatever a state.json holds, it is read, or refused; nothing in it is taken on trust.
    #[test]
    fn any_record_is_a_state_or_an_error() {
        let dir = tempfile::tempdir().unwrap();
        let dir = Dir { path: dir.path().to_owned() };
        let full = serde_json::json!({"ociVersion": "1.0.2", "id": "it", "pid": 0, "startTime": 0, "creating": false,
            "bundle": "/b", "rootfs": "/b/rootfs", "created": "2026-01-01T00:00:00Z", "annotations": {"a": "b"},
            "cgroup": Cgroup::default(), "resources": {"pids": {"limit": 5}}, "namespaces": ["pid", "mount"],
            "privatePids": true, "process": {"user": {"uid": 0, "gid": 0}, "cwd": "/", "args": ["sh"]},
            "seccomp": {"flags": 1, "listener": ["/s", null]}, "stackedSeccomp": [1], "pipes": ["pipe:[1]"]});
        let mut read = 0;
        crate::chance::cases(5_000, |c| {
            let mut json = full.clone();
            for _ in 0..c.below(3) {
                c.change(&mut json);
            }
            let mut text = json.to_string().into_bytes();
            if c.one_in(4) {
                text.truncate(c.below(text.len()));
                text.extend(c.bytes(8));
            }
            fs::write(dir.path.join("state.json"), text).unwrap();
            let Ok(Some(state)) = dir.record() else { return };
            read += 1;
            let _ = (state.process.get(), state.resources.map(|kept| kept.get()), state.hooks);
        });
        assert!(read > 500, "{read}");
    }
}
