//! Digests: `sha256:` or `sha512:` and the lower-case hex of the hash, nothing else.
//!
//! A digest becomes a file name, so a [`Digest`] can only be had by parsing or by hashing.

use std::fmt;
use std::io::{self, Read, Write};
use std::str::FromStr;

use sha2::Digest as _;

use crate::error::{Error, Result};

/// A validated digest. Its text form is all there is to it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest(String);

impl Digest {
    pub fn parse(text: &str) -> Result<Digest> {
        let bad = |why: &str| Err(Error::invalid(format!("invalid digest {text:?}: {why}")));
        let Some((algorithm, hex)) = text.split_once(':') else {
            return bad("no algorithm");
        };
        let length = match algorithm {
            "sha256" => 64,
            "sha512" => 128,
            _ => return bad("unsupported algorithm"),
        };
        if hex.len() != length {
            return bad("wrong length");
        }
        if !hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
            return bad("not lower-case hex");
        }
        Ok(Digest(text.to_string()))
    }

    /// The sha256 digest of `bytes`.
    pub fn of(bytes: &[u8]) -> Digest {
        let mut hash = Hasher::default();
        hash.update(bytes);
        hash.finish()
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn algorithm(&self) -> &str {
        self.0.split_once(':').map_or("", |(a, _)| a)
    }

    pub fn hex(&self) -> &str {
        self.0.split_once(':').map_or("", |(_, h)| h)
    }

    /// A hash of the same algorithm, with nothing in it yet.
    pub fn hasher(&self) -> Hasher {
        match self.algorithm() {
            "sha512" => Hasher::Sha512(sha2::Sha512::new()),
            _ => Hasher::default(),
        }
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Digest {
    type Err = Error;
    fn from_str(text: &str) -> Result<Digest> {
        Digest::parse(text)
    }
}

impl serde::Serialize for Digest {
    fn serialize<S: serde::Serializer>(&self, s: S) -> std::result::Result<S::Ok, S::Error> {
        s.serialize_str(&self.0)
    }
}

impl<'de> serde::Deserialize<'de> for Digest {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> std::result::Result<Digest, D::Error> {
        let text = String::deserialize(d)?;
        Digest::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// A running hash. Cloning it and finishing the clone gives the digest so far.
#[derive(Clone)]
pub enum Hasher {
    Sha256(sha2::Sha256),
    Sha512(sha2::Sha512),
}

impl Default for Hasher {
    fn default() -> Self {
        Hasher::Sha256(sha2::Sha256::new())
    }
}

impl Hasher {
    pub fn update(&mut self, bytes: &[u8]) {
        match self {
            Hasher::Sha256(h) => h.update(bytes),
            Hasher::Sha512(h) => h.update(bytes),
        }
    }

    pub fn finish(self) -> Digest {
        let (name, bytes): (_, Vec<u8>) = match self {
            Hasher::Sha256(h) => ("sha256:", h.finalize().to_vec()),
            Hasher::Sha512(h) => ("sha512:", h.finalize().to_vec()),
        };
        let mut text = String::with_capacity(name.len() + 2 * bytes.len());
        text.push_str(name);
        for b in bytes {
            for nibble in [b >> 4, b & 15] {
                text.push(char::from(b"0123456789abcdef"[nibble as usize]));
            }
        }
        Digest(text)
    }
}

/// Counts and hashes what passes through to the reader or writer within.
pub struct Hashing<T> {
    pub inner: T,
    pub hash: Hasher,
    pub size: u64,
}

impl<T> Hashing<T> {
    pub fn new(inner: T, hash: Hasher) -> Self {
        Hashing { inner, hash, size: 0 }
    }
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buf)?;
        self.hash.update(&buf[..n]);
        self.size += n as u64;
        Ok(n)
    }
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        let n = self.inner.write(buf)?;
        self.hash.update(&buf[..n]);
        self.size += n as u64;
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_only_canonical_digests() {
        let hex = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(Digest::of(b"").as_str(), format!("sha256:{hex}"));
        assert!(Digest::parse(&format!("sha256:{hex}")).is_ok());
        assert!(Digest::parse(&format!("sha512:{hex}{hex}")).is_ok());
        for bad in [
            "",
            "sha256",
            "sha256:",
            "sha256:../../x",
            hex,
            &format!("sha256:{}", hex.to_uppercase()),
            &format!("sha256:{}", &hex[1..]),
            &format!("sha256:{hex}0"),
            &format!("sha256:{}/", &hex[1..]),
            &format!("sha512:{hex}"),
            &format!("md5:{hex}"),
            &format!("sha256:{hex}\n"),
            &format!(" sha256:{hex}"),
        ] {
            assert!(Digest::parse(bad).is_err(), "{bad:?}");
        }
    }
}
