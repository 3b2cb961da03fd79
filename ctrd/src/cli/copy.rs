//! Files of containers: `ctrd cp` and `ctrd diff`.

use clap::Args;

use super::List;

#[derive(Debug, Args)]
#[command(
    override_usage = "ctrd cp [OPTIONS] CONTAINER:PATH PATH|-\n       ctrd cp [OPTIONS] PATH|- CONTAINER:PATH"
)]
pub struct Copy {
    /// Keep owners by number, set-id bits, attributes, and devices
    #[arg(long)]
    pub archive: bool,
    /// Copy what a link leads to, and not the link
    #[arg(long, short = 'L')]
    pub follow_link: bool,
    /// Copy this: what is in a folder if the path ends in /., and a tar stream from standard input if it is -
    #[arg(value_name = "[CONTAINER:]PATH|-")]
    pub source: String,
    /// To there: into a folder if it is one, and as a tar stream to standard output if it is -
    #[arg(value_name = "[CONTAINER:]PATH|-")]
    pub target: String,
}

#[derive(Debug, Args)]
pub struct Diff {
    #[command(flatten)]
    pub list: List,
    /// Name the container
    pub container: String,
}
