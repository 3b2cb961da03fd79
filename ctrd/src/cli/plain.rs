//! Command lines that launch something, as scripts write them, read at once: clap makes a model of all that may be
//! said first, which takes longer than the whole of a launch's talk with the server. What is understood here means
//! what clap makes of it; of anything else, right or wrong, clap has the word.

use std::ffi::OsString;

use clap::{CommandFactory, FromArgMatches};

use super::{Cli, Command, Confine, Exec, Global, Run, Settings, docker};

impl Cli {
    /// Reads a command line, the program's name first.
    pub fn read(words: impl IntoIterator<Item = OsString>) -> Result<Cli, clap::Error> {
        let words: Vec<OsString> = words.into_iter().collect();
        let variable = |name: &str| std::env::var_os(name);
        match plain(&words, variable) {
            Some(cli) => Ok(cli),
            None => parsed(docker::worded(words), variable),
        }
    }
}

/// The variables that stand for arguments of every command. One that is empty says nothing.
const VARIABLES: [(&str, &str); 5] = [
    ("address", "CTRD_ADDRESS"),
    ("root", "CTRD_ROOT"),
    ("state", "CTRD_STATE"),
    ("trace_file", "CTRD_TRACE"),
    ("namespace", "CTRD_NAMESPACE"),
];

/// What clap makes of a command line.
fn parsed(words: Vec<OsString>, variable: impl Fn(&str) -> Option<OsString>) -> Result<Cli, clap::Error> {
    let mut command = Cli::command();
    for (argument, name) in VARIABLES {
        if variable(name).is_some_and(|value| value.is_empty()) {
            command = command.mut_arg(argument, |arg| arg.env(None::<&str>));
        }
    }
    let mut matches = command.try_get_matches_from_mut(words)?;
    Cli::from_arg_matches_mut(&mut matches).map_err(|e| e.format(&mut command))
}

/// The keys by which a terminal is left, unless others are named.
const KEYS: &str = "ctrl-p,ctrl-q";

fn plain(words: &[OsString], variable: impl Fn(&str) -> Option<OsString>) -> Option<Cli> {
    let words: Vec<&str> = words.iter().skip(1).map(|word| word.to_str()).collect::<Option<_>>()?;
    let mut line = Line { rest: &words };
    let mut global = Global::default();
    while let Some(option) = line.option()? {
        option.of_all(&mut line, &mut global)?;
    }
    let command = match line.word()? {
        "run" => Command::Run(Box::new(run(&mut line, &mut global)?)),
        "exec" => Command::Exec(exec(&mut line, &mut global)?),
        _ => return None,
    };
    for (argument, name) in VARIABLES {
        let value = variable(name);
        match argument {
            "address" => set_from(&mut global.address, value)?,
            "root" => set_from(&mut global.root, value)?,
            "state" => set_from(&mut global.state, value)?,
            "trace_file" => set_from(&mut global.trace_file, value)?,
            _ => set_from(&mut global.namespace, value)?,
        }
    }
    Some(Cli { global, command })
}

/// What the environment says, where the command line says nothing.
fn set_from<T: From<String>>(slot: &mut Option<T>, value: Option<OsString>) -> Option<()> {
    if let (None, Some(value)) = (&slot, value.filter(|value| !value.is_empty())) {
        *slot = Some(value.into_string().ok()?.into());
    }
    Some(())
}

/// The words that were not read yet.
struct Line<'a> {
    rest: &'a [&'a str],
}

/// An option's name, with what stands behind its equals sign.
struct Given<'a> {
    name: &'a str,
    value: Option<&'a str>,
}

impl<'a> Line<'a> {
    /// The next word's option; none within where it is none.
    fn option(&mut self) -> Option<Option<Given<'a>>> {
        let Some((word, rest)) = self.rest.split_first().filter(|(word, _)| word.starts_with('-')) else {
            return Some(None);
        };
        self.rest = rest;
        let (name, value) = match word.strip_prefix("--") {
            Some(long) => long.split_once('=').map_or((long, None), |(name, value)| (name, Some(value))),
            None => (&word[1..], None),
        };
        // One letter is a short option's alone; of several at a time there is `-it`.
        let is_short = name.len() == 1 || name == "it";
        (!name.is_empty() && is_short != word.starts_with("--")).then_some(Some(Given { name, value }))
    }

    /// The next word, which is no option.
    fn word(&mut self) -> Option<&'a str> {
        let (word, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*word).filter(|word| !word.is_empty() && !word.starts_with('-'))
    }

    fn all(&self) -> Vec<String> {
        self.rest.iter().map(ToString::to_string).collect()
    }
}

impl<'a> Given<'a> {
    /// A switch, that may be given once.
    fn on(&self, slot: &mut bool) -> Option<()> {
        (self.value.is_none() && !std::mem::replace(slot, true)).then_some(())
    }

    /// A value, that may be given once.
    fn set<T: From<&'a str>>(&self, line: &mut Line<'a>, slot: &mut Option<T>) -> Option<()> {
        slot.replace(self.value(line)?.into()).is_none().then_some(())
    }

    /// One of several values.
    fn push<T: From<&'a str>>(&self, line: &mut Line<'a>, slot: &mut Vec<T>) -> Option<()> {
        slot.push(self.value(line)?.into());
        Some(())
    }

    fn value(&self, line: &mut Line<'a>) -> Option<&'a str> {
        match self.value {
            Some(value) => Some(value).filter(|value| !value.is_empty()),
            None => line.word(),
        }
    }

    fn of_all(&self, line: &mut Line<'a>, to: &mut Global) -> Option<()> {
        match self.name {
            "address" | "a" => self.set(line, &mut to.address),
            "root" => self.set(line, &mut to.root),
            "state" => self.set(line, &mut to.state),
            "namespace" | "n" => self.set(line, &mut to.namespace),
            "trace" => self.set(line, &mut to.trace_file),
            "debug" => self.on(&mut to.debug),
            _ => None,
        }
    }

    fn of_settings(&self, line: &mut Line<'a>, to: &mut Settings) -> Option<Option<()>> {
        Some(match self.name {
            "name" => self.set(line, &mut to.name),
            "rootfs" => self.set(line, &mut to.rootfs),
            "tty" | "t" => self.on(&mut to.tty),
            "env" | "e" => self.push(line, &mut to.env),
            "env-file" => self.push(line, &mut to.env_file),
            "mount" => self.push(line, &mut to.mount),
            "volume" | "v" => self.push(line, &mut to.volume),
            "memory" | "m" => self.set(line, &mut to.memory),
            "cpus" => self.set(line, &mut to.cpus),
            "user" | "u" => self.set(line, &mut to.user),
            "workdir" | "w" => self.set(line, &mut to.workdir),
            "read-only" => self.on(&mut to.read_only),
            "hostname" => self.set(line, &mut to.hostname),
            "runtime" => self.set(line, &mut to.runtime),
            "snapshotter" => self.set(line, &mut to.snapshotter),
            "label" => self.push(line, &mut to.label),
            "restart" => self.set(line, &mut to.restart),
            _ => return self.of_confine(line, &mut to.confine),
        })
    }

    fn of_confine(&self, line: &mut Line<'a>, to: &mut Confine) -> Option<Option<()>> {
        Some(match self.name {
            "cap-add" => self.push(line, &mut to.cap_add),
            "cap-drop" => self.push(line, &mut to.cap_drop),
            "privileged" => self.on(&mut to.privileged),
            "device" => self.push(line, &mut to.device),
            "ulimit" => self.push(line, &mut to.ulimit),
            "sysctl" => self.push(line, &mut to.sysctl),
            "tmpfs" => self.push(line, &mut to.tmpfs),
            "shm-size" => self.set(line, &mut to.shm_size),
            "cpuset-cpus" => self.set(line, &mut to.cpuset_cpus),
            "security-opt" => self.push(line, &mut to.security_opt),
            "annotation" => self.push(line, &mut to.annotation),
            _ => return None,
        })
    }
}

fn run(line: &mut Line, global: &mut Global) -> Option<Run> {
    let mut run = Run::default();
    let mut network: Option<String> = None;
    let mut keys: Option<String> = None;
    while let Some(option) = line.option()? {
        match option.name {
            "detach" | "d" => option.on(&mut run.detach)?,
            "rm" => option.on(&mut run.remove)?,
            "interactive" | "i" => option.on(&mut run.interactive)?,
            "it" => {
                option.on(&mut run.interactive)?;
                option.on(&mut run.settings.tty)?;
            }
            "detach-keys" => option.set(line, &mut keys)?,
            "pid-file" => option.set(line, &mut run.pid_file)?,
            "cidfile" => option.set(line, &mut run.cidfile)?,
            "network" | "net" => option.set(line, &mut network)?,
            _ => match option.of_settings(line, &mut run.settings) {
                Some(read) => read?,
                None => option.of_all(line, global)?,
            },
        }
    }
    // What goes on from here is the program's.
    if line.rest.first().is_some_and(|word| word.is_empty()) || run.remove && run.detach {
        return None;
    }
    if network.as_deref().is_some_and(|name| !matches!(name, "host" | "none")) {
        return None;
    }
    run.settings.args = line.all();
    run.settings.network = network.unwrap_or_else(|| "none".into());
    run.detach_keys = keys.unwrap_or_else(|| KEYS.into());
    (run.settings.rootfs.is_some() || !run.settings.args.is_empty()).then_some(run)
}

fn exec(line: &mut Line, global: &mut Global) -> Option<Exec> {
    let mut exec = Exec { detach_keys: KEYS.into(), ..Exec::default() };
    loop {
        while let Some(option) = line.option()? {
            match option.name {
                "exec-id" => option.set(line, &mut exec.exec_id)?,
                "detach" | "d" => option.on(&mut exec.detach)?,
                "interactive" | "i" => option.on(&mut exec.interactive)?,
                "tty" | "t" => option.on(&mut exec.tty)?,
                "it" => {
                    option.on(&mut exec.interactive)?;
                    option.on(&mut exec.tty)?;
                }
                "env" | "e" => option.push(line, &mut exec.env)?,
                "user" | "u" => option.set(line, &mut exec.user)?,
                "workdir" | "w" | "cwd" => option.set(line, &mut exec.workdir)?,
                "pid-file" => option.set(line, &mut exec.pid_file)?,
                _ => option.of_all(line, global)?,
            }
        }
        if !exec.container.is_empty() {
            break;
        }
        exec.container = line.word()?.into();
    }
    exec.command = line.all();
    let said = exec.command.first().is_some_and(|word| !word.is_empty());
    (said && !(exec.detach && exec.interactive)).then_some(exec)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use std::path::PathBuf;

    fn read(line: &str) -> Option<Cli> {
        let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        plain(&words, |_| None)
    }

    #[test]
    fn what_is_understood_means_what_clap_makes_of_it() {
        for (line, is_plain) in [
            ("ctrd run busybox", true),
            ("ctrd -n a run --rm -it -e A=1 --volume /a:/b busybox sh -c run", true),
            ("ctrd run --root /r busybox --root /s", true),
            ("ctrd --state=/s run -d --network host --debug busybox exec", true),
            ("ctrd run --rm --rootfs /r", true),
            (
                "ctrd run --detach-keys ctrl-a --name=web --env-file f --mount m --label a=b --hostname h i -d",
                true,
            ),
            (
                "ctrd run --memory 64m --cpus 1.5 --user 1:2 -w /x --read-only --runtime r --snapshotter native i",
                true,
            ),
            (
                "ctrd run --restart always --pid-file p --cidfile c --trace t --net none -m 1g -u root -i -t i",
                true,
            ),
            ("ctrd run --cap-add A --cap-add B --cap-drop ALL --privileged --device /d --ulimit n=1 i", true),
            (
                "ctrd run --sysctl a=b --tmpfs /t --shm-size 1m --cpuset-cpus 0 --security-opt s --annotation a=b i",
                true,
            ),
            ("ctrd exec web ls", true),
            ("ctrd -a /x exec --env A web ls -l --all", true),
            ("ctrd exec -it -u 1 --cwd /w --exec-id e --pid-file p web sh", true),
            ("ctrd exec web -t --workdir=/w ls -d", true),
            ("ctrd exec -t web run", true),
            ("ctrd -n run exec web true", true),
            // All of it is clap's.
            ("ctrd -n run ps", false),
            ("ctrd task exec web --exec-id 1 true", false),
            ("ctrd run", false),
            ("ctrd exec web", false),
            ("ctrd exec -d -i web true", false),
            ("ctrd run --help", false),
            ("ctrd run --no-such busybox", false),
            ("ctrd run --rm -d busybox", false),
            ("ctrd run --rm --rm busybox", false),
            ("ctrd run --rm=yes busybox", false),
            ("ctrd run --name a --name b busybox", false),
            ("ctrd run --name -x busybox", false),
            ("ctrd run --name= busybox", false),
            ("ctrd run --name", false),
            ("ctrd run --net other busybox", false),
            ("ctrd run -dit busybox", false),
            ("ctrd run -eA=1 busybox", false),
            ("ctrd run -- busybox", false),
            ("ctrd run - busybox", false),
            ("ctrd run --t busybox", false),
            ("ctrd run -name busybox", false),
            ("ctrd run --it busybox", false),
            ("ctrd run --pids-limit -1 busybox", false),
            ("ctrd run --log-opt max-size=1m busybox", false),
            ("ctrd ps", false),
            ("ctrd", false),
        ] {
            let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            let read = read(line).map(|cli| format!("{cli:?}"));
            assert_eq!(read.is_some(), is_plain, "{line}");
            if let Some(read) = read {
                assert_eq!(read, format!("{:?}", Cli::try_parse_from(words).unwrap()), "{line}");
            }
        }
    }

    #[test]
    fn the_environment_fills_in() {
        let words: Vec<OsString> = ["ctrd", "-n", "mine", "run", "i"].map(OsString::from).into();
        let of = |set: &'static [(&str, &str)]| {
            plain(&words, move |name| Some(set.iter().find(|(n, _)| *n == name)?.1.into()))
        };
        let all = of(&[("CTRD_ADDRESS", "/a"), ("CTRD_NAMESPACE", "theirs"), ("CTRD_TRACE", "t")]).unwrap();
        assert_eq!(all.global.address, Some(PathBuf::from("/a")));
        assert_eq!(all.global.namespace.as_deref(), Some("mine"));
        assert_eq!((all.global.trace_file, all.global.root), (Some(PathBuf::from("t")), None));
        assert!(of(&[("CTRD_ROOT", "")]).unwrap().global.root.is_none());
    }
}
