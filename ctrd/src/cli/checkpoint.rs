//! `ctrd checkpoint` and `ctrd restore`.

use clap::Args;

#[derive(Debug, Args)]
pub struct Checkpoint {
    /// Save what was changed in the root file system
    #[arg(long)]
    pub rw: bool,
    /// Save the container's image with it
    #[arg(long = "image")]
    pub with_image: bool,
    /// Save the processes as they run
    #[arg(long)]
    pub task: bool,
    /// End the task when it is saved
    #[arg(long)]
    pub exit: bool,
    /// Save open TCP connections too
    #[arg(long)]
    pub tcp_established: bool,
    /// Save Unix sockets that are connected to others outside
    #[arg(long)]
    pub ext_unix_sk: bool,
    /// Name the container
    pub container: String,
    /// Name the image to make
    pub image: String,
}

#[derive(Debug, Args)]
pub struct Restore {
    /// Bring back what was changed in the root file system
    #[arg(long)]
    pub rw: bool,
    /// Bring back the processes as they ran
    #[arg(long)]
    pub live: bool,
    /// Take an image that was not saved here: its specification's hooks, mounts of this machine and privileges hold
    #[arg(long)]
    pub trust: bool,
    /// Name the container to make
    pub container: String,
    /// Name the image that was made of one
    pub image: String,
}
