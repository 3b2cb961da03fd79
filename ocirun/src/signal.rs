//! Signals: their names, and those that this process forwards.
#![allow(unsafe_code)]

use anyhow::{Context, Result, bail};
use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, SigmaskHow, Signal, sigaction, sigprocmask};
use nix::sys::signalfd::{SfdFlags, SignalFd};

/// Takes back what the caller may have left: an ignored SIGCHLD would lose our children's statuses.
pub fn reset() -> Result<()> {
    let default = SigAction::new(SigHandler::SigDfl, SaFlags::empty(), SigSet::empty());
    // SAFETY: the default action runs no code of ours.
    unsafe { sigaction(Signal::SIGCHLD, &default) }.context("reset SIGCHLD")?;
    sigprocmask(SigmaskHow::SIG_SETMASK, Some(&SigSet::empty()), None).context("reset the signal mask")
}

/// Signals of real time that programs count from and to. The C libraries differ in how many they keep for
/// themselves: these are glibc's, which callers mean.
const RTMIN: i32 = 34;
const RTMAX: i32 = 64;

/// `9`, `KILL`, `SIGKILL`, `sigkill`, `RTMIN+3`; `0`, which only asks whether there is somebody.
pub fn parse(word: &str) -> Result<i32> {
    let unknown = || format!("unknown signal {word:?}");
    if let Ok(number) = word.parse::<i32>() {
        return if (0..=64).contains(&number) { Ok(number) } else { bail!(unknown()) };
    }
    let upper = word.to_ascii_uppercase();
    let name = upper.strip_prefix("SIG").unwrap_or(&upper);
    let real_time = match name.split_at_checked(5) {
        Some(("RTMIN", "")) => Some(RTMIN),
        Some(("RTMIN", rest)) => rest.strip_prefix('+').and_then(|n| RTMIN.checked_add(n.parse().ok()?)),
        Some(("RTMAX", "")) => Some(RTMAX),
        Some(("RTMAX", rest)) => rest.strip_prefix('-').and_then(|n| RTMAX.checked_sub(n.parse().ok()?)),
        _ => None,
    };
    if let Some(number) = real_time {
        let range = RTMIN..=RTMAX;
        return if range.contains(&number) { Ok(number) } else { bail!(unknown()) };
    }
    let name = match name {
        "POLL" => "IO",
        "CLD" => "CHLD",
        "IOT" => "ABRT",
        other => other,
    };
    match format!("SIG{name}").parse::<Signal>() {
        Ok(signal) => Ok(signal as i32),
        Err(_) => bail!(unknown()),
    }
}

/// From here on the signals to be forwarded, and SIGCHLD, are read from this descriptor.
pub fn collect() -> Result<SignalFd> {
    // Not the library's word for all, which leaves out signals that it uses itself.
    type Bytes = [u8; size_of::<libc::sigset_t>()];
    let all: Bytes = [0xff; size_of::<libc::sigset_t>()];
    // SAFETY: a sigset_t is made of bits, a signal each.
    let all = unsafe { std::mem::transmute::<Bytes, libc::sigset_t>(all) };
    // SAFETY: as above.
    let mut set = unsafe { SigSet::from_sigset_t_unchecked(all) };
    // Faults of this process itself, and what Rust and callers use for other ends.
    for own in [
        Signal::SIGSEGV,
        Signal::SIGBUS,
        Signal::SIGFPE,
        Signal::SIGILL,
        Signal::SIGTRAP,
        Signal::SIGPIPE,
        Signal::SIGURG,
    ] {
        set.remove(own);
    }
    sigprocmask(SigmaskHow::SIG_SETMASK, Some(&set), None).context("block signals")?;
    SignalFd::with_flags(&set, SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK).context("signalfd")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers() {
        for (word, want) in [
            ("9", 9),
            ("KILL", 9),
            ("SIGKILL", 9),
            ("sigkill", 9),
            ("Term", 15),
            ("usr1", 10),
            ("WINCH", 28),
            ("RTMIN+3", RTMIN + 3),
            ("SIGRTMAX-1", RTMAX - 1),
            ("64", 64),
            ("0", 0),
        ] {
            assert_eq!(parse(word).expect(word), want);
        }
        for word in
            ["NOSUCH", "65", "-1", "", "SIG", "RTMIN+99", "RTMIN+2147483647", "RTMAX--2147483648", "ü"]
        {
            let e = parse(word).expect_err(word).to_string();
            assert_eq!(e, format!("unknown signal {word:?}"));
        }
    }

    #[test]
    fn any_word_is_a_signal_or_none() {
        crate::chance::cases(20_000, |c| {
            let word = c.text(&["SIG", "sig", "RTMIN", "RTMAX", "+", "KILL", "term"]);
            if let Ok(number) = parse(&word) {
                assert!((0..=64).contains(&number), "{word:?}");
            }
        });
    }
}
