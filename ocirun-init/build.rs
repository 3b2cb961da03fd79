//! See `link.rs`.

// It reads the machine that it builds on.
#[allow(clippy::disallowed_methods)]
mod link;

fn main() {
    link::arguments();
    println!("cargo:rerun-if-changed=link.rs");
}
