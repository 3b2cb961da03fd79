//! Reads files of the kernel's own. They have no size that could be asked for, and the library's way to
//! find it out takes a dozen small reads.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Most of them fit; what is not used of it costs nothing.
const ROOM: usize = 16 << 10;

pub fn bytes(path: impl AsRef<Path>) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(ROOM);
    // Of a file as such its size would be asked.
    File::open(path)?.take(u64::MAX).read_to_end(&mut bytes)?;
    Ok(bytes)
}

pub fn read(path: impl AsRef<Path>) -> io::Result<String> {
    String::from_utf8(bytes(path)?).map_err(|e| io::Error::new(io::ErrorKind::InvalidData, e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_any_length_come_whole() {
        let file = tempfile::NamedTempFile::new().unwrap();
        for length in [0, 1, ROOM - 1, ROOM, ROOM + 1, 5 * ROOM] {
            let text = "x".repeat(length);
            std::fs::write(file.path(), &text).unwrap();
            assert_eq!(read(file.path()).unwrap(), text);
        }
        assert!(read("/proc/self/stat").unwrap().starts_with(&std::process::id().to_string()));
        assert_eq!(read("/proc/none").unwrap_err().kind(), io::ErrorKind::NotFound);
    }
}
