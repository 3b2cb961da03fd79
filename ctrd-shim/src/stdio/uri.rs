//! Where output goes, as the stdout field of a request says it. Pure.

use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::stdio::rotate::Keep;

#[derive(Debug, PartialEq, Eq)]
pub enum Output {
    /// The paths of stdout and stderr are taken as they are.
    Fifo,
    /// Both go to the end of this file, as they are or, with `format=cri`, each line with its time. With
    /// `max-size=BYTES` it gives way to a new one when it is full, `max-file=COUNT` of them in all.
    File { path: PathBuf, lines: bool, keep: Option<Keep> },
    /// Both go to this program.
    Binary(Program),
}

#[derive(Debug, PartialEq, Eq)]
pub struct Program {
    pub path: PathBuf,
    pub args: Vec<String>,
    /// `binary-v2`: it must say that it is ready.
    pub strict: bool,
}

pub fn output(stdout: &str) -> Result<Output> {
    let Some((scheme, rest)) = stdout.split_once("://") else { return Ok(Output::Fifo) };
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let path = PathBuf::from(unescape(path, false));
    match scheme {
        "fifo" => Ok(Output::Fifo),
        "file" => {
            let lines = query.split('&').any(|pair| pair == "format=cri");
            let number = |name: &str| {
                let text = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
                let Some(text) = text else { return Ok(None) };
                match text.parse::<u32>() {
                    Ok(number) if number > 0 => Ok(Some(number)),
                    _ => bail!("log file {}: {name}={text}: not a number above 0", path.display()),
                }
            };
            let (size, files) = (number("max-size")?, number("max-file")?.unwrap_or(1));
            let keep = size.map(|size| Keep { size: size.into(), files });
            Ok(Output::File { path, lines, keep })
        }
        "binary" | "binary-v2" => {
            Ok(Output::Binary(Program { path, args: arguments(query), strict: scheme == "binary-v2" }))
        }
        _ => bail!("unknown STDIO scheme {scheme}"),
    }
}

/// A FIFO's path without its scheme.
pub fn fifo_path(path: &str) -> &str {
    path.strip_prefix("fifo://").unwrap_or(path)
}

/// `k=v&k2=` is `k v k2`: keys and values become arguments in turn.
fn arguments(query: &str) -> Vec<String> {
    let mut args = Vec::new();
    for pair in query.split('&').filter(|p| !p.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        args.push(unescape(key, true));
        if !value.is_empty() {
            args.push(unescape(value, true));
        }
    }
    args
}

/// Undoes %XX, and in a query `+` for a space.
fn unescape(text: &str, query: bool) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.as_bytes();
    while let [first, rest @ ..] = bytes {
        let code = rest.get(..2).and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        match (first, code) {
            (b'%', Some(byte)) => {
                out.push(byte);
                bytes = &rest[2..];
                continue;
            }
            (b'+', _) if query => out.push(b' '),
            (byte, _) => out.push(*byte),
        }
        bytes = rest;
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program(path: &str, args: &[&str], strict: bool) -> Output {
        let args = args.iter().map(|a| (*a).into()).collect();
        Output::Binary(Program { path: path.into(), args, strict })
    }

    #[test]
    fn each_scheme() {
        for (text, want) in [
            ("", Output::Fifo),
            ("/run/fifo/web-stdout", Output::Fifo),
            ("fifo:///run/fifo/web-stdout", Output::Fifo),
            ("file:///var/log/a%20b", Output::File { path: "/var/log/a b".into(), lines: false, keep: None }),
            ("file:///a?x=y&format=cri", Output::File { path: "/a".into(), lines: true, keep: None }),
            (
                "file:///a?format=cri&max-size=1024&max-file=3",
                Output::File { path: "/a".into(), lines: true, keep: Some(Keep { size: 1024, files: 3 }) },
            ),
            ("binary:///bin/log", program("/bin/log", &[], false)),
            ("binary:///bin/log?a=1&b=x+y&c", program("/bin/log", &["a", "1", "b", "x y", "c"], false)),
            ("binary-v2:///bin/log?id=%2Fa%", program("/bin/log", &["id", "/a%"], true)),
        ] {
            assert_eq!(output(text).unwrap(), want, "{text}");
        }
        let wrong = output("file:///a?max-size=0").unwrap_err().to_string();
        assert_eq!(wrong, "log file /a: max-size=0: not a number above 0");
        assert_eq!(output("http://x").unwrap_err().to_string(), "unknown STDIO scheme http");
        assert_eq!(fifo_path("fifo:///a"), "/a");
    }
}
