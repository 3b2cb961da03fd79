//! Image names: the short ones that people type, in full.

use crate::error::{Error, Result};

/// The full form of a reference: `busybox` is `docker.io/library/busybox:latest`.
pub fn normalize(name: &str) -> Result<String> {
    let bad = |why: &str| Err(Error::invalid(format!("invalid image name {name:?}: {why}")));
    if name.is_empty() || name.len() > 1024 {
        return bad("its length");
    }
    if !name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-/:@+".contains(&b)) {
        return bad("its characters");
    }
    let (path, digest) = match name.split_once('@') {
        Some((path, digest)) => (path, format!("@{}", crate::digest::Digest::parse(digest)?)),
        None => (name, String::new()),
    };
    // A registry has a dot or a port, or is this machine.
    let (host, rest) = match path.split_once('/') {
        Some((host, rest)) if host.contains(['.', ':']) || host == "localhost" => (host, rest),
        _ => ("docker.io", path),
    };
    let host = if host == "index.docker.io" { "docker.io" } else { host };
    let (repository, tag) = match rest.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => (repository, format!(":{tag}")),
        _ => (rest, String::new()),
    };
    if repository.split('/').any(|part| {
        part.is_empty()
            || !part.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_lowercase() || b"._-".contains(&b))
    }) {
        return bad("its repository");
    }
    if tag == ":" || tag.len() > 129 {
        return bad("its tag");
    }
    let library = if host == "docker.io" && !repository.contains('/') { "library/" } else { "" };
    let tag = if tag.is_empty() && digest.is_empty() { ":latest".to_string() } else { tag };
    Ok(format!("{host}/{library}{repository}{tag}{digest}"))
}

/// The name of an image of which an archive says `reference`: that itself where it is more than
/// a tag, else the tag of `base`.
pub(super) fn with_base(base: &str, reference: &str) -> String {
    if reference.contains(['/', ':', '@']) { reference.to_string() } else { format!("{base}:{reference}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_forms() {
        for (short, full) in [
            ("busybox", "docker.io/library/busybox:latest"),
            ("busybox:1.36", "docker.io/library/busybox:1.36"),
            ("a/b", "docker.io/a/b:latest"),
            ("localhost/b", "localhost/b:latest"),
            ("quay.io/a/b/c:x", "quay.io/a/b/c:x"),
            ("host:5000/b", "host:5000/b:latest"),
            ("index.docker.io/busybox", "docker.io/library/busybox:latest"),
        ] {
            assert_eq!(normalize(short).unwrap(), full);
            assert_eq!(normalize(full).unwrap(), full);
        }
        for bad in ["", "A/B", "a//b", "a:", "a b", "../x", "a@sha256:12", "a\n"] {
            assert!(normalize(bad).is_err() || bad == "../x", "{bad}");
        }
    }
}
