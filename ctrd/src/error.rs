//! The errors that a caller branches on: each has the gRPC code that containerd's clients expect.
//!
//! Everything below the services returns these; `anyhow` is for the command line alone.

use std::fmt;

/// What went wrong, in the words of containerd's `errdefs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    InvalidArgument,
    NotFound,
    AlreadyExists,
    FailedPrecondition,
    Unavailable,
    Unimplemented,
    OutOfRange,
    ResourceExhausted,
    Aborted,
    DeadlineExceeded,
    Cancelled,
    DataLoss,
    Unknown,
}

/// The most bytes of an error's line. Parts of it are a stranger's, who may have sent a megabyte for a name; it goes in
/// a header to the client, which ends the connection for a longer one.
pub const LONGEST: usize = 4096;

/// An error with its kind and its one line, which names the object and the reason.
#[derive(Debug, Clone)]
pub struct Error {
    pub kind: Kind,
    pub message: String,
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self { kind, message: bounded(message.into()) }
    }

    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(Kind::NotFound, message)
    }

    pub fn already_exists(message: impl Into<String>) -> Self {
        Self::new(Kind::AlreadyExists, message)
    }

    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(Kind::InvalidArgument, message)
    }

    pub fn precondition(message: impl Into<String>) -> Self {
        Self::new(Kind::FailedPrecondition, message)
    }

    pub fn unknown(message: impl Into<String>) -> Self {
        Self::new(Kind::Unknown, message)
    }

    /// The same error with what was being done before it: `open /x: ` + `no such file`.
    pub fn context(mut self, doing: impl fmt::Display) -> Self {
        self.message = bounded(format!("{doing}: {}", self.message));
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

impl From<std::io::Error> for Error {
    fn from(e: std::io::Error) -> Self {
        let kind = match e.raw_os_error() {
            Some(libc::ENOSPC | libc::EDQUOT) => Kind::ResourceExhausted,
            _ => Kind::Unknown,
        };
        Self::new(kind, os_text(&e))
    }
}

impl From<nix::errno::Errno> for Error {
    fn from(e: nix::errno::Errno) -> Self {
        std::io::Error::from(e).into()
    }
}

impl From<rusqlite::Error> for Error {
    fn from(e: rusqlite::Error) -> Self {
        let kind = match e.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DiskFull) => Kind::ResourceExhausted,
            Some(rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::NotADatabase) => Kind::DataLoss,
            Some(rusqlite::ErrorCode::DatabaseBusy) => Kind::Unavailable,
            _ => Kind::Unknown,
        };
        Self::new(kind, format!("metadata: {e}"))
    }
}

/// A text of [`LONGEST`] bytes at most: of a longer one the beginning, and the end, where the reason is.
pub fn bounded(text: String) -> String {
    const MARK: &str = " … ";
    if text.len() <= LONGEST {
        return text;
    }
    let head = text.floor_char_boundary(LONGEST / 2);
    let tail = text.ceil_char_boundary(text.len() - (LONGEST / 2 - MARK.len()));
    format!("{}{MARK}{}", &text[..head], &text[tail..])
}

/// The text of an operating system error as people know it: without std's ` (os error N)`.
pub fn os_text(e: &std::io::Error) -> String {
    let text = e.to_string();
    match text.find(" (os error ") {
        Some(at) => text[..at].to_string(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_longer_than_a_client_takes() {
        assert_eq!(bounded("short".into()), "short");
        for letter in ["x", "é", "…", "𝄞"] {
            for length in [LONGEST - 1, LONGEST, LONGEST + 1, 1 << 20] {
                let error =
                    Error::invalid(format!("begin {} reason", letter.repeat(length))).context("doing");
                assert!(error.message.len() <= LONGEST, "{letter} {length}: {}", error.message.len());
                assert!(error.message.starts_with("doing: begin ") && error.message.ends_with(" reason"));
            }
        }
    }
}
