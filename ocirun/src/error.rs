//! How a failure is said: the whole chain in one line, and the words of an errno as engines match
//! them (lower case, without a number).

use std::{fmt, io};

use nix::errno::Errno;

/// What ocirun-init said it failed at, or how it ended having said nothing.
#[derive(Debug)]
pub struct FromInit {
    pub doing: String,
    /// 0 where `doing` says all.
    pub errno: i32,
    /// What may be the matter, where the kernel's own words leave it open.
    pub hint: Option<String>,
}

impl fmt::Display for FromInit {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self.errno {
            0 => f.write_str(&self.doing),
            errno => write!(f, "{}: {}", self.doing, strerror(Errno::from_raw(errno))),
        }
    }
}

impl std::error::Error for FromInit {}

/// The program could not be executed although it was let go already: what a shell would say about
/// it is all that there is to say.
#[derive(Debug)]
pub struct AfterStart;

impl fmt::Display for AfterStart {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("after start")
    }
}

impl std::error::Error for AfterStart {}

/// The message of a failed command, in the words that callers of runc match.
pub fn message(verb: &str, id: Option<&str>, error: &anyhow::Error) -> String {
    let why = line(error);
    if error.is::<AfterStart>() {
        return why;
    }
    let from_init = error.chain().any(|c| c.is::<FromInit>());
    let start = if from_init { "unable to start container process: " } else { "" };
    let inside = if from_init { "error during container init: " } else { "" };
    match (verb, id) {
        ("create" | "run" | "restore", _) => format!("runc {verb} failed: {start}{inside}{why}"),
        ("exec", _) => format!("exec failed: {start}{why}"),
        (_, Some(id)) => format!("{verb} {id}: {why}"),
        (_, None) => format!("{verb}: {why}"),
    }
}

/// The chain of reasons in one line, outermost first.
pub fn line(error: &anyhow::Error) -> String {
    let words: Vec<String> = error.chain().skip(error.is::<AfterStart>().into()).map(said).collect();
    words.join(": ").replace('\n', " ")
}

/// The C library's words, in lower case: `no such file or directory`.
pub fn strerror(errno: Errno) -> String {
    let text = io::Error::from_raw_os_error(errno as i32).to_string();
    let words = text.split(" (os error").next().unwrap_or_default();
    let mut chars = words.chars();
    match chars.next() {
        // `RFS specific error` keeps its capitals.
        Some(first) if chars.as_str().starts_with(|c: char| c.is_lowercase() || c == ' ') => {
            first.to_lowercase().chain(chars).collect()
        }
        _ => words.to_string(),
    }
}

/// How a signal's end is said: `signal: bad system call`.
pub fn signal(number: i32) -> String {
    match ocirun_init::signal_words(number) {
        Some(words) => format!("signal: {words}"),
        None => format!("signal {number}"),
    }
}

/// One reason. std and nix put the number or the name of an errno beside its words.
fn said(cause: &(dyn std::error::Error + 'static)) -> String {
    if let Some(errno) = cause.downcast_ref::<Errno>() {
        return strerror(*errno);
    }
    if let Some(code) = cause.downcast_ref::<io::Error>().and_then(io::Error::raw_os_error) {
        return strerror(Errno::from_raw(code));
    }
    cause.to_string()
}

/// What may be the matter.
pub fn hint(error: &anyhow::Error) -> Option<&str> {
    error.root_cause().downcast_ref::<FromInit>()?.hint.as_deref()
}

/// The errno at the root of a failure, where there is one.
pub fn errno(error: &anyhow::Error) -> Option<Errno> {
    let cause = error.root_cause();
    if let Some(init) = cause.downcast_ref::<FromInit>() {
        return Some(Errno::from_raw(init.errno)).filter(|_| init.errno != 0);
    }
    let io = cause.downcast_ref::<io::Error>().and_then(io::Error::raw_os_error).map(Errno::from_raw);
    cause.downcast_ref::<Errno>().copied().or(io)
}

#[cfg(test)]
mod tests {
    use anyhow::Context;

    use super::*;

    #[test]
    fn a_line_has_words_and_no_numbers() {
        let io = || anyhow::Error::from(io::Error::from_raw_os_error(libc::ENOENT));
        for (error, want) in [
            (io().context("open /x"), "open /x: no such file or directory"),
            (
                Err::<(), _>(Errno::EPERM).context("a").unwrap_err().context("b"),
                "b: a: operation not permitted",
            ),
            (Errno::EBADF.into(), "bad file descriptor"),
            (anyhow::anyhow!("two\nlines"), "two lines"),
        ] {
            assert_eq!(line(&error), want);
        }
        assert_eq!(errno(&io().context("x")), Some(Errno::ENOENT));
    }

    #[test]
    fn messages_are_in_the_words_that_callers_match() {
        let init =
            || anyhow::Error::from(FromInit { doing: "exec: \"x\"".into(), errno: libc::EACCES, hint: None });
        let own = || anyhow::anyhow!("container does not exist");
        for (verb, id, error, want) in [
            ("create", Some("web"), own(), "runc create failed: container does not exist"),
            (
                "run",
                Some("web"),
                init().context("oom"),
                "runc run failed: unable to start container process: error during container init: \
                 oom: exec: \"x\": permission denied",
            ),
            (
                "exec",
                Some("web"),
                init(),
                "exec failed: unable to start container process: exec: \"x\": permission denied",
            ),
            ("run", Some("web"), init().context(AfterStart), "exec: \"x\": permission denied"),
            ("kill", Some("web"), own(), "kill web: container does not exist"),
            ("list", None, own(), "list: container does not exist"),
        ] {
            assert_eq!(message(verb, id, &error), want);
        }
        assert_eq!(errno(&init()), Some(Errno::EACCES));
    }
}
