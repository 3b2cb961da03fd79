//! Help in the layout that people and tests know from runc, made from the command line's one
//! definition.

use clap::{Arg, Command};

/// The help of the whole program, or of one command of it. `name` is how it was called.
pub fn text(root: &Command, verb: Option<&Command>, name: &str) -> String {
    let command = verb.unwrap_or(root);
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    let mut text = String::from("NAME:\n");
    let Some(_) = verb else {
        // Whoever looks for runc finds the line that runc has.
        let as_runc = if name == "runc" { String::new() } else { format!("{name}, in the place of ") };
        text += &format!("   {as_runc}runc - Open Container Initiative runtime\n\n");
        text += &format!("   {about}.\n\n");
        text += &format!("USAGE:\n   {name} [global options] command [command options] [arguments...]\n\n");
        text += "COMMANDS:\n";
        let verbs: Vec<_> = root.get_subcommands().filter(|c| !c.is_hide_set()).collect();
        let rows = verbs.iter().map(|c| (c.get_name().to_string(), line(c.get_about())));
        text += &table(
            rows.chain([("help, h".to_string(), "Show this, or the help of one command".to_string())]),
        );
        text += "\nGLOBAL OPTIONS:\n";
        text += &options(root);
        if let Some(after) = root.get_after_help() {
            text += &format!("\n{after}\n");
        }
        return text.replace("ocirun", if name == "runc" { "runc" } else { "ocirun" });
    };
    let verb = command.get_name();
    text +=
        &format!("   {name} {verb} - {about}\n\nUSAGE:\n   {name} {verb} [options]{}\n", operands(command));
    if let Some(long) = command.get_long_about().map(ToString::to_string) {
        let rest = long.trim_start_matches(&about).trim();
        text += &rest.lines().map(|l| format!("   {l}")).fold("\n".to_string(), |all, l| all + &l + "\n");
    }
    text + "\nOPTIONS:\n" + &options(command)
}

/// ` <ID> [SIGNAL]`.
fn operands(command: &Command) -> String {
    let one = |arg: &Arg| {
        let name =
            arg.get_value_names().and_then(|n| n.first()).map_or_else(String::new, ToString::to_string);
        let many = if arg.is_trailing_var_arg_set() { "..." } else { "" };
        if arg.is_required_set() { format!(" <{name}>{many}") } else { format!(" [{name}{many}]") }
    };
    command.get_positionals().filter(|a| !a.is_hide_set()).map(one).collect()
}

/// `--bundle DIR, -b DIR  Folder of config.json`.
fn options(command: &Command) -> String {
    let shown = command.get_arguments().filter(|a| !a.is_positional() && !a.is_hide_set());
    let row = |arg: &Arg| {
        let value = arg.get_value_names().filter(|_| arg.get_action().takes_values());
        let value = value.and_then(|n| n.first()).map_or_else(String::new, |n| format!(" {n}"));
        let long = arg.get_long().map(|l| format!("--{l}{value}"));
        let short = arg.get_short().map(|s| format!("-{s}{value}"));
        let aliases = arg.get_visible_aliases().unwrap_or_default();
        let aliases = aliases.into_iter().map(|a| format!("--{a}{value}"));
        let names: Vec<_> = long.into_iter().chain(aliases).chain(short).collect();
        let default = arg.get_default_values().first().filter(|_| arg.get_action().takes_values());
        let default = default.map_or_else(String::new, |d| format!(" (default: {})", d.to_string_lossy()));
        (names.join(", "), line(arg.get_help()) + &default)
    };
    table(shown.map(row).chain([("--help, -h".to_string(), "Show this".to_string())]))
}

fn line(text: Option<&clap::builder::StyledStr>) -> String {
    text.map(ToString::to_string).unwrap_or_default().replace('\n', " ")
}

/// Two columns.
fn table(rows: impl Iterator<Item = (String, String)>) -> String {
    let rows: Vec<_> = rows.collect();
    let width = rows.iter().map(|(left, _)| left.len()).max().unwrap_or(0);
    rows.iter()
        .map(|(left, right)| format!("   {left:width$}  {right}").trim_end().to_string() + "\n")
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli;

    #[test]
    fn every_command_has_its_name_and_each_option() {
        let root = cli::command();
        for verb in root.get_subcommands() {
            let text = text(&root, Some(verb), "name");
            assert!(text.starts_with(&format!("NAME:\n   name {} - ", verb.get_name())), "{text}");
            for arg in verb.get_arguments().filter(|a| !a.is_hide_set()) {
                if let Some(long) = arg.get_long() {
                    assert!(text.contains(&format!("--{long}")), "{text}");
                }
            }
        }
    }

    #[test]
    fn the_programs_own() {
        let root = cli::command();
        let lines = |name| text(&root, None, name).lines().take(2).map(str::to_string).collect::<Vec<_>>();
        assert_eq!(lines("runc"), ["NAME:", "   runc - Open Container Initiative runtime"]);
        assert_eq!(
            lines("ocirun"),
            ["NAME:", "   ocirun, in the place of runc - Open Container Initiative runtime"]
        );
    }
}
