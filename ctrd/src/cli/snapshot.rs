//! `ctrd snapshot`.

use clap::{Args, Subcommand};

use super::{List, ListAll};

/// Whose snapshots they are.
#[derive(Debug, Args)]
pub struct Snapshotter {
    /// Use this snapshotter [default: overlayfs, or native where that does not work]
    #[arg(long, value_name = "NAME")]
    pub snapshotter: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum SnapshotCommand {
    /// List the snapshots
    #[command(visible_alias = "list")]
    Ls {
        #[command(flatten)]
        of: Snapshotter,
        #[command(flatten)]
        list: ListAll,
    },
    /// Draw the snapshots as trees, each below its parent
    Tree {
        #[command(flatten)]
        of: Snapshotter,
    },
    /// Print snapshots as JSON
    #[command(visible_alias = "info")]
    Inspect {
        #[command(flatten)]
        of: Snapshotter,
        /// Name the snapshots
        #[arg(required = true, value_name = "KEY")]
        keys: Vec<String>,
    },
    /// Print what snapshots take on the disk, without what their parents take
    Usage {
        #[command(flatten)]
        of: Snapshotter,
        /// Name the snapshots [default: all]
        #[arg(value_name = "KEY")]
        keys: Vec<String>,
        #[command(flatten)]
        list: List,
    },
    /// Make a writable snapshot, and print the mounts that show it as JSON
    Prepare {
        #[command(flatten)]
        of: Snapshotter,
        #[command(flatten)]
        new: NewSnapshot,
    },
    /// Make a read-only view of a snapshot, and print the mounts that show it as JSON
    View {
        #[command(flatten)]
        of: Snapshotter,
        #[command(flatten)]
        new: NewSnapshot,
    },
    /// Make a writable snapshot into a committed one
    Commit {
        #[command(flatten)]
        of: Snapshotter,
        /// Attach a label
        #[arg(long, value_name = "NAME=VALUE")]
        label: Vec<String>,
        /// Name the committed snapshot
        name: String,
        /// Name the writable one
        key: String,
    },
    /// Set labels of a snapshot; an empty value takes a label away
    Label {
        #[command(flatten)]
        of: Snapshotter,
        /// Name the snapshot
        key: String,
        /// Set these labels
        #[arg(required = true, value_name = "NAME=[VALUE]")]
        labels: Vec<String>,
    },
    /// Write what a snapshot has beside its parent, or beside another, as a layer to standard output
    Diff {
        #[command(flatten)]
        of: Snapshotter,
        /// Make a layer of this media type
        #[arg(long, value_name = "TYPE", default_value = "application/vnd.oci.image.layer.v1.tar+gzip")]
        media_type: String,
        /// Leave the layer among the blobs, and print its descriptor as JSON
        #[arg(long)]
        keep: bool,
        /// Name the snapshot
        key: String,
        /// Name the other [default: its parent]
        with: Option<String>,
    },
    /// Print the mount commands that put a snapshot at a folder
    Mounts {
        #[command(flatten)]
        of: Snapshotter,
        /// Mount there
        #[arg(value_name = "TARGET")]
        target: String,
        /// Name the snapshot
        #[arg(value_name = "KEY")]
        key: String,
    },
    /// Remove snapshots
    #[command(visible_aliases = ["remove", "delete"])]
    Rm {
        #[command(flatten)]
        of: Snapshotter,
        /// Name the snapshots
        #[arg(required = true, value_name = "KEY")]
        keys: Vec<String>,
    },
}

#[derive(Debug, Args)]
pub struct NewSnapshot {
    /// Attach a label
    #[arg(long, value_name = "NAME=VALUE")]
    pub label: Vec<String>,
    /// Print the mount commands that put it at this folder, in place of JSON
    #[arg(long, value_name = "DIR")]
    pub target: Option<String>,
    /// Name the snapshot
    pub key: String,
    /// Put it on top of this committed snapshot
    #[arg(default_value = "")]
    pub parent: String,
}
