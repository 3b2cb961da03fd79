//! What is wrong with a config.json, found without running it and without asking the kernel: all of it,
//! each with its place.
//!
//! A runtime has to ignore names that it does not know (runtime-spec, config.md, "Extensibility"), so a
//! name with a slip in it is no limit, no filter and no mount, without a word. Here it gets one.

mod ignored;
mod near;
mod options;
mod refused;
mod schema;
mod shape;
mod twice;

use serde::Serialize;
use serde_json::Value;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A name that no version of the specification has, as far as is known.
    Unknown,
    /// `create` refuses it.
    Refused,
    /// It has a meaning, but not here.
    Ignored,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Finding {
    /// `mounts[3].options[1]`; empty for the whole file.
    pub path: String,
    pub kind: Kind,
    pub message: String,
    /// The place or the word that was probably meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meant: Option<String>,
}

impl Finding {
    fn new(kind: Kind, path: impl Into<String>, message: impl Into<String>) -> Finding {
        Finding { path: path.into(), kind, message: message.into(), meant: None }
    }

    fn refused(path: impl Into<String>, message: impl Into<String>) -> Finding {
        Finding::new(Kind::Refused, path, message)
    }

    fn ignored(path: impl Into<String>, message: impl Into<String>) -> Finding {
        Finding::new(Kind::Ignored, path, message)
    }

    fn meant(self, meant: Option<String>) -> Finding {
        Finding { meant, ..self }
    }
}

/// All that is to be said about the text of a config.json, in the order of the file's own parts.
pub fn lint(text: &[u8]) -> Vec<Finding> {
    let value: Value = match serde_json::from_slice(text) {
        Ok(value) => value,
        Err(e) => return vec![Finding::refused("", e.to_string())],
    };
    let mut found = Vec::new();
    twice::look(text, &mut found);
    shape::look(&value, &mut found);
    let refused = |found: &[Finding]| found.iter().any(|f| f.kind == Kind::Refused);
    match crate::bundle::parse_config(text) {
        Ok(spec) => {
            let mut more = Vec::new();
            refused::look(&spec, &mut more);
            // Once a place: what is missing is not wrong besides.
            more.retain(|f| !found.iter().any(|known| known.kind == Kind::Refused && known.path == f.path));
            found.append(&mut more);
            options::look(&spec, &mut found);
            ignored::look(&spec, &mut found);
        }
        // Where the shape is as it should be, the parser has another reason.
        Err(e) if !refused(&found) => found.push(Finding::refused("", crate::error::line(&e))),
        Err(_) => {}
    }
    found
}

/// The place of a name in an object.
fn join(at: &str, name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    match (at, name.chars().all(plain) && !name.is_empty()) {
        ("", true) => name.to_owned(),
        (_, true) => format!("{at}.{name}"),
        (_, false) => format!("{at}[{}]", Value::from(name)),
    }
}

#[cfg(test)]
mod tests;
