//! Images, snapshots, containers, and tasks: the server of their interface and its command line.

fn main() {
    std::process::exit(ctrd::cmd::main())
}
