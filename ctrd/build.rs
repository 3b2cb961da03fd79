//! How ctrd is linked: static, at a fixed address. A program that may lie anywhere relocates itself at
//! every start, which dirties some hundreds of pages before `main`.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    for word in ["-static", "-no-pie"] {
        println!("cargo:rustc-link-arg-bins={word}");
    }
    // The standard library starts shims by posix_spawn where these are there, but does not ask for them to be
    // linked in; else it copies the whole server's memory map for each.
    for name in ["posix_spawn_file_actions_addchdir_np", "gnu_get_libc_version"] {
        println!("cargo:rustc-link-arg-bins=-Wl,--undefined={name}");
    }
}
