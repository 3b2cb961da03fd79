//! The verbs about images, blobs, snapshots, leases and namespaces.

use std::process::Stdio;

use serde_json::Value;

use super::{both_ways, objects};
use crate::bin;
use crate::stack::Stack;

#[test]
fn images_have_names_labels_and_sizes() {
    both_ways(|stack, how| {
        stack.run(&["tag", "busybox", "it-tag:1", "it-tag:2"]).ok();
        let taken = stack.run(&["tag", "busybox", "it-tag:1"]).fails(1);
        assert!(taken.ends_with("another image has this name (--force takes it)"), "{how}: {taken}");
        stack.run(&["image", "tag", "--force", "busybox", "it-tag:1"]).ok();
        let names = stack.run(&["images", "-q"]).ok();
        assert!(
            names.contains("docker.io/library/it-tag:1\n") && names.contains("it-tag:2\n"),
            "{how}: {names}"
        );
        stack.run(&["image", "label", "it-tag:1", "a=b", "c=d"]).ok();
        stack.run(&["image", "label", "it-tag:1", "a="]).ok();
        let image: Value =
            serde_json::from_str(&stack.run(&["inspect", "--type", "image", "it-tag:1"]).ok()).unwrap();
        assert_eq!((&image["labels"]["a"], &image["labels"]["c"]), (&Value::Null, &"d".into()), "{how}");
        let usage = objects(&stack.run(&["image", "usage", "--format", "json", "it-tag:1"]).ok());
        assert!(
            usage[0]["content"].as_u64() > Some(1000) && usage[0]["snapshots"].as_u64() > Some(1000),
            "{usage:?}"
        );
        let check = objects(&stack.run(&["image", "check", "--format", "json", "it-tag:1"]).ok());
        assert_eq!((&check[0]["status"], &check[0]["unpacked"]), (&"complete".into(), &true.into()), "{how}");
        stack.run(&["image", "unpack", "it-tag:1"]).ok();
        stack.run(&["rmi", "it-tag:1", "it-tag:2"]).ok();
        let gone = stack.run(&["rmi", "it-tag:1"]).fails(1);
        assert!(gone.contains("not found"), "{how}: {gone}");
        assert_eq!(stack.run(&["rmi", "-f", "it-tag:1"]).ok(), "");
    });
}

/// In a user namespace that has root alone, files of others cannot be unpacked: it is told whose.
#[test]
fn an_owner_who_is_not_mapped_is_named() {
    let stack = Stack::new();
    let root = stack.path("root");
    std::fs::create_dir(&root).expect("make a folder");
    std::os::unix::fs::chown(&root, Some(1000), Some(1000)).expect("give it away");
    let ctrd = stack.command(&[
        "image",
        "import",
        "--rootfs",
        "--name",
        "it-unmapped",
        root.to_str().expect("UTF-8"),
    ]);
    let mut command = std::process::Command::new("unshare");
    command.arg("-Urm").arg(ctrd.get_program()).args(ctrd.get_args());
    command.envs(ctrd.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let told = crate::bin::run(&mut command).fails(1);
    assert!(told.contains("unpack ./: owner 65534:65534: "), "{told}");
}

#[test]
fn an_image_is_given_to_another_namespace() {
    for policy in ["shared", "isolated"] {
        let stack = Stack::with_busybox();
        let file = stack.path("config.toml");
        let section = "plugins.\"io.containerd.metadata.v1.bolt\"";
        std::fs::write(&file, format!("version = 3\n[{section}]\ncontent_sharing_policy = \"{policy}\"\n"))
            .unwrap();
        let server = stack.serve_with(&["--config", file.to_str().unwrap()]);
        let there = |args: &[&str]| stack.run(&[&["-n", "there"], args].concat());
        stack.run(&["image", "label", "busybox", "own=1"]).ok();
        stack.run(&["image", "copy", "--to", "there", "busybox"]).ok();
        // The same again is no other image.
        stack.run(&["image", "cp", "--to", "there", "busybox"]).ok();
        let image: Value =
            serde_json::from_str(&there(&["inspect", "--type", "image", "busybox"]).ok()).unwrap();
        assert_eq!(image["labels"]["own"], "1", "{policy}");
        assert_eq!(there(&["lease", "ls", "-q"]).ok(), "", "{policy}");
        // It is the other's own: it stays when the first one goes, and the collector keeps all of it.
        stack.run(&["image", "rm", "--sync", "busybox"]).ok();
        assert_eq!(stack.run(&["content", "ls", "-q"]).ok(), "", "{policy}");
        assert_eq!(there(&["run", "--rm", "busybox", "echo", "there"]).ok(), "there\n", "{policy}");
        // Another one under its name is taken with force alone.
        let root = stack.path("other-root");
        crate::fixture::rootfs(&root);
        std::fs::write(root.join("other"), "").unwrap();
        stack.run(&["image", "import", "--rootfs", "--name", "busybox", root.to_str().unwrap()]).ok();
        let taken = stack.run(&["image", "copy", "--to", "there", "busybox"]).fails(1);
        let says = "ctrd: image copy busybox: another image has this name there (--force takes it)";
        assert_eq!(taken, says, "{policy}");
        drop(server);
        stack.run(&["image", "copy", "--force", "--to", "there", "busybox"]).ok();
        there(&["run", "--rm", "busybox", "ls", "/other"]).ok();
        let none = stack.run(&["image", "copy", "--to", "there", "nosuch"]).fails(1);
        assert!(none.starts_with("ctrd: image copy nosuch: ") && none.contains("not found"), "{none}");
        there(&["image", "rm", "busybox"]).ok();
    }
}

#[test]
fn an_image_that_lacks_a_blob_is_told() {
    let stack = Stack::with_busybox();
    let image: Value = serde_json::from_str(&stack.run(&["image", "inspect", "busybox"]).ok()).unwrap();
    let layer = image["manifest"]["layers"][0]["digest"].as_str().unwrap();
    stack.run(&["content", "rm", layer]).ok();
    let check = stack.run(&["image", "check", "--format", "json"]);
    assert_eq!(check.code, 1, "{check:?}");
    let check = objects(&check.stdout);
    assert_eq!((&check[0]["status"], &check[0]["missing"][0]), (&"incomplete".into(), &layer.into()));
}

#[test]
fn blobs_are_ingested_labelled_and_removed() {
    both_ways(|stack, how| {
        let file = stack.path("blob");
        std::fs::write(&file, "some bytes\n").unwrap();
        let ingest = |args: &[&str]| {
            let mut command = stack.command(&[&["content", "ingest"], args].concat());
            bin::run(command.stdin(std::fs::File::open(&file).unwrap()))
        };
        let root = "containerd.io/gc.root=1";
        let digest = ingest(&["--label", root, "it-blob"]).ok().trim().to_string();
        assert_eq!(stack.run(&["content", "get", &digest]).ok(), "some bytes\n", "{how}");
        stack.run(&["content", "label", &digest, "a=b"]).ok();
        let found =
            objects(&stack.run(&["content", "ls", "--format", "json", "--filter", "labels.a==b"]).ok());
        assert_eq!(found[0]["digest"], digest.as_str(), "{how}");
        stack.run(&["content", "rm", &digest]).ok();
        stack.run(&["content", "get", &digest]).fails(1);
        let other = format!("sha256:{}", "0".repeat(64));
        let wrong = ingest(&["--digest", &other, "it-blob"]).fails(1);
        assert!(wrong.contains(&other), "{how}: {wrong}");
        // What was given up can be seen, and taken away.
        let active = stack.run(&["content", "active", "-q"]).ok();
        if active.contains("it-blob") {
            stack.run(&["content", "abort", "it-blob"]).ok();
        }
        assert_eq!(stack.run(&["content", "active", "-q"]).ok(), "", "{how}");
    });
}

#[test]
fn snapshots_are_made_by_hand() {
    both_ways(|stack, how| {
        let top = stack.run(&["snapshot", "ls", "-q"]).ok().trim().to_string();
        let mounts: Value =
            serde_json::from_str(&stack.run(&["snapshot", "prepare", "it-rw", &top]).ok()).unwrap();
        assert!(mounts[0]["type"].is_string(), "{how}: {mounts}");
        let tree = stack.run(&["snapshot", "tree"]).ok();
        assert_eq!(tree, format!("{top}\n└─ it-rw\n"), "{how}");
        let script = stack.run(&["snapshot", "mounts", "/mnt", "it-rw"]).ok();
        let write = format!(
            "set -e; mount --make-rprivate /; {script} echo new >/mnt/it-snapnew; rm /mnt/etc/group; umount /mnt"
        );
        bin::run(std::process::Command::new("unshare").args(["-m", "sh", "-c", &write])).ok();
        let usage = objects(&stack.run(&["snapshot", "usage", "--format", "json", "it-rw"]).ok());
        assert!(usage[0]["inodes"].as_u64() > Some(0), "{how}: {usage:?}");
        stack.run(&["snapshot", "label", "it-rw", "a=b"]).ok();
        let info: Value = serde_json::from_str(&stack.run(&["snapshot", "inspect", "it-rw"]).ok()).unwrap();
        assert_eq!((&info["labels"]["a"], &info["kind"]), (&"b".into(), &"active".into()), "{how}");
        stack.run(&["snapshot", "commit", "it-ground", "it-rw"]).ok();
        let view = stack.run(&["snapshot", "view", "--target", "/mnt", "it-view", "it-ground"]).ok();
        assert!(view.starts_with("mount -t "), "{how}: {view}");
        stack.run(&["snapshot", "rm", "it-view", "it-ground"]).ok();
        let gone = stack.run(&["snapshot", "inspect", "it-ground"]).fails(1);
        assert!(gone.contains("not found"), "{how}: {gone}");
    });
}

#[test]
fn leases_and_namespaces_are_kept() {
    both_ways(|stack, how| {
        assert_eq!(stack.run(&["lease", "create", "--id", "it-lease", "--label", "a=b"]).ok(), "it-lease\n");
        let lease = objects(&stack.run(&["lease", "ls", "--format", "json"]).ok());
        assert!(
            lease[0]["labels"]["containerd.io/gc.expire"].is_string() && lease[0]["labels"]["a"] == "b",
            "{lease:?}"
        );
        let digest = stack.run(&["content", "ls", "-q"]).ok().lines().next().unwrap().to_string();
        stack.run(&["lease", "add", "it-lease", "content", &digest]).ok();
        assert_eq!(stack.run(&["lease", "resources", "-q", "it-lease"]).ok(), format!("{digest}\n"), "{how}");
        stack.run(&["lease", "drop", "it-lease", "content", &digest]).ok();
        assert_eq!(stack.run(&["lease", "resources", "-q", "it-lease"]).ok(), "", "{how}");
        stack.run(&["lease", "rm", "--sync", "it-lease"]).ok();
        assert_eq!(stack.run(&["lease", "ls", "-q"]).ok(), "", "{how}");

        stack.run(&["namespace", "create", "--label", "a=b", "it-space"]).ok();
        stack.run(&["namespace", "label", "it-space", "a=", "c=d"]).ok();
        let found =
            objects(&stack.run(&["namespace", "ls", "--format", "json", "--filter", "name=it-space"]).ok());
        assert_eq!(found[0]["labels"], serde_json::json!({"c": "d"}), "{how}");
        stack.run(&["namespace", "rm", "it-space"]).ok();

        stack.run(&["create", "--name", "it-leaselabel", "busybox", "true"]).ok();
        stack.run(&["container", "label", "it-leaselabel", "a=b"]).ok();
        assert_eq!(stack.run(&["ps", "-q", "--filter", "label=a=b"]).ok(), "it-leaselabel\n", "{how}");
        stack.run(&["rm", "it-leaselabel"]).ok();
        let info: Value = serde_json::from_str(&stack.run(&["info", "--format", "json"]).ok()).unwrap();
        assert_eq!(info["server"].is_null(), how == "without one", "{info}");
        assert!(stack.run(&["info"]).ok().contains("snapshotter"));
        let version: Value = serde_json::from_str(&stack.run(&["version", "--format", "json"]).ok()).unwrap();
        assert!(version["server"]["version"].is_string());
    });
}

/// Nobody else would ever do it.
#[test]
fn without_a_server_a_removal_frees_the_disk() {
    let left =
        |stack: &Stack| stack.run(&["content", "ls", "-q"]).ok() + &stack.run(&["snapshot", "ls", "-q"]).ok();
    let stack = Stack::with_busybox();
    stack.run(&["rmi", "busybox"]).ok();
    assert_eq!(left(&stack), "");

    // A container keeps its snapshot, and what that is made on.
    let stack = Stack::with_busybox();
    stack.run(&["create", "--name", "it-dlast", "busybox", "true"]).ok();
    stack.run(&["rmi", "busybox"]).ok();
    assert_eq!(left(&stack).lines().count(), 2);
    stack.run(&["rm", "it-dlast"]).ok();
    assert_eq!(left(&stack), "");
}

#[test]
fn events_are_filtered_and_counted() {
    let stack = Stack::with_busybox();
    let _server = stack.serve();
    let events = stack
        .command(&["events", "--count", "1", "--filter", "topic==\"/namespaces/create\",event.name~=^it-"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // Until the subscription stands, events pass it by.
    let mut events = events;
    for n in 0.. {
        if events.try_wait().unwrap().is_some() {
            break;
        }
        stack.run(&["namespace", "create", &format!("other{n}")]).ok();
        stack.run(&["namespace", "create", &format!("it-{n}")]).ok();
    }
    let seen = objects(&bin::done(&events.wait_with_output().unwrap()).ok());
    assert_eq!(seen.len(), 1);
    assert!(seen[0]["event"]["name"].as_str().unwrap().starts_with("it-"), "{seen:?}");
}

#[test]
fn a_container_becomes_an_image() {
    both_ways(|stack, how| {
        stack
            .run(&["run", "--name", "it-commit", "busybox", "sh", "-c", "echo kept >/new; rm /etc/group"])
            .ok();
        let digest = stack.run(&["commit", "-m", "one file more", "it-commit", "it-made"]).ok();
        let image: Value = serde_json::from_str(&stack.run(&["inspect", "it-made"]).ok()).unwrap();
        assert_eq!(image["target"]["digest"], digest.trim(), "{how}");
        assert_eq!(image["manifest"]["layers"].as_array().unwrap().len(), 2, "{how}");
        let history = image["config"]["history"].as_array().unwrap();
        assert_eq!(history.last().unwrap()["comment"], "one file more", "{how}");
        let seen = stack.run(&["run", "--rm", "it-made", "sh", "-c", "cat /new; ls /etc"]).ok();
        assert_eq!(seen, "kept\npasswd\n", "{how}");
        let layer = stack.command(&["snapshot", "diff", "it-commit"]).output().unwrap();
        let names = std::process::Command::new("tar")
            .arg("-tzf")
            .arg("-")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        let mut names = names.unwrap();
        std::io::Write::write_all(&mut names.stdin.take().unwrap(), &layer.stdout).unwrap();
        let names = bin::done(&names.wait_with_output().unwrap()).ok();
        assert!(names.lines().any(|l| l == "new") && names.contains("etc/.wh.group"), "{how}: {names}");
        stack.run(&["rm", "it-commit"]).ok();
        stack.run(&["rmi", "--sync", "it-made"]).ok();
        let none = stack.run(&["commit", "it-nobody", "x"]).fails(1);
        assert!(none.contains("not found"), "{how}: {none}");
    });
}

#[test]
fn a_snapshot_is_kept_where_that_is_asked_for() {
    both_ways(|stack, how| {
        stack.run(&["create", "--name", "it-snapkept", "busybox", "true"]).ok();
        stack.run(&["rm", "--keep-snapshot", "it-snapkept"]).ok();
        // With it goes all that nothing holds.
        stack.run(&["tag", "busybox", "it-snapkept:gone"]).ok();
        stack.run(&["rmi", "--sync", "it-snapkept:gone"]).ok();
        let snapshots = stack.run(&["snapshot", "ls", "-q"]).ok();
        assert!(snapshots.lines().any(|key| key == "it-snapkept"), "{how}: {snapshots}");
        stack.run(&["snapshot", "rm", "it-snapkept"]).ok();
    });
}
