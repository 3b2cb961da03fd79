//! How the calls of a file are written: a line each, of the method and its request as JSON.
//!
//! ```text
//! # A comment
//! in NAMESPACE                    the namespace of what follows; `in` alone: none
//! events REASON                   why the events are not compared
//! under LEASE                     the lease of what follows; `under` alone: none
//! Images/Get {"name": "it"}       a call; a list of requests for a method that takes a stream of them
//!   ~ REASON                      why its answers differ; without one they may not
//!   ~ in other words              the texts of its errors differ alone
//!   = REASON                      why its answers may differ from one run or version to another
//!   = in other words              the texts of its errors may differ alone, and the code where containerd gives none
//!   ! REASON                      why ctrd alone is asked, and answers
//! ```
//! In a text `${NAME}` stands for what [`super::pair`] has under this name, and `${x*300}` for so many of it.

use std::collections::BTreeSet;

use protox::prost_reflect::MethodDescriptor;
use serde_json::Value;

use super::message::Schema;
use super::wire::Headers;

pub struct Session {
    pub name: String,
    pub calls: Vec<Call>,
    /// The events are not compared.
    pub quiet: bool,
}

pub struct Call {
    pub line: usize,
    pub name: String,
    pub method: MethodDescriptor,
    pub headers: Headers,
    pub requests: Vec<Value>,
    pub differs: Differs,
}

/// Whether the answers to a call may differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Differs {
    Never,
    /// Otherwise the reason has gone.
    Always,
    InWords,
    Sometimes,
    MaybeInWords,
    /// Theirs would not survive it.
    Ours,
}

impl Session {
    pub fn parse(name: &str, text: &str, schema: &Schema) -> Self {
        let mut headers = Headers::default();
        let mut calls: Vec<Call> = Vec::new();
        let mut quiet = false;
        for (number, line) in text.lines().enumerate() {
            let at = format!("alike/{name}.calls:{}", number + 1);
            let (word, rest) = line.trim().split_once(' ').unwrap_or((line.trim(), ""));
            let some = Some(rest.trim().to_string()).filter(|rest| !rest.is_empty());
            match word {
                "" | "#" => {}
                "in" => headers.namespace = some,
                "under" => headers.lease = some,
                "events" => quiet = some.is_some(),
                "~" | "=" | "!" => {
                    assert!(some.is_some(), "{at}: no reason");
                    let call = calls.last_mut().unwrap_or_else(|| panic!("{at}: no call"));
                    call.differs = match (word, rest) {
                        ("~", "in other words") => Differs::InWords,
                        ("~", _) => Differs::Always,
                        ("!", _) => Differs::Ours,
                        ("=", "in other words") => Differs::MaybeInWords,
                        _ => Differs::Sometimes,
                    };
                }
                method => {
                    let found = schema.method(method).unwrap_or_else(|| panic!("{at}: no method {method}"));
                    let json = serde_json::from_str(rest).unwrap_or_else(|e| panic!("{at}: {e}"));
                    calls.push(Call {
                        line: number + 1,
                        name: method.to_string(),
                        method: found,
                        headers: headers.clone(),
                        requests: match json {
                            Value::Array(list) => list,
                            one => vec![one],
                        },
                        differs: Differs::Never,
                    });
                }
            }
        }
        Session { name: name.to_string(), calls, quiet }
    }
}

impl Call {
    /// Takes the method and the fields of its requests from a list.
    pub fn mark(&self, left: &mut BTreeSet<String>) {
        left.remove(&self.name);
        for request in self.requests.iter().filter_map(Value::as_object) {
            for field in request.keys() {
                left.remove(&format!("{} {field}", self.name));
            }
        }
    }

    /// The call as it was written.
    pub fn text(&self) -> String {
        let requests: Vec<_> = self.requests.iter().map(Value::to_string).collect();
        format!("{} {}", self.name, requests.join(", "))
    }

    /// The path that the call goes to.
    pub fn path(&self) -> String {
        format!("/{}/{}", self.method.parent_service().full_name(), self.method.name())
    }
}
