//! The file that a caller names for the number of a process.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::Path;

use anyhow::{Context, Result};

/// The number alone, without a newline, and never half of it.
pub fn write(file: &Path, pid: i32) -> Result<()> {
    write_whole(file, pid).with_context(|| format!("pid file {}", file.display()))
}

/// One that was written is of no use to anybody any more.
pub fn remove(file: &Path) {
    if !is_device(file) {
        let _ = fs::remove_file(file);
    }
}

fn write_whole(file: &Path, pid: i32) -> Result<()> {
    let put = |path: &Path, options: &fs::OpenOptions| {
        let written = options.open(path).and_then(|mut f| f.write_all(pid.to_string().as_bytes()));
        written.with_context(|| format!("write {}", path.display()))
    };
    let mut options = fs::OpenOptions::new();
    options.write(true);
    if is_device(file) {
        return put(file, &options);
    }
    let name = file.file_name().context("it has no name")?.to_string_lossy().into_owned();
    let new = file.with_file_name(format!(".{name}"));
    put(&new, options.create(true).truncate(true).mode(0o666))?;
    fs::rename(&new, file).with_context(|| format!("rename {}", new.display()))
}

/// /dev/null, /dev/stderr or a FIFO: to take its place would be the end of it. A link is not followed.
fn is_device(file: &Path) -> bool {
    let kind = file.symlink_metadata().map(|meta| meta.file_type());
    kind.is_ok_and(|kind| kind.is_char_device() || kind.is_block_device() || kind.is_fifo())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_and_a_device_stays() {
        let dir = tempfile::tempdir().unwrap();
        let (file, victim) = (dir.path().join("pid"), dir.path().join("victim"));
        fs::write(&victim, "old").unwrap();
        std::os::unix::fs::symlink(&victim, &file).unwrap();
        write(&file, 42).unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "42");
        assert_eq!(fs::read_to_string(&victim).unwrap(), "old");
        remove(&file);
        assert!(!file.exists());

        // A reader that waits for nobody, so that the writer does not.
        nix::unistd::mkfifo(&file, nix::sys::stat::Mode::S_IRWXU).unwrap();
        let mut options = fs::OpenOptions::new();
        let mut reader = options.read(true).custom_flags(libc::O_NONBLOCK).open(&file).unwrap();
        write(&file, 42).unwrap();
        let mut text = String::new();
        std::io::Read::read_to_string(&mut reader, &mut text).unwrap();
        assert_eq!(text, "42");
        remove(&file);
        assert!(file.symlink_metadata().unwrap().file_type().is_fifo());
    }
}
