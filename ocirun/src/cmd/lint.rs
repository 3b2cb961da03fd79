//! `ocirun lint`: what is wrong with a config.json, a line each.

use anyhow::{Context, Result};

use crate::cli::{Lint, LintFormat};
use crate::lint::{self, Finding, Kind};
use crate::{bundle, stdout};

pub fn lint(args: &Lint) -> Result<i32> {
    let text = bundle::read(&args.bundle, args.config.as_deref())?;
    let found = lint::lint(&text);
    for finding in &found {
        let line = match args.format {
            LintFormat::Text => line(finding),
            LintFormat::Json => serde_json::to_string(finding).context("encode a finding")?,
        };
        if !stdout::print(&(line + "\n"))? {
            break;
        }
    }
    Ok(i32::from(!found.is_empty()))
}

/// `mounts[3].options[1]: ignored: "rdonly" is no option of a bind mount; did you mean ro?`
fn line(finding: &Finding) -> String {
    let Finding { path, kind, message, meant } = finding;
    let place = if path.is_empty() { "config.json" } else { path.as_str() };
    let kind = match kind {
        // The message says so.
        Kind::Unknown => "",
        Kind::Refused => "refused: ",
        Kind::Ignored => "ignored: ",
    };
    let meant = meant.as_ref().map_or_else(String::new, |meant| format!("; did you mean {meant}?"));
    format!("{place}: {kind}{message}{meant}").replace('\n', " ")
}
