//! The command line, in the form that containerd uses: Go's flags (`-id web`, `-id=web`,
//! `--id=web`; switches take `=false` but no separate value), then one action.

use std::ffi::OsString;

use anyhow::{Result, anyhow, bail};

#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Args {
    pub namespace: String,
    pub id: String,
    /// The server's gRPC socket.
    pub address: String,
    /// What publishes events where the server has no ttrpc socket.
    pub publish_binary: String,
    /// The socket to serve; empty: descriptor 3 is the listener.
    pub socket: String,
    /// Accepted, not used.
    pub debug_socket: String,
    pub bundle: String,
    pub debug: bool,
    pub version: bool,
    pub info: bool,
    pub help: bool,
    pub action: Option<Action>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    Start,
    Delete,
    Pause,
}

pub const USAGE: &str = "\
usage: ctrd-shim -namespace NS -id ID [-address SOCKET] [-debug] start
       ctrd-shim -namespace NS -id ID [-address SOCKET] [-bundle DIR] delete
       ctrd-shim -namespace NS -id ID [-address SOCKET] [-socket PATH]
       ctrd-shim -v | -info | pause

start     bind the socket, start the server, print where it listens
delete    clean up after a shim that has died, print its container's exit
pause     hold a pod's namespaces, as its process 1
(none)    serve the task API on descriptor 3 or on -socket

The bundle is the working directory. See ctrd-shim(8).
";

pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Args> {
    let mut out = Args::default();
    let mut args = args
        .into_iter()
        .map(|a| a.into_string().map_err(|a| anyhow!("read argument {}: not UTF-8", a.to_string_lossy())));
    while let Some(arg) = args.next() {
        let arg = arg?;
        // A lone dash is no flag; `--` ends them.
        if arg == "--" || !arg.starts_with('-') || arg == "-" {
            let action = if arg == "--" { args.next().transpose()? } else { Some(arg) };
            out.action = action.map(|word| action_of(&word)).transpose()?;
            break;
        }
        let flag = arg.strip_prefix("--").or_else(|| arg.strip_prefix('-')).unwrap_or(&arg);
        let (name, value) = match flag.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (flag, None),
        };
        if let Some(switch) = switch(&mut out, name) {
            *switch = match value.as_deref() {
                None | Some("1" | "t" | "T" | "true" | "TRUE" | "True") => true,
                Some("0" | "f" | "F" | "false" | "FALSE" | "False") => false,
                Some(other) => bail!("parse -{name}: not true or false: {other}"),
            };
            continue;
        }
        let Some(text) = text(&mut out, name) else { bail!("parse arguments: unknown flag -{name}") };
        *text = match value {
            Some(value) => value,
            None => args.next().transpose()?.ok_or_else(|| anyhow!("parse -{name}: no value"))?,
        };
    }
    Ok(out)
}

fn action_of(word: &str) -> Result<Action> {
    match word {
        "start" => Ok(Action::Start),
        "delete" => Ok(Action::Delete),
        "pause" => Ok(Action::Pause),
        _ => bail!("parse arguments: unknown action {word}"),
    }
}

fn switch<'a>(args: &'a mut Args, name: &str) -> Option<&'a mut bool> {
    Some(match name {
        "debug" => &mut args.debug,
        "v" | "version" => &mut args.version,
        "info" => &mut args.info,
        "h" | "help" => &mut args.help,
        _ => return None,
    })
}

fn text<'a>(args: &'a mut Args, name: &str) -> Option<&'a mut String> {
    Some(match name {
        "namespace" => &mut args.namespace,
        "id" => &mut args.id,
        "address" => &mut args.address,
        "publish-binary" => &mut args.publish_binary,
        "socket" => &mut args.socket,
        "debug-socket" => &mut args.debug_socket,
        "bundle" => &mut args.bundle,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(line: &str) -> Result<Args> {
        parse(line.split_whitespace().map(OsString::from))
    }

    #[test]
    fn every_spelling_of_a_flag() {
        let want = Args {
            namespace: "default".into(),
            id: "web".into(),
            debug: true,
            action: Some(Action::Start),
            ..Default::default()
        };
        for line in [
            "-namespace default -id web -debug start",
            "--namespace=default --id web --debug start",
            "-id=web -debug=true -namespace=default start",
            "-debug=1 -id web -namespace default -- start",
        ] {
            assert_eq!(of(line).unwrap(), want, "{line}");
        }
    }

    #[test]
    fn parsing_stops_at_the_action() {
        let args = of("-id a delete -id b").unwrap();
        assert_eq!((args.id.as_str(), args.action), ("a", Some(Action::Delete)));
        assert_eq!(of("-debug=false -v").unwrap(), Args { version: true, ..Default::default() });
        assert_eq!(of("-address= -id x").unwrap().address, "");
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (line, want) in [
            ("-x 1", "parse arguments: unknown flag -x"),
            ("-id", "parse -id: no value"),
            ("stop", "parse arguments: unknown action stop"),
            ("-debug=maybe", "parse -debug: not true or false: maybe"),
        ] {
            assert_eq!(of(line).unwrap_err().to_string(), want);
        }
    }
}
