//! `ctrd shim`: a shim's own interface, called by hand.

use clap::{Args, Subcommand};

use super::List;

#[derive(Debug, Subcommand)]
pub enum ShimCommand {
    /// List the shims that tasks are kept by, and whether they answer
    #[command(visible_alias = "list")]
    Ls(List),
    /// Kill a shim that does not answer, and clean up after it; its container ends with it
    End {
        /// Name the container
        id: String,
    },
    /// Create a container from a bundle
    Create {
        /// Send the output there: a FIFO's path, or file:///PATH
        #[arg(long, value_name = "URI", default_value = "")]
        stdout: String,
        /// Send the errors there
        #[arg(long, value_name = "URI", default_value = "")]
        stderr: String,
        /// Take the input from this FIFO
        #[arg(long, value_name = "PATH", default_value = "")]
        stdin: String,
        /// Give the program a terminal
        #[arg(long, short)]
        tty: bool,
        /// Call the shim at this address, as `ctrd-shim start` prints it
        #[arg(id = "shim-address", value_name = "ADDRESS")]
        address: String,
        /// Use this bundle
        bundle: String,
        /// Name the container
        id: String,
    },
    /// Start a created container, and print its process id
    Start(ShimCall),
    /// Print the state of a container
    State(ShimCall),
    /// Wait until a container's program ends, and print its exit status
    Wait(ShimCall),
    /// Send a signal to a container's program
    Kill {
        /// Signal every process of the container
        #[arg(long)]
        all: bool,
        #[command(flatten)]
        call: ShimCall,
        /// Send this signal, by name or number
        #[arg(default_value = "TERM")]
        signal: String,
    },
    /// Delete a container that has ended, and print its exit status
    Delete(ShimCall),
    /// Let a shim without containers end
    Shutdown(ShimCall),
}

#[derive(Debug, Args)]
pub struct ShimCall {
    /// Call the shim at this address, as `ctrd-shim start` prints it
    // The global flag has the shorter name, and clap's names are one space.
    #[arg(id = "shim-address", value_name = "ADDRESS")]
    pub address: String,
    /// Name the container
    pub id: String,
}
