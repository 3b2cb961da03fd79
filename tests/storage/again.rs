//! An import that was killed or interrupted, and the same once more: what is there is not written again, not read where it
//! can be passed over, and not unpacked again. What was wrong leaves nothing.

use std::collections::BTreeMap;
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;

use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{Id, WaitPidFlag, waitid};
use nix::unistd::Pid;

use super::{BLOBS, SNAPSHOTS, kill as killed, shell};
use crate::bin;
use crate::fixture;
use crate::stack::Stack;

/// An archive of so many layers, each of one large file, with the name `large`.
const ARCHIVE: &str = r#"
    for n in $(seq "$2"); do
        mkdir -p "$n/opt"; head -c "$3" /dev/urandom >"$n/opt/$n"; tar -C "$n" -cf "$n.tar" .
        layer "$n.tar" layer.v1.tar "$(digest "$n.tar")"
    done
    archive large
"#;

const LAYER: u64 = 8 << 20;

/// What the metadata, the documents and the reading ahead take at most.
const REST: u64 = 4 << 20;

fn archive(dir: &Path, layers: usize) -> PathBuf {
    shell(ARCHIVE, dir, &[layers.to_string(), LAYER.to_string()]);
    dir.join("large.tar")
}

/// The layers' blobs that are whole: which file each is, and since when it has been as it is.
fn blobs(lib: &Path) -> BTreeMap<PathBuf, (u64, i64, i64)> {
    let all = std::fs::read_dir(lib.join(BLOBS)).into_iter().flatten().flatten();
    let known = all.filter_map(|entry| Some((entry.path(), entry.metadata().ok()?)));
    let large = known.filter(|(_, meta)| meta.len() >= LAYER);
    large.map(|(path, meta)| (path, (meta.ino(), meta.mtime(), meta.mtime_nsec()))).collect()
}

/// How much was written of blobs that are not whole.
fn begun(lib: &Path) -> u64 {
    let all = std::fs::read_dir(lib.join("io.containerd.content.v1.content/ingest")).into_iter().flatten();
    let data = all.flatten().filter_map(|entry| entry.path().join("data").metadata().ok());
    data.map(|meta| meta.len()).sum()
}

/// One layer is whole, and a part of another is there.
fn amid(lib: &Path) -> bool {
    !blobs(lib).is_empty() && begun(lib) >= LAYER / 4
}

/// How many bytes a process has read and written, by whatever call and to wherever.
fn io(pid: u32) -> (u64, u64) {
    let text = std::fs::read_to_string(format!("/proc/{pid}/io")).expect("its figures");
    let figure = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok());
    (figure("rchar:").expect("a number"), figure("wchar:").expect("a number"))
}

/// Runs a command that succeeds, and tells how much it read and wrote.
fn figures(mut command: Command) -> (u64, u64) {
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("run ctrd");
    let end = WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT;
    waitid(Id::Pid(Pid::from_raw(child.id() as i32)), end).expect("its end");
    let figures = io(child.id());
    bin::done(&child.wait_with_output().expect("its end")).ok();
    figures
}

/// Of `layers` layers `whole` are there, and a part of another.
fn goes_on(layers: u64, whole: u64, part: u64, (read, written): (u64, u64)) {
    let missing = layers * LAYER - whole * LAYER - part;
    assert!(written < missing + REST, "{written} bytes written, where {missing} were missing");
    // What is there of a part is read where it is, and passed over in the archive.
    assert!(
        read < missing + 2 * part + REST,
        "{read} bytes read, where {missing} were missing beside {part}"
    );
}

#[test]
fn an_import_that_was_killed_goes_on() {
    let work = fixture::temp();
    let archive = archive(work.path(), 3);
    let stack = Stack::new();
    let import = || stack.command(&["image", "import", "--no-unpack", archive.to_str().expect("UTF-8")]);
    let lib = stack.path("lib");
    assert_eq!(
        killed::when(
            &import(),
            {
                let lib = lib.clone();
                move |_| amid(&lib)
            },
            |_| ()
        ),
        None
    );
    let (whole, part) = (blobs(&lib), begun(&lib));
    assert!((LAYER / 4..LAYER).contains(&part), "{part}");
    goes_on(3, whole.len() as u64, part, figures(import()));
    assert_eq!(begun(&lib), 0, "it took up what was begun");
    let after = blobs(&lib);
    assert!(after.len() == 3 && whole.iter().all(|(path, file)| after[path] == *file), "{whole:?} {after:?}");
    assert_eq!(stack.run(&["content", "fsck"]).ok(), "");
    // Once all is there, nothing is written, and next to nothing read.
    goes_on(3, 3, 0, figures(import()));
}

#[test]
fn so_does_one_whose_server_was_killed() {
    let work = fixture::temp();
    let archive = archive(work.path(), 3);
    let stack = Stack::new();
    let import = || stack.command(&["image", "import", "--no-unpack", archive.to_str().expect("UTF-8")]);
    let lib = stack.path("lib");
    let config = stack.path("quiet.toml");
    std::fs::write(&config, "version = 3\n[debug]\nlevel = \"error\"\n").expect("write the configuration");
    let (told, pid) = mpsc::channel();
    let tracer = std::thread::spawn({
        let (lib, server) =
            (lib.clone(), stack.command(&["serve", "--config", config.to_str().expect("UTF-8")]));
        move || killed::when(&server, move |_| amid(&lib), move |pid| told.send(pid).expect("a listener"))
    });
    pid.recv().expect("a process");
    while UnixStream::connect(stack.address()).is_err() && !tracer.is_finished() {
        std::thread::yield_now();
    }
    let line = bin::run(&mut import()).fails(1);
    assert!(line.contains("the connection to the server broke"), "{line}");
    assert_eq!(tracer.join().expect("the tracer"), None);
    let (whole, part) = (blobs(&lib), begun(&lib));
    let server = stack.serve();
    let (read, written) = io(server.pid());
    bin::run(&mut import()).ok();
    let after = io(server.pid());
    // What is written to a server it reads first.
    let read = (after.0 - read) / 2;
    goes_on(3, whole.len() as u64, part, (read, after.1 - written));
    assert!(whole.iter().all(|(path, file)| blobs(&lib)[path] == *file));
}

/// Not even of a pipe is written again what is whole.
#[test]
fn so_does_one_that_was_interrupted() {
    let work = fixture::temp();
    let archive = archive(work.path(), 3);
    let bytes = std::fs::read(&archive).expect("read the archive");
    for with_server in [false, true] {
        let stack = Stack::new();
        let server = with_server.then(|| stack.serve());
        let lib = stack.path("lib");
        let interrupt = |sent: &[u8], seen: &dyn Fn() -> bool| {
            let mut import = stack.command(&["image", "import", "--no-unpack", "-"]);
            let mut child = import.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("run ctrd");
            let mut pipe = child.stdin.take().expect("its input");
            pipe.write_all(sent).expect("send");
            let mut ended = false;
            while !seen() && !ended {
                ended = child.try_wait().expect("look for it").is_some();
            }
            if !ended {
                kill(Pid::from_raw(child.id() as i32), Signal::SIGINT).expect("interrupt it");
            }
            let done = bin::done(&child.wait_with_output().expect("its end"));
            assert!(done.code == 130 && done.stderr.contains("interrupted by SIGINT"), "{done:?}");
        };
        let leases = || stack.run(&["lease", "ls", "-q"]).ok().lines().count();
        // Of nothing nothing is kept.
        interrupt(&[], &|| leases() == 1);
        assert_eq!(leases(), 0);
        interrupt(&bytes[..2 * LAYER as usize], &|| !blobs(&lib).is_empty());
        let whole = blobs(&lib);
        assert_eq!(leases(), 1);
        let figures =
            figures(stack.command(&["image", "import", "--no-unpack", archive.to_str().expect("UTF-8")]));
        if server.is_none() {
            goes_on(3, whole.len() as u64, 0, figures);
        }
        assert!(whole.iter().all(|(path, file)| blobs(&lib)[path] == *file));
        assert_eq!(stack.run(&["image", "ls", "-q"]).ok(), "large\n");
    }
}

#[test]
fn a_layer_that_was_unpacked_is_not_unpacked_again() {
    let at_once = ctrd::client::unpack::at_once("overlayfs");
    let layers = at_once + 3;
    let work = fixture::temp();
    let archive = archive(work.path(), layers);
    let stack = Stack::new();
    let import = || stack.command(&["image", "import", archive.to_str().expect("UTF-8")]);
    let folders = stack.path("lib").join(SNAPSHOTS);
    // When the last of these is begun, two of those before have been put in their places.
    let due = move |_| std::fs::read_dir(&folders).is_ok_and(|all| all.count() >= at_once + 2);
    assert_eq!(killed::when(&import(), due, |_| ()), None);
    let committed = || {
        let all = stack.run(&["snapshot", "ls", "--format", "json"]).ok();
        let all = all.lines().filter(|line| line.contains("\"committed\"")).map(str::to_string);
        all.collect::<Vec<_>>()
    };
    let before = committed();
    assert!(before.len() >= 2, "{before:?}");
    let (_, written) = figures(import());
    let missing = (layers - before.len()) as u64 * LAYER;
    assert!(written < missing + REST, "{written} bytes written, where {missing} were to be unpacked");
    let after = committed();
    assert!(after.len() == layers && before.iter().all(|one| after.contains(one)), "{before:#?} {after:#?}");
    let shown = super::shown(&stack, "large");
    for n in 1..=layers {
        assert!(shown.iter().any(|line| line.contains(&format!("opt/{n}"))), "{n}: {shown:#?}");
    }
}

#[test]
fn of_what_is_wrong_nothing_is_kept() {
    let work = fixture::temp();
    let archive = archive(work.path(), 2);
    let mut bytes = std::fs::read(&archive).expect("read the archive");
    let stack = Stack::new();
    let import = |name: &str, bytes: &[u8]| {
        let path = work.path().join(name);
        std::fs::write(&path, bytes).expect("write the archive");
        stack.run(&["image", "import", path.to_str().expect("UTF-8")])
    };
    let cut = import("cut.tar", &bytes[..bytes.len() / 2]).fails(1);
    assert!(cut.contains("read archive"), "{cut}");
    let amid = bytes.len() / 2;
    bytes[amid] ^= 1;
    let other = import("other.tar", &bytes).fails(1);
    assert!(other.contains("unexpected commit digest"), "{other}");
    let lib = stack.path("lib");
    assert_eq!((blobs(&lib).len(), begun(&lib)), (0, 0));
    assert_eq!(stack.run(&["lease", "ls", "-q"]).ok(), "");
    // The same bytes under a digest of which the right ones are there: those are the image's.
    bytes[amid] ^= 1;
    import("large.tar", &bytes).ok();
    let right = super::shown(&stack, "large");
    bytes[amid] ^= 1;
    import("other.tar", &bytes).ok();
    assert_eq!(super::shown(&stack, "large"), right);
    assert_eq!(stack.run(&["content", "fsck"]).ok(), "");
}
