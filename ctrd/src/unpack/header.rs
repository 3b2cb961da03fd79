//! The headers of the tar that is written here: plain ones, and PAX records only where these do not
//! hold a value.

use std::io::{self, Write};

use nix::sys::stat::{FileStat, major, minor};

use crate::snapshot::tree;

/// A header, with the records before it that it has no room for.
pub(crate) fn header(
    out: &mut impl Write,
    name: &[u8],
    link: &[u8],
    flag: u8,
    size: u64,
    stat: &FileStat,
    xattrs: &[(std::ffi::CString, Vec<u8>)],
) -> io::Result<()> {
    let mut pax = Vec::new();
    if name.len() > 100 {
        record(&mut pax, b"path", name);
    }
    if link.len() > 100 {
        record(&mut pax, b"linkpath", link);
    }
    if size >= 1 << 33 {
        record(&mut pax, b"size", size.to_string().as_bytes());
    }
    for (key, id) in [(&b"uid"[..], stat.st_uid), (b"gid", stat.st_gid)] {
        if id >= 1 << 21 {
            record(&mut pax, key, id.to_string().as_bytes());
        }
    }
    if stat.st_mtime_nsec != 0 || !(0..1 << 33).contains(&stat.st_mtime) {
        record(&mut pax, b"mtime", time(stat.st_mtime, stat.st_mtime_nsec).as_bytes());
    }
    for (key, value) in xattrs {
        if !tree::is_overlay_xattr(key.to_bytes()) {
            record(&mut pax, &[b"SCHILY.xattr.", key.to_bytes()].concat(), value);
        }
    }
    extended(out, &pax)?;
    let fits = |id: u32| if id < 1 << 21 { id } else { 0 };
    let owner = (fits(stat.st_uid), fits(stat.st_gid));
    let mtime = if (0..1 << 33).contains(&stat.st_mtime) { stat.st_mtime as u64 } else { 0 };
    let device = match flag {
        b'3' | b'4' => (major(stat.st_rdev), minor(stat.st_rdev)),
        _ => (0, 0),
    };
    let mut block = [0u8; 512];
    let short = if size < 1 << 33 { size } else { 0 };
    plain(&mut block, name, link, flag, short, stat.st_mode & 0o7777, owner, mtime, device);
    out.write_all(&block)
}

/// An empty file of root's, as whiteouts are.
pub(super) fn marker(out: &mut impl Write, name: &[u8], mtime: u64) -> io::Result<()> {
    let mut pax = Vec::new();
    if name.len() > 100 {
        record(&mut pax, b"path", name);
    }
    extended(out, &pax)?;
    let mut block = [0u8; 512];
    plain(&mut block, name, b"", b'0', 0, 0o600, (0, 0), mtime, (0, 0));
    out.write_all(&block)
}

/// A file or folder of root's, without a time; its name is short.
pub(super) fn marker_of(out: &mut impl Write, name: &[u8], flag: u8, size: u64, mode: u32) -> io::Result<()> {
    let mut pax = Vec::new();
    if size >= 1 << 33 {
        record(&mut pax, b"size", size.to_string().as_bytes());
    }
    extended(out, &pax)?;
    let short = if size < 1 << 33 { size } else { 0 };
    let mut block = [0u8; 512];
    plain(&mut block, name, b"", flag, short, mode, (0, 0), 0, (0, 0));
    out.write_all(&block)
}

/// PAX records for the entry that follows, if there are any.
fn extended(out: &mut impl Write, pax: &[u8]) -> io::Result<()> {
    if pax.is_empty() {
        return Ok(());
    }
    let mut block = [0u8; 512];
    plain(&mut block, b"PaxHeaders/0", b"", b'x', pax.len() as u64, 0o644, (0, 0), 0, (0, 0));
    out.write_all(&block)?;
    out.write_all(pax)?;
    pad(out, pax.len() as u64)
}

#[allow(clippy::too_many_arguments)]
fn plain(
    block: &mut [u8; 512],
    name: &[u8],
    link: &[u8],
    flag: u8,
    size: u64,
    mode: u32,
    owner: (u32, u32),
    mtime: u64,
    device: (u64, u64),
) {
    let mut text = |at: usize, bytes: &[u8]| block[at..at + bytes.len()].copy_from_slice(bytes);
    text(0, &name[..name.len().min(100)]);
    text(100, format!("{mode:07o}").as_bytes());
    text(108, format!("{:07o}", owner.0).as_bytes());
    text(116, format!("{:07o}", owner.1).as_bytes());
    text(124, format!("{size:011o}").as_bytes());
    text(136, format!("{mtime:011o}").as_bytes());
    text(148, b"        ");
    text(156, &[flag]);
    text(157, &link[..link.len().min(100)]);
    text(257, b"ustar\x0000");
    text(329, format!("{:07o}", device.0 & 0o7_777_777).as_bytes());
    text(337, format!("{:07o}", device.1 & 0o7_777_777).as_bytes());
    let sum: u32 = block.iter().map(|b| u32::from(*b)).sum();
    block[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
}

/// A PAX record; its length counts its own digits.
pub(super) fn record(out: &mut Vec<u8>, key: &[u8], value: &[u8]) {
    let rest = key.len() + value.len() + 3;
    let mut length = rest + 1;
    while rest + length.to_string().len() != length {
        length = rest + length.to_string().len();
    }
    out.extend_from_slice(format!("{length} ").as_bytes());
    out.extend_from_slice(key);
    out.push(b'=');
    out.extend_from_slice(value);
    out.push(b'\n');
}

fn time(secs: i64, nanos: i64) -> String {
    let text = match (secs, nanos) {
        (_, 0) => return secs.to_string(),
        (0.., _) => format!("{secs}.{nanos:09}"),
        (_, _) if secs == -1 => format!("-0.{:09}", 1_000_000_000 - nanos),
        (_, _) => format!("{}.{:09}", secs + 1, 1_000_000_000 - nanos),
    };
    text.trim_end_matches('0').to_string()
}

/// Fills the last block of `size` bytes.
pub(crate) fn pad(out: &mut impl Write, size: u64) -> io::Result<()> {
    let n = (size.wrapping_neg() % 512) as usize;
    out.write_all(&[0u8; 512][..n])
}
