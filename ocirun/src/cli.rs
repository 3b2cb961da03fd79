//! The command line: what `ocirun` takes, with the names and meanings that callers of runc rely on.

use std::path::PathBuf;

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};

/// Create, start, and remove containers by the OCI runtime specification
#[derive(Debug, Parser)]
#[command(name = "ocirun", disable_version_flag = true, after_help = AFTER_HELP)]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Option<Command>,
}

const AFTER_HELP: &str = "\
EXAMPLES:
  mkdir -p bundle/rootfs && cp -a busybox/. bundle/rootfs && ocirun spec -b bundle
  ocirun run -b bundle web
  ocirun create -b bundle web && ocirun start web; ocirun kill web KILL; ocirun delete web

EXIT STATUS:
  run and exec give the program's own status, or 128+N where signal N killed it.
  Otherwise 0, 1 for a failure, 255 for a failure of exec, 3 for an unknown command.";

#[derive(Debug, Args)]
pub struct Global {
    /// Keep the state of containers below this folder [default: /run/ocirun, or
    /// $XDG_RUNTIME_DIR/ocirun when not root]
    #[arg(long, value_name = "DIR")]
    pub root: Option<PathBuf>,
    /// Append log entries to this file
    #[arg(long, value_name = "FILE")]
    pub log: Option<PathBuf>,
    /// Form of the log
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub log_format: LogFormat,
    /// Log each step, too
    #[arg(long)]
    pub debug: bool,
    /// Have systemd make the cgroup; cgroupsPath is then slice:prefix:name
    #[arg(long)]
    pub systemd_cgroup: bool,
    /// Ignore what only root may do with cgroups
    #[arg(long, value_name = "WHEN", default_value = "auto", num_args = 0..=1, require_equals = true)]
    #[arg(default_missing_value = "true")]
    pub rootless: Rootless,
    /// Start containers with this ocirun-init [default: beside ocirun, then on PATH]
    #[arg(long, value_name = "FILE")]
    pub init: Option<PathBuf>,
    /// Print the version
    #[arg(short, long)]
    pub version: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    Text,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Rootless {
    Auto,
    True,
    False,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Table,
    Json,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    Create(Create),
    Delete(Delete),
    Exec(Exec),
    Features(Features),
    Kill(Kill),
    List(List),
    Pause(Pause),
    Ps(Ps),
    Resume(Resume),
    Run(Run),
    Spec(Spec),
    Start(Start),
    State(State),
    Update(Update),
}

/// How a container is launched: what `create` and `run` have in common.
#[derive(Debug, Clone, Args)]
pub struct Launch {
    /// Folder of config.json and of the root filesystem
    #[arg(short, long, value_name = "DIR", default_value = ".")]
    pub bundle: PathBuf,
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

/// Start the program of a created container
#[derive(Debug, Args)]
pub struct Start {
    #[arg(value_name = "ID")]
    pub id: String,
}

/// Print the state of a container as JSON
#[derive(Debug, Args)]
pub struct State {
    #[arg(value_name = "ID")]
    pub id: String,
}

/// List the containers
#[derive(Debug, Args)]
pub struct List {
    /// Form of the output
    #[arg(short, long, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
    /// Print the ids alone
    #[arg(short, long)]
    pub quiet: bool,
}

/// Send a signal to the first process of a container
#[derive(Debug, Args)]
pub struct Kill {
    /// Signal every process of the container
    #[arg(short, long)]
    pub all: bool,
    #[arg(value_name = "ID")]
    pub id: String,
    /// Name or number of the signal
    #[arg(value_name = "SIGNAL", default_value = "TERM")]
    pub signal: String,
}

/// Delete a stopped container
#[derive(Debug, Args)]
pub struct Delete {
    /// Kill it first if it still lives; an unknown container is no failure
    #[arg(short, long)]
    pub force: bool,
    #[arg(value_name = "ID")]
    pub id: String,
}

/// Run another program in a running container
#[derive(Debug, Args)]
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

/// List the processes of a container
#[derive(Debug, Args)]
pub struct Ps {
    /// Form of the output
    #[arg(short, long, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
    #[arg(value_name = "ID")]
    pub id: String,
    /// Options for ps(1) [default: -ef]
    #[arg(value_name = "OPTION", trailing_var_arg = true, allow_hyphen_values = true)]
    pub options: Vec<String>,
}

/// Suspend all processes of a container
#[derive(Debug, Args)]
pub struct Pause {
    #[arg(value_name = "ID")]
    pub id: String,
}

/// Resume all processes of a paused container
#[derive(Debug, Args)]
pub struct Resume {
    #[arg(value_name = "ID")]
    pub id: String,
}

/// Write a config.json to begin with
#[derive(Debug, Args)]
pub struct Spec {
    /// Folder to write it to
    #[arg(short, long, value_name = "DIR", default_value = ".")]
    pub bundle: PathBuf,
    /// For an ordinary user: with a user namespace
    #[arg(long)]
    pub rootless: bool,
}

/// Print what this runtime can do, as JSON
#[derive(Debug, Args)]
pub struct Features {}

/// Change the resource limits of a container
///
/// Sizes take the suffixes k, m, g, t; -1 means no limit.
#[derive(Debug, Args)]
pub struct Update {
    /// Take the limits from this file, or from standard input for -, in the form of
    /// config.json's linux.resources
    #[arg(short, long, value_name = "FILE", allow_hyphen_values = true)]
    pub resources: Option<PathBuf>,
    /// Weight for block I/O, 10 to 1000
    #[arg(long, value_name = "WEIGHT")]
    pub blkio_weight: Option<u16>,
    /// CPU time that may be saved up for a burst, in microseconds
    #[arg(long, value_name = "MICROSECONDS")]
    pub cpu_burst: Option<u64>,
    /// Period that the quota refers to, in microseconds
    #[arg(long, value_name = "MICROSECONDS")]
    pub cpu_period: Option<u64>,
    /// CPU time in a period, in microseconds
    #[arg(long, value_name = "MICROSECONDS", allow_hyphen_values = true)]
    pub cpu_quota: Option<i64>,
    /// Real-time period, in microseconds
    #[arg(long, value_name = "MICROSECONDS")]
    pub cpu_rt_period: Option<u64>,
    /// Real-time CPU time in a period, in microseconds
    #[arg(long, value_name = "MICROSECONDS", allow_hyphen_values = true)]
    pub cpu_rt_runtime: Option<i64>,
    /// Weight against other containers
    #[arg(long, visible_alias = "cpu-shares", value_name = "SHARES")]
    pub cpu_share: Option<u64>,
    /// Run only when nothing else wants to
    #[arg(long, value_name = "0|1")]
    pub cpu_idle: Option<i64>,
    /// CPUs to run on
    #[arg(long, value_name = "LIST")]
    pub cpuset_cpus: Option<String>,
    /// Memory nodes to allocate from
    #[arg(long, value_name = "LIST")]
    pub cpuset_mems: Option<String>,
    /// Memory limit
    #[arg(short, long, value_name = "BYTES", allow_hyphen_values = true)]
    pub memory: Option<String>,
    /// Memory that is left to it when memory runs short
    #[arg(long, value_name = "BYTES", allow_hyphen_values = true)]
    pub memory_reservation: Option<String>,
    /// Limit of memory and swap together
    #[arg(long, value_name = "BYTES", allow_hyphen_values = true)]
    pub memory_swap: Option<String>,
    /// Number of processes
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    pub pids_limit: Option<i64>,
    #[arg(value_name = "ID")]
    pub id: String,
}

/// The whole command line, for the parser, the man pages and the completions.
pub fn command() -> clap::Command {
    Cli::command()
}
