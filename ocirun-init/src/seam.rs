//! The two pipes to ocirun: reads the Bootstrap and `go`, writes status lines.

use std::io::Write;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd, RawFd};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Error, Result, bail};
use nix::errno::Errno;
use nix::unistd::{read, write};
use ocirun_init::{Bootstrap, Command, Status, Step, VERSION};

use crate::syscall;

/// More than any bundle needs, and little enough that a wrong descriptor cannot fill the memory.
const LONGEST_LINE: usize = 32 << 20;

pub struct Seam {
    input: OwnedFd,
    output: OwnedFd,
    /// What was read and is not yet used.
    pending: Vec<u8>,
    /// `filter` was heard.
    filtered: bool,
    /// With `trace`: when the work began, and the steps so far.
    steps: Option<(u64, Vec<Step>)>,
}

impl Seam {
    /// Adopts both descriptors; an error names the one that is not open.
    pub fn open(input: RawFd, output: RawFd) -> Result<Self> {
        if input == output {
            bail!("IN and OUT are the same descriptor {input}");
        }
        let adopt = |number| syscall::adopt(number).with_context(|| format!("descriptor {number}"));
        Ok(Self {
            input: adopt(input)?,
            output: adopt(output)?,
            pending: Vec::new(),
            filtered: false,
            steps: None,
        })
    }

    pub fn output(&self) -> BorrowedFd<'_> {
        self.output.as_fd()
    }

    pub fn bootstrap(&mut self) -> Result<Bootstrap> {
        let line = self.line().context("read the bootstrap")?;
        // The version first: the fields of another one may have other names.
        #[derive(serde::Deserialize)]
        struct Version {
            version: u32,
        }
        match serde_json::from_slice::<Bootstrap>(&line) {
            Ok(boot) if boot.version == VERSION => {
                self.steps = boot.trace.then(|| (now(), Vec::new()));
                Ok(boot)
            }
            Ok(boot) => bail!("bootstrap version {}: want {VERSION}", boot.version),
            Err(error) => match serde_json::from_slice::<Version>(&line) {
                Ok(Version { version }) if version != VERSION => {
                    bail!("bootstrap version {version}: want {VERSION}")
                }
                _ => bail!("parse the bootstrap: {error}"),
            },
        }
    }

    /// Blocks until ocirun says `go`.
    pub fn wait_for_go(&mut self) -> Result<()> {
        loop {
            match self.command().context("wait for go")? {
                Command::Go => return Ok(()),
                Command::Filter => self.filtered = true,
            }
        }
    }

    /// Blocks until ocirun has written the seccomp program.
    pub fn wait_for_filter(&mut self) -> Result<()> {
        while !self.filtered {
            match self.command().context("wait for the seccomp program")? {
                Command::Filter => self.filtered = true,
                Command::Go => bail!("unexpected command: go before filter"),
            }
        }
        Ok(())
    }

    fn command(&mut self) -> Result<Command> {
        let line = self.line()?;
        serde_json::from_slice(&line).map_err(|error| anyhow::anyhow!("parse the command: {error}"))
    }

    pub fn send(&self, status: &Status) -> Result<()> {
        send(self.output(), status)
    }

    /// A step has ended, of those that the timeline shows.
    pub fn did(&mut self, what: &str) {
        if let Some((_, steps)) = &mut self.steps {
            steps.push(Step { did: what.into(), end: now() });
        }
    }

    /// Tells the steps, while every system call is still allowed.
    pub fn tell_steps(&mut self) -> Result<()> {
        match self.steps.take() {
            Some((began, steps)) => self.send(&Status::Steps { began, steps }),
            None => Ok(()),
        }
    }

    /// A line for ocirun's log. One that cannot be delivered is no reason to fail.
    pub fn warn(&self, msg: String) {
        self.send(&Status::Log { level: "warning".into(), msg }).ok();
    }

    /// Says what went wrong: on the pipe or, where nobody listens, on standard error.
    pub fn report(&self, error: &Error) {
        if tell(self.output(), error).is_err() {
            complain(error);
        }
    }

    fn line(&mut self) -> Result<Vec<u8>> {
        let mut searched = 0;
        loop {
            if let Some(end) = self.pending[searched..].iter().position(|&b| b == b'\n') {
                let mut line: Vec<u8> = self.pending.drain(..=searched + end).collect();
                line.pop();
                return Ok(line);
            }
            searched = self.pending.len();
            if searched > LONGEST_LINE {
                bail!("a line of more than {LONGEST_LINE} bytes");
            }
            // Twice as much each time: most lines are short, and what is not needed is cleared in vain.
            self.pending.resize(searched + searched.max(8 << 10), 0);
            let got = loop {
                match read(&self.input, &mut self.pending[searched..]) {
                    Err(Errno::EINTR) => {}
                    got => break got,
                }
            };
            self.pending.truncate(searched + *got.as_ref().unwrap_or(&0));
            match got? {
                // A last line may lack its newline; a line that is not there may not.
                0 if searched > 0 => return Ok(std::mem::take(&mut self.pending)),
                0 => bail!("unexpected end of file"),
                _ => {}
            }
        }
    }
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_micros() as u64)
}

/// Says on a descriptor what went wrong, as a status line.
pub fn tell(output: BorrowedFd, error: &Error) -> Result<()> {
    let (doing, errno) = describe(error);
    send(output, &Status::Error { doing, errno: errno.map_or(0, |e| e as i32) })
}

fn send(output: BorrowedFd, status: &Status) -> Result<()> {
    let mut line = serde_json::to_vec(status).context("write the status")?;
    line.push(b'\n');
    let mut rest = &line[..];
    while !rest.is_empty() {
        match write(output, rest) {
            Ok(n) => rest = &rest[n..],
            Err(Errno::EINTR) => {}
            Err(error) => return Err(error).context("write the status"),
        }
    }
    Ok(())
}

/// One line on standard error, for a failure that no pipe could take.
pub fn complain(error: &Error) {
    let (doing, errno) = describe(error);
    let reason = errno.map(|errno| format!(": {}", strerror(errno))).unwrap_or_default();
    // In one write: others may write there at the same time.
    let _ = std::io::stderr().write_all(format!("ocirun-init: {doing}{reason}\n").as_bytes());
}

/// The C library's words for an errno.
pub fn strerror(errno: Errno) -> String {
    let text = std::io::Error::from(errno).to_string();
    text.split(" (os error").next().unwrap_or_default().to_owned()
}

/// The words of an error and the errno at its root, if it has one.
fn describe(error: &Error) -> (String, Option<Errno>) {
    let mut words = Vec::new();
    let mut errno = None;
    for cause in error.chain() {
        if let Some(e) = cause.downcast_ref::<Errno>() {
            errno = Some(*e);
        } else if let Some(e) = cause.downcast_ref::<std::io::Error>().and_then(std::io::Error::raw_os_error)
        {
            errno = Some(Errno::from_raw(e));
        } else {
            words.push(cause.to_string());
        }
    }
    (words.join(": "), errno)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_words_and_errno() {
        let error = Error::from(Errno::ENOENT).context("open /x").context("mount /proc");
        assert_eq!(describe(&error), ("mount /proc: open /x".into(), Some(Errno::ENOENT)));
        let error = Error::msg("is no directory").context("mount /proc");
        assert_eq!(describe(&error), ("mount /proc: is no directory".into(), None));
        let error = Error::from(std::io::Error::from_raw_os_error(2)).context("exec sh");
        assert_eq!(describe(&error), ("exec sh".into(), Some(Errno::ENOENT)));
    }

    /// A Bootstrap with something of everything.
    const FULL: &str = r#"{"version":1,"id":"it","enter":[{"namespaces":["mount"],"fd":10}],"sibling":true,"join":true,
        "rootfs":"/r","rootfsFd":11,"rootfsPropagation":"rslave","noPivot":true,"namespaces":["mount","pid"],
        "mounts":[{"destination":"/d","type":"bind","source":"/s","options":["rbind","ro"],"fd":12}],
        "devices":[{"path":"/dev/x","type":"c","major":1,"minor":3,"fileMode":438,"uid":1,"gid":2}],
        "root":{"readonly":true,"maskedPaths":["/m"],"readonlyPaths":["/o"]},"hostname":"h","domainname":"d",
        "sysctl":{"net.x":"1"},"mountLabel":"l","mountContext":"context","newKeyring":true,
        "process":{"args":["sh"],"env":["A=b"],"cwd":"/","user":{"uid":1,"gid":2,"umask":18,"additionalGids":[3]},
        "capabilities":{"bounding":["CAP_CHOWN"],"effective":[],"permitted":[],"ambient":[]},
        "rlimits":[{"type":"RLIMIT_CORE","soft":1,"hard":2}],"terminal":true,"consoleSize":{"height":1,"width":2},
        "noNewPrivileges":true},"waitForHooks":true,"hooks":{"createContainer":[{"path":"/h","timeout":3}]},
        "startFd":13,"seccomp":{"fd":14,"flags":1,"listenerFd":15},"stackedSeccomp":[{"fd":16}],
        "landlock":{"paths":[{"path":"/","access":["read"]}],"tcpBind":[80]},"trace":true,"preserveFds":1}"#;

    /// CVE-2021-43784: no value of the seam ever becomes another one, and no line of any bytes is
    /// more than an error.
    #[test]
    fn any_line_is_a_bootstrap_that_comes_back_or_an_error() {
        let full: serde_json::Value = serde_json::from_str(FULL).unwrap();
        let whole: Bootstrap = serde_json::from_value(full.clone()).expect("a Bootstrap");
        assert!(serde_json::to_value(&whole).unwrap().as_object().unwrap().len() >= 24);
        let mut taken = 0;
        crate::chance::cases(20_000, |c| {
            let mut json = full.clone();
            (0..c.below(3)).for_each(|_| c.change(&mut json));
            let mut line = json.to_string().into_bytes();
            if c.one_in(4) {
                let at = c.below(line.len());
                let bytes = c.bytes(6);
                let end = (at + c.below(4)).min(line.len());
                drop(line.splice(at..end, bytes));
            }
            if let Ok(boot) = serde_json::from_slice::<Bootstrap>(&line) {
                taken += 1;
                let encoded = serde_json::to_vec(&boot).unwrap();
                assert!(!encoded.contains(&b'\n'));
                assert_eq!(serde_json::from_slice::<Bootstrap>(&encoded).unwrap(), boot);
                let _ = crate::fd::check(&boot, [8, 9]);
            }
            let _ = serde_json::from_slice::<Command>(&c.bytes(30));
            let _ = serde_json::from_slice::<Status>(&c.bytes(30));
        });
        assert!(taken > 2000, "{taken}");
    }

    /// The same over the pipe: what was told arrives, whatever stands around it.
    #[test]
    fn any_bytes_on_the_pipe_are_a_bootstrap_or_an_error() {
        crate::chance::cases(500, |c| {
            let (mut seam, ours) = seam();
            let text = c.text(&["{", "\"version\":", "1", "2", ",", "\"id\":\"x\"", "}", "\n"]);
            let mut bytes = c.bytes(20);
            bytes.extend(text.bytes());
            write(&ours, &bytes).unwrap();
            drop(ours);
            assert!(seam.bootstrap().is_err());
            let _ = seam.wait_for_go();
        });
    }

    /// A seam that has heard nothing yet, and the end that it is told from.
    fn seam() -> (Seam, OwnedFd) {
        let (input, ours) = nix::unistd::pipe().unwrap();
        let (_theirs, output) = nix::unistd::pipe().unwrap();
        (Seam { input, output, pending: Vec::new(), filtered: false, steps: None }, ours)
    }

    #[test]
    fn the_filter_comes_before_go_wherever_it_is_waited_for() {
        let (mut told, ours) = seam();
        write(&ours, b"{\"type\":\"filter\"}\n{\"type\":\"go\"}\n").unwrap();
        told.wait_for_go().unwrap();
        told.wait_for_filter().unwrap();
        let (mut told, ours) = seam();
        write(&ours, b"{\"type\":\"filter\"}\n{\"type\":\"go\"}\n").unwrap();
        told.wait_for_filter().unwrap();
        told.wait_for_go().unwrap();
        let (mut told, ours) = seam();
        write(&ours, b"{\"type\":\"go\"}\n").unwrap();
        assert_eq!(told.wait_for_filter().unwrap_err().to_string(), "unexpected command: go before filter");
    }

    #[test]
    fn lines_come_whole_and_one_at_a_time() {
        let (mut seam, ours) = seam();
        write(&ours, b"first\nsec").unwrap();
        assert_eq!(seam.line().unwrap(), b"first");
        write(&ours, b"ond\nthird").unwrap();
        drop(ours);
        assert_eq!(seam.line().unwrap(), b"second");
        assert_eq!(seam.line().unwrap(), b"third");
        assert_eq!(seam.line().unwrap_err().to_string(), "unexpected end of file");
    }
}
