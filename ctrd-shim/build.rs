//! See `link.rs` of ocirun-init.

// It reads the machine that it builds on.
#[allow(clippy::disallowed_methods)]
#[path = "../ocirun-init/link.rs"]
mod link;

fn main() {
    link::arguments();
    println!("cargo:rerun-if-changed=../ocirun-init/link.rs");
}
