//! `lint`: what is wrong with a config.json.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Check a config.json without running it
///
/// Each finding is a line with its place in the file: a name that the specification does not have, and
/// the one that was probably meant; a value that create refuses; a value that has no effect. create and run
/// themselves say nothing of unknown names, as the specification demands. Nothing is asked of the host, so a
/// file can be checked on another machine than its own. The exit status is 1 where there is a finding.
#[derive(Debug, Args)]
pub struct Lint {
    /// Folder of config.json
    #[arg(short, long, value_name = "DIR", default_value = ".")]
    pub bundle: PathBuf,
    /// Check this file in the place of the bundle's config.json
    ///
    /// A path counts from the current folder; a name that is not there is looked for in the bundle.
    #[arg(short = 'f', long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Form of the output; json is an object a line
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: LintFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LintFormat {
    Text,
    Json,
}
