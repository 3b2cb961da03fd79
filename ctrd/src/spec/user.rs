//! Who `USER` means: `name`, `uid`, `name:group`, `uid:gid` and the mixtures, looked up in the
//! root filesystem's own /etc/passwd and /etc/group.
//!
//! Those two files come from the image, so they are hostile: they are found inside the root
//! whatever symlinks say, must be regular files, and are read up to a bound (CVE-2026-47262).
//! A string of digits is a number and never a name, and a number out of range is an error, so
//! that no line of /etc/passwd can turn it into root (CVE-2016-3697, CVE-2024-40635,
//! CVE-2026-46680).

use std::io::Read;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::path::Path;

use nix::errno::Errno;
use nix::fcntl::{OFlag, OpenHow, ResolveFlag, openat2};
use nix::sys::stat::{Mode, SFlag, fstat};

use crate::error::{Error, Kind, Result};

/// The largest /etc/passwd or /etc/group that is read.
const MAX_FILE: u64 = 10 << 20;
/// The kernel's own ids go further, but tools with signed ids would wrap above this.
const MAX_ID: u32 = i32::MAX as u32;

/// A user as the kernel knows one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct User {
    pub uid: u32,
    pub gid: u32,
    /// From /etc/group, without the primary one.
    pub groups: Vec<u32>,
}

impl User {
    pub fn root() -> User {
        User::default()
    }

    /// The supplementary groups, the primary one among them: a process that lacks it there could
    /// drop it and so pass a check that denies that group (CVE-2022-36109).
    pub fn additional_gids(&self) -> Vec<u32> {
        let mut gids = self.groups.clone();
        if !gids.contains(&self.gid) {
            gids.insert(0, self.gid);
        }
        gids
    }
}

/// Looks `user` up in the root filesystem at `root`. An empty string is root.
pub fn resolve(root: &Path, user: &str) -> Result<User> {
    let flags = OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
    let dir = nix::fcntl::open(root, flags, Mode::empty())
        .map_err(|e| Error::from(e).context(format!("open {}", root.display())))?;
    resolve_at(dir.as_fd(), user)
}

/// The same, below an open folder.
pub fn resolve_at(root: BorrowedFd<'_>, user: &str) -> Result<User> {
    let passwd = read(root, "etc/passwd")?;
    let group = read(root, "etc/group")?;
    lookup(user, passwd.as_deref(), group.as_deref())
}

/// The lookup itself; `None` is a file that is not there.
fn lookup(user: &str, passwd: Option<&str>, group: Option<&str>) -> Result<User> {
    let fault = |why: String| Error::invalid(format!("user {user:?}: {why}"));
    let (user_part, group_part) = match user.split_once(':') {
        Some((u, g)) if u.is_empty() || g.is_empty() || g.contains(':') => {
            return Err(fault("must be USER or USER:GROUP".into()));
        }
        Some((u, g)) => (u, Some(g)),
        None if user.is_empty() => ("root", None),
        None => (user, None),
    };
    let missing = |what: &str, name: &str, file: &str| {
        Error::not_found(format!("user {user:?}: no {what} {name:?} in the image's {file}"))
    };

    let number = number(user_part).map_err(fault)?;
    let mut users = entries(passwd.unwrap_or_default(), 4);
    let entry = users.find_map(|f| {
        let (uid, gid) = (id(f[2])?, id(f[3])?);
        let hit = match number {
            Some(n) => uid == n,
            None => f[0] == user_part,
        };
        hit.then_some((f[0], uid, gid))
    });
    let (name, uid, gid) = match (entry, number) {
        // Nobody's file may make another of the user that is meant when none is named.
        (Some((name, _, _)), _) if user.is_empty() => (Some(name), 0, 0),
        (Some((name, uid, gid)), _) => (Some(name), uid, gid),
        (None, Some(uid)) => (None, uid, 0),
        (None, None) if user_part == "root" && (passwd.is_none() || user.is_empty()) => (Some("root"), 0, 0),
        (None, None) => return Err(missing("user", user_part, "/etc/passwd")),
    };

    let groups = || entries(group.unwrap_or_default(), 3);
    let gid = match group_part {
        None => gid,
        Some(part) => match self::number(part).map_err(fault)? {
            Some(gid) => gid,
            None => groups()
                .find_map(|f| (f[0] == part).then(|| id(f[2])).flatten())
                .ok_or_else(|| missing("group", part, "/etc/group"))?,
        },
    };

    let mut more: Vec<u32> = groups()
        .filter(|f| f.get(3).is_some_and(|members| members.split(',').any(|m| Some(m) == name)))
        .filter_map(|f| id(f[2]))
        .filter(|g| *g != gid)
        .collect();
    more.sort_unstable();
    more.dedup();
    Ok(User { uid, gid, groups: more })
}

/// The id, if the text is a number at all; an error if it is one that cannot be an id.
fn number(text: &str) -> Result<Option<u32>, String> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(None);
    }
    match text.parse::<u32>() {
        Ok(id) if id <= MAX_ID && digits == text => Ok(Some(id)),
        _ => Err(format!("id {text} is not between 0 and {MAX_ID}")),
    }
}

/// An id in a file; a line without a valid one names nobody.
fn id(text: &str) -> Option<u32> {
    number(text).ok().flatten()
}

/// The lines with at least `least` fields.
fn entries(text: &str, least: usize) -> impl Iterator<Item = Vec<&str>> {
    text.lines().map(|line| line.trim().split(':').collect::<Vec<_>>()).filter(move |f| f.len() >= least)
}

/// A file below `root`, or `None` if it is not there.
fn read(root: BorrowedFd<'_>, path: &str) -> Result<Option<String>> {
    let at = |e: Error| e.context(format!("read the image's /{path}"));
    let Some(handle) = find(root, path).map_err(|e| at(e.into()))? else {
        return Ok(None);
    };
    // Looked at before it is opened for reading: to open a device or a FIFO is already an act.
    let stat = fstat(&handle).map_err(|e| at(e.into()))?;
    if SFlag::from_bits_truncate(stat.st_mode) & SFlag::S_IFMT != SFlag::S_IFREG {
        return Err(at(Error::invalid("not a regular file")));
    }
    let own = format!("/proc/self/fd/{}", handle.as_raw_fd());
    let file = std::fs::File::open(own).map_err(|e| at(e.into()))?;
    let mut bytes = Vec::new();
    // The size may change under us: the bound is on what is read.
    file.take(MAX_FILE + 1).read_to_end(&mut bytes).map_err(|e| at(e.into()))?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(at(Error::new(Kind::InvalidArgument, format!("larger than {MAX_FILE} bytes"))));
    }
    Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
}

fn find(root: BorrowedFd<'_>, path: &str) -> nix::Result<Option<OwnedFd>> {
    let how = OpenHow::new()
        .flags(OFlag::O_PATH | OFlag::O_CLOEXEC)
        .resolve(ResolveFlag::RESOLVE_IN_ROOT | ResolveFlag::RESOLVE_NO_MAGICLINKS);
    // EAGAIN means that somebody renamed something meanwhile: the kernel asks for another try.
    for _ in 0..128 {
        match openat2(root, path, how) {
            Ok(fd) => return Ok(Some(fd)),
            Err(Errno::ENOENT | Errno::ENOTDIR) => return Ok(None),
            Err(Errno::EAGAIN) => continue,
            Err(e) => return Err(e),
        }
    }
    Err(Errno::EAGAIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWD: &str = "root:x:0:0:root:/root:/bin/sh\n\
        1000:x:0:0::/:\n\
        4294967296:x:0:0::/:\n\
        web:x:33:34:www:/:\n\
        broken:x:y:0::/:\n\
        far:x:4294967295:0::/:\n\
        short:x:1\n";
    const GROUP: &str =
        "root:x:0:root\nadm:x:4:web,root\nwww:x:34:web\nmail:x:8:web,x\nbad:x:z:web\n77:x:5:\n";

    fn user(uid: u32, gid: u32, groups: &[u32]) -> User {
        User { uid, gid, groups: groups.to_vec() }
    }

    #[test]
    fn found() {
        for (text, want) in [
            ("", user(0, 0, &[4])),
            ("root", user(0, 0, &[4])),
            ("0", user(0, 0, &[4])),
            ("web", user(33, 34, &[4, 8])),
            ("33", user(33, 34, &[4, 8])),
            ("web:adm", user(33, 4, &[8, 34])),
            ("web:5", user(33, 5, &[4, 8, 34])),
            ("33:mail", user(33, 8, &[4, 34])),
            ("1000", user(1000, 0, &[])),
            ("1000:1000", user(1000, 1000, &[])),
            ("2147483647", user(2147483647, 0, &[])),
            ("web:77", user(33, 77, &[4, 8, 34])),
        ] {
            assert_eq!(lookup(text, Some(PASSWD), Some(GROUP)).unwrap(), want, "{text:?}");
        }
    }

    #[test]
    fn refused() {
        for text in [
            "2147483648",
            "4294967296",
            "99999999999999999999",
            "-1",
            "+0",
            "nobody",
            "broken",
            "far",
            "short",
            "web:none",
            "web:4294967296",
            ":",
            "web:",
            ":adm",
            "web:adm:x",
        ] {
            let got = lookup(text, Some(PASSWD), Some(GROUP));
            assert!(got.is_err(), "{text:?}: {got:?}");
        }
    }

    #[test]
    fn without_files() {
        assert_eq!(lookup("", None, None).unwrap(), User::root());
        assert_eq!(lookup("root", None, None).unwrap(), User::root());
        assert_eq!(lookup("7:8", None, None).unwrap(), user(7, 8, &[]));
        assert!(lookup("web", None, None).is_err());
        assert!(lookup("root", Some("web:x:1:1:::\n"), None).is_err());
    }

    #[test]
    fn nobody_becomes_the_unnamed_root() {
        assert_eq!(lookup("", Some("root:x:5:6:::\n"), None).unwrap(), User::root());
    }

    #[test]
    fn files_stay_inside_and_are_plain() {
        let dir = tempfile::tempdir().unwrap();
        let etc = dir.path().join("etc");
        assert_eq!(resolve(dir.path(), "").unwrap(), User::root());
        std::fs::create_dir(&etc).unwrap();
        std::fs::write(dir.path().join("users"), "web:x:33:33:::\n").unwrap();
        std::os::unix::fs::symlink("/../../../users", etc.join("passwd")).unwrap();
        assert_eq!(resolve(dir.path(), "web").unwrap(), user(33, 33, &[]));

        let fifo = etc.join("group");
        nix::unistd::mkfifo(&fifo, Mode::S_IRWXU).unwrap();
        let err = resolve(dir.path(), "web").unwrap_err();
        assert_eq!(err.message, "read the image's /etc/group: not a regular file");

        std::fs::remove_file(&fifo).unwrap();
        std::os::unix::fs::symlink("/proc/self/environ", &fifo).unwrap();
        assert!(resolve(dir.path(), "web").is_ok(), "a path that only the host has is not there");

        std::fs::remove_file(&fifo).unwrap();
        std::fs::File::create(&fifo).unwrap().set_len(MAX_FILE + 1).unwrap();
        let err = resolve(dir.path(), "web").unwrap_err();
        assert!(err.message.contains("larger than"), "{err}");
    }
}
