//! Layers made by chance: what honest tools write, in any order, and what no tool writes.

use std::collections::BTreeSet;

use ctrd::unpack::{Compression, Compressor};

use super::archive::{self, Magic, Member};
use crate::chance::Chance;

/// Names of few parts, so that members meet; some are those of the layer below.
const PARTS: [&str; 12] =
    ["a", "b", "c", "dir", "link", "file", "up", "d e", "ümlaut", ".hidden", "-rf", "x.wh.y"];

/// Members that a tool for layers could have written, but for their order and for names that lead astray.
pub fn members(chance: &mut Chance, outside: &str, lower: &[&str]) -> Vec<Member> {
    let mut all: Vec<Member> = Vec::new();
    // What a whiteout hides must be of the layer below, or its meaning depends on who reads it.
    let mut named: BTreeSet<String> = BTreeSet::new();
    for _ in 0..1 + chance.below(14) {
        let name = name(chance, lower);
        let first = clean(name.as_bytes()).split('/').next().unwrap_or_default().to_string();
        let member = match chance.below(16) {
            0..=3 => folder(chance, &name),
            4..=7 => file(chance, &name),
            8 | 9 => {
                let to = target(chance, outside);
                Member { link: to.into_bytes(), ..attributes(chance, Member::new(b'2', name.as_bytes())) }
            }
            10 | 11 => {
                let before: Vec<&Member> =
                    all.iter().filter(|m| matches!(m.flag, b'0' | b'1' | b'2' | b'6')).collect();
                let to = match chance.below(8) {
                    0 => target(chance, outside).into_bytes(),
                    1 => chance.of(lower).as_bytes().to_vec(),
                    _ if before.is_empty() => continue,
                    _ => chance.of(&before).name.clone(),
                };
                // A link has the attributes of what it is to.
                let like = all.iter().rev().find(|m| clean(&m.name) == clean(&to)).cloned();
                // What is to be replaced is no target, nor what is in it.
                if format!("{}/", clean(&to)).starts_with(&format!("{}/", clean(name.as_bytes()))) {
                    continue;
                }
                let like = like.unwrap_or(Member { mtime: 1_262_401_445, ..Member::new(b'1', b"") });
                Member {
                    link: to,
                    name: name.into(),
                    flag: b'1',
                    data: Vec::new(),
                    pax: attributes_of(&like),
                    ..like
                }
            }
            12 => Member { mode: 0o620, ..Member::new(b'6', name.as_bytes()) },
            13 => {
                let flag = *chance.of(b"34");
                let device = (1 + chance.below(300) as u32, chance.below(300) as u32);
                attributes(chance, Member { device, ..Member::new(flag, name.as_bytes()) })
            }
            14 if !named.contains(&first) => {
                // None that links of the layer below lead to: what came by them would be hidden too.
                let gone = chance.of(&["file", "other", "other/o", "link", "up/abs", "up/rel"]);
                let (dir, base) = gone.rsplit_once('/').unwrap_or(("", gone));
                if named.contains(gone.split('/').next().unwrap_or_default()) {
                    continue;
                }
                // Nothing more comes below it.
                let path = if dir.is_empty() { format!(".wh.{base}") } else { format!("{dir}/.wh.{base}") };
                named.insert(gone.split('/').next().unwrap_or_default().to_string());
                all.push(Member::new(b'0', path.as_bytes()));
                continue;
            }
            _ => file(chance, &name),
        };
        if all.iter().any(|m| m.name.windows(4).any(|w| w == b".wh.")) && named.contains(&first) {
            continue;
        }
        named.insert(first);
        all.push(Member {
            magic: *chance.of(&[Magic::Ustar, Magic::Gnu, Magic::Ustar, Magic::Old]),
            ..member
        });
    }
    for member in &mut all {
        // Devices are none in the oldest form, and attributes need a header of their own.
        if matches!(member.flag, b'3' | b'4') || !member.pax.is_empty() || member.mtime < 0 {
            member.magic = Magic::Ustar;
        }
    }
    all
}

/// A name as it is meant, where no part of it is a link.
pub fn clean(name: &[u8]) -> String {
    let mut parts = Vec::new();
    for part in String::from_utf8_lossy(name).split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part.to_string()),
        }
    }
    parts.join("/")
}

fn name(chance: &mut Chance, lower: &[&str]) -> String {
    let mut parts: Vec<String> = match chance.below(4) {
        0 => chance.of(lower).split('/').map(str::to_string).collect(),
        _ => (0..=chance.below(3)).map(|_| chance.of(&PARTS).to_string()).collect(),
    };
    if chance.one_in(12) {
        parts.push("long".repeat(10 + chance.below(30)));
    }
    if chance.one_in(12) {
        (0..chance.below(4)).for_each(|_| parts.push("n".repeat(60)));
    }
    let mut path = parts.join("/");
    match chance.below(14) {
        0 => path.insert_str(0, "./"),
        1 => path.insert(0, '/'),
        2 => path = path.replacen('/', "//", 1),
        3 => path = path.replacen('/', "/./", 1),
        4 => path.insert_str(0, "x/../"),
        5 => path.insert_str(0, "../../"),
        _ => {}
    }
    path
}

fn target(chance: &mut Chance, outside: &str) -> String {
    match chance.below(9) {
        0 => outside.to_string(),
        1 => format!("{outside}/canary"),
        2 => "../../../../../../../../etc".to_string(),
        3 => "/".to_string(),
        4 => format!("../{}", chance.of(&PARTS)),
        5 => format!("/{}", chance.of(&PARTS)),
        6 => "t".repeat(80 + chance.below(60)),
        7 => "nowhere/at/all".to_string(),
        _ => chance.of(&PARTS).to_string(),
    }
}

fn folder(chance: &mut Chance, name: &str) -> Member {
    let name = if chance.one_in(3) { name.to_string() } else { format!("{name}/") };
    attributes(chance, Member::new(b'5', name.as_bytes()))
}

fn file(chance: &mut Chance, name: &str) -> Member {
    let data = match chance.below(8) {
        0 => Vec::new(),
        1 => vec![0; 512 * chance.below(5)],
        2 => b"text ".repeat(chance.below(40_000)),
        _ => chance.bytes(2000),
    };
    let flag = *chance.of(b"000\x00");
    let mut member = attributes(chance, Member { data, ..Member::new(flag, name.as_bytes()) });
    if chance.one_in(8) {
        sparse(chance, &mut member);
    }
    member
}

/// Owner, mode, times and attributes.
fn attributes(chance: &mut Chance, mut member: Member) -> Member {
    if chance.one_in(3) {
        member.mode = *chance.of(&[0o4755, 0o2711, 0o1777, 0, 0o777, 0o6000, 0o100644, 0o40700]);
    }
    // What is made in such a folder on the way has its group, or none, as who makes it likes.
    if member.flag == b'5' {
        member.mode &= !0o2000;
    }
    if chance.one_in(3) {
        member.owner = (
            *chance.of(&[1, 1000, 65_534, 65_536, 2_097_151, 2_097_152, 2_147_483_647]),
            1 + chance.below(70_000) as u32,
        );
    }
    if chance.one_in(4) {
        member.mtime = *chance.of(&[0, 1, 1_700_000_000, 2_147_483_648, 4_294_967_297, 8_589_934_591]);
    }
    if chance.one_in(6) {
        let text =
            *chance.of(&["1000000000.5", "999999999.999999999", "1.25", "3.0000000001", "1700000001."]);
        member.pax.push(("mtime".into(), text.into()));
    }
    if chance.one_in(6) && member.flag != b'2' && !matches!(member.flag, b'3' | b'4') {
        let value = chance.bytes(40);
        member.pax.push(("SCHILY.xattr.user.note".into(), value));
    }
    if chance.one_in(20) && matches!(member.flag, b'0' | 0) {
        let capability = [&[1, 0, 0, 2, 0, 32, 0, 0][..], &[0; 12]].concat();
        member.pax.push(("SCHILY.xattr.security.capability".into(), capability));
    }
    if chance.one_in(12) {
        member.pax.push(("comment".into(), "of no meaning = at all\n".into()));
        member.pax.push(("uid".into(), member.owner.0.to_string().into()));
        member.pax.push(("uname".into(), "nobody-here".into()));
    }
    member
}

/// The records of a member that its links share.
fn attributes_of(member: &Member) -> Vec<(String, Vec<u8>)> {
    member.pax.iter().filter(|(key, _)| !key.starts_with("GNU.")).cloned().collect()
}

/// Makes a file one with holes, in one of the forms.
fn sparse(chance: &mut Chance, member: &mut Member) {
    let mut at = chance.below(9000);
    let (mut map, mut data) = (Vec::new(), Vec::new());
    for _ in 0..chance.below(6) {
        let bytes = chance.bytes(700);
        map.push((at, bytes.len()));
        at += bytes.len() + chance.below(9000);
        data.extend(bytes);
    }
    let size = at;
    let text = |n: usize| n.to_string().into_bytes();
    let numbers: Vec<String> = map.iter().flat_map(|(at, len)| [at.to_string(), len.to_string()]).collect();
    let mut pax = |key: &str, value: Vec<u8>| member.pax.push((format!("GNU.sparse.{key}"), value));
    match chance.below(2) {
        0 => {
            pax("major", text(1));
            pax("minor", text(0));
            pax("name", member.name.clone());
            pax("realsize", text(size));
            let mut head = format!("{}\n", map.len()).into_bytes();
            numbers.iter().for_each(|number| head.extend(format!("{number}\n").bytes()));
            head.resize(head.len().next_multiple_of(512), 0);
            member.data = [head, data].concat();
        }
        _ if map.is_empty() => {}
        _ => {
            pax("size", text(size));
            pax("numblocks", text(map.len()));
            pax("map", numbers.join(",").into_bytes());
            member.data = data;
        }
    }
}

/// Makes of an archive one that no tool writes. What was done to it.
pub fn spoil(chance: &mut Chance, tar: &mut Vec<u8>) -> &'static str {
    let blocks = tar.len() / 512;
    let block = chance.below(blocks) * 512;
    match chance.below(9) {
        0 => {
            tar.truncate(chance.below(tar.len()));
            "cut"
        }
        1 => {
            tar.truncate(block);
            "cut at a block"
        }
        2 => {
            tar.extend(chance.bytes(3000));
            "something behind it"
        }
        3 => {
            let other =
                archive::archive(&[Member { data: b"second".to_vec(), ..Member::new(b'0', b"second") }]);
            tar.extend(other);
            "another behind it"
        }
        4 => {
            let at = chance.below(tar.len());
            tar[at] = chance.below(256) as u8;
            "a byte"
        }
        5 => {
            tar.drain(block..block + 512);
            "a block less"
        }
        6 => {
            let twice = tar[block..block + 512].to_vec();
            tar.splice(block..block, twice);
            "a block twice"
        }
        // With a sum that holds, so that what is behind it is read.
        _ => {
            for _ in 0..=chance.below(2) {
                let field = *chance.of(&[
                    (0, 100),
                    (100, 8),
                    (108, 8),
                    (124, 12),
                    (136, 12),
                    (156, 1),
                    (157, 100),
                    (257, 8),
                    (345, 155),
                ]);
                let at = block + field.0 + chance.below(field.1);
                tar[at] = *chance.of(b"\0 /.0719xLKgS-\xff\x80");
            }
            archive::finish(&mut tar[block..block + 512]);
            "a field"
        }
    }
}

/// The archive as one of the forms of blob that hold it.
pub fn packed(chance: &mut Chance, tar: &[u8]) -> Vec<u8> {
    let pack = |how: Compression, bytes: &[u8]| {
        let mut out = Vec::new();
        let mut writer = Compressor::new(how, &mut out).expect("a compressor");
        std::io::Write::write_all(&mut writer, bytes).expect("compress");
        writer.finish().expect("compress");
        out
    };
    let (first, second) = tar.split_at(chance.below(tar.len() + 1));
    match chance.below(8) {
        0 => pack(Compression::Gzip, tar),
        1 => [pack(Compression::Gzip, first), pack(Compression::Gzip, second)].concat(),
        2 => pack(Compression::Zstd, tar),
        3 => [skippable(chance), pack(Compression::Zstd, first), pack(Compression::Zstd, second)].concat(),
        4 => [
            pack(Compression::Zstd, first),
            skippable(chance),
            pack(Compression::Zstd, second),
            skippable(chance),
        ]
        .concat(),
        _ => tar.to_vec(),
    }
}

/// A frame of zstd that has bytes of somebody else's.
fn skippable(chance: &mut Chance) -> Vec<u8> {
    let bytes = chance.bytes(100);
    let magic = 0x184d_2a50 + chance.below(16) as u32;
    [&magic.to_le_bytes()[..], &(bytes.len() as u32).to_le_bytes(), &bytes].concat()
}
