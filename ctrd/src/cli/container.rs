//! `ctrd container`.

use clap::{Args, Subcommand};

use super::{Checkpoint, ListContainers, Restore, Settings};

#[derive(Debug, Subcommand)]
pub enum ContainerCommand {
    /// Create a container without starting it, and print its id
    Create(Box<ContainerCreate>),
    /// List the containers
    #[command(visible_alias = "list")]
    Ls(ListContainers),
    /// Print containers with their specifications as JSON
    Inspect {
        /// Name the containers
        #[arg(required = true, value_name = "CONTAINER")]
        containers: Vec<String>,
    },
    /// Set labels of a container; an empty value takes a label away
    Label {
        /// Name the container
        container: String,
        /// Set these labels
        #[arg(required = true, value_name = "NAME=[VALUE]")]
        labels: Vec<String>,
    },
    /// Save a container as an image, as ctrd checkpoint
    Checkpoint(Checkpoint),
    /// Make a container of a saved one, as ctrd restore
    Restore(Restore),
    /// Remove containers with their snapshots
    #[command(visible_alias = "remove", alias = "delete")]
    Rm(ContainerRemove),
}

#[derive(Debug, Args)]
#[command(
    override_usage = "ctrd container create [OPTIONS] IMAGE [COMMAND]...\n       ctrd container create [OPTIONS] --rootfs DIR COMMAND..."
)]
pub struct ContainerCreate {
    #[command(flatten)]
    pub settings: Settings,
}

#[derive(Debug, Args)]
pub struct ContainerRemove {
    /// Kill a running task first, and succeed where a container does not exist
    #[arg(long, short)]
    pub force: bool,
    /// Leave the snapshot
    #[arg(long)]
    pub keep_snapshot: bool,
    /// Name the containers
    #[arg(required = true, value_name = "CONTAINER")]
    pub containers: Vec<String>,
}
