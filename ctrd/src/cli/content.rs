//! `ctrd content`.

use clap::{Args, Subcommand};

use super::{Format, List, ListAll};

#[derive(Debug, Subcommand)]
pub enum ContentCommand {
    /// List the blobs
    #[command(visible_alias = "list")]
    Ls(ListAll),
    /// Look whether all that is kept is whole, and repair what can be
    Fsck(ContentFsck),
    /// Write a blob to standard output
    Get {
        /// Name the blob by its digest
        digest: String,
    },
    /// Store standard input as a blob for a day, or for as long as a label says, and print its digest
    Ingest(ContentIngest),
    /// List the blobs that are being written, or were given up
    Active(List),
    /// Give up blobs that are being written
    Abort {
        /// Name the writings by their references
        #[arg(required = true, value_name = "REF")]
        references: Vec<String>,
    },
    /// Set labels of a blob; an empty value takes a label away
    Label {
        /// Name the blob by its digest
        digest: String,
        /// Set these labels
        #[arg(required = true, value_name = "NAME=[VALUE]")]
        labels: Vec<String>,
    },
    /// Remove blobs
    #[command(visible_aliases = ["remove", "delete"])]
    Rm {
        /// Name the blobs by their digests
        #[arg(required = true, value_name = "DIGEST")]
        digests: Vec<String>,
    },
}

#[derive(Debug, Args)]
pub struct ContentIngest {
    /// Store it only if it has this digest
    #[arg(long, visible_alias = "expected-digest", value_name = "DIGEST")]
    pub digest: Option<String>,
    /// Store it only if it has so many bytes
    #[arg(long, visible_alias = "expected-size", value_name = "BYTES")]
    pub size: Option<u64>,
    /// Attach a label, such as one that keeps it from the garbage collector
    #[arg(long, value_name = "NAME=VALUE")]
    pub label: Vec<String>,
    /// Name the writing, so that one that was cut short can be taken up
    #[arg(value_name = "REF")]
    pub reference: String,
}

#[derive(Debug, Args)]
pub struct ContentFsck {
    /// Repair what can be: forget what is broken so that it comes anew, remove what belongs to nobody
    #[arg(long)]
    pub repair: bool,
    /// Make the metadata anew where they are broken or lost, of what can still be read and of the blobs
    #[arg(long, conflicts_with_all = ["repair", "quick"])]
    pub rebuild: bool,
    /// Do not read the blobs through: their sizes alone are compared
    #[arg(long)]
    pub quick: bool,
    /// Print a line for each problem, or a JSON object
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Table)]
    pub format: Format,
}
