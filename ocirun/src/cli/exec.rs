//! `exec`: another process in a container.

use std::path::PathBuf;

use clap::Args;

/// Run another program in a running container
#[derive(Debug, Default, Args)]
pub struct Exec {
    /// Send the terminal's master over this Unix socket
    #[arg(long, value_name = "SOCKET")]
    pub console_socket: Option<PathBuf>,
    /// Send a pidfd of the process over this Unix socket
    #[arg(long, value_name = "SOCKET")]
    pub pidfd_socket: Option<PathBuf>,
    /// Working directory inside the container
    #[arg(long, value_name = "DIR")]
    pub cwd: Option<String>,
    /// Set an environment variable
    #[arg(short, long, value_name = "NAME=VALUE")]
    pub env: Vec<String>,
    /// Give the program a terminal of its own
    #[arg(short, long)]
    pub tty: bool,
    /// User, and group
    #[arg(short, long, value_name = "UID[:GID]")]
    pub user: Option<String>,
    /// Further groups
    #[arg(short = 'g', long, value_name = "GID")]
    pub additional_gids: Vec<u32>,
    /// Take the process from this file, in the form of config.json's
    #[arg(short, long, value_name = "FILE")]
    pub process: Option<PathBuf>,
    /// Leave the program in the background
    #[arg(short, long)]
    pub detach: bool,
    /// Write the process id to this file
    #[arg(long, value_name = "FILE")]
    pub pid_file: Option<PathBuf>,
    /// SELinux label of the process
    #[arg(long, value_name = "LABEL")]
    pub process_label: Option<String>,
    /// AppArmor profile of the process
    #[arg(long, value_name = "PROFILE")]
    pub apparmor: Option<String>,
    /// Set no_new_privs
    #[arg(long)]
    pub no_new_privs: bool,
    /// Add a capability
    #[arg(short, long, value_name = "CAPABILITY")]
    pub cap: Vec<String>,
    /// Pass N more descriptors, from 3 on
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub preserve_fds: u32,
    /// Run in a cgroup below the container's
    #[arg(long, value_name = "[CONTROLLER[,CONTROLLER]:]PATH")]
    pub cgroup: Vec<String>,
    /// Do so even though the container is paused
    #[arg(long)]
    pub ignore_paused: bool,
    #[arg(long, hide = true)]
    pub no_subreaper: bool,
    #[arg(value_name = "ID")]
    pub id: String,
    /// Program and arguments
    #[arg(value_name = "COMMAND", trailing_var_arg = true, allow_hyphen_values = true)]
    pub args: Vec<String>,
}
