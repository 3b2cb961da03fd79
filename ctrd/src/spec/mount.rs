//! `--mount type=bind,src=/data,dst=/srv,options=rbind:ro`, and mounts put over the default ones.

use std::path::{Component, Path, PathBuf};

use oci_spec::runtime::Mount;

use super::default;
use crate::error::{Error, Result};

/// One `--mount` value: `type`, `src` (`source`), `dst` (`destination`, `target`), and `options`
/// joined by colons. A value with a comma in it stands in double quotes, as in CSV.
pub fn parse(text: &str) -> Result<Mount> {
    let fault = |why: String| Error::invalid(format!("mount {text:?}: {why}"));
    let mut mount = Mount::default();
    let mut options: Vec<String> = Vec::new();
    for field in fields(text).ok_or_else(|| fault("a quote is left open".into()))? {
        let Some((key, value)) = field.split_once('=') else {
            return Err(fault(format!("{field:?} is not KEY=VALUE")));
        };
        match key {
            "type" => _ = mount.set_typ(Some(value.to_string())),
            "src" | "source" => _ = mount.set_source(Some(PathBuf::from(value))),
            "dst" | "destination" | "target" => _ = mount.set_destination(PathBuf::from(value)),
            "options" => options.extend(value.split(':').filter(|o| !o.is_empty()).map(str::to_string)),
            _ => return Err(fault(format!("unknown key {key:?}"))),
        }
    }
    let destination = mount.destination();
    if !destination.is_absolute() {
        return Err(fault("dst must be an absolute path".into()));
    }
    if destination.components().any(|c| c == Component::ParentDir) {
        return Err(fault("dst must not hold ..".into()));
    }
    let Some(kind) = mount.typ().clone().filter(|t| !t.is_empty()) else {
        return Err(fault("type is missing".into()));
    };
    if kind == "bind" {
        if !mount.source().as_deref().is_some_and(Path::is_absolute) {
            return Err(fault("src of a bind must be an absolute path".into()));
        }
        // Runtimes go by the option, not by the type.
        if !options.iter().any(|o| o == "bind" || o == "rbind") {
            options.insert(0, "rbind".to_string());
        }
    } else if mount.source().is_none() {
        mount.set_source(Some(PathBuf::from(&kind)));
    }
    mount.set_options(Some(options));
    Ok(mount)
}

/// The host's name resolution files, read-only, for a container in the host's network.
/// A file that the host lacks is left out.
pub fn host_network_files() -> Vec<Mount> {
    ["/etc/hosts", "/etc/resolv.conf"]
        .into_iter()
        .filter(|path| Path::new(path).exists())
        .map(|path| default::mount(path, "bind", path, &["rbind", "ro"]))
        .collect()
}

/// `base`, then `more`; one of `more` at the place of a base mount replaces it.
pub(super) fn merge(mut base: Vec<Mount>, more: Vec<Mount>) -> Result<Vec<Mount>> {
    for mount in &more {
        let Some(text) = mount.destination().to_str() else {
            return Err(Error::invalid(format!("mount at {:?}: not UTF-8", mount.destination())));
        };
        if text.is_empty() || text.contains('\0') {
            return Err(Error::invalid(format!("mount at {text:?}: not a path")));
        }
    }
    base.retain(|b| more.iter().all(|m| normal(m.destination()) != normal(b.destination())));
    base.extend(more);
    Ok(base)
}

/// The path without `.`, doubled and trailing slashes.
fn normal(path: &Path) -> PathBuf {
    path.components().collect()
}

/// The comma separated fields; `None` when a quote is not closed.
fn fields(text: &str) -> Option<Vec<String>> {
    let mut out = vec![String::new()];
    let mut quoted = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let field = out.last_mut().expect("it starts with one");
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                field.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => out.push(String::new()),
            c => field.push(c),
        }
    }
    (!quoted).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses() {
        type Row<'a> = (&'a str, (&'a str, &'a str, &'a str, &'a [&'a str]));
        let rows: &[Row] = &[
            ("type=bind,src=/a,dst=/b,options=rbind:ro", ("bind", "/a", "/b", &["rbind", "ro"])),
            ("type=bind,source=/a,target=/b", ("bind", "/a", "/b", &["rbind"])),
            ("type=bind,src=/a,destination=/b,options=bind", ("bind", "/a", "/b", &["bind"])),
            (
                "type=tmpfs,dst=/t,options=size=1m:mode=700",
                ("tmpfs", "tmpfs", "/t", &["size=1m", "mode=700"]),
            ),
            (r#"type=bind,"src=/a,b",dst=/b"#, ("bind", "/a,b", "/b", &["rbind"])),
            (r#"type=bind,src=/a""b,dst=/b"#, ("bind", r"/ab", "/b", &["rbind"])),
        ];
        for (text, (kind, source, destination, options)) in rows {
            let m = parse(text).unwrap_or_else(|e| panic!("{text}: {e}"));
            assert_eq!(m.typ().as_deref(), Some(*kind), "{text}");
            assert_eq!(m.source().as_deref(), Some(Path::new(source)), "{text}");
            assert_eq!(m.destination(), Path::new(destination), "{text}");
            assert_eq!(m.options().as_deref().unwrap(), *options, "{text}");
        }
    }

    #[test]
    fn refuses() {
        for text in [
            "",
            "type=bind",
            "type=bind,src=/a",
            "src=/a,dst=/b",
            "type=bind,src=a,dst=/b",
            "type=bind,dst=/b",
            "type=bind,src=/a,dst=b",
            "type=bind,src=/a,dst=/b/../../etc",
            "type=bind,src=/a,dst=/b,ro",
            "type=bind,src=/a,dst=/b,mode=1",
            "type=bind,\"src=/a,dst=/b",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn replaces_a_default() {
        let mine = default::mount("/dev/shm/", "tmpfs", "tmpfs", &[]);
        let all = merge(default::mounts(), vec![mine.clone()]).unwrap();
        assert_eq!(all.len(), default::mounts().len());
        assert_eq!(all.last(), Some(&mine));
    }
}
