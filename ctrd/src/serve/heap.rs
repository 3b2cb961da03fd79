//! The memory of the server: what is free goes back to the kernel, so that it is as small after much work as before.
#![allow(unsafe_code)]

use std::fs;
use std::time::Duration;

use tokio::sync::Notify;

/// Blocks from this size on are the kernel's again as soon as they are freed; of the rest no more is kept free.
#[cfg(target_env = "gnu")]
const KEPT: i32 = 128 << 10;

/// To be called before there is a second thread. One heap for all of them in place of one each: none of them
/// allocates much.
#[cfg(target_env = "gnu")]
pub fn keep_small() {
    for (what, value) in
        [(libc::M_ARENA_MAX, 1), (libc::M_MMAP_THRESHOLD, KEPT), (libc::M_TRIM_THRESHOLD, KEPT)]
    {
        // SAFETY: the call takes two numbers and changes settings that no other thread reads yet.
        unsafe { libc::mallopt(what, value) };
    }
}

/// After so long without work the server rests.
const QUIET: Duration = Duration::from_millis(500);

static WORKED: Notify = Notify::const_new();

/// To be called when something was done, or is going to be, that may need memory.
pub fn works() {
    WORKED.notify_one();
}

/// For a layer that sees every call.
pub fn called<R>(request: R) -> R {
    works();
    request
}

/// After the start, and then whenever nothing was done for a while after some work, gives back what that has needed.
pub async fn rest() {
    loop {
        while tokio::time::timeout(QUIET, WORKED.notified()).await.is_ok() {}
        trim();
        leave_code();
        WORKED.notified().await;
    }
}

/// Gives back what lies free between what is in use.
fn trim() {
    #[cfg(target_env = "gnu")]
    // SAFETY: the call takes a number, and the heap has its own lock.
    unsafe {
        libc::malloc_trim(0)
    };
}

/// Lets go of the pages of this program's code: those that are wanted again are mapped again.
fn leave_code() {
    let maps = fs::read_to_string("/proc/self/maps").unwrap_or_default();
    let own = fs::read_link("/proc/self/exe").unwrap_or_default();
    let Some((start, end)) = own.to_str().and_then(|own| maps.lines().find_map(|line| code(line, own)))
    else {
        return;
    };
    // SAFETY: the range is a mapping of a file that is only read and executed: nothing was ever written to it, and
    // it reads the same when it is mapped again.
    unsafe { libc::madvise(start as *mut libc::c_void, end - start, libc::MADV_DONTNEED) };
}

/// Where the code is, if that is what a line of /proc/PID/maps is about.
fn code(line: &str, own: &str) -> Option<(usize, usize)> {
    let mut words = line.split_ascii_whitespace();
    let (range, rights) = (words.next()?, words.next()?);
    let path = words.nth(3)?;
    let (start, end) = range.split_once('-')?;
    let number = |text| usize::from_str_radix(text, 16).ok();
    (rights == "r-xp" && path == own).then_some((number(start)?, number(end)?))
}

#[cfg(not(target_env = "gnu"))]
pub fn keep_small() {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_alone_is_let_go_of() {
        let line = |rights: &str, path: &str| format!("7f00-8f00 {rights} 00001000 fe:00 1234     {path}");
        assert_eq!(code(&line("r-xp", "/bin/ctrd"), "/bin/ctrd"), Some((0x7f00, 0x8f00)));
        for (rights, path) in
            [("r--p", "/bin/ctrd"), ("rw-p", "/bin/ctrd"), ("r-xp", "/bin/other"), ("r-xp", "")]
        {
            assert_eq!(code(&line(rights, path), "/bin/ctrd"), None, "{rights} {path}");
        }
        trim();
        leave_code();
        leave_code();
    }
}
