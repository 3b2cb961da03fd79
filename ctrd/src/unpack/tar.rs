//! Reading tar: ustar, GNU and PAX, as the stream of entries that it is.
//!
//! What disagrees with itself is an error rather than a guess, for a guess is what smuggles
//! entries past a checker: the PAX size always wins, a malformed record ends the stream, and
//! nothing in a header makes this reader hold more than [`MAX_SPECIAL`] bytes.

use std::io::{self, BufRead, BufReader, Read, Seek};

use super::field::{bad, decimal, number, owner, time, until_nul};

const BLOCK: usize = 512;

/// Long names, PAX records and sparse maps may take so much each.
const MAX_SPECIAL: u64 = 1 << 20;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    File,
    HardLink,
    Symlink,
    Char,
    Block,
    Directory,
    Fifo,
}

/// Seconds and nanoseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Time {
    pub secs: i64,
    pub nanos: i64,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub path: Vec<u8>,
    pub link: Vec<u8>,
    pub kind: Kind,
    pub mode: u32,
    pub uid: u32,
    pub gid: u32,
    /// Of the file that results; a sparse one has less in the stream.
    pub size: u64,
    pub mtime: Time,
    pub atime: Option<Time>,
    pub device: (u32, u32),
    pub xattrs: Vec<(Vec<u8>, Vec<u8>)>,
    /// Where the bytes of a sparse file go: offset and length, ascending.
    pub sparse: Option<Vec<(u64, u64)>>,
}

/// Entries of a tar stream; after [`Reader::next_entry`] the entry's bytes can be read.
pub struct Reader<R> {
    input: R,
    /// Of the current entry's bytes and of the padding behind them.
    left: u64,
    padding: u64,
    /// Goes so many bytes forward without reading them, where the input can.
    pass: Option<fn(&mut R, i64) -> io::Result<()>>,
}

impl<R: Read + Seek> Reader<BufReader<R>> {
    /// Of a file: what nobody reads of an entry is not read from it.
    pub fn of_file(input: BufReader<R>) -> Self {
        Reader { pass: Some(BufReader::seek_relative), ..Reader::new(input) }
    }
}

impl<R: BufRead> Reader<R> {
    pub fn new(input: R) -> Self {
        Reader { input, left: 0, padding: 0, pass: None }
    }

    pub fn into_inner(self) -> R {
        self.input
    }

    /// The next entry, past whatever was left unread of the last; `None` at the archive's end.
    pub fn next_entry(&mut self) -> io::Result<Option<Entry>> {
        let mut pax = Vec::new();
        let mut long_name = None;
        let mut long_link = None;
        loop {
            self.skip()?;
            let Some(block) = self.header()? else {
                return if pax.is_empty() && long_name.is_none() && long_link.is_none() {
                    Ok(None)
                } else {
                    Err(bad("a header without its entry"))
                };
            };
            let size = number(&block[124..136])?;
            let size = u64::try_from(size).map_err(|_| bad("negative size"))?;
            match block[156] {
                b'x' | b'X' => pax = parse_pax(&self.special(size)?)?,
                b'g' => drop(self.special(size)?),
                b'L' => long_name = Some(until_nul(&self.special(size)?).to_vec()),
                b'K' => long_link = Some(until_nul(&self.special(size)?).to_vec()),
                flag => {
                    let mut entry = plain(&block, flag)?;
                    let mut stored = size;
                    let sparse = merge_pax(&mut entry, &mut stored, pax)?;
                    if let Some(name) = long_name {
                        entry.path = name;
                    }
                    if let Some(link) = long_link {
                        entry.link = link;
                    }
                    // Before there was a type for folders, a slash told them.
                    if flag == 0 && entry.path.ends_with(b"/") {
                        entry.kind = Kind::Directory;
                    }
                    self.enter(&mut entry, stored, flag, &block, sparse)?;
                    return Ok(Some(entry));
                }
            }
        }
    }

    /// Makes the entry's bytes the ones that are read next.
    fn enter(
        &mut self,
        entry: &mut Entry,
        stored: u64,
        flag: u8,
        block: &[u8; BLOCK],
        sparse: Sparse,
    ) -> io::Result<()> {
        if entry.kind != Kind::File {
            entry.size = 0;
            return Ok(());
        }
        entry.size = stored;
        let mut map_blocks = Vec::new();
        if flag == b'S' {
            // The old GNU form: more of the map may follow the header, outside of the size.
            let mut segments = Vec::new();
            old_map(&block[386..482], &mut segments)?;
            let mut more = block[482] != 0;
            while more {
                let next = self.block()?;
                old_map(&next[..504], &mut segments)?;
                more = next[504] != 0;
                if segments.len() as u64 * 16 > MAX_SPECIAL {
                    return Err(bad("a sparse map that is too long"));
                }
            }
            entry.size = u64::try_from(number(&block[483..495])?).map_err(|_| bad("negative size"))?;
            entry.sparse = Some(segments);
        }
        self.left = stored;
        self.padding = padding(stored);
        if let Some(real) = sparse.real_size {
            entry.size = real;
            entry.sparse = Some(match sparse.map {
                Some(map) => map,
                None => self.new_map(&mut map_blocks)?,
            });
        }
        if let Some(segments) = &entry.sparse {
            let mut end = 0u64;
            let mut sum = 0u64;
            for &(offset, len) in segments {
                let stop = offset.checked_add(len).ok_or_else(|| bad("a sparse map out of range"))?;
                if offset < end || stop > entry.size {
                    return Err(bad("a sparse map out of order"));
                }
                end = stop;
                sum += len;
            }
            if sum != self.left {
                return Err(bad("a sparse map that does not fit its data"));
            }
        }
        Ok(())
    }

    /// The map of the newest sparse form: decimal lines before the data.
    fn new_map(&mut self, text: &mut Vec<u8>) -> io::Result<Vec<(u64, u64)>> {
        let mut numbers: Vec<u64> = Vec::new();
        let mut wanted = None;
        while wanted.is_none_or(|n| (numbers.len() as u64) < n) {
            if self.left < BLOCK as u64 || numbers.len() as u64 * 16 > MAX_SPECIAL {
                return Err(bad("a broken sparse map"));
            }
            text.extend_from_slice(&self.block()?);
            self.left -= BLOCK as u64;
            while let Some(at) = text.iter().position(|b| *b == b'\n') {
                let value = decimal(&text[..at])?;
                text.drain(..=at);
                match wanted {
                    None => wanted = Some(value.checked_mul(2).ok_or_else(|| bad("a broken sparse map"))?),
                    Some(n) if (numbers.len() as u64) < n => numbers.push(value),
                    Some(_) => break,
                }
                if wanted == Some(numbers.len() as u64) {
                    break;
                }
            }
        }
        Ok(numbers.chunks_exact(2).map(|p| (p[0], p[1])).collect())
    }

    /// Passes over what is left of the current entry.
    fn skip(&mut self) -> io::Result<()> {
        let mut left = std::mem::take(&mut self.left).saturating_add(std::mem::take(&mut self.padding));
        if let Some(pass) = self.pass
            && left > 1
        {
            // But for the last byte: one can go beyond the end of a file that was cut short, and not read there.
            pass(&mut self.input, i64::try_from(left - 1).map_err(|_| cut())?)?;
            left = 1;
        }
        while left > 0 {
            let n = self.input.fill_buf()?.len();
            if n == 0 {
                return Err(cut());
            }
            let n = left.min(n as u64);
            self.input.consume(n as usize);
            left -= n;
        }
        Ok(())
    }

    /// The next header; `None` at the end, be it marked by two empty blocks or bare.
    fn header(&mut self) -> io::Result<Option<[u8; BLOCK]>> {
        if self.input.fill_buf()?.is_empty() {
            return Ok(None);
        }
        let block = self.block()?;
        if block.iter().all(|b| *b == 0) {
            if self.input.fill_buf()?.is_empty() || self.block()?.iter().all(|b| *b == 0) {
                return Ok(None);
            }
            return Err(bad("an empty block amid the archive"));
        }
        let told = number(&block[148..156])?;
        let (mut unsigned, mut signed) = (0i64, 0i64);
        for (n, byte) in block.iter().enumerate() {
            let byte = if (148..156).contains(&n) { b' ' } else { *byte };
            unsigned += i64::from(byte);
            signed += i64::from(byte as i8);
        }
        if told != unsigned && told != signed {
            return Err(bad("a header with a wrong checksum"));
        }
        Ok(Some(block))
    }

    fn block(&mut self) -> io::Result<[u8; BLOCK]> {
        let mut block = [0; BLOCK];
        self.input.read_exact(&mut block).map_err(|e| match e.kind() {
            io::ErrorKind::UnexpectedEof => cut(),
            _ => e,
        })?;
        Ok(block)
    }

    /// The content of an entry that describes another.
    fn special(&mut self, size: u64) -> io::Result<Vec<u8>> {
        if size > MAX_SPECIAL {
            return Err(bad("a header that is too long"));
        }
        let mut bytes = Vec::new();
        (&mut self.input).take(size).read_to_end(&mut bytes)?;
        if (bytes.len() as u64) < size {
            return Err(cut());
        }
        self.padding = padding(size);
        Ok(bytes)
    }
}

impl<R: BufRead> BufRead for Reader<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 {
            return Ok(&[]);
        }
        let buf = self.input.fill_buf()?;
        if buf.is_empty() {
            return Err(cut());
        }
        let n = buf.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        Ok(&buf[..n])
    }

    fn consume(&mut self, n: usize) {
        self.left -= n as u64;
        self.input.consume(n);
    }
}

impl<R: BufRead> Read for Reader<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let buf = self.fill_buf()?;
        let n = buf.len().min(out.len());
        out[..n].copy_from_slice(&buf[..n]);
        self.consume(n);
        Ok(n)
    }
}

/// What the header alone says.
fn plain(block: &[u8; BLOCK], flag: u8) -> io::Result<Entry> {
    let kind = match flag {
        0 | b'0' | b'7' | b'S' => Kind::File,
        b'1' => Kind::HardLink,
        b'2' => Kind::Symlink,
        b'3' => Kind::Char,
        b'4' => Kind::Block,
        b'5' => Kind::Directory,
        b'6' => Kind::Fifo,
        _ => return Err(bad(format!("an entry of unknown type {:?}", char::from(flag)))),
    };
    let id = |field: &[u8]| -> io::Result<u32> {
        u32::try_from(number(field)?).map_err(|_| bad("an owner out of range"))
    };
    let mut path = until_nul(&block[..100]).to_vec();
    let (ustar, gnu) = (&block[257..263] == b"ustar\0", &block[257..265] == b"ustar  \0");
    if ustar {
        let star = &block[508..512] == b"tar\0";
        let prefix = until_nul(&block[345..if star { 476 } else { 500 }]);
        if !prefix.is_empty() {
            path = [prefix, b"/", &path].concat();
        }
    }
    let device = if (ustar || gnu) && matches!(kind, Kind::Char | Kind::Block) {
        (id(&block[329..337])?, id(&block[337..345])?)
    } else {
        (0, 0)
    };
    Ok(Entry {
        path,
        link: until_nul(&block[157..257]).to_vec(),
        kind,
        mode: (number(&block[100..108])? & 0o7777) as u32,
        uid: id(&block[108..116])?,
        gid: id(&block[116..124])?,
        size: 0,
        mtime: Time { secs: number(&block[136..148])?, nanos: 0 },
        atime: None,
        device,
        xattrs: Vec::new(),
        sparse: None,
    })
}

#[derive(Default)]
struct Sparse {
    real_size: Option<u64>,
    map: Option<Vec<(u64, u64)>>,
}

fn merge_pax(entry: &mut Entry, stored: &mut u64, pax: Vec<(Vec<u8>, Vec<u8>)>) -> io::Result<Sparse> {
    let mut sparse = Sparse::default();
    let mut offset = None;
    let mut sparse_name = None;
    for (key, value) in pax {
        if let Some(name) = key.strip_prefix(b"SCHILY.xattr.") {
            if name.is_empty() || name.contains(&0) {
                return Err(bad("an attribute without a name"));
            }
            entry.xattrs.push((name.to_vec(), value));
            continue;
        }
        // An empty value takes a record back.
        if value.is_empty() {
            continue;
        }
        match key.as_slice() {
            b"path" => entry.path = value,
            b"linkpath" => entry.link = value,
            b"size" => *stored = decimal(&value)?,
            b"uid" => entry.uid = owner(&value)?,
            b"gid" => entry.gid = owner(&value)?,
            b"mtime" => entry.mtime = time(&value)?,
            b"atime" => entry.atime = Some(time(&value)?),
            b"GNU.sparse.size" | b"GNU.sparse.realsize" => sparse.real_size = Some(decimal(&value)?),
            b"GNU.sparse.name" => sparse_name = Some(value),
            b"GNU.sparse.offset" => offset = Some(decimal(&value)?),
            b"GNU.sparse.numbytes" => {
                let at = offset.take().ok_or_else(|| bad("a broken sparse map"))?;
                sparse.map.get_or_insert_default().push((at, decimal(&value)?));
            }
            b"GNU.sparse.map" => {
                let numbers: Vec<u64> =
                    value.split(|b| *b == b',').map(decimal).collect::<io::Result<_>>()?;
                if !numbers.len().is_multiple_of(2) {
                    return Err(bad("a broken sparse map"));
                }
                sparse.map = Some(numbers.chunks_exact(2).map(|p| (p[0], p[1])).collect());
            }
            b"GNU.sparse.major" if value != b"0" && value != b"1" => {
                return Err(bad("an unknown form of sparse file"));
            }
            _ => {}
        }
    }
    if let Some(name) = sparse_name {
        entry.path = name;
    }
    Ok(sparse)
}

/// Splits PAX records, `LENGTH KEY=VALUE\n` each, where the length counts all of it.
fn parse_pax(mut bytes: &[u8]) -> io::Result<Vec<(Vec<u8>, Vec<u8>)>> {
    let broken = || bad("a broken PAX record");
    let mut out = Vec::new();
    while !bytes.is_empty() {
        let space = bytes.iter().take(20).position(|b| *b == b' ').ok_or_else(broken)?;
        let length = usize::try_from(decimal(&bytes[..space])?).map_err(|_| broken())?;
        if length < space + 2 || length > bytes.len() || bytes[length - 1] != b'\n' {
            return Err(broken());
        }
        let record = &bytes[space + 1..length - 1];
        let equals = record.iter().position(|b| *b == b'=').ok_or_else(broken)?;
        let (key, value) = (&record[..equals], &record[equals + 1..]);
        let text = !key.starts_with(b"SCHILY.xattr.");
        if key.is_empty() || key.contains(&0) || (text && value.contains(&0)) {
            return Err(broken());
        }
        out.push((key.to_vec(), value.to_vec()));
        bytes = &bytes[length..];
    }
    Ok(out)
}

fn old_map(field: &[u8], out: &mut Vec<(u64, u64)>) -> io::Result<()> {
    for pair in field.chunks_exact(24) {
        if pair[0] == 0 {
            break;
        }
        let value = |f: &[u8]| u64::try_from(number(f)?).map_err(|_| bad("a broken sparse map"));
        out.push((value(&pair[..12])?, value(&pair[12..])?));
    }
    Ok(())
}

fn padding(size: u64) -> u64 {
    size.wrapping_neg() % BLOCK as u64
}

fn cut() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "unexpected end of the archive")
}
