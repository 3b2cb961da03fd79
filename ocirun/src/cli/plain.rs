//! Command lines as engines write them, read at once: clap makes a model of a command line first, which
//! takes longer than most commands run. What is understood here means what clap makes of it; of
//! anything else, right or wrong, clap has the word.

use std::ffi::OsString;
use std::path::PathBuf;

use super::{
    CgroupManager, Cli, Command, Create, Delete, Exec, Global, Kill, Launch, LogFormat, LogLevel, Rootless,
    Run, Start, State,
};

/// Parses the words of a command line, the program's name first; none where clap has to look.
pub fn parse(words: &[OsString]) -> Option<Cli> {
    let words: Vec<&str> = words.iter().skip(1).map(|word| word.to_str()).collect::<Option<_>>()?;
    let mut words = Words { rest: &words, given: None };
    let global = global(&mut words)?;
    let command = match words.word()? {
        "create" => Command::Create(create(&mut words)?),
        "delete" => Command::Delete(delete(&mut words)?),
        "exec" => Command::Exec(exec(&mut words)?),
        "kill" => Command::Kill(kill(&mut words)?),
        "run" => Command::Run(run(&mut words)?),
        "start" => Command::Start(Start { id: only_id(&mut words)? }),
        "state" => Command::State(State { id: only_id(&mut words)? }),
        _ => return None,
    };
    Some(Cli { global, command: Some(command) })
}

struct Words<'a> {
    rest: &'a [&'a str],
    /// What stands behind the equals sign of the last option.
    given: Option<&'a str>,
}

impl<'a> Words<'a> {
    /// The name of the next word's option; none within where it is none, or the last word was read.
    fn option(&mut self) -> Option<Option<&'a str>> {
        // Of the last one a value was given that it does not take.
        if self.given.is_some() {
            return None;
        }
        let Some((word, rest)) = self.rest.split_first().filter(|(word, _)| word.starts_with('-')) else {
            return Some(None);
        };
        self.rest = rest;
        let name = match word
            .strip_prefix("--")
            .map(|long| long.split_once('=').map_or((long, None), |(name, value)| (name, Some(value))))
        {
            Some((name, value)) if name.len() > 1 => {
                self.given = value;
                name
            }
            None if word.len() == 2 => &word[1..],
            _ => return None,
        };
        Some(Some(name))
    }

    /// The value of the option that was read last.
    fn value(&mut self) -> Option<&'a str> {
        match self.given.take() {
            Some(value) => Some(value).filter(|value| !value.is_empty()),
            None => self.word(),
        }
    }

    /// The next word, which is no option.
    fn word(&mut self) -> Option<&'a str> {
        let (word, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*word).filter(|word| !word.is_empty() && !word.starts_with('-'))
    }

    /// One value of an option that may be given once.
    fn once<T>(&mut self, slot: &mut Option<T>, read: impl FnOnce(&str) -> Option<T>) -> Option<()> {
        let value = read(self.value()?)?;
        slot.replace(value).is_none().then_some(())
    }

    fn path(&mut self, slot: &mut Option<PathBuf>) -> Option<()> {
        self.once(slot, |value| Some(value.into()))
    }

    fn text(&mut self, slot: &mut Option<String>) -> Option<()> {
        self.once(slot, |value| Some(value.to_owned()))
    }

    /// The id that ends the words.
    fn last(&mut self) -> Option<String> {
        let id = self.word()?.to_owned();
        (self.option()?.is_none() && self.rest.is_empty()).then_some(id)
    }
}

/// A switch that may be given once.
fn on(slot: &mut bool) -> Option<()> {
    (!std::mem::replace(slot, true)).then_some(())
}

fn number(value: &str) -> Option<u32> {
    value.bytes().all(|b| b.is_ascii_digit()).then(|| value.parse().ok())?
}

fn global(words: &mut Words) -> Option<Global> {
    let (mut root, mut log, mut init, mut cgroup_manager) = (None, None, None, None);
    let (mut log_format, mut log_level) = (None, None);
    let (mut debug, mut systemd_cgroup, mut status_codes) = (false, false, false);
    while let Some(name) = words.option()? {
        match name {
            "root" => words.path(&mut root)?,
            "log" => words.path(&mut log)?,
            "init" => words.path(&mut init)?,
            "log-format" => words.once(&mut log_format, |word| match word {
                "text" => Some(LogFormat::Text),
                "json" => Some(LogFormat::Json),
                _ => None,
            })?,
            "log-level" => words.once(&mut log_level, |word| match word {
                "error" => Some(LogLevel::Error),
                "warning" => Some(LogLevel::Warning),
                "debug" => Some(LogLevel::Debug),
                _ => None,
            })?,
            "cgroup-manager" => words.once(&mut cgroup_manager, |word| match word {
                "cgroupfs" => Some(CgroupManager::Cgroupfs),
                "systemd" => Some(CgroupManager::Systemd),
                "disabled" => Some(CgroupManager::Disabled),
                _ => None,
            })?,
            "debug" => on(&mut debug)?,
            "systemd-cgroup" => on(&mut systemd_cgroup)?,
            "status-codes" => on(&mut status_codes)?,
            _ => return None,
        }
    }
    Some(Global {
        root,
        log,
        log_format: log_format.unwrap_or(LogFormat::Text),
        log_level: log_level.unwrap_or(LogLevel::Warning),
        debug,
        systemd_cgroup,
        cgroup_manager,
        status_codes,
        rootless: Rootless::Auto,
        init,
        version: false,
    })
}

/// Options of a launch; `other` takes those of the one command. They may stand behind the id, too.
fn launch(words: &mut Words, mut other: impl FnMut(&str) -> Option<()>) -> Option<Launch> {
    let mut out = Launch::default();
    let (mut bundle, mut preserve_fds) = (None, None);
    loop {
        while let Some(name) = words.option()? {
            match name {
                "bundle" | "b" => words.path(&mut bundle)?,
                "config" | "f" => words.path(&mut out.config)?,
                "console-socket" => words.path(&mut out.console_socket)?,
                "pidfd-socket" => words.path(&mut out.pidfd_socket)?,
                "pid-file" => words.path(&mut out.pid_file)?,
                "no-pivot" => on(&mut out.no_pivot)?,
                "no-new-keyring" => on(&mut out.no_new_keyring)?,
                "preserve-fds" => words.once(&mut preserve_fds, number)?,
                name => other(name)?,
            }
        }
        if words.rest.is_empty() {
            break;
        }
        let id = words.word()?.to_owned();
        if !std::mem::replace(&mut out.id, id).is_empty() {
            return None;
        }
    }
    out.bundle = bundle.unwrap_or_else(|| ".".into());
    out.preserve_fds = preserve_fds.unwrap_or(0);
    Some(out).filter(|out| !out.id.is_empty())
}

fn create(words: &mut Words) -> Option<Create> {
    let (mut dry_run, mut no_subreaper) = (false, false);
    let launch = launch(words, |name| match name {
        "dry-run" => on(&mut dry_run),
        "no-subreaper" => on(&mut no_subreaper),
        _ => None,
    })?;
    Some(Create { launch, dry_run, no_subreaper })
}

fn run(words: &mut Words) -> Option<Run> {
    let (mut detach, mut keep, mut no_subreaper) = (false, false, false);
    let launch = launch(words, |name| match name {
        "detach" | "d" => on(&mut detach),
        "keep" => on(&mut keep),
        "no-subreaper" => on(&mut no_subreaper),
        _ => None,
    })?;
    Some(Run { launch, detach, keep, no_subreaper })
}

fn only_id(words: &mut Words) -> Option<String> {
    words.last()
}

fn kill(words: &mut Words) -> Option<Kill> {
    let mut all = false;
    while let Some(name) = words.option()? {
        match name {
            "all" | "a" => on(&mut all)?,
            _ => return None,
        }
    }
    let id = words.word()?.to_owned();
    let signal = if words.rest.is_empty() { "TERM".to_owned() } else { words.last()? };
    Some(Kill { all, regex: false, id, signal })
}

fn delete(words: &mut Words) -> Option<Delete> {
    let mut force = false;
    while let Some(name) = words.option()? {
        match name {
            "force" | "f" => on(&mut force)?,
            _ => return None,
        }
    }
    Some(Delete { force, regex: false, id: words.last()? })
}

fn exec(words: &mut Words) -> Option<Exec> {
    let mut out = Exec::default();
    let mut preserve_fds = None;
    while let Some(name) = words.option()? {
        match name {
            "console-socket" => words.path(&mut out.console_socket)?,
            "pidfd-socket" => words.path(&mut out.pidfd_socket)?,
            "cwd" => words.text(&mut out.cwd)?,
            "env" | "e" => out.env.push(words.value()?.to_owned()),
            "tty" | "t" => on(&mut out.tty)?,
            "user" | "u" => words.text(&mut out.user)?,
            "additional-gids" | "g" => out.additional_gids.push(number(words.value()?)?),
            "process" | "p" => words.path(&mut out.process)?,
            "detach" | "d" => on(&mut out.detach)?,
            "pid-file" => words.path(&mut out.pid_file)?,
            "process-label" => words.text(&mut out.process_label)?,
            "apparmor" => words.text(&mut out.apparmor)?,
            "no-new-privs" => on(&mut out.no_new_privs)?,
            "cap" | "c" => out.cap.push(words.value()?.to_owned()),
            "preserve-fds" => words.once(&mut preserve_fds, number)?,
            "cgroup" => out.cgroup.push(words.value()?.to_owned()),
            "ignore-paused" => on(&mut out.ignore_paused)?,
            "no-subreaper" => on(&mut out.no_subreaper)?,
            _ => return None,
        }
    }
    out.preserve_fds = preserve_fds.unwrap_or(0);
    out.id = words.word()?.to_owned();
    // Behind the program's name all words are its own.
    if !words.rest.is_empty() {
        out.args.push(words.word()?.to_owned());
        out.args.extend(words.rest.iter().map(|word| (*word).to_owned()));
    }
    (!words.rest.contains(&"--")).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Option<String> {
        let words: Vec<OsString> =
            std::iter::once("ocirun").chain(line.split(' ')).map(OsString::from).collect();
        parse(&words).map(|cli| format!("{cli:?}"))
    }

    fn clap(line: &str) -> Option<String> {
        let words = std::iter::once("ocirun").chain(line.split(' ')).map(OsString::from).collect();
        crate::usage::whole(words).map(|cli| format!("{cli:?}"))
    }

    #[test]
    fn what_engines_write_is_read_here() {
        for line in [
            "--root /r --log /l --log-format json create --bundle /b --pid-file p web",
            "--root /r --systemd-cgroup create --bundle /b --console-socket=/s web",
            "--log-level debug run -d --keep -b /b web",
            "run web --bundle b",
            "start web",
            "state web",
            "kill web",
            "kill --all web 9",
            "delete --force web",
            "--debug exec --process /p --detach --pid-file p web",
            "exec -t -e A=b --env C=d -u 1:2 web sh -c true",
        ] {
            let found = read(line);
            assert!(found.is_some(), "{line}");
            assert_eq!(found, clap(line), "{line}");
        }
    }

    #[test]
    fn what_is_wrong_or_rare_is_left_to_clap() {
        for line in [
            "",
            "web",
            "create",
            "create a b",
            "state",
            "state a b",
            "--root",
            "--root= state a",
            "state -x a",
            "--debug --debug state a",
            "--debug=true state a",
            "create -- web",
            "exec web -t",
            "exec a b --",
            "exec --preserve-fds +1 a b",
            "kill a -9",
            "list",
            "-root /r state a",
            "--log-format xml state a",
        ] {
            assert_eq!(read(line), None, "{line}");
        }
    }

    #[test]
    fn any_line_means_what_clap_makes_of_it() {
        const WORDS: &[&str] = &[
            "create",
            "run",
            "exec",
            "kill",
            "delete",
            "state",
            "start",
            "web",
            "a",
            "--root",
            "/r",
            "--root=/x",
            "--log",
            "--log-format",
            "json",
            "--debug",
            "--bundle",
            "-b",
            "b",
            "--pid-file",
            "--detach",
            "-d",
            "-t",
            "--tty",
            "-e",
            "A=b",
            "--env=C",
            "--force",
            "-f",
            "--all",
            "9",
            "--",
            "-",
            "--no-pivot",
            "--keep",
            "--preserve-fds",
            "3",
            "-u",
            "1",
            "--cap",
            "-c",
            "--process",
            "-p",
            "sh",
            "--version",
            "-h",
            "help",
            "--no-pivot=false",
            "--init",
            "-x",
            "",
        ];
        let mut understood = 0;
        crate::chance::cases(20_000, |c| {
            let mut line: Vec<&str> = (0..c.below(3)).map(|_| *c.of(WORDS)).collect();
            line.push(*c.of(&WORDS[..7]));
            line.extend((0..c.below(6)).map(|_| *c.of(WORDS)));
            let line = line.join(" ");
            if let Some(found) = read(&line) {
                understood += 1;
                assert_eq!(Some(found), clap(&line), "{line}");
            }
        });
        assert!(understood > 300, "{understood}");
    }
}
