//! `ocirun spec`: a config.json to begin with.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};

use anyhow::{Context, Result, bail};
use nix::unistd::{getegid, geteuid};

use crate::cli::Spec;
use crate::{cgroup, plan};

/// Markers in `@` stand where an ordinary user's differs.
const TEMPLATE: &str = include_str!("spec.json");

pub fn spec(args: &Spec) -> Result<i32> {
    let path = args.bundle.join(args.file.as_deref().unwrap_or("config.json".as_ref()));
    let mut how = OpenOptions::new();
    // A file that was named may be there, and be a terminal or a pipe.
    match args.file {
        Some(_) => how.write(true).create(true).truncate(true),
        None => how.write(true).create_new(true),
    };
    let ids = args.rootless.then(|| (geteuid().as_raw(), getegid().as_raw()));
    let mut file = match how.open(&path) {
        Err(e) if e.kind() == ErrorKind::AlreadyExists => bail!("File config.json exists. Remove it first"),
        other => other.with_context(|| format!("create {}", path.display()))?,
    };
    file.write_all(text(ids, ids.is_some() || cgroup::only_v2()).as_bytes())
        .with_context(|| format!("write {}", path.display()))?;
    Ok(0)
}

/// For root, or for the user and group that are to be root inside.
/// On v1 a container of root sees its cgroups by their whole paths, as callers expect it there;
/// one of a user has perhaps none, and sees those it is in from below.
pub fn text(ids: Option<(u32, u32)>, namespace_of_cgroups: bool) -> String {
    let network = "{\"type\": \"network\"}";
    let sys = "\"type\": \"sysfs\",\n\t\t\t\"source\": \"sysfs\",\n\t\t\t\"options\": [\"nosuid\", \"noexec\", \"nodev\", \"ro\"]";
    let (sys, namespace, gid, maps) = match ids {
        None => (sys.to_string(), network, ", \"gid=5\"", String::new()),
        // Without a network namespace of its own sysfs cannot be mounted, and only one id is mapped.
        Some((uid, gid)) => {
            let map = |kind: &str, id: u32| {
                format!("\t\t\"{kind}Mappings\": [{{\"containerID\": 0, \"hostID\": {id}, \"size\": 1}}],\n")
            };
            let sys = sys
                .replace("\"type\": \"sysfs\"", "\"type\": \"none\"")
                .replace("\"source\": \"sysfs\"", "\"source\": \"/sys\"")
                .replace("[\"", "[\"rbind\", \"");
            (sys, "{\"type\": \"user\"}", "", map("uid", uid) + &map("gid", gid))
        }
    };
    TEMPLATE
        .replace("@version@", plan::SPEC_VERSION)
        .replace("@sys@", &sys)
        .replace("@namespace@", namespace)
        .replace("@gid@", gid)
        .replace("@cgroup@", if namespace_of_cgroups { ",\n\t\t\t{\"type\": \"cgroup\"}" } else { "" })
        .replace("\t\t@maps@\n", &maps)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::namespace::Namespaces;
    use crate::validate;

    #[test]
    fn both_forms_are_valid() {
        for (ids, v2) in [(None, false), (Some((1000, 100)), false), (None, true)] {
            let spec: oci_spec::runtime::Spec = serde_json::from_str(&text(ids, v2)).expect("a config");
            let linux = spec.linux().clone().expect("linux");
            let ns = Namespaces::parse(&linux.namespaces().clone().unwrap_or_default()).expect("namespaces");
            validate::spec(&spec, &ns).expect("a valid config");
            assert_eq!(ns.has(libc::CLONE_NEWUSER), ids.is_some());
            assert_eq!(ns.has(libc::CLONE_NEWCGROUP), v2);
            assert_eq!(linux.uid_mappings().is_some(), ids.is_some());
        }
    }
}
