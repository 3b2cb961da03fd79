//! Layers, honest and hostile ones, unpacked by `ctrd serve` and by containerd, the one on PATH: into a folder and
//! into a layer of overlayfs, the trees are the same, or what differs is written down here; and whatever it is,
//! nothing beside the folder changes.
//!
//! A plain run makes some by chance; `CTRD_CHANCE` makes more of them.

pub mod archive;
mod byhand;
mod random;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use ctrd::api::content::{WriteAction, WriteContentRequest};
use ctrd::api::diff::ApplyRequest;
use ctrd::api::types::{Descriptor, Mount};
use ctrd::client::{Client, channel, lease};
use ctrd::digest::Digest;

use crate::bin;
use crate::caller::{self, Daemon};
use crate::chance;
use crate::stack::{Server, Stack, tree};

use self::archive::archive;

/// Where each of the two says itself how it is packed.
const ANY: &str = "application/vnd.docker.image.rootfs.diff.tar";

/// What the layer below has.
const BELOW: &str = r#"
    cd "$1"
    mkdir -p a/deep/er dir/sub up other; chmod 711 a; chmod 1750 dir/sub; chown 1000:1001 dir
    echo low >file; echo one >a/one; echo two >a/deep/two; echo three >a/deep/er/three; echo sub >dir/sub/x; echo o >other/o
    echo h >a/hard; ln -s a link; ln -s /dir up/abs; ln -s ../a/deep up/rel; ln -s nowhere up/dead; mkfifo other/fifo
    setfattr -n user.low -v kept a/deep
    find . -exec touch -h -d '2010-01-02 03:04:05' {} +
"#;
const LOWER: [&str; 14] = [
    "a",
    "a/one",
    "a/hard",
    "a/deep",
    "a/deep/two",
    "a/deep/er",
    "file",
    "dir",
    "dir/sub",
    "up/abs",
    "up/rel",
    "link",
    "other/o",
    "other",
];

/// What ctrd alone refuses: an end that is none, a whiteout of an unknown type, and what would be something else than a folder in the root's place.
const OURS: [&str; 4] = [
    "unexpected end of the archive",
    "a header without its entry",
    "the root can only be a folder",
    "an entry of unknown type",
];
/// What containerd alone refuses: it sets the times of folders at the end, when they may be others or gone, and it
/// looks at fields of headers that mean nothing, and not at files of the seventh type, which are as any other.
const THEIRS: [&str; 4] = [
    "failed call to UtimesNanoAt",
    ": lstat ",
    "archive/tar: invalid tar header",
    "unhandled tar header type 55",
];

struct Pair {
    theirs: tempfile::TempDir,
    ours: Stack,
    _containerd: Daemon,
    _ctrd: Server,
    runtime: tokio::runtime::Runtime,
    clients: [Client; 2],
    /// Beside the folders that are unpacked to, and not to be changed.
    outside: PathBuf,
}

impl Pair {
    fn new() -> Option<Pair> {
        if !bin::peer("containerd") {
            return None;
        }
        let theirs = caller::folder();
        let containerd = caller::containerd(Path::new("containerd"), theirs.path());
        let ours = Stack::new();
        let ctrd = ours.serve();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let clients = runtime.block_on(async {
            let connect = async |address: &Path| {
                let channel = channel::connect(address, &ours.path("lib"), &ours.path("run")).await;
                let client = Client::new(channel.expect("a server"), "it").expect("a name");
                // Nothing is collected meanwhile.
                let lease = lease::make(&client, "layers").await.expect("a lease");
                client.under_lease(&lease).expect("a name")
            };
            [connect(&theirs.path().join("c.sock")).await, connect(&ours.address()).await]
        });
        let outside = ours.path("outside");
        std::fs::create_dir(&outside).expect("a folder");
        std::fs::write(outside.join("canary"), "alive").expect("a file");
        sh(BELOW, &[&made(&ours.path("below"))]);
        Some(Pair { theirs, ours, _containerd: containerd, _ctrd: ctrd, runtime, clients, outside })
    }

    fn apply(&self, client: &Client, blob: &[u8], mount: Mount) -> Result<(String, i64), String> {
        self.runtime.block_on(async {
            let digest = Digest::of(blob).to_string();
            let request = WriteContentRequest {
                action: WriteAction::Commit.into(),
                r#ref: digest.clone(),
                total: blob.len() as i64,
                expected: digest.clone(),
                data: blob.to_vec().into(),
                ..Default::default()
            };
            let written = async {
                let mut answers = client.content().write(tokio_stream::once(request)).await?.into_inner();
                while answers.message().await?.is_some() {}
                Ok::<_, tonic::Status>(())
            };
            match written.await {
                Err(e) if e.code() != tonic::Code::AlreadyExists => return Err(e.message().to_string()),
                _ => {}
            }
            let diff = Descriptor {
                media_type: ANY.to_string(),
                digest,
                size: blob.len() as i64,
                annotations: Default::default(),
            };
            let request = ApplyRequest { diff: Some(diff), mounts: vec![mount], ..Default::default() };
            let applied = client.diff().apply(request).await.map_err(|e| e.message().to_string())?;
            let applied = applied.into_inner().applied.expect("a layer");
            Ok((applied.digest, applied.size))
        })
    }

    /// What containerd makes of a blob in a folder, and ctrd in a folder and in a layer of overlayfs: a tree, or an
    /// error.
    fn unpack(&self, blob: &[u8], who: &Client, overlay: bool) -> Result<Vec<String>, String> {
        let (below, dir) = (self.ours.path("below"), self.ours.path("work"));
        let (upper, work, merged) =
            (made(&dir.join("upper")), made(&dir.join("work")), made(&dir.join("merged")));
        let layers = [("upperdir", &upper), ("lowerdir", &below), ("workdir", &work)]
            .map(|(key, path)| format!("{key}={}", path.display()));
        let (kind, source, options) = match overlay {
            true => ("overlay", "overlay".to_string(), layers.to_vec()),
            false => ("bind", upper.display().to_string(), vec!["rbind".into(), "rw".into()]),
        };
        if !overlay {
            sh(r#"cp -a "$1/." "$2/""#, &[&below, &upper]);
        }
        let applied =
            self.apply(who, blob, Mount { r#type: kind.into(), source, options, ..Default::default() });
        let lines = applied.map(|(digest, size)| {
            let mut lines = if overlay {
                sh(r#"mount -t overlay -o "$2" overlay "$1""#, &[&merged, Path::new(&layers.join(","))]);
                let lines = tree(&merged);
                sh(r#"umount "$1""#, &[&merged]);
                lines
            } else {
                tree(&upper)
            };
            lines.push(format!("{digest} {size}"));
            lines
        });
        std::fs::remove_dir_all(&dir).expect("remove the folders");
        lines
    }
}

fn sh(script: &str, args: &[&Path]) {
    bin::run(Command::new("bash").args(["-euc", script, "sh"]).args(args)).ok();
}

fn made(path: &Path) -> PathBuf {
    std::fs::create_dir_all(path).expect("a folder");
    path.to_path_buf()
}

/// The lines that only one of them has. Of folders containerd does not keep the times as things come and go in them,
/// sets those of an entry also where another has taken its place, and leaves attributes that a later entry has not.
fn differences(theirs: &[String], ours: &[String], folders: &BTreeSet<String>) -> Vec<String> {
    let known = |line: &String| {
        let Some((name, rest)) = line.split_once('\t') else { return line.clone() };
        let mut fields: Vec<&str> = rest.split(' ').collect();
        if fields[0] == "d" || folders.contains(name) {
            fields[3] = "";
        }
        format!("{name}\t{}", fields.join(" "))
    };
    let left = |line: &&String| {
        let name = line.strip_prefix("# file: ").and_then(|rest| rest.rsplit_once(" user."));
        !name.is_some_and(|(name, _)| folders.contains(name))
    };
    let (theirs, ours): (Vec<_>, Vec<_>) =
        (theirs.iter().map(known).collect(), ours.iter().map(known).collect());
    let only = |who: &str, some: &[String], other: &[String]| -> Vec<String> {
        some.iter()
            .filter(|line| !other.contains(line))
            .filter(left)
            .map(|line| format!("{who}: {line}"))
            .collect()
    };
    [only("containerd", &theirs, &ours), only("ctrd", &ours, &theirs)].concat()
}

#[test]
fn by_chance() {
    let Some(pair) = Pair::new() else { return };
    let outside = tree(&pair.outside);
    let (mut wrong, mut case, mut unpacked) = (Vec::new(), 0, 0);
    chance::cases(40, |chance| {
        case += 1;
        let members = random::members(chance, pair.outside.to_str().expect("UTF-8"), &LOWER);
        let mut tar = archive(&members);
        let folders = members.iter().filter(|m| m.flag == b'5').map(|m| random::clean(&m.name)).collect();
        let spoilt = if chance.one_in(3) { random::spoil(chance, &mut tar) } else { "" };
        let blob = random::packed(chance, &tar);
        let theirs = pair.unpack(&blob, &pair.clients[0], false);
        for overlay in [false, true] {
            let ours = pair.unpack(&blob, &pair.clients[1], overlay);
            let line = match (&theirs, &ours) {
                (Ok(theirs), Ok(ours)) => {
                    unpacked += 1;
                    let found = differences(theirs, ours, &folders);
                    if found.is_empty() {
                        continue;
                    }
                    found.join("\n    ")
                }
                (Err(_), Err(_)) => continue,
                (Ok(_), Err(e)) if OURS.iter().any(|reason| e.contains(reason)) => continue,
                (Err(e), Ok(_)) if THEIRS.iter().any(|reason| e.contains(reason)) => continue,
                (Ok(_), Err(e)) => format!("only ctrd refuses it: {e}"),
                (Err(e), Ok(_)) => format!("only containerd refuses it: {e}"),
            };
            let how = if overlay { "overlay" } else { "folder" };
            wrong.push(format!("case {case} {how} {spoilt}:\n    {line}"));
            if let Ok(dir) = std::env::var("CTRD_KEEP") {
                std::fs::write(format!("{dir}/{case}.tar"), &tar).ok();
            }
        }
        assert_eq!(tree(&pair.outside), outside, "case {case}: something outside has changed");
    });
    let _ = &pair.theirs;
    eprintln!("{case} layers, unpacked by both {unpacked} times");
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
}
