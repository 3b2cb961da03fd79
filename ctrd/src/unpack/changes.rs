//! Writing a layer's tar, change by change: the folders on the way to a change come before it.

use std::ffi::CString;
use std::io::{self, Write};
use std::os::fd::OwnedFd;

use nix::sys::stat::FileStat;

use crate::error::{Error, Result};
use crate::snapshot::tree::{self, Step};

use super::diff::{is_opaque, is_whiteout};
use super::header::{header, marker};
use super::write::Entries;

/// The time of what has none of its own, and the bound for all others where one is wanted.
const WHITEOUT_TIME: u64 = 0;

pub struct Changes<W: Write> {
    out: Entries<io::BufWriter<W>>,
    epoch: Option<i64>,
    /// Unchanged folders that lead to where the walk is, each until something in it is written.
    waiting: Vec<Option<Vec<u8>>>,
}

impl<W: Write> Changes<W> {
    pub fn new(out: W, epoch: Option<i64>) -> Changes<W> {
        let out = Entries::new(io::BufWriter::with_capacity(1 << 20, out));
        Changes { out, epoch, waiting: Vec::new() }
    }

    pub fn finish(self) -> Result<()> {
        self.out.finish().map_err(|e| Error::from(e).context("write the layer"))
    }

    /// The top folder, which differs from what it was.
    pub fn root(&mut self, dir: &OwnedFd, stat: &FileStat) -> Result<()> {
        let mut written = || -> io::Result<()> {
            let own = tree::xattrs(&tree::proc_path(dir, c"."))?;
            header(&mut self.out.out, b"./", b"", b'5', 0, &bounded(stat, self.epoch), &own)
        };
        written().map_err(|e| Error::from(e).context("read the top folder"))
    }

    /// A name that is there no more.
    pub fn gone(&mut self, path: &[CString]) -> Result<()> {
        let (parent, name) = path.split_at(path.len() - 1);
        let whiteout = [b".wh.", name[0].to_bytes()].concat();
        self.marker(parent, &whiteout)
    }

    /// A name with all that is at it; of a folder only the folder. `replaces`: what was there before
    /// was no folder, or a folder that counts no more.
    pub fn put(&mut self, path: &[CString], step: &Step, replaces: bool) -> Result<()> {
        self.lead()?;
        let epoch = self.epoch;
        match self.out.add(tree::join(path), step, |stat| bounded(stat, epoch)) {
            // A container that runs meanwhile removes what it likes.
            Err(e) if e.kind() == io::ErrorKind::NotFound => {}
            other => {
                other.map_err(|e| Error::from(e).context(format!("read {:.300}", tree::display(path))))?
            }
        }
        if tree::is_dir(step.stat) {
            self.waiting.push(None);
            if replaces {
                self.marker(path, b".wh..wh..opq")?;
            }
        }
        Ok(())
    }

    /// Something unchanged: a folder is remembered, until something in it is not.
    pub fn same(&mut self, path: &[CString], step: &Step) -> Result<()> {
        if tree::is_dir(step.stat) {
            let at = |e: io::Error| Error::from(e).context(format!("read {:.300}", tree::display(path)));
            let own = tree::xattrs(&tree::proc_path(step.dir, step.name)).map_err(at)?;
            let name = [tree::join(path), b"/".to_vec()].concat();
            let mut entry = Vec::new();
            header(&mut entry, &name, b"", b'5', 0, &bounded(step.stat, self.epoch), &own).map_err(at)?;
            self.waiting.push(Some(entry));
        }
        Ok(())
    }

    /// The end of a folder that was put or the same.
    pub fn leave(&mut self) {
        self.waiting.pop();
    }

    /// A whole tree; with `upper` one of overlayfs's own, whose whiteouts mean what they say.
    pub fn everything(&mut self, root: &OwnedFd, upper: bool) -> Result<()> {
        let this = std::cell::RefCell::new(self);
        tree::walk(
            root,
            &mut |path, step| {
                let mut this = this.borrow_mut();
                if upper && is_whiteout(step.stat) {
                    return this.gone(path);
                }
                let opaque = upper
                    && tree::is_dir(step.stat)
                    && is_opaque(step.dir, step.name)
                        .map_err(|e| Error::from(e).context(format!("read {:.300}", tree::display(path))))?;
                this.put(path, step, opaque)
            },
            &mut |_, _| {
                this.borrow_mut().leave();
                Ok(())
            },
        )
    }

    fn marker(&mut self, parent: &[CString], name: &[u8]) -> Result<()> {
        self.lead()?;
        let mut path = tree::join(parent);
        if !path.is_empty() {
            path.push(b'/');
        }
        path.extend_from_slice(name);
        let time = self.epoch.map_or(WHITEOUT_TIME, |epoch| epoch.max(0) as u64);
        marker(&mut self.out.out, &path, time).map_err(|e| Error::from(e).context("write the layer"))
    }

    /// Writes the folders that lead here.
    fn lead(&mut self) -> Result<()> {
        for waiting in &mut self.waiting {
            if let Some(entry) = waiting.take() {
                self.out.out.write_all(&entry).map_err(|e| Error::from(e).context("write the layer"))?;
            }
        }
        Ok(())
    }
}

fn bounded(stat: &FileStat, epoch: Option<i64>) -> FileStat {
    let mut stat = *stat;
    if let Some(epoch) = epoch
        && stat.st_mtime >= epoch
    {
        (stat.st_mtime, stat.st_mtime_nsec) = (epoch, 0);
    }
    stat
}
