//! A runtime that hangs where a test wants it: ocirun, behind a script.

use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use super::driver::Driven;
use crate::bin;

/// A shim over such a runtime.
pub struct Stalled {
    pub shim: Driven,
    pub dir: PathBuf,
}

impl Stalled {
    pub fn new(id: &str, args: &[&str], edit: impl FnOnce(&mut Value)) -> Self {
        let mut shim = Driven::with(id, args, edit);
        let dir = shim.bundle.path().to_path_buf();
        let program = program(
            &dir.join("stalled"),
            &format!(
                "read -r verb when <{0}/hang\n\
             case \" $* \" in *\" $verb \"*) ;; *) exec {1} \"$@\" ;; esac\n\
             [ \"$when\" = before ] || {1} \"$@\" || exit\n\
             echo $$ >{0}/hung.new; mv {0}/hung.new {0}/hung; exec sleep 2997",
                dir.display(),
                bin::path("ocirun").display()
            ),
        );
        shim.options.binary_name = program;
        let stalled = Self { shim, dir };
        stalled.goes_on();
        stalled
    }

    /// From now on the runtime hangs in this verb, before or after it has done it.
    pub fn hangs(&self, when: &str, verb: &str) {
        let _ = std::fs::remove_file(self.dir.join("hung"));
        std::fs::write(self.dir.join("hang"), format!("{verb} {when}\n")).expect("write");
    }

    pub fn goes_on(&self) {
        self.hangs("before", "nothing");
    }

    /// The pid of what hangs, once it does.
    pub fn hung(&self) -> i64 {
        loop {
            if let Ok(pid) = std::fs::read_to_string(self.dir.join("hung")) {
                return pid.trim().parse().expect("a pid");
            }
            std::thread::yield_now();
        }
    }
}

/// Makes a shell script, and gives its path. By a shell: what this process writes itself others of its threads may hold open
/// while it is executed.
pub fn program(path: &std::path::Path, script: &str) -> String {
    let text = path.to_str().expect("UTF-8");
    let copy = "printf '#!/bin/sh\\n%s\\n' \"$2\" >\"$1\"; chmod +x \"$1\"";
    bin::run(Command::new("sh").args(["-c", copy, "sh", text, script])).ok();
    text.into()
}
