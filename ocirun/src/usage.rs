//! Command lines as callers of runc write them: long options with one dash, and its words and
//! statuses for a wrong use.

use std::ffi::OsString;
use std::io::Write;
use std::path::Path;
use std::process::exit;
use std::sync::OnceLock;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command, FromArgMatches};

use crate::cli::{self, Cli};
use crate::{help, plan, stdout};

/// What a command line asks for.
enum Asked {
    /// Its words, with two dashes where they belong.
    Parse(Vec<OsString>),
    /// The help of the program or of a command.
    Help(Option<String>),
    NoTopic(String),
}

/// Parses, or says what is wrong and exits.
pub fn parse(args: Vec<OsString>) -> Cli {
    if let Some(cli) = cli::plain(&args).or_else(|| quick(&args)) {
        return cli;
    }
    let command = cli::command();
    let args = match normalise(&command, args) {
        Asked::Parse(args) => args,
        Asked::Help(verb) => {
            let verb = verb.as_deref().map(|v| command.find_subcommand(v).ok_or(v)).transpose();
            exit(match verb {
                Ok(verb) => show(&command, verb),
                Err(verb) => no_topic(verb),
            })
        }
        Asked::NoTopic(verb) => exit(no_topic(&verb)),
    };
    match command.clone().try_get_matches_from(args).and_then(|m| Cli::from_arg_matches(&m)) {
        Ok(cli) => cli,
        Err(e) => exit(refuse(&command, &e)),
    }
}

/// Parses with one command alone; none where the whole command line has to say what is wrong, or to
/// be shown.
fn quick(args: &[OsString]) -> Option<Cli> {
    let command = cli::only(args.iter().skip(1).filter_map(|word| word.to_str()))?;
    let Asked::Parse(args) = normalise(&command, args.to_vec()) else { return None };
    Cli::from_arg_matches(&command.try_get_matches_from(args).ok()?).ok()
}

static NAME: OnceLock<String> = OnceLock::new();

/// Keeps the name that this program was called by.
pub fn called(args: &[OsString]) {
    let name = args.first().and_then(|arg| Path::new(arg).file_name());
    let _ = name.map(|name| NAME.set(name.to_string_lossy().into_owned()));
}

/// Parses with the whole command line; none where it is refused, or help is asked for.
#[cfg(test)]
pub fn whole(args: Vec<OsString>) -> Option<Cli> {
    let command = cli::command();
    let Asked::Parse(args) = normalise(&command, args) else { return None };
    Cli::from_arg_matches(&command.try_get_matches_from(args).ok()?).ok()
}

/// The name that this program was called by.
pub fn name() -> String {
    NAME.get().map_or("ocirun", String::as_str).to_owned()
}

/// `--version`: the first line is how containerd tells a runtime of this kind.
pub fn version() -> i32 {
    let (own, spec) = (env!("CARGO_PKG_VERSION"), plan::SPEC_VERSION);
    say(&format!("runc version 1.3.6+ocirun.{own}\ncommit: ocirun-{own}\nspec: {spec}\n"));
    0
}

pub fn help() -> i32 {
    show(&cli::command(), None)
}

fn show(root: &Command, verb: Option<&Command>) -> i32 {
    say(&help::text(root, verb, &name()));
    0
}

/// What runc's parser says; callers know it and the status.
fn no_topic(verb: &str) -> i32 {
    complain(&format!("No help topic for '{verb}'"));
    3
}

/// A word to whoever reads; here there is nobody to tell of a failure.
fn say(text: &str) {
    let _ = stdout::print(text);
}

fn complain(text: &str) {
    let _ = std::io::stderr().write_all(format!("{}: error: {text}\n", name()).as_bytes());
}

/// Gives `-bundle DIR` its second dash. Behind the id of `exec` and `ps` stands another program's
/// command line, which is left alone.
fn normalise(command: &Command, args: Vec<OsString>) -> Asked {
    let mut out = Vec::with_capacity(args.len());
    let mut at = command;
    let (mut is_value, mut verb, mut positionals) = (false, false, 0);
    let mut rest = args.into_iter();
    out.extend(rest.next());
    while let Some(arg) = rest.next() {
        let text = arg.to_str().unwrap_or_default();
        if std::mem::take(&mut is_value) {
            out.push(arg);
            continue;
        }
        if text == "--" || (verb && positionals > 0 && ["exec", "ps"].contains(&at.get_name())) {
            out.push(arg);
            out.extend(rest);
            break;
        }
        if !text.starts_with('-') || text == "-" {
            if verb {
                positionals += 1;
            } else if let Some(sub) = command.find_subcommand(text) {
                (at, verb) = (sub, true);
            } else if text == "help" || text == "h" {
                return Asked::Help(rest.next().map(|verb| verb.to_string_lossy().into_owned()));
            } else {
                return Asked::NoTopic(arg.to_string_lossy().into_owned());
            }
            out.push(arg);
            continue;
        }
        if ["-h", "--help", "-help"].contains(&text) {
            return Asked::Help(verb.then(|| at.get_name().to_string()));
        }
        let bare = text.trim_start_matches('-');
        let (name, value) = bare.split_once('=').map_or((bare, None), |(n, v)| (n, Some(v)));
        let known = long(at, name).or_else(|| long(command, name).filter(|_| !verb));
        let short = || at.get_arguments().find(|a| text.len() == 2 && a.get_short() == name.chars().next());
        // `--no-pivot=false`, as programs write it that always give a value.
        if let (Some(arg), Some(value)) = (known, value)
            && !arg.get_action().takes_values()
        {
            if value == "true" {
                out.push(format!("--{name}").into());
            }
            if ["true", "false"].contains(&value) {
                continue;
            }
        }
        is_value = value.is_none()
            && known
                .or_else(short)
                .is_some_and(|a| a.get_action().takes_values() && !a.is_require_equals_set());
        let one_dash = !text.starts_with("--") && name.len() > 1 && known.is_some();
        out.push(if one_dash { format!("-{text}").into() } else { arg });
    }
    Asked::Parse(out)
}

/// Says what is wrong with a command line; the status of the process.
fn refuse(command: &Command, error: &clap::Error) -> i32 {
    let invalid = |kind| match error.get(kind) {
        Some(ContextValue::String(s)) => s.clone(),
        Some(ContextValue::Strings(all)) => all.join(" "),
        _ => String::new(),
    };
    // `--bundle <DIR>` → `--bundle`
    let first = |text: String| text.split([' ', '=']).next().unwrap_or_default().to_string();
    match error.kind() {
        ErrorKind::UnknownArgument => {
            let flag = invalid(ContextKind::InvalidArg);
            let dashes = flag.strip_prefix('-').filter(|n| n.starts_with('-')).unwrap_or(&flag).to_string();
            if !dashes.starts_with('-') {
                complain(&format!("unexpected argument {dashes:?}"));
                return 1;
            }
            say(&format!("Incorrect Usage: flag provided but not defined: {}\n\n", first(dashes.clone())));
            complain(&format!("flag provided but not defined: {}", first(dashes)));
            show(command, None);
        }
        ErrorKind::InvalidValue if invalid(ContextKind::InvalidValue).is_empty() => {
            let flag = first(invalid(ContextKind::InvalidArg));
            say(&format!("Incorrect Usage: flag needs an argument: {flag}\n\n"));
            complain(&format!("flag needs an argument: {flag}"));
        }
        ErrorKind::MissingRequiredArgument => {
            complain(&format!("missing argument: {}", invalid(ContextKind::InvalidArg)));
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let (flag, value) = (first(invalid(ContextKind::InvalidArg)), invalid(ContextKind::InvalidValue));
            let known = invalid(ContextKind::ValidValue);
            let known = if known.is_empty() { String::new() } else { format!(" (one of: {known})") };
            say(&format!("Incorrect Usage: invalid value {value:?} for flag {flag}\n\n"));
            complain(&format!("invalid value {value:?} for flag {flag}{known}"));
        }
        _ => {
            let text = error.to_string();
            complain(text.lines().next().unwrap_or_default().trim_start_matches("error: "));
        }
    }
    1
}

fn long<'a>(command: &'a Command, name: &str) -> Option<&'a Arg> {
    command.get_arguments().find(|a| a.get_long() == Some(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_dash_becomes_two_where_the_option_is_known() {
        for (given, want) in [
            ("-root /r create -bundle /b web", "--root /r create --bundle /b web"),
            ("run -no-subreaper web --bundle b", "run --no-subreaper web --bundle b"),
            ("create -b x -console-socket=s web", "create -b x --console-socket=s web"),
            ("exec -t web ls -env", "exec -t web ls -env"),
            ("exec -user 1 web ls -user", "exec --user 1 web ls -user"),
            ("ps web -format", "ps web -format"),
            ("run --no-pivot=false -keep=true web", "run --keep web"),
            ("exec -it web", "exec -it web"),
            ("create --bundle -root web", "create --bundle -root web"),
        ] {
            let args = std::iter::once("ocirun").chain(given.split(' ')).map(OsString::from).collect();
            let Asked::Parse(got) = normalise(&cli::command(), args) else { panic!("{given}") };
            let got: Vec<_> = got[1..].iter().map(|a| a.to_str().expect("ascii")).collect();
            assert_eq!(got.join(" "), want);
        }
    }

    #[test]
    fn help_is_asked_for_in_many_ways() {
        let asked = |given: &str| {
            let args = std::iter::once("ocirun").chain(given.split(' ')).map(OsString::from).collect();
            match normalise(&cli::command(), args) {
                Asked::Help(verb) => verb.unwrap_or_default(),
                Asked::NoTopic(verb) => format!("no {verb}"),
                Asked::Parse(_) => "parse".to_string(),
            }
        };
        for (given, want) in [
            ("-h", ""),
            ("--help", ""),
            ("help", ""),
            ("h exec", "exec"),
            ("--debug exec -h", "exec"),
            ("exec web ls -h", "parse"),
            ("--log -h list", "parse"),
            ("create --bundle x --help", "create"),
            ("foo -h", "no foo"),
            ("--debug foo", "no foo"),
        ] {
            assert_eq!(asked(given), want, "{given}");
        }
    }

    #[test]
    fn the_definition_is_sound() {
        cli::command().debug_assert();
    }
}
