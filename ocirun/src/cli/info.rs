//! `info`: what this machine offers to containers.

use clap::{Args, ValueEnum};

/// Print what this machine offers to containers, what is missing, and what to do about it
///
/// It is asked by trying, as the user who calls: each namespace is made once and ended at once.
#[derive(Debug, Args)]
pub struct Info {
    /// Form of the output; json is one object
    #[arg(short, long, value_name = "FORMAT", default_value = "text")]
    pub format: InfoFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum InfoFormat {
    Text,
    Json,
}
