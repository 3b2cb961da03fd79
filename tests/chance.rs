//! What strangers may write, made by chance for the tests of what reads it: pieces of the language
//! in question, in any order, with bytes of any kind between them. The same seed makes the same
//! texts, so that a failure comes back; `CTRD_CHANCE` makes more of them than the default. The unit
//! tests of ocirun and ocirun-init have this file as well, and none of them uses all of it.
#![allow(dead_code)]

use serde_json::{Map, Value, json};

/// A generator of numbers (xorshift).
pub struct Chance(u64);

/// Numbers at which arithmetic goes wrong.
pub const NUMBERS: [i64; 16] = [
    0,
    1,
    -1,
    2,
    7,
    1024,
    65_535,
    65_536,
    i32::MAX as i64,
    i32::MAX as i64 + 1,
    i32::MIN as i64,
    u32::MAX as i64,
    u32::MAX as i64 + 1,
    i64::MAX,
    i64::MAX - 1,
    i64::MIN,
];

/// Calls `test` with a generator of its own for each case.
pub fn cases(usual: u64, mut test: impl FnMut(&mut Chance)) {
    let count = std::env::var("CTRD_CHANCE").ok().and_then(|n| n.parse().ok()).unwrap_or(usual);
    for case in 1..=count {
        test(&mut Chance(case.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
    }
}

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// Less than `end`.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() >> 16) as usize % end
    }

    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }

    pub fn number(&mut self) -> i64 {
        match self.below(3) {
            0 => self.next() as i64,
            _ => *self.of(&NUMBERS),
        }
    }

    pub fn bytes(&mut self, most: usize) -> Vec<u8> {
        (0..self.below(most + 1)).map(|_| self.next() as u8).collect()
    }

    /// Some of `pieces`, numbers, and characters that are none of them.
    pub fn text(&mut self, pieces: &[&str]) -> String {
        const ODD: [&str; 18] = [
            "", " ", "\n", "\t", "\0", "/", "..", ".", ":", ",", "-", "=", "\\", "\"", "é", "\u{fffd}", "𝄞",
            "x",
        ];
        let mut text = String::new();
        for _ in 0..self.below(9) {
            match self.below(6) {
                0 => text.push_str(ODD[self.below(ODD.len())]),
                1 => text.push_str(&self.number().to_string()),
                2 if self.one_in(8) => text.push_str(&"x".repeat(self.below(5000))),
                _ => text.push_str(pieces[self.below(pieces.len())]),
            }
        }
        text
    }

    /// Changes one place of `value`, or more.
    pub fn change(&mut self, value: &mut Value) {
        match value {
            Value::Object(map) if !map.is_empty() && !self.one_in(8) => {
                let at = self.below(map.len());
                let name = map.keys().nth(at).cloned().unwrap_or_default();
                match self.below(12) {
                    0 => drop(map.remove(&name)),
                    1 => {
                        let value = self.value(2);
                        map.insert(format!("{name}x"), value);
                    }
                    _ => map.get_mut(&name).into_iter().for_each(|value| self.change(value)),
                }
            }
            Value::Array(list) if !list.is_empty() && !self.one_in(8) => {
                let at = self.below(list.len());
                match self.below(12) {
                    0 => drop(list.remove(at)),
                    1 => {
                        let again = list[at].clone();
                        let times = if self.one_in(20) { 5000 } else { 2 };
                        list.extend(std::iter::repeat_n(again, times));
                    }
                    _ => self.change(&mut list[at]),
                }
            }
            Value::Number(_) if !self.one_in(4) => *value = self.number().into(),
            Value::String(text) if !self.one_in(4) => {
                let own = text.clone();
                *value = self.text(&[own.as_str(), own.get(..own.len() / 2).unwrap_or_default()]).into();
            }
            other => *other = self.value(3),
        }
    }

    /// Any value.
    fn value(&mut self, depth: usize) -> Value {
        match self.below(if depth == 0 { 5 } else { 7 }) {
            0 => Value::Null,
            1 => self.one_in(2).into(),
            2 => self.number().into(),
            3 => json!(self.next() as f64 / 1000.0),
            4 => self.text(&["a", "CAP_CHOWN", "bind", "/"]).into(),
            5 => (0..self.below(4)).map(|_| self.value(depth - 1)).collect(),
            _ => {
                let fields = (0..self.below(4)).map(|n| (format!("k{n}"), self.value(depth - 1)));
                Value::Object(fields.collect::<Map<_, _>>())
            }
        }
    }
}
