//! Telling a service manager how far the server is, as sd_notify(3) has it.

use std::env;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};

/// Sends `state` to the socket that NOTIFY_SOCKET names. A manager that is not there is none.
pub fn send(state: &str) {
    let Some(path) = env::var("NOTIFY_SOCKET").ok().filter(|path| !path.is_empty()) else { return };
    let address = match path.strip_prefix('@') {
        Some(name) => SocketAddr::from_abstract_name(name),
        None => SocketAddr::from_pathname(&path),
    };
    let sent = address.and_then(|to| UnixDatagram::unbound()?.send_to_addr(state.as_bytes(), &to));
    if let Err(e) = sent {
        tracing::warn!("notify {path}: {}", crate::error::os_text(&e));
    }
}

/// Says that the configuration is being read again; `READY=1` says that it was.
pub fn reloading() {
    use nix::time::{ClockId, clock_gettime};
    let now =
        clock_gettime(ClockId::CLOCK_MONOTONIC).map_or(0, |t| t.tv_sec() * 1_000_000 + t.tv_nsec() / 1000);
    send(&format!("RELOADING=1\nMONOTONIC_USEC={now}"));
}
