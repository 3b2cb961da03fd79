//! See `link.rs`.

mod link;

fn main() {
    link::arguments();
    println!("cargo:rerun-if-changed=link.rs");
}
