//! How a container is made: `create` and `run`.

use std::path::PathBuf;

use clap::Args;

/// How a container is launched: what `create` and `run` have in common.
#[derive(Debug, Clone, Default, Args)]
pub struct Launch {
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
    /// Send a pidfd of the first process over this Unix socket
    #[arg(long, value_name = "SOCKET")]
    pub pidfd_socket: Option<PathBuf>,
    /// Write the process id of the first process to this file
    #[arg(long, value_name = "FILE")]
    pub pid_file: Option<PathBuf>,
    /// Do not use pivot_root, for a root on a ramdisk
    #[arg(long)]
    pub no_pivot: bool,
    /// Do not make a session keyring; the container inherits the caller's
    #[arg(long)]
    pub no_new_keyring: bool,
    /// Pass N more descriptors, from 3 on
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub preserve_fds: u32,
    /// Name of the new container: letters, digits and _+.-
    #[arg(value_name = "ID")]
    pub id: String,
}

/// Create a container; its program waits for start
#[derive(Debug, Args)]
pub struct Create {
    #[command(flatten)]
    pub launch: Launch,
    /// Print what ocirun-init would be told, as JSON, and do nothing
    #[arg(long)]
    pub dry_run: bool,
    #[arg(long, hide = true)]
    pub no_subreaper: bool,
}

/// Create a container, start it and wait for its program
///
/// With NOTIFY_SOCKET in the environment, as sd_notify(3) has it, the container gets a socket of its own,
/// and what it says there of its readiness is passed on.
#[derive(Debug, Args)]
pub struct Run {
    #[command(flatten)]
    pub launch: Launch,
    /// Leave the container in the background
    #[arg(short, long)]
    pub detach: bool,
    /// Do not delete the container when its program has ended
    #[arg(long)]
    pub keep: bool,
    /// Leave orphans of the container to another process
    #[arg(long)]
    pub no_subreaper: bool,
}
