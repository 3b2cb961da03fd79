//! Why the kernel would not execute a program that is there: its words are the same whether the program
//! is missing or what it needs is.

use std::fs::File;
use std::io::Read;
use std::os::fd::{AsFd, AsRawFd};
use std::path::Path;

use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::sys::stat::{Mode, SFlag, fstat};

use crate::criu::mountpoint;

/// As much of a file as is looked at: a first line, or the headers of an ELF file.
const HEAD: usize = 4096;

/// What is the matter with the program at `path` below `root`, where it can be seen from there.
pub fn trouble(root: &Path, path: &str, errno: Errno) -> Option<String> {
    if !matches!(errno, Errno::ENOENT | Errno::ENOEXEC) {
        return None;
    }
    let root = mountpoint::open_root(root).ok()?;
    let open = |path: &str| mountpoint::open_in(root.as_fd(), Path::new(path)).ok();
    let found = open(path)?;
    // A device or a FIFO of the container's is not to be opened.
    if fstat(&found).ok()?.st_mode & SFlag::S_IFMT.bits() != SFlag::S_IFREG.bits() {
        return None;
    }
    let link = format!("/proc/self/fd/{}", found.as_raw_fd());
    let flags = OFlag::O_RDONLY | OFlag::O_NONBLOCK | OFlag::O_NOCTTY | OFlag::O_CLOEXEC;
    let file = nix::fcntl::open(link.as_str(), flags, Mode::empty()).ok()?;
    let mut head = Vec::new();
    File::from(file).take(HEAD as u64).read_to_end(&mut head).ok()?;
    if errno == Errno::ENOEXEC {
        return format_trouble(&head);
    }
    let (kind, needed) = needs(&head)?;
    if needed.ends_with('\r') {
        return Some("its first line ends in a carriage return".into());
    }
    open(&needed).is_none().then(|| format!("its {kind} {needed} is missing"))
}

/// The interpreter of a script or the loader of an ELF file.
fn needs(head: &[u8]) -> Option<(&'static str, String)> {
    if let Some(line) = head.strip_prefix(b"#!") {
        let line = line.split(|b| *b == b'\n').next()?;
        let word = line.split(|b| *b == b' ' || *b == b'\t').find(|word| !word.is_empty())?;
        return Some(("interpreter", String::from_utf8_lossy(word).into_owned()));
    }
    let elf = Elf::of(head)?;
    let (count, size) = (elf.number(56, 44, 2)?, elf.number(54, 42, 2)?);
    // The numbers are the file's: they may be any.
    let mut entries = (0..count).map(|n| elf.headers().wrapping_add(n * size));
    let loader = entries.find(|at| elf.at(*at, 4) == Some(PT_INTERP))?;
    let part = |wide: u64, narrow: u64| match elf.wide {
        true => elf.at(loader.wrapping_add(wide), 8),
        false => elf.at(loader.wrapping_add(narrow), 4),
    };
    let (start, length) = (part(8, 4)?, part(32, 16)?);
    let name = head.get(start as usize..start.checked_add(length)? as usize)?;
    let name = name.split(|b| *b == 0).next()?;
    Some(("loader", String::from_utf8_lossy(name).into_owned()))
}

const PT_INTERP: u64 = 3;

/// The head of an ELF file (elf(5)).
struct Elf<'a> {
    head: &'a [u8],
    wide: bool,
    big: bool,
}

impl<'a> Elf<'a> {
    fn of(head: &'a [u8]) -> Option<Elf<'a>> {
        let ident = head.strip_prefix(b"\x7fELF")?;
        Some(Elf { head, wide: *ident.first()? == 2, big: *ident.get(1)? == 2 })
    }

    /// A number of `size` bytes.
    fn at(&self, at: u64, size: usize) -> Option<u64> {
        let at = usize::try_from(at).ok()?;
        let bytes = self.head.get(at..at.checked_add(size)?)?;
        let push = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
        Some(if self.big { bytes.iter().fold(0, push) } else { bytes.iter().rev().fold(0, push) })
    }

    /// A field by its place in a 64-bit and in a 32-bit header.
    fn number(&self, wide: u64, narrow: u64, size: usize) -> Option<u64> {
        self.at(if self.wide { wide } else { narrow }, size)
    }

    /// Where the program headers begin.
    fn headers(&self) -> u64 {
        self.at(if self.wide { 32 } else { 28 }, if self.wide { 8 } else { 4 }).unwrap_or(0)
    }

    fn machine(&self) -> String {
        let number = self.at(18, 2).unwrap_or(0);
        let names = [
            (3, "x86"),
            (8, "mips"),
            (20, "ppc"),
            (21, "ppc64"),
            (22, "s390x"),
            (40, "arm"),
            (62, "x86_64"),
            (183, "aarch64"),
            (243, "riscv64"),
            (258, "loongarch64"),
        ];
        let known = names.iter().find(|(n, _)| *n == number);
        known.map_or_else(|| format!("machine {number}"), |(_, name)| (*name).to_owned())
    }
}

fn format_trouble(head: &[u8]) -> Option<String> {
    if head.is_empty() {
        return Some("it is empty".into());
    }
    let Some(elf) = Elf::of(head) else {
        return Some("it is neither an ELF file nor a script with #! in its first line".into());
    };
    let (made, here) = (elf.machine(), std::env::consts::ARCH);
    (made != here).then(|| format!("it is made for {made}, and this machine is {here}"))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn what_a_program_needs() {
        let shell = std::fs::read("/bin/sh").unwrap();
        let (kind, loader) = needs(&shell[..HEAD]).expect("Debian's shell has a loader");
        assert!(kind == "loader" && loader.contains("ld-"), "{loader}");
        let cases: [(&[u8], Option<&str>); 6] = [
            (b"#!/bin/sh\necho", Some("/bin/sh")),
            (b"#! /usr/bin/env  python3 -x\n", Some("/usr/bin/env")),
            (b"#!/bin/sh\r\n", Some("/bin/sh\r")),
            (b"#!", None),
            (b"echo", None),
            (b"\x7fELF", None),
        ];
        for (head, want) in cases {
            assert_eq!(needs(head).map(|(_, name)| name).as_deref(), want, "{head:?}");
        }
        // Numbers that lead nowhere.
        assert_eq!(needs(&[b"\x7fELF\x02\x01".as_slice(), &[0xff; 100]].concat()), None);
    }

    #[test]
    fn what_is_the_matter() {
        let dir = tempfile::tempdir().unwrap();
        let mut arm = b"\x7fELF\x02\x01\x01".to_vec();
        arm.resize(64, 0);
        arm[18] = 183;
        let arm_here = std::env::consts::ARCH == "aarch64";
        for (name, text, errno, want) in [
            ("a", b"#!/none\n".as_slice(), Errno::ENOENT, Some("its interpreter /none is missing")),
            ("b", b"#!/a\r\n", Errno::ENOENT, Some("its first line ends in a carriage return")),
            // It is there: the reason is another.
            ("c", b"#!/a\n", Errno::ENOENT, None),
            ("d", b"", Errno::ENOEXEC, Some("it is empty")),
            (
                "e",
                b"echo hi\n",
                Errno::ENOEXEC,
                Some("it is neither an ELF file nor a script with #! in its first line"),
            ),
            ("g", b"#!/none\n", Errno::E2BIG, None),
        ] {
            let file = dir.path().join(name);
            std::fs::write(&file, text).unwrap();
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
            assert_eq!(trouble(dir.path(), &format!("/{name}"), errno).as_deref(), want, "{name}");
        }
        std::fs::write(dir.path().join("arm"), arm).unwrap();
        let told = trouble(dir.path(), "/arm", Errno::ENOEXEC);
        let want = format!("it is made for aarch64, and this machine is {}", std::env::consts::ARCH);
        assert_eq!(told, (!arm_here).then_some(want));
        assert_eq!(trouble(dir.path(), "/nowhere", Errno::ENOENT), None);
    }
}
