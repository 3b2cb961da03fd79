//! bpf(2): loads a device program and attaches it to a cgroup.
#![allow(unsafe_code)]

use std::ffi::CStr;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

use anyhow::{Context, Result};
use nix::errno::Errno;

use super::device_bpf::Insn;

const PROG_LOAD: i32 = 5;
const PROG_ATTACH: i32 = 8;
const PROG_DETACH: i32 = 9;
const PROG_GET_FD_BY_ID: i32 = 13;
const PROG_QUERY: i32 = 16;

const PROG_TYPE_CGROUP_DEVICE: u32 = 15;
const CGROUP_DEVICE: u32 = 6;
const ALLOW_MULTI: u32 = 2;
const REPLACE: u32 = 4;

/// As many programs as may hang on one cgroup (the kernel's own bound).
const MOST: usize = 64;

/// The head of `union bpf_attr` as each command reads it. The kernel takes a shorter union than
/// it knows and reads the rest as zero.
#[repr(C)]
#[derive(Default)]
struct Load {
    prog_type: u32,
    insn_cnt: u32,
    insns: u64,
    license: u64,
    log_level: u32,
    log_size: u32,
    log_buf: u64,
    kern_version: u32,
    prog_flags: u32,
}

#[repr(C)]
#[derive(Default)]
struct Attach {
    target_fd: u32,
    attach_bpf_fd: u32,
    attach_type: u32,
    attach_flags: u32,
    replace_bpf_fd: u32,
}

#[repr(C)]
#[derive(Default)]
struct Query {
    target_fd: u32,
    attach_type: u32,
    query_flags: u32,
    attach_flags: u32,
    prog_ids: u64,
    prog_cnt: u32,
    pad: u32,
}

#[repr(C)]
#[derive(Default)]
struct ById {
    id: u32,
    next_id: u32,
    open_flags: u32,
}

/// Puts the program in the place of those that are attached. With one there, the kernel swaps
/// them in one step; with more, the new one is added before the old ones go, so that at no moment
/// more is allowed than before or after.
pub fn attach_devices(cgroup: BorrowedFd<'_>, code: &[Insn], replace: bool) -> Result<()> {
    let program = load(code).context("load the device program")?;
    let target_fd = cgroup.as_raw_fd() as u32;
    let old = if replace { attached(target_fd).context("find the device programs")? } else { Vec::new() };
    let mut attr = Attach {
        target_fd,
        attach_bpf_fd: program.as_raw_fd() as u32,
        attach_type: CGROUP_DEVICE,
        attach_flags: ALLOW_MULTI,
        ..Attach::default()
    };
    if let [only] = &old[..] {
        attr.attach_flags |= REPLACE;
        attr.replace_bpf_fd = only.as_raw_fd() as u32;
    }
    bpf(PROG_ATTACH, &mut attr).context("attach the device program")?;
    if old.len() > 1 {
        for program in &old {
            let mut attr = Attach {
                target_fd,
                attach_bpf_fd: program.as_raw_fd() as u32,
                attach_type: CGROUP_DEVICE,
                ..Attach::default()
            };
            bpf(PROG_DETACH, &mut attr).context("detach a device program")?;
        }
    }
    Ok(())
}

fn load(code: &[Insn]) -> nix::Result<OwnedFd> {
    let license: &CStr = c"Apache-2.0";
    let mut attr = Load {
        prog_type: PROG_TYPE_CGROUP_DEVICE,
        insn_cnt: code.len() as u32,
        insns: code.as_ptr() as u64,
        license: license.as_ptr() as u64,
        ..Load::default()
    };
    descriptor(bpf(PROG_LOAD, &mut attr)?)
}

fn attached(target_fd: u32) -> nix::Result<Vec<OwnedFd>> {
    let mut ids = [0u32; MOST];
    let mut attr = Query {
        target_fd,
        attach_type: CGROUP_DEVICE,
        prog_ids: ids.as_mut_ptr() as u64,
        prog_cnt: MOST as u32,
        ..Query::default()
    };
    bpf(PROG_QUERY, &mut attr)?;
    let mut programs = Vec::new();
    for &id in &ids[..(attr.prog_cnt as usize).min(MOST)] {
        let mut attr = ById { id, ..ById::default() };
        match bpf(PROG_GET_FD_BY_ID, &mut attr) {
            Ok(fd) => programs.push(descriptor(fd)?),
            // Detached since.
            Err(Errno::ENOENT) => {}
            Err(e) => return Err(e),
        }
    }
    Ok(programs)
}

fn bpf<T>(command: i32, attr: &mut T) -> nix::Result<i32> {
    loop {
        // SAFETY: `attr` is one of the structures above, which the kernel reads and, for a query,
        // writes within the size given. The pointers in it are set by `load` and `attached` from
        // buffers that outlive this call and are as long as the counts beside them say; the
        // kernel writes only to `prog_ids`, which comes from a mutable array.
        let result =
            unsafe { libc::syscall(libc::SYS_bpf, command, std::ptr::from_mut(attr), size_of::<T>() as u32) };
        // The verifier gives up with EAGAIN when a signal is pending.
        match Errno::result(result) {
            Err(Errno::EINTR | Errno::EAGAIN) => continue,
            other => return other.map(|n| n as i32),
        }
    }
}

fn descriptor(fd: i32) -> nix::Result<OwnedFd> {
    if fd < 0 {
        return Err(Errno::EBADF);
    }
    // SAFETY: the kernel has just returned this descriptor from PROG_LOAD or PROG_GET_FD_BY_ID
    // (both set close-on-exec), and nothing else knows its number.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}
