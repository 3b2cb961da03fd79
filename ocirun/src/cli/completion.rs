//! `completion`: what a shell reads to complete this command line.

use clap::{Args, ValueEnum};

/// Print the definitions with which a shell completes this command line
#[derive(Debug, Args)]
pub struct Completion {
    #[arg(value_name = "SHELL")]
    pub shell: Shell,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Shell {
    Bash,
    Zsh,
    Fish,
}
