//! Every failure: one line that names the object and the reason, a non-zero exit, and nothing left.

use std::io::Write;
use std::process::Command;

use serde_json::json;

use crate::bin;
use crate::fixture::{self, Bundle};
use crate::runtime::Runtime;
use crate::stack::Stack;
use crate::traces::none_of;

/// Runs `create` of a broken bundle: the line must hold each of `words`, and nothing may be left.
fn create_fails(id: &str, bundle: &str, words: &[&str]) {
    let runtime = Runtime::new();
    let line = runtime.run(&["create", "--bundle", bundle, id]).fails(1);
    for word in words {
        assert!(line.contains(word), "{line:?} does not name {word:?}");
    }
    none_of(&[id]);
    let state = runtime.root.path().join("state").join(id);
    assert!(!state.exists(), "{} is left", state.display());
}

#[test]
fn missing_bundle() {
    create_fails("it-nobundle", "/nonexistent/bundle", &["/nonexistent/bundle", "no such file or directory"]);
}

#[test]
fn bad_json() {
    let bundle = Bundle::new(&["true"], |_| {});
    std::fs::write(bundle.path().join("config.json"), "{\"ociVersion\": ").unwrap();
    create_fails("it-badjson", bundle.path().to_str().unwrap(), &["config.json", "EOF"]);
}

#[test]
fn unknown_program() {
    let bundle = Bundle::new(&["nosuchbin"], |_| {});
    let text = r#"exec: "nosuchbin": executable file not found in $PATH"#;
    create_fails("it-noprogram", bundle.path().to_str().unwrap(), &[text]);
}

#[test]
fn bad_values() {
    type Edit = fn(&mut serde_json::Value);
    let cases: [(&str, Edit, &str); 7] = [
        ("it-norootfs", |c| c["root"]["path"] = json!("nowhere"), "nowhere"),
        ("it-noargs", |c| c["process"]["args"] = json!([]), "args"),
        ("it-badcwd", |c| c["process"]["cwd"] = json!("relative"), "Cwd"),
        (
            "it-mount",
            |c| c["mounts"] = json!([{"destination": "/mnt", "type": "bind", "source": "/nonexistent", "options": ["bind"]}]),
            "/nonexistent",
        ),
        (
            "it-rlimit",
            |c| c["process"]["rlimits"] = json!([{"type": "RLIMIT_NONSENSE", "soft": 1, "hard": 1}]),
            "RLIMIT_NONSENSE",
        ),
        (
            "it-nspath",
            |c| {
                let namespaces = c["linux"]["namespaces"].as_array_mut().unwrap();
                namespaces.retain(|n| n["type"] != "network");
                namespaces.push(json!({"type": "network", "path": "/nonexistent/ns"}));
            },
            "/nonexistent/ns",
        ),
        (
            "it-badsysctl",
            |c| c["linux"]["sysctl"] = json!({"kernel.core_pattern": "|/bin/sh"}),
            "kernel.core_pattern",
        ),
    ];
    for (id, edit, word) in cases {
        let bundle = Bundle::new(&["true"], edit);
        create_fails(id, bundle.path().to_str().unwrap(), &[word]);
    }
}

#[test]
fn bad_ids() {
    let bundle = Bundle::new(&["true"], |_| {});
    let runtime = Runtime::new();
    for id in ["..", "a/b", "", "a b", "é"] {
        let line = runtime.run(&["create", "--bundle", bundle.path().to_str().unwrap(), id]).fails(1);
        assert!(line.contains("invalid container ID format") || id.is_empty(), "{line}");
    }
}

#[test]
fn busy_id() {
    let runtime = Runtime::new();
    let bundle = Bundle::new(&["sleep", "3000"], |_| {});
    runtime.create("it-busy", bundle.path());
    let line = runtime.run(&["create", "--bundle", bundle.path().to_str().unwrap(), "it-busy"]).fails(1);
    assert!(line.contains("container with given ID already exists"), "{line}");
    assert_eq!(runtime.state("it-busy")["status"], "created", "the first one is not touched");
}

#[test]
fn an_init_killed_before_start_is_told_and_cleaned() {
    let runtime = Runtime::new();
    let bundle = Bundle::new(&["true"], |_| {});
    runtime.create("it-killed", bundle.path());
    let pid = runtime.state("it-killed")["pid"].as_i64().unwrap();
    bin::run(Command::new("kill").args(["-9", &pid.to_string()])).ok();
    crate::runtime::wait_exit(pid);
    let line = runtime.run(&["start", "it-killed"]).fails(1);
    assert!(line.contains("cannot start a container that has stopped"), "{line}");
    runtime.run(&["delete", "it-killed"]).ok();
    none_of(&["it-killed"]);
}

#[test]
fn an_init_killed_while_it_builds_is_told_and_cleaned() {
    // A createRuntime hook runs while init waits: it kills init, whose id is in the state on stdin.
    let script = r#"read -r state; kill -9 "$(printf %s "$state" | jq -r .pid)""#;
    let bundle = Bundle::new(&["true"], |c| {
        c["hooks"] = json!({"createRuntime": [{"path": "/bin/sh", "args": ["sh", "-c", script], "env": ["PATH=/usr/bin:/bin"]}]});
    });
    create_fails("it-midway", bundle.path().to_str().unwrap(), &["killed"]);
}

#[test]
fn a_failing_hook_stops_the_create() {
    let bundle = Bundle::new(&["true"], |c| {
        c["hooks"] = json!({"createRuntime": [{"path": "/bin/sh", "args": ["sh", "-c", "exit 3"]}]});
    });
    create_fails("it-hook", bundle.path().to_str().unwrap(), &["error running createRuntime hook #0"]);
}

#[test]
fn a_full_disk_for_the_state() {
    let runtime = Runtime::new();
    let state = runtime.root.path().join("state");
    std::fs::create_dir(&state).unwrap();
    let mount = |args: &[&str]| bin::run(Command::new("mount").args(args).arg(&state)).ok();
    mount(&["-t", "tmpfs", "-o", "size=16k,nr_inodes=64", "tmpfs"]);
    let filler = std::fs::File::create(state.join("filler")).and_then(|mut f| f.write_all(&[0; 64 * 1024]));
    assert!(filler.is_err(), "the disk is full");
    let bundle = Bundle::new(&["true"], |_| {});
    let line = runtime.run(&["create", "--bundle", bundle.path().to_str().unwrap(), "it-nospace"]).fails(1);
    assert!(line.contains("no space left on device"), "{line}");
    none_of(&["it-nospace"]);
    bin::run(Command::new("umount").arg(&state)).ok();
}

#[test]
fn unknown_container_for_every_verb() {
    let runtime = Runtime::new();
    std::fs::create_dir(runtime.root.path().join("state")).unwrap();
    for args in [
        ["state", "it-none"],
        ["start", "it-none"],
        ["kill", "it-none"],
        ["delete", "it-none"],
        ["ps", "it-none"],
    ] {
        let line = runtime.run(&args).fails(1);
        assert!(line.contains("container does not exist"), "{args:?}: {line}");
    }
    let line = runtime.run(&["exec", "it-none", "true"]).fails(255);
    assert!(line.contains("container does not exist"), "{line}");
    assert_eq!(runtime.run(&["delete", "--force", "it-none"]).ok(), "");
}

#[test]
fn the_json_log_has_one_entry_for_one_failure() {
    let runtime = Runtime::new();
    let log = runtime.root.path().join("log.json");
    let bundle = Bundle::new(&["nosuchbin"], |_| {});
    let args = [
        "--log",
        log.to_str().unwrap(),
        "--log-format",
        "json",
        "create",
        "--bundle",
        bundle.path().to_str().unwrap(),
        "it-log",
    ];
    let line = runtime.run(&args).fails(1);
    let text = std::fs::read_to_string(&log).unwrap();
    let entry: serde_json::Value = serde_json::from_str(&text).expect("the whole file is one entry");
    assert_eq!(entry["level"], "error");
    assert!(
        line.contains(r#"exec: "nosuchbin""#)
            && entry["msg"].as_str().unwrap().contains(r#"exec: "nosuchbin""#)
    );
    let keys: Vec<_> =
        ["level", "msg", "time"].map(|k| text.find(&format!("\"{k}\":")).expect("a key")).into();
    assert!(keys.is_sorted(), "{text}");
}

/// Runs a ctrd command that must fail with one line that holds `words`, with a server and without.
fn ctrd_fails(stack: &Stack, args: &[&str], code: i32, words: &[&str]) {
    for with in [true, false] {
        let _server = with.then(|| stack.serve());
        let line = stack.run(args).fails(code).to_lowercase();
        for word in words {
            assert!(line.contains(&word.to_lowercase()), "{line:?} does not name {word:?} (server: {with})");
        }
    }
}

#[test]
fn missing_image() {
    let stack = Stack::new();
    ctrd_fails(
        &stack,
        &["run", "--rm", "--name", "it-noimage", "nosuch", "true"],
        125,
        &["nosuch", "not found"],
    );
    none_of(&["it-noimage"]);
    assert_eq!(stack.run(&["container", "ls", "-q"]).ok(), "");
}

#[test]
fn unknown_program_through_all_four() {
    let stack = Stack::with_busybox();
    let text = r#"exec: "nosuchbin": executable file not found in $PATH"#;
    ctrd_fails(
        &stack,
        &["run", "--rm", "--name", "it-nobin", "busybox", "nosuchbin"],
        127,
        &["it-nobin", text],
    );
    ctrd_fails(
        &stack,
        &["run", "--rm", "--name", "it-nobin", "busybox", "/etc/passwd"],
        126,
        &["permission denied"],
    );
    none_of(&["it-nobin"]);
    assert_eq!(stack.run(&["container", "ls", "-q"]).ok(), "");
    assert!(!stack.run(&["snapshot", "ls", "-q"]).ok().contains("it-nobin"));
}

#[test]
fn busy_name() {
    let stack = Stack::with_busybox();
    stack.run(&["run", "-d", "--name", "it-taken", "busybox", "sleep", "3000"]).ok();
    ctrd_fails(
        &stack,
        &["run", "-d", "--name", "it-taken", "busybox", "true"],
        125,
        &["it-taken", "already exists"],
    );
    assert!(stack.run(&["task", "ls"]).ok().contains("it-taken"), "the first one is not touched");
}

#[test]
fn missing_files_and_bad_archives() {
    let stack = Stack::new();
    let dir = fixture::temp();
    let junk = dir.path().join("junk");
    std::fs::write(&junk, vec![7; 100_000]).unwrap();
    ctrd_fails(
        &stack,
        &["image", "import", "/nonexistent.tar"],
        1,
        &["/nonexistent.tar", "no such file or directory"],
    );
    ctrd_fails(&stack, &["image", "import", junk.to_str().unwrap()], 1, &["junk"]);
    assert_eq!(stack.run(&["image", "ls", "-q"]).ok(), "");
    assert_eq!(stack.run(&["content", "ls", "-q"]).ok(), "");
}

#[test]
fn truncated_layer_and_corrupt_blob() {
    if !bin::peer("umoci") {
        return;
    }
    let dir = fixture::temp();
    fixture::image(dir.path(), "base");
    let layout = dir.path().join("layout");
    let blobs = layout.join("blobs/sha256");
    let largest = std::fs::read_dir(&blobs)
        .unwrap()
        .flatten()
        .max_by_key(|e| e.metadata().unwrap().len())
        .unwrap()
        .path();
    let digest = largest.file_name().unwrap().to_str().unwrap().to_string();
    let whole = std::fs::read(&largest).unwrap();
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 1;
    for bytes in [&whole[..whole.len() / 2], &flipped[..]] {
        std::fs::write(&largest, bytes).unwrap();
        let archive = dir.path().join("broken.tar");
        bin::run(Command::new("tar").arg("-C").arg(&layout).arg("-cf").arg(&archive).arg(".")).ok();
        let stack = Stack::new();
        ctrd_fails(
            &stack,
            &["image", "import", "--name", "broken", archive.to_str().unwrap()],
            1,
            &[&digest],
        );
        assert_eq!(stack.run(&["image", "ls", "-q"]).ok(), "");
        assert_eq!(stack.run(&["snapshot", "ls", "-q"]).ok(), "");
    }
}

#[test]
fn a_full_disk_for_the_images() {
    let stack = Stack::new();
    let lib = stack.path("lib");
    std::fs::create_dir(&lib).unwrap();
    bin::run(Command::new("mount").args(["-t", "tmpfs", "-o", "size=1m", "tmpfs"]).arg(&lib)).ok();
    let root = stack.path("root");
    fixture::rootfs(&root);
    let args = ["image", "import", "--rootfs", "--name", "big", root.to_str().unwrap()];
    ctrd_fails(&stack, &args, 1, &["no space left on device"]);
    assert_eq!(stack.run(&["image", "ls", "-q"]).ok(), "");
    drop(stack.run(&["plugins", "ls"]));
    bin::run(Command::new("umount").arg(&lib)).ok();
}

#[test]
fn usage_errors_say_what_is_wrong() {
    for (program, args, code) in [
        ("ctrd", vec!["nosuchverb"], 2),
        ("ctrd", vec!["run", "--nosuchflag", "x"], 125),
        ("ctrd", vec!["exec"], 125),
        ("ctrd", vec!["attach"], 125),
        ("ctrd", vec!["start", "--attach"], 2),
        ("ctrd", vec!["task", "start"], 125),
        ("ctrd", vec!["task", "wait"], 125),
        ("ctrd", vec!["task", "delete"], 2),
        ("ctrd", vec!["wait"], 2),
        ("ocirun", vec!["nosuchverb"], 3),
        ("ocirun", vec!["create", "--nosuchflag"], 1),
        ("ctrd-shim", vec!["start"], 1),
        ("ocirun-init", vec!["8"], 2),
        ("ocirun-init", vec!["88", "99"], 2),
    ] {
        let done = bin::run(bin::command(program).args(&args));
        assert_eq!(done.code, code, "{program} {args:?}: {done:?}");
        assert!(!done.stderr.is_empty(), "{program} {args:?}");
    }
}
