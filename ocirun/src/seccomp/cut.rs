//! Where the seccomp profile stands in the text of a config.json: found without reading anything of it,
//! since a program may be known for it. Only what is spelled plainly is found; for all else the text is
//! read as a whole, which also says what is wrong with it.

use std::ops::Range;

/// The value of `linux.seccomp`, an object; none where there is none, or the text is no JSON on the way.
pub fn profile(text: &[u8]) -> Option<Range<usize>> {
    let whole = skip_space(text, 0);
    let linux = member(text, whole, b"linux")?;
    let start = member(text, linux, b"seccomp")?;
    if text.get(start) != Some(&b'{') {
        return None;
    }
    Some(start..end_of_value(text, start)?)
}

/// Where the value of a member of the object at `at` begins.
fn member(text: &[u8], at: usize, name: &[u8]) -> Option<usize> {
    if text.get(at) != Some(&b'{') {
        return None;
    }
    let mut at = skip_space(text, at + 1);
    while text.get(at) == Some(&b'"') {
        let end = end_of_string(text, at)?;
        let key = &text[at + 1..end - 1];
        at = skip_space(text, end);
        if text.get(at) != Some(&b':') {
            return None;
        }
        at = skip_space(text, at + 1);
        if key == name {
            return Some(at);
        }
        at = skip_space(text, end_of_value(text, at)?);
        if text.get(at) != Some(&b',') {
            return None;
        }
        at = skip_space(text, at + 1);
    }
    None
}

fn skip_space(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest.iter().position(|b| !b.is_ascii_whitespace()).unwrap_or(rest.len())
}

/// The place behind the value that begins at `at`.
fn end_of_value(text: &[u8], at: usize) -> Option<usize> {
    match text.get(at)? {
        b'"' => end_of_string(text, at),
        b'{' | b'[' => end_of_nested(text, at),
        _ => {
            let length =
                text[at..].iter().position(|b| matches!(b, b',' | b'}' | b']') || b.is_ascii_whitespace())?;
            (length > 0).then_some(at + length)
        }
    }
}

fn end_of_nested(text: &[u8], mut at: usize) -> Option<usize> {
    let mut depth = 0;
    loop {
        match text.get(at)? {
            b'"' => at = end_of_string(text, at)? - 1,
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        at += 1;
        if depth == 0 {
            return Some(at);
        }
    }
}

/// The place behind the string that begins at `at`.
fn end_of_string(text: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += 1;
        match text.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at += 1,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn the_profile_is_found_where_it_stands() {
        for (text, want) in [
            (r#"{"linux":{"seccomp":{"a":[1]}}}"#, Some(r#"{"a":[1]}"#)),
            (r#" { "x" : "}\"" , "linux" : { "y" : [ {} ] , "seccomp" : { } } } "#, Some("{ }")),
            (r#"{"annotations":{"seccomp":{}},"linux":{"z":-1,"seccomp":{"]":"["}}}"#, Some(r#"{"]":"["}"#)),
            (r#"{"linux":{"seccomp":null}}"#, None),
            (r#"{"linux":{}}"#, None),
            (r#"{"linux":[{"seccomp":{}}]}"#, None),
            (r#"{"seccomp":{}}"#, None),
            (r#"{"linux":{"seccomp":{"a":1"#, None),
            (r#"{"a" "linux":{"seccomp":{}}}"#, None),
            ("", None),
        ] {
            assert_eq!(profile(text.as_bytes()).map(|at| &text[at]), want, "{text}");
        }
    }

    /// What is found is what a parser finds there.
    #[test]
    fn any_text_has_the_profile_that_a_parser_sees() {
        let mut found = 0;
        crate::chance::cases(20_000, |c| {
            let mut value = serde_json::json!({"ociVersion": "1", "linux": {"a": [{"b": "\"}"}], "seccomp":
                {"defaultAction": "x", "syscalls": [{"names": ["\\", "]"]}]}, "c": 1.5e3}, "process": null});
            for _ in 0..c.below(3) {
                c.change(&mut value);
            }
            let mut text = if c.one_in(2) { value.to_string() } else { format!("{value:#}") }.into_bytes();
            if c.one_in(4) {
                text.truncate(c.below(text.len()));
                text.extend(c.bytes(3));
            }
            let Some(at) = profile(&text) else { return };
            if let Ok(whole) = serde_json::from_slice::<Value>(&text) {
                found += 1;
                let cut: Value = serde_json::from_slice(&text[at.clone()]).unwrap();
                assert_eq!(&cut, &whole["linux"]["seccomp"]);
                let rest = [&text[..at.start], b"null", &text[at.end..]].concat();
                let mut want = whole;
                want["linux"]["seccomp"] = Value::Null;
                assert_eq!(serde_json::from_slice::<Value>(&rest).unwrap(), want);
            }
        });
        assert!(found > 1000, "{found}");
    }
}
