//! Whether overlay mounts work below the root: tried once a boot, since the try ends in an umount
//! that waits for the kernel ten times as long as a command without a server otherwise takes.

use std::fs;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::clock;
use crate::config::Config;
use crate::content::make_dir;
use crate::error::{Error, Result};
use crate::snapshot;

/// Where it is noted that they do. What fails is tried again every time.
const NOTE: &str = "io.containerd.snapshotter.v1.overlayfs";

/// What the configuration says of it, as containerd's does.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Section {
    /// Another folder for the snapshots, which is linked to from below the root.
    pub root_path: PathBuf,
    /// Options of every overlay mount, beside its own.
    pub mount_options: Vec<String>,
    /// Whether a snapshot's labels tell its upper folder.
    pub upperdir_label: bool,
}

impl Section {
    /// Has the snapshotter's folder `dir` be a link to the one that is wished for. Those who find snapshots below the
    /// root, with a configuration or without, find them there.
    pub fn place(&self, dir: &Path) -> Result<()> {
        let wanted = &self.root_path;
        if wanted.as_os_str().is_empty() || wanted == dir {
            return Ok(());
        }
        let at = |e: Error| e.context(format!("root_path {}", wanted.display()));
        if !wanted.is_absolute() {
            return Err(at(Error::invalid("must be an absolute path")));
        }
        make_dir(wanted).map_err(at)?;
        if let (Ok(now), Ok(then)) = (dir.canonicalize(), wanted.canonicalize())
            && now == then
        {
            return Ok(());
        }
        // Empty folders of one that never had a snapshot.
        let _ = fs::remove_dir(dir.join("snapshots")).and_then(|()| fs::remove_dir(dir));
        if dir.symlink_metadata().is_ok() {
            return Err(at(Error::precondition(format!("the snapshots are in {}", dir.display()))));
        }
        symlink(wanted, dir).map_err(|e| at(Error::from(e)))
    }
}

pub fn check(config: &Config, dir: &Path) -> Result<()> {
    let note = config.state.join(NOTE);
    let proof = proof(&config.root)?;
    if fs::read_to_string(&note).is_ok_and(|noted| noted == proof) {
        return Ok(());
    }
    snapshot::overlay_supported(dir)?;
    // Not to be able to note it costs time and nothing else.
    let _ = tempfile::NamedTempFile::new_in(&config.state).and_then(|draft| {
        fs::write(draft.path(), &proof)?;
        draft.persist(&note).map_err(|e| e.error)
    });
    Ok(())
}

/// What the answer depends on: this boot of this kernel, the root's file system, our rights.
fn proof(root: &Path) -> Result<String> {
    let boot = clock::boot();
    let device = fs::metadata(root).map_err(Error::from)?.dev();
    let mapped = snapshot::in_user_namespace();
    Ok(format!("{boot} {device} {mapped} {}\n", root.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn snapshots_lie_where_they_are_wished_for() {
        let dir = tempfile::tempdir().unwrap();
        let (usual, other, third) =
            (dir.path().join("usual"), dir.path().join("a/other"), dir.path().join("third"));
        let wish = |root_path: &Path| Section { root_path: root_path.into(), ..Section::default() };
        // As a server without a wish leaves it.
        fs::create_dir_all(usual.join("snapshots")).unwrap();
        for _ in 0..2 {
            wish(&other).place(&usual).unwrap();
            assert_eq!(usual.canonicalize().unwrap(), other.canonicalize().unwrap());
        }
        Section::default().place(&usual).unwrap();
        wish(&usual).place(&usual).unwrap();
        fs::create_dir_all(usual.join("snapshots/1")).unwrap();
        let e = wish(&third).place(&usual).unwrap_err();
        assert!(e.message.contains("the snapshots are in"), "{e}");
        assert!(wish(Path::new("here")).place(&usual).is_err());
    }
}
