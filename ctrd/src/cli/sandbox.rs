//! `ctrd sandbox`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::ListAll;

#[derive(Debug, Subcommand)]
pub enum SandboxCommand {
    /// Make a sandbox, start it, and print its id
    Run(NewSandbox),
    /// Make a sandbox without starting it, and print its id
    Create(NewSandbox),
    /// Start sandboxes that were created
    Start(Sandboxes),
    /// List the sandboxes
    #[command(visible_alias = "list")]
    Ls(ListAll),
    /// Print sandboxes with their state as JSON
    Inspect(Sandboxes),
    /// Print the figures of the control groups of sandboxes as JSON
    Metrics(Sandboxes),
    /// Wait until sandboxes end, and print their exit statuses
    Wait(Sandboxes),
    /// End sandboxes, and keep their records
    Stop {
        /// Kill what has not ended after so many seconds
        #[arg(long, short, value_name = "SECONDS", default_value_t = 10)]
        time: u32,
        #[command(flatten)]
        names: Sandboxes,
    },
    /// End and remove sandboxes
    #[command(visible_alias = "remove")]
    Rm {
        /// Remove the record even where the sandbox cannot be ended, and succeed where there is none
        #[arg(long, short)]
        force: bool,
        #[command(flatten)]
        names: Sandboxes,
    },
}

/// Sandboxes, and nothing else to say.
#[derive(Debug, Args)]
pub struct Sandboxes {
    /// Name the sandboxes
    #[arg(required = true, value_name = "SANDBOX")]
    pub sandboxes: Vec<String>,
}

#[derive(Debug, Args)]
#[command(override_usage = "ctrd sandbox run [OPTIONS] [CONFIG] ID")]
pub struct NewSandbox {
    /// Use this runtime: a name such as io.containerd.ctrd.v2, or a shim's absolute path
    #[arg(long, value_name = "RUNTIME")]
    pub runtime: Option<String>,
    /// Set the sandbox's host name
    #[arg(long, value_name = "NAME")]
    pub hostname: Option<String>,
    /// Choose the network namespace: none for an own, empty one; host for the host's; a path for the one there
    #[arg(long, visible_alias = "net", value_name = "host|none|PATH", default_value = "none")]
    pub network: String,
    /// Share the host's processes
    #[arg(long, value_name = "host", value_parser = ["host"])]
    pub pid: Option<String>,
    /// Share the host's shared memory and message queues
    #[arg(long, value_name = "host", value_parser = ["host"])]
    pub ipc: Option<String>,
    /// Set a parameter of the kernel's that a namespace has its own of
    #[arg(long, value_name = "NAME=VALUE")]
    pub sysctl: Vec<String>,
    /// Put the sandbox's control group below this one
    #[arg(long, value_name = "PATH")]
    pub cgroup_parent: Option<String>,
    /// Attach a label to the sandbox
    #[arg(long, value_name = "NAME=VALUE")]
    pub label: Vec<String>,
    /// Write an annotation into the sandbox's specification
    #[arg(long, value_name = "NAME=VALUE")]
    pub annotation: Vec<String>,
    /// Read the specification of what runs in it from this file, in place of a process that only waits; then name it
    #[arg(value_names = ["CONFIG", "ID"], num_args = 1..=2, required = true)]
    pub args: Vec<PathBuf>,
}
