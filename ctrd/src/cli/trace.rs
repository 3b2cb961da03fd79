//! `ctrd trace`.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub struct TraceDraw {
    /// Draw an SVG picture
    #[arg(long, conflicts_with = "chrome")]
    pub svg: bool,
    /// Print Chrome trace events, for about:tracing and Perfetto
    #[arg(long)]
    pub chrome: bool,
    /// Draw this trace, by the beginning of its id [default: the last one of the file]
    #[arg(long, value_name = "ID")]
    pub id: Option<String>,
    /// Read this file, as --trace or CTRD_TRACE has it written; - is standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}
