//! Classes of characters: `[…]`, `\d` and its like, `\pL`.

use super::{NOTHING, escape, hex, next};

/// Names between `[:` and `:]`; the regex crate has the same, with the same members.
const POSIX: &[&str] = &[
    "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space",
    "upper", "word", "xdigit",
];

/// Scripts have names in Go, and four letters only where that is their name; the regex crate takes both.
const SHORT_SCRIPTS: &[&str] = &["ahom", "cham", "kawi", "lisu", "miao", "modi", "newa", "thai", "toto"];

/// Reads a class in brackets: the same in the regex crate's words. `None` for an error.
pub fn bracketed(rest: &mut &str) -> Option<String> {
    *rest = rest.strip_prefix('[')?;
    let negated = rest.strip_prefix('^').map(|after| *rest = after).is_some();
    let mut members = String::new();
    let mut first = true;
    while first || !rest.starts_with(']') {
        first = false;
        if let Some((name, after)) = rest.strip_prefix("[:").and_then(|name| name.split_once(":]")) {
            POSIX.contains(&name.strip_prefix('^').unwrap_or(name)).then_some(())?;
            members.push_str(&format!("[:{name}:]"));
            *rest = after;
        } else if let Some(class) = escaped(rest)? {
            members.push_str(&class);
        } else {
            let low = member(rest)?;
            let range = rest.strip_prefix('-').filter(|end| !end.is_empty() && !end.starts_with(']'));
            let high = match range {
                None => low,
                Some(end) => {
                    *rest = end;
                    member(rest)?
                }
            };
            (low <= high).then_some(())?;
            members.push_str(&span(low, high));
        }
    }
    *rest = &rest[1..];
    Some(match (members.is_empty(), negated) {
        (true, false) => NOTHING.to_string(),
        (true, true) => "(?s:.)".to_string(),
        (false, _) => format!("[{}{members}]", if negated { "^" } else { "" }),
    })
}

/// Reads `\d`, `\pL` and their like: what stands for it between brackets. The inner `None` is for what is no such
/// escape, of which nothing was read, the outer one for an error.
pub fn escaped(rest: &mut &str) -> Option<Option<String>> {
    let class = match rest.get(..2) {
        Some(r"\d") => "0-9",
        Some(r"\D") => "[^0-9]",
        Some(r"\s") => r"\t\n\x0C\r\x20",
        Some(r"\S") => r"[^\t\n\x0C\r\x20]",
        Some(r"\w") => "0-9A-Z_a-z",
        Some(r"\W") => "[^0-9A-Z_a-z]",
        Some(r"\p" | r"\P") => return unicode(rest).map(Some),
        _ => return Some(None),
    };
    *rest = &rest[2..];
    Some(Some(class.to_string()))
}

/// `\pN`, `\p{Name}`, `\p{^Name}` and the same with `\P`: a category of Unicode's or a script, whose names are
/// compared without regard to case, spaces, hyphens and underscores.
fn unicode(rest: &mut &str) -> Option<String> {
    let mut negated = rest.starts_with(r"\P");
    let mut after = &rest[2..];
    let mut name = match after.strip_prefix('{') {
        None => {
            let letter = next(&mut after)?.len_utf8();
            &rest[2..2 + letter]
        }
        Some(braced) => {
            let (name, end) = braced.split_once('}')?;
            after = end;
            name
        }
    };
    if let Some(positive) = name.strip_prefix('^') {
        negated = !negated;
        name = positive;
    }
    *rest = after;
    let name: String = name.chars().filter(|c| !matches!(c, '_' | '-' | ' ')).collect();
    let name = name.to_ascii_lowercase();
    // The regex crate passes over "is", and over what is no ASCII.
    if name.is_empty() || name.starts_with("is") || !name.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return None;
    }
    let p = if negated { 'P' } else { 'p' };
    if matches!(name.as_str(), "cs" | "surrogate") {
        return Some(if negated { r"\x{0}-\x{10FFFF}".to_string() } else { NOTHING.to_string() });
    }
    let category = format!(r"\{p}{{gc={name}}}");
    if regex::Regex::new(&category).is_ok() {
        return Some(category);
    }
    (name.len() != 4 || SHORT_SCRIPTS.contains(&name.as_str())).then(|| format!(r"\{p}{{sc={name}}}"))
}

fn member(rest: &mut &str) -> Option<u32> {
    if rest.starts_with('\\') { escape(rest) } else { next(rest).map(u32::from) }
}

/// The characters from one to another; those of them that no text has are left out.
fn span(low: u32, high: u32) -> String {
    let low = char::from_u32(low).unwrap_or('\u{E000}');
    let high = char::from_u32(high).unwrap_or('\u{D7FF}');
    match low.cmp(&high) {
        std::cmp::Ordering::Less => format!("{}-{}", hex(low), hex(high)),
        std::cmp::Ordering::Equal => hex(low),
        std::cmp::Ordering::Greater => String::new(),
    }
}
