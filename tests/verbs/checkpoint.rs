//! `ctrd checkpoint`, `ctrd restore` and `ctrd start --checkpoint`: a container goes on where it was, as
//! another one or elsewhere.

use super::{both_ways, inspect, objects};
use crate::bin;
use crate::stack::Stack;

/// Counts the signals that it gets, in memory, and tells in a file.
pub const COUNT: &str =
    "i=0; trap 'i=$((i+1)); echo $i >>/n' USR1; echo ready >>/n; while :; do sleep 1000 & wait; done";

/// Waits until the last line of a counter's file is this one.
pub fn until(read: impl Fn() -> String, line: &str) {
    while read().lines().last() != Some(line) {
        std::thread::yield_now();
    }
}

/// Has a counter count one more, and tells what it says then.
pub fn next(read: impl Fn() -> String, signal: impl FnOnce()) -> String {
    let before = read().lines().count();
    signal();
    loop {
        let text = read();
        if text.lines().count() > before {
            return text.lines().last().unwrap_or_default().to_string();
        }
        std::thread::yield_now();
    }
}

fn read(stack: &Stack, id: &str) -> String {
    stack.run(&["exec", id, "cat", "/n"]).stdout
}

fn count(stack: &Stack, id: &str, want: &str) {
    let signal = || drop(stack.run(&["kill", "-s", "USR1", id]).ok());
    assert_eq!(next(|| read(stack, id), signal), want, "{id}");
}

fn counter(stack: &Stack, id: &str) {
    stack.run(&["run", "-d", "--name", id, "--label", "a=b", "busybox", "sh", "-c", COUNT]).ok();
    until(|| read(stack, id), "ready");
}

fn status(stack: &Stack, id: &str) -> String {
    let all = objects(&stack.run(&["ps", "--format", "json"]).ok());
    let one = all.iter().find(|one| one["id"] == id).unwrap_or_else(|| panic!("no {id}: {all:?}"));
    one["status"].as_str().unwrap_or("none").to_string()
}

#[test]
fn a_container_goes_on_as_another_one() {
    if !bin::peer("criu") {
        return;
    }
    both_ways(|stack, how| {
        counter(stack, "it-ck");
        count(stack, "it-ck", "1");
        count(stack, "it-ck", "2");
        let digest = stack.run(&["checkpoint", "it-ck", "saved"]).ok();
        assert!(digest.starts_with("sha256:"), "{how}: {digest}");
        assert_eq!(status(stack, "it-ck"), "running", "{how}: it goes on");
        count(stack, "it-ck", "3");
        stack.run(&["rm", "-f", "it-ck"]).ok();
        // The collector leaves what the image needs.
        stack.run(&["tag", "busybox", "other"]).ok();
        stack.run(&["image", "rm", "--sync", "other"]).ok();
        for id in ["it-ck", "it-ck2"] {
            assert_eq!(stack.run(&["restore", id, "saved"]).ok(), format!("{id}\n"), "{how}");
            count(stack, id, "3");
        }
        let one = inspect(stack, "it-ck2");
        assert_eq!(one["labels"]["a"], "b", "{how}");
        assert_eq!(one["spec"]["linux"]["cgroupsPath"], "/default/it-ck2", "{how}");
        stack.run(&["rm", "-f", "it-ck", "it-ck2"]).ok();
        // Without its processes it begins anew; without its changes they are not there.
        stack.run(&["restore", "--rw", "it-ck", "saved"]).ok();
        until(|| read(stack, "it-ck"), "ready");
        assert_eq!(read(stack, "it-ck"), "ready\n1\n2\nready\n", "{how}");
        count(stack, "it-ck", "1");
        stack.run(&["rm", "-f", "it-ck"]).ok();
        stack.run(&["image", "rm", "--sync", "saved"]).ok();
        let left = stack.run(&["content", "ls"]).ok();
        assert!(!left.contains(digest.trim_end()), "{how}: {left}");
    });
}

#[test]
fn a_container_is_ended_and_goes_on_later() {
    if !bin::peer("criu") {
        return;
    }
    both_ways(|stack, how| {
        counter(stack, "it-later");
        count(stack, "it-later", "1");
        stack.run(&["checkpoint", "--task", "--exit", "it-later", "saved"]).ok();
        assert_eq!(status(stack, "it-later"), "stopped", "{how}");
        assert_eq!(stack.run(&["start", "--checkpoint", "saved", "it-later"]).ok(), "it-later\n");
        count(stack, "it-later", "2");
        let work = stack.path("lib/io.containerd.runtime.v2.task/default/it-later");
        let left: Vec<_> = std::fs::read_dir(work).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert!(!left.iter().any(|name| name == "restoring" || name == "saving"), "{how}: {left:?}");
        // By the name that is made up, and from a folder.
        let name = stack.run(&["task", "checkpoint", "it-later"]).ok();
        assert!(name.starts_with("containerd.io/checkpoint/it-later:"), "{how}: {name}");
        let folder = stack.path("images").display().to_string();
        stack.run(&["task", "checkpoint", "--exit", "--image-path", &folder, "it-later"]).ok();
        for flags in [["--image-path", &folder], ["--checkpoint", name.trim_end()]] {
            stack.run(&["wait", "it-later"]).ok();
            stack.run(&["task", "delete", "--force", "it-later"]).ok();
            stack.run(&[&["task", "start", "-d"], &flags[..], &["it-later"]].concat()).ok();
            count(stack, "it-later", "3");
            stack.run(&["kill", "-s", "KILL", "it-later"]).ok();
        }
        stack.run(&["rm", "-f", "it-later"]).ok();
        stack.run(&["rmi", "saved", name.trim_end()]).ok();
        std::fs::remove_dir_all(folder).unwrap();
    });
}

#[test]
fn a_saved_container_is_taken_elsewhere() {
    if !bin::peer("criu") {
        return;
    }
    let (here, there) = (Stack::with_busybox(), Stack::new());
    counter(&here, "it-move");
    count(&here, "it-move", "1");
    here.run(&["checkpoint", "--exit", "it-move", "saved"]).ok();
    let archive = here.path("saved.tar").display().to_string();
    here.run(&["image", "export", "--output", &archive, "saved"]).ok();
    here.run(&["rm", "it-move"]).ok();
    there.run(&["image", "import", &archive]).ok();
    there.run(&["restore", "--trust", "it-move", "saved"]).ok();
    count(&there, "it-move", "2");
    let images = there.run(&["image", "ls", "-q"]).ok();
    assert!(images.contains("busybox") && images.contains("saved"), "{images}");
    // The processes of such an image in a container that was there, too.
    there.run(&["kill", "-s", "KILL", "it-move"]).ok();
    there.run(&["wait", "it-move"]).ok();
    there.run(&["start", "--checkpoint", "saved", "it-move"]).fails(1);
    assert_eq!(status(&there, "it-move"), "stopped");
    there.run(&["start", "--trust", "--checkpoint", "saved", "it-move"]).ok();
    count(&there, "it-move", "2");
    there.run(&["rm", "-f", "it-move"]).ok();
}

/// A specification that came with an image mounts nothing of this machine, nor runs anything, unless it is trusted.
#[test]
fn an_image_from_elsewhere_is_not_trusted() {
    let (here, there) = (Stack::with_busybox(), Stack::new());
    let seen = here.path("seen");
    std::fs::create_dir(&seen).unwrap();
    let volume = format!("{}:/seen", seen.display());
    here.run(&["create", "--name", "it-far", "-v", &volume, "busybox", "touch", "/seen/file"]).ok();
    here.run(&["checkpoint", "it-far", "saved"]).ok();
    let archive = here.path("saved.tar").display().to_string();
    here.run(&["image", "export", "--output", &archive, "saved"]).ok();
    here.run(&["rm", "it-far"]).ok();
    there.run(&["image", "import", &archive]).ok();
    let root = here.path("busybox-root").display().to_string();
    let line = there.run(&["restore", "it-far", "saved"]).fails(1);
    assert!(line.contains("image saved: was not saved here"), "{line}");
    assert_eq!(there.run(&["ps", "-aq"]).ok(), "");
    // Nor does anything go on that it has in memory.
    there.run(&["create", "--name", "it-near", "--rootfs", &root, "true"]).ok();
    for (verb, code) in [
        (&["start"][..], 1),
        (&["start", "--attach"], 125),
        (&["task", "start"], 125),
        (&["task", "start", "-d"], 125),
    ] {
        let line = there.run(&[verb, &["--checkpoint", "saved", "it-near"]].concat()).fails(code);
        assert!(
            line.contains("image saved: was not saved here; its processes go on with --trust alone"),
            "{line}"
        );
        let line = there.run(&[verb, &["--trust", "--checkpoint", "saved", "it-near"]].concat()).fails(code);
        assert!(line.ends_with("image saved: no processes were saved in it"), "{line}");
    }
    there.run(&["start", "--trust", "it-near"]).fails(2);
    there.run(&["rm", "it-near"]).ok();
    there.run(&["restore", "--trust", "it-far", "saved"]).ok();
    there.run(&["wait", "it-far"]).ok();
    assert!(seen.join("file").exists());
    there.run(&["rm", "-f", "it-far"]).ok();
    // One that takes the name of an image that was saved here is not that one.
    there.run(&["create", "--name", "it-own", "--rootfs", &root, "true"]).ok();
    there.run(&["checkpoint", "it-own", "saved"]).ok();
    there.run(&["image", "import", &archive]).ok();
    there.run(&["restore", "it-far", "saved"]).fails(1);
    there.run(&["rm", "it-own"]).ok();
}

#[test]
fn what_cannot_be_saved_or_restored_is_told_and_leaves_nothing() {
    let stack = Stack::with_busybox();
    stack.run(&["create", "--name", "it-no", "busybox", "sh", "-c", COUNT]).ok();
    for (args, says) in [
        (&["checkpoint", "it-nobody", "saved"][..], "container it-nobody: not found"),
        (&["checkpoint", "--task", "it-no", "saved"], "container it-no: no running task"),
        (&["checkpoint", "--exit", "it-no", "saved"], "container it-no: no running task"),
        (&["restore", "it-cknew", "nosuch"], "image nosuch: not found"),
        (&["restore", "it-cknew", "busybox"], "image busybox: was not made of a container"),
        (&["start", "--checkpoint", "busybox", "it-no"], "image busybox: was not made of a container"),
    ] {
        let line = stack.run(args).fails(1);
        assert!(line.contains(says), "{args:?}: {line}");
    }
    let line = stack.run(&["task", "start", "-d", "--image-path", "/nonexistent", "it-no"]).fails(125);
    assert!(line.ends_with("/nonexistent: not a folder"), "{line}");
    // One that does not run is saved without processes.
    stack.run(&["checkpoint", "it-no", "saved"]).ok();
    let line = stack.run(&["restore", "--live", "it-cknew", "saved"]).fails(1);
    assert!(line.ends_with("image saved: no processes were saved in it"), "{line}");
    let line = stack.run(&["restore", "it-no", "saved"]).fails(1);
    assert!(line.ends_with("container it-no: already exists"), "{line}");
    stack.run(&["restore", "it-cknew", "saved"]).ok();
    until(|| read(&stack, "it-cknew"), "ready");
    count(&stack, "it-cknew", "1");
    stack.run(&["rm", "-f", "it-cknew", "it-no"]).ok();
    assert_eq!(stack.run(&["snapshot", "ls", "--format", "json"]).ok().matches("it-n").count(), 0);
    assert_eq!(stack.run(&["lease", "ls", "-q"]).ok(), "");
}
