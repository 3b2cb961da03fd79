//! What annotations ask for, of those that this program follows. The list is whole, and none of
//! them is a program to run or a file to write: `features` names it for callers that let a user
//! choose annotations.

use std::collections::HashMap;
use std::path::PathBuf;

use anyhow::{Context, Result, bail, ensure};
use oci_spec::runtime::{LinuxSeccomp, Spec};
use ocirun_init::Landlock;

/// Those that crun knows, too, with its meaning.
pub const DELEGATE: &str = "run.oci.delegate-cgroup";
pub const KEEP_GROUPS: &str = "run.oci.keep_original_groups";
pub const MOUNT_CONTEXT: &str = "run.oci.mount_context_type";
pub const PIDFD_RECEIVER: &str = "run.oci.pidfd_receiver";
pub const SECCOMP_RECEIVER: &str = "run.oci.seccomp.receiver";
pub const SECCOMP_BPF: &str = "run.oci.seccomp_bpf_data";
pub const SECCOMP_UNKNOWN: &str = "run.oci.seccomp_fail_unknown_syscall";

/// Our own.
pub const SECCOMP_STACK: &str = "io.ctrd.seccomp.stack";
pub const LANDLOCK: &str = "io.ctrd.landlock";

/// All of them, for `features`.
pub const ALL: &[&str] = &[
    LANDLOCK,
    SECCOMP_STACK,
    DELEGATE,
    KEEP_GROUPS,
    MOUNT_CONTEXT,
    PIDFD_RECEIVER,
    SECCOMP_RECEIVER,
    SECCOMP_BPF,
    SECCOMP_UNKNOWN,
];

/// What crun has and this program has not, and what it is in words. Without it a container would be
/// another one than was asked for.
pub const REFUSED: &[(&str, &str)] = &[
    ("run.oci.handler", "programs run on the kernel itself, under no handler"),
    ("run.oci.seccomp.plugins", "no plugin is loaded; linux.seccomp.listenerPath names a listener"),
    ("run.oci.systemd.force_cgroup_v1", "the hierarchies are the host's"),
];

#[derive(Debug, Default, PartialEq)]
pub struct Asked {
    /// A cgroup below the container's, for its processes and theirs to manage.
    pub delegate: Option<String>,
    /// The program keeps the supplementary groups of whoever called us.
    pub keep_groups: bool,
    /// The mount option that takes `mountLabel`.
    pub mount_context: Option<String>,
    /// Takes a pidfd of the program, as `--pidfd-socket`.
    pub pidfd_receiver: Option<PathBuf>,
    /// Takes the seccomp listener, where the profile names nobody.
    pub seccomp_receiver: Option<PathBuf>,
    /// A compiled program in place of the profile.
    pub seccomp_bpf: Option<Vec<u8>>,
    /// A system call of the profile that is not known is an error.
    pub seccomp_unknown: bool,
    /// Profiles beside the profile: a call passes that passes all.
    pub seccomp_stack: Vec<LinuxSeccomp>,
    pub landlock: Option<Landlock>,
}

impl Asked {
    /// Something is asked about system calls beside, or in the place of, the profile.
    pub fn filters(&self) -> bool {
        self.seccomp_unknown || self.seccomp_bpf.is_some() || !self.seccomp_stack.is_empty()
    }
}

pub fn of(spec: &Spec) -> Result<Asked> {
    let none = HashMap::new();
    let all = spec.annotations().as_ref().unwrap_or(&none);
    let no_new_privileges =
        spec.process().as_ref().is_some_and(|process| process.no_new_privileges().unwrap_or(false));
    read(|name| all.get(name).map(String::as_str), no_new_privileges)
}

/// Reads the annotations that `get` finds by name.
pub fn read<'a>(get: impl Fn(&str) -> Option<&'a str>, no_new_privileges: bool) -> Result<Asked> {
    let text = |name| get(name).filter(|value| !value.is_empty());
    for (name, why) in REFUSED {
        ensure!(text(name).is_none(), "annotation {name} is not supported: {why}");
    }
    let on = |name| text(name).is_some_and(|value| value != "0" && value != "false");
    let mount_context = text(MOUNT_CONTEXT).map(str::to_owned);
    if let Some(word) = &mount_context {
        let known = ["context", "fscontext", "defcontext", "rootcontext"].contains(&word.as_str());
        ensure!(known, "annotation {MOUNT_CONTEXT}: unknown context type {word:?}");
    }
    let landlock = text(LANDLOCK)
        .map(|value| serde_json::from_str(value).with_context(|| format!("annotation {LANDLOCK}")))
        .transpose()?;
    ensure!(landlock.is_none() || no_new_privileges, "annotation {LANDLOCK} needs process.noNewPrivileges");
    let stack = text(SECCOMP_STACK)
        .map(|value| serde_json::from_str(value).with_context(|| format!("annotation {SECCOMP_STACK}")));
    let bpf = text(SECCOMP_BPF).map(|value| {
        let program = base64(value).with_context(|| format!("annotation {SECCOMP_BPF}"))?;
        let whole = !program.is_empty() && program.len().is_multiple_of(8);
        ensure!(whole, "annotation {SECCOMP_BPF}: {} bytes are no program", program.len());
        Ok(program)
    });
    Ok(Asked {
        delegate: text(DELEGATE).map(str::to_owned),
        keep_groups: on(KEEP_GROUPS),
        mount_context,
        pidfd_receiver: text(PIDFD_RECEIVER).map(PathBuf::from),
        seccomp_receiver: text(SECCOMP_RECEIVER).map(PathBuf::from),
        seccomp_bpf: bpf.transpose()?,
        seccomp_unknown: on(SECCOMP_UNKNOWN),
        seccomp_stack: stack.transpose()?.unwrap_or_default(),
        landlock,
    })
}

/// Standard base64, with or without padding.
fn base64(text: &str) -> Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0u32, 0);
    for c in text.trim_end_matches('=').bytes() {
        let value = match c {
            b'A'..=b'Z' => c - b'A',
            b'a'..=b'z' => c - b'a' + 26,
            b'0'..=b'9' => c - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => bail!("{:?} is not of base64", char::from(c)),
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(name: &'static str, value: &'static str) -> Result<Asked> {
        read(|asked| (asked == name).then_some(value), true)
    }

    #[test]
    fn base64_is_read() {
        for (text, want) in [("", ""), ("TQ==", "M"), ("TWE=", "Ma"), ("TWFu", "Man"), ("TWFuTQ", "ManM")] {
            assert_eq!(base64(text).unwrap(), want.as_bytes(), "{text}");
        }
        assert!(base64("TW Fu").is_err());
    }

    #[test]
    fn values_are_checked() {
        assert_eq!(read(|_| None, false).unwrap(), Asked::default());
        assert!(one(KEEP_GROUPS, "1").unwrap().keep_groups);
        assert!(!one(KEEP_GROUPS, "0").unwrap().keep_groups);
        assert_eq!(one(SECCOMP_BPF, "BgAAAAAA/38=").unwrap().seccomp_bpf.unwrap().len(), 8);
        let rules = one(LANDLOCK, r#"{"paths":[{"path":"/","access":["read"]}]}"#).unwrap();
        assert_eq!(rules.landlock.unwrap().paths[0].path, "/");
        for (name, value) in [
            (MOUNT_CONTEXT, "odd"),
            (SECCOMP_BPF, "BgAAAA=="),
            (SECCOMP_STACK, "{}"),
            (LANDLOCK, "{\"path\":1}"),
        ] {
            assert!(one(name, value).unwrap_err().to_string().contains(name), "{name}");
        }
        assert!(one("run.oci.handler", "krun").unwrap_err().to_string().contains("under no handler"));
        assert_eq!(one("run.oci.handler", "").unwrap(), Asked::default());
        let without = read(|name| (name == LANDLOCK).then_some("{}"), false);
        assert!(without.unwrap_err().to_string().contains("noNewPrivileges"));
    }

    #[test]
    fn any_value_is_taken_or_refused() {
        crate::chance::cases(10_000, |c| {
            let name = *c.of(&[DELEGATE, MOUNT_CONTEXT, SECCOMP_BPF, SECCOMP_STACK, LANDLOCK]);
            let value = c.text(&["{", "}", "[", "]", "\"paths\":", "BgAAAAAA/38=", "context", "1"]);
            let _ = read(|asked| (asked == name).then_some(value.as_str()), c.one_in(2));
        });
    }
}
