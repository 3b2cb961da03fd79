//! Where things are: what follows from the flags alone. Pure but for the name of our own
//! executable.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::args::Args;

/// Two callers keep their state in different places, and each looks for it in its own.
fn is_ctrd(address: &str) -> bool {
    Path::new(address).starts_with("/run/ctrd")
}

/// The folder of the sockets, when the caller names none.
pub fn socket_dir(address: &str) -> PathBuf {
    PathBuf::from(if is_ctrd(address) || address.is_empty() { "/run/ctrd/s" } else { "/run/containerd/s" })
}

/// The runtime's `--root`, when the options name none; the namespace is appended to either.
pub fn runtime_root(address: &str) -> PathBuf {
    PathBuf::from(if is_ctrd(address) || address.is_empty() {
        "/run/ctrd/runtime"
    } else {
        "/run/containerd/runc"
    })
}

/// The server's ttrpc socket, when the environment names none.
pub fn events_address(address: &str) -> String {
    if address.is_empty() { String::new() } else { format!("{address}.ttrpc") }
}

/// The socket's path: one for each server, namespace and group of containers.
pub fn socket_path(dir: &Path, args: &Args, group: &str) -> PathBuf {
    let name = join(&[&args.address, &args.namespace, group]);
    let digest = Sha256::digest(name.as_bytes());
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    dir.join(hex)
}

/// Joins as Go's path.Join does: empty parts left out, `//`, `.` and `..` resolved by the text.
fn join(parts: &[&str]) -> String {
    let whole = parts.iter().filter(|p| !p.is_empty()).copied().collect::<Vec<_>>().join("/");
    let rooted = whole.starts_with('/');
    let mut out: Vec<&str> = Vec::new();
    for part in whole.split('/') {
        match part {
            "" | "." => {}
            ".." if out.last().is_some_and(|last| *last != "..") => _ = out.pop(),
            ".." if rooted => {}
            _ => out.push(part),
        }
    }
    match (rooted, out.join("/")) {
        (true, path) => format!("/{path}"),
        (false, path) if path.is_empty() => String::new(),
        (false, path) => path,
    }
}

/// The runtime to run: the one that the options name, else ocirun, beside us or on PATH; else runc, for whoever
/// has replaced the shim alone.
pub fn runtime_program(named: &str) -> PathBuf {
    if !named.is_empty() {
        return PathBuf::from(named);
    }
    let ours = std::env::current_exe().ok().and_then(|exe| exe.parent().map(|dir| dir.join("ocirun")));
    ours.filter(|path| path.is_file()).unwrap_or_else(|| on_path(|name| which::which(name).is_ok()))
}

/// ocirun, unless there is but runc.
fn on_path(there: impl Fn(&str) -> bool) -> PathBuf {
    PathBuf::from(if !there("ocirun") && there("runc") { "runc" } else { "ocirun" })
}

/// Whether a name may become part of a path or of a command line.
pub fn valid_id(id: &str) -> bool {
    let sound = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | '+');
    !id.is_empty()
        && id.len() <= 1024
        && !matches!(id, "." | "..")
        && !id.starts_with('-')
        && id.chars().all(sound)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runc_stands_in_where_there_is_no_ocirun() {
        for (there, chosen) in [
            (&["ocirun", "runc"][..], "ocirun"),
            (&["ocirun"], "ocirun"),
            (&["runc"], "runc"),
            (&[], "ocirun"),
        ] {
            assert_eq!(on_path(|name| there.contains(&name)), Path::new(chosen), "{there:?}");
        }
        assert_eq!(runtime_program("/x/crun"), Path::new("/x/crun"));
    }

    #[test]
    fn paths_join_as_in_go() {
        for (parts, want) in [
            (&["/run/c/c.sock", "default", "web"][..], "/run/c/c.sock/default/web"),
            (&["", "default", "web"], "default/web"),
            (&["/run//c/", "./a", "b/../c"], "/run/c/a/c"),
            (&["/..", "a"], "/a"),
            (&["", ""], ""),
        ] {
            assert_eq!(join(parts), want);
        }
    }

    #[test]
    fn the_socket_has_the_name_that_containerd_computes() {
        let args = Args {
            address: "/run/containerd/containerd.sock".into(),
            namespace: "default".into(),
            ..Default::default()
        };
        let path = socket_path(Path::new("/run/containerd/s"), &args, "t2");
        let want = Sha256::digest(b"/run/containerd/containerd.sock/default/t2");
        assert_eq!(path.parent(), Some(Path::new("/run/containerd/s")));
        assert_eq!(path.file_name().unwrap().len(), 64);
        assert!(path.to_str().unwrap().ends_with(&format!("{:02x}", want[31])));
    }

    #[test]
    fn each_caller_has_its_folders() {
        for (address, socket, root) in [
            ("/run/ctrd/ctrd.sock", "/run/ctrd/s", "/run/ctrd/runtime"),
            ("", "/run/ctrd/s", "/run/ctrd/runtime"),
            ("/run/containerd/containerd.sock", "/run/containerd/s", "/run/containerd/runc"),
            ("/run/ctrdx/a.sock", "/run/containerd/s", "/run/containerd/runc"),
        ] {
            assert_eq!(socket_dir(address), Path::new(socket), "{address}");
            assert_eq!(runtime_root(address), Path::new(root), "{address}");
        }
    }

    #[test]
    fn ids_that_are_no_paths_and_no_flags() {
        for (id, good) in [
            ("web", true),
            ("a.b-c_d+1", true),
            ("", false),
            ("..", false),
            ("a/b", false),
            ("-web", false),
            ("a b", false),
            ("\u{e9}", false),
        ] {
            assert_eq!(valid_id(id), good, "{id}");
        }
    }
}
