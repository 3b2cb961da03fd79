//! Checkpoint and restore through the shim, by CRIU where it is installed: a container with streams goes on
//! where it was, under another shim too.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;

use ctrd_shim::any;
use ctrd_shim::api::events::TaskExit;
use ctrd_shim::api::process::Status;
use ctrd_shim::api::{runc, task};
use ctrd_shim::method::topic;
use nix::sys::stat::Mode;
use nix::unistd::mkfifo;

use super::driver::{Driven, over_each};
use crate::bin;

/// Counts the lines that it reads; `end` ends it.
const COUNT: &str = "i=0; while read -r x; do i=$((i+1)); echo $i $x; [ $x != end ] || exit 42; done";

/// The two ends of a container's streams.
struct Talk {
    input: File,
    output: BufReader<File>,
    _errors: File,
}

impl Talk {
    fn new(dir: &Path) -> Self {
        for name in ["in", "out", "err"] {
            mkfifo(&dir.join(name), Mode::S_IRWXU).expect("make a FIFO");
        }
        let open =
            |name: &str| File::options().read(true).write(true).open(dir.join(name)).expect("open a FIFO");
        Self { input: open("in"), output: BufReader::new(open("out")), _errors: open("err") }
    }

    fn say(&mut self, line: &str) -> String {
        writeln!(self.input, "{line}").expect("write");
        let mut answer = String::new();
        self.output.read_line(&mut answer).expect("read");
        answer.trim_end().into()
    }
}

fn request(shim: &Driven, streams: &Path, checkpoint: &str) -> task::CreateTaskRequest {
    let at = |name: &str| streams.join(name).display().to_string();
    task::CreateTaskRequest {
        stdin: at("in"),
        stdout: at("out"),
        stderr: at("err"),
        checkpoint: checkpoint.into(),
        ..shim.request()
    }
}

fn save(shim: &Driven, images: &str, exit: bool) {
    let options = runc::CheckpointOptions { exit, ..Default::default() };
    let request = task::CheckpointTaskRequest {
        id: shim.id.clone(),
        path: images.into(),
        options: Some(any::pack(&options)),
    };
    shim.ok::<()>("Checkpoint", &request);
}

#[test]
fn a_container_goes_on_where_it_was() {
    if !bin::peer("criu") {
        return;
    }
    over_each(|stack| {
        let shim = stack.shim("it-shim-cr", &["sh", "-c", COUNT]);
        std::fs::create_dir(shim.bundle.path().join("work")).unwrap();
        let images = shim.dir.path().join("images");
        std::fs::create_dir(&images).unwrap();
        let images = images.to_str().unwrap();
        let streams = crate::fixture::temp();
        let mut talk = Talk::new(streams.path());
        shim.ok::<task::CreateTaskResponse>("Create", &request(&shim, streams.path(), ""));
        shim.start("");
        assert_eq!((talk.say("a"), talk.say("b")), ("1 a".into(), "2 b".into()));
        save(&shim, images, false);
        assert_eq!(shim.state("").status, Status::Running as i32, "{stack}");
        assert_eq!(talk.say("c"), "3 c");
        save(&shim, images, true);
        assert_eq!(shim.wait(""), 137);
        shim.delete("");
        for topic in [topic::CREATE, topic::START, topic::EXIT, topic::DELETE] {
            assert_eq!(shim.server().next_but(topic::OOM).topic, topic);
        }
        // From its image, in the same bundle, with other streams: containerd's shim goes on reading the old.
        let streams = crate::fixture::temp();
        let mut talk = Talk::new(streams.path());
        shim.ok::<task::CreateTaskResponse>("Create", &request(&shim, streams.path(), images));
        let pid = shim.start("");
        assert_eq!(shim.state("").pid, pid);
        assert_eq!(talk.say("d"), "4 d", "{stack}");
        shim.exec("e", &["sh", "-c", "exit 5"]);
        shim.start("e");
        assert_eq!(shim.wait("e"), 5);
        shim.delete("e");
        assert_eq!(talk.say("end"), "5 end");
        assert_eq!(shim.wait(""), 42);
        shim.delete("");
        loop {
            let envelope = shim.server().next();
            if envelope.topic != topic::EXIT {
                continue;
            }
            let exit: TaskExit = any::unpack(&envelope.event.unwrap()).unwrap().unwrap();
            if exit.id == "it-shim-cr" {
                assert_eq!((exit.pid, exit.exit_status), (pid, 42));
                break;
            }
        }
    });
}

#[test]
fn what_cannot_be_saved_or_restored_is_told() {
    if !bin::peer("criu") {
        return;
    }
    let shim = Driven::new("it-shim-nocr", &["sh", "-c", COUNT]);
    std::fs::create_dir(shim.bundle.path().join("work")).unwrap();
    let streams = crate::fixture::temp();
    let mut talk = Talk::new(streams.path());
    shim.ok::<task::CreateTaskResponse>("Create", &request(&shim, streams.path(), "/nonexistent"));
    let (_, words) = shim.refused("Start", &shim.start_request(""));
    assert!(words.starts_with("OCI runtime restore failed: "), "{words}");
    shim.delete("");
    shim.ok::<task::CreateTaskResponse>("Create", &request(&shim, streams.path(), ""));
    shim.start("");
    let save = task::CheckpointTaskRequest { id: shim.id.clone(), path: "/proc/none".into(), options: None };
    let (_, words) = shim.refused("Checkpoint", &save);
    assert!(words.contains("path= "), "{words}");
    assert_eq!(talk.say("a"), "1 a", "it goes on");
}
