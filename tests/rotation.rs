//! Logs that are bounded: files that give way to new ones, read as one.

use std::process::{Command, Stdio};

use crate::stack::Stack;

fn lines(text: &str) -> Vec<u32> {
    text.lines().map(|line| line.parse().unwrap_or_else(|e| panic!("{line:?}: {e}"))).collect()
}

/// 2000 lines on both streams in turn, in a container that waits for a word before it says more.
const SAYS: &str = "n=1; while [ $n -le 2000 ]; do echo $n; n=$((n+1)); done; sleep 3000";

#[test]
fn a_bounded_log_is_read_as_one() {
    let stack = Stack::with_busybox();
    let run = ["run", "-d", "--name", "it-rot", "--log-opt", "max-size=16k", "--log-opt", "max-file=4"];
    stack.run(&[&run[..], &["busybox", "sh", "-c", SAYS]].concat()).ok();
    // What is followed from the beginning is whole, however often the file changes.
    let mut follow = stack.command(&["logs", "-f", "it-rot"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut out = std::io::BufReader::new(follow.stdout.take().unwrap());
    let mut last = 0;
    while last < 2000 {
        let mut line = String::new();
        std::io::BufRead::read_line(&mut out, &mut line).unwrap();
        let number: u32 = line.trim().parse().unwrap();
        // A reader that is slow may miss what is gone for good, and nothing comes twice.
        assert!(number > last, "{number} after {last}");
        last = number;
    }
    follow.kill().unwrap();
    follow.wait().unwrap();
    let dir = stack.path("lib/logs/default");
    let mut files: Vec<String> =
        std::fs::read_dir(&dir).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    files.sort();
    assert_eq!(files, ["it-rot.log", "it-rot.log.1", "it-rot.log.2", "it-rot.log.3"]);
    for file in &files {
        let size = std::fs::metadata(dir.join(file)).unwrap().len();
        assert!(size > 0 && size <= 16 << 10, "{file}: {size}");
    }
    let all = lines(&stack.run(&["logs", "it-rot"]).ok());
    assert_eq!(*all.last().unwrap(), 2000);
    assert_eq!(all, (all[0]..=2000).collect::<Vec<_>>());
    // More than the last file holds.
    let tail = (all.len() - 10).to_string();
    assert_eq!(lines(&stack.run(&["logs", "--tail", &tail, "it-rot"]).ok()), all[10..]);
    assert_eq!(lines(&stack.run(&["logs", "--tail", "3", "it-rot"]).ok()), [1998, 1999, 2000]);
    // It goes with its container.
    stack.run(&["rm", "-f", "it-rot"]).ok();
    assert_eq!(std::fs::read_dir(&dir).unwrap().count(), 0);
}

#[test]
fn bounds_that_cannot_be() {
    let stack = Stack::with_busybox();
    let run = |more: &[&str]| stack.run(&[&["run"], more, &["busybox", "true"]].concat());
    assert!(run(&["-d", "--log-opt", "max-size=no"]).fails(125).contains("log option \"max-size=no\""));
    assert!(run(&["-d", "--log-opt", "max-file=2"]).fails(125).contains("without max-size"));
    assert!(
        run(&["-d", "-i", "--log-opt", "max-size=1k"]).fails(125).contains("nothing of its output is kept")
    );
    assert!(run(&["--log-opt", "max-size=1k"]).code != 0);
    let left = Command::new("ls").arg(stack.path("lib/logs/default")).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&left.stdout), "");
    assert_eq!(stack.run(&["container", "ls", "-q"]).ok(), "");
}
