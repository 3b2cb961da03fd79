//! `restore`: a container from the files that `checkpoint` made.

use std::path::PathBuf;

use clap::Args;

use super::Criu;

/// Make a container that goes on where a saved one was
///
/// The bundle is the one that the saved container was made from, or one like it.
#[derive(Debug, Args)]
pub struct Restore {
    #[command(flatten)]
    pub criu: Criu,
    /// Folder of config.json and of the root filesystem
    #[arg(short, long, value_name = "DIR", default_value = ".")]
    pub bundle: PathBuf,
    /// Send the terminal's master over this Unix socket
    #[arg(long, value_name = "SOCKET")]
    pub console_socket: Option<PathBuf>,
    /// Leave the container in the background
    #[arg(short, long)]
    pub detach: bool,
    /// Write the process id of the first process to this file
    #[arg(long, value_name = "FILE")]
    pub pid_file: Option<PathBuf>,
    /// Leave orphans of the container to another process
    #[arg(long)]
    pub no_subreaper: bool,
    /// Close TCP connections that were open
    #[arg(long)]
    pub tcp_close: bool,
    /// Put the processes under this profile or label instead of the saved one
    #[arg(long, value_name = "TYPE:NAME")]
    pub lsm_profile: Option<String>,
    /// Mount with this SELinux context instead of the saved one
    #[arg(long, value_name = "CONTEXT")]
    pub lsm_mount_context: Option<String>,
    #[command(flatten)]
    pub without_meaning: WithoutMeaning,
    /// Name of the new container: letters, digits and _+.-
    #[arg(value_name = "ID")]
    pub id: String,
}

/// What callers give to both commands and means nothing to this one: it is CRIU that enters the root,
/// and the images themselves tell which earlier ones they build on.
#[derive(Debug, Args)]
pub struct WithoutMeaning {
    #[arg(long, hide = true)]
    pub no_pivot: bool,
    #[arg(long, hide = true, value_name = "DIR")]
    pub parent_path: Option<PathBuf>,
    #[arg(long, hide = true)]
    pub pre_dump: bool,
    #[arg(long, hide = true, value_name = "ADDRESS:PORT")]
    pub page_server: Option<String>,
    #[arg(long, hide = true, value_name = "FD", allow_negative_numbers = true)]
    pub status_fd: Option<i32>,
    #[arg(long, hide = true)]
    pub tcp_skip_in_flight: bool,
    #[arg(long, hide = true)]
    pub link_remap: bool,
}
