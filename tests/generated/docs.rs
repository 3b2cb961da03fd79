//! Manual pages and completions, rendered from the command definitions of `ctrd` and `ocirun`.

use std::fmt::Write;

use clap::Command;
use clap_mangen::Man;

use super::examples::EXAMPLES;
use super::hold;

/// The programs whose pages are made here, and the manual's section that they stand in.
fn programs() -> [(Command, &'static str); 2] {
    [(ctrd::cli::command(), "1"), (ocirun::cli::command(), "8")]
}

/// Every command of a program that has a page, with its full name: `ctrd`, `ctrd-image`, ….
fn pages(command: &Command) -> Vec<(String, Command)> {
    let mut command = command.clone().disable_help_subcommand(true);
    command.build();
    let mut out = Vec::new();
    collect(&command, command.get_name().to_string(), &mut out);
    out
}

fn collect(command: &Command, name: String, out: &mut Vec<(String, Command)>) {
    out.push((name.clone(), command.clone()));
    for sub in command.get_subcommands().filter(|s| !s.is_hide_set()) {
        collect(sub, format!("{name}-{}", sub.get_name()), out);
    }
}

#[test]
fn generated_man_pages() {
    for (program, section) in programs() {
        for (name, command) in pages(&program) {
            let page = render(&name, command, section, program.get_name());
            hold(&format!("man/{name}.{section}"), &page);
        }
    }
}

#[test]
fn generated_completions() {
    use clap_complete::{Shell, generate};
    for (program, _) in programs() {
        let name = program.get_name().to_string();
        for (shell, path) in [
            (Shell::Bash, format!("completions/bash/{name}")),
            (Shell::Zsh, format!("completions/zsh/_{name}")),
            (Shell::Fish, format!("completions/fish/{name}.fish")),
        ] {
            let mut text = Vec::new();
            generate(shell, &mut program.clone(), &name, &mut text);
            hold(&path, &String::from_utf8(text).expect("UTF-8"));
        }
    }
}

#[test]
fn every_command_has_an_example_and_every_example_parses() {
    for (program, _) in programs() {
        for (name, command) in pages(&program) {
            let examples: Vec<_> = EXAMPLES.iter().filter(|(page, ..)| *page == name).collect();
            assert!(!examples.is_empty() || command.has_subcommands(), "{name} has no example");
            for (_, line, _) in examples {
                let words = shell_words(line);
                if words.first().map(String::as_str) != Some(program.get_name()) {
                    continue;
                }
                if let Err(e) = program.clone().try_get_matches_from(&words) {
                    panic!("{line}: {e}");
                }
            }
        }
    }
    let known: Vec<_> = programs().iter().flat_map(|(p, _)| pages(p)).map(|(name, _)| name).collect();
    for (page, ..) in EXAMPLES {
        assert!(known.iter().any(|k| k == page), "an example for {page}, which is no command");
    }
}

#[test]
fn the_pages_written_by_hand_have_their_sections() {
    for page in ["man/ctrd-shim.8", "man/ocirun-init.8"] {
        let text =
            std::fs::read_to_string(super::root().join(page)).unwrap_or_else(|e| panic!("{page}: {e}"));
        for section in ["NAME", "SYNOPSIS", "DESCRIPTION", "EXAMPLES", "EXIT STATUS"] {
            assert!(
                text.contains(&format!(".SH {section}")) || text.contains(&format!(".SH \"{section}\"")),
                "{page}: {section}"
            );
        }
    }
}

#[test]
fn the_annotations_that_are_followed_are_those_of_their_page() {
    let text = std::fs::read_to_string(super::root().join("man/ocirun-annotations.7")).expect("the page");
    let mut told: Vec<_> = text
        .lines()
        .filter_map(|line| line.strip_prefix(".B "))
        .filter(|word| word.starts_with("io.ctrd.") || word.starts_with("run.oci."))
        .collect();
    let mut followed = ocirun::annotation::ALL.to_vec();
    for (refused, _) in ocirun::annotation::REFUSED {
        assert!(text.contains(&format!(".BR {refused}\n")), "{refused}");
    }
    told.sort_unstable();
    followed.sort_unstable();
    assert_eq!(told, followed);
}

#[test]
fn no_page_is_left_of_a_command_that_went() {
    let known: Vec<_> = programs()
        .iter()
        .flat_map(|(p, s)| pages(p).into_iter().map(move |(n, _)| format!("{n}.{s}")))
        .collect();
    for entry in std::fs::read_dir(super::root().join("man")).expect("man/").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let by_hand =
            ["ctrd-shim.8", "ocirun-init.8", "ctrd-protocol.7", "ocirun-annotations.7", "ctrd-config.toml.5"]
                .contains(&name.as_str());
        assert!(by_hand || known.contains(&name), "man/{name} is of no command");
    }
}

fn render(name: &str, mut command: Command, section: &str, program: &str) -> String {
    // As the help has it: what may be named several times shows it.
    let usage = command.render_usage().to_string();
    let aliases: Vec<String> =
        command.get_visible_aliases().map(|alias| bold(&called(name, alias))).collect();
    let variables = variables(&command);
    let command = command.override_usage(usage.trim_start_matches("Usage:").trim().to_string());
    let has_subcommands = command.has_subcommands();
    let has_options = command.get_arguments().any(|a| !a.is_hide_set());
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    let man = Man::new(command).title(name.to_uppercase()).section(section).manual(program).source("ctrd");
    let mut page = Vec::new();
    man.render_title(&mut page).expect("render");
    let mut text = String::from_utf8(page).expect("UTF-8");
    writeln!(text, ".SH NAME\n{} \\- {}", name.replace('-', "\\-"), first_lower(&about)).expect("a string");
    let mut rest = Vec::new();
    man.render_synopsis_section(&mut rest).expect("render");
    man.render_description_section(&mut rest).expect("render");
    if !aliases.is_empty() {
        rest.extend(format!(".PP\nIt may be called {} as well\n", aliases.join(" or ")).into_bytes());
    }
    if has_options {
        man.render_options_section(&mut rest).expect("render");
    }
    if has_subcommands {
        man.render_subcommands_section(&mut rest).expect("render");
    }
    text += &String::from_utf8(rest).expect("UTF-8");
    if name == "ctrd" {
        text += &variables;
    }
    examples(name, &mut text);
    writeln!(text, ".SH EXIT STATUS\n{}", exit_status(name)).expect("a string");
    match name {
        "ocirun" => codes(&mut text),
        "ctrd" => statuses(&mut text),
        _ => {}
    }
    let see = match program {
        "ctrd" => ".BR ctrd (1),\n.BR ctrd\\-shim (8),\n.BR ocirun (8)",
        _ => ".BR ocirun (8),\n.BR ocirun\\-init (8),\n.BR ctrd (1)",
    };
    writeln!(text, ".SH SEE ALSO\n{see}").expect("a string");
    text
}

/// How a command is called by another name: `ctrd images ls`.
fn called(name: &str, alias: &str) -> String {
    let before = name.rsplit_once('-').map_or("", |(before, _)| before);
    format!("{} {alias}", before.replace('-', " "))
}

fn bold(text: &str) -> String {
    format!("\\fB{}\\fR", text.replace('-', "\\-"))
}

/// The variables that stand for options, and the others that every command of `ctrd` reads.
fn variables(command: &Command) -> String {
    let mut text = ".SH ENVIRONMENT\n".to_string();
    for arg in command.get_arguments() {
        if let (Some(variable), Some(long)) = (arg.get_env(), arg.get_long()) {
            let variable = variable.to_string_lossy();
            writeln!(text, ".TP\n.B {variable}\nWhat \\-\\-{long} says, where it is not given; empty is as if it were not set.")
                .expect("a string");
        }
    }
    for (names, says) in [
        (".BR CONTAINERD_ADDRESS \", \" CONTAINERD_NAMESPACE", "ctr's, where ctrd's own is not set."),
        (
            ".B XDG_RUNTIME_DIR",
            "Has the folder ctrd of what a reboot may forget, where the caller is not root.",
        ),
        (
            ".B XDG_DATA_HOME",
            "Has the folder ctrd of what is kept, where the caller is not root [default: ~/.local/share].",
        ),
        (".B TRACEPARENT", "Of whose trace a launch is a part: see ctrd\\-trace(1)."),
    ] {
        let says = says.replace('\'', "\\(aq");
        writeln!(text, ".TP\n{names}\n{says}").expect("a string");
    }
    text
}

fn examples(name: &str, text: &mut String) {
    let mut head = ".SH EXAMPLES\n";
    for (_, line, says) in EXAMPLES.iter().filter(|(page, ..)| *page == name) {
        let line = line.replace('\\', "\\e").replace('-', "\\-");
        write!(text, "{head}{says}:\n.PP\n.RS 4\n.nf\n{line}\n.fi\n.RE\n").expect("a string");
        head = ".PP\n";
    }
}

/// What `--status-codes` gives, and the `code` of a JSON log entry.
fn codes(text: &mut String) {
    *text += ".PP\nWith \\fB\\-\\-status\\-codes\\fR a failure has the status of its kind; the JSON log names it as \
              \\fIcode\\fR, beside \\fIerrno\\fR and \\fIhint\\fR where these are known:\n.PP\n.RS 4\n.nf\n";
    for code in ocirun::code::all() {
        writeln!(text, "{:>3}  {}", code.status, code.name.replace('-', "\\-")).expect("a string");
    }
    *text += ".fi\n.RE\n";
}

/// What the exit statuses of `ctrd` mean, as `ctrd/src/exit.rs` has them.
fn statuses(text: &mut String) {
    *text += ".PP\nCommands that stand for a program in a container (run, exec, attach, start \\-\\-attach, and start, \
              exec, attach, wait and delete of task) have its status:\n.PP\n.RS 4\n.nf\n";
    for (status, meaning) in [
        ("125", "it could not be started; a wrong usage, too, but that of start and of task delete is 2"),
        ("126", "it is there and cannot be executed: no permission, a folder, a wrong format"),
        ("127", "it is not there"),
        ("128+N", "signal N ended it, or ended ctrd before it was started"),
        ("other", "its own"),
    ] {
        writeln!(text, "{status:<5}  {meaning}").expect("a string");
    }
    *text += ".fi\n.RE\n";
}

fn exit_status(name: &str) -> &'static str {
    match name {
        "ctrd-run" | "ctrd-exec" | "ctrd-task-exec" | "ctrd-attach" | "ctrd-task-attach" => {
            "The program's own status; 128 and the signal's number when a signal ended it; 125 when it could \
             not be started, wrong usage included; 126 when it cannot be executed; 127 when it is not there."
        }
        "ctrd-task-wait" => {
            "The task's own status; 128 and the signal's number when a signal ended it; 125 on failure, wrong usage \
             included."
        }
        "ctrd-task-start" => {
            "The task's own status, and 0 with --detach; 128 and the signal's number when a signal ended it; 125 when \
             it could not be started, wrong usage included; 126 when its program cannot be executed; 127 when that is \
             not there."
        }
        "ctrd-task-delete" => {
            "The task's own status; 128 and the signal's number when a signal ended it; 1 on failure; 2 on wrong usage."
        }
        "ctrd-start" => {
            "0 on success, 1 on failure, 2 on wrong usage; with --attach, but for a wrong usage, as of ctrd\\-run(1)."
        }
        "ctrd-check" => "0 when containers can run here, 1 when something is missing, 2 on wrong usage.",
        "ctrd-image-check" => {
            "0 when all is there, 1 when something is not, or on failure, 2 on wrong usage."
        }
        "ocirun-run" => {
            "The program's own status; 128 and the signal's number when a signal ended it; 1 on failure; 0 with \
             --detach."
        }
        "ocirun-exec" => {
            "The program's own status; 128 and the signal's number when a signal ended it; 255 when it could not \
             be started; 0 with --detach."
        }
        "ocirun-lint" => "0 when nothing was found, 1 when something was, or on failure.",
        _ if name.starts_with("ocirun") => "0 on success, 1 on failure, 3 for an unknown command.",
        _ => "0 on success, 1 on failure, 2 on wrong usage.",
    }
}

fn first_lower(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|c| c.to_lowercase().collect::<String>() + chars.as_str()).unwrap_or_default()
}

/// The words of a shell line with single quotes at most, up to a pipe or redirection.
fn shell_words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = None::<String>;
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '\'' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            ' ' if !quoted => words.extend(word.take()),
            '|' | '<' | '>' | ';' | '&' if !quoted => break,
            _ => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}
