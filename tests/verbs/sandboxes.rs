//! `ctrd sandbox`, and containers that run in one.

use serde_json::Value;

use super::{both_ways, objects};
use crate::stack::Stack;
use crate::{bin, ctr, traces};

fn inspect(stack: &Stack, id: &str) -> Value {
    serde_json::from_str(&stack.run(&["sandbox", "inspect", id]).ok()).expect("JSON")
}

#[test]
fn the_life_of_a_sandbox() {
    both_ways(|stack, how| {
        let made = stack.run(&["sandbox", "run", "--hostname", "pod-host", "--label", "a=b", "it-box"]);
        assert_eq!(made.ok(), "it-box\n", "{how}");
        let twice = stack.run(&["sandbox", "run", "it-box"]).fails(1);
        assert_eq!(twice, "ctrd: sandbox run it-box: sandbox it-box: already exists", "{how}");
        let box_ = inspect(stack, "it-box");
        assert_eq!(box_["status"], "ready", "{how}: {box_}");
        assert_eq!(
            (box_["labels"]["a"].as_str(), box_["info"]["containers"].as_str()),
            (Some("b"), Some("0"))
        );
        let list = objects(&stack.run(&["sandbox", "ls", "--format", "json"]).ok());
        assert_eq!((&list[0]["id"], &list[0]["pid"]), (&"it-box".into(), &box_["pid"]), "{how}");
        let metrics: Value =
            serde_json::from_str(&stack.run(&["sandbox", "metrics", "it-box"]).ok()).expect("JSON");
        assert_eq!(metrics["pids"]["current"], 1, "{how}: {metrics}");

        // Two containers share its host name, its network and its shim.
        let same = "readlink /proc/self/ns/net /proc/self/ns/uts /proc/self/ns/ipc; hostname";
        let run = |args: &[&str]| stack.run(&[&["run"], args, &["busybox", "sh", "-c", same]].concat()).ok();
        let first = run(&["--rm", "--sandbox", "it-box"]);
        assert!(first.ends_with("pod-host\n"), "{how}: {first}");
        assert_eq!(run(&["--rm", "--sandbox", "it-box"]), first, "{how}");
        assert_ne!(run(&["--rm"]), first, "{how}");
        stack
            .run(&["run", "-d", "--sandbox", "it-box", "--name", "it-boxed", "busybox", "sleep", "3000"])
            .ok();
        let shims = traces::processes()
            .filter(|(_, line)| line.contains("ctrd-shim -") && line.contains(stack.word()));
        assert_eq!(shims.count(), 1, "{how}: one shim for all");
        let busy = stack.run(&["sandbox", "rm", "it-box"]).fails(1);
        assert!(busy.ends_with("container it-boxed is in it"), "{how}: {busy}");
        assert_eq!(super::inspect(stack, "it-boxed")["sandbox"], "it-box");
        stack.run(&["rm", "--force", "it-boxed"]).ok();

        stack.run(&["sandbox", "stop", "--time", "5", "it-box"]).ok();
        assert_eq!(inspect(stack, "it-box")["status"], "notready", "{how}");
        assert_eq!(stack.run(&["sandbox", "wait", "it-box"]).ok(), "0\n", "{how}");
        let late = stack.run(&["run", "--rm", "--sandbox", "it-box", "busybox", "true"]).fails(125);
        assert!(late.ends_with("sandbox it-box: it does not run"), "{how}: {late}");
        stack.run(&["sandbox", "rm", "it-box"]).ok();
        assert_eq!(stack.run(&["sandbox", "ls", "-q"]).ok(), "", "{how}");
        for verb in ["start", "stop", "inspect", "wait", "metrics", "rm"] {
            let gone = stack.run(&["sandbox", verb, "it-box"]).fails(1);
            assert_eq!(gone, format!("ctrd: sandbox {verb} it-box: not found"), "{how}");
        }
        stack.run(&["sandbox", "rm", "--force", "it-box"]).ok();
        traces::none_of(&["it-box"]);
    });
}

#[test]
fn made_and_started_apart_from_a_specification() {
    both_ways(|stack, how| {
        let root = stack.path("box-root");
        if !root.exists() {
            crate::fixture::rootfs(&root);
        }
        let spec = serde_json::json!({
            "ociVersion": "1.1.0",
            "root": {"path": root},
            "process": {"args": ["/bin/sleep", "2996"], "cwd": "/", "user": {"uid": 0, "gid": 0}},
            "mounts": [{"destination": "/proc", "type": "proc", "source": "proc"}],
            "hostname": "of-the-file",
            "linux": {"namespaces": [{"type": "mount"}, {"type": "uts"}, {"type": "pid"}]},
        });
        let file = stack.path("pod.json");
        std::fs::write(&file, spec.to_string()).unwrap();
        let file = file.to_str().unwrap();
        stack.run(&["sandbox", "create", file, "it-spec"]).ok();
        assert_eq!(inspect(stack, "it-spec")["status"], "notready", "{how}");
        stack.run(&["sandbox", "start", "it-spec"]).ok();
        let box_ = inspect(stack, "it-spec");
        assert_eq!(box_["spec"]["hostname"], "of-the-file", "{how}");
        let line = std::fs::read_to_string(format!("/proc/{}/cmdline", box_["pid"])).unwrap();
        assert_eq!(line, "/bin/sleep\x002996\0", "{how}");
        stack.run(&["sandbox", "rm", "it-spec"]).ok();
        // Nothing stays of one that cannot be made.
        for (args, says) in [
            (&["sandbox", "run", "/nonexistent.json", "it-spec"][..], "read /nonexistent.json"),
            (&["sandbox", "run", "--runtime", "/bin/false", "it-spec"], "create sandbox it-spec"),
            (&["sandbox", "run", "a/b"], "identifier"),
        ] {
            let line = stack.run(args).fails(1);
            assert!(line.contains(says), "{how}: {args:?}: {line}");
        }
        assert_eq!(stack.run(&["sandbox", "ls", "-q"]).ok(), "", "{how}");
        traces::none_of(&["it-spec"]);
    });
}

/// What ctrd has made ctr lists, and removes.
#[test]
fn ctr_sees_the_same_sandboxes() {
    ctr::with_each(|ctr| {
        if ctr.version < (2, 0) {
            return bin::skip("this ctr has other sandboxes");
        }
        ctr.stack.run(&["sandbox", "run", "it-bothsee"]).ok();
        let line = ctr.line(&["sandboxes", "ls"], "it-bothsee").expect("listed");
        assert_eq!(line.last().map(String::as_str), Some("io.containerd.ctrd.v2"), "{line:?}");
        ctr.ok(&["sandboxes", "rm", "it-bothsee"]);
        assert_eq!(ctr.stack.run(&["sandbox", "ls", "-q"]).ok(), "");
        traces::none_of(&["it-bothsee"]);
    });
}
