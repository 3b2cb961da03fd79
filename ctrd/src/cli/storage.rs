//! `ctrd snapshot`, `ctrd content` and `ctrd namespace`.

use clap::{Args, Subcommand};

use super::{Format, List};

#[derive(Debug, Subcommand)]
pub enum SnapshotCommand {
    /// List the snapshots
    #[command(visible_alias = "list")]
    Ls {
        /// Use this snapshotter [default: overlayfs, or native where that does not work]
        #[arg(long, value_name = "NAME")]
        snapshotter: Option<String>,
        #[command(flatten)]
        list: List,
    },
    /// Print the mount commands that put a snapshot at a folder
    Mounts {
        /// Use this snapshotter [default: overlayfs, or native where that does not work]
        #[arg(long, value_name = "NAME")]
        snapshotter: Option<String>,
        /// Mount there
        #[arg(value_name = "TARGET")]
        target: String,
        /// Name the snapshot
        #[arg(value_name = "KEY")]
        key: String,
    },
    /// Remove snapshots
    #[command(visible_alias = "remove")]
    Rm {
        /// Use this snapshotter [default: overlayfs, or native where that does not work]
        #[arg(long, value_name = "NAME")]
        snapshotter: Option<String>,
        /// Name the snapshots
        #[arg(required = true, value_name = "KEY")]
        keys: Vec<String>,
    },
}

#[derive(Debug, Subcommand)]
pub enum ContentCommand {
    /// List the blobs
    #[command(visible_alias = "list")]
    Ls(List),
    /// Look whether all that is kept is whole, and repair what can be
    Fsck(ContentFsck),
    /// Write a blob to standard output
    Get {
        /// Name the blob by its digest
        digest: String,
    },
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

#[derive(Debug, Subcommand)]
pub enum NamespaceCommand {
    /// List the namespaces
    #[command(visible_alias = "list")]
    Ls(List),
    /// Create a namespace
    Create {
        /// Attach a label
        #[arg(long, value_name = "NAME=VALUE")]
        label: Vec<String>,
        /// Name the namespace
        name: String,
    },
    /// Remove empty namespaces
    #[command(visible_alias = "remove")]
    Rm {
        /// Name the namespaces
        #[arg(required = true, value_name = "NAME")]
        names: Vec<String>,
    },
}
