//! As much of rtnetlink(7) as moving a network device takes: links and addresses.

use std::os::fd::{AsRawFd, OwnedFd};

use anyhow::{Context, Result, bail};
use nix::errno::Errno;
use nix::sys::socket::{
    AddressFamily, MsgFlags, NetlinkAddr, SockFlag, SockProtocol, SockType, bind, recv, send, socket,
};

const ERROR: u16 = libc::NLMSG_ERROR as u16;
const DONE: u16 = libc::NLMSG_DONE as u16;
const REQUEST: u16 = libc::NLM_F_REQUEST as u16;
const ACK: u16 = libc::NLM_F_ACK as u16;
const DUMP: u16 = libc::NLM_F_DUMP as u16;
const CREATE: u16 = (libc::NLM_F_CREATE | libc::NLM_F_EXCL) as u16;

/// Bytes of a `struct nlmsghdr`.
const HEADER: usize = 16;

/// A socket that acts in the network namespace that it was opened in.
pub struct Netlink {
    socket: OwnedFd,
    sequence: u32,
}

/// An address of a device, as it was set.
#[derive(Debug, Clone, PartialEq)]
pub struct Address {
    pub family: u8,
    pub prefix: u8,
    pub scope: u8,
    pub permanent: bool,
    /// IFA_ADDRESS, IFA_LOCAL and IFA_BROADCAST with their values.
    attributes: Vec<(u16, Vec<u8>)>,
}

impl Netlink {
    pub fn open() -> Result<Netlink> {
        let flags = SockFlag::SOCK_CLOEXEC;
        let socket = socket(AddressFamily::Netlink, SockType::Raw, flags, SockProtocol::NetlinkRoute)
            .context("netlink socket")?;
        bind(socket.as_raw_fd(), &NetlinkAddr::new(0, 0)).context("netlink socket")?;
        Ok(Netlink { socket, sequence: 0 })
    }

    /// The number of a device.
    pub fn index(&mut self, name: &str) -> Result<i32, Errno> {
        let mut body = link(0, 0, 0);
        attribute(&mut body, libc::IFLA_IFNAME, &text(name));
        let mut index = Err(Errno::ENODEV);
        self.talk(libc::RTM_GETLINK, REQUEST, &body, |kind, body| {
            if kind == libc::RTM_NEWLINK && body.len() >= 16 {
                index = Ok(i32::from_ne_bytes([body[4], body[5], body[6], body[7]]));
            }
        })?;
        index
    }

    /// Brings a device up or down.
    pub fn set_up(&mut self, index: i32, up: bool) -> Result<(), Errno> {
        let up_flag = libc::IFF_UP as u32;
        let body = link(index, if up { up_flag } else { 0 }, up_flag);
        self.talk(libc::RTM_NEWLINK, REQUEST | ACK, &body, |_, _| {})
    }

    /// Moves a device into another network namespace, under this name there.
    pub fn move_link(&mut self, index: i32, name: &str, to: &OwnedFd) -> Result<(), Errno> {
        let mut body = link(index, 0, 0);
        attribute(&mut body, libc::IFLA_IFNAME, &text(name));
        attribute(&mut body, libc::IFLA_NET_NS_FD, &to.as_raw_fd().to_ne_bytes());
        self.talk(libc::RTM_NEWLINK, REQUEST | ACK, &body, |_, _| {})
    }

    /// The addresses of a device.
    pub fn addresses(&mut self, index: i32) -> Result<Vec<Address>, Errno> {
        let mut all = Vec::new();
        self.talk(libc::RTM_GETADDR, REQUEST | DUMP, &[0; 8], |kind, body| {
            if kind == libc::RTM_NEWADDR
                && let Some((at, address)) = parse_address(body)
                && at == index
            {
                all.push(address);
            }
        })?;
        Ok(all)
    }

    pub fn add_address(&mut self, index: i32, address: &Address) -> Result<(), Errno> {
        let mut body = vec![address.family, address.prefix, libc::IFA_F_PERMANENT as u8, address.scope];
        body.extend(index.to_ne_bytes());
        for (kind, value) in &address.attributes {
            attribute(&mut body, *kind, value);
        }
        self.talk(libc::RTM_NEWADDR, REQUEST | ACK | CREATE, &body, |_, _| {})
    }

    /// Sends a request and hands each message of the answer to `hear`.
    fn talk(
        &mut self,
        kind: u16,
        flags: u16,
        body: &[u8],
        mut hear: impl FnMut(u16, &[u8]),
    ) -> Result<(), Errno> {
        self.sequence += 1;
        let mut message = Vec::with_capacity(HEADER + body.len());
        message.extend(((HEADER + body.len()) as u32).to_ne_bytes());
        message.extend(kind.to_ne_bytes());
        message.extend(flags.to_ne_bytes());
        message.extend(self.sequence.to_ne_bytes());
        message.extend([0; 4]);
        message.extend(body);
        send(self.socket.as_raw_fd(), &message, MsgFlags::empty())?;
        let mut buffer = vec![0; 64 << 10];
        loop {
            let length = match recv(self.socket.as_raw_fd(), &mut buffer, MsgFlags::empty()) {
                Err(Errno::EINTR) => continue,
                length => length?,
            };
            let mut rest = &buffer[..length];
            while let Some((kind, sequence, body, next)) = split(rest) {
                rest = next;
                if sequence != self.sequence {
                    continue;
                }
                match kind {
                    DONE => return Ok(()),
                    ERROR => {
                        let code = body
                            .get(..4)
                            .map_or(-libc::EIO, |b| i32::from_ne_bytes([b[0], b[1], b[2], b[3]]));
                        return if code == 0 { Ok(()) } else { Err(Errno::from_raw(-code)) };
                    }
                    kind => {
                        hear(kind, body);
                        // Without ACK and DUMP the answer is the one message.
                        if flags & (ACK | DUMP) == 0 {
                            return Ok(());
                        }
                    }
                }
            }
        }
    }
}

/// The first message of `bytes`: its type, sequence number and body; and what follows.
fn split(bytes: &[u8]) -> Option<(u16, u32, &[u8], &[u8])> {
    let word = |at: usize| Some(u32::from_ne_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let length = word(0)? as usize;
    let kind = u16::from_ne_bytes(bytes.get(4..6)?.try_into().ok()?);
    let body = bytes.get(HEADER..length)?;
    Some((kind, word(8)?, body, bytes.get(length.next_multiple_of(4)..).unwrap_or_default()))
}

/// A `struct ifinfomsg`.
fn link(index: i32, flags: u32, change: u32) -> Vec<u8> {
    let mut body = vec![0; 4];
    body.extend(index.to_ne_bytes());
    body.extend(flags.to_ne_bytes());
    body.extend(change.to_ne_bytes());
    body
}

fn text(name: &str) -> Vec<u8> {
    [name.as_bytes(), &[0]].concat()
}

fn attribute(body: &mut Vec<u8>, kind: u16, value: &[u8]) {
    body.extend(((4 + value.len()) as u16).to_ne_bytes());
    body.extend(kind.to_ne_bytes());
    body.extend(value);
    body.resize(body.len().next_multiple_of(4), 0);
}

/// A `struct ifaddrmsg` and its attributes; the device's number first.
fn parse_address(body: &[u8]) -> Option<(i32, Address)> {
    let head = body.get(..8)?;
    let index = i32::from_ne_bytes([head[4], head[5], head[6], head[7]]);
    let mut flags = u32::from(head[2]);
    let mut attributes = Vec::new();
    let mut rest = &body[8..];
    while let Some(head) = rest.get(..4) {
        let length = usize::from(u16::from_ne_bytes([head[0], head[1]]));
        let kind = u16::from_ne_bytes([head[2], head[3]]);
        let Some(value) = rest.get(4..length) else { break };
        match kind {
            libc::IFA_FLAGS if value.len() == 4 => {
                flags = u32::from_ne_bytes([value[0], value[1], value[2], value[3]]);
            }
            libc::IFA_ADDRESS | libc::IFA_LOCAL | libc::IFA_BROADCAST => {
                attributes.push((kind, value.to_vec()));
            }
            _ => {}
        }
        rest = rest.get(length.next_multiple_of(4)..).unwrap_or_default();
    }
    let permanent = flags & libc::IFA_F_PERMANENT != 0;
    Some((index, Address { family: head[0], prefix: head[1], scope: head[3], permanent, attributes }))
}

/// Opens a socket in another network namespace.
pub fn open_in(namespace: &OwnedFd) -> Result<Netlink> {
    crate::namespace::inside(&[(libc::CLONE_NEWNET, namespace)], Netlink::open)
}

/// A name that the kernel takes for a device.
pub fn check_name(name: &str) -> Result<()> {
    let odd = |c: char| c == '/' || c == ':' || c.is_whitespace();
    if name.is_empty() || name.len() >= libc::IFNAMSIZ || name == "." || name == ".." || name.contains(odd) {
        bail!("invalid network device name {name:?}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_and_written_alike() {
        let mut body = vec![2, 24, 0x80, 0, 7, 0, 0, 0];
        attribute(&mut body, libc::IFA_ADDRESS, &[10, 0, 0, 1]);
        attribute(&mut body, libc::IFA_LOCAL, &[10, 0, 0, 1]);
        attribute(&mut body, libc::IFA_LABEL, &text("eth0"));
        attribute(&mut body, libc::IFA_FLAGS, &0x200_u32.to_ne_bytes());
        let (index, address) = parse_address(&body).expect("an address");
        assert_eq!((index, address.family, address.prefix, address.permanent), (7, 2, 24, false));
        assert_eq!(address.attributes.len(), 2);
    }

    #[test]
    fn a_torn_message_is_none() {
        assert!(split(&[20, 0, 0, 0, 1]).is_none());
        let mut message = vec![18, 0, 0, 0, 3, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 1, 2, 0, 0];
        assert_eq!(split(&message).map(|m| (m.0, m.1, m.2.len(), m.3.len())), Some((3, 5, 2, 0)));
        message.truncate(17);
        assert!(split(&message).is_none());
    }

    #[test]
    fn names() {
        assert!(check_name("eth0").is_ok());
        for bad in ["", ".", "..", "a/b", "a:b", "a b", "abcdefghijklmnop"] {
            assert!(check_name(bad).is_err(), "{bad}");
        }
    }
}
