//! Sockets that a service manager has opened for the server (sd_listen_fds(3)): whoever connects before
//! the server runs waits in their queue, and the manager starts it.
//!
//! Each is known by where it listens: an address of the configuration takes the socket that is bound
//! there already.

use std::env;
use std::io;
use std::net::TcpListener;
use std::os::unix::net::UnixListener;
use std::path::Path;

use listenfd::ListenFd;

use crate::error::{Error, Result, os_text};

/// More than there are addresses.
const MOST: usize = 16;

/// What was handed over and has not been taken.
#[derive(Default)]
pub struct Handed {
    unix: Vec<UnixListener>,
    tcp: Vec<TcpListener>,
}

impl Handed {
    /// Takes what this process was started with, and the words about it out of its environment. To be
    /// called while there is one thread.
    pub fn from_environment() -> Result<Handed> {
        let number = |name: &str| env::var(name).ok().and_then(|text| text.parse::<usize>().ok());
        let mut handed = Handed::default();
        // Words for another process, such as the one that started this one, are none for us.
        let ours = number("LISTEN_PID") == Some(std::process::id() as usize);
        let Some(count) = number("LISTEN_FDS").filter(|_| ours) else { return Ok(handed) };
        if count > MOST {
            return Err(Error::invalid(format!(
                "LISTEN_FDS: {count} sockets: there are no more than {MOST}"
            )));
        }
        let mut sockets = ListenFd::from_env();
        for n in 0..sockets.len() {
            let at = |e: io::Error| {
                Error::invalid(format!(
                    "LISTEN_FDS: descriptor {}: not a listening socket: {}",
                    n + 3,
                    os_text(&e)
                ))
            };
            if let Ok(Some(listener)) = sockets.take_unix_listener(n) {
                handed.unix.push(listener);
            } else if let Some(listener) = sockets.take_tcp_listener(n).map_err(at)? {
                handed.tcp.push(listener);
            }
        }
        Ok(handed)
    }

    /// The Unix socket that listens at `path`.
    pub fn unix(&mut self, path: &Path) -> Option<UnixListener> {
        let here = |l: &UnixListener| l.local_addr().is_ok_and(|address| address.as_pathname() == Some(path));
        self.unix.iter().position(here).map(|n| self.unix.remove(n))
    }

    /// The socket that listens at an address and a port.
    pub fn tcp(&mut self, address: &str) -> Option<TcpListener> {
        let here = |l: &TcpListener| l.local_addr().is_ok_and(|own| own.to_string() == address);
        self.tcp.iter().position(here).map(|n| self.tcp.remove(n))
    }

    /// Where those listen that nothing was made of: an error of the manager's settings.
    pub fn unused(&self) -> Vec<String> {
        let unix = self.unix.iter().map(|l| {
            let address = l.local_addr().ok();
            let path = address.as_ref().and_then(|a| a.as_pathname());
            path.map_or("an abstract address".to_string(), |path| path.display().to_string())
        });
        let tcp = self.tcp.iter().map(|l| l.local_addr().map_or_else(|e| os_text(&e), |a| a.to_string()));
        unix.chain(tcp).collect()
    }
}
