//! Rust from the interface definitions: `ctrd-shim/proto` and `ctrd/proto` into `src/api/`.

use std::path::{Path, PathBuf};

use super::{hold, root};

#[test]
fn generated_shim_api() {
    compile("ctrd-shim", false);
}

#[test]
fn generated_ctrd_api() {
    compile("ctrd", true);
}

/// Compiles every `.proto` below `<krate>/proto`, one Rust file a package, into `<krate>/src/api`.
fn compile(krate: &str, services: bool) {
    let protos = root().join(krate).join("proto");
    let mut files = Vec::new();
    find(&protos, &mut files);
    files.sort();
    assert!(!files.is_empty(), "no .proto below {}", protos.display());
    let set = protox::compile(&files, [&protos]).unwrap_or_else(|e| panic!("{e:?}"));
    let out = tempfile::tempdir().expect("a temporary folder");
    tonic_prost_build::configure()
        .out_dir(out.path())
        .build_client(services)
        .build_server(services)
        .build_transport(false)
        .bytes(if services { "." } else { "none" })
        .emit_rerun_if_changed(false)
        .compile_fds(set)
        .unwrap_or_else(|e| panic!("{e}"));
    for entry in std::fs::read_dir(out.path()).expect("list the output") {
        let path = entry.expect("an entry").path();
        let text = std::fs::read_to_string(&path).expect("read the output");
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        hold(&format!("{krate}/src/api/{name}"), &text);
    }
}

fn find(dir: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).unwrap_or_else(|e| panic!("{}: {e}", dir.display())) {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            find(&path, files);
        } else if path.extension().is_some_and(|e| e == "proto") {
            files.push(path);
        }
    }
}
