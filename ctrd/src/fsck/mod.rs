//! `ctrd content fsck`: whether what is kept is whole, and what can be done where it is not.
//!
//! It works on the files and the metadata themselves, beside a server or without one: what might
//! still be in the making is looked at under the same locks that makers hold. Without `repair` nothing
//! is changed.

mod images;
mod rebuild;
mod waiting;

use std::path::Path;
use std::sync::Arc;

use serde::Serialize;

use crate::content::Content;
use crate::error::{Error, Result};
use crate::snapshot::Snapshotter;
use crate::store::Store;

pub use rebuild::{Rebuilt, rebuild};

/// Something that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// A kind of object and its name: `blob sha256:…`, `snapshot overlayfs/5 …`.
    pub object: String,
    pub problem: String,
    /// What helps: done, or to be done by a repair. Without one it is for people to decide.
    pub remedy: Option<String>,
    pub repaired: bool,
}

/// What is to be done.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    pub repair: bool,
    /// Whether blobs are read through, which takes as long as reading them does.
    pub hash: bool,
}

/// What was looked at, and what was found.
#[derive(Debug, Default)]
pub struct Report {
    pub blobs: usize,
    pub bytes: u64,
    pub snapshots: usize,
    pub images: usize,
    pub findings: Vec<Finding>,
}

impl Report {
    /// Notes a problem; with a remedy that is to be applied, applies it.
    pub fn find(
        &mut self,
        options: Options,
        object: String,
        problem: impl Into<String>,
        remedy: Option<(&str, &mut dyn FnMut() -> Result<()>)>,
    ) -> Result<()> {
        let mut finding = Finding { object, problem: problem.into(), remedy: None, repaired: false };
        if let Some((what, apply)) = remedy {
            finding.remedy = Some(what.to_string());
            if options.repair {
                apply().map_err(|e| e.context(format!("repair {}", finding.object)))?;
                finding.repaired = true;
            }
        }
        self.findings.push(finding);
        Ok(())
    }

    /// How many problems are left.
    pub fn left(&self) -> usize {
        self.findings.iter().filter(|f| !f.repaired).count()
    }
}

/// Looks through everything below `root`. `progress` hears of bytes that were read.
pub fn check(root: &Path, options: Options, progress: &mut dyn FnMut(u64)) -> Result<Report> {
    let store = Arc::new(Store::existing(root)?);
    let mut report = Report::default();
    for problem in store.problems()? {
        report.find(options, "metadata".into(), problem, None)?;
    }
    if !report.findings.is_empty() {
        // Nothing that they say can be trusted.
        return Ok(report);
    }
    let content = Content::open(root, store.clone())?;
    content.check(options, &mut report, progress)?;
    for made in [Snapshotter::overlayfs, Snapshotter::native] {
        made(root, store.clone())?.check(options, &mut report)?;
    }
    // Before what nobody has is looked for: an image may need what it does not know.
    let needed = images::check(&store, &content, options, &mut report)?;
    content.check_files(options, &mut report, &needed)?;
    Ok(report)
}

/// An error as the words of a finding.
pub fn words(e: &Error) -> String {
    e.message.clone()
}

#[cfg(test)]
mod tests;
