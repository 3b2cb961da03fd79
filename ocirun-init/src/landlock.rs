//! Landlock: what the program may do with files and network ports, beside all other rights. The
//! paths are the container's and are opened below its root; what a rule allows holds for all below
//! its path. The domain is entered before the seccomp program is loaded, which may not know of it.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use anyhow::{Context, Result, bail};
use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::sys::stat::fstat;
use ocirun_init::Landlock;

use crate::{path, syscall};

/// A right's name, its bit, and the version of Landlock that brought it.
const FILES: &[(&str, u64, i32)] = &[
    ("execute", 1 << 0, 1),
    ("write_file", 1 << 1, 1),
    ("read_file", 1 << 2, 1),
    ("read_dir", 1 << 3, 1),
    ("remove_dir", 1 << 4, 1),
    ("remove_file", 1 << 5, 1),
    ("make_char", 1 << 6, 1),
    ("make_dir", 1 << 7, 1),
    ("make_reg", 1 << 8, 1),
    ("make_sock", 1 << 9, 1),
    ("make_fifo", 1 << 10, 1),
    ("make_block", 1 << 11, 1),
    ("make_sym", 1 << 12, 1),
    ("refer", 1 << 13, 2),
    ("truncate", 1 << 14, 3),
    ("ioctl_dev", 1 << 15, 5),
];

/// Those that mean something for a path that is no directory.
const OF_FILES: u64 = 1 | 1 << 1 | 1 << 2 | 1 << 14 | 1 << 15;

const EXECUTE: u64 = 1;
const READ: u64 = 1 << 2 | 1 << 3;

const TCP: [(&str, u64); 2] = [("bind", 1), ("connect", 2)];
const TCP_SINCE: i32 = 4;

const SCOPES: &[(&str, u64)] = &[("abstract_unix_socket", 1), ("signal", 2)];
const SCOPES_SINCE: i32 = 6;

/// A set of rules that is complete and not yet in force.
pub struct Ruleset(OwnedFd);

impl Ruleset {
    /// `gate` is the exec FIFO, which this process itself has yet to open.
    pub fn build(rules: &Landlock, root: BorrowedFd, gate: Option<BorrowedFd>) -> Result<Self> {
        let version = syscall::landlock_version().context("landlock")?;
        let known = FILES.iter().filter(|right| right.2 <= version).fold(0, |bits, right| bits | right.1);
        let mut tcp = 0;
        for (name, bit) in TCP {
            let used = if name == "bind" { rules.tcp_bind.is_some() } else { rules.tcp_connect.is_some() };
            tcp |= if used { bit } else { 0 };
        }
        let mut scopes = 0;
        for word in &rules.scopes {
            match SCOPES.iter().find(|(name, _)| name == word) {
                Some((_, bit)) => scopes |= bit,
                None => bail!("landlock: unknown scope {word:?}"),
            }
        }
        if (tcp != 0 && version < TCP_SINCE) || (scopes != 0 && version < SCOPES_SINCE) {
            bail!("landlock: this kernel's version {version} knows no TCP rules or scopes");
        }
        let ruleset = syscall::landlock_create(known, tcp, scopes).context("landlock: make a ruleset")?;
        for rule in &rules.paths {
            let allowed = bits(&rule.access, version)?;
            let said = || format!("landlock: {}", rule.path);
            let target = path::open_in(root, &rule.path, OFlag::O_PATH).with_context(said)?;
            let allowed = if path::is_dir(&fstat(&target)?) { allowed } else { allowed & OF_FILES };
            if allowed == 0 {
                bail!("{}: no access that a file has", said());
            }
            syscall::landlock_allow_path(ruleset.as_fd(), target.as_fd(), allowed).with_context(said)?;
        }
        if let Some(gate) = gate {
            syscall::landlock_allow_path(ruleset.as_fd(), gate, 1 << 1).context("landlock: the exec FIFO")?;
        }
        for (ports, bit) in [(&rules.tcp_bind, TCP[0].1), (&rules.tcp_connect, TCP[1].1)] {
            for port in ports.iter().flatten() {
                syscall::landlock_allow_port(ruleset.as_fd(), *port, bit)
                    .with_context(|| format!("landlock: port {port}"))?;
            }
        }
        Ok(Self(ruleset))
    }

    pub fn enforce(self) -> Result<()> {
        match syscall::landlock_restrict(self.0.as_fd()) {
            Err(Errno::EPERM) => bail!("landlock: no_new_privs is needed"),
            done => done.context("landlock: enter the domain"),
        }
    }
}

/// The bits of some words: a right's own name, or `read`, `write` (all that changes something) and
/// `all`. A right that this kernel does not know is not held back by it.
fn bits(words: &[String], version: i32) -> Result<u64> {
    let known = |bits: u64| {
        FILES
            .iter()
            .filter(|right| right.1 & bits != 0 && right.2 <= version)
            .fold(0, |sum, right| sum | right.1)
    };
    let mut sum = 0;
    for word in words {
        sum |= match word.as_str() {
            "read" => READ,
            "write" => !(READ | EXECUTE),
            "all" => u64::MAX,
            word => match FILES.iter().find(|right| right.0 == word) {
                Some(right) => right.1,
                None => bail!("landlock: unknown access {word:?}"),
            },
        };
    }
    Ok(known(sum))
}

/// The rules of a Bootstrap, ready to be enforced; `gate` is the number of the exec FIFO.
pub fn prepare(rules: Option<&Landlock>, root: BorrowedFd, gate: Option<i32>) -> Result<Option<Ruleset>> {
    let Some(rules) = rules else { return Ok(None) };
    let gate = gate.map(syscall::borrow).transpose().context("open the exec FIFO")?;
    Ruleset::build(rules, root, gate).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(words: &[&str], version: i32) -> Result<u64> {
        bits(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>(), version)
    }

    #[test]
    fn words_are_bits_that_this_kernel_knows() {
        assert_eq!(of(&["read", "execute"], 1).unwrap(), 1 | 4 | 8);
        assert_eq!(of(&["all"], 1).unwrap(), (1 << 13) - 1);
        assert_eq!(of(&["truncate"], 2).unwrap(), 0);
        assert_eq!(of(&["write", "read", "execute"], 5).unwrap(), (1 << 16) - 1);
        assert!(of(&["reed"], 7).is_err());
    }
}
