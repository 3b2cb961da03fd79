//! What lies in an image under the names of helpers is run by nobody, whatever is done with the image.

use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use serde_json::json;

use super::image;
use crate::bin;
use crate::stack::Stack;
use crate::traces::none_of;

/// The names under which helpers are looked for: they are none of ours to start, least of all the image's own.
const HELPERS: &[&str] = &[
    "tar",
    "gzip",
    "gunzip",
    "pigz",
    "unpigz",
    "zstd",
    "unzstd",
    "zstdcat",
    "xz",
    "xzcat",
    "bzip2",
    "getent",
    "id",
    "mount",
    "umount",
    "modprobe",
    "newuidmap",
    "newgidmap",
    "ldconfig",
    "nsenter",
    "docker-untar",
    "ctrd",
    "ctrd-shim",
    "containerd-shim-runc-v2",
    "containerd-shim-ctrd-v2",
    "ocirun",
    "ocirun-init",
    "runc",
    "crun",
    "criu",
    "losetup",
    "mkfs.ext4",
    "mkfs.erofs",
];

/// CVE-2014-9357, CVE-2019-14271, CVE-2026-41567: nothing of an image is run or loaded but its own program, in its
/// container, whatever is done with the image, and nobody's helpers are.
#[test]
fn helpers_of_an_image_never_run() {
    if !bin::peer("strace") {
        return;
    }
    let stack = Stack::new();
    let mark = format!("/ran-{}", stack.dir.path().file_name().expect("a name").display());
    let dir = tempfile::tempdir_in(stack.dir.path()).expect("a folder");
    let root = dir.path().join("root");
    crate::fixture::rootfs(&root);
    std::fs::create_dir_all(root.join("usr/lib/x86_64-linux-gnu")).expect("a folder");
    symlink("../bin", root.join("usr/bin")).expect("a link");
    for name in HELPERS {
        let file = root.join("bin").join(name);
        let _ = std::fs::remove_file(&file);
        std::fs::write(&file, format!("#!/bin/sh\necho $0 >>{mark}\n")).expect("a program");
        bin::run(Command::new("chmod").arg("4755").arg(&file)).ok();
    }
    for name in ["libnss_files.so.2", "libnss_compat.so.2", "libc.so.6", "libgcc_s.so.1"] {
        std::fs::write(root.join("usr/lib/x86_64-linux-gnu").join(name), "no library").expect("a file");
    }
    std::fs::write(root.join("etc/nsswitch.conf"), "passwd: files evil\n").expect("a file");
    let layout = image::Layout::new(&dir.path().join("layout"));
    let config = json!({"User": "web", "Env": ["PATH=/bin:/usr/bin"], "Cmd": ["true"]});
    let manifest = layout.manifest(&layout.layer(&root), &config).to_string();
    layout.index(&layout.put("manifest.v1+json", manifest.as_bytes()));
    let archive = stack.path("archive.tar");
    bin::run(Command::new("tar").arg("-C").arg(layout.path()).arg("-cf").arg(&archive).arg(".")).ok();
    let (archive, out) = (archive.to_str().expect("UTF-8"), stack.path("out"));
    let out = out.to_str().expect("UTF-8");
    let (mounted, copy) = (format!("{out}-mounted"), format!("{out}-exported"));
    std::fs::create_dir(&mounted).expect("a folder");
    let lines: &[&[&str]] = &[
        &["image", "import", "--name", "evil", archive],
        &["image", "import", "--name", "native", "--snapshotter", "native", archive],
        &["run", "--name", "it-helpers", "evil", "true"],
        &["run", "--rm", "--user", "web", "evil", "true"],
        &["cp", "it-helpers:/etc", out],
        &["cp", "it-helpers:/bin/tar", "-"],
        &["cp", archive, "it-helpers:/tmp/in"],
        &["diff", "it-helpers"],
        &["commit", "it-helpers", "committed"],
        &["run", "--rm", "committed", "true"],
        &["image", "export", "-o", &copy, "committed"],
        &["image", "mount", "evil", &mounted],
        &["image", "unmount", &mounted],
    ];
    for line in lines {
        executes_nothing(&stack, line);
    }
    stack.run(&["run", "-d", "--name", "it-helpers-live", "evil", "sleep", "3000"]).ok();
    let lines: &[&[&str]] = &[
        &["exec", "--user", "1000", "it-helpers-live", "true"],
        &["cp", "it-helpers-live:/bin", &format!("{out}-bin")],
        &["cp", "it-helpers-live:/bin/tar", "-"],
        &["cp", archive, "it-helpers-live:/tmp/in"],
        &["diff", "it-helpers-live"],
        &["commit", "it-helpers-live", "again"],
        &["stop", "--time", "0", "it-helpers-live"],
        &["rm", "it-helpers-live"],
    ];
    for line in lines {
        executes_nothing(&stack, line);
    }
    assert!(!Path::new(&mark).exists(), "{:?}", std::fs::read_to_string(&mark));
    assert!(stack.run(&["cp", &format!("it-helpers:{mark}"), out]).code != 0, "one ran in its container");
    stack.run(&["rm", "it-helpers"]).ok();
    none_of(&["it-helpers"]);
}

/// Runs a line of ctrd's, of which no program may come but our own ones and the container's own, /bin/true, and no
/// library of the image's.
fn executes_nothing(stack: &Stack, line: &[&str]) {
    let trace = stack.path("trace");
    let ctrd = stack.command(line);
    let mut strace = Command::new("strace");
    strace.args(["-f", "-qq", "-e", "trace=execve,execveat,openat", "-o"]).arg(&trace);
    let done = bin::run(strace.arg(ctrd.get_program()).args(ctrd.get_args()));
    assert_eq!(done.code, 0, "{line:?}: {done:?}");
    let text = std::fs::read_to_string(&trace).expect("the trace");
    assert!(text.contains("execve("), "{line:?}: nothing is traced");
    for call in text.lines().filter(|call| call.contains("execve")) {
        if [" = -1 ", "resumed>", " --- "].iter().any(|word| call.contains(word)) {
            continue;
        }
        let path = call.split('"').nth(1).unwrap_or_default();
        let ours = Path::new(path).starts_with(bin::dir()) || call.contains("\"ocirun-init\"");
        assert!(ours || path == "/bin/true", "{line:?}: {call}");
    }
    // As the C library opens them, by their whole names.
    let mut looked_up = text.lines().filter(|call| call.contains("openat(AT_FDCWD, \"/"));
    let library = looked_up.find(|call| call.contains("libnss_") || call.contains("nsswitch.conf"));
    assert_eq!(library, None, "{line:?}");
}
