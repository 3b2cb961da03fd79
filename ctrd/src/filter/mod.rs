//! containerd's filter language, in which clients say which objects a list or a subscription is of.
//!
//! ```text
//! filter   := selector ("," selector)*        all of them must match
//! selector := path [("==" | "!=" | "~=") value]   without an operator: the field is present
//! path     := field ("." field)*              field: a word, or quoted "…"
//! value    := bare or "…"; after ~= (a regular expression, of Go's) also |…| or /…/
//! ```
//! Several filters are alternatives: an object passes that matches any of them, or if there are none.

mod goregex;

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use regex::Regex;

use crate::error::{Error, Result};

/// What a filter asks of an object. `None` where it has no such field.
pub trait Fields {
    fn field(&self, path: &[&str]) -> Option<Cow<'_, str>>;
}

/// Alternatives, parsed. None at all let everything pass.
#[derive(Debug, Clone, Default)]
pub struct Filter(Vec<Vec<Selector>>);

#[derive(Debug, Clone)]
struct Selector {
    path: Vec<String>,
    test: Test,
}

#[derive(Debug, Clone)]
enum Test {
    Present,
    /// Bytes, since escapes may say what is no text; nothing equals that.
    Equal(Vec<u8>),
    NotEqual(Vec<u8>),
    /// `None` for an expression that does not compile: it matches nothing.
    Matches(Option<Regex>),
}

impl Filter {
    /// Parses the alternatives; an empty one lets everything pass.
    pub fn parse<S: AsRef<str>>(filters: &[S]) -> Result<Filter> {
        filters.iter().map(|text| Parser::new(text.as_ref()).filter()).collect::<Result<_>>().map(Filter)
    }

    pub fn matches(&self, object: &impl Fields) -> bool {
        self.0.is_empty() || self.0.iter().any(|all| all.iter().all(|s| s.matches(object)))
    }
}

impl Selector {
    fn matches(&self, object: &impl Fields) -> bool {
        let path: Vec<&str> = self.path.iter().map(String::as_str).collect();
        let value = object.field(&path);
        match &self.test {
            Test::Present => value.is_some(),
            Test::Equal(want) => value.is_some_and(|value| value.as_bytes() == want),
            Test::NotEqual(want) => value.as_deref().unwrap_or_default().as_bytes() != want,
            Test::Matches(re) => {
                re.as_ref().is_some_and(|re| re.is_match(value.as_deref().unwrap_or_default()))
            }
        }
    }
}

/// A field that counts as absent when it is empty.
pub fn present(value: &str) -> Option<Cow<'_, str>> {
    (!value.is_empty()).then_some(Cow::Borrowed(value))
}

/// A map's value; the rest of the path, dots and all, is its key.
pub fn entry<'a>(map: &'a impl Lookup, path: &[&str]) -> Option<Cow<'a, str>> {
    map.lookup(&path.join(".")).map(Cow::Borrowed)
}

/// The maps that labels and annotations come in.
pub trait Lookup {
    fn lookup(&self, key: &str) -> Option<&str>;
}

impl Lookup for HashMap<String, String> {
    fn lookup(&self, key: &str) -> Option<&str> {
        self.get(key).map(String::as_str)
    }
}

impl Lookup for BTreeMap<String, String> {
    fn lookup(&self, key: &str) -> Option<&str> {
        self.get(key).map(String::as_str)
    }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str) -> Self {
        Parser { text, at: 0 }
    }

    fn filter(mut self) -> Result<Vec<Selector>> {
        if self.text.is_empty() {
            return Ok(Vec::new());
        }
        let mut all = vec![self.selector()?];
        loop {
            match self.peek() {
                None => return Ok(all),
                Some(',') => {
                    self.next();
                    all.push(self.selector()?);
                }
                Some(other) => return Err(self.error(self.at, &format!("unexpected input: {other}"))),
            }
        }
    }

    fn selector(&mut self) -> Result<Selector> {
        let mut path = vec![self.field()?];
        while self.peek() == Some('.') {
            self.next();
            path.push(self.field()?);
        }
        let test = match self.peek() {
            None | Some(',') => Test::Present,
            _ => match self.operator()? {
                "==" => Test::Equal(self.value(false)?),
                "!=" => Test::NotEqual(self.value(false)?),
                _ => {
                    let pattern = self.value(true)?;
                    Test::Matches(std::str::from_utf8(&pattern).ok().and_then(goregex::compile))
                }
            },
        };
        Ok(Selector { path, test })
    }

    fn field(&mut self) -> Result<String> {
        match self.peek() {
            Some(quote @ ('"' | '/' | '|')) => {
                self.quoted(quote, false).map(|name| String::from_utf8_lossy(&name).into_owned())
            }
            Some(c) if is_word(c) => Ok(self.take_while(is_word).to_string()),
            _ => Err(self.error(self.at, "expected field or quoted")),
        }
    }

    fn operator(&mut self) -> Result<&'a str> {
        let start = self.at;
        if let Some(quote @ ('"' | '/' | '|')) = self.peek() {
            // A path goes on where an operator should stand: the quote tells more of what is wrong.
            self.quoted(quote, true)?;
        }
        match self.take_while(|c| matches!(c, '=' | '!' | '~')) {
            op @ ("==" | "!=" | "~=") => Ok(op),
            "" => Err(self.error(start, r#"expected an operator ("=="|"!="|"~=")"#)),
            other => Err(self.error(start, &format!("unsupported operator {other:?}"))),
        }
    }

    fn value(&mut self, alternative_quotes: bool) -> Result<Vec<u8>> {
        match self.peek() {
            Some(quote @ ('"' | '/' | '|')) => self.quoted(quote, alternative_quotes),
            None | Some(',' | '.' | '=' | '!' | '~') => Err(self.error(self.at, "expected value or quoted")),
            Some(_) => Ok(self.take_while(|c| c != ',' && !c.is_whitespace() && !c.is_control()).into()),
        }
    }

    /// A quoted string with the escapes of Go's string literals.
    fn quoted(&mut self, quote: char, alternative: bool) -> Result<Vec<u8>> {
        let start = self.at;
        self.next();
        let mut out = Vec::new();
        loop {
            match self.next() {
                None | Some('\n') => return Err(self.error(start, "quoted literal not terminated")),
                Some(c) if c == quote => break,
                Some('\\') => self.escape(start, quote, &mut out)?,
                Some(c) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
        if quote != '"' && !alternative {
            return Err(self.error(start, "invalid quote encountered"));
        }
        Ok(out)
    }

    fn escape(&mut self, start: usize, quote: char, out: &mut Vec<u8>) -> Result<()> {
        let plain = match self.next() {
            Some('a') => 7,
            Some('b') => 8,
            Some('t') => b'\t',
            Some('n') => b'\n',
            Some('v') => 11,
            Some('f') => 12,
            Some('r') => b'\r',
            Some('\\') => b'\\',
            Some(c) if c == quote => c as u8,
            Some('x') => self.digits(start, 16, 2)? as u8,
            Some(c @ '0'..='7') => {
                let high = u32::from(c) - u32::from('0');
                u8::try_from(high << 6 | self.digits(start, 8, 2)?)
                    .map_err(|_| self.error(start, "unquoting failed: quote syntax error"))?
            }
            Some(c @ ('u' | 'U')) => {
                let code = self.digits(start, 16, if c == 'u' { 4 } else { 8 })?;
                if code > u32::from(char::MAX) {
                    return Err(self.error(start, "unquoting failed: quote syntax error"));
                }
                let c = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
                out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                return Ok(());
            }
            _ => return Err(self.error(start, "illegal escape sequence")),
        };
        out.push(plain);
        Ok(())
    }

    fn digits(&mut self, start: usize, base: u32, count: usize) -> Result<u32> {
        let mut value: u32 = 0;
        for _ in 0..count {
            let digit = self.next().and_then(|c| c.to_digit(base));
            let digit = digit.ok_or_else(|| self.error(start, "illegal numeric escape sequence"))?;
            value = value.wrapping_mul(base) | digit;
        }
        Ok(value)
    }

    /// The next character that is no space.
    fn peek(&mut self) -> Option<char> {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
        self.text[self.at..].chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.text[self.at..].chars().next()?;
        self.at += c.len_utf8();
        Some(c)
    }

    fn take_while(&mut self, keep: impl Fn(char) -> bool) -> &'a str {
        let rest = &self.text[self.at..];
        let taken = &rest[..rest.find(|c| !keep(c)).unwrap_or(rest.len())];
        self.at += taken.len();
        taken
    }

    fn error(&self, at: usize, reason: &str) -> Error {
        let place = match self.text[at..].chars().next() {
            None => format!("[{}]", self.text),
            Some(c) => format!("[{} >|{c}|< {}]", &self.text[..at], &self.text[at + c.len_utf8()..]),
        };
        Error::invalid(format!("filters: parse error: {place}: {reason}: invalid argument"))
    }
}

fn is_word(c: char) -> bool {
    c == '_' || c.is_ascii_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Object {
        name: &'static str,
        labels: BTreeMap<String, String>,
    }

    impl Fields for Object {
        fn field(&self, path: &[&str]) -> Option<Cow<'_, str>> {
            match path {
                ["name"] => present(self.name),
                ["labels", key @ ..] => entry(&self.labels, key),
                _ => None,
            }
        }
    }

    fn passes(filters: &[&str], name: &'static str, labels: &[(&str, &str)]) -> bool {
        let labels = labels.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect();
        Filter::parse(filters).unwrap().matches(&Object { name, labels })
    }

    #[test]
    fn matching() {
        let labels = &[("foo", "true"), ("a b", "x"), ("q\"\\.post", "y"), ("containerd.io/gc.root", "now")];
        for (filters, expected) in [
            (&[][..], true),
            (&[""], true),
            (&["name"], true),
            (&["other"], false),
            (&["name==web"], true),
            (&["name == web , labels.foo == true"], true),
            (&["name==we"], false),
            (&["name!=web"], false),
            (&["other!=web"], true),
            (&["other==\"\""], false),
            (&["name~=^w.b$"], true),
            (&["name~=/^[a-w]{1}/"], true),
            (&["name~=|e|"], true),
            (&["name~=^("], false),
            (&["labels.foo"], true),
            (&["labels.foo==false"], false),
            (&["labels.\"a b\"==x"], true),
            (&[r#"labels."q\"\\".post==y"#], true),
            (&[r#"labels."containerd.io/gc.root"=="n\x6f\167""#], true),
            (&[r#"name=="w\x65b""#], true),
            (&[r#"name=="\xff""#], false),
            (&[r#"name!="\xff""#], true),
            (&[r#"name~="\xff""#], false),
            (&[r#"name=="\ud800""#], false),
            (&[r"name~=/^\\Qw\\E\\w[[:lower:]]\\z/"], true),
            (&[r"name~=^\Qw\E\w[[:lower:]]\z"], true),
            (&["name~=/we{1|{/"], false),
            (&["name~=/^we{,1}|b$/"], true),
            (&["name==db", "labels.foo"], true),
            (&["name==db", "labels.bar"], false),
        ] {
            assert_eq!(passes(filters, "web", labels), expected, "{filters:?}");
        }
    }

    #[test]
    fn errors_show_the_place() {
        for (text, expected) in [
            ("name==foo,", "[name==foo,]: expected field or quoted"),
            ("labels.", "[labels.]: expected field or quoted"),
            ("labels.?x", "[labels. >|?|< x]: expected field or quoted"),
            ("image~=,id", "[image~= >|,|< id]: expected value or quoted"),
            ("labels.ns/key==v", "[labels.ns >|/|< key==v]: quoted literal not terminated"),
            ("labels.k==/v", "[labels.k== >|/|< v]: quoted literal not terminated"),
            ("labels.|foo|==x", "[labels. >|||< foo|==x]: invalid quote encountered"),
            (r#"name~=/\q/"#, r"[name~= >|/|< \q/]: illegal escape sequence"),
            (r#"name=="\400""#, r#"[name== >|"|< \400"]: unquoting failed: quote syntax error"#),
            (r#"name=="\U00110000""#, r#"[name== >|"|< \U00110000"]: unquoting failed: quote syntax error"#),
            ("a=b", "[a >|=|< b]: unsupported operator \"=\""),
            ("a b", "[a  >|b|< ]: expected an operator (\"==\"|\"!=\"|\"~=\")"),
        ] {
            let err = Filter::parse(&[text]).unwrap_err();
            assert_eq!(err.message, format!("filters: parse error: {expected}: invalid argument"), "{text}");
        }
    }
}
