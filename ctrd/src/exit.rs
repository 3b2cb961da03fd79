//! What the exit status of this program says.
//!
//! `run`, `exec` and their like end as the program in the container did, with 128+N where a
//! signal N killed it; 125 is a failure of ours, 126 a program that may not be executed, 127 one
//! that is not there, as in a shell. All other commands: 0, 1 a failure, 2 a wrong command line.

use std::fmt;
use std::io;

use crate::signal;

/// The end that somebody asked for by a signal before there was a program to pass it on to.
#[derive(Debug)]
pub struct Interrupted(pub i32);

impl fmt::Display for Interrupted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "interrupted by {}", signal::name(self.0))
    }
}

impl std::error::Error for Interrupted {}

/// The status of a command that failed; `launches` where a program's own status was expected.
pub fn of_failure(error: &anyhow::Error, launches: bool) -> i32 {
    if let Some(Interrupted(signal)) = error.downcast_ref() {
        return 128 + signal;
    }
    match launches {
        true => of_launch(&words(error)),
        false => 1,
    }
}

/// The status of a command line that is wrong.
pub fn of_usage(launches: bool) -> i32 {
    if launches { 125 } else { 2 }
}

/// Runtimes say in words alone that a program could not be executed; the words are part of their
/// interface.
fn of_launch(words: &str) -> i32 {
    let words = words.to_ascii_lowercase();
    if words.contains("executable file not found") {
        return 127;
    }
    // After the word `exec` stands the program itself, so that no other file is meant.
    match words.find("exec ").or_else(|| words.find("exec: ")).map(|at| &words[at..]) {
        Some(rest) if rest.contains("no such file or directory") => 127,
        Some(rest)
            if ["permission denied", "is a directory", "exec format error"]
                .iter()
                .any(|w| rest.contains(w)) =>
        {
            126
        }
        _ => 125,
    }
}

/// An error in one line, from what was done to why it did not work.
pub fn words(error: &anyhow::Error) -> String {
    let mut parts: Vec<String> = Vec::new();
    for cause in error.chain() {
        let text = without_numbers(&cause.to_string());
        // Some errors repeat their cause in their own words.
        if parts.last().is_none_or(|last| !last.ends_with(&text)) {
            parts.push(text);
        }
    }
    without_layers(&parts.join(": ").replace('\n', " "))
}

/// The words of shim and runtime without those that say only whose they are. Programs get them whole: they look for
/// them; here the step that failed comes first.
fn without_layers(text: &str) -> String {
    const SHIM: [&str; 4] = ["create", "start", "exec", "restore"];
    const RUNTIME: [&str; 5] = [
        "runc create failed: ",
        "runc run failed: ",
        "exec failed: ",
        "unable to start container process: ",
        "error during container init: ",
    ];
    let found = SHIM.iter().find_map(|verb| text.split_once(&format!("OCI runtime {verb} failed: ")));
    let Some((before, mut rest)) = found else { return text.to_string() };
    while let Some(inner) = RUNTIME.iter().find_map(|layer| rest.strip_prefix(layer)) {
        rest = inner;
    }
    format!("{before}{rest}")
}

/// Prints what went wrong, in one line whatever a name in it holds: to a terminal it says nothing else.
pub fn report(text: &str) {
    eprintln!("ctrd: {}", in_one_line(text));
}

/// A text in which nothing moves the cursor, ends the line or speaks to a terminal: a name may be a stranger's.
pub fn in_one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for c in text.chars() {
        match c.is_control() {
            true => line.extend(c.escape_default()),
            false => line.push(c),
        }
    }
    line
}

/// The standard library's words for an error of the system end with its number, which says
/// nothing that the words do not.
fn without_numbers(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(" (os error ") {
        kept.push_str(before);
        rest = after.split_once(')').map_or("", |(_, after)| after);
        // A draft's name is nobody's business: the file that it was to become is named before.
        if let Some((_, after)) = rest.strip_prefix(" at path \"").and_then(|at| at.split_once('"')) {
            rest = after;
        }
    }
    kept + rest
}

/// Whether nobody reads this command's output any more: the end of a pipeline, not a failure.
pub fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let broken = |e: &io::Error| e.kind() == io::ErrorKind::BrokenPipe;
    error.chain().any(|cause| cause.downcast_ref::<io::Error>().is_some_and(broken))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses() {
        let cases = [
            ("OCI runtime create failed: exec: \"x\": executable file not found in $PATH", 127),
            ("create web: exec /nope: No such file or directory", 127),
            ("create web: exec /etc/passwd: Permission denied", 126),
            ("create web: exec /x: Exec format error", 126),
            ("mount /proc: Permission denied", 125),
            ("image x: not found", 125),
        ];
        for (text, want) in cases {
            assert_eq!(of_failure(&anyhow::anyhow!(text), true), want, "{text}");
            assert_eq!(of_failure(&anyhow::anyhow!(text), false), 1, "{text}");
        }
        assert_eq!(of_failure(&anyhow::Error::new(Interrupted(2)).context("x"), true), 130);
    }

    #[test]
    fn errors_are_one_line_without_numbers() {
        assert_eq!(in_one_line("rm a\nb\u{1b}[2J é"), "rm a\\nb\\u{1b}[2J é");
        assert_eq!(without_numbers("a: b (os error 2): c (os error 13)"), "a: b: c");
        assert_eq!(without_numbers("write x: b (os error 2) at path \"/t/.tmp1\""), "write x: b");
        let io = io::Error::from_raw_os_error(libc::ENOENT);
        let error = anyhow::Error::new(io).context("open /x");
        assert_eq!(words(&error), "open /x: No such file or directory");
        for (text, want) in [
            (
                "run: OCI runtime create failed: runc create failed: unable to start container process: \
                 error during container init: exec: \"x\": executable file not found in $PATH",
                "run: exec: \"x\": executable file not found in $PATH",
            ),
            ("OCI runtime exec failed: exec failed: chdir to cwd: denied", "chdir to cwd: denied"),
            ("OCI runtime create failed: unable to set memory limit", "unable to set memory limit"),
            ("image x: runc create failed: not found", "image x: runc create failed: not found"),
        ] {
            assert_eq!(words(&anyhow::anyhow!(text)), want);
        }
        let pipe = anyhow::Error::new(io::Error::from_raw_os_error(libc::EPIPE)).context("print");
        assert!(is_broken_pipe(&pipe) && !is_broken_pipe(&error));
    }
}
