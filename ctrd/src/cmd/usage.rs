//! A wrong command line: told in one line, like every other failure.

use clap::error::ErrorKind;

use crate::{cli, exit};

/// Prints help where it was asked for, or what is wrong; returns the exit status.
pub fn report(error: &clap::Error) -> i32 {
    let help = matches!(
        error.kind(),
        ErrorKind::DisplayHelp
            | ErrorKind::DisplayVersion
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    );
    if help {
        // A reader that has gone has seen enough.
        let _ = error.print();
        return match error.kind() {
            ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => exit::of_usage(false),
            _ => 0,
        };
    }
    let verbs = verbs();
    let title = [&["ctrd"], verbs.iter().map(String::as_str).collect::<Vec<_>>().as_slice()].concat();
    let words = in_one_line(&error.render().to_string());
    exit::report(&format!("{}{words} (see {} --help)", before(&verbs), title.join(" ")));
    exit::of_usage(launches(&verbs))
}

fn before(verbs: &[String]) -> String {
    if verbs.is_empty() { String::new() } else { format!("{}: ", verbs.join(" ")) }
}

fn launches(verbs: &[String]) -> bool {
    let verbs: Vec<&str> = verbs.iter().map(String::as_str).collect();
    matches!(verbs[..], ["run" | "exec" | "attach"] | ["task", "attach" | "exec" | "start" | "wait"])
}

/// The commands that were named before the parser gave up.
fn verbs() -> Vec<String> {
    let mut verbs = Vec::new();
    let Ok(matches) = cli::command().ignore_errors(true).try_get_matches() else { return verbs };
    let mut level = &matches;
    while let Some((name, below)) = level.subcommand() {
        verbs.push(name.to_string());
        level = below;
    }
    verbs
}

/// clap's report without its heading and its usage lines.
fn in_one_line(text: &str) -> String {
    let text = text.strip_prefix("error: ").unwrap_or(text);
    let lines = text.lines().map(str::trim).take_while(|line| !line.starts_with("Usage:"));
    let kept = lines.filter(|line| !line.is_empty() && !line.starts_with("For more information"));
    let told = kept.filter(|line| !line.starts_with("tip: to pass "));
    told.collect::<Vec<_>>().join(" ").replace(" tip: ", ", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_are_one_line() {
        let parse = |args: &[&str]| {
            let error = cli::command().try_get_matches_from(args).unwrap_err();
            in_one_line(&error.render().to_string())
        };
        assert!(
            parse(&["ctrd", "run", "--memroy", "1m", "x"])
                .starts_with("unexpected argument '--memroy' found, a similar argument exists: '--memory")
        );
        assert_eq!(parse(&["ctrd", "run", "--cpus", "-1", "x"]), "unexpected argument '-1' found");
        assert_eq!(
            parse(&["ctrd", "exec"]),
            "the following required arguments were not provided: <CONTAINER> <COMMAND>..."
        );
    }
}
