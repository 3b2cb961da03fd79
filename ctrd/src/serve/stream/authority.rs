//! Clients whose `:authority` is the path of the socket they dialled, as older libraries send it
//! (`%2Frun%2Fctrd%2Fctrd.sock`): the libraries here take a `%` in a host for a fault of the whole
//! request. On a Unix socket nobody looks at the name, so another character stands in for each `%`
//! before the request is parsed.
//!
//! Only this value is changed, in place: in a HEADERS frame's block it is the literal whose name is
//! entry 1 of HPACK's static table (RFC 7541, 6.2). `-` has as many bits as `%` in either form,
//! plain and Huffman-coded, so nothing moves. A client whose first request needs none of this is
//! not looked at any further.

/// What a client says before its first frame.
const PREFACE: usize = 24;
const FRAME: usize = 9;
const HEADERS: u8 = 1;
const PADDED: u8 = 0x8;
const PRIORITY: u8 = 0x20;
/// Longer frames nobody may send who was not told that he may.
const MAX_FRAME: usize = 16 << 10;
/// The number of `:authority` in the static table.
const AUTHORITY: usize = 1;

#[derive(Debug, PartialEq)]
enum State {
    /// So many bytes pass as they are; then a frame begins.
    Pass(usize),
    /// So many bytes are gathered first: a frame's head, or all of one.
    Gather(usize),
    Done,
}

/// Finds the frames in a stream of bytes, and changes those that need it.
pub struct Mender {
    state: State,
    held: Vec<u8>,
}

impl Default for Mender {
    fn default() -> Mender {
        Mender { state: State::Pass(PREFACE), held: Vec::new() }
    }
}

impl Mender {
    /// Whether the rest needs none of this.
    pub fn is_done(&self) -> bool {
        self.state == State::Done
    }

    /// Takes what comes and gives `out` what goes on.
    pub fn feed(&mut self, mut input: &[u8], out: &mut Vec<u8>) {
        while !input.is_empty() {
            match self.state {
                State::Done => return out.extend_from_slice(input),
                State::Pass(0) => self.state = State::Gather(FRAME),
                State::Pass(left) => {
                    let n = left.min(input.len());
                    out.extend_from_slice(&input[..n]);
                    input = &input[n..];
                    self.state = State::Pass(left - n);
                }
                State::Gather(want) => {
                    let n = (want - self.held.len()).min(input.len());
                    self.held.extend_from_slice(&input[..n]);
                    input = &input[n..];
                    if self.held.len() == want {
                        self.gathered(out);
                    }
                }
            }
        }
    }

    fn gathered(&mut self, out: &mut Vec<u8>) {
        let length = self.held[..3].iter().fold(0, |n, byte| n << 8 | usize::from(*byte));
        let whole = self.held.len() > FRAME;
        if !whole && self.held[3] == HEADERS && (1..=MAX_FRAME).contains(&length) {
            self.state = State::Gather(FRAME + length);
            return;
        }
        self.state = match whole {
            true if !mend(&mut self.held) => State::Done,
            true => State::Pass(0),
            false => State::Pass(length),
        };
        out.append(&mut self.held);
    }
}

/// Changes the authority in a HEADERS frame; whether it had to be.
fn mend(frame: &mut [u8]) -> bool {
    let flags = frame[4];
    let mut at = FRAME + usize::from(flags & PADDED != 0) + if flags & PRIORITY != 0 { 5 } else { 0 };
    let mut changed = false;
    while let Some(first) = frame.get(at).copied() {
        // 1: a whole entry; 01: a literal that is remembered; 001: a change of the table; else one that is not.
        let (bits, literal) = match first {
            0x80.. => (7, false),
            0x40.. => (6, true),
            0x20.. => (5, false),
            _ => (4, true),
        };
        let Some(name) = number(frame, &mut at, bits) else { break };
        if !literal {
            continue;
        }
        if name == 0 && string(frame, &mut at).is_none() {
            break;
        }
        let Some((value, huffman)) = string(frame, &mut at) else { break };
        if name == AUTHORITY {
            changed |= replace(&mut frame[value], huffman);
        }
    }
    changed
}

/// HPACK's numbers: so many bits, and the rest in seven of each byte that follows.
fn number(block: &[u8], at: &mut usize, bits: u32) -> Option<usize> {
    let most = (1usize << bits) - 1;
    let mut value = usize::from(*block.get(*at)?) & most;
    *at += 1;
    if value < most {
        return Some(value);
    }
    for shift in [0, 7, 14] {
        let byte = usize::from(*block.get(*at)?);
        *at += 1;
        value += (byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

/// Where a string's bytes are, and whether they are Huffman-coded.
fn string(block: &[u8], at: &mut usize) -> Option<(std::ops::Range<usize>, bool)> {
    let huffman = block.get(*at)? & 0x80 != 0;
    let length = number(block, at, 7)?;
    let from = *at;
    *at = from.checked_add(length).filter(|end| *end <= block.len())?;
    Some((from..*at, huffman))
}

fn replace(value: &mut [u8], huffman: bool) -> bool {
    if huffman {
        return replace_coded(value);
    }
    let mut changed = false;
    for byte in value.iter_mut().filter(|byte| **byte == b'%') {
        *byte = b'-';
        changed = true;
    }
    changed
}

/// The same in Huffman's code, whose words are ordered by length: five bits tell how long one is,
/// or eight. Words of more than eight bits are none of a name's, and end the search.
fn replace_coded(value: &mut [u8]) -> bool {
    const PERCENT: usize = 0b010101;
    const DASH: usize = 0b010110;
    let end = value.len() * 8;
    let bits = |value: &[u8], from: usize, count: usize| {
        (from..from + count).fold(0, |code, at| code << 1 | usize::from(value[at / 8] >> (7 - at % 8) & 1))
    };
    let mut changed = false;
    let mut at = 0;
    while at + 5 <= end {
        let length = match bits(value, at, 5) {
            0..=9 => 5,
            10..=22 => 6,
            23..=30 => 7,
            _ if at + 8 <= end && bits(value, at + 5, 3) < 6 => 8,
            _ => break,
        };
        if at + length > end {
            break;
        }
        if length == 6 && bits(value, at, 6) == PERCENT {
            for n in 0..6 {
                let (byte, mask) = ((at + n) / 8, 1 << (7 - (at + n) % 8));
                match DASH >> (5 - n) & 1 {
                    0 => value[byte] &= !mask,
                    _ => value[byte] |= mask,
                }
            }
            changed = true;
        }
        at += length;
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Codes of the characters that are used here, as RFC 7541 has them.
    fn code(c: char) -> &'static str {
        match c {
            '%' => "010101",
            '-' => "010110",
            '.' => "010111",
            '2' => "00010",
            'F' => "1100001",
            'X' => "11111100",
            'c' => "00100",
            'd' => "100100",
            'k' => "1110101",
            'n' => "101010",
            'o' => "00111",
            'r' => "101100",
            's' => "01000",
            't' => "01001",
            'u' => "101101",
            'x' => "1111001",
            _ => panic!("{c}"),
        }
    }

    fn coded(text: &str) -> Vec<u8> {
        let mut bits: String = text.chars().map(code).collect();
        while !bits.len().is_multiple_of(8) {
            bits.push('1');
        }
        bits.as_bytes()
            .chunks(8)
            .map(|byte| byte.iter().fold(0, |n, bit| n << 1 | u8::from(*bit == b'1')))
            .collect()
    }

    fn literal(first: u8, huffman: bool, value: &[u8]) -> Vec<u8> {
        let mut out = vec![first, value.len() as u8 | if huffman { 0x80 } else { 0 }];
        out.extend_from_slice(value);
        out
    }

    fn headers(flags: u8, block: &[u8]) -> Vec<u8> {
        let before: &[u8] = match flags & (PADDED | PRIORITY) {
            0 => &[],
            PADDED => &[0],
            PRIORITY => &[0; 5],
            _ => &[0; 6],
        };
        let length = before.len() + block.len();
        let head = [0, (length >> 8) as u8, length as u8, HEADERS, flags, 0, 0, 0, 1];
        [&head[..], before, block].concat()
    }

    /// What comes out of it, however the bytes are cut.
    fn through(input: &[u8]) -> Vec<u8> {
        let mut whole = Vec::new();
        Mender::default().feed(input, &mut whole);
        for size in [1, 7, 100] {
            let (mut mender, mut out) = (Mender::default(), Vec::new());
            input.chunks(size).for_each(|piece| mender.feed(piece, &mut out));
            assert_eq!(out, whole, "{size}");
        }
        whole
    }

    #[test]
    fn a_path_becomes_a_name() {
        let (path, name) = ("%2Frun%2FctrdX%2Fctrd.sock", "-2Frun-2FctrdX-2Fctrd.sock");
        for flags in [0x4, 0x4 | PADDED, 0x4 | PRIORITY, 0x4 | PADDED | PRIORITY] {
            for first in [0x41, 0x01, 0x11] {
                for huffman in [false, true] {
                    let frames = |authority: &str| {
                        let value = if huffman { coded(authority) } else { authority.into() };
                        let own = literal(0x40, false, b"a%");
                        // A changed table, `:method: POST`, a header of its own, and `:path`.
                        let block = [
                            &[0x3f, 0xe1, 0x1f, 0x83][..],
                            &[&own[..], &literal(0, false, b"")[1..]].concat(),
                            &literal(first, huffman, &value),
                            &literal(0x44, false, b"/%2F"),
                        ]
                        .concat();
                        let settings = [0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, b'%'];
                        let data = [0, 0, 3, 0, 0, 0, 0, 0, 1, b'%', b'%', b'%'];
                        let request = headers(flags, &block);
                        [&[b'%'; PREFACE][..], &settings, &request, &data, &request].concat()
                    };
                    assert_eq!(through(&frames(path)), frames(name), "{flags:#x} {first:#x} {huffman}");
                    assert_eq!(through(&frames("rundock")), frames("rundock"));
                }
            }
        }
    }

    #[test]
    fn nonsense_passes() {
        for block in
            [&[0x41][..], &[0x41, 0x7f, 0xff, 0xff, 0xff, 0xff], &[0x41, 9, b'%'], &[0xff; 9], &[0x40, 0]]
        {
            let frames = [&[0; PREFACE][..], &headers(4, block), &[0xff; 30]].concat();
            assert_eq!(through(&frames), frames, "{block:?}");
        }
    }
}
