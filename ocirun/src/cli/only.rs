//! The parser of one command alone, which is what a call needs: to build all of them takes longer
//! than most commands run.

use clap::{Args, Command};

use super::{
    Checkpoint, Completion, Create, Delete, Events, Exec, Features, Global, Info, Kill, Lint, List, Mounts,
    Pause, Ps, Restore, Resume, Run, Spec, Start, State, Update,
};

type Augment = fn(Command) -> Command;

/// The commands by name, as `super::Command` has them.
const COMMANDS: &[(&str, Augment)] = &[
    ("checkpoint", Checkpoint::augment_args),
    ("completion", Completion::augment_args),
    ("create", Create::augment_args),
    ("delete", Delete::augment_args),
    ("events", Events::augment_args),
    ("exec", Exec::augment_args),
    ("features", Features::augment_args),
    ("info", Info::augment_args),
    ("kill", Kill::augment_args),
    ("lint", Lint::augment_args),
    ("list", List::augment_args),
    ("mounts", Mounts::augment_args),
    ("pause", Pause::augment_args),
    ("ps", Ps::augment_args),
    ("restore", Restore::augment_args),
    ("resume", Resume::augment_args),
    ("run", Run::augment_args),
    ("spec", Spec::augment_args),
    ("start", Start::augment_args),
    ("state", State::augment_args),
    ("update", Update::augment_args),
];

/// The command line with the first command that `words` name and no other; none where they name
/// none. It understands what the whole command line understands of that command, or nothing.
pub fn only<'a>(words: impl Iterator<Item = &'a str>) -> Option<Command> {
    let (name, augment) = words.filter_map(|word| COMMANDS.iter().find(|(name, _)| *name == word)).next()?;
    let root = Command::new("ocirun").disable_version_flag(true);
    Some(Global::augment_args(root).subcommand(augment(Command::new(*name))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_command_is_here_with_the_same_arguments() {
        let whole = super::super::command();
        let names: Vec<_> = whole.get_subcommands().map(Command::get_name).collect();
        assert_eq!(names, COMMANDS.iter().map(|(name, _)| *name).collect::<Vec<_>>());
        let shown = |c: &Command| c.get_arguments().map(|a| format!("{a:?}")).collect::<Vec<_>>();
        for sub in whole.get_subcommands() {
            let one = only([sub.get_name()].into_iter()).unwrap();
            assert_eq!(shown(&whole), shown(&one));
            assert_eq!(shown(sub), shown(one.find_subcommand(sub.get_name()).unwrap()));
        }
    }

    #[test]
    fn an_options_value_is_not_taken_for_the_command() {
        let line = ["ocirun", "--root", "list", "state", "web"];
        let one = only(line.into_iter().skip(1)).unwrap();
        assert!(one.try_get_matches_from(line).is_err(), "the whole parser is asked then");
    }
}
