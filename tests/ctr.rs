//! containerd's `ctr` against `ctrd serve`: every verb that needs no registry.
//!
//! The one on PATH, or those in the folders that `$CTRD_CTR` lists.

mod beside;
mod checkpoint;
mod image;
mod object;
mod task;

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::bin::{self, Done};
use crate::caller::Ended;
use crate::fixture;
use crate::stack::{Server, Stack};

/// One version of ctr, and a server of its own that holds the image `bb:busybox`.
pub struct Ctr {
    program: PathBuf,
    pub stack: Stack,
    server: Option<Server>,
    /// 1.6, 1.7 or 2.1.
    pub version: (u32, u32),
    archive: PathBuf,
    _work: tempfile::TempDir,
}

/// Calls `test` with each version.
pub fn with_each(test: impl Fn(&Ctr)) {
    let folders = std::env::var_os("CTRD_CTR").or_else(|| std::env::var_os("PATH")).unwrap_or_default();
    let programs: Vec<_> =
        std::env::split_paths(&folders).map(|dir| dir.join("ctr")).filter(|ctr| ctr.is_file()).collect();
    if programs.is_empty() {
        return bin::skip("ctr is not installed");
    }
    if bin::peer("umoci") {
        for program in programs {
            test(&Ctr::new(program));
        }
    }
}

impl Ctr {
    fn new(program: PathBuf) -> Self {
        let stack = Stack::new();
        let server = stack.serve();
        let work = fixture::temp();
        let archive = fixture::image(work.path(), "busybox");
        let text = bin::run(Command::new(&program).arg("--version")).ok();
        // `ctr github.com/containerd/containerd/v2 2.1.9+unknown`
        let mut numbers = text.split_whitespace().last().unwrap_or_default().split('.').map(str::parse);
        let mut number =
            || numbers.next().and_then(Result::ok).unwrap_or_else(|| panic!("a version: {text}"));
        let version = (number(), number());
        let ctr = Self { program, stack, server: Some(server), version, archive, _work: work };
        ctr.ok(&["images", "import", "--base-name", "bb", ctr.archive()]);
        ctr
    }

    fn archive(&self) -> &str {
        self.archive.to_str().expect("UTF-8")
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("-a").arg(self.stack.address()).args(args).stdin(Stdio::null());
        command
    }

    pub fn ctr(&self, args: &[&str]) -> Done {
        bin::run(&mut self.command(args))
    }

    /// Runs a program that says `out` and `err`, reads a line and ends; its status. ctr of 2.1 closes its FIFOs as soon as
    /// it hears of the end, whatever stands in them: what is awaited has to be seen before. That a shim has put all of
    /// it there by then is in `shim/`.
    pub fn says(&self, args: &[&str], out: &str, err: &str) -> i32 {
        let mut command = self.command(args);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = Ended(command.spawn().expect("run ctr"));
        let mut said = fixture::lines(child.0.stdout.take().expect("its output"));
        let mut errors = fixture::lines(child.0.stderr.take().expect("its errors"));
        for want in out.lines() {
            let line = said.next();
            let why = || errors.by_ref().collect::<Vec<_>>();
            assert_eq!(
                line.as_deref(),
                Some(want),
                "ctr {:?} {args:?}: {:?}",
                self.version,
                line.is_none().then(why)
            );
        }
        for want in err.lines() {
            assert!(errors.any(|line| line == want), "ctr {:?} {args:?}: {want}", self.version);
        }
        // Nobody reads it where the program could not be run.
        let _ = child.0.stdin.take().expect("its input").write_all(b"\n");
        assert_eq!(said.collect::<String>(), "", "ctr {:?} {args:?}", self.version);
        child.0.wait().expect("ctr ends").code().expect("a status")
    }

    /// What a call prints that must succeed.
    pub fn ok(&self, args: &[&str]) -> String {
        let done = self.ctr(args);
        assert_eq!(done.code, 0, "ctr {:?} {args:?}: {}{}", self.version, done.stdout, done.stderr);
        done.stdout
    }

    /// What a call says that must fail.
    pub fn fails(&self, args: &[&str], text: &str) {
        let done = self.ctr(args);
        assert!(done.code != 0 && done.stderr.contains(text), "ctr {:?} {args:?}: {done:?}", self.version);
    }

    /// The words of the line of a listing that begins with `name`.
    pub fn line(&self, args: &[&str], name: &str) -> Option<Vec<String>> {
        let list = self.ok(args);
        let found = list.lines().map(|l| l.split_whitespace().map(str::to_string).collect::<Vec<_>>());
        found.into_iter().find(|words| words.first().is_some_and(|word| word == name))
    }

    fn path(&self, name: &str) -> String {
        self.stack.path(name).display().to_string()
    }
}

impl Drop for Ctr {
    fn drop(&mut self) {
        for id in self.ctr(&["container", "ls", "-q"]).stdout.lines() {
            self.ctr(&["task", "rm", "-f", id]);
            self.ctr(&["container", "rm", id]);
        }
        drop(self.server.take());
    }
}
