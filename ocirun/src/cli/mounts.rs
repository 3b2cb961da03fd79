//! `mounts`: what is mounted in a container besides its config.json's.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Add mounts to a container that runs, remove or list those that were added
///
/// FILE holds a JSON list of mounts in the form of config.json's. All of them are added, or none; each is
/// complete, its attributes included, before a process of the container can see it. For remove the
/// destination alone counts, and must be that of a mount that was added. A checkpoint remembers what was
/// added, and a restore has it again.
#[derive(Debug, Args)]
pub struct Mounts {
    #[arg(value_name = "add|remove|list")]
    pub action: Action,
    #[arg(value_name = "ID")]
    pub id: String,
    /// The mounts, or - for standard input; none for list
    #[arg(value_name = "FILE", allow_hyphen_values = true)]
    pub file: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Action {
    Add,
    Remove,
    List,
}
