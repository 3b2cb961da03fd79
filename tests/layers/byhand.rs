//! Layers that are made by hand: what tools write seldom, each with how it goes beside containerd.

use std::collections::BTreeSet;
use std::process::Command;

use super::archive::{Magic, Member, archive};
use super::{Pair, made, sh, tree};
use crate::bin;

/// How a layer goes beside containerd.
enum Beside {
    /// The trees are the same, but for the times of folders that no entry is of.
    Same,
    /// containerd refuses it with these words, and ctrd makes of it what GNU tar does.
    RefusedThere(&'static str),
    /// containerd makes of it something else than GNU tar does, and ctrd does not.
    AsTar,
}

fn file(name: &str, text: &str) -> Member {
    Member { data: text.as_bytes().to_vec(), ..Member::new(b'0', name.as_bytes()) }
}

fn folder(name: &str) -> Member {
    Member::new(b'5', name.as_bytes())
}

fn link(name: &str, to: &str) -> Member {
    Member { link: to.as_bytes().to_vec(), ..Member::new(b'2', name.as_bytes()) }
}

fn hard(name: &str, to: &str) -> Member {
    Member { link: to.as_bytes().to_vec(), ..Member::new(b'1', name.as_bytes()) }
}

fn pax(member: Member, records: &[(&str, &str)]) -> Member {
    let pax = records.iter().map(|(key, value)| (key.to_string(), value.as_bytes().to_vec())).collect();
    Member { pax, ..member }
}

/// A file in the oldest form with holes: so many parts, each after a hole, and whole blocks but for the last.
fn holes(name: &str, parts: usize, end: u64) -> Member {
    let (mut map, mut data, mut at) = (Vec::new(), Vec::new(), 1024);
    for n in 0..parts {
        let length = if n + 1 == parts { 100 } else { 512 * (1 + n % 3) };
        let bytes = vec![b'a' + (n % 26) as u8; length];
        map.push((at, bytes.len() as u64));
        at += 4096 + bytes.len() as u64;
        data.extend(bytes);
    }
    // How tools say that a hole is at the end.
    if end > 0 {
        at += end;
        map.push((at, 0));
    } else {
        at -= 4096;
    }
    Member { data, parts: Some((map, at)), magic: Magic::Gnu, ..Member::new(b'S', name.as_bytes()) }
}

fn cases() -> Vec<(&'static str, Beside, Vec<Member>)> {
    use Beside::{AsTar, RefusedThere, Same};
    let long = "long/".repeat(60);
    let name = |last: &str| format!("new/{long}{last}");
    let named = |magic: Magic| -> Vec<Member> {
        let all =
            [folder("new"), file(&name("f"), "f"), link("new/l", &name("f")), hard("new/h", &name("f"))];
        all.into_iter().map(|member| Member { magic, ..member }).collect()
    };
    let times = |name: &str, time: &str| pax(file(name, "x"), &[("mtime", time)]);
    vec![
        (
            "folders have their times after what comes into them",
            Same,
            vec![
                folder("new/"),
                Member { mtime: 7, ..folder("new/sub/") },
                file("new/sub/x", "x"),
                folder("new/sub/deep"),
                link("new/sub/deep/l", "x"),
                hard("new/h", "new/sub/x"),
            ],
        ),
        (
            "a folder that comes after what is in it",
            Same,
            vec![
                file("new/sub/x", "x"),
                Member { mtime: 7, mode: 0o711, ..folder("new/sub") },
                Member { mtime: 8, owner: (5, 6), ..folder("new") },
            ],
        ),
        (
            "parts of a second",
            Same,
            vec![
                folder("new"),
                times("new/e", "1.000000001"),
                times("new/f", "0.5"),
                times("new/g", "1700000000.123456789123"),
                pax(link("new/l", "nowhere"), &[("mtime", "3.25")]),
                pax(folder("new/sub"), &[("mtime", "7.75"), ("atime", "3.5"), ("ctime", "4.5")]),
            ],
        ),
        (
            // For containerd there is none.
            "times before 1970",
            AsTar,
            vec![
                folder("new"),
                Member { mtime: -1, magic: Magic::Gnu, ..file("new/a", "a") },
                Member { mtime: -2_208_988_800, ..file("new/b", "b") },
                times("new/c", "-1.5"),
                times("new/d", "-0.000000001"),
                pax(link("new/l", "nowhere"), &[("mtime", "-3.25")]),
                pax(folder("new/sub"), &[("mtime", "-7.75")]),
            ],
        ),
        ("names of any length in the form of GNU tar", Same, named(Magic::Gnu)),
        ("names of any length in the form of pax", Same, named(Magic::Old)),
        (
            "names split as ustar does",
            Same,
            vec![
                folder("new"),
                file(&format!("new/{}x", "d/".repeat(60)), "f"),
                file(&format!("new/{}", "n".repeat(100)), "g"),
            ],
        ),
        (
            "a header for all members, of no meaning",
            Same,
            vec![
                pax(Member::new(b'g', b""), &[("comment", "0123456789abcdef"), ("mtime", "5"), ("uid", "7")]),
                folder("new"),
                file("new/a", "a"),
                pax(Member::new(b'g', b""), &[("path", "elsewhere")]),
                file("new/b", "b"),
            ],
        ),
        (
            "links to links",
            Same,
            vec![
                folder("new"),
                file("new/a", "a"),
                hard("new/b", "new/a"),
                hard("new/c", "new/b"),
                link("new/s", "a"),
                Member { mtime: 1_000_000_000, ..hard("new/t", "new/s") },
                hard("new/abs", "/new/a"),
                hard("new/dots", "./new/../new/a"),
            ],
        ),
        (
            "devices, and what is none",
            Same,
            vec![
                folder("new"),
                Member { device: (1, 3), ..Member::new(b'3', b"new/null") },
                Member { device: (8, 300), mode: 0o600, owner: (3, 4), ..Member::new(b'4', b"new/disk") },
                Member { device: (4095, 1_048_575), ..Member::new(b'3', b"new/most") },
                Member { mode: 0o611, ..Member::new(b'6', b"new/fifo") },
            ],
        ),
        (
            "attributes of every kind",
            Same,
            vec![
                folder("new"),
                pax(
                    file("new/a", "a"),
                    &[
                        ("SCHILY.xattr.trusted.note", "t"),
                        ("SCHILY.xattr.user.note", "u"),
                        ("SCHILY.xattr.user.empty", ""),
                    ],
                ),
                pax(
                    folder("new/sub"),
                    &[("SCHILY.xattr.trusted.note", "t"), ("SCHILY.xattr.user.note", "=\n=")],
                ),
                pax(link("new/l", "a"), &[("SCHILY.xattr.trusted.note", "of the link")]),
            ],
        ),
        (
            "an opaque folder comes first",
            Same,
            vec![
                folder("a"),
                file("a/.wh..wh..opq", ""),
                file("a/new", "n"),
                folder("a/deep"),
                file("a/deep/new", "n"),
            ],
        ),
        (
            "an opaque folder comes last",
            Same,
            vec![
                folder("a"),
                file("a/new", "n"),
                folder("a/deep"),
                file("a/deep/new", "n"),
                file("a/.wh..wh..opq", ""),
            ],
        ),
        (
            "an opaque folder that has no entry, and one below a new one",
            Same,
            vec![
                file("dir/.wh..wh..opq", ""),
                folder("new"),
                file("new/.wh..wh..opq", ""),
                file("new/x", "x"),
            ],
        ),
        (
            "whiteouts of all kinds of things",
            Same,
            vec![
                file(".wh.file", ""),
                file("a/.wh.deep", ""),
                file("up/.wh.abs", ""),
                file("other/.wh.fifo", ""),
                file(".wh.nosuch", ""),
            ],
        ),
        (
            "files with holes in the oldest form",
            RefusedThere("unhandled tar header type 83"),
            vec![
                folder("new"),
                holes("new/one", 1, 0),
                holes("new/four", 4, 0),
                holes("new/five", 5, 0),
                holes("new/many", 60, 9000),
                holes("new/hole", 0, 70_000),
                file("new/after", "a"),
            ],
        ),
    ]
}

/// Of a line of a tree the time, unless there is an entry of that folder; and of the attributes of folders that there are
/// entries of those alone that these have: containerd leaves what the layer below had.
fn known(lines: &[String], members: &[Member]) -> Vec<String> {
    let entries: BTreeSet<String> = members.iter().map(|m| super::random::clean(&m.name)).collect();
    let left = |line: &&String| {
        let name = line.strip_prefix("# file: ").and_then(|rest| rest.rsplit_once(" user.low="));
        !name.is_some_and(|(name, _)| entries.contains(name))
    };
    let known = |line: &String| match line.split_once('\t') {
        Some((name, rest)) if rest.starts_with("d ") && !entries.contains(name) => {
            let mut fields: Vec<&str> = rest.split(' ').collect();
            fields[3] = "";
            format!("{name}\t{}", fields.join(" "))
        }
        _ => line.clone(),
    };
    lines.iter().filter(left).map(known).collect()
}

#[test]
fn what_tools_write_seldom() {
    let Some(pair) = Pair::new() else { return };
    let mut wrong = Vec::new();
    for (name, beside, members) in cases() {
        let tar = archive(&members);
        let theirs = pair.unpack(&tar, &pair.clients[0], false);
        let want = match (&theirs, &beside) {
            (Ok(theirs), Beside::Same) => theirs.clone(),
            (Ok(theirs), Beside::AsTar) if by_tar(&pair, &tar) != *theirs => by_tar(&pair, &tar),
            (Err(e), Beside::RefusedThere(words)) if e.contains(words) => by_tar(&pair, &tar),
            (Ok(_), _) => {
                wrong.push(format!("{name}: containerd takes it as all do"));
                continue;
            }
            (Err(e), _) => {
                wrong.push(format!("{name}: containerd refuses it: {e}"));
                continue;
            }
        };
        let want = known(&want, &members);
        for overlay in [false, true] {
            let how = if overlay { "overlay" } else { "folder" };
            match pair.unpack(&tar, &pair.clients[1], overlay) {
                Err(e) => wrong.push(format!("{name}: {how}: ctrd refuses it: {e}")),
                Ok(ours) => {
                    let ours = known(&ours, &members);
                    let missing =
                        want.iter().filter(|line| !ours.contains(line)).map(|line| format!("- {line}"));
                    let more =
                        ours.iter().filter(|line| !want.contains(line)).map(|line| format!("+ {line}"));
                    let lines: Vec<String> = missing.chain(more).collect();
                    if !lines.is_empty() {
                        wrong.push(format!("{name}: {how}:\n    {}", lines.join("\n    ")));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
}

/// What GNU tar makes of it, over the layer below.
fn by_tar(pair: &Pair, tar: &[u8]) -> Vec<String> {
    let dir = made(&pair.ours.path("by-tar"));
    sh(r#"cp -a "$1/." "$2/""#, &[&pair.ours.path("below"), &dir]);
    let file = pair.ours.path("by.tar");
    std::fs::write(&file, tar).expect("a file");
    bin::run(Command::new("tar").arg("-C").arg(&dir).arg("-xpf").arg(&file)).ok();
    let mut lines = tree(&dir);
    lines.push(format!("{} {}", ctrd::digest::Digest::of(tar), tar.len()));
    std::fs::remove_dir_all(&dir).expect("remove the folder");
    lines
}
