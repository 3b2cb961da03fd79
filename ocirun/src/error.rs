//! How a failure is said: the whole chain in one line, and the words of an errno as engines match
//! them (lower case, without a number).

use std::io;

use nix::errno::Errno;

/// The chain of reasons in one line, outermost first.
pub fn line(error: &anyhow::Error) -> String {
    let words: Vec<String> = error.chain().map(said).collect();
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

/// The errno at the root of a failure, where there is one.
pub fn errno(error: &anyhow::Error) -> Option<Errno> {
    let cause = error.root_cause();
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
}
