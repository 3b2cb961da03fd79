//! The keys by which somebody at a terminal leaves a program without ending it.

use std::borrow::Cow;

use crate::error::{Error, Result};

/// `ctrl-p,ctrl-q` or `a,ctrl-x` as bytes; nothing for no such keys.
pub fn keys(text: &str) -> Result<Vec<u8>> {
    let key = |word: &str| -> Option<u8> {
        match (word.as_bytes(), word.strip_prefix("ctrl-").map(str::as_bytes)) {
            ([byte], _) if byte.is_ascii() => Some(*byte),
            (_, Some([byte])) => match byte.to_ascii_lowercase() {
                byte @ b'a'..=b'z' => Some(byte - b'a' + 1),
                b'@' => Some(0),
                byte @ b'['..=b'_' => Some(byte - b'[' + 27),
                _ => None,
            },
            _ => None,
        }
    };
    let words = text.split(',').filter(|word| !word.is_empty());
    words
        .map(|word| {
            key(word).ok_or_else(|| {
                Error::invalid(format!("key {word:?}: must be a character, or ctrl- and a letter"))
            })
        })
        .collect()
}

/// What of some input goes on.
pub struct Passed<'a> {
    pub bytes: Cow<'a, [u8]>,
    /// The keys were typed: nothing more goes on.
    pub left: bool,
}

/// Holds back what may become the keys.
pub struct Keys {
    keys: Vec<u8>,
    typed: usize,
}

impl Keys {
    pub fn new(keys: Vec<u8>) -> Keys {
        Keys { keys, typed: 0 }
    }

    pub fn pass<'a>(&mut self, input: &'a [u8]) -> Passed<'a> {
        if self.keys.is_empty() {
            return Passed { bytes: Cow::Borrowed(input), left: false };
        }
        let mut bytes = Vec::with_capacity(input.len());
        for byte in input {
            if self.keys.get(self.typed) != Some(byte) {
                // It was something else: what was held back goes on, and this may begin anew.
                bytes.extend_from_slice(&self.keys[..self.typed]);
                self.typed = 0;
            }
            if self.keys.get(self.typed) == Some(byte) {
                self.typed += 1;
                if self.typed == self.keys.len() {
                    return Passed { bytes: Cow::Owned(bytes), left: true };
                }
            } else {
                bytes.push(*byte);
            }
        }
        Passed { bytes: Cow::Owned(bytes), left: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_by_name() {
        assert_eq!(keys("ctrl-p,ctrl-q").unwrap(), [16, 17]);
        assert_eq!(keys("a,ctrl-],ctrl-@,ctrl-A").unwrap(), [b'a', 29, 0, 1]);
        assert!(keys("").unwrap().is_empty());
        for bad in ["ctrl-", "ctrl-1", "ab", "é", "alt-x"] {
            assert!(keys(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_is_not_the_keys_goes_on() {
        let mut typed = Keys::new(vec![16, 17]);
        let mut pass = |input: &[u8]| {
            let passed = typed.pass(input);
            (passed.bytes.into_owned(), passed.left)
        };
        assert_eq!(pass(b"a\x10"), (b"a".to_vec(), false));
        assert_eq!(pass(b"b"), (b"\x10b".to_vec(), false));
        assert_eq!(pass(b"\x10\x10c"), (b"\x10\x10c".to_vec(), false));
        assert_eq!(pass(b"x\x10"), (b"x".to_vec(), false));
        assert_eq!(pass(b"\x11y"), (Vec::new(), true));
        let mut none = Keys::new(Vec::new());
        assert!(!none.pass(b"\x10\x11").left);
    }
}
