//! `events`: what a container uses, and when it runs out of memory.

use clap::Args;

/// Print what a container uses, and when it runs out of memory
///
/// One JSON object a line, of type stats at each interval and of type oom whenever the kernel
/// kills one of its processes for want of memory, until the container ends.
#[derive(Debug, Args)]
pub struct Events {
    /// Time between two lines of type stats, such as 500ms, 5s, 1m30s
    #[arg(long, value_name = "DURATION", default_value = "5s", allow_hyphen_values = true)]
    pub interval: String,
    /// Print the present numbers and end
    #[arg(long)]
    pub stats: bool,
    #[arg(value_name = "ID")]
    pub id: String,
}
