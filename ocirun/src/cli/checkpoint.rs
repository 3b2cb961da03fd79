//! `checkpoint`, and what it has in common with `restore`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// What CRIU is told in both directions.
#[derive(Debug, Args)]
pub struct Criu {
    /// Folder of the images [default: checkpoint]
    #[arg(long, value_name = "DIR")]
    pub image_path: Option<PathBuf>,
    /// Folder of CRIU's log and other work files [default: the images' folder]
    #[arg(long, value_name = "DIR")]
    pub work_path: Option<PathBuf>,
    /// Earlier images to build on, relative to the images' folder
    #[arg(long, value_name = "DIR")]
    pub parent_path: Option<PathBuf>,
    /// Allow open TCP connections
    #[arg(long)]
    pub tcp_established: bool,
    /// Leave out TCP connections that are only being opened
    #[arg(long)]
    pub tcp_skip_in_flight: bool,
    /// Give files that are open but removed a name again
    #[arg(long)]
    pub link_remap: bool,
    /// Allow Unix sockets whose other end is outside
    #[arg(long)]
    pub ext_unix_sk: bool,
    /// Allow a terminal from outside
    #[arg(long)]
    pub shell_job: bool,
    /// Move memory only when it is asked for
    #[arg(long)]
    pub lazy_pages: bool,
    /// Write a NUL to this descriptor once memory can be asked for
    #[arg(long, value_name = "FD", allow_negative_numbers = true)]
    pub status_fd: Option<i32>,
    /// Send memory to the page server at this address
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub page_server: Option<String>,
    /// Keep file locks
    #[arg(long)]
    pub file_locks: bool,
    /// Save memory alone, and let the container go on
    #[arg(long)]
    pub pre_dump: bool,
    /// What to do with cgroups: soft, full, strict, or ignore [default: soft]
    #[arg(long, value_name = "MODE")]
    pub manage_cgroups_mode: Option<String>,
    /// Restore a namespace empty: network
    #[arg(long, value_name = "NAMESPACE")]
    pub empty_ns: Vec<String>,
    /// Free memory images that a newer one replaces
    #[arg(long)]
    pub auto_dedup: bool,
    /// How packets are held back meanwhile
    #[arg(long, value_name = "METHOD")]
    pub network_lock: Option<NetworkLock>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum NetworkLock {
    Iptables,
    Nftables,
    Skip,
}

/// Save the state of a running container in files, and end it
///
/// The work is CRIU's: the program criu has to be on PATH.
#[derive(Debug, Args)]
pub struct Checkpoint {
    #[command(flatten)]
    pub criu: Criu,
    /// Let the container go on
    #[arg(long)]
    pub leave_running: bool,
    #[arg(value_name = "ID")]
    pub id: String,
}
