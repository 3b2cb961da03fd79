//! `ctrd task`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Attach, List, ListAll};

#[derive(Debug, Subcommand)]
pub enum TaskCommand {
    /// Start a created container
    Start(TaskStart),
    /// List the tasks
    #[command(visible_alias = "list")]
    Ls(ListAll),
    /// Run another program in a running container
    Exec(Exec),
    /// Send a signal to a task
    Kill(Kill),
    /// Delete ended tasks; the exit status of one becomes this command's
    #[command(visible_alias = "rm")]
    Delete(TaskDelete),
    /// List the processes of a task
    Ps {
        /// Name the container
        container: String,
        #[command(flatten)]
        list: List,
    },
    /// Wait until a task ends, and exit with its status
    Wait {
        /// Wait for this process of exec, not for the container's first one
        #[arg(long, value_name = "ID")]
        exec_id: Option<String>,
        /// Name the container
        container: String,
    },
    /// Join the streams of a running task
    Attach(Attach),
    /// Print the figures of a task's control groups as JSON
    #[command(visible_alias = "metric")]
    Metrics {
        /// Name the tasks
        #[arg(required = true, value_name = "CONTAINER")]
        containers: Vec<String>,
    },
    /// Save the state of a task as an image and print its name, or into a folder
    Checkpoint {
        /// Write CRIU's images of the processes there, in place of making an image
        #[arg(long, value_name = "DIR")]
        image_path: Option<PathBuf>,
        /// Write CRIU's log there
        #[arg(long, value_name = "DIR")]
        work_path: Option<PathBuf>,
        /// End the task when it is saved
        #[arg(long)]
        exit: bool,
        /// Name the container
        container: String,
    },
    /// Freeze the processes of a task
    Pause {
        /// Name the container
        container: String,
    },
    /// Let a frozen task go on
    Resume {
        /// Name the container
        container: String,
    },
}

#[derive(Debug, Args)]
pub struct TaskStart {
    /// Leave the program running
    #[arg(long, short)]
    pub detach: bool,
    /// Pass standard input on to the program
    #[arg(long, short, conflicts_with = "detach")]
    pub interactive: bool,
    /// Leave the program at this sequence of keys
    #[arg(long, value_name = "KEYS", default_value = "ctrl-p,ctrl-q")]
    pub detach_keys: String,
    /// Write the process id of the program to this file
    #[arg(long, value_name = "FILE")]
    pub pid_file: Option<PathBuf>,
    /// Send the program's output there (file:///PATH, binary:///PROGRAM?KEY=VALUE) and not here
    #[arg(long, value_name = "URI", conflicts_with = "interactive")]
    pub log_uri: Option<String>,
    /// Go on with the processes as they were saved in this image, in place of anew
    #[arg(long, value_name = "IMAGE")]
    pub checkpoint: Option<String>,
    /// Take an image that was not saved here: what its processes have in memory runs
    #[arg(long, requires = "checkpoint")]
    pub trust: bool,
    /// Go on with the processes as CRIU's images in this folder have them
    #[arg(long, value_name = "DIR", conflicts_with = "checkpoint")]
    pub image_path: Option<PathBuf>,
    /// Name the container
    pub container: String,
}

#[derive(Debug, Default, Args)]
pub struct Exec {
    /// Name the new process; without it, a name is made up
    #[arg(long, value_name = "ID")]
    pub exec_id: Option<String>,
    /// Leave the program running
    #[arg(long, short)]
    pub detach: bool,
    /// Pass standard input on to the program
    #[arg(long, short, conflicts_with = "detach")]
    pub interactive: bool,
    /// Give the program a terminal
    #[arg(long, short)]
    pub tty: bool,
    /// Set an environment variable; without a value, take it from this environment
    #[arg(long, short, value_name = "NAME[=VALUE]")]
    pub env: Vec<String>,
    /// Run as this user and group, by number
    #[arg(long, short, value_name = "UID[:GID]")]
    pub user: Option<String>,
    /// Start the program in this folder of the container
    #[arg(long, short, visible_alias = "cwd", value_name = "DIR")]
    pub workdir: Option<PathBuf>,
    /// Leave the program at this sequence of keys
    #[arg(long, value_name = "KEYS", default_value = "ctrl-p,ctrl-q")]
    pub detach_keys: String,
    /// Write the process id of the program to this file
    #[arg(long, value_name = "FILE")]
    pub pid_file: Option<PathBuf>,
    /// Name the container
    pub container: String,
    /// Name the program and its arguments
    #[arg(required = true, trailing_var_arg = true)]
    pub command: Vec<String>,
}

#[derive(Debug, Args)]
pub struct Kill {
    /// Send this signal, by name or number [default: the image's stop signal, or TERM]
    #[arg(long, short, value_name = "SIGNAL")]
    pub signal: Option<String>,
    /// Signal every process of the container
    #[arg(long)]
    pub all: bool,
    /// Signal this process of exec, not the container's first one
    #[arg(long, value_name = "ID", conflicts_with = "all")]
    pub exec_id: Option<String>,
    /// Name the container
    pub container: String,
}

#[derive(Debug, Args)]
pub struct TaskDelete {
    /// Kill a running task first, and succeed where a task does not exist
    #[arg(long, short)]
    pub force: bool,
    /// Delete this process of exec, not the task
    #[arg(long, value_name = "ID")]
    pub exec_id: Option<String>,
    /// Name the containers
    #[arg(required = true, value_name = "CONTAINER")]
    pub containers: Vec<String>,
}
