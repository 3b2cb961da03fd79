//! Go's regular expressions, as clients write them after `~=`, told to the regex crate.
//!
//! Both descend from RE2 and differ in what a pattern may say: `{` that repeats nothing, `\Q…\E`, octal escapes,
//! classes, flags, and `\d \w \s \b`, which are ASCII in Go. So a pattern is read by the rules of Go's `regexp/syntax`
//! (its parser for `Perl` flags) and written anew, each atom with the flags that it stands under. Since the question
//! is only whether a text matches, groups do not capture and repetitions are not lazy.

mod class;

use regex::{Regex, RegexBuilder};

/// The most that a repetition, together with those around it, may ask for.
const REPEAT: u32 = 1000;

/// Bytes that an expression may take once compiled: enough for any letter a thousand times.
const SIZE: usize = 48 << 20;

/// A class without a member: surrogates, which no text has, and what leaves nothing over.
const NOTHING: &str = r"[^\x{0}-\x{10FFFF}]";

/// Compiles a pattern of Go's. `None` where Go has an error.
///
/// Two things are otherwise than in Go: patterns nested deeper than the regex crate allows (250, in Go 1000) or larger
/// than [`SIZE`] are errors, and scripts whose names have several words are known, which Go 1.26 has lost.
pub fn compile(pattern: &str) -> Option<Regex> {
    let pattern = translate(pattern)?;
    RegexBuilder::new(&pattern).size_limit(SIZE).build().ok()
}

/// The pattern in the regex crate's words.
fn translate(pattern: &str) -> Option<String> {
    let mut reader =
        Reader { rest: pattern, flags: Flags::default(), out: String::new(), open: vec![Group::default()] };
    reader.pattern()?;
    (reader.open.len() == 1).then_some(reader.out)
}

#[derive(Clone, Copy, Default)]
struct Flags {
    /// `i`
    fold: bool,
    /// `m`
    lines: bool,
    /// `s`
    dot_newline: bool,
}

/// What is open: the pattern itself, or a group in it.
#[derive(Default)]
struct Group {
    /// The flags that stand again after it.
    flags: Flags,
    start: usize,
    /// The largest product of nested repetitions, but for those of `last`.
    repeats: u32,
    /// What a repetition here would be of.
    last: Option<Atom>,
}

struct Atom {
    start: usize,
    repeats: u32,
    repeated: bool,
}

struct Reader<'a> {
    rest: &'a str,
    flags: Flags,
    out: String,
    open: Vec<Group>,
}

impl<'a> Reader<'a> {
    fn pattern(&mut self) -> Option<()> {
        let mut after_repeat = false;
        while let Some(c) = self.rest.chars().next() {
            let repeat = self.step(c)?;
            if repeat && after_repeat {
                return None;
            }
            after_repeat = repeat;
        }
        Some(())
    }

    /// Reads one piece, which begins with `c`. True for a repetition.
    fn step(&mut self, c: char) -> Option<bool> {
        match c {
            '\\' => self.backslash()?,
            '[' => {
                let class = class::bracketed(&mut self.rest)?;
                self.folded(&class);
            }
            '{' => match repetition(self.rest) {
                Some((counts, rest)) => {
                    self.rest = rest;
                    self.repeat(Some(counts))?;
                    return Some(true);
                }
                None => self.plain(),
            },
            '*' | '+' | '?' => {
                let mark = self.take(1);
                self.repeat(None)?;
                self.out.push_str(mark);
                return Some(true);
            }
            '(' if self.rest.starts_with("(?") => self.perl_group()?,
            '(' => {
                self.rest = &self.rest[1..];
                self.begin();
            }
            ')' => {
                self.rest = &self.rest[1..];
                self.end()?;
            }
            '|' => {
                self.rest = &self.rest[1..];
                self.settle();
                self.out.push('|');
            }
            '^' => self.special(1, if self.flags.lines { "(?m:^)" } else { r"\A" }),
            '$' => self.special(1, if self.flags.lines { "(?m:$)" } else { r"\z" }),
            '.' => self.special(1, if self.flags.dot_newline { "(?s:.)" } else { r"[^\n]" }),
            _ => self.plain(),
        }
        Some(false)
    }

    fn backslash(&mut self) -> Option<()> {
        match self.rest.as_bytes().get(1)? {
            b'A' => self.special(2, r"\A"),
            b'z' => self.special(2, r"\z"),
            b'b' => self.special(2, r"(?-u:\b)"),
            b'B' => self.special(2, r"(?-u:\B)"),
            b'Q' => {
                let quoted = &self.rest[2..];
                let (literal, rest) = quoted.split_once(r"\E").unwrap_or((quoted, ""));
                literal.chars().for_each(|c| self.literal(c.into()));
                self.rest = rest;
            }
            _ => match class::escaped(&mut self.rest)? {
                Some(class) => self.folded(&format!("[{class}]")),
                None => {
                    let c = escape(&mut self.rest)?;
                    self.literal(c);
                }
            },
        }
        Some(())
    }

    /// A group that begins with `(?`: named, without a capture, or only flags for what follows.
    fn perl_group(&mut self) -> Option<()> {
        for start in ["(?P<", "(?<"] {
            if let Some(rest) = self.rest.strip_prefix(start) {
                let (name, rest) = rest.split_once('>')?;
                let word = |c: char| c == '_' || c.is_ascii_alphanumeric();
                (!name.is_empty() && name.chars().all(word)).then_some(())?;
                self.rest = rest;
                self.begin();
                return Some(());
            }
        }
        let mut flags = self.flags;
        let mut on = true;
        let mut any = false;
        for (at, c) in self.rest.char_indices().skip(2) {
            match c {
                'i' => flags.fold = on,
                'm' => flags.lines = on,
                's' => flags.dot_newline = on,
                'U' => {}
                '-' if on => on = false,
                ':' | ')' if on || any => {
                    self.rest = &self.rest[at + 1..];
                    if c == ':' {
                        self.begin();
                    }
                    self.flags = flags;
                    return Some(());
                }
                _ => return None,
            }
            any = c != '-';
        }
        None
    }

    fn begin(&mut self) {
        self.settle();
        self.open.push(Group { flags: self.flags, start: self.out.len(), ..Group::default() });
        self.out.push_str("(?:");
    }

    fn end(&mut self) -> Option<()> {
        self.settle();
        let Group { flags, start, repeats, .. } = self.open.pop().filter(|_| !self.open.is_empty())?;
        self.flags = flags;
        self.out.push(')');
        self.group().last = Some(Atom { start, repeats: repeats.max(1), repeated: false });
        Some(())
    }

    /// Makes what is repeated one thing, and writes the counts, if that is what repeats it.
    fn repeat(&mut self, counts: Option<(u32, Option<u32>)>) -> Option<()> {
        if let Some(rest) = self.rest.strip_prefix('?') {
            self.rest = rest;
        }
        let group = self.open.last_mut().expect("the pattern itself is open");
        let atom = group.last.as_mut()?;
        if atom.repeated {
            self.out.insert_str(atom.start, "(?:");
            self.out.push(')');
        }
        atom.repeated = true;
        let Some((min, max)) = counts else { return Some(()) };
        if min > max.unwrap_or(REPEAT) {
            return None;
        }
        atom.repeats = match max {
            Some(0) => 1,
            _ => atom.repeats.saturating_mul(max.unwrap_or(min).max(1)),
        };
        if atom.repeats > REPEAT {
            return None;
        }
        let max = max.map(|max| max.to_string()).unwrap_or_default();
        self.out.push_str(&format!("{{{min},{max}}}"));
        Some(())
    }

    fn plain(&mut self) {
        if let Some(c) = next(&mut self.rest) {
            self.literal(c.into());
        }
    }

    fn special(&mut self, read: usize, atom: &str) {
        self.take(read);
        self.atom(atom);
    }

    fn literal(&mut self, code: u32) {
        match char::from_u32(code) {
            None => self.atom(NOTHING),
            Some(c) if self.flags.fold && (c.is_alphabetic() || !c.is_ascii()) => {
                self.atom(&format!("(?i:{})", hex(c)));
            }
            Some(c) => self.atom(&hex(c)),
        }
    }

    fn folded(&mut self, class: &str) {
        if self.flags.fold {
            self.atom(&format!("(?i:{class})"));
        } else {
            self.atom(class);
        }
    }

    fn atom(&mut self, text: &str) {
        self.settle();
        let start = self.out.len();
        self.out.push_str(text);
        self.group().last = Some(Atom { start, repeats: 1, repeated: false });
    }

    /// Nothing more repeats the last atom.
    fn settle(&mut self) {
        let group = self.group();
        group.repeats = group.last.take().map_or(0, |atom| atom.repeats).max(group.repeats);
    }

    fn group(&mut self) -> &mut Group {
        self.open.last_mut().expect("the pattern itself is open")
    }

    fn take(&mut self, bytes: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(bytes);
        self.rest = rest;
        taken
    }
}

/// `{n}`, `{n,}` or `{n,m}`, and what follows. `None` for anything else, which is a literal `{`. Numbers that are too
/// large come back as larger than is allowed.
fn repetition(text: &str) -> Option<((u32, Option<u32>), &str)> {
    let (counts, rest) = text.strip_prefix('{')?.split_once('}')?;
    let (min, max) = match counts.split_once(',') {
        None => (counts, Some(counts)),
        Some((min, "")) => (min, None),
        Some((min, max)) => (min, Some(max)),
    };
    let number = |digits: &str| {
        let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        (plain && (digits.len() == 1 || !digits.starts_with('0'))).then(|| digits.parse().unwrap_or(u32::MAX))
    };
    let (min, max) = (number(min)?, max.map(number).map_or(Some(None), |max| max.map(Some))?);
    Some(((min, max), rest))
}

/// Reads an escaped character, backslash and all: its code, which may be that of a surrogate.
fn escape(rest: &mut &str) -> Option<u32> {
    *rest = rest.strip_prefix('\\')?;
    let c = next(rest)?;
    Some(match c {
        'a' => 7,
        't' => 9,
        'n' => 10,
        'v' => 11,
        'f' => 12,
        'r' => 13,
        '0'..='7' => {
            let more = rest.bytes().take(2).take_while(|b| matches!(b, b'0'..=b'7')).count();
            // A single digit other than 0 would be a reference to a group.
            (c == '0' || more > 0).then_some(())?;
            let (digits, after) = rest.split_at(more);
            *rest = after;
            digits.bytes().fold(c as u32 - u32::from('0'), |value, b| value * 8 + u32::from(b - b'0'))
        }
        'x' => {
            let (digits, after) = match rest.strip_prefix('{') {
                Some(braced) => braced.split_once('}')?,
                None => rest.split_at_checked(2)?,
            };
            *rest = after;
            (!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_hexdigit())).then_some(())?;
            let digits = digits.trim_start_matches('0');
            let code = if digits.is_empty() { 0 } else { u32::from_str_radix(digits, 16).ok()? };
            (code <= u32::from(char::MAX)).then_some(code)?
        }
        _ => (c.is_ascii() && !c.is_ascii_alphanumeric()).then_some(c.into())?,
    })
}

/// A character as it may stand anywhere in a pattern of the regex crate.
fn hex(c: char) -> String {
    if c.is_ascii_alphanumeric() { c.to_string() } else { format!(r"\x{{{:X}}}", c as u32) }
}

fn next(rest: &mut &str) -> Option<char> {
    let c = rest.chars().next()?;
    *rest = &rest[c.len_utf8()..];
    Some(c)
}

#[cfg(test)]
mod tests;
