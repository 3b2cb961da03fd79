//! Programs that were compiled, kept by the text of their profile: engines give every container the same
//! one. They lie in a folder beside those of the containers, under a name that no container can have.
//!
//! A program is what stands between a container and the kernel, so the folder and the file must be the
//! caller's own and closed to all others, and the file must hold the very text that is asked for and
//! the mark of this program: what another one compiled may have meant something else. All else is as
//! if there were nothing: it is compiled, and kept in the place of what is there.

use std::ffi::OsStr;
use std::fs::{self, DirBuilder, File};
use std::hash::{DefaultHasher, Hasher};
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use nix::fcntl::{OFlag, openat, renameat};
use nix::sys::stat::Mode;
use nix::unistd::{UnlinkatFlags, geteuid, unlinkat};

use super::{LONGEST, Program};
use crate::log;

/// `@` is no letter of an id.
const FOLDER: &str = "@seccomp";

/// So many profiles may be in use; one more, and all are forgotten.
const MOST: usize = 32;

/// Of a file, in bytes: more than any profile of an engine.
const LARGEST: u64 = 1 << 20;

/// The programs that are kept below a root folder.
pub struct Store(PathBuf);

impl Store {
    pub fn of(root: &Path) -> Store {
        Store(root.join(FOLDER))
    }

    /// The program that was kept for this text.
    pub fn find(&self, profile: &[u8]) -> Option<Program> {
        self.read(profile).ok().flatten()
    }

    /// Keeps a program; that it cannot be kept fails nothing.
    pub fn keep(&self, profile: &[u8], program: &Program) {
        if let Err(e) = self.write(profile, program) {
            log::debug(&format!("the seccomp program is not kept in {}: {e}", self.0.display()));
        }
    }

    fn read(&self, profile: &[u8]) -> io::Result<Option<Program>> {
        let dir = self.open()?;
        let flags = OFlag::O_RDONLY | OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK | OFlag::O_CLOEXEC;
        let file = File::from(openat(&dir, name(profile).as_str(), flags, Mode::empty())?);
        let about = file.metadata()?;
        if !about.is_file() || !is_private(&about) || about.len() > LARGEST {
            return Ok(None);
        }
        let mut text = Vec::with_capacity(about.len() as usize + 1);
        file.take(LARGEST).read_to_end(&mut text)?;
        Ok(parse(&text, mark()?.as_bytes(), profile))
    }

    fn write(&self, profile: &[u8], program: &Program) -> io::Result<()> {
        match DirBuilder::new().mode(0o700).create(&self.0) {
            Err(e) if e.kind() != io::ErrorKind::AlreadyExists => return Err(e),
            _ => {}
        }
        let dir = self.open()?;
        let here: Vec<_> = fs::read_dir(&self.0)?.filter_map(|entry| Some(entry.ok()?.file_name())).collect();
        if here.len() >= MOST {
            here.iter().for_each(|name| remove(&dir, name));
        }
        let new = format!(".{}", std::process::id());
        // Of one that was killed and had this number.
        remove(&dir, OsStr::new(&new));
        let flags = OFlag::O_WRONLY | OFlag::O_CREAT | OFlag::O_EXCL | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
        let mut file = File::from(openat(&dir, new.as_str(), flags, Mode::from_bits_truncate(0o600))?);
        let text = [
            head(mark()?.as_bytes(), program.flags, profile, &program.bpf).as_slice(),
            profile,
            &program.bpf,
        ]
        .concat();
        let written = file
            .write_all(&text)
            .and_then(|()| Ok(renameat(&dir, new.as_str(), &dir, name(profile).as_str())?));
        written.inspect_err(|_| remove(&dir, OsStr::new(&new)))
    }

    /// The folder, if it is to be trusted.
    fn open(&self) -> io::Result<File> {
        let flags = libc::O_DIRECTORY | libc::O_NOFOLLOW;
        let dir = File::options().read(true).custom_flags(flags).open(&self.0)?;
        if is_private(&dir.metadata()?) { Ok(dir) } else { Err(io::ErrorKind::PermissionDenied.into()) }
    }
}

fn remove(dir: &impl AsFd, name: &OsStr) {
    let _ = unlinkat(dir, name, UnlinkatFlags::NoRemoveDir);
}

/// The caller's, and closed to all others.
fn is_private(about: &fs::Metadata) -> bool {
    about.uid() == geteuid().as_raw() && about.mode() & 0o077 == 0
}

fn name(profile: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    hasher.write(profile);
    format!("{:016x}", hasher.finish())
}

/// What tells this program from any other, and from what it was before an update.
fn mark() -> io::Result<String> {
    let own = fs::metadata("/proc/self/exe")?;
    Ok(format!("{:x}.{:x}.{:x}.{:x}.{:x}", own.dev(), own.ino(), own.len(), own.ctime(), own.ctime_nsec()))
}

/// The first line of a file; behind it stand the profile and the program.
fn head(mark: &[u8], flags: u32, profile: &[u8], bpf: &[u8]) -> Vec<u8> {
    [mark, format!(" {flags} {} {}\n", profile.len(), bpf.len()).as_bytes()].concat()
}

fn parse(text: &[u8], mark: &[u8], profile: &[u8]) -> Option<Program> {
    let line = text.iter().position(|b| *b == b'\n')?;
    let mut words = text[..line].split(|b| *b == b' ');
    let flags = words.nth(1).and_then(|word| std::str::from_utf8(word).ok()?.parse().ok())?;
    let bpf = text.get(line + 1..)?.strip_prefix(profile)?;
    let whole = text.starts_with(&head(mark, flags, profile, bpf))
        && !bpf.is_empty()
        && bpf.len().is_multiple_of(8)
        && bpf.len() / 8 <= LONGEST;
    whole.then(|| Program { bpf: bpf.to_vec(), flags, listener: false })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn program(byte: u8) -> Program {
        Program { bpf: vec![byte; 16], flags: 4, listener: false }
    }

    #[test]
    fn a_program_is_found_by_the_text_of_its_profile() {
        let root = tempfile::tempdir().unwrap();
        let store = Store::of(root.path());
        assert_eq!(store.find(b"a"), None);
        store.keep(b"a", &program(1));
        store.keep(b"b", &program(2));
        assert_eq!(store.find(b"a"), Some(program(1)));
        assert_eq!(store.find(b"b"), Some(program(2)));
        assert_eq!(store.find(b"c"), None);
        store.keep(b"a", &program(3));
        assert_eq!(store.find(b"a"), Some(program(3)));
    }

    #[test]
    fn what_others_could_have_written_is_not_believed() {
        let root = tempfile::tempdir().unwrap();
        let store = Store::of(root.path());
        store.keep(b"a", &program(1));
        let file = store.0.join(name(b"a"));
        let allow = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        for (path, mode) in [(&file, 0o600), (&store.0, 0o700)] {
            for open in [0o020, 0o002, 0o044] {
                allow(path, mode | open);
                assert_eq!(store.find(b"a"), None, "{} {open:o}", path.display());
            }
            allow(path, mode);
            assert_eq!(store.find(b"a"), Some(program(1)));
        }
        let aside = root.path().join("aside");
        fs::rename(&file, &aside).unwrap();
        symlink(&aside, &file).unwrap();
        assert_eq!(store.find(b"a"), None, "a link");
        fs::rename(&aside, &file).unwrap();
        fs::rename(&store.0, &aside).unwrap();
        symlink(&aside, &store.0).unwrap();
        assert_eq!(store.find(b"a"), None, "a link to a folder");
    }

    #[test]
    fn a_file_that_says_something_else_is_none() {
        let text = [head(b"mark", 4, b"a", &[7; 16]).as_slice(), b"a", &[7; 16]].concat();
        assert_eq!(parse(&text, b"mark", b"a"), Some(program(7)));
        assert_eq!(parse(&text, b"other", b"a"), None);
        assert_eq!(parse(&text, b"mark", b"b"), None);
        assert_eq!(parse(&text, b"mark", b"a\x07"), None);
        for end in 0..text.len() {
            assert_eq!(parse(&text[..end], b"mark", b"a"), None, "{end}");
        }
        assert_eq!(parse(&[text.as_slice(), &[7; 8]].concat(), b"mark", b"a"), None);
    }

    #[test]
    fn there_are_never_many() {
        let root = tempfile::tempdir().unwrap();
        let store = Store::of(root.path());
        for number in 0..3 * MOST as u8 {
            store.keep(&[number], &program(number));
            assert_eq!(store.find(&[number]), Some(program(number)));
            assert!(fs::read_dir(&store.0).unwrap().count() <= MOST);
        }
    }
}
