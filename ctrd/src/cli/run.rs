//! `ctrd run`, and the settings of a container that `ctrd container create` takes as well.

use std::path::PathBuf;

use clap::Args;

use super::Confine;

#[derive(Debug, Default, Args)]
#[command(
    override_usage = "ctrd run [OPTIONS] IMAGE [COMMAND]...\n       ctrd run [OPTIONS] --rootfs DIR COMMAND..."
)]
pub struct Run {
    /// Leave the program running and print the container's id
    #[arg(long, short)]
    pub detach: bool,
    /// Remove the container when its program has ended
    #[arg(long = "rm", conflicts_with = "detach")]
    pub remove: bool,
    /// Pass standard input on to the program
    #[arg(long, short)]
    pub interactive: bool,
    /// Leave the program at this sequence of keys
    #[arg(long, value_name = "KEYS", default_value = "ctrl-p,ctrl-q")]
    pub detach_keys: String,
    /// Write the process id of the program to this file
    #[arg(long, value_name = "FILE")]
    pub pid_file: Option<PathBuf>,
    /// Write the container's id to this file, which must not exist
    #[arg(long, value_name = "FILE")]
    pub cidfile: Option<PathBuf>,
    /// Send the program's output there (file:///PATH, binary:///PROGRAM?KEY=VALUE) and not here
    #[arg(long, value_name = "URI", conflicts_with = "interactive")]
    pub log_uri: Option<String>,
    /// Bound what is kept of the output of a container in the background: max-size=SIZE for each file, max-file=COUNT of them
    #[arg(long, value_name = "NAME=VALUE", requires = "detach", conflicts_with = "log_uri")]
    pub log_opt: Vec<String>,
    #[command(flatten)]
    pub settings: Settings,
}

/// What a new container is made of.
#[derive(Debug, Default, Args)]
pub struct Settings {
    /// Name the container; without it, a name is made up
    #[arg(long, value_name = "ID")]
    pub name: Option<String>,
    /// Use this folder as the root file system, in an image's place
    #[arg(long, value_name = "DIR")]
    pub rootfs: Option<PathBuf>,
    /// Give the program a terminal
    #[arg(long, short)]
    pub tty: bool,
    /// Set an environment variable; without a value, take it from this environment
    #[arg(long, short, value_name = "NAME[=VALUE]")]
    pub env: Vec<String>,
    /// Set the environment variables of this file, NAME=VALUE a line
    #[arg(long, value_name = "FILE")]
    pub env_file: Vec<PathBuf>,
    /// Mount something: type=bind,source=/host,destination=/there,options=rbind:ro
    #[arg(long, value_name = "MOUNT")]
    pub mount: Vec<String>,
    /// Bind a host path into the container
    #[arg(long, short, value_name = "HOST:PATH[:OPTIONS]")]
    pub volume: Vec<String>,
    /// Limit the memory: bytes, or a number with k, m, or g
    #[arg(long, short, value_name = "SIZE")]
    pub memory: Option<String>,
    /// Limit the processors, e.g. 1.5
    #[arg(long, value_name = "NUMBER")]
    pub cpus: Option<String>,
    /// Limit the number of processes and threads; -1 for no limit
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true)]
    pub pids_limit: Option<i64>,
    /// Run as this user and group, by name or number
    #[arg(long, short, value_name = "USER[:GROUP]")]
    pub user: Option<String>,
    /// Start the program in this folder of the container
    #[arg(long, short, value_name = "DIR")]
    pub workdir: Option<PathBuf>,
    /// Make the root file system read-only
    #[arg(long)]
    pub read_only: bool,
    /// Set the container's host name [default: the host's]
    #[arg(long, value_name = "NAME")]
    pub hostname: Option<String>,
    /// Replace the image's entry point; an empty one takes it away
    #[arg(long, value_name = "PROGRAM")]
    pub entrypoint: Option<String>,
    /// Use this runtime: a name such as io.containerd.runc.v2, or a shim's absolute path
    #[arg(long, value_name = "RUNTIME")]
    pub runtime: Option<String>,
    /// Let the shim use this OCI runtime in ocirun's place
    #[arg(long, value_name = "PROGRAM")]
    pub runc_binary: Option<PathBuf>,
    /// Use this snapshotter for the root file system [default: overlayfs, or native where that does not work]
    #[arg(long, value_name = "NAME")]
    pub snapshotter: Option<String>,
    /// Attach a label to the container
    #[arg(long, value_name = "NAME=VALUE")]
    pub label: Vec<String>,
    /// Have the server start the container again when it ends: no, always, on-failure[:TIMES], unless-stopped
    #[arg(long, value_name = "POLICY")]
    pub restart: Option<String>,
    /// Choose the network namespace: none for an own, empty one; host for the host's
    #[arg(long, visible_alias = "net", value_name = "host|none", value_parser = ["host", "none"], default_value = "none")]
    pub network: String,
    /// Share the network, the shared memory and the host name of this sandbox, and its shim
    #[arg(long, value_name = "ID", conflicts_with = "hostname")]
    pub sandbox: Option<String>,
    #[command(flatten)]
    pub confine: Confine,
    /// Name the image and then the program with its arguments; with --rootfs, the program at once
    #[arg(
        value_names = ["IMAGE", "COMMAND"],
        num_args = 1..,
        required_unless_present = "rootfs",
        trailing_var_arg = true
    )]
    pub args: Vec<String>,
}
