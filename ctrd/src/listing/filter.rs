//! `--filter`: containerd's filter language over what `--format json` prints, so that any field that
//! can be seen can be asked for.
//!
//! docker's `status=running` and `label=a=b` are taken as `status==running` and `labels.a==b`.

use std::borrow::Cow;

use serde_json::Value;

use crate::error::Result;
use crate::filter::{Fields, Filter};

/// Alternatives; with none everything passes.
pub fn parse(texts: &[String]) -> Result<Filter> {
    let texts: Vec<String> = texts.iter().map(|text| as_containerd(text)).collect();
    Filter::parse(&texts).map_err(|e| e.context("filter"))
}

fn as_containerd(text: &str) -> String {
    let Some((field, value)) = text.split_once('=') else { return text.to_string() };
    let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/');
    if field.is_empty() || !field.chars().all(word) || value.starts_with('=') {
        return text.to_string();
    }
    match (field, value.split_once('=')) {
        ("label", Some((name, value))) => format!("labels.{}=={}", quoted(name), quoted(value)),
        ("label", None) => format!("labels.{}", quoted(value)),
        _ => format!("{field}=={}", quoted(value)),
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A JSON object's fields by their paths; the rest of a path, dots and all, may be one key.
pub struct Object<'a>(pub &'a Value);

impl Fields for Object<'_> {
    fn field(&self, path: &[&str]) -> Option<Cow<'_, str>> {
        let mut value = self.0;
        let mut path = path;
        while let Some((first, rest)) = path.split_first() {
            // containerd's runtime.name is this command's runtime.
            if value.is_string() && path == ["name"] {
                break;
            }
            if let Value::Array(items) = value {
                value = items.get(first.parse::<usize>().ok()?)?;
                path = rest;
                continue;
            }
            let fields = value.as_object()?;
            if let Some(whole) = fields.get(&path.join(".")) {
                value = whole;
                break;
            }
            value = fields.iter().find(|(key, _)| key.eq_ignore_ascii_case(first))?.1;
            path = rest;
        }
        match value {
            Value::Null => None,
            Value::String(text) if text.is_empty() => None,
            Value::String(text) => Some(Cow::Borrowed(text)),
            Value::Bool(_) | Value::Number(_) => Some(Cow::Owned(value.to_string())),
            Value::Array(items) if items.is_empty() => None,
            Value::Array(_) | Value::Object(_) => Some(Cow::Owned(value.to_string())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_can_be_asked_for() {
        let object = serde_json::json!({"id": "web", "status": "running", "pid": 7, "runtime": "io.containerd.ctrd.v2",
            "labels": {"a.b/c": "x=y", "empty": ""}, "target": {"mediaType": "m"}, "none": null, "list": ["a"]});
        let passes = |filters: &[&str]| {
            let filters: Vec<String> = filters.iter().map(|f| f.to_string()).collect();
            parse(&filters).unwrap().matches(&Object(&object))
        };
        for yes in [
            "id==web",
            "id=web",
            "status=running",
            "pid==7",
            "runtime.name==io.containerd.ctrd.v2",
            "labels.\"a.b/c\"==\"x=y\"",
            "label=a.b/c=x=y",
            "label=a.b/c",
            "target.mediatype==m",
            "id~=^w,pid!=8",
            "list.0==a",
            "",
        ] {
            assert!(passes(&[yes]), "{yes}");
        }
        for no in
            ["id==db", "label=a", "none", "labels.empty", "target.digest", "id.x", "list.1", "label=a.b/c=x"]
        {
            assert!(!passes(&[no]), "{no}");
        }
        assert!(passes(&["id==db", "id==web"]) && passes(&[]));
        assert!(parse(&["id==web,".to_string()]).is_err());
    }
}
