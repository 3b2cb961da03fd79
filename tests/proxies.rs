//! What other programs do for the server: plugins behind a socket, and processors of layers.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use ctrd::api::events::SubscribeRequest;
use ctrd::api::sandbox::{ControllerStartRequest, ControllerWaitRequest};
use ctrd::client::remote::Remote;
use serde_json::{Value, json};

use crate::bin;
use crate::caller::{self, Daemon};
use crate::fixture;
use crate::stack::{Server, Stack};
use crate::traces;

/// Serves with this configuration, in a file of the stack's.
fn serving(stack: &Stack, config: &str) -> Server {
    std::fs::write(stack.path("config.toml"), config).unwrap();
    stack.serve_with(&["--config", stack.path("config.toml").to_str().unwrap()])
}

/// A collector that never comes by itself: to it, snapshots of another server are nobody's.
const NO_COLLECTOR: &str =
    "[plugins.'io.containerd.gc.v1.scheduler']\nstartup_delay = '1h'\nmutation_threshold = 0\n";

fn far(address: &Path, capabilities: &str) -> String {
    format!(
        "version = 3\n[proxy_plugins.far]\ntype = 'snapshot'\naddress = {address:?}\nremote = 'overlayfs'\n\
         capabilities = [{capabilities}]\n[proxy_plugins.far.exports]\nroot = '/there'\n"
    )
}

/// Runs a container on the snapshotter `far` of a stack, whose snapshots `there` lists, and removes all.
fn run_far_away(stack: &Stack, id: &str, there: impl Fn() -> Vec<String>) {
    let run = ["run", "--snapshotter", "far", "--name", id];
    let script = "echo written >/word; cat /word";
    assert_eq!(stack.run(&[&run[..], &["busybox", "sh", "-c", script]].concat()).ok(), "written\n");
    let keys = there();
    assert!(
        keys.iter().any(|key| key.starts_with("default/") && key.ends_with(&format!("/{id}"))),
        "{keys:?}"
    );
    assert_eq!(keys.len(), 2, "one layer and one container: {keys:?}");
    let ls = stack.run(&["snapshot", "ls", "-q", "--snapshotter", "far"]).ok();
    assert!(ls.lines().any(|key| key == id) && ls.lines().count() == 2, "{ls}");
    let diff = stack.run(&["snapshot", "usage", "--snapshotter", "far", id]).ok();
    assert!(!diff.is_empty());
    // The same layer is there at once.
    assert_eq!(
        stack.run(&["run", "--rm", "--snapshotter", "far", "busybox", "echo", "again"]).ok(),
        "again\n"
    );
    stack.run(&["container", "rm", id]).ok();
    stack.run(&["image", "rm", "--sync", "busybox"]).ok();
    assert_eq!(there(), Vec::<String>::new());
    traces::none_of(&[id]);
}

#[test]
fn snapshots_of_another_ctrd() {
    let (near, other) = (Stack::with_busybox(), Stack::new());
    for capabilities in ["", "'rebase'"] {
        let remote = serving(&other, &format!("version = 3\n{NO_COLLECTOR}"));
        let server = serving(&near, &far(&other.address(), capabilities));
        let plugins = near.run(&["plugins", "ls", "--format", "json"]).ok();
        let plugin = plugins.lines().find(|line| line.contains("\"far\"")).expect("the plugin");
        let plugin: Value = serde_json::from_str(plugin).unwrap();
        assert_eq!(
            (&plugin["type"], &plugin["status"]),
            (&json!("io.containerd.snapshotter.v1"), &json!("ok"))
        );
        assert_eq!(plugin["exports"]["root"], "/there");
        assert_eq!(plugin["exports"]["address"], other.address().display().to_string());
        run_far_away(&near, "it-farctrd", || {
            other.run(&["snapshot", "ls", "-q"]).ok().lines().map(str::to_string).collect()
        });
        // What a snapshot was called while it was written to it is not called afterwards; what it is called then the
        // other server hears where it is for snapshotters.
        let of = ["--snapshotter", "far"];
        let note = |value: &str| format!("containerd.io/snapshot/note={value}");
        let make = ["snapshot", "prepare", "--label", &note("draft"), "--label", "own=1", "it-far-key"];
        near.run(&[&make[..], &of].concat()).ok();
        let commit =
            ["snapshot", "commit", "--label", "containerd.io/snapshot/kept=1", "it-far-name", "it-far-key"];
        near.run(&[&commit[..], &of].concat()).ok();
        let labels = |stack: &Stack, of: &[&str], name: &str| {
            let text = stack.run(&[&["snapshot", "inspect", name], of].concat()).ok();
            let shown: Value = serde_json::from_str(&text).unwrap();
            let mut labels = shown["labels"].clone();
            // The command's own, until something else holds what it made.
            labels.as_object_mut().map(|labels| labels.remove("containerd.io/gc.root"));
            labels
        };
        let kept = json!({"containerd.io/snapshot/kept": "1"});
        assert_eq!(labels(&near, &of, "it-far-name"), kept);
        let keys = other.run(&["snapshot", "ls", "-q"]).ok();
        let there = keys.lines().find(|key| key.ends_with("/it-far-name")).expect("it is there");
        assert_eq!(labels(&other, &[], there), kept);
        near.run(&[&["snapshot", "rm", "it-far-name"], &of[..]].concat()).ok();
        // One that is not there is told of, and what was to be made is not.
        drop(remote);
        let root = near.path("busybox-root");
        let name = ["image", "import", "--rootfs", "--name", "busybox"];
        near.run(&[&name[..], &[root.to_str().unwrap()]].concat()).ok();
        let done = near.run(&["run", "--rm", "--snapshotter", "far", "busybox", "true"]);
        assert!(done.code == 125 && done.stderr.contains("connect to "), "{done:?}");
        assert_eq!(near.run(&["run", "--rm", "busybox", "echo", "near"]).ok(), "near\n");
        drop(server);
    }
}

#[test]
fn snapshots_of_containerd() {
    if !bin::peer("containerd") || !bin::peer("ctr") {
        return;
    }
    let dir = caller::folder();
    let _daemon = containerd(dir.path());
    let near = Stack::with_busybox();
    let _server = serving(&near, &far(&dir.path().join("c.sock"), ""));
    run_far_away(&near, "it-farcd", || {
        let mut ctr = Command::new("ctr");
        ctr.arg("-a").arg(dir.path().join("c.sock")).args(["snapshot", "ls"]);
        let ls = bin::run(&mut ctr).ok();
        ls.lines().skip(1).map(|line| line.split_whitespace().next().unwrap().to_string()).collect()
    });
}

/// A containerd whose collector does not come by itself.
fn containerd(dir: &Path) -> Daemon {
    let config = format!(
        "version = 2\nroot = {:?}\nstate = {:?}\ndisabled_plugins = ['io.containerd.grpc.v1.cri', \
         'io.containerd.cri.v1.images', 'io.containerd.cri.v1.runtime', 'io.containerd.internal.v1.opt']\n\
         [grpc]\naddress = {:?}\n{NO_COLLECTOR}",
        dir.join("clib"),
        dir.join("crun"),
        dir.join("c.sock"),
    );
    std::fs::write(dir.join("config.toml"), config).unwrap();
    Daemon::start(Command::new("containerd").arg("--config").arg(dir.join("config.toml")), dir)
}

/// A server whose blobs are kept by the one at this address.
fn blobs_at(address: &Path) -> String {
    format!(
        "version = 3\ndisabled_plugins = ['io.containerd.content.v1.content']\n\
         [proxy_plugins.far]\ntype = 'content'\naddress = {address:?}\n"
    )
}

/// The life of an image whose blobs are `there`, a list of digests, beside one that is the server's `own`.
fn keep_far_away(near: &Stack, config: &str, own: &str, there: impl Fn() -> BTreeSet<String>) {
    let server = serving(near, config);
    let root = near.path("busybox-root").display().to_string();
    fixture::rootfs(&near.path("busybox-root"));
    near.run(&["image", "import", "--rootfs", "--name", "busybox", &root]).ok();
    let here = || -> BTreeSet<String> {
        near.run(&["content", "ls", "-q"]).ok().lines().map(str::to_string).collect()
    };
    let with_own = |mut digests: BTreeSet<String>| {
        digests.insert(own.to_string());
        digests
    };
    assert!(here().len() >= 3, "{:?}", here());
    assert_eq!(there(), with_own(here()));
    let files = "find \"$1\" -type f ! -name lock";
    let store = near.path("lib/io.containerd.content.v1.content");
    let files = || bin::run(Command::new("sh").args(["-c", files, "sh"]).arg(&store)).ok();
    assert_eq!(files(), "", "no blob and no upload is here");
    assert_eq!(near.run(&["run", "--rm", "busybox", "echo", "far"]).ok(), "far\n");
    near.run(&["image", "unpack", "--snapshotter", "native", "busybox"]).ok();
    near.run(&["content", "fsck"]).ok();
    // Without the plugin nothing is taken for lost.
    assert_eq!(near.run(&["content", "fsck", "--repair"]).stdout, "");
    // What the server has already it goes on having.
    ingest_own(near, near.command(&["content", "ingest", "own"]));
    assert_eq!(here(), there());
    near.run(&["content", "rm", own]).ok();
    drop(server);
    let told = near.run(&["image", "export", "-q", "busybox"]).fails(1);
    assert!(told.contains("a server keeps it, and no plugin of the configuration names one"), "{told}");
    let _server = serving(near, config);
    let copy = near.path("copy.tar").display().to_string();
    near.run(&["image", "export", "-q", "-o", &copy, "busybox"]).ok();
    near.run(&["image", "rm", "--sync", "busybox"]).ok();
    assert_eq!(here(), BTreeSet::new());
    assert_eq!(there(), with_own(BTreeSet::new()));
    near.run(&["image", "import", "-q", "--name", "busybox", &copy]).ok();
    assert_eq!(there(), with_own(here()));
    near.run(&["image", "rm", "--sync", "busybox"]).ok();
    assert_eq!(files(), "");
}

/// The digest of what [`ingest_own`] stores.
const OWN: &str = "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

/// Stores a blob by a command that reads it, from a file of `near`.
fn ingest_own(near: &Stack, mut command: Command) {
    std::fs::write(near.path("own"), "hello").unwrap();
    bin::run(command.stdin(std::fs::File::open(near.path("own")).unwrap())).ok();
}

#[test]
fn blobs_of_another_ctrd() {
    let (near, other) = (Stack::new(), Stack::new());
    // Its collector comes, and finds nothing to take.
    let remote = serving(&other, "version = 3\n");
    ingest_own(&near, other.command(&["content", "ingest", "own"]));
    let config = blobs_at(&other.address());
    keep_far_away(&near, &config, OWN, || {
        other.run(&["content", "ls", "-q"]).ok().lines().map(str::to_string).collect()
    });
    // A server that is not there is told of, and what was to be kept there is not.
    let _server = serving(&near, &config);
    drop(remote);
    let root = near.path("busybox-root").display().to_string();
    let import = ["image", "import", "-q", "--rootfs", "--name", "busybox", &root];
    let told = near.run(&import).fails(1);
    assert!(told.contains("connect to "), "{told}");
    assert_eq!(near.run(&["image", "ls", "-q"]).ok(), "");
    // Nobody could say whose this one is there: it is the other's.
    let mut ingest = near.command(&["content", "ingest", "late"]);
    ingest.stdin(std::fs::File::open(near.path("own")).unwrap());
    assert!(bin::run(&mut ingest).fails(1).contains("connect to "));
    let _remote = serving(&other, "version = 3\n");
    near.run(&import).ok();
    assert_eq!(near.run(&["run", "--rm", "busybox", "echo", "back"]).ok(), "back\n");
    near.run(&["image", "rm", "--sync", "busybox"]).ok();
    assert_eq!(other.run(&["content", "ls", "-q"]).ok(), format!("{OWN}\n"));
}

#[test]
fn blobs_of_containerd() {
    if !bin::peer("containerd") || !bin::peer("ctr") {
        return;
    }
    let dir = caller::folder();
    let _daemon = containerd(dir.path());
    let near = Stack::new();
    let ctr = |args: &[&str]| {
        let mut ctr = Command::new("ctr");
        ctr.arg("-a").arg(dir.path().join("c.sock")).args(args);
        ctr
    };
    ingest_own(&near, ctr(&["content", "ingest", "own"]));
    keep_far_away(&near, &blobs_at(&dir.path().join("c.sock")), OWN, || {
        bin::run(&mut ctr(&["content", "ls", "-q"])).ok().lines().map(str::to_string).collect()
    });
}

#[test]
fn there_is_one_store_of_blobs() {
    let (near, other) = (Stack::with_busybox(), Stack::new());
    let _server = serving(&near, &blobs_at(&other.address()).replace("content.v1.content", "nri.v1.nri"));
    let plugins = near.run(&["plugins", "ls", "--format", "json"]).ok();
    let far = plugins.lines().find(|line| line.contains("\"far\"")).expect("the plugin");
    assert!(far.contains("disable io.containerd.content.v1.content"), "{far}");
    assert_eq!(near.run(&["run", "--rm", "busybox", "echo", "near"]).ok(), "near\n");
}

#[test]
fn layers_are_applied_by_another_ctrd() {
    let (near, other) = (Stack::new(), Stack::new());
    let root = near.path("busybox-root");
    fixture::rootfs(&root);
    let _remote = serving(&other, &format!("version = 3\n{NO_COLLECTOR}"));
    let config = format!(
        "version = 3\n[proxy_plugins.far]\ntype = 'diff'\naddress = {:?}\n\
         [plugins.'io.containerd.service.v1.diff-service']\ndefault = ['far', 'walking']\n",
        other.address()
    );
    let server = serving(&near, &config);
    let import = ["image", "import", "--no-unpack", "--rootfs", "--name", "busybox", root.to_str().unwrap()];
    near.run(&import).ok();
    // The other one is asked, and has no such blob.
    let done = near.run(&["image", "unpack", "busybox"]);
    assert!(done.code != 0 && done.stderr.contains("not found"), "{done:?}");
    other.run(&import).ok();
    near.run(&["image", "unpack", "busybox"]).ok();
    assert_eq!(near.run(&["run", "--rm", "busybox", "echo", "here"]).ok(), "here\n");
    drop(server);
    // A differ that is none.
    let _server = serving(&near, &config.replace("'walking'", "'nosuch'"));
    let plugins = near.run(&["plugins", "ls", "--format", "json"]).ok();
    let diff = plugins.lines().find(|l| l.contains("\"diff\"") && l.contains("grpc.v1")).expect("a line");
    assert!(diff.contains("there is no differ"), "{diff}");
}

#[test]
fn sandboxes_of_another_ctrd() {
    let (near, other) = (Stack::new(), Stack::new());
    let remote = serving(&other, "version = 3\n");
    let config = format!(
        "version = 3\n[proxy_plugins.far]\ntype = 'sandbox'\naddress = {:?}\nremote = 'shim'\n",
        other.address()
    );
    let _server = serving(&near, &config);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    // What is said of a sandbox that there is not.
    let said = |sandboxer: &str| {
        runtime.block_on(async {
            let server = Remote::new(&near.address()).unwrap();
            let request =
                ControllerStartRequest { sandbox_id: "it-none".into(), sandboxer: sandboxer.into() };
            let mut controller = server.client("default").unwrap().sandbox_controller();
            controller.start(request).await.unwrap_err().message().to_string()
        })
    };
    assert!(said("nosuch").contains("failed to get sandbox controller by nosuch"), "{}", said("nosuch"));
    assert!(said("far").contains("it-none") && said("far") == said("shim"), "{}", said("far"));
    // What becomes of one there is told here.
    other.run(&["sandbox", "create", "it-far-box"]).ok();
    let heard = runtime.block_on(async {
        let server = Remote::new(&near.address()).unwrap().client("default").unwrap();
        let request = SubscribeRequest { filters: vec!["topic~=^/sandboxes/".into()] };
        let mut events = server.events().subscribe(request).await.unwrap().into_inner();
        let mut controller = server.sandbox_controller();
        let (sandbox_id, sandboxer) = ("it-far-box".to_string(), "far".to_string());
        let start = ControllerStartRequest { sandbox_id: sandbox_id.clone(), sandboxer: sandboxer.clone() };
        assert!(controller.start(start).await.unwrap().into_inner().pid > 0);
        other.run(&["sandbox", "stop", "it-far-box"]).ok();
        controller.wait(ControllerWaitRequest { sandbox_id, sandboxer }).await.unwrap();
        [events.message().await.unwrap().unwrap().topic, events.message().await.unwrap().unwrap().topic]
    });
    assert_eq!(heard, ["/sandboxes/start", "/sandboxes/exit"]);
    other.run(&["sandbox", "rm", "it-far-box"]).ok();
    drop(remote);
    assert!(said("far").contains("connect to "), "{}", said("far"));
    assert!(said("shim").contains("it-none"), "{}", said("shim"));
}

#[test]
fn what_cannot_be_a_proxy_is_told() {
    let stack = Stack::new();
    std::fs::write(
        stack.path("config.toml"),
        "version = 3\n[proxy_plugins.native]\ntype = 'snapshot'\naddress = '/x'\n",
    )
    .unwrap();
    let done = stack.run(&["serve", "--config", stack.path("config.toml").to_str().unwrap()]);
    let last = done.stderr.lines().last().unwrap_or_default().to_string();
    assert!(
        done.code == 1 && last.contains("there is a plugin io.containerd.snapshotter.v1.native"),
        "{last}"
    );
}

/// The image of an archive with each layer in base64, and a media type that says so.
fn disguised(stack: &Stack) -> std::path::PathBuf {
    let plain = stack.path("plain.tar");
    stack.run(&["image", "export", "busybox", "-o", plain.to_str().unwrap()]).ok();
    let dir = stack.path("layout");
    std::fs::create_dir(&dir).unwrap();
    bin::run(Command::new("tar").arg("-xf").arg(&plain).arg("-C").arg(&dir)).ok();
    let blob = |digest: &str| dir.join("blobs/sha256").join(digest.trim_start_matches("sha256:"));
    let store = |bytes: &[u8]| {
        let draft = dir.join("draft");
        std::fs::write(&draft, bytes).unwrap();
        let sum = bin::run(Command::new("sha256sum").arg(&draft)).ok();
        let digest = format!("sha256:{}", sum.split_whitespace().next().unwrap());
        std::fs::rename(&draft, blob(&digest)).unwrap();
        digest
    };
    let read = |path: &Path| -> Value { serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap() };
    let mut index = read(&dir.join("index.json"));
    let mut manifest = read(&blob(index["manifests"][0]["digest"].as_str().unwrap()));
    for layer in manifest["layers"].as_array_mut().unwrap() {
        let coded = bin::run(Command::new("base64").arg(blob(layer["digest"].as_str().unwrap()))).ok();
        layer["mediaType"] = json!("application/vnd.oci.image.layer.v1.tar+base64");
        layer["size"] = json!(coded.len());
        layer["digest"] = json!(store(coded.as_bytes()));
    }
    let manifest = manifest.to_string();
    index["manifests"][0]["size"] = json!(manifest.len());
    index["manifests"][0]["digest"] = json!(store(manifest.as_bytes()));
    std::fs::write(dir.join("index.json"), index.to_string()).unwrap();
    let _ = std::fs::remove_file(dir.join("manifest.json"));
    let archive = stack.path("disguised.tar");
    bin::run(Command::new("tar").arg("-cf").arg(&archive).arg("-C").arg(&dir).arg(".")).ok();
    archive
}

#[test]
fn layers_of_odd_types_go_through_a_program() {
    let stack = Stack::with_busybox();
    let archive = disguised(&stack);
    let archive = archive.to_str().unwrap();
    let import = ["image", "import", "--name", "odd", archive];
    // What is unpacked already is the same, and would not be unpacked again.
    stack.run(&["image", "rm", "--sync", "busybox"]).ok();
    // Nobody knows them.
    assert!(stack.run(&import).code != 0);
    let program = stack.path("decode");
    let script = "#!/bin/sh\n[ \"$STREAM_PROCESSOR_MEDIATYPE\" = application/vnd.oci.image.layer.v1.tar+base64 ] && \
                  [ \"$WORD\" = x ] || { echo no >&2; exit 9; }\nexec base64 \"$@\"\n";
    std::fs::write(&program, script).unwrap();
    bin::run(Command::new("chmod").args(["755", program.to_str().unwrap()])).ok();
    let config = |word: &str| {
        format!(
            "version = 3\n[stream_processors.it]\naccepts = ['application/vnd.oci.image.layer.v1.tar+base64']\n\
             returns = 'application/vnd.oci.image.layer.v1.tar+gzip'\npath = {program:?}\nargs = ['-d']\n\
             env = ['WORD={word}']\n"
        )
    };
    let server = serving(&stack, &config("y"));
    let done = stack.run(&import);
    assert!(done.code != 0 && done.stderr.contains("stream processor it: exit status 9: no"), "{done:?}");
    drop(server);
    let _server = serving(&stack, &config("x"));
    stack.run(&import).ok();
    assert_eq!(stack.run(&["run", "--rm", "odd", "echo", "decoded"]).ok(), "decoded\n");
}
