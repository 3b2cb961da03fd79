//! `restore`: a container from the files that `checkpoint` made.

use std::path::PathBuf;

use clap::Args;

use super::Criu;

/// Make a container that goes on where a saved one was
///
/// The bundle is the one that the saved container was made from, or one like it. What was added to it while
/// it ran is added again. Whoever waits at NOTIFY_SOCKET, as sd_notify(3) has it, hears that it is ready when
/// it goes on.
#[derive(Debug, Args)]
pub struct Restore {
    #[command(flatten)]
    pub criu: Criu,
    /// Folder of config.json and of the root filesystem
    #[arg(short, long, value_name = "DIR", default_value = ".")]
    pub bundle: PathBuf,
    /// Read this file in the place of the bundle's config.json
    ///
    /// A path counts from the current folder; a name that is not there is looked for in the bundle.
    #[arg(short = 'f', long, value_name = "FILE")]
    pub config: Option<PathBuf>,
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
    /// Do not use pivot_root, for a root on a ramdisk
    #[arg(long)]
    pub no_pivot: bool,
    /// Close TCP connections that were open
    #[arg(long)]
    pub tcp_close: bool,
    /// Put the processes under this profile or label instead of the saved one
    #[arg(long, value_name = "TYPE:NAME")]
    pub lsm_profile: Option<String>,
    /// Mount with this SELinux context instead of the saved one
    #[arg(long, value_name = "CONTEXT")]
    pub lsm_mount_context: Option<String>,
    /// Name of the new container: letters, digits and _+.-
    #[arg(value_name = "ID")]
    pub id: String,
}
