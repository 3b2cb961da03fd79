//! Two servers and what the calls name: a root file system, blobs, folders.

use std::path::Path;

use ctrd::digest::Digest;
use prost::Message;
use prost::bytes::Bytes;
use serde_json::{Value, json};
use tonic::transport::Channel;

use super::events::Listener;
use super::message::{Reader, Schema, Words, Writer};
use super::session::{Call, Differs, Session};
use super::wire;
use crate::bin;
use crate::caller::{self, Daemon};
use crate::fixture;
use crate::stack::{Server, Stack};

pub struct Pair {
    pub schema: Schema,
    theirs: tempfile::TempDir,
    ours: Stack,
    _containerd: Daemon,
    _ctrd: Server,
}

/// One of the two, with a connection.
struct Side {
    channel: Channel,
    words: Words,
    names: Vec<(String, &'static str)>,
    listener: Listener,
}

impl Side {
    /// Connects to the server at `address`, which keeps its things in `root` and `state`; those of the calls
    /// are put into `dir`.
    async fn new(address: &Path, dir: &Path, root: &Path, state: &Path) -> Self {
        let channel = ctrd::client::channel::connect(address, root, state).await.expect("a server");
        let listener = Listener::start(&channel).await;
        let text = |path: &Path| path.display().to_string();
        let dir = dir.join("calls");
        let names = vec![(text(root), "ROOT"), (text(state), "STATE"), (text(&dir), "DIR")];
        Self { channel, words: words(&dir), names, listener }
    }
}

impl Pair {
    /// Both with this in their configuration. None, with the reason told, where containerd is not installed.
    pub fn with(config: &str) -> Option<Self> {
        Self::with_ours(config, "")
    }

    /// The same with more in ours.
    pub fn with_ours(config: &str, more: &str) -> Option<Self> {
        if !caller::known_containerd() {
            return None;
        }
        let theirs = caller::folder();
        // What nothing holds stays until a call has it collected: neither is to be the faster one.
        let config = format!("{config}[plugins.\"io.containerd.gc.v1.scheduler\"]\nstartup_delay = \"1h\"\n");
        let containerd = caller::containerd_with(Path::new("containerd"), theirs.path(), &config);
        let ours = Stack::new();
        let file = ours.path("config.toml");
        std::fs::write(&file, format!("version = 2\n{more}{config}")).expect("write config.toml");
        let ctrd = ours.serve_with(&["--config", file.to_str().expect("UTF-8")]);
        Some(Self { schema: Schema::new(), theirs, ours, _containerd: containerd, _ctrd: ctrd })
    }

    /// Makes the calls, and returns what differs: a text each.
    pub async fn play(&self, session: &Session) -> Vec<String> {
        let (dir, stack) = (self.theirs.path(), &self.ours);
        let mut theirs = Side::new(&dir.join("c.sock"), dir, &dir.join("clib"), &dir.join("crun")).await;
        let mut ours =
            Side::new(&stack.address(), stack.dir.path(), &stack.path("lib"), &stack.path("run")).await;
        let mut wrong = Vec::new();
        let version = self.version(&theirs).await;
        for call in &session.calls {
            let our = self.answer(&ours, call).await;
            let head = format!("alike/{}.calls:{}: {}", session.name, call.line, call.text());
            if call.differs == Differs::Ours {
                if our["end"]["code"] == "Unavailable" {
                    wrong.push(format!("{head:.300}\n  ctrd: {our}"));
                }
                continue;
            }
            let their = self.answer(&theirs, call).await;
            // Older ones have fewer services.
            if their["end"]["text"].as_str().is_some_and(|text| text.starts_with("unknown ")) {
                continue;
            }
            match call.differs {
                Differs::Never if their != our => {
                    wrong.push(format!("{head:.300}\n  containerd {version}: {their}\n  ctrd: {our}"));
                }
                Differs::MaybeInWords if !like(&their, &our) => {
                    wrong.push(format!("{head:.300}\n  containerd {version}: {their}\n  ctrd: {our}"));
                }
                Differs::InWords if wordless(&their) != wordless(&our) => {
                    wrong.push(format!("{head:.300}\n  containerd {version}: {their}\n  ctrd: {our}"));
                }
                Differs::Always | Differs::InWords if their == our => {
                    wrong.push(format!("{head:.300}\n  the same: {their}"));
                }
                _ => {}
            }
        }
        if session.quiet {
            return wrong;
        }
        theirs.listener.stop(&theirs.channel).await;
        ours.listener.stop(&ours.channel).await;
        let (their, our) =
            (theirs.listener.read(&self.reader(&theirs)), ours.listener.read(&self.reader(&ours)));
        let only = |some: &[String], other: &[String]| -> Vec<String> {
            let count = |list: &[String], event: &String| list.iter().filter(|e| *e == event).count();
            some.iter().filter(|e| count(some, e) > count(other, e)).cloned().collect()
        };
        for event in only(&their, &our) {
            wrong.push(format!("alike/{}.calls: only containerd {version} tells: {event}", session.name));
        }
        for event in only(&our, &their) {
            wrong.push(format!("alike/{}.calls: only ctrd tells: {event}", session.name));
        }
        wrong
    }

    fn reader<'a>(&'a self, side: &'a Side) -> Reader<'a> {
        Reader { schema: &self.schema, names: &side.names }
    }

    async fn version(&self, side: &Side) -> String {
        let method = self.schema.method("Version/Version").expect("the method");
        let answer = wire::call(
            &side.channel,
            "/containerd.services.version.v1.Version/Version",
            &<_>::default(),
            vec![Bytes::new()],
        )
        .await;
        let reader = self.reader(side);
        let message = answer.messages.first().map(|m| reader.message(&method.output(), m));
        message.map(|m| m["version"].as_str().unwrap_or_default().to_string()).unwrap_or_default()
    }

    async fn answer(&self, side: &Side, call: &Call) -> Value {
        let writer = Writer { schema: &self.schema, words: &side.words };
        let encode = |request: &Value| -> Bytes {
            writer.message(&call.method.input(), request).encode_to_vec().into()
        };
        let requests = call.requests.iter().map(encode).collect();
        let answer = wire::call(&side.channel, &call.path(), &call.headers, requests).await;
        let reader = self.reader(side);
        let mut messages: Vec<Value> =
            answer.messages.iter().map(|m| reader.message(&call.method.output(), m)).collect();
        if call.name == "Content/Write" {
            // containerd sends the last answer once more at its end.
            messages.dedup();
        }
        let end = match answer.end {
            Ok(()) => json!("ok"),
            Err(status) => json!({
                "code": format!("{:?}", status.code()),
                "text": without_kind(&reader.text(status.message())),
            }),
        };
        json!({ "messages": messages, "end": end })
    }
}

/// An answer without the text of its error.
fn wordless(answer: &Value) -> Value {
    let mut answer = answer.clone();
    if let Some(end) = answer["end"].as_object_mut() {
        end.remove("text");
    }
    answer
}

/// Whether two answers differ in the texts of their errors alone, or in the code where containerd gives none.
fn like(their: &Value, our: &Value) -> bool {
    let no_code = their["end"]["code"] == "Unknown" && our["end"]["code"].is_string();
    wordless(their) == wordless(our) || no_code && their["messages"] == our["messages"]
}

/// A text without the words for its code at the end, of which there may be none, one or two.
fn without_kind(text: &str) -> String {
    let kinds = ["invalid argument", "not found", "already exists", "failed precondition", "not implemented"];
    let cut = kinds.iter().find_map(|kind| text.strip_suffix(kind)?.strip_suffix(": "));
    cut.map_or_else(|| text.to_string(), without_kind)
}

/// What stands for the names in the calls.
fn words(dir: &Path) -> Words {
    let root = dir.join("root");
    fixture::rootfs(&root);
    let tree = dir.join("tree");
    for folder in [&tree.join("etc"), &dir.join("empty"), &dir.join("apply")] {
        std::fs::create_dir_all(folder).expect("make a folder");
    }
    std::fs::write(tree.join("etc/file"), "in a layer\n").expect("write a file");
    let tar = dir.join("layer.tar");
    let script = "tar --sort=name --mtime=@1 --owner=0 --group=0 -C \"$1\" -cf \"$2\" . && gzip -nk \"$2\"";
    bin::run(std::process::Command::new("sh").args(["-c", script, "tar"]).arg(&tree).arg(&tar)).ok();
    let layer = std::fs::read(&tar).expect("read the layer");
    let gzip = std::fs::read(dir.join("layer.tar.gz")).expect("read the layer");
    let diff_id = Digest::of(&layer).to_string();
    let config = json!({
        "architecture": "amd64", "os": "linux", "config": {},
        "rootfs": { "type": "layers", "diff_ids": [diff_id] },
    });
    let config = config.to_string().into_bytes();
    let manifest = json!({
        "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": { "mediaType": "application/vnd.oci.image.config.v1+json",
            "digest": Digest::of(&config).to_string(), "size": config.len() },
        "layers": [{ "mediaType": "application/vnd.oci.image.layer.v1.tar+gzip",
            "digest": Digest::of(&gzip).to_string(), "size": gzip.len() }],
    });
    let manifest = manifest.to_string().into_bytes();
    let mut words = Words::new();
    for (name, bytes) in [("LAYER", layer), ("GZIP", gzip), ("CONFIG", config), ("MANIFEST", manifest)] {
        words.insert(format!("{name}.DIGEST"), Digest::of(&bytes).to_string().into());
        words.insert(name.to_string(), bytes);
    }
    words.insert("HELLO.DIGEST".into(), Digest::of(b"hello").to_string().into());
    words.insert("BIG".into(), vec![0; 15 << 20]);
    words.insert("BIGGER".into(), vec![0; 17 << 20]);
    words.insert("ROOT".into(), root.display().to_string().into());
    words.insert("DIR".into(), dir.display().to_string().into());
    words.insert("NONE.DIGEST".into(), format!("sha256:{}", "5".repeat(64)).into());
    for (name, args) in [("SLEEP", &["sleep", "3000"][..]), ("TRUE", &["true"])] {
        words.insert(name.into(), spec(&root, args).to_string().into());
        words.insert(format!("{name}.PROCESS"), spec(&root, args)["process"].to_string().into());
    }
    words
}

fn spec(root: &Path, args: &[&str]) -> Value {
    // Of two containers of one name each has control groups of its own.
    let group = format!("/alike-{}", Digest::of(root.as_os_str().as_encoded_bytes()).hex());
    json!({
        "ociVersion": "1.2.0",
        "process": { "user": { "uid": 0, "gid": 0 }, "args": args, "cwd": "/",
            "env": ["PATH=/bin"], "noNewPrivileges": true },
        "root": { "path": root, "readonly": true },
        "mounts": [
            { "destination": "/proc", "type": "proc", "source": "proc" },
            { "destination": "/dev", "type": "tmpfs", "source": "tmpfs" },
        ],
        "linux": { "cgroupsPath": group, "namespaces": [{ "type": "pid" }, { "type": "mount" }, { "type": "ipc" }] },
    })
}
