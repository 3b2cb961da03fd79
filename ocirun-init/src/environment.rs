//! The program's environment: checked, each name once, and with a HOME.

use std::collections::BTreeSet;
use std::ffi::CString;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::os::fd::{AsFd, BorrowedFd};

use anyhow::{Result, bail};
use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::sys::stat::{SFlag, fstat};

use crate::path;

/// An image's /etc/passwd is not to fill the memory.
const LARGEST_PASSWD: u64 = 10 << 20;

const NO_HOME: &str = "/";

/// Of several values the last one wins. An absent or empty HOME is the user's, from the
/// container's /etc/passwd.
pub fn prepare(env: &[String], uid: u32, root: BorrowedFd) -> Result<Vec<CString>> {
    let mut seen = BTreeSet::new();
    let mut last_first = Vec::with_capacity(env.len() + 1);
    let mut home = false;
    for entry in env.iter().rev() {
        let Some(at) = entry.find('=') else {
            bail!("invalid environment variable {entry:?}: missing '='");
        };
        let (name, value) = (&entry[..at], &entry[at + 1..]);
        if name.is_empty() {
            bail!("invalid environment variable {entry:?}: name cannot be empty");
        }
        if !seen.insert(name) {
            continue;
        }
        if name == "HOME" {
            if value.is_empty() {
                continue;
            }
            home = true;
        }
        match CString::new(entry.as_str()) {
            Ok(entry) => last_first.push(entry),
            Err(_) => bail!("invalid environment variable {name:?}: contains nul byte"),
        }
    }
    last_first.reverse();
    if !home {
        let home = home_of(uid, root).unwrap_or_else(|| NO_HOME.to_owned());
        last_first.push(CString::new(format!("HOME={home}"))?);
    }
    Ok(last_first)
}

/// The value of a variable in a prepared environment.
pub fn value<'a>(env: &'a [CString], name: &str) -> Option<&'a str> {
    env.iter()
        .filter_map(|entry| entry.to_str().ok())
        .find_map(|entry| entry.strip_prefix(name).and_then(|rest| rest.strip_prefix('=')))
}

fn home_of(uid: u32, root: BorrowedFd) -> Option<String> {
    // Looked at before it is opened: an image may have a device or a FIFO there (CVE-2026-47262).
    let seen = fstat(path::open_in(root, "/etc/passwd", OFlag::O_PATH).ok()?).ok()?;
    let flags = OFlag::O_RDONLY | OFlag::O_NONBLOCK | OFlag::O_NOCTTY;
    if path::kind_of(&seen) != SFlag::S_IFREG || seen.st_size as u64 > LARGEST_PASSWD {
        return None;
    }
    let file = path::open_in(root, "/etc/passwd", flags).and_then(|file| {
        let stat = fstat(file.as_fd())?;
        match (stat.st_dev, stat.st_ino) == (seen.st_dev, seen.st_ino) {
            true => Ok(file),
            false => Err(Errno::ESTALE),
        }
    });
    find_home(BufReader::new(File::from(file.ok()?).take(LARGEST_PASSWD)), uid)
}

fn find_home(passwd: impl BufRead, uid: u32) -> Option<String> {
    for line in passwd.split(b'\n') {
        let line = line.ok()?;
        let Ok(line) = str::from_utf8(&line) else { continue };
        let fields: Vec<&str> = line.trim().split(':').collect();
        if fields.len() >= 6 && fields[2].parse() == Ok(uid) {
            let home = fields[5];
            return (!home.is_empty() && !home.contains('\0')).then(|| home.to_owned());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(entries: &[&str]) -> Vec<String> {
        entries.iter().map(|e| (*e).to_owned()).collect()
    }

    fn prepared(entries: &[&str]) -> Vec<String> {
        let root = nix::fcntl::open("/sys", OFlag::O_PATH, nix::sys::stat::Mode::empty()).unwrap();
        let env = prepare(&strings(entries), 0, root.as_fd()).unwrap();
        env.iter().map(|e| e.to_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn each_name_once_and_the_last_value() {
        assert_eq!(prepared(&["A=1", "HOME=/h", "B=2", "A=3"]), ["HOME=/h", "B=2", "A=3"]);
        assert_eq!(prepared(&["A=1", "HOME="]), ["A=1", "HOME=/"]);
        assert_eq!(prepared(&["A=b=c"]), ["A=b=c", "HOME=/"]);
    }

    #[test]
    fn bad_entries_are_refused() {
        let root = nix::fcntl::open("/sys", OFlag::O_PATH, nix::sys::stat::Mode::empty()).unwrap();
        for entry in ["NOVALUE", "=x", "A=\0"] {
            assert!(prepare(&strings(&[entry]), 0, root.as_fd()).is_err(), "{entry:?}");
        }
    }

    #[test]
    fn homes_are_found_by_number() {
        let passwd = b"root:x:0:0:root:/root:/bin/sh\n\xff\xfe\n1000:x:0:0::/wrong:\nu:x:1000:1:::\nv:x:7:7::/v:/bin/sh\nw:x:7:7::/w:";
        let home = |uid| find_home(&passwd[..], uid);
        assert_eq!(home(0).as_deref(), Some("/root"));
        assert_eq!(home(7).as_deref(), Some("/v"));
        assert_eq!(home(1000), None, "an empty home is none");
        assert_eq!(home(8), None);
    }

    #[test]
    fn any_passwd_and_environment_is_read() {
        let root = nix::fcntl::open("/sys", OFlag::O_PATH, nix::sys::stat::Mode::empty()).unwrap();
        crate::chance::cases(10_000, |c| {
            let mut passwd = c.text(&["root:x:0:0:root:/root:/bin/sh\n", ":", "7", "/v", "\n"]).into_bytes();
            passwd.extend(c.bytes(8));
            assert!(find_home(&passwd[..], 0).is_none_or(|home| !home.is_empty() && !home.contains('\0')));
            let env: Vec<String> =
                (0..c.below(4)).map(|_| c.text(&["A", "=", "HOME=", "PATH=/bin"])).collect();
            if let Ok(prepared) = prepare(&env, 0, root.as_fd()) {
                assert!(prepared.len() <= env.len() + 1 && value(&prepared, "HOME").is_some());
            }
        });
    }
}
