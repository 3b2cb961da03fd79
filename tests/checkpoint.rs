//! `ocirun checkpoint` and `ocirun restore`: a container goes on where it was, and what fails leaves
//! the container, or nothing. What needs CRIU says so where it is not installed.

mod fake;
mod refusals;

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixListener;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

use crate::bin;
use crate::fixture::{self, Bundle};
use crate::runtime::Runtime;
use crate::traces;

/// Counts the lines that it reads, so that a restored one has something to remember; `end` ends it.
const COUNT: &str = "i=0; while read -r x; do i=$((i+1)); echo $i $x; [ $x != end ] || exit 42; done";

/// What one test works with. Its state folder bears the test's name, so that traces can be told.
struct Lab {
    runtime: Runtime,
    dir: tempfile::TempDir,
    bundle: Bundle,
    id: &'static str,
}

/// A container with pipes as standard streams, which a test talks through.
struct Talk {
    child: Child,
    /// The runtime ends while the container goes on.
    detached: bool,
    input: Option<ChildStdin>,
    out: BufReader<ChildStdout>,
}

impl Talk {
    fn begin(command: &mut Command, detached: bool) -> Talk {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("run the runtime");
        let (input, out) = (child.stdin.take(), child.stdout.take().expect("a pipe"));
        Talk { child, detached, input, out: BufReader::new(out) }
    }

    fn say(&mut self, line: &str) -> String {
        if self.detached {
            let status = self.child.wait().expect("it ends");
            assert!(status.success(), "{}", self.errors());
        }
        writeln!(self.input.as_mut().expect("a pipe"), "{line}").expect("write");
        let mut answer = String::new();
        self.out.read_line(&mut answer).expect("read");
        answer.trim_end().to_string()
    }

    /// The exit status of the runtime itself, and what it said.
    fn ended(mut self) -> (i32, String) {
        let code = self.child.wait().expect("it ends").code().expect("a status");
        self.input = None;
        (code, self.errors())
    }

    fn errors(&mut self) -> String {
        let mut said = String::new();
        self.child.stderr.take().expect("a pipe").read_to_string(&mut said).expect("read");
        said
    }
}

impl Lab {
    fn new(id: &'static str, edit: impl FnOnce(&mut Value)) -> Lab {
        let bundle = Bundle::new(&["sh", "-c", COUNT], edit);
        Lab { runtime: Runtime::new(), dir: fixture::temp(), bundle, id }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).to_str().expect("UTF-8").to_string()
    }

    fn spawn(&self, args: &[&str]) -> Talk {
        let bundle = self.bundle.path().to_str().expect("UTF-8");
        let mut command = self.runtime.command(&[&args[..1], &["--bundle", bundle], &args[1..]].concat());
        Talk::begin(&mut command, args.contains(&"--detach"))
    }

    fn start(&self) -> Talk {
        self.spawn(&["run", "--detach", self.id])
    }

    /// Starts it and says one line; as long as the answer lives, its standard input is open.
    fn begin(&self) -> Talk {
        let mut talk = self.start();
        assert_eq!(talk.say("a"), "1 a");
        talk
    }

    /// `checkpoint` with folders of the test's own.
    fn checkpoint(&self, more: &[&str]) -> bin::Done {
        let (images, work) = (self.text("images"), self.text("work"));
        let args = ["checkpoint", "--image-path", &images, "--work-path", &work];
        self.runtime.run(&[&args[..], more, &[self.id]].concat())
    }

    fn restore(&self, more: &[&str]) -> Talk {
        let (images, work) = (self.text("images"), self.text("work"));
        let args = ["restore", "--image-path", &images, "--work-path", &work];
        self.spawn(&[&args[..], more, &[self.id]].concat())
    }

    /// Nothing of the container is left: no record, cgroup, mount, process, file.
    fn gone(&self) {
        let line = self.runtime.run(&["state", self.id]).fails(1);
        assert!(line.contains("container does not exist"), "{line}");
        traces::none_of(&[self.id]);
    }

    fn pid(&self) -> i64 {
        self.runtime.state(self.id)["pid"].as_i64().expect("a pid")
    }
}

#[test]
fn a_container_goes_on_where_it_was() {
    if !bin::peer("criu") {
        return;
    }
    let lab = Lab::new("it-cr-on", |_| {});
    let mut talk = lab.start();
    assert_eq!((talk.say("a"), talk.say("b")), ("1 a".into(), "2 b".into()));
    lab.checkpoint(&[]).ok();
    lab.gone();
    // As containerd's shim writes it: one dash before a long name, and flags before the bundle.
    let pid_file = lab.text("pid");
    let mut talk = lab.restore(&["--detach", "--pid-file", &pid_file, "-no-subreaper"]);
    assert_eq!(talk.say("c"), "3 c");
    let state = lab.runtime.state(lab.id);
    assert_eq!(state["status"], "running");
    assert_eq!(std::fs::read_to_string(&pid_file).unwrap(), state["pid"].to_string());
    // Another process finds its namespaces, that of the clocks included.
    assert_eq!(lab.runtime.run(&["exec", lab.id, "sh", "-c", "echo $$ >/dev/null; echo in"]).ok(), "in\n");
    // It can be saved and restored again.
    lab.checkpoint(&[]).ok();
    let mut talk = lab.restore(&["--detach"]);
    assert_eq!(talk.say("d"), "4 d");
    lab.runtime.run(&["delete", "--force", lab.id]).ok();
    lab.gone();
}

#[test]
fn in_the_foreground_its_status_is_that_of_restore() {
    if !bin::peer("criu") {
        return;
    }
    let lab = Lab::new("it-cr-fg", |_| {});
    let _talk = lab.begin();
    lab.checkpoint(&[]).ok();
    let mut talk = lab.restore(&[]);
    assert_eq!(talk.say("end"), "2 end");
    assert_eq!(talk.ended(), (42, String::new()));
    lab.gone();
}

#[test]
fn a_container_that_is_left_running_runs() {
    if !bin::peer("criu") {
        return;
    }
    let lab = Lab::new("it-cr-left", |_| {});
    let mut talk = lab.begin();
    lab.checkpoint(&["--leave-running"]).ok();
    assert_eq!(lab.runtime.state(lab.id)["status"], "running");
    assert_eq!(talk.say("b"), "2 b");
    lab.runtime.run(&["delete", "--force", lab.id]).ok();
    let mut talk = lab.restore(&["--detach"]);
    assert_eq!(talk.say("c"), "2 c", "as it was when it was saved");
    lab.runtime.run(&["delete", "--force", lab.id]).ok();
}

#[test]
fn a_paused_container_can_be_saved() {
    if !bin::peer("criu") {
        return;
    }
    let lab = Lab::new("it-cr-paused", |_| {});
    let _talk = lab.begin();
    lab.runtime.run(&["pause", lab.id]).ok();
    lab.checkpoint(&[]).ok();
    lab.gone();
    let mut talk = lab.restore(&["--detach"]);
    assert_eq!(talk.say("b"), "2 b");
    lab.runtime.run(&["delete", "--force", lab.id]).ok();
}

#[test]
fn a_restored_container_is_in_the_cgroups_of_its_config() {
    if !bin::peer("criu") {
        return;
    }
    for (mode, own) in [("soft", false), ("full", false), ("ignore", true)] {
        let lab = Lab::new("it-cr-cg", |c| {
            c["linux"]["cgroupsPath"] = json!("/it-cr-cg-a/before");
            c["linux"]["resources"] = json!({"pids": {"limit": 77}});
            let namespaces = c["linux"]["namespaces"].as_array_mut().unwrap();
            namespaces.retain(|n| n["type"] != "cgroup");
            if own {
                namespaces.push(json!({"type": "cgroup"}));
            }
        });
        let _talk = lab.begin();
        lab.checkpoint(&["--manage-cgroups-mode", mode]).ok();
        traces::none_of(&["it-cr-cg-a"]);
        lab.bundle.edit(|c| c["linux"]["cgroupsPath"] = json!("/it-cr-cg-b/after"));
        let mut talk = lab.restore(&["--detach", "--manage-cgroups-mode", mode]);
        assert_eq!(talk.say("b"), "2 b", "{mode}");
        let text = std::fs::read_to_string(format!("/proc/{}/cgroup", lab.pid())).unwrap();
        let placed = text.lines().filter(|line| line.ends_with("/it-cr-cg-b/after")).count();
        assert_eq!(placed, text.lines().count(), "{mode}: {text}");
        let limits =
            ["/sys/fs/cgroup/pids", "/sys/fs/cgroup"].map(|d| format!("{d}/it-cr-cg-b/after/pids.max"));
        let limit = limits.iter().find_map(|file| std::fs::read_to_string(file).ok()).unwrap();
        assert_eq!(limit, "77\n", "{mode}");
        lab.runtime.run(&["delete", "--force", lab.id]).ok();
        traces::none_of(&["it-cr-cg"]);
    }
}

#[test]
fn mounts_find_their_places_in_a_root_that_has_none() {
    if !bin::peer("criu") {
        return;
    }
    let lab = Lab::new("it-cr-mounts", |_| {});
    for (name, file) in [("outer", "o"), ("inner", "i"), ("linked", "l")] {
        std::fs::create_dir(lab.path(name)).unwrap();
        std::fs::write(lab.path(name).join(file), name).unwrap();
    }
    std::fs::write(lab.path("single"), "single").unwrap();
    let root = lab.bundle.path().join("rootfs");
    std::fs::create_dir_all(root.join("real/conf")).unwrap();
    std::os::unix::fs::symlink("/real/conf", root.join("conf")).unwrap();
    lab.bundle.edit(|c| {
        let mounts = c["mounts"].as_array_mut().unwrap();
        for (name, place) in [
            ("outer", "/outer"),
            ("inner", "/outer/deep/inner"),
            ("linked", "/conf"),
            ("single", "/etc/single"),
            ("single", "/dev/shm/../single"),
        ] {
            mounts.push(
                json!({"destination": place, "type": "bind", "source": lab.text(name), "options": ["rbind"]}),
            );
        }
        c["linux"]["maskedPaths"] = json!(["/proc/keys", "/etc/group", "/proc/acpi"]);
    });
    let look = "cat /outer/o /outer/deep/inner/i /conf/l /etc/single /dev/single /etc/group; echo";
    let want = "outerinnerlinkedsinglesingle\n";
    let _talk = lab.begin();
    assert_eq!(lab.runtime.run(&["exec", lab.id, "sh", "-c", look]).ok(), want);
    lab.checkpoint(&[]).ok();
    std::fs::remove_dir_all(root.join("outer")).unwrap();
    std::fs::remove_dir_all(lab.path("outer/deep")).unwrap();
    std::fs::remove_file(root.join("etc/single")).unwrap();
    let mut talk = lab.restore(&["--detach"]);
    assert_eq!(talk.say("b"), "2 b");
    assert_eq!(lab.runtime.run(&["exec", lab.id, "sh", "-c", look]).ok(), want);
    traces::none_of(&["outer/deep/inner "]);
    lab.runtime.run(&["delete", "--force", lab.id]).ok();
}

#[test]
fn a_network_from_outside_is_joined_again() {
    if !bin::peer("criu") {
        return;
    }
    let lab = Lab::new("it-cr-net", |_| {});
    let file = lab.text("it-cr-netns");
    std::fs::write(&file, "").unwrap();
    bin::run(Command::new("unshare").args([&format!("--net={file}"), "ip", "link", "set", "lo", "up"])).ok();
    lab.bundle.edit(|c| {
        let namespaces = c["linux"]["namespaces"].as_array_mut().unwrap();
        namespaces.retain(|n| n["type"] != "network");
        namespaces.push(json!({"type": "network", "path": file}));
    });
    let network = || std::fs::metadata(format!("/proc/{}/ns/net", lab.pid())).map(|m| inode(&m)).unwrap();
    let _talk = lab.begin();
    let before = network();
    lab.checkpoint(&[]).ok();
    let mut talk = lab.restore(&["--detach"]);
    assert_eq!(talk.say("b"), "2 b");
    assert_eq!((network(), inode(&std::fs::metadata(&file).unwrap())), (before, before));
    lab.runtime.run(&["delete", "--force", lab.id]).ok();
    bin::run(Command::new("umount").arg(&file)).ok();
}

fn inode(meta: &std::fs::Metadata) -> u64 {
    use std::os::unix::fs::MetadataExt;
    meta.ino()
}

#[test]
fn hooks_run_at_a_restore_and_may_refuse_it() {
    if !bin::peer("criu") {
        return;
    }
    let lab = Lab::new("it-cr-hooks", |_| {});
    let log = lab.text("hooks");
    let hook = |name: &str| {
        let script = format!("read -r s; echo {name} $(printf %s \"$s\" | jq -r .status) >>{log}");
        json!([{"path": "/bin/sh", "args": ["sh", "-c", script], "env": ["PATH=/usr/bin:/bin"]}])
    };
    lab.bundle.edit(|c| {
        c["hooks"] =
            json!({"prestart": hook("prestart"), "createRuntime": hook("createRuntime"), "poststop": hook("poststop")});
    });
    let _talk = lab.begin();
    lab.checkpoint(&[]).ok();
    let told = || std::fs::read_to_string(&log).unwrap();
    let once = "prestart creating\ncreateRuntime creating\npoststop stopped\n";
    assert_eq!(told(), once);
    let mut talk = lab.restore(&["--detach"]);
    assert_eq!(talk.say("b"), "2 b");
    lab.checkpoint(&[]).ok();
    assert_eq!(told(), once.repeat(2));

    lab.bundle.edit(|c| c["hooks"] = json!({"createRuntime": [{"path": "/bin/false"}]}));
    let (code, said) = lab.restore(&["--detach"]).ended();
    assert_eq!((code, said.lines().count()), (1, 1), "{said}");
    assert!(said.contains("error running createRuntime hook #0: exit status 1"), "{said}");
    lab.gone();
}

/// Takes one terminal's master from a socket.
fn master(listener: &UnixListener) -> File {
    let (stream, _) = listener.accept().expect("a connection");
    File::from(ocirun::console::receive(&stream.into()).expect("a terminal"))
}

/// Types a line, and waits for what the container makes of it.
fn types(mut terminal: &File, line: &str, answer: &str) {
    writeln!(terminal, "{line}").expect("write");
    let mut said = String::new();
    let mut some = [0; 256];
    while !said.contains(answer) {
        let got = terminal.read(&mut some).expect("read");
        assert!(got > 0, "the terminal closed: {said}");
        said.push_str(&String::from_utf8_lossy(&some[..got]));
    }
}

#[test]
fn a_terminal_comes_over_the_console_socket_again() {
    if !bin::peer("criu") {
        return;
    }
    let lab = Lab::new("it-cr-tty", |c| c["process"]["terminal"] = json!(true));
    let socket = lab.text("console");
    let listener = UnixListener::bind(&socket).unwrap();
    let run = lab.spawn(&["run", "--detach", "--console-socket", &socket, lab.id]);
    let first = master(&listener);
    assert_eq!(run.ended(), (0, String::new()));
    types(&first, "a", "1 a");
    lab.checkpoint(&[]).ok();
    let restore = lab.restore(&["--detach", "--console-socket", &socket]);
    let second = master(&listener);
    assert_eq!(restore.ended(), (0, String::new()));
    types(&second, "b", "2 b");
    lab.runtime.run(&["delete", "--force", lab.id]).ok();

    for (args, why) in [
        (&["--detach"][..], "cannot allocate tty if ocirun will detach without setting console socket"),
        (
            &["--console-socket", &socket],
            "cannot use console socket if ocirun will not detach or allocate tty",
        ),
    ] {
        let (code, said) = lab.restore(args).ended();
        assert!(code == 1 && said.contains(why), "{said}");
    }
    lab.gone();
}

#[test]
fn memory_may_be_saved_before() {
    if !bin::peer("criu") {
        return;
    }
    let lab = Lab::new("it-cr-pre", |_| {});
    let mut talk = lab.begin();
    let before = lab.text("before");
    let done = lab.runtime.run(&["checkpoint", "--pre-dump", "--image-path", &before, lab.id]);
    assert_eq!(lab.runtime.state(lab.id)["status"], "running");
    assert_eq!(talk.say("b"), "2 b");
    if done.code == 0 {
        lab.checkpoint(&["--parent-path", "../before"]).ok();
        assert!(lab.path("images/parent").exists());
        assert_eq!(lab.restore(&["--detach"]).say("c"), "3 c");
    } else {
        // Not every kernel tells which pages were written to.
        assert!(done.fails(1).contains("criu is missing features: [MemTrack]"));
    }
    lab.runtime.run(&["delete", "--force", lab.id]).ok();
}

/// What one runtime saves another restores: the images are CRIU's, and what lies beside them has
/// the same form.
#[test]
fn runc_restores_what_is_saved_here_and_the_other_way_round() {
    if !bin::peer("criu") || !bin::peer("runc") {
        return;
    }
    let lab = Lab::new("it-cr-peer", |_| {});
    let root = lab.text("runc");
    let peer = |args: &[&str]| {
        let bundle = lab.bundle.path().to_str().unwrap();
        let mut command = Command::new("runc");
        command.arg("--root").arg(&root).args(&args[..1]);
        if args[0] != "checkpoint" && args[0] != "delete" {
            command.args(["--bundle", bundle]);
        }
        command.args(&args[1..]).arg(lab.id);
        Talk::begin(&mut command, true)
    };
    let images = lab.text("images");
    let _talk = lab.begin();
    lab.checkpoint(&[]).ok();
    let mut talk = peer(&["restore", "--image-path", &images, "--detach"]);
    assert_eq!(talk.say("b"), "2 b");
    let again = lab.text("again");
    let (code, said) = peer(&["checkpoint", "--image-path", &again]).ended();
    assert_eq!(code, 0, "{said}");
    assert_eq!(lab.spawn(&["restore", "--image-path", &again, "--detach", lab.id]).say("c"), "3 c");
    lab.runtime.run(&["delete", "--force", lab.id]).ok();
    peer(&["delete", "--force"]).ended();
}
