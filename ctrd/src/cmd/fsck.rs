//! `ctrd content fsck`: what is wrong, a line each, and how much of it is left.

use std::io::IsTerminal;

use anyhow::{Context, Result};
use indicatif::{ProgressBar, ProgressStyle};

use super::place::Place;
use crate::cli::{ContentFsck, Format};
use crate::exit::in_one_line;
use crate::fsck::{self, Finding, Options};
use crate::listing;

/// 0 where nothing is wrong or all of it was repaired, 1 where something is left.
pub fn fsck(place: &Place, args: &ContentFsck) -> Result<i32> {
    if args.rebuild {
        return rebuild(place);
    }
    let bar = match std::io::stderr().is_terminal() {
        true => ProgressBar::new_spinner(),
        false => ProgressBar::hidden(),
    };
    if let Ok(style) = ProgressStyle::with_template("check {spinner} {bytes}") {
        bar.set_style(style);
    }
    let options = Options { repair: args.repair, hash: !args.quick };
    let report = fsck::check(&place.root, options, &mut |n| bar.inc(n));
    bar.finish_and_clear();
    let report = report.with_context(|| format!("check {}", place.root.display()))?;
    for finding in &report.findings {
        match args.format {
            Format::Json => listing::line(&serde_json::to_string(finding)?)?,
            Format::Table => listing::line(&in_one_line(&sentence(finding)))?,
        }
    }
    let (found, left) = (report.findings.len(), report.left());
    eprintln!(
        "{} blobs ({}), {} snapshots, {} images: {}",
        report.blobs,
        listing::size(report.bytes),
        report.snapshots,
        report.images,
        match (found, left) {
            (0, _) => "nothing is wrong".to_string(),
            (_, 0) => format!("{found} repaired"),
            (_, _) if args.repair => format!("{} repaired, {left} left", found - left),
            _ => format!("{left} found"),
        }
    );
    Ok(i32::from(left > 0))
}

fn rebuild(place: &Place) -> Result<i32> {
    let rebuilt = fsck::rebuild(&place.root, &place.namespace)
        .with_context(|| format!("rebuild the metadata below {}", place.root.display()))?;
    for name in &rebuilt.images {
        listing::line(&in_one_line(name))?;
    }
    if let Some(aside) = &rebuilt.aside {
        eprintln!("the broken metadata are at {}", aside.display());
    }
    eprintln!("{} rows were still readable, {} images are new", rebuilt.rows, rebuilt.images.len());
    Ok(0)
}

fn sentence(finding: &Finding) -> String {
    let Finding { object, problem, remedy, repaired } = finding;
    match (remedy, repaired) {
        (None, _) => format!("{object}: {problem}"),
        (Some(remedy), true) => format!("{object}: {problem}: {remedy}"),
        (Some(remedy), false) => format!("{object}: {problem} (--repair: {remedy})"),
    }
}
