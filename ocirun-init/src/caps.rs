//! The process's capability sets.
//!
//! The inheritable set is what config.json says of it, and empty where it says nothing: with it a
//! program's file capabilities give an ordinary user inside rights that nobody may have meant him to
//! have (CVE-2022-24769). The kernel grants ambient capabilities out of it alone.

use anyhow::{Context, Result, bail};
use nix::errno::Errno;
use ocirun_init::Capabilities;

use crate::seam::{Seam, strerror};
use crate::syscall::{capset, prctl};

/// By number, as the kernel counts them.
const NAMES: &[&str] = &[
    "CAP_CHOWN",
    "CAP_DAC_OVERRIDE",
    "CAP_DAC_READ_SEARCH",
    "CAP_FOWNER",
    "CAP_FSETID",
    "CAP_KILL",
    "CAP_SETGID",
    "CAP_SETUID",
    "CAP_SETPCAP",
    "CAP_LINUX_IMMUTABLE",
    "CAP_NET_BIND_SERVICE",
    "CAP_NET_BROADCAST",
    "CAP_NET_ADMIN",
    "CAP_NET_RAW",
    "CAP_IPC_LOCK",
    "CAP_IPC_OWNER",
    "CAP_SYS_MODULE",
    "CAP_SYS_RAWIO",
    "CAP_SYS_CHROOT",
    "CAP_SYS_PTRACE",
    "CAP_SYS_PACCT",
    "CAP_SYS_ADMIN",
    "CAP_SYS_BOOT",
    "CAP_SYS_NICE",
    "CAP_SYS_RESOURCE",
    "CAP_SYS_TIME",
    "CAP_SYS_TTY_CONFIG",
    "CAP_MKNOD",
    "CAP_LEASE",
    "CAP_AUDIT_WRITE",
    "CAP_AUDIT_CONTROL",
    "CAP_SETFCAP",
    "CAP_MAC_OVERRIDE",
    "CAP_MAC_ADMIN",
    "CAP_SYSLOG",
    "CAP_WAKE_ALARM",
    "CAP_BLOCK_SUSPEND",
    "CAP_AUDIT_READ",
    "CAP_PERFMON",
    "CAP_BPF",
    "CAP_CHECKPOINT_RESTORE",
];

/// The five sets as bits, names checked before anything is changed.
pub struct Sets {
    bounding: u64,
    effective: u64,
    permitted: u64,
    inheritable: u64,
    ambient: u64,
}

impl Sets {
    pub fn parse(capabilities: &Capabilities) -> Result<Self> {
        Ok(Self {
            bounding: bits(&capabilities.bounding)?,
            effective: bits(&capabilities.effective)?,
            permitted: bits(&capabilities.permitted)?,
            inheritable: bits(&capabilities.inheritable)?,
            ambient: bits(&capabilities.ambient)?,
        })
    }

    /// Drops from the bounding set all that is not in ours, while CAP_SETPCAP is still there.
    pub fn limit_bounding(&self) -> Result<()> {
        for number in 0..64 {
            if self.bounding & (1 << number) != 0 {
                continue;
            }
            match prctl(libc::PR_CAPBSET_DROP, number, 0) {
                Ok(_) => {}
                // The first that this kernel does not know: there are no more.
                Err(Errno::EINVAL) => break,
                Err(Errno::EPERM) if prctl(libc::PR_CAPBSET_READ, number, 0) == Ok(0) => {}
                Err(error) => {
                    return Err(error).with_context(|| format!("drop bounding capability {}", name(number)));
                }
            }
        }
        Ok(())
    }

    /// Without this a change from root to another user would empty the permitted set. execve
    /// clears it.
    pub fn keep_over_user_change(&self) -> Result<()> {
        prctl(libc::PR_SET_KEEPCAPS, 1, 0).context("keep capabilities").map(drop)
    }

    pub fn apply(&self, seam: &Seam) -> Result<()> {
        capset(self.effective, self.permitted, self.inheritable)
            .context("set capabilities (process.capabilities)")?;
        if self.ambient == 0 {
            return Ok(());
        }
        // The kernel holds ambient to what is inheritable; what it refuses is said, not fatal.
        for number in (0..64).filter(|number| self.ambient & (1 << number) != 0) {
            if let Err(error) = prctl(libc::PR_CAP_AMBIENT, libc::PR_CAP_AMBIENT_RAISE as u64, number) {
                let (name, why) = (name(number), strerror(error).to_lowercase());
                seam.warn(format!("can't raise ambient capability {name}: {why}"));
            }
        }
        Ok(())
    }
}

fn bits(names: &[String]) -> Result<u64> {
    let mut bits = 0;
    for name in names {
        match NAMES.iter().position(|known| known == name) {
            Some(number) => bits |= 1 << number,
            None => bail!("unknown capability {name:?}"),
        }
    }
    Ok(bits)
}

fn name(number: u64) -> String {
    NAMES.get(number as usize).map_or_else(|| format!("{number}"), |name| (*name).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_at_their_numbers() {
        let cases = [
            ("CAP_CHOWN", 0),
            ("CAP_NET_BIND_SERVICE", 10),
            ("CAP_SYS_ADMIN", 21),
            ("CAP_AUDIT_WRITE", 29),
            ("CAP_CHECKPOINT_RESTORE", 40),
        ];
        for (name, number) in cases {
            assert_eq!(bits(&[name.to_owned()]).unwrap(), 1 << number, "{name}");
        }
        assert!(bits(&["CAP_NONSENSE".to_owned()]).is_err());
    }

    #[test]
    fn any_name_is_a_bit_or_an_error() {
        crate::chance::cases(10_000, |c| {
            let name = c.text(&["CAP_", "CHOWN", "cap_", "SYS_ADMIN", "BPF"]);
            if let Ok(set) = bits(std::slice::from_ref(&name)) {
                assert_eq!(set.count_ones(), 1);
                assert_eq!(self::name(set.trailing_zeros().into()), name);
            }
        });
    }
}
