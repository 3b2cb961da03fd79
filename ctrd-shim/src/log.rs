//! The shim's own log: a JSON object a line, to the `log` FIFO of the bundle, which the server
//! copies to its stderr. A full or absent reader loses lines; it never holds the shim up.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;

use serde::Serialize;

use crate::timestamp;

#[derive(Debug)]
pub struct Log {
    fifo: Option<File>,
    debug: bool,
    id: String,
}

#[derive(Serialize)]
struct Line<'a> {
    time: &'a str,
    level: &'a str,
    msg: &'a str,
    id: &'a str,
}

impl Log {
    /// The FIFO is looked for in the working directory, the bundle.
    pub fn open(id: &str, debug: bool) -> Log {
        let mut log = Log { fifo: None, debug, id: id.into() };
        log.reopen();
        log
    }

    fn reopen(&mut self) {
        // Without a reader this fails with ENXIO, and is tried again at the next line.
        let open = OpenOptions::new().write(true).custom_flags(libc::O_NONBLOCK).open("log");
        self.fifo = open.ok();
    }

    /// Sends panics there too, since the server has no stderr.
    pub fn take_stderr(&self) {
        if let Some(fifo) = &self.fifo {
            let _ = nix::unistd::dup2_stderr(fifo);
        }
    }

    pub fn error(&mut self, words: impl std::fmt::Display) {
        self.write("error", &words.to_string());
    }

    pub fn warn(&mut self, words: impl std::fmt::Display) {
        self.write("warning", &words.to_string());
    }

    pub fn info(&mut self, words: impl std::fmt::Display) {
        self.write("info", &words.to_string());
    }

    pub fn debug(&mut self, words: impl std::fmt::Display) {
        if self.debug {
            self.write("debug", &words.to_string());
        }
    }

    fn write(&mut self, level: &str, msg: &str) {
        if self.fifo.is_none() {
            self.reopen();
        }
        let Some(fifo) = &mut self.fifo else { return };
        let time = timestamp::rfc3339(std::time::SystemTime::now());
        let Ok(mut line) = serde_json::to_vec(&Line { time: &time, level, msg, id: &self.id }) else {
            return;
        };
        line.push(b'\n');
        // EAGAIN: the reader is slow. EPIPE: it has gone, and a new one may come.
        if fifo.write_all(&line).is_err_and(|e| e.kind() == std::io::ErrorKind::BrokenPipe) {
            self.fifo = None;
        }
    }
}
