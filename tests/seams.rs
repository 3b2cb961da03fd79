//! The seams between the programs: Cargo edges follow exec edges, and nothing is shared beside them.

use std::collections::BTreeMap;

use crate::generated::root;

/// The program that each crate may link, because it starts that program.
const EDGES: [(&str, &[&str]); 4] =
    [("ctrd", &["ctrd-shim"]), ("ctrd-shim", &[]), ("ocirun", &["ocirun-init"]), ("ocirun-init", &[])];

#[test]
fn cargo_edges_follow_exec_edges() {
    let names: Vec<_> = EDGES.iter().map(|(name, _)| *name).collect();
    let found: BTreeMap<_, _> = names
        .iter()
        .map(|name| {
            let manifest = std::fs::read_to_string(root().join(name).join("Cargo.toml")).expect("a manifest");
            let links: Vec<_> = names
                .iter()
                .copied()
                .filter(|other| manifest.lines().any(|l| l.split(['=', ' ', '.']).next() == Some(other)))
                .collect();
            (*name, links)
        })
        .collect();
    let allowed: BTreeMap<_, _> = EDGES.iter().map(|(name, edges)| (*name, edges.to_vec())).collect();
    assert_eq!(found, allowed);
}

#[test]
fn the_workspace_has_the_four_programs_and_the_tests_alone() {
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).expect("the workspace's manifest");
    let members = manifest.lines().find(|l| l.starts_with("members")).expect("members");
    assert_eq!(members, r#"members = ["ctrd", "ctrd-shim", "ocirun", "ocirun-init", "tests"]"#);
}

#[test]
fn no_async_runtime_in_the_launch_path() {
    for name in ["ctrd-shim", "ocirun", "ocirun-init"] {
        let manifest = std::fs::read_to_string(root().join(name).join("Cargo.toml")).expect("a manifest");
        for word in ["tokio", "async", "tonic =", "tonic."] {
            assert!(!manifest.contains(word), "{name} names {word}");
        }
    }
}
