//! The `log` FIFO of a bundle: a shim writes its log there, and who keeps the task copies it.
//!
//! It is opened for reading and writing before the shim starts, so that the shim's own open finds
//! a reader and its pipe never ends while we live. When nobody keeps the task, the shim's lines
//! are lost, and the shim is not held up.

use std::path::Path;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::unix::pipe;
use tokio::task::AbortHandle;
use tracing::{debug, error, info, warn};

use crate::error::{Error, Result};

/// Longer lines are cut into pieces of this size.
const LINE: u64 = 16 << 10;

/// Copies until it is dropped.
pub struct Copy(AbortHandle);

impl Drop for Copy {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Starts copying the FIFO at `path` into our own log, each line with the task's name.
pub fn copy(path: &Path, namespace: &str, id: &str) -> Result<Copy> {
    let fifo = pipe::OpenOptions::new()
        .read_write(true)
        .open_receiver(path)
        .map_err(|e| Error::from(e).context(format!("open {}", path.display())))?;
    let (namespace, id) = (namespace.to_string(), id.to_string());
    Ok(Copy(tokio::spawn(lines(fifo, namespace, id)).abort_handle()))
}

async fn lines(fifo: pipe::Receiver, namespace: String, id: String) {
    use tokio::io::AsyncReadExt;
    let mut reader = BufReader::new(fifo);
    let mut line = Vec::new();
    loop {
        line.clear();
        match (&mut reader).take(LINE).read_until(b'\n', &mut line).await {
            Ok(n) if n > 0 => {}
            _ => return,
        }
        let text = String::from_utf8_lossy(&line);
        let text = text.trim_end();
        match level(text) {
            Level::Error => error!(namespace, id, "shim: {text}"),
            Level::Warning => warn!(namespace, id, "shim: {text}"),
            Level::Info => info!(namespace, id, "shim: {text}"),
            Level::Debug => debug!(namespace, id, "shim: {text}"),
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Level {
    Error,
    Warning,
    Info,
    Debug,
}

/// The level that a line gives itself: `"level":"error"` in our shims' JSON, `level=error` in
/// others' text.
fn level(line: &str) -> Level {
    let has =
        |name: &str| line.contains(&format!("level={name}")) || line.contains(&format!("\"level\":\"{name}"));
    match () {
        _ if has("err") || has("fatal") || has("panic") => Level::Error,
        _ if has("warn") => Level::Warning,
        _ if has("debug") || has("trace") => Level::Debug,
        _ => Level::Info,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels() {
        for (line, want) in [
            (r#"{"time":"t","level":"error","msg":"m"}"#, Level::Error),
            (r#"time="t" level=warning msg="m""#, Level::Warning),
            (r#"time="t" level=debug msg="m""#, Level::Debug),
            (r#"time="t" level=fatal msg="m""#, Level::Error),
            ("anything", Level::Info),
        ] {
            assert_eq!(level(line), want, "{line}");
        }
    }
}
