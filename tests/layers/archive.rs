//! A writer of tar that checks nothing: every field is what the test says.

/// Which form of header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Magic {
    Ustar,
    Gnu,
    Old,
}

/// One member, with whatever goes before its header.
#[derive(Debug, Clone)]
pub struct Member {
    pub name: Vec<u8>,
    pub link: Vec<u8>,
    pub flag: u8,
    pub mode: u32,
    pub owner: (u32, u32),
    pub mtime: i64,
    pub device: (u32, u32),
    pub data: Vec<u8>,
    /// What the header says of its length, if not the truth.
    pub size: Option<u64>,
    pub magic: Magic,
    /// Records of an extended header, if there are any.
    pub pax: Vec<(String, Vec<u8>)>,
    /// Of a file in the oldest form with holes: where its parts are and how long, and its whole length.
    pub parts: Option<(Vec<(u64, u64)>, u64)>,
}

impl Member {
    pub fn new(flag: u8, name: &[u8]) -> Member {
        Member {
            name: name.to_vec(),
            link: Vec::new(),
            flag,
            mode: if flag == b'5' { 0o755 } else { 0o644 },
            owner: (0, 0),
            mtime: 1_000_000_000,
            device: (0, 0),
            data: Vec::new(),
            size: None,
            magic: Magic::Ustar,
            pax: Vec::new(),
            parts: None,
        }
    }

    /// Appends the member. Names that a header cannot hold go where this form has them.
    pub fn write(&self, out: &mut Vec<u8>) {
        let mut pax = self.pax.clone();
        let (mut prefix, mut name) = (&[][..], self.name.as_slice());
        let split =
            |at: &usize| self.name[*at] == b'/' && *at > 0 && *at <= 155 && self.name.len() - at - 1 <= 100;
        if self.magic == Magic::Gnu {
            for (flag, text) in [(b'L', &self.name), (b'K', &self.link)] {
                if text.len() > 100 {
                    special(out, flag, &[text, &b"\0"[..]].concat());
                }
            }
        } else if name.len() > 100
            && self.magic == Magic::Ustar
            && let Some(at) = (0..self.name.len() - 1).find(split)
        {
            (prefix, name) = (&self.name[..at], &self.name[at + 1..]);
        } else {
            for (key, text) in [("path", &self.name), ("linkpath", &self.link)] {
                if text.len() > 100 {
                    pax.push((key.into(), text.clone()));
                }
            }
        }
        if self.mtime < 0 && self.magic != Magic::Gnu {
            pax.push(("mtime".into(), self.mtime.to_string().into()));
        }
        if self.flag == b'g' {
            // A header for all that come.
            special(out, b'g', &pax.iter().flat_map(|(key, value)| record(key, value)).collect::<Vec<_>>());
            return;
        }
        if !pax.is_empty() {
            special(out, b'x', &pax.iter().flat_map(|(key, value)| record(key, value)).collect::<Vec<_>>());
        }
        let mut block = [0u8; 512];
        let mut text = |at: usize, most: usize, bytes: &[u8]| {
            let bytes = &bytes[..bytes.len().min(most)];
            block[at..at + bytes.len()].copy_from_slice(bytes);
        };
        let binary = |number: i64, width: usize| {
            let mut bytes = vec![if number < 0 { 0xff } else { 0 }; width - 8];
            bytes.extend(number.to_be_bytes());
            bytes[0] |= 0x80;
            bytes
        };
        text(0, 100, name);
        text(100, 8, format!("{:07o}\0", self.mode).as_bytes());
        for (at, id) in [(108, self.owner.0), (116, self.owner.1)] {
            let octal = format!("{id:07o}\0").into_bytes();
            text(at, 8, &if octal.len() > 8 { binary(id.into(), 8) } else { octal });
        }
        let size = self.size.unwrap_or(self.data.len() as u64);
        text(124, 12, format!("{size:011o} ").as_bytes());
        let time = match self.mtime {
            0.. => format!("{:011o}\0", self.mtime).into_bytes(),
            _ if self.magic == Magic::Gnu => binary(self.mtime, 12),
            _ => b"00000000000\0".to_vec(),
        };
        text(136, 12, &time);
        text(156, 1, &[self.flag]);
        text(157, 100, &self.link);
        match self.magic {
            Magic::Ustar => text(257, 8, b"ustar\x0000"),
            Magic::Gnu => text(257, 8, b"ustar  \0"),
            Magic::Old => {}
        }
        if matches!(self.flag, b'3' | b'4') {
            text(329, 8, format!("{:07o}\0", self.device.0).as_bytes());
            text(337, 8, format!("{:07o}\0", self.device.1).as_bytes());
        }
        text(345, 155, prefix);
        let mut more = Vec::new();
        if let Some((parts, whole)) = &self.parts {
            let field = |number: u64| format!("{number:011o}\0").into_bytes();
            let entries: Vec<u8> =
                parts.iter().flat_map(|(at, length)| [field(*at), field(*length)].concat()).collect();
            let (first, rest) = entries.split_at(entries.len().min(4 * 24));
            text(386, 4 * 24, first);
            text(482, 1, &[u8::from(!rest.is_empty())]);
            text(483, 12, &field(*whole));
            let blocks: Vec<&[u8]> = rest.chunks(21 * 24).collect();
            for (n, entries) in blocks.iter().enumerate() {
                let mut block = [0u8; 512];
                block[..entries.len()].copy_from_slice(entries);
                block[504] = u8::from(n + 1 < blocks.len());
                more.extend(block);
            }
        }
        finish(&mut block);
        out.extend(block);
        out.extend(more);
        append(out, &self.data);
    }
}

/// A whole archive.
pub fn archive(members: &[Member]) -> Vec<u8> {
    let mut out = Vec::new();
    members.iter().for_each(|member| member.write(&mut out));
    out.resize(out.len() + 1024, 0);
    out
}

/// Gives a header the sum that it has to have.
pub fn finish(block: &mut [u8]) {
    block[148..156].fill(b' ');
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
}

/// A record of an extended header; its length counts its own digits.
pub fn record(key: &str, value: &[u8]) -> Vec<u8> {
    let rest = key.len() + value.len() + 3;
    let length = (rest..).find(|length| rest + length.to_string().len() == *length).expect("a length");
    [format!("{length} {key}=").as_bytes(), value, b"\n"].concat()
}

/// A member that tells of the next one.
fn special(out: &mut Vec<u8>, flag: u8, bytes: &[u8]) {
    let pax = matches!(flag, b'x' | b'g');
    let name = match flag {
        b'x' => &b"PaxHeaders/0"[..],
        b'g' => b"pax_global_header",
        _ => b"././@LongLink",
    };
    let mut block = [0u8; 512];
    block[..name.len()].copy_from_slice(name);
    block[100..108].copy_from_slice(b"0000644\0");
    block[108..116].copy_from_slice(b"0000000\0");
    block[116..124].copy_from_slice(b"0000000\0");
    block[124..136].copy_from_slice(format!("{:011o}\0", bytes.len()).as_bytes());
    block[136..148].copy_from_slice(b"00000000000\0");
    block[156] = flag;
    block[257..265].copy_from_slice(if pax { b"ustar\x0000" } else { b"ustar  \0" });
    finish(&mut block);
    out.extend(block);
    append(out, bytes);
}

fn append(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend(bytes);
    out.resize(out.len().next_multiple_of(512), 0);
}
