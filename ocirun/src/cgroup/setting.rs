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

/// What files held before they were written, for the case that a later one is refused.
#[derive(Debug, Default)]
pub struct Journal<'a> {
    entries: Vec<(&'a Dir, Setting)>,
}

impl<'a> Journal<'a> {
    fn note(&mut self, dir: &'a Dir, file: &str) {
        // These are a list of entries, or are read in another form than they are written in.
        let one_way = ["devices.", "_device", "io.max", "rdma.max", "oom_control", "ifpriomap"];
        if one_way.iter().any(|w| file.contains(w)) || self.entries.iter().any(|(_, s)| s.file == file) {
            return;
        }
        if let Ok(text) = dir.try_read(file)
            && !text.contains('\n')
        {
            // An empty list is written as an empty line: a write of nothing would do nothing.
            self.entries.push((dir, setting(file, text + "\n")));
        }
    }

    /// Takes back what can be taken back, the last first.
    pub fn undo(self) {
        let mut entries: Vec<_> = self.entries.into_iter().rev().collect();
        while let Some(dir) = entries.first().map(|(dir, _)| *dir) {
            let (here, others) = entries.into_iter().partition(|(d, _)| std::ptr::eq(*d, dir));
            entries = others;
            let here: Vec<(&Dir, Setting)> = here;
            let settings: Vec<Setting> = here.into_iter().map(|(_, s)| s.optional(true)).collect();
            let _ = settle(dir, &settings, None);
        }
    }
}

/// Writes all settings. The kernel checks some against each other (memory against memory+swap,
/// quota against period and burst), so whether one can go in may depend on another that goes in
/// later; which, depends on the values that are there already. Those refused with EINVAL are
/// therefore tried again as long as any other went in.
pub fn settle<'a>(dir: &'a Dir, settings: &[Setting], mut journal: Option<&mut Journal<'a>>) -> Result<()> {
    let mut todo: Vec<&Setting> = settings.iter().collect();
    let mut open: Option<(&str, OwnedFd)> = None;
    loop {
        let mut refused = Vec::new();
        let before = todo.len();
        for s in todo {
            // Several lines for one file (device rules) share its descriptor.
            if open.as_ref().is_none_or(|(file, _)| *file != s.file) {
                if let Some(journal) = &mut journal {
                    journal.note(dir, &s.file);
                }
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
