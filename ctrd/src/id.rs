//! Identifiers: what may name a container, an exec, a namespace, a snapshotter.
//!
//! A name that passes is safe as one component of a path: it begins and ends with a letter or a
//! digit, so it is never empty, `.`, `..` or hidden, and it holds no separator.

use crate::error::{Error, Result};

/// The longest identifier, in bytes.
pub const MAX: usize = 76;

/// Letters and digits, joined by single `.`, `_` or `-`; at most [`MAX`] bytes.
pub fn validate(id: &str) -> Result<()> {
    if id.is_empty() {
        return Err(Error::invalid("identifier must not be empty: invalid argument"));
    }
    if id.len() > MAX {
        return Err(Error::invalid(format!(
            "identifier {id:?} greater than maximum length ({MAX} characters): invalid argument"
        )));
    }
    let words = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric());
    if !id.split(['.', '_', '-']).all(words) {
        return Err(Error::invalid(format!(
            "identifier {id:?} must match ^[A-Za-z0-9]+(?:[._-](?:[A-Za-z0-9]+))*$: invalid argument"
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers() {
        let long = "x".repeat(MAX);
        for good in ["web", "a", "0", "k8s.io", "plugins.moby", "a-b_c.d", long.as_str()] {
            assert!(validate(good).is_ok(), "{good}");
        }
        let longer = "x".repeat(MAX + 1);
        for bad in [
            "",
            ".",
            "..",
            ".a",
            "a.",
            "-a",
            "a-",
            "a..b",
            "a--b",
            "a/b",
            "../a",
            "a b",
            "a\0",
            "ä",
            "a\n",
            longer.as_str(),
        ] {
            assert!(validate(bad).is_err(), "{bad:?}");
        }
    }
}
