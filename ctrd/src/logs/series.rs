//! The files of one log: that which is written to, and those that gave way to it.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// More files than any log has.
const MOST: u32 = 1000;

/// What the file was called before that is called `path` now; 0 is the path itself.
fn older(path: &Path, n: u32) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    if n > 0 {
        name.push(format!(".{n}"));
    }
    name.into()
}

/// The files that there are, oldest first. One that gives way meanwhile is opened once.
pub fn open(path: &Path) -> io::Result<Vec<File>> {
    let mut files: Vec<File> = Vec::new();
    let mut last = None;
    for n in 0..MOST {
        let file = match File::open(older(path, n)) {
            // Of a name that is free for a moment the file is one further on.
            Err(e) if e.kind() == io::ErrorKind::NotFound && n == 0 => continue,
            Err(e) if e.kind() == io::ErrorKind::NotFound => break,
            file => file?,
        };
        let identity = identity(&file)?;
        if last != Some(identity) {
            files.push(file);
        }
        last = Some(identity);
    }
    files.reverse();
    Ok(files)
}

/// What came after `file`, in its order; none where it still is the one that is written to.
pub fn after(path: &Path, file: &File) -> io::Result<Vec<File>> {
    let own = identity(file)?;
    let named = fs::metadata(path).ok().map(|meta| (meta.dev(), meta.ino()));
    // Without the name the next one is about to come.
    if named.is_none_or(|named| named == own) {
        return Ok(Vec::new());
    }
    let mut files = open(path)?;
    let known = files.iter().position(|file| identity(file).is_ok_and(|other| other == own));
    Ok(files.split_off(known.map_or(0, |n| n + 1)))
}

/// Removes them all; there need not be any.
pub fn remove(path: &Path) -> io::Result<()> {
    for n in 0..MOST {
        match fs::remove_file(older(path, n)) {
            Err(e) if e.kind() == io::ErrorKind::NotFound && n > 0 => break,
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
            _ => {}
        }
    }
    Ok(())
}

fn identity(file: &File) -> io::Result<(u64, u64)> {
    let meta = file.metadata()?;
    Ok((meta.dev(), meta.ino()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(files: Vec<File>) -> Vec<String> {
        files.into_iter().map(|file| io::read_to_string(file).unwrap()).collect()
    }

    #[test]
    fn files_in_their_order() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("log");
        assert_eq!(texts(open(&path).unwrap()), Vec::<String>::new());
        for (n, text) in [(2, "a"), (1, "b"), (0, "c"), (4, "stray")] {
            fs::write(older(&path, n), text).unwrap();
        }
        assert_eq!(texts(open(&path).unwrap()), ["a", "b", "c"]);
        let first = File::open(older(&path, 2)).unwrap();
        assert_eq!(texts(after(&path, &first).unwrap()), ["b", "c"]);
        assert_eq!(texts(after(&path, &File::open(&path).unwrap()).unwrap()), Vec::<String>::new());
        // One that has gone altogether: all that is left came after it.
        fs::remove_file(older(&path, 2)).unwrap();
        assert_eq!(texts(after(&path, &first).unwrap()), ["b", "c"]);
        remove(&path).unwrap();
        remove(&path).unwrap();
        assert!(!path.exists() && !older(&path, 1).exists() && older(&path, 4).exists());
    }
}
