//! `loop`: a file that holds a file system, mounted through a loop device that goes with the mount.
#![allow(unsafe_code)]

use std::fs::{File, OpenOptions};
use std::os::fd::AsRawFd;
use std::path::Path;

use anyhow::{Context, Result, bail};
use nix::errno::Errno;
use nix::mount::MsFlags;

const LOOP_CTL_GET_FREE: libc::Ioctl = 0x4c82;
const LOOP_CONFIGURE: libc::Ioctl = 0x4c0a;
const READ_ONLY: u32 = 1;
const AUTOCLEAR: u32 = 4;
const DIRECT_IO: u32 = 16;

/// Another program may take a device between our finding and our taking it.
const ATTEMPTS: usize = 100;

/// `struct loop_config` of linux/loop.h.
#[repr(C)]
struct Config {
    file: u32,
    block_size: u32,
    /// `struct loop_info64`: five 64-bit numbers, three 32-bit ones, the flags, then names and keys.
    sizes: [u64; 5],
    numbers: [u32; 3],
    flags: u32,
    names: [u8; 160],
    init: [u64; 2],
    reserved: [u64; 8],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct How {
    read_only: bool,
    direct: bool,
}

/// A device that is ours until it is dropped, and after that its mount's.
#[derive(Debug)]
pub struct Device {
    pub path: String,
    _open: File,
}

/// Takes `loop` out of a mount's options, with `direct-io`, which means something only beside it.
pub fn take(data: &mut Vec<String>, flags: MsFlags) -> Option<How> {
    let mut one = |word: &str| data.iter().position(|option| option == word).map(|at| data.remove(at));
    one("loop")?;
    Some(How { read_only: flags.contains(MsFlags::MS_RDONLY), direct: one("direct-io").is_some() })
}

pub fn attach(image: &Path, how: How) -> Result<Device> {
    let open = |path: &Path| {
        let file = OpenOptions::new().read(true).write(!how.read_only).open(path);
        file.with_context(|| format!("open {}", path.display()))
    };
    let file = open(image)?;
    let control = Path::new("/dev/loop-control");
    let control = File::open(control).with_context(|| format!("open {}", control.display()))?;
    let mut config = Config {
        file: file.as_raw_fd() as u32,
        block_size: 0,
        sizes: [0; 5],
        numbers: [0; 3],
        flags: AUTOCLEAR | if how.read_only { READ_ONLY } else { 0 } | if how.direct { DIRECT_IO } else { 0 },
        names: [0; 160],
        init: [0; 2],
        reserved: [0; 8],
    };
    // As far as there is room, for who lists devices.
    let name = image.as_os_str().as_encoded_bytes();
    let shown = name.len().min(63);
    config.names[..shown].copy_from_slice(&name[..shown]);
    for _ in 0..ATTEMPTS {
        // SAFETY: this request takes no argument and gives a number.
        let number = Errno::result(unsafe { libc::ioctl(control.as_raw_fd(), LOOP_CTL_GET_FREE) });
        let path = format!("/dev/loop{}", number.context("find a free loop device")?);
        let device = open(Path::new(&path))?;
        // SAFETY: the request reads one Config, which lives until the call returns.
        let taken = unsafe { libc::ioctl(device.as_raw_fd(), LOOP_CONFIGURE, &raw const config) };
        match Errno::result(taken) {
            Ok(_) => return Ok(Device { path, _open: device }),
            Err(Errno::EBUSY) => {}
            Err(e) => return Err(e).with_context(|| format!("attach {} to {path}", image.display())),
        }
    }
    bail!("attach {}: no loop device stays free", image.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loop_is_no_option_of_the_file_system() {
        let strings = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
        let mut data = strings(&["noload", "loop", "direct-io"]);
        assert_eq!(take(&mut data, MsFlags::MS_RDONLY), Some(How { read_only: true, direct: true }));
        assert_eq!(data, ["noload"]);
        let mut data = strings(&["direct-io"]);
        assert_eq!(take(&mut data, MsFlags::empty()), None);
        assert_eq!(data, ["direct-io"]);
        assert_eq!(size_of::<Config>(), 304, "as the kernel has it");
    }
}
