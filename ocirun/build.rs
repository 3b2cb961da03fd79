//! A program at a fixed address: a static one that may lie anywhere relocates itself at every start,
//! which dirties fifty pages before `main`.

fn main() {
    println!("cargo:rustc-link-arg-bins=-static");
    println!("cargo:rustc-link-arg-bins=-no-pie");
    println!("cargo:rerun-if-changed=build.rs");
}
