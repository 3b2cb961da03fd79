//! A limit on its way into the kernel: a value for a file, and the order in which a group of them
//! goes in.

use std::os::fd::OwnedFd;

use anyhow::{Context, Result, anyhow};
use nix::errno::Errno;
use nix::fcntl::OFlag;

use super::dir::{Dir, write_whole};

#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    pub file: String,
    pub value: String,
    /// The kernel may lack this file, and the value is one that needs no saying then.
    pub optional: bool,
}

pub fn setting(file: impl Into<String>, value: impl ToString) -> Setting {
    Setting { file: file.into(), value: value.to_string(), optional: false }
}

impl Setting {
    pub fn optional(self, optional: bool) -> Self {
        Setting { optional, ..self }
    }
}

/// Writes all settings. The kernel checks some against each other (memory against memory+swap,
/// quota against period and burst), so whether one can go in may depend on another that goes in
/// later; which, depends on the values that are there already. Those refused with EINVAL are
/// therefore tried again as long as any other went in.
pub fn settle(dir: &Dir, settings: &[Setting]) -> Result<()> {
    let mut todo: Vec<&Setting> = settings.iter().collect();
    let mut open: Option<(&str, OwnedFd)> = None;
    loop {
        let mut refused = Vec::new();
        let before = todo.len();
        for s in todo {
            // Several lines for one file (device rules) share its descriptor.
            if open.as_ref().is_none_or(|(file, _)| *file != s.file) {
                open = match dir.open(&s.file, OFlag::O_WRONLY) {
                    Ok(fd) => Some((&s.file, fd)),
                    Err(Errno::ENOENT) if s.optional => continue,
                    Err(e) => return Err(failure(dir, s, e)),
                };
            }
            let Some((_, fd)) = &open else { continue };
            match write_whole(fd, &s.value) {
                Ok(()) => {}
                Err(Errno::EINVAL) => refused.push(s),
                Err(Errno::EOPNOTSUPP) if s.optional => {}
                Err(e) => return Err(failure(dir, s, e)),
            }
        }
        match refused.first() {
            None => return Ok(()),
            Some(s) if refused.len() == before => return Err(failure(dir, s, Errno::EINVAL)),
            Some(_) => todo = refused,
        }
    }
}

fn failure(dir: &Dir, s: &Setting, errno: Errno) -> anyhow::Error {
    if errno == Errno::EBUSY && s.file == "memory.limit_in_bytes" {
        let number = |file| dir.try_read(file).unwrap_or_default();
        return anyhow!(
            "unable to set memory limit to {} (current usage: {}, peak usage: {})",
            s.value,
            number("memory.usage_in_bytes"),
            number("memory.max_usage_in_bytes"),
        );
    }
    Err::<(), _>(errno)
        .with_context(|| format!("set {} to {} in {}", s.file, s.value, dir.path().display()))
        .unwrap_err()
}
