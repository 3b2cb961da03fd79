//! Names of strangers on a terminal: they are shown, and say nothing to it.

use std::process::Stdio;

use serde_json::json;

use super::image::Layout;
use crate::stack::Stack;
use crate::verbs::both_ways;
use crate::{bin, fixture};

/// Sets the title, clears the screen, and ends a line to begin another one.
const EVIL: &str = "evil\u{1b}]0;title\u{7}\u{1b}[2J\u{9b}1A\r\nbusybox";

fn is_plain(text: &str, what: &str) {
    let bad = text.chars().find(|c| c.is_control() && *c != '\n');
    assert_eq!(bad, None, "{what}: {text:?}");
}

#[test]
fn names_of_an_archive_are_no_commands() {
    both_ways(|stack: &Stack, how| {
        let dir = fixture::temp();
        let layout = Layout::new(&dir.path().join("layout"));
        let root = dir.path().join("root");
        std::fs::create_dir(&root).expect("a folder");
        let label = json!({"Labels": {EVIL: EVIL}, "Cmd": [EVIL]});
        let manifest = layout.manifest(&layout.layer(&root), &label).to_string();
        let mut target = layout.put("manifest.v1+json", manifest.as_bytes());
        target["annotations"] = json!({"io.containerd.image.name": EVIL});
        layout.index(&target);
        let before = stack.run(&["image", "ls", "-q"]).ok().lines().count();
        let printed = stack.run(&["image", "import", layout.path()]).ok();
        assert_eq!(printed.lines().count(), 1, "{how}: {printed:?}");
        is_plain(&printed, how);
        assert_eq!(stack.run(&["image", "ls", "-q"]).ok().lines().count(), before + 1, "{how}");
        stack.run(&["create", "--name", "it-evil-name", EVIL]).ok();
        for line in [
            &["image", "ls"][..],
            &["image", "ls", "-q"],
            &["image", "usage"],
            &["image", "check"],
            &["image", "inspect", EVIL],
            &["image", "ls", "--format", "json"],
            &["ps"],
            &["ps", "--format", "json"],
            &["container", "ls"],
            &["inspect", "it-evil-name"],
            &["content", "ls"],
            &["start", "it-evil-name"],
            &["run", "--rm", EVIL],
            &["image", "rm", &format!("{EVIL}2")],
        ] {
            let done = stack.run(line);
            is_plain(&done.stdout, &format!("{how} {line:?}"));
            is_plain(&done.stderr, &format!("{how} {line:?}"));
        }
        for format in ["json", "table"].iter().filter(|_| how == "with a server") {
            let line = ["events", "--count", "1", "--format", format, "topic==\"/images/update\""];
            let mut events = stack.command(&line).stdout(Stdio::piped()).spawn().expect("run ctrd");
            let mut n = 0;
            while events.try_wait().expect("look for it").is_none() {
                n += 1;
                stack.run(&["image", "label", EVIL, &format!("n={n}")]).ok();
            }
            let told = bin::done(&events.wait_with_output().expect("its output")).ok();
            assert!(told.contains("]0;title"), "{told:?}");
            is_plain(&told, format);
        }
        stack.run(&["rm", "it-evil-name"]).ok();
        stack.run(&["image", "rm", "--sync", EVIL]).ok();
    });
}
