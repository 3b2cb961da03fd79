//! The verbs that change what is kept, each with what there must be before it and where its work is seen.

use std::path::PathBuf;
use std::process::Command;

use super::disk::{self, Disk};
use super::{archive, broken, kill, places};
use crate::bin::{self, Done};
use crate::fixture;
use crate::stack::Stack;

/// Lines of ctrd's command line, in which DIR is a folder beside the stack's ROOT, BLOB a layer of the image
/// `three`, and MANIFEST its manifest. `sh ` before one that a shell runs in the stack's folder.
struct Verb {
    before: &'static [&'static str],
    line: &'static str,
    /// Its answers are those before the verb or those after it, and nothing between.
    seen: &'static str,
}

const fn verb(before: &'static [&'static str], line: &'static str, seen: &'static str) -> Verb {
    Verb { before, line, seen }
}

const VERBS: &[Verb] = &[
    verb(&[], "image label three a=b", "image ls -q -f labels.a==b"),
    verb(&[], "image tag three other", "image ls -q"),
    verb(&["image tag three other"], "image rm --sync other", "image ls -q"),
    verb(&[], "image copy --to elsewhere three", "-n elsewhere image ls -q"),
    verb(
        &["image copy --to elsewhere three"],
        "-n elsewhere image rm --sync three",
        "-n elsewhere image ls -q",
    ),
    verb(&["image rm --sync three", "image import --no-unpack ARCHIVE"], "image unpack three", ""),
    verb(&[], "image import --rootfs --name root DIR/tree", "image ls -q"),
    verb(&[], "image export -q -o DIR/out.tar three", "sh sha256sum <DIR/out.tar 2>&1 || :"),
    verb(&[], "container create --name c three true", "container ls -q"),
    verb(
        &["container create --name c three true"],
        "container label c a=b",
        "container ls -q -f labels.a==b",
    ),
    verb(&["container create --name c three true"], "container rm c", "container ls -q"),
    verb(
        &["container create --name c three true", "cp DIR/file c:/etc/more"],
        "commit c done",
        "image ls -q",
    ),
    verb(
        &["container create --name c three true", "cp DIR/file c:/etc/more"],
        "checkpoint --rw c saved",
        "image ls -q",
    ),
    verb(&["container create --name c three true"], "cp --archive DIR/tree c:/opt/tree", ""),
    verb(&["container create --name c three true"], "cp c:/etc DIR/etc", ""),
    verb(&[], "lease create -x 0 --id l", "lease ls -q"),
    verb(&["lease create -x 0 --id l"], "lease add l images three", "lease resources -q l"),
    verb(
        &["lease create -x 0 --id l", "lease add l images three"],
        "lease drop l images three",
        "lease resources -q l",
    ),
    verb(
        &[
            "lease create -x 0 --id l",
            "lease add l images three",
            "image tag three four",
            "image rm --sync three",
            "image rm --sync four",
        ],
        "lease rm --sync l",
        "lease ls -q",
    ),
    verb(
        &["lease create -x 0 --id l", "lease add l content MANIFEST", "image rm --sync three"],
        "lease rm --sync l",
        "lease ls -q",
    ),
    verb(&[], "namespace create n", "namespace ls -q"),
    verb(&["namespace create n"], "namespace label n a=b", "namespace ls"),
    verb(&["namespace create n", "namespace label n a=b"], "namespace rm n", "namespace ls -q"),
    verb(&[], "snapshot prepare s", "snapshot ls -q -f key==s -f key==t -f key==v"),
    verb(&["snapshot prepare s"], "snapshot commit t s", "snapshot ls -q -f key==s -f key==t"),
    verb(
        &["snapshot prepare s", "snapshot commit t s"],
        "snapshot view v t",
        "snapshot ls -q -f key==s -f key==t -f key==v",
    ),
    verb(&["snapshot prepare s"], "snapshot label s a=b", "snapshot ls -q -f labels.a==b"),
    verb(
        &["snapshot prepare s", "snapshot commit t s"],
        "snapshot rm t",
        "snapshot ls -q -f key==s -f key==t -f key==v",
    ),
    verb(&[], "content ingest --label containerd.io/gc.root=now mine", "content ls -q"),
    verb(&[], "content label BLOB a=b", "content ls -q -f labels.a==b"),
    verb(&["content ingest --label containerd.io/gc.root=now mine"], "content rm INGESTED", "content ls -q"),
    verb(
        &["sh echo x >ROOT/io.containerd.content.v1.content/blobs/sha256/HEX-of-nobody"],
        "content fsck --repair",
        "sh ls ROOT/io.containerd.content.v1.content/blobs/sha256",
    ),
];

/// What is read from standard input, and its digest.
const INPUT: &[u8] = b"ingested";

/// Root folders as they are before a verb, and what its lines name.
struct Ground {
    work: tempfile::TempDir,
    archive: PathBuf,
    layer: String,
    manifest: String,
}

impl Ground {
    fn new() -> Ground {
        let work = fixture::temp();
        let archive = archive(work.path());
        let stack = Stack::new();
        stack.run(&["image", "import", archive.to_str().expect("UTF-8")]).ok();
        let image = stack.run(&["image", "inspect", "three"]).ok();
        let image: serde_json::Value = serde_json::from_str(&image).expect("JSON");
        let text = |at: &str| image.pointer(at).and_then(|text| text.as_str()).expect("a digest").to_string();
        let (layer, manifest) = (text("/manifest/layers/0/digest"), text("/target/digest"));
        let ground = Ground { work, archive, layer, manifest };
        bin::run(Command::new("cp").arg("-a").arg(stack.path("lib")).arg(ground.work.path().join("lib")))
            .ok();
        ground
    }

    /// A stack that is ready for a verb; its root is `lib`, or what is mounted there.
    fn prepare(&self, stack: &Stack, verb: &Verb) {
        let script = "mkdir -p \"$2\" dir/tree/sub; cp -a \"$1/.\" \"$2\"; echo more >dir/file; echo x >dir/tree/x
            head -c 50000 /dev/zero | tr '\\0' y >dir/tree/sub/y; ln dir/tree/x dir/tree/z; ln -s x dir/tree/l";
        let mut fill = Command::new("bash");
        fill.args(["-euc", script, "sh"]).arg(self.work.path().join("lib")).arg(stack.path("lib"));
        bin::run(fill.current_dir(stack.dir.path())).ok();
        for line in verb.before {
            bin::run(&mut self.command(stack, line)).ok();
        }
    }

    fn command(&self, stack: &Stack, line: &str) -> Command {
        let dir = stack.path("dir");
        let hex = self.layer.strip_prefix("sha256:").expect("sha256").to_string();
        let ingested = ctrd::digest::Digest::of(INPUT).to_string();
        let words = [
            ("DIR", dir.display().to_string()),
            ("ROOT", stack.path("lib").display().to_string()),
            ("ARCHIVE", self.archive.display().to_string()),
            ("INGESTED", ingested),
            ("BLOB", self.layer.clone()),
            ("HEX", hex),
            ("MANIFEST", self.manifest.clone()),
        ];
        let line = words.iter().fold(line.to_string(), |line, (name, value)| line.replace(name, value));
        let command = match line.strip_prefix("sh ") {
            Some(script) => {
                let mut command = Command::new("sh");
                command.args(["-c", script]).current_dir(stack.dir.path());
                command
            }
            None => stack.command(&line.split(' ').collect::<Vec<_>>()),
        };
        if !line.contains("ingest") {
            return command;
        }
        // Who kills it starts it anew, without what it would read.
        let input = stack.path("input");
        std::fs::write(&input, INPUT).expect("write the input");
        let mut shell = Command::new("sh");
        shell
            .args(["-c", "exec \"$@\" <\"$0\""])
            .arg(input)
            .arg(command.get_program())
            .args(command.get_args());
        shell
    }

    fn run(&self, stack: &Stack, line: &str) -> Done {
        bin::run(&mut self.command(stack, line))
    }

    /// What the verb is to change, by names; nothing where it makes no claim.
    fn seen(&self, stack: &Stack, verb: &Verb) -> String {
        match verb.seen {
            "" => String::new(),
            line => self.run(stack, line).ok(),
        }
    }

    /// What is seen before a verb and after it, on a ground that nobody disturbs, and how many changes it makes.
    fn plain(&self, verb: &Verb) -> (String, String, usize) {
        let stack = Stack::new();
        self.prepare(&stack, verb);
        let before = self.seen(&stack, verb);
        let count = kill::at(&self.command(&stack, verb.line), usize::MAX);
        let count = count.unwrap_or_else(|| panic!("{}: it was killed by itself", verb.line));
        let after = self.seen(&stack, verb);
        assert!(before != after || verb.seen.is_empty(), "{}: {} says nothing of it", verb.line, verb.seen);
        (before, after, count)
    }

    /// After a fault: nothing is broken, the verb's work is not there or all of it is, and it can be done.
    fn check(&self, stack: &Stack, verb: &Verb, before: &str, after: &str, when: &str) {
        let found = self.run(stack, "content fsck").stdout;
        // It was broken before.
        let left = broken(&found);
        assert!(left.is_empty() || verb.line.contains("fsck"), "{}: {when}: {found}", verb.line);
        let seen = self.seen(stack, verb);
        assert!(
            seen == before || seen == after,
            "{}: {when}: {seen:?} is neither {before:?} nor {after:?}",
            verb.line
        );
        if seen == before {
            self.run(stack, verb.line).ok();
            assert_eq!(self.seen(stack, verb), after, "{}: {when}: after the same once more", verb.line);
        }
        self.run(stack, "content fsck --repair").ok();
        let found = self.run(stack, "content fsck").ok();
        assert_eq!(found, "", "{}: {when}: after a repair", verb.line);
    }
}

#[test]
fn kill_in_any_verb() {
    let ground = Ground::new();
    let (mut all, mut killed) = (0, 0);
    for verb in VERBS {
        let (before, after, count) = ground.plain(verb);
        // A sample of the places has the last ones too, where the work is all but done.
        for place in places(count, 2).into_iter().chain([count - 1]) {
            let stack = Stack::new();
            ground.prepare(&stack, verb);
            let dead = kill::at(&ground.command(&stack, verb.line), place).is_none();
            (all, killed) = (all + 1, killed + usize::from(dead));
            ground.check(&stack, verb, &before, &after, &format!("killed at {place} of {count}"));
        }
    }
    eprintln!("{} verbs, {all} places, killed at {killed}", VERBS.len());
    assert!(killed > VERBS.len());
}

/// The power is lost when a verb has said that it is done, and somewhere before.
#[test]
fn power_loss_in_any_verb() {
    if !Disk::possible() {
        return;
    }
    let ground = Ground::new();
    for (nth, verb) in VERBS.iter().enumerate() {
        // Its files are on another disk.
        if verb.line.contains("DIR/out.tar") {
            continue;
        }
        let (before, after, count) = ground.plain(verb);
        // A plain run loses it once for each, in turn at the end and in the middle.
        let middle = places(count, 1).into_iter().skip(1).chain((nth % 2 == 0).then_some(count / 2));
        for place in middle.chain((nth % 2 == 1).then_some(usize::MAX)) {
            let stack = Stack::new();
            let lib = stack.path("lib");
            std::fs::create_dir(&lib).expect("the root's folder");
            let disk = Disk::on(stack.dir.path(), &lib);
            ground.prepare(&stack, verb);
            bin::run(Command::new("sync").arg("-f").arg(&lib)).ok();
            let acknowledged = kill::at(&ground.command(&stack, verb.line), place).is_some();
            disk.lose_power();
            // The next command is of another boot, which is what it goes by.
            let seen = match verb.seen {
                "" => String::new(),
                line => disk::in_another_boot(ground.work.path(), &ground.command(&stack, line)).ok(),
            };
            let when = format!("power lost at {place} of {count}");
            // What belongs to nobody may come back.
            let lasts = acknowledged && !verb.line.contains("fsck");
            assert!(!lasts || seen == after, "{}: {when}: {seen:?} is not {after:?}", verb.line);
            ground.check(&stack, verb, &before, &after, &when);
        }
    }
}

/// Not a byte is free: the verb says so in a line or has no need of it; and what only removes something has none
/// once there is a little.
#[test]
fn a_full_disk_in_any_verb() {
    let ground = Ground::new();
    let mut full = 0;
    for verb in VERBS {
        let (before, after, _) = ground.plain(verb);
        let stack = Stack::new();
        let lib = stack.path("lib");
        std::fs::create_dir(&lib).expect("the root's folder");
        let mount = |options: &str| {
            bin::run(Command::new("mount").args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(&lib)).ok();
        };
        mount("size=64m");
        let _unmount = disk::Unmount(lib.clone());
        ground.prepare(&stack, verb);
        let filler = lib.join("filler");
        bin::run(Command::new("dd").args(["if=/dev/zero", "bs=4k"]).arg(format!("of={}", filler.display())));
        let done = ground.run(&stack, verb.line);
        if done.code != 0 {
            full += 1;
            let line = done.fails(1);
            let words = ["No space left on device", "database or disk is full", "disk I/O error"];
            assert!(words.iter().any(|word| line.contains(word)), "{}: {line}", verb.line);
        }
        std::fs::remove_file(&filler).expect("make room");
        ground.check(&stack, verb, &before, &after, "the disk was full");
    }
    assert!(full > VERBS.len() / 2, "{full} of {} disks were full", VERBS.len());
}

/// The lines name every verb of storage that changes something.
#[test]
fn no_verb_is_left_out() {
    const READS: [&str; 13] = [
        "ls",
        "inspect",
        "usage",
        "check",
        "active",
        "get",
        "tree",
        "diff",
        "mounts",
        "resources",
        "mount",
        "unmount",
        "abort",
    ];
    // What has a shim is in `tasks`; `import` and `restore` have tests of their own.
    const OTHERS: [&str; 7] = ["start", "run", "stop", "wait", "import", "restore", "checkpoint"];
    let command = <ctrd::cli::Cli as clap::CommandFactory>::command();
    for group in ["image", "content", "snapshot", "lease", "namespace", "container"] {
        let group = command.find_subcommand(group).expect("a group of verbs");
        for verb in group.get_subcommands().map(|verb| verb.get_name()) {
            let words = format!("{} {verb} ", group.get_name());
            let known = READS.contains(&verb) || OTHERS.contains(&verb);
            assert!(known || VERBS.iter().any(|v| v.line.contains(&words)), "{words}");
        }
    }
}

/// What is committed under no lease has no blob to come from again: its files are there as it is.
#[test]
fn power_loss_after_committing_a_snapshot() {
    if !Disk::possible() {
        return;
    }
    let work = fixture::temp();
    let stack = Stack::new();
    let lib = stack.path("lib");
    std::fs::create_dir(&lib).expect("the root's folder");
    let disk = Disk::on(work.path(), &lib);
    let snapshots = lib.join(super::SNAPSHOTS);
    let file = || {
        let folders = std::fs::read_dir(&snapshots).expect("the snapshots").flatten();
        folders.map(|folder| folder.path().join("fs/file")).next().expect("a snapshot")
    };
    stack.run(&["snapshot", "prepare", "s"]).ok();
    std::fs::write(file(), "y".repeat(100_000)).expect("write to it");
    stack.run(&["snapshot", "commit", "t", "s"]).ok();
    disk.lose_power();
    let after = |args: &[&str]| disk::in_another_boot(work.path(), &stack.command(args));
    assert_eq!(after(&["snapshot", "ls", "-q"]).ok(), "t\n");
    assert_eq!(std::fs::read_to_string(file()).expect("its file"), "y".repeat(100_000));
    assert_eq!(after(&["content", "fsck"]).ok(), "");
}
