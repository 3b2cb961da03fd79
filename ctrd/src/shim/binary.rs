//! From a runtime's name to its shim: `io.containerd.runc.v2` is `containerd-shim-runc-v2`,
//! looked up on PATH and beside our own executable. Not in the working folder, as containerd does,
//! whose folder is `/`: a command without a server is run in anybody's. Where runc's shim is not
//! installed, ours stands in for it: it takes the same options.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// The runtime of containers that name none: our own shim.
pub const DEFAULT: &str = "io.containerd.ctrd.v2";
/// What ctr and dockerd ask for.
const RUNC: &str = "io.containerd.runc.v2";
/// Our shim's own name, under which it stands beside ctrd when the link is not installed.
const OWN: &str = "ctrd-shim";

/// The shim of a runtime, as an absolute path.
pub fn resolve(runtime: &str) -> Result<PathBuf> {
    if Path::new(runtime).is_absolute() {
        return match Path::new(runtime).is_file() {
            true => Ok(PathBuf::from(runtime)),
            false => Err(missing(runtime, runtime)),
        };
    }
    let name = binary(runtime)?;
    let beside = std::env::current_exe().ok().and_then(|exe| exe.parent().map(Path::to_path_buf));
    let own = runtime == DEFAULT;
    // Ours belongs to this ctrd, not to whichever stands first on PATH.
    let first = beside.as_ref().filter(|_| own).map(|dir| dir.join(OWN));
    let path = |name: &str| which::which(name).ok();
    first
        .filter(|p| executable(p))
        .or_else(|| path(&name))
        .or_else(|| beside.as_ref().map(|dir| dir.join(&name)).filter(|p| executable(p)))
        .or_else(|| beside.map(|dir| dir.join(OWN)).filter(|p| runtime == RUNC && executable(p)))
        .or_else(|| path(OWN).filter(|_| own || runtime == RUNC))
        .ok_or_else(|| missing(runtime, &name))
}

/// The file name of a runtime's shim.
fn binary(runtime: &str) -> Result<String> {
    let parts: Vec<&str> = runtime.split('.').collect();
    match parts.as_slice() {
        [.., name, version]
            if !runtime.contains('/') && parts.len() > 2 && !name.is_empty() && !version.is_empty() =>
        {
            Ok(format!("containerd-shim-{name}-{version}"))
        }
        _ => Err(Error::invalid(format!(
            "invalid runtime name {runtime}, correct runtime name should be either format like \
             `io.containerd.runc.v2` or a full path to the binary"
        ))),
    }
}

fn executable(path: &Path) -> bool {
    which::which(path).is_ok()
}

fn missing(runtime: &str, name: &str) -> Error {
    Error::not_found(format!("runtime {runtime:?} binary not installed {name:?}: file does not exist"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for (runtime, want) in [
            ("io.containerd.runc.v2", Some("containerd-shim-runc-v2")),
            ("io.containerd.ctrd.v2", Some("containerd-shim-ctrd-v2")),
            ("a.b.c", Some("containerd-shim-b-c")),
            ("runc", None),
            ("runc.v2", None),
            ("", None),
            ("..", None),
            ("a..v2", None),
            ("../io.containerd.runc.v2", None),
            ("io.containerd/../../x.v2", None),
        ] {
            assert_eq!(binary(runtime).ok().as_deref(), want, "{runtime}");
        }
    }

    #[test]
    fn paths() {
        assert_eq!(resolve("/bin/sh").unwrap(), Path::new("/bin/sh"));
        assert!(resolve("/no/such/shim").unwrap_err().message.contains("not installed"));
        let err = resolve("io.containerd.nosuch.v2").unwrap_err();
        assert_eq!(
            err.message,
            "runtime \"io.containerd.nosuch.v2\" binary not installed \"containerd-shim-nosuch-v2\": file does not exist"
        );
    }
}
