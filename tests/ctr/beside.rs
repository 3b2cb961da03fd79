//! The same lines of `ctr`, the one on PATH, for containerd, the one on PATH, and for `ctrd serve`.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::bin::{self, Done};
use crate::caller;
use crate::fixture;
use crate::stack::Stack;

const LINES: &str = include_str!("beside.lines");

/// What nothing holds stays until a line has it collected: neither server is to be the faster one.
const LATE: &str = "[plugins.\"io.containerd.gc.v1.scheduler\"]\nstartup_delay = \"1h\"\n";

/// One server as a line of the shell sees it.
struct Side<'a> {
    name: &'static str,
    address: String,
    /// Where the line may put things, and where the server has its own.
    dir: String,
    server: [String; 2],
    work: &'a Path,
}

impl Side<'_> {
    /// Runs a line in which `$ID` is `it-` and this number.
    fn run(&self, number: usize, line: &str) -> Done {
        let script = format!(
            "ctr() {{ command ctr -a \"$ADDRESS\" \"$@\"; }}; run() {{ ctr run --rm \"$@\"; }}\n{line}"
        );
        let mut command = Command::new("bash");
        command.args(["-c", &script]).stdin(Stdio::null()).current_dir(&self.dir);
        command.env("ADDRESS", &self.address).env("DIR", &self.dir).env("SIDE", self.name);
        command.env("ID", format!("it-{number}"));
        command.env("CONTAINERD_NAMESPACE", format!("ns-{}", self.name));
        command.env("ROOT", self.work.join("root")).env("ARCHIVE", self.work.join("image.tar"));
        let mut done = bin::run(&mut command);
        done.stdout = self.plain(&done.stdout);
        done.stderr = self.plain(&done.stderr);
        done
    }

    /// What is not of the server or of the moment.
    fn plain(&self, text: &str) -> String {
        let mut text = text.replace(&self.dir, "DIR").replace(&format!("ns-{}", self.name), "NS");
        for (own, name) in self.server.iter().zip(["ROOT", "STATE"]) {
            text = text.replace(own, name);
        }
        let lines = text.lines().map(|line| match line.split_once("time=\"") {
            Some((before, rest)) => {
                format!("{before}{}", rest.split_once("\" ").map_or("", |(_, rest)| rest))
            }
            None => line.to_string(),
        });
        let lines = lines.map(|line| timeless(&line).unwrap_or(line));
        // Labels stand in the order of Go's maps, which is another each time.
        let mut lines: Vec<String> = lines.collect();
        let label = |line: &String| line.contains("│\"");
        for labels in lines.chunk_by_mut(|one, next| label(one) && label(next)) {
            labels.sort();
        }
        lines.join("\n")
    }
}

/// A line without the second that is in the label of what `ctr` makes.
fn timeless(line: &str) -> Option<String> {
    let (before, rest) = line.split_once("gc.root")?;
    let (sign, rest) = rest.split_at(rest.find("20")?);
    let (time, rest) = rest.split_at_checked("2006-01-02T15:04:05Z".len())?;
    time.ends_with('Z').then(|| format!("{before}gc.root{sign}TIME{rest}"))
}

/// Has both run the lines of a section.
fn compare(section: &str) {
    if !caller::known_containerd() || !["ctr", "umoci", "jq"].into_iter().all(bin::peer) {
        return;
    }
    let work = fixture::temp();
    fixture::image(work.path(), "busybox");
    let folder = caller::folder();
    let _containerd = caller::containerd_with(Path::new("containerd"), folder.path(), LATE);
    let stack = Stack::new();
    let config = stack.path("config.toml");
    // And at once then, as containerd does.
    let text = format!("version = 2\n{LATE}schedule_delay = \"0s\"\n");
    std::fs::write(&config, text).expect("write config.toml");
    let _ctrd = stack.serve_with(&["--config", config.to_str().expect("UTF-8")]);
    let text = |path: &Path| path.display().to_string();
    let side = |name, address: &Path, dir: &Path, server: [&Path; 2]| {
        let dir = dir.join("lines");
        std::fs::create_dir(&dir).expect("make a folder");
        let server = server.map(text);
        Side { name, address: text(address), dir: text(&dir), server, work: work.path() }
    };
    let at = |name: &str| folder.path().join(name);
    let theirs = side("theirs", &at("c.sock"), folder.path(), [&at("clib"), &at("crun")]);
    let ours = side("ours", &stack.address(), stack.dir.path(), [&stack.path("lib"), &stack.path("run")]);
    let mut wrong = Vec::new();
    let mut number = 0;
    let mut lines = LINES.lines().skip_while(|line| *line != format!("== {section}")).skip(1).peekable();
    for side in [&theirs, &ours] {
        let done = side.run(0, "ctr images import --base-name bb $ARCHIVE");
        assert_eq!(done.code, 0, "{}: {done:?}", side.name);
    }
    while let Some(line) = lines.next() {
        match line.trim() {
            line if line.starts_with("== ") => break,
            line if line.is_empty() || line.starts_with('#') => continue,
            _ => {}
        }
        number += 1;
        let reason = lines.next_if(|next| next.starts_with("  ~ ") || next.starts_with("  = "));
        let (mut their, mut our) = (theirs.run(number, line), ours.run(number, line));
        let same = |their: &Done, our: &Done| {
            (their.code, &their.stdout, &their.stderr) == (our.code, &our.stdout, &our.stderr)
        };
        // ctr 2.1 may end before it has written all of an export.
        for _ in 0..5 {
            if reason.is_none() && line.contains("ctr images export") && !same(&their, &our) {
                (their, our) = (theirs.run(number, line), ours.run(number, line));
            }
        }
        let same = same(&their, &our);
        match reason {
            None if !same => wrong.push(format!("{line}\n  containerd: {their:?}\n  ctrd: {our:?}")),
            Some(reason) if same && reason.starts_with("  ~") => {
                wrong.push(format!("{line}\n  the same: {their:?}"));
            }
            _ => {}
        }
    }
    for side in [&theirs, &ours] {
        side.run(0, "for id in $(ctr containers ls -q); do ctr tasks rm -f $id; ctr containers rm $id; done");
    }
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
}

macro_rules! sections {
    ($($name:ident,)*) => {
        $(#[test]
        fn $name() {
            compare(stringify!($name));
        })*
    };
}

sections! {
    server,
    images,
    content,
    snapshots,
    namespaces,
    runs,
    tasks,
}
