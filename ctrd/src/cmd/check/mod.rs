//! `ctrd check`: what this machine offers to a container's launch, what is missing, what to do.
//! Nothing is changed, and no service is begun.

mod kernel;
mod machine;

use anyhow::Result;
use serde_json::json;

use super::place::Place;
use crate::cli::{Check, Format, List};
use crate::listing::{self, Row};

/// How things stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Ok,
    /// Containers run without it, but something is not to be had.
    Limited,
    /// Containers do not run without it.
    Missing,
}

impl State {
    fn word(self) -> &'static str {
        match self {
            State::Ok => "ok",
            State::Limited => "limited",
            State::Missing => "missing",
        }
    }
}

/// One thing that was looked at.
#[derive(Debug)]
pub struct Finding {
    pub name: &'static str,
    pub state: State,
    pub detail: String,
    /// What to do; empty where nothing is to be done.
    pub advice: &'static str,
}

pub fn ok(name: &'static str, detail: impl Into<String>) -> Finding {
    Finding { name, state: State::Ok, detail: detail.into(), advice: "" }
}

pub fn limited(name: &'static str, detail: impl Into<String>, advice: &'static str) -> Finding {
    Finding { name, state: State::Limited, detail: detail.into(), advice }
}

pub fn missing(name: &'static str, detail: impl Into<String>, advice: &'static str) -> Finding {
    Finding { name, state: State::Missing, detail: detail.into(), advice }
}

/// The exit status is 1 where something is missing that containers do not run without.
pub fn check(place: &Place, args: &Check) -> Result<i32> {
    let mut findings = kernel::look();
    findings.extend(machine::look(place));
    let broken = findings.iter().any(|finding| finding.state == State::Missing);
    if args.quiet {
        findings.retain(|finding| finding.state != State::Ok);
    }
    let row = |finding: &Finding| Row {
        name: finding.name.to_string(),
        cells: [finding.name, finding.state.word(), &finding.detail, finding.advice].map(String::from).into(),
        object: json!({
            "name": finding.name, "state": finding.state.word(), "detail": finding.detail,
            "advice": (!finding.advice.is_empty()).then_some(finding.advice),
        }),
    };
    let rows: Vec<Row> = findings.iter().map(row).collect();
    let list = List { quiet: false, format: args.format, filters: Vec::new(), no_trunc: true };
    if !(args.quiet && args.format == Format::Table && rows.is_empty()) {
        listing::print(&list, &["CHECK", "STATE", "FOUND", "WHAT TO DO"], &rows)?;
    }
    Ok(i32::from(broken))
}
