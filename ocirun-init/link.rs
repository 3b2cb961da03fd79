//! How ocirun and ocirun-init are linked: static, at a fixed address (a program that may lie anywhere
//! relocates itself at every start, which dirties fifty pages before `main`), and to musl, where that can
//! be.
//!
//! glibc asks the processor some forty questions before `main`, to choose among its string functions. In a
//! virtual machine each of them (CPUID) leaves the machine: together they take longer than most of our
//! commands. musl asks nothing. It is made to have glibc's binary interface on this architecture, which the
//! standard library was built for; the two names that it lacks are in `src/musl.rs`. Elsewhere, and without
//! Debian's musl-dev or the linker that comes with Rust, it is glibc: slower, and otherwise the same.

use std::path::{Path, PathBuf};
use std::process::Command;

const MUSL: &str = "/usr/lib/x86_64-linux-musl";

/// Names of the interface for large files, which newer versions of musl keep for shared programs alone.
const NEEDED: &[&str] = &["open64", "openat64", "fstat64", "fstatat64", "statfs64", "lseek64", "readdir64"];

pub fn arguments() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed={MUSL}/libc.a");
    println!("cargo:rustc-check-cfg=cfg(musl)");
    println!("cargo:rerun-if-env-changed=CTRD_MAP");
    for word in ["-static", "-no-pie"] {
        println!("cargo:rustc-link-arg-bins={word}");
    }
    // The standard library starts hooks by posix_spawn where this is there, but does not ask for it to be
    // linked in; else it copies the process, and panics if it cannot read what the copy says.
    println!("cargo:rustc-link-arg-bins=-Wl,--undefined=posix_spawn_file_actions_addchdir_np");
    if !rust_lld() {
        return;
    }
    order();
    // For `tests/bench/order`: where each function lies.
    if let (Ok(dir), Ok(name)) = (std::env::var("CTRD_MAP"), std::env::var("CARGO_PKG_NAME")) {
        println!("cargo:rustc-link-arg-bins=-Wl,--no-demangle,-Map={dir}/{name}.map");
        std::fs::write(Path::new(&dir).join(name + ".made"), made_with()).expect("write beside the map");
    }
    if !fits() {
        return;
    }
    println!("cargo:rustc-cfg=musl");
    println!("cargo:rustc-link-arg-bins=-nostartfiles");
    for object in ["crt1.o", "crti.o", "crtn.o"] {
        println!("cargo:rustc-link-arg-bins={MUSL}/{object}");
    }
    // The compiler's unwinder asks for these weakly, and calls them all the same.
    for name in ["pthread_once", "pthread_mutex_lock", "pthread_mutex_unlock"] {
        println!("cargo:rustc-link-arg-bins=-Wl,-u,{name}");
    }
    // In the place of the path: libseccomp's library lies in the same folder as glibc's.
    for library in ["c", "m", "rt", "dl", "util", "pthread"] {
        println!("cargo:rustc-link-arg-bins=-Wl,--remap-inputs=*/lib{library}.a={MUSL}/lib{library}.a");
    }
}

/// What a launch calls lies together, so that few pages of the program are read. `tests/bench/order` makes
/// the list; a name that is not there any more is passed over. Most names have a hash of the compiler and
/// of all libraries below their crate: with others most are passed over, and the program is slower.
fn order() {
    let list = Path::new(&std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("order");
    println!("cargo:rerun-if-changed=order");
    if std::env::var("PROFILE").is_ok_and(|profile| profile == "release") && list.exists() {
        println!("cargo:rustc-link-arg-bins=-Wl,--symbol-ordering-file={}", list.display());
        println!("cargo:rustc-link-arg-bins=-Wl,--no-warn-symbol-ordering");
        let text = std::fs::read_to_string(&list).unwrap_or_default();
        if text.lines().next() != Some(made_with().as_str()) {
            let list = list.display();
            println!("cargo:warning={list} was made with other libraries: tests/bench/order makes it anew");
        }
    }
}

/// What the names in a list depend on; its first line, which is a comment to the linker.
fn made_with() -> String {
    let lock = Path::new(&std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("../Cargo.lock");
    println!("cargo:rerun-if-changed={}", lock.display());
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = Command::new(rustc).arg("--version").output().map(|output| output.stdout);
    // FNV-1a: enough to see a change.
    let text = [version.unwrap_or_default(), std::fs::read(&lock).unwrap_or_default()].concat();
    let digest = text.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3)
    });
    format!("# made with {digest:016x}")
}

fn fits() -> bool {
    let target = std::env::var("TARGET").unwrap_or_default();
    let library = std::fs::read(Path::new(MUSL).join("libc.a")).unwrap_or_default();
    let has = |name: &&str| {
        let name = [b"\0", name.as_bytes(), b"\0"].concat();
        library.windows(name.len()).any(|bytes| bytes == name)
    };
    target == "x86_64-unknown-linux-gnu" && NEEDED.iter().all(has)
}

/// Whether the linker is the one that can be told to take another file.
fn rust_lld() -> bool {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let said = Command::new(rustc).args(["--print", "sysroot"]).output();
    let said = said.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    let host = std::env::var("HOST").unwrap_or_default();
    said.is_ok_and(|root| {
        PathBuf::from(root).join("lib/rustlib").join(host).join("bin/gcc-ld/ld.lld").exists()
    })
}
