//! Standard output, whose reader may have gone: that is no failure of ours.

use std::io::{self, ErrorKind, Write};

use anyhow::{Context, Result};

/// Prints; says whether there is still somebody who reads.
pub fn print(text: &str) -> Result<bool> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Ok(true),
        Err(e) if e.kind() == ErrorKind::BrokenPipe => Ok(false),
        Err(e) => Err(e).context("write to standard output"),
    }
}
