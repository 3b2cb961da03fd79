//! What ctrd adds to the options that a client gives for a shim: places below its own state.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use ctrd_shim::any;
use ctrd_shim::api::runc::Options;
use prost::Message;
use prost_types::Any;

/// The longest folder for sockets: a socket's path has 107 bytes, and its name is 64 of them.
const MAX_SOCKET_DIR: usize = 42;

/// Shims that take runc's options.
const RUNC_LIKE: &[&str] = &["ctrd-shim", "containerd-shim-ctrd-v2", "containerd-shim-runc-v2"];

/// The options for the shim `binary`, with the runtime's state below `root` unless they say
/// otherwise. To append a field to a message is to set it, and keeps fields unknown here.
pub(crate) fn complete(given: Option<Any>, binary: &Path, root: &Path) -> Option<Any> {
    let default = Options { root: root.to_string_lossy().into_owned(), ..Options::default() };
    match given.filter(|any| !any.type_url.is_empty()) {
        Some(mut given) => {
            if let Some(Ok(options)) = any::unpack::<Options>(&given)
                && options.root.is_empty()
            {
                given.value.extend(default.encode_to_vec());
            }
            Some(given)
        }
        None => {
            let name = binary.file_name().unwrap_or_default();
            RUNC_LIKE.iter().any(|n| name == *n).then(|| any::pack(&default))
        }
    }
}

/// Where shims make their sockets: below the state folder where that is short enough.
pub(crate) fn socket_dir(state: &Path) -> PathBuf {
    let near = state.join("s");
    if near.as_os_str().len() <= MAX_SOCKET_DIR {
        return near;
    }
    let base = match std::env::var_os("XDG_RUNTIME_DIR").filter(|_| !nix::unistd::geteuid().is_root()) {
        Some(dir) => PathBuf::from(dir).join("ctrd"),
        None => PathBuf::from("/run/ctrd"),
    };
    // The same name for the same state, and another for another: two servers with the same
    // address but different states must not take each other's shims for their own.
    let mut hash = DefaultHasher::new();
    state.hash(&mut hash);
    base.join(format!("{:08x}", hash.finish() as u32))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root(any: &Any) -> String {
        any::unpack::<Options>(any).unwrap().unwrap().root
    }

    #[test]
    fn the_root_is_filled_in() {
        let (ours, theirs) = (Path::new("/b/ctrd-shim"), Path::new("/b/containerd-shim-kata-v2"));
        let state = Path::new("/run/ctrd/ocirun");
        assert_eq!(root(&complete(None, ours, state).unwrap()), "/run/ctrd/ocirun");
        assert_eq!(complete(None, theirs, state), None);

        let given = any::pack(&Options { binary_name: "crun".into(), ..Options::default() });
        let out = complete(Some(given), theirs, state).unwrap();
        let options = any::unpack::<Options>(&out).unwrap().unwrap();
        assert_eq!((options.binary_name.as_str(), options.root.as_str()), ("crun", "/run/ctrd/ocirun"));

        let given = any::pack(&Options { root: "/mine".into(), ..Options::default() });
        assert_eq!(complete(Some(given.clone()), ours, state), Some(given));
        let other = Any { type_url: "x.Options".into(), value: vec![1] };
        assert_eq!(complete(Some(other.clone()), ours, state), Some(other));
    }

    #[test]
    fn sockets_fit() {
        assert_eq!(socket_dir(Path::new("/run/ctrd")), Path::new("/run/ctrd/s"));
        let long = PathBuf::from(format!("/tmp/{}", "x".repeat(60)));
        let dir = socket_dir(&long);
        assert!(dir.as_os_str().len() <= MAX_SOCKET_DIR, "{}", dir.display());
        assert_ne!(dir, socket_dir(&long.join("y")));
        assert_eq!(dir, socket_dir(&long));
    }
}
