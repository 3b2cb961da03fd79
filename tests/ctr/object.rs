//! Verbs that make no process: server, namespaces, content, snapshots, leases, containers, events.

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use super::with_each;

#[test]
fn of_the_server() {
    with_each(|ctr| {
        assert!(ctr.ok(&["version"]).contains("Server:"));
        let plugins = ctr.ok(&["plugins", "ls"]);
        for (kind, id) in [
            ("io.containerd.snapshotter.v1", "native"),
            ("io.containerd.grpc.v1", "tasks"),
            ("io.containerd.runtime.v2", "task"),
        ] {
            let line = plugins.lines().find(|l| l.starts_with(kind) && l.contains(&format!(" {id} ")));
            assert!(line.is_some_and(|l| l.trim_end().ends_with("ok")), "{plugins}");
        }
        let detail = ctr.ok(&["plugins", "ls", "-d", "id==native"]);
        assert!(detail.contains("root") && detail.contains("linux/amd64"), "{detail}");
        if ctr.version >= (1, 7) {
            assert!(ctr.ok(&["info"]).contains("\"uuid\""));
            assert_eq!(ctr.ok(&["deprecations", "list"]), "");
            assert!(ctr.ok(&["sandboxes", "ls"]).starts_with("ID"));
        }
        assert!(ctr.ok(&["oci", "spec"]).contains("ociVersion"));
    });
}

#[test]
fn of_namespaces() {
    with_each(|ctr| {
        ctr.ok(&["namespaces", "create", "foo", "a=b"]);
        ctr.fails(&["namespaces", "create", "foo"], "already exists");
        ctr.fails(&["namespaces", "create", "-"], "identifier \"-\" must match");
        ctr.ok(&["namespaces", "label", "foo", "c=d", "a="]);
        assert_eq!(ctr.line(&["namespaces", "ls"], "foo").unwrap(), ["foo", "c=d"]);
        assert_eq!(ctr.ok(&["namespaces", "ls", "-q"]).lines().filter(|l| *l == "foo").count(), 1);
        ctr.ok(&["namespaces", "rm", "foo"]);
        assert_eq!(ctr.line(&["namespaces", "ls"], "foo"), None);
        ctr.fails(&["namespaces", "rm", "default"], "must be empty, but it still has images");
    });
}

#[test]
fn of_content() {
    with_each(|ctr| {
        // Held by nothing, it may be collected at any time.
        let mut ingest = ctr.command(&["content", "ingest", "ref"]).stdin(Stdio::piped()).spawn().unwrap();
        ingest.stdin.take().unwrap().write_all(b"hello\n").unwrap();
        assert!(ingest.wait().unwrap().success());
        let all = ctr.ok(&["content", "ls", "-q"]);
        let config = |digest: &&str| {
            ctr.ok(&["content", "ls"]).lines().any(|l| l.starts_with(digest) && l.contains("gc.ref.snapshot"))
        };
        let digest = all.lines().find(config).expect("the image's config");
        assert!(ctr.ok(&["content", "get", digest]).contains("FROM_IMAGE=yes"));
        ctr.ok(&["content", "label", digest, "a=b"]);
        assert!(ctr.line(&["content", "ls"], digest).unwrap().concat().contains("a=b"));
        assert_eq!(ctr.ok(&["content", "active"]).lines().count(), 1);
        let nosuch = format!("sha256:{}", "5".repeat(64));
        ctr.fails(&["content", "get", &nosuch], "not found");
        ctr.ok(&["content", "rm", digest]);
        ctr.fails(&["content", "get", digest], "not found");
        ctr.ok(&["content", "prune", "references"]);
    });
}

#[test]
fn of_snapshots() {
    with_each(|ctr| {
        let base = ctr.ok(&["snapshots", "ls"]);
        let base = base.lines().find(|l| l.contains("Committed")).unwrap().split_whitespace().next().unwrap();
        let base = base.to_string();
        ctr.ok(&["snapshots", "prepare", "a", &base]);
        ctr.fails(&["snapshots", "prepare", "a", &base], "already exists");
        ctr.fails(&["snapshots", "prepare", "b", "nosuch"], "not found");
        assert!(
            ctr.ok(&["snapshots", "mounts", "/target", "a"]).contains("mount -t overlay overlay /target")
        );
        assert!(ctr.ok(&["snapshots", "tree"]).contains("\\_ a"));
        assert!(ctr.ok(&["snapshots", "info", "a"]).contains("\"Active\""));
        ctr.ok(&["snapshots", "label", "a", "k=v"]);
        assert!(ctr.ok(&["snapshots", "info", "a"]).contains("\"k\": \"v\""));
        assert!(ctr.line(&["snapshots", "usage"], "a").is_some());
        ctr.fails(&["snapshots", "rm", &base], "cannot remove snapshot with child");
        ctr.ok(&["snapshots", "commit", "c", "a"]);
        assert_eq!(ctr.line(&["snapshots", "ls"], "c").unwrap()[2], "Committed");
        ctr.fails(&["snapshots", "info", "a"], "not found");
        ctr.ok(&["snapshots", "rm", "c"]);
        ctr.ok(&["snapshots", "--snapshotter", "native", "prepare", "v", ""]);
        ctr.ok(&["snapshots", "--snapshotter", "native", "rm", "v"]);
        ctr.fails(&["snapshots", "--snapshotter", "nosuch", "ls"], "snapshotter not loaded: nosuch");
    });
}

#[test]
fn of_leases() {
    with_each(|ctr| {
        ctr.ok(&["leases", "create", "--id", "l", "--expires", "1h", "a=b"]);
        ctr.fails(&["leases", "create", "--id", "l"], "already exists");
        let line = ctr.line(&["leases", "ls"], "l").unwrap();
        assert!(line[2].starts_with("a=b,containerd.io/gc.expire="), "{line:?}");
        ctr.ok(&["leases", "rm", "--sync", "l"]);
        assert_eq!(ctr.line(&["leases", "ls"], "l"), None);
    });
}

#[test]
fn of_containers() {
    with_each(|ctr| {
        ctr.ok(&["containers", "create", "--label", "x=y", "bb:busybox", "it-record", "sleep", "1"]);
        ctr.fails(&["containers", "create", "bb:busybox", "it-record", "sleep", "1"], "already exists");
        assert_eq!(ctr.line(&["containers", "ls"], "it-record").unwrap()[1], "bb:busybox");
        assert!(ctr.ok(&["containers", "info", "it-record"]).contains("\"x\": \"y\""));
        ctr.ok(&["containers", "label", "it-record", "x=z"]);
        assert_eq!(ctr.ok(&["containers", "ls", "-q", "labels.x==z"]), "it-record\n");
        ctr.fails(&["containers", "ls", "labels.x==="], "filters: parse error");
        ctr.ok(&["containers", "rm", "it-record"]);
        ctr.fails(&["containers", "info", "it-record"], "not found");
        ctr.fails(&["containers", "rm", "it-record"], "not found");
    });
}

#[test]
fn events_arrive() {
    with_each(|ctr| {
        let mut events = ctr.command(&["events"]).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(events.stdout.take().unwrap()).lines();
        // Until it listens, what happens passes it by.
        let (stop, stopped) = std::sync::mpsc::channel::<()>();
        let line = std::thread::scope(|scope| {
            scope.spawn(move || {
                while stopped.try_recv() == Err(std::sync::mpsc::TryRecvError::Empty) {
                    ctr.ok(&["namespaces", "create", "it-events", "a=b"]);
                    ctr.ok(&["namespaces", "rm", "it-events"]);
                }
            });
            let line = lines.next().unwrap().unwrap();
            drop(stop);
            line
        });
        events.kill().unwrap();
        events.wait().unwrap();
        assert!(line.contains(" it-events /namespaces/"), "{line}");
        assert!(line.contains(r#"{"name":"it-events""#), "{line}");
    });
}
