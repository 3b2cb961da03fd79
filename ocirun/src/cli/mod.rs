//! The command line: what `ocirun` takes, with the names and meanings that callers of runc rely on.

mod checkpoint;
mod completion;
mod events;
mod exec;
mod info;
mod launch;
mod lint;
mod mounts;
mod only;
mod plain;
mod restore;
mod update;

use std::path::PathBuf;

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};

pub use self::checkpoint::{Checkpoint, Criu, NetworkLock};
pub use self::completion::{Completion, Shell};
pub use self::events::Events;
pub use self::exec::Exec;
pub use self::info::{Info, InfoFormat};
pub use self::launch::{Create, Launch, Run};
pub use self::lint::{Lint, LintFormat};
pub use self::mounts::{Action, Mounts};
pub use self::only::only;
pub use self::plain::parse as plain;
pub use self::restore::Restore;
pub use self::update::Update;

/// Create, start, and remove containers by the OCI runtime specification
#[derive(Debug, Parser)]
#[command(name = "ocirun", disable_version_flag = true, disable_help_flag = true, disable_help_subcommand = true, after_help = AFTER_HELP)]
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
  Otherwise 0, 1 for a failure, 255 for a failure of exec, 3 for an unknown command.
  With --status-codes a failure has a status of its own kind: see ocirun(8).";

#[derive(Debug, Args)]
pub struct Global {
    /// Keep the state of containers below this folder [default: /run/ocirun, or
    /// $XDG_RUNTIME_DIR/ocirun when not root]
    #[arg(long, value_name = "DIR")]
    pub root: Option<PathBuf>,
    /// Append log entries to this file, or to syslog:NAME or journald:NAME
    #[arg(long, value_name = "FILE")]
    pub log: Option<PathBuf>,
    /// Form of the log
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub log_format: LogFormat,
    /// What is logged: errors alone, warnings as well, or each step
    #[arg(long, value_name = "LEVEL", default_value = "warning")]
    pub log_level: LogLevel,
    /// Log each step, too
    #[arg(long)]
    pub debug: bool,
    /// Have systemd make the cgroup; cgroupsPath is then slice:prefix:name
    #[arg(long)]
    pub systemd_cgroup: bool,
    /// Who makes the cgroup; with disabled the container stays in the caller's
    #[arg(long, value_name = "MANAGER")]
    pub cgroup_manager: Option<CgroupManager>,
    /// Exit with a status that tells the kind of a failure
    #[arg(long)]
    pub status_codes: bool,
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
pub enum LogLevel {
    Error,
    Warning,
    Debug,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CgroupManager {
    Cgroupfs,
    Systemd,
    Disabled,
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
    Checkpoint(Checkpoint),
    Completion(Completion),
    Create(Create),
    Delete(Delete),
    Events(Events),
    Exec(Exec),
    Features(Features),
    Info(Info),
    Kill(Kill),
    Lint(Lint),
    List(List),
    Mounts(Mounts),
    Pause(Pause),
    Ps(Ps),
    Restore(Restore),
    Resume(Resume),
    Run(Run),
    Spec(Spec),
    Start(Start),
    State(State),
    Update(Update),
}

/// Start the program of a created container
///
/// With NOTIFY_SOCKET in the environment of create and of this command, as sd_notify(3) has it, it waits
/// until the program is ready, and passes that on with the number of the first process.
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
    /// Take ID for a regular expression, and signal each container whose id it matches
    ///
    /// The syntax is the extended one of POSIX with the further classes of Perl (\d, \w), without
    /// references back. It may match any part of an id: ^web$ is web alone. A failure with one container
    /// is told, and the others have their turn; the exit status is then not 0. That none matches is no
    /// failure.
    #[arg(short, long)]
    pub regex: bool,
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
    /// Take ID for a regular expression, and delete each container whose id it matches
    ///
    /// The syntax is the extended one of POSIX with the further classes of Perl (\d, \w), without
    /// references back. It may match any part of an id: ^web$ is web alone. A failure with one container
    /// is told, and the others have their turn; the exit status is then not 0. That none matches is no
    /// failure.
    #[arg(short, long)]
    pub regex: bool,
    #[arg(value_name = "ID")]
    pub id: String,
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
    /// Write this file instead, which counts from that folder and may be there already
    #[arg(short = 'f', long, visible_alias = "config", value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// For an ordinary user: with a user namespace
    #[arg(long)]
    pub rootless: bool,
}

/// Print what this runtime can do, as JSON
#[derive(Debug, Args)]
pub struct Features {
    /// Leave out what this kernel, this machine or the rights of the caller do not allow
    ///
    /// An annotation io.ctrd.unavailable.PLACE says of each thing that is left out why it is; of a part that
    /// can be enabled the answer is then enabled: false.
    #[arg(long)]
    pub probe: bool,
}

/// The whole command line, for the parser, the man pages and the completions.
pub fn command() -> clap::Command {
    Cli::command()
}
