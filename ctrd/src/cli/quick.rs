//! A command line that launches something, read without the other commands: to make them all takes longer
//! than the whole of a launch's talk with the server.

use std::ffi::OsString;

use clap::{Args, FromArgMatches, Parser};

use super::{Cli, Command, Exec, Global, Run, docker};

impl Cli {
    /// Reads a command line, the program's name first. Whatever is wrong with it, all of the commands say.
    pub fn read(words: impl IntoIterator<Item = OsString>) -> Result<Cli, clap::Error> {
        let words: Vec<OsString> = words.into_iter().collect();
        match quick(&words) {
            Some(cli) => Ok(cli),
            None => Cli::try_parse_from(docker::worded(words)),
        }
    }
}

/// What `run` and `exec` are told, where nothing is wrong with it.
fn quick(words: &[OsString]) -> Option<Cli> {
    let among = |name: &str| words.iter().any(|word| word == name);
    let mut app = Global::augment_args(clap::Command::new("ctrd")).disable_help_subcommand(true);
    match (among("run"), among("exec")) {
        (false, false) => return None,
        (true, _) => app = app.subcommand(Run::augment_args(clap::Command::new("run"))),
        (_, true) => app = app.subcommand(Exec::augment_args(clap::Command::new("exec"))),
    }
    let matches = app.try_get_matches_from(words).ok()?;
    let command = match matches.subcommand()? {
        ("run", told) => Command::Run(Box::new(Run::from_arg_matches(told).ok()?)),
        (_, told) => Command::Exec(Exec::from_arg_matches(told).ok()?),
    };
    Some(Cli { global: Global::from_arg_matches(&matches).ok()?, command })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_read_as_with_all_commands() {
        for (line, is_quick) in [
            ("ctrd run busybox", true),
            ("ctrd -n a run --rm -it -e A=1 --volume /a:/b busybox sh -c run", true),
            ("ctrd run --root /r busybox --root /s", true),
            ("ctrd --state=/s run -d --network host --debug busybox exec", true),
            ("ctrd exec -t web run", false),
            ("ctrd -a /x exec --env A web ls -l --all", true),
            ("ctrd -n run ps", false),
            ("ctrd -n run exec web true", false),
            ("ctrd task exec web --exec-id 1 true", false),
            ("ctrd run", false),
            ("ctrd run --help", false),
            ("ctrd run --no-such busybox", false),
            ("ctrd ps", false),
        ] {
            let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            let all = Cli::try_parse_from(&words).map(|cli| format!("{cli:?}"));
            let read = Cli::read(words.clone()).map(|cli| format!("{cli:?}"));
            assert_eq!(quick(&words).is_some(), is_quick, "{line}");
            assert_eq!(read.map_err(|e| e.to_string()), all.map_err(|e| e.to_string()), "{line}");
        }
    }
}
