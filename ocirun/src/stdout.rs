//! Standard output, whose reader may have gone: that is no failure of ours.

use std::io::{self, ErrorKind, Write};

use anyhow::{Context, Result};

pub fn print(text: &str) -> Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(e) if e.kind() != ErrorKind::BrokenPipe => Err(e).context("write to standard output"),
        _ => Ok(()),
    }
}
