//! See `link.rs` of ocirun-init.

#[path = "../ocirun-init/link.rs"]
mod link;

fn main() {
    link::arguments();
    println!("cargo:rerun-if-changed=../ocirun-init/link.rs");
}
