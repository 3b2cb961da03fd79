//! Files that are made from others and committed: held current here, rewritten with `UPDATE=1`.
//!
//! `UPDATE=1 cargo test -p tests generated` writes them; without it a difference is a failure.

mod docs;
mod examples;
mod proto;

use std::path::{Path, PathBuf};

/// The workspace's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ is below the root").to_path_buf()
}

/// Compares `text` with the file at `path` (relative to the root), or writes it there.
pub fn hold(path: &str, text: &str) {
    let file = root().join(path);
    let old = std::fs::read_to_string(&file).unwrap_or_default();
    if old == text {
        return;
    }
    if std::env::var_os("UPDATE").is_some() {
        std::fs::create_dir_all(file.parent().expect("a file has a parent")).expect("create the folder");
        std::fs::write(&file, text).unwrap_or_else(|e| panic!("write {path}: {e}"));
        return;
    }
    panic!("{path} is out of date: run UPDATE=1 cargo test -p tests generated");
}
