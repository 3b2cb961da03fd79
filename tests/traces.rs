//! What a container can leave on the host: cgroups, mounts, processes, sockets, folders of state.
//!
//! Everything that belongs to a container bears its id or lies below its folders, so a test names
//! those words and others may run beside it.

use std::path::Path;
use std::time::{Duration, Instant};

/// Asserts that nothing on the host bears one of `words`: no cgroup, mount, process that is not a
/// zombie, bound socket, or file below /run. A server that lives may still be at the folders of a bundle that is gone,
/// and a shim on its way out.
pub fn none_of(words: &[&str]) {
    let limit = Instant::now() + Duration::from_secs(20);
    let goes = |line: &String| match line.split_once(' ') {
        Some(("file", path)) => path.contains(".v2.task/") && path.contains("/."),
        Some(("process", line)) => line.contains("/ctrd-shim "),
        _ => false,
    };
    loop {
        let left = left_of(words);
        if left.is_empty() {
            return;
        }
        assert!(left.iter().all(goes) && Instant::now() < limit, "left behind: {left:#?}");
    }
}

/// What there is of that kind.
pub fn left_of(words: &[&str]) -> Vec<String> {
    let bears = |text: &str| words.iter().any(|word| text.contains(word));
    let mut left = Vec::new();
    below(Path::new("/sys/fs/cgroup"), &mut |path| {
        if bears(path) {
            left.push(format!("cgroup {path}"));
        }
    });
    below(Path::new("/run"), &mut |path| {
        if bears(path) {
            left.push(format!("file {path}"));
        }
    });
    for (what, file) in [("mount", "/proc/self/mounts"), ("socket", "/proc/net/unix")] {
        let text = std::fs::read_to_string(file).expect("a table of the kernel");
        left.extend(text.lines().filter(|l| bears(l)).map(|l| format!("{what} {l}")));
    }
    left.extend(
        processes().filter(|(_, line)| bears(line)).map(|(pid, line)| format!("process {pid} {line}")),
    );
    left
}

/// Every process but this one that has a command line (a zombie has none), with that line.
pub fn processes() -> impl Iterator<Item = (u32, String)> {
    std::fs::read_dir("/proc").expect("procfs").flatten().filter_map(|entry| {
        let pid: u32 = entry.file_name().to_str()?.parse().ok()?;
        let line = std::fs::read(entry.path().join("cmdline")).ok()?;
        let line = String::from_utf8_lossy(&line).replace('\0', " ").trim_end().to_string();
        (pid != std::process::id() && !line.is_empty()).then_some((pid, line))
    })
}

fn below(dir: &Path, see: &mut impl FnMut(&str)) {
    let Ok(entries) = std::fs::read_dir(dir) else { return };
    for entry in entries.flatten() {
        let folder = entry.file_type().is_ok_and(|t| t.is_dir());
        if folder || !dir.starts_with("/sys") {
            see(&entry.path().to_string_lossy());
        }
        if folder {
            below(&entry.path(), see);
        }
    }
}
