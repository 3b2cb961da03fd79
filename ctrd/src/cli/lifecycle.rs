//! The verbs of a container's life that docker's users know.

use clap::{Args, ValueEnum};

use super::{Format, List};

#[derive(Debug, Args)]
pub struct Start {
    /// Stay with the program: its output comes here, and its status is this command's
    #[arg(long)]
    pub attach: bool,
    /// Pass standard input on to the program
    #[arg(long, short, requires = "attach")]
    pub interactive: bool,
    /// Go on with the processes as they were saved in this image, in place of anew
    #[arg(long, value_name = "IMAGE")]
    pub checkpoint: Option<String>,
    /// Take an image that was not saved here: what its processes have in memory runs
    #[arg(long, requires = "checkpoint")]
    pub trust: bool,
    /// Name the containers
    #[arg(required = true, value_name = "CONTAINER")]
    pub containers: Vec<String>,
}

#[derive(Debug, Args)]
pub struct Stop {
    /// Send this signal first [default: the image's stop signal, or TERM]
    #[arg(long, short, value_name = "SIGNAL")]
    pub signal: Option<String>,
    /// Kill what has not ended after so many seconds
    #[arg(long, short, visible_alias = "timeout", value_name = "SECONDS", default_value_t = 10)]
    pub time: u64,
    /// Name the containers
    #[arg(required = true, value_name = "CONTAINER")]
    pub containers: Vec<String>,
}

/// Containers, and nothing else to say.
#[derive(Debug, Args)]
pub struct Names {
    /// Name the containers
    #[arg(required = true, value_name = "CONTAINER")]
    pub containers: Vec<String>,
}

#[derive(Debug, Args)]
pub struct Logs {
    /// Go on with what is written from now on, until the program ends
    #[arg(long, short)]
    pub follow: bool,
    /// Begin with so many of the last lines, or with all
    #[arg(long, short = 'l', value_name = "LINES", default_value = "all")]
    pub tail: String,
    /// Leave out what was written before: a time (RFC 3339), or so long ago, such as 90s, 10m, 2h
    #[arg(long, value_name = "TIME")]
    pub since: Option<String>,
    /// Leave out what was written after
    #[arg(long, value_name = "TIME")]
    pub until: Option<String>,
    /// Print when each line was written
    #[arg(long, short)]
    pub timestamps: bool,
    /// Print lines, or a JSON object a line
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Table)]
    pub format: Format,
    /// Name the container
    pub container: String,
}

#[derive(Debug, Args)]
pub struct Attach {
    /// Do not pass standard input on
    #[arg(long)]
    pub no_stdin: bool,
    /// Do not pass signals on
    #[arg(long)]
    pub no_signals: bool,
    /// Leave the program at this sequence of keys
    #[arg(long, value_name = "KEYS", default_value = "ctrl-p,ctrl-q")]
    pub detach_keys: String,
    /// Name the container
    pub container: String,
}

#[derive(Debug, Args)]
pub struct Stats {
    /// Print once, and do not go on
    #[arg(long)]
    pub no_stream: bool,
    /// Take the figures of all namespaces
    #[arg(long, short = 'A')]
    pub all_namespaces: bool,
    #[command(flatten)]
    pub list: List,
    /// Name the containers [default: all that run]
    #[arg(value_name = "CONTAINER")]
    pub containers: Vec<String>,
}

#[derive(Debug, Args)]
pub struct Top {
    /// Name the container
    pub container: String,
    #[command(flatten)]
    pub list: List,
}

#[derive(Debug, Args)]
pub struct Tree {
    /// Draw the tasks of all namespaces
    #[arg(long, short = 'A')]
    pub all_namespaces: bool,
    /// Draw lines, or print a JSON object a process
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Table)]
    pub format: Format,
    /// Name the containers [default: all that run]
    #[arg(value_name = "CONTAINER")]
    pub containers: Vec<String>,
}

#[derive(Debug, Args)]
pub struct Inspect {
    /// Look for this kind of thing alone [default: a container, then an image]
    #[arg(long = "type", value_enum, value_name = "KIND")]
    pub kind: Option<Inspected>,
    /// Name containers or images
    #[arg(required = true, value_name = "NAME")]
    pub names: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Inspected {
    Container,
    Image,
    Task,
}

#[derive(Debug, Args)]
pub struct Update {
    /// Limit the memory: bytes, or a number with k, m, or g
    #[arg(long, short, value_name = "SIZE")]
    pub memory: Option<String>,
    /// Limit the processors, e.g. 1.5
    #[arg(long, value_name = "NUMBER")]
    pub cpus: Option<String>,
    /// Set the share of the processors that is due when they are busy
    #[arg(long, value_name = "NUMBER")]
    pub cpu_shares: Option<u64>,
    /// Run on these processors alone, e.g. 0-2,4
    #[arg(long, value_name = "LIST")]
    pub cpuset_cpus: Option<String>,
    /// Limit the number of processes and threads; -1 for no limit
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true)]
    pub pids_limit: Option<i64>,
    /// Have the server start the containers again when they end: no, always, on-failure[:TIMES], unless-stopped
    #[arg(long, value_name = "POLICY")]
    pub restart: Option<String>,
    /// Name the containers
    #[arg(required = true, value_name = "CONTAINER")]
    pub containers: Vec<String>,
}

#[derive(Debug, Args)]
pub struct Info {
    /// Print lines, or a JSON object
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Table)]
    pub format: Format,
}

#[derive(Debug, Args)]
pub struct Check {
    /// Print what is missing only
    #[arg(long, short)]
    pub quiet: bool,
    /// Print columns, or a JSON object a line
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Table)]
    pub format: Format,
}

#[derive(Debug, Args)]
pub struct Commit {
    /// Say who made the image
    #[arg(long, value_name = "NAME")]
    pub author: Option<String>,
    /// Say what was changed
    #[arg(long, short, value_name = "TEXT")]
    pub message: Option<String>,
    /// Let a running container go on meanwhile: what it writes may then be there in parts
    #[arg(long)]
    pub no_pause: bool,
    /// Name the container
    pub container: String,
    /// Name the image
    pub image: String,
}
