//! Whether overlay mounts work below the root: tried once a boot, since the try ends in an umount
//! that waits for the kernel ten times as long as a command without a server otherwise takes.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use crate::clock;
use crate::config::Config;
use crate::error::{Error, Result};
use crate::snapshot;

/// Where it is noted that they do. What fails is tried again every time.
const NOTE: &str = "io.containerd.snapshotter.v1.overlayfs";

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
