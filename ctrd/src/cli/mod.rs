//! The command line: clap's types and nothing else, so that the manual pages and the completions
//! are made from what the program really parses.
//!
//! Meaning begins in `cmd`: here a value is only checked for its form.

mod checkpoint;
mod confine;
mod container;
mod content;
mod copy;
mod docker;
mod image;
mod lifecycle;
mod plain;
mod run;
mod sandbox;
mod shim;
mod snapshot;
mod storage;
mod task;
mod trace;

use std::path::PathBuf;

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};

pub use checkpoint::{Checkpoint, Restore};
pub use confine::Confine;
pub use container::{ContainerCommand, ContainerCreate, ContainerRemove};
pub use content::{ContentCommand, ContentFsck, ContentIngest};
pub use copy::{Copy, Diff};
pub use image::{ImageCommand, ImageExport, ImageImport, ImageRemove, ImageTag};
pub use lifecycle::{
    Attach, Check, Commit, Info, Inspect, Inspected, Logs, Names, Start, Stats, Stop, Top, Tree, Update,
};
pub use run::{Run, Settings};
pub use sandbox::{NewSandbox, SandboxCommand};
pub use shim::{ShimCall, ShimCommand};
pub use snapshot::{NewSnapshot, SnapshotCommand, Snapshotter};
pub use storage::{LeaseCommand, NamespaceCommand};
pub use task::{Exec, Kill, TaskCommand, TaskDelete, TaskStart};
pub use trace::TraceDraw;

/// Launch containers and keep their images
///
/// Every command talks to the server at the address. When none runs there, the command does
/// the same work itself, on the same files
#[derive(Debug, Parser)]
#[command(name = "ctrd", version, propagate_version = false, disable_help_subcommand = true)]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

/// The flags that every command takes, before or after its name.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]
    #[arg(
        long,
        short = 'a',
        global = true,
        env = "CTRD_ADDRESS",
        hide_env_values = true,
        value_name = "PATH"
    )]
    pub address: Option<PathBuf>,
    /// Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]
    #[arg(long, global = true, env = "CTRD_ROOT", hide_env_values = true, value_name = "DIR")]
    pub root: Option<PathBuf>,
    /// Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]
    #[arg(long, global = true, env = "CTRD_STATE", hide_env_values = true, value_name = "DIR")]
    pub state: Option<PathBuf>,
    /// Work in this namespace of names [default: default]
    #[arg(
        long,
        short = 'n',
        global = true,
        env = "CTRD_NAMESPACE",
        hide_env_values = true,
        value_name = "NAME"
    )]
    pub namespace: Option<String>,
    /// Append to this file what each program of the launch does and when, for ctrd trace to draw
    #[arg(long = "trace", global = true, env = "CTRD_TRACE", hide_env_values = true, value_name = "FILE")]
    pub trace_file: Option<PathBuf>,
    /// Tell on standard error what is being done
    #[arg(long, global = true)]
    pub debug: bool,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run a program in a new container
    Run(Box<Run>),
    /// Run another program in a running container
    Exec(Exec),
    /// Create a container without starting it, and print its id
    Create(Box<ContainerCreate>),
    /// Start containers that were created or have ended
    Start(Start),
    /// End the programs of containers: by a signal, and by force if they do not follow it
    Stop(Stop),
    /// Stop containers and start them again
    Restart(Stop),
    /// Send a signal to a task
    Kill(Kill),
    /// Freeze the processes of containers
    Pause(Names),
    /// Let frozen containers go on
    #[command(visible_alias = "unpause")]
    Resume(Names),
    /// Wait until containers end, and print their exit statuses
    Wait(Names),
    /// Change the limits of running containers
    Update(Update),
    /// Join the streams of a running container
    Attach(Attach),
    /// Print what a container in the background has written
    Logs(Logs),
    /// List the containers with their tasks
    Ps(ListContainers),
    /// List the processes of a container, with what they take
    Top(Top),
    /// Show what running containers take, again and again
    Stats(Stats),
    /// Draw the processes of containers, from their shims on
    Tree(Tree),
    /// Print containers with their tasks, or images, as JSON
    ///
    /// Of a task that has ended there are exitStatus and exitedAt, and oom where processes of it were killed for want
    /// of memory: kills (how many), limit (in bytes), events (what the kernel counts), victims (the last ones, where its
    /// log may be read)
    Inspect(Inspect),
    /// Copy files into and out of a container, running or not, or as a tar stream
    Cp(Copy),
    /// List what a container has added to its image, changed, or deleted
    Diff(Diff),
    /// Make an image of a container: its own, with what was changed, and print its digest
    Commit(Commit),
    /// Save a container as an image: what was changed in its root file system, and its processes as they run
    ///
    /// With none of --rw, --image and --task, all is saved that there is
    Checkpoint(Checkpoint),
    /// Make a container of a saved one, and start it in the background
    ///
    /// With neither --rw nor --live, all is brought back that was saved
    Restore(Restore),
    /// Remove containers
    Rm(ContainerRemove),
    /// Import, list, show and remove images
    Image(ImageArgs),
    /// Remove images
    Rmi(ImageRemove),
    /// Give images more names
    Tag(ImageTag),
    /// Create, list, show and remove containers
    #[command(subcommand, visible_alias = "containers")]
    Container(ContainerCommand),
    /// Start, list, join, signal and delete tasks: the running side of containers
    #[command(subcommand, visible_alias = "tasks")]
    Task(TaskCommand),
    /// List and remove snapshots: the file systems of images and containers
    #[command(subcommand, visible_alias = "snapshots")]
    Snapshot(SnapshotCommand),
    /// List and read blobs
    #[command(subcommand)]
    Content(ContentCommand),
    /// List, create and remove leases, which keep things from the garbage collector
    #[command(subcommand, visible_alias = "leases")]
    Lease(LeaseCommand),
    /// List, create and remove namespaces
    #[command(subcommand, visible_alias = "namespaces")]
    Namespace(NamespaceCommand),
    /// Make, list, end and remove sandboxes: namespaces that containers share, and a shim that keeps them
    #[command(subcommand, visible_aliases = ["sandboxes", "sb"])]
    Sandbox(SandboxCommand),
    /// Call a shim by hand, past every service
    #[command(subcommand)]
    Shim(ShimCommand),
    /// Print events as they happen, a JSON object a line
    Events(Events),
    /// List the plugins that the server is made of
    #[command(subcommand, visible_alias = "plugin")]
    Plugins(PluginsCommand),
    /// Tell what is served, and from where
    Info(Info),
    /// Tell what this machine offers to containers, what is missing, and what to do
    Check(Check),
    /// Draw the timeline of a launch, as text, SVG or Chrome trace events
    ///
    /// With --trace FILE or CTRD_TRACE=FILE the programs of a launch (ctrd, ctrd-shim, ocirun; ocirun for
    /// ocirun-init, which has no file of the host's) append to the file what they did, a JSON object a
    /// line: trace (the trace's id), span (its own, where it has parts), parent (whose part it is), program,
    /// pid, name, start and end (microseconds since 1970 UTC). TRACEPARENT (W3C Trace Context) makes the
    /// launch a part of its caller's trace. A server appends where its clients ask for it
    Trace(TraceDraw),
    /// Print the versions of this program and of the server
    Version(Version),
    /// Print the server's configuration, or bring a file to the newest version
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Serve the API until a signal ends it
    Serve(Serve),
}

/// How a listing is printed.
#[derive(Debug, Args)]
pub struct List {
    /// Print the names only
    #[arg(long, short)]
    pub quiet: bool,
    /// Print columns, or a JSON object a line
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Table)]
    pub format: Format,
    /// Print only what this matches, by the fields of --format json, e.g. status==running,labels.app==web; several are alternatives
    #[arg(long = "filter", short = 'f', value_name = "FILTER")]
    pub filters: Vec<String>,
    /// Print digests in full on a terminal, too
    #[arg(long)]
    pub no_trunc: bool,
}

/// A listing that can be of every namespace.
#[derive(Debug, Args)]
pub struct ListAll {
    #[command(flatten)]
    pub list: List,
    /// List those of all namespaces
    #[arg(long, short = 'A')]
    pub all_namespaces: bool,
}

/// A listing of containers, which has those that do not run, too.
#[derive(Debug, Args)]
pub struct ListContainers {
    #[command(flatten)]
    pub list: ListAll,
    /// List containers that do not run, too, as is done anyway; here -a is short for it where no socket follows
    #[arg(long)]
    pub all: bool,
}

/// Without a command, the images are listed.
#[derive(Debug, Args)]
#[command(visible_alias = "images")]
pub struct ImageArgs {
    #[command(subcommand)]
    pub command: Option<ImageCommand>,
    #[command(flatten)]
    pub list: ListAll,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Table,
    Json,
}

#[derive(Debug, Args)]
pub struct Events {
    /// Print only the events that this filter matches, e.g. 'topic~="^/tasks"'; several are alternatives
    #[arg(long = "filter", short = 'f', value_name = "FILTER")]
    pub filter: Vec<String>,
    /// Print columns, or a JSON object a line
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Json)]
    pub format: Format,
    /// End after so many events
    #[arg(long, value_name = "NUMBER")]
    pub count: Option<u64>,
    /// Print only the events that these filters match
    #[arg(value_name = "FILTER")]
    pub filters: Vec<String>,
}

#[derive(Debug, Subcommand)]
pub enum PluginsCommand {
    /// List the plugins with their state
    #[command(visible_alias = "list")]
    Ls(List),
}

#[derive(Debug, Args)]
pub struct Version {
    /// Print lines, or a JSON object
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Table)]
    pub format: Format,
}

#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Print what holds where nothing is configured
    Default,
    /// Print what the file, its imports and the flags come to
    Dump(ConfigFile),
    /// Print the file in the newest version
    Migrate(ConfigFile),
}

#[derive(Debug, Args)]
pub struct ConfigFile {
    /// Read this file [default: /etc/ctrd/config.toml]
    #[arg(long, short, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Serve {
    /// Read the configuration from this file [default: /etc/ctrd/config.toml, where it exists]
    #[arg(long, short, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// End when nobody was connected for this long, e.g. 10m, and no container is to be kept running
    #[arg(long, value_name = "TIME")]
    pub idle_timeout: Option<String>,
}

/// The whole command line, for parsing, manual pages and completions.
pub fn command() -> clap::Command {
    Cli::command()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(args: &[&str]) -> Cli {
        Cli::try_parse_from([&["ctrd"], args].concat()).unwrap_or_else(|e| panic!("{args:?}: {e}"))
    }

    #[test]
    fn the_definitions_are_sound() {
        command().debug_assert();
    }

    #[test]
    fn no_argument_is_named_as_a_global_one() {
        fn walk(command: &clap::Command, global: &[String]) {
            for sub in command.get_subcommands() {
                for arg in sub.get_arguments().filter(|arg| !arg.is_global_set()) {
                    let name = arg.get_id().to_string();
                    assert!(!global.contains(&name), "{}: {name}", sub.get_name());
                }
                walk(sub, global);
            }
        }
        let command = command();
        let global = command.get_arguments().filter(|arg| arg.is_global_set());
        let global: Vec<String> = global.map(|arg| arg.get_id().to_string()).collect();
        assert_eq!(global.len(), 6);
        walk(&command, &global);
    }

    #[test]
    fn everything_after_the_image_is_the_programs() {
        let Command::Run(run) = parse(&["run", "--rm", "busybox", "ls", "--rm", "-d", "--", "x"]).command
        else {
            panic!("not run")
        };
        assert!(run.remove && !run.detach);
        assert_eq!(run.settings.args, ["busybox", "ls", "--rm", "-d", "--", "x"]);
        let Command::Run(run) = parse(&["run", "busybox", "--help"]).command else { panic!("not run") };
        assert_eq!(run.settings.args, ["busybox", "--help"]);
        assert!(Cli::try_parse_from(["ctrd", "run", "--memroy", "1m", "busybox"]).is_err());
    }

    #[test]
    fn global_flags_stand_before_or_after_the_verb() {
        for args in [["-n", "a", "image", "ls"], ["image", "-n", "a", "ls"], ["image", "ls", "-n", "a"]] {
            assert_eq!(parse(&args).global.namespace.as_deref(), Some("a"), "{args:?}");
        }
    }

    #[test]
    fn exec_takes_its_flags_on_both_sides_of_the_container() {
        for args in [["exec", "-i", "web", "cat", "-n"], ["exec", "web", "-i", "cat", "-n"]] {
            let Command::Exec(exec) = parse(&args).command else { panic!("not exec") };
            assert!(exec.interactive && exec.container == "web", "{args:?}");
            assert_eq!(exec.command, ["cat", "-n"]);
        }
    }

    #[test]
    fn every_listing_can_be_read_by_a_script() {
        const LISTINGS: [&str; 9] =
            ["ls", "ps", "top", "stats", "usage", "check", "active", "resources", "diff"];
        fn walk(command: &clap::Command, path: &str) {
            let has = |name: &str| command.get_arguments().any(|arg| arg.get_long() == Some(name));
            if !command.has_subcommands()
                && LISTINGS.contains(&command.get_name())
                && !(path.ends_with("snapshot") && command.get_name() == "diff")
            {
                assert!(has("format") && has("quiet"), "{path} {}", command.get_name());
            }
            for sub in command.get_subcommands() {
                walk(sub, &format!("{path} {}", command.get_name()));
            }
        }
        walk(&command(), "");
    }

    #[test]
    fn help_is_imperative_and_has_no_full_stop() {
        fn walk(command: &clap::Command, path: &str) {
            let check = |what: &str, text: Option<String>| {
                let text = text.unwrap_or_else(|| panic!("{path}: {what} has no help"));
                assert!(!text.trim_end().ends_with('.'), "{path}: {what}: {text}");
                assert!(text.starts_with(char::is_uppercase), "{path}: {what}: {text}");
            };
            check("the command", command.get_about().map(ToString::to_string));
            for arg in command.get_arguments().filter(|a| !matches!(a.get_id().as_str(), "help" | "version"))
            {
                check(arg.get_id().as_str(), arg.get_help().map(ToString::to_string));
            }
            for sub in command.get_subcommands() {
                walk(sub, &format!("{path} {}", sub.get_name()));
            }
        }
        walk(&command(), "ctrd");
    }
}
