//! `ctrd lease` and `ctrd namespace`.

use clap::Subcommand;

use super::{List, ListAll};

#[derive(Debug, Subcommand)]
pub enum LeaseCommand {
    /// List the leases
    #[command(visible_alias = "list")]
    Ls(ListAll),
    /// Create a lease, and print its id
    Create {
        /// Name the lease; without it, a name is made up
        #[arg(long, value_name = "ID")]
        id: Option<String>,
        /// Let it end after this time, such as 90s, 10m, 2h; 0 for never
        #[arg(long, short = 'x', value_name = "DURATION", default_value = "24h")]
        expires: String,
        /// Attach a label
        #[arg(long, value_name = "NAME=VALUE")]
        label: Vec<String>,
    },
    /// Remove leases
    #[command(visible_aliases = ["remove", "delete"])]
    Rm {
        /// Wait until what nothing else needs is off the disk; without a server that is always so
        #[arg(long)]
        sync: bool,
        /// Name the leases
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
    },
    /// List what a lease keeps
    Resources {
        /// Name the lease
        id: String,
        #[command(flatten)]
        list: List,
    },
    /// Let a lease keep something
    Add {
        /// Name the lease
        id: String,
        /// Say what it is: content, ingests, images, snapshots/overlayfs
        #[arg(value_name = "TYPE")]
        kind: String,
        /// Name it
        resource: String,
    },
    /// Let a lease keep something no longer
    Drop {
        /// Name the lease
        id: String,
        /// Say what it is: content, ingests, images, snapshots/overlayfs
        #[arg(value_name = "TYPE")]
        kind: String,
        /// Name it
        resource: String,
    },
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
    /// Set labels of a namespace; an empty value takes a label away
    Label {
        /// Name the namespace
        name: String,
        /// Set these labels
        #[arg(required = true, value_name = "NAME=[VALUE]")]
        labels: Vec<String>,
    },
    /// Remove empty namespaces
    #[command(visible_alias = "remove")]
    Rm {
        /// Name the namespaces
        #[arg(required = true, value_name = "NAME")]
        names: Vec<String>,
    },
}
