//! Quantities as Kubernetes writes them: `50M`, `10k`, `1.5Gi`, `1e3`.

use serde::Deserialize;

use crate::error::{Error, Result};

/// A number in a file, with quotes or without.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum Written {
    Whole(u64),
    Part(f64),
    Text(String),
}

impl Written {
    /// As good as not written.
    pub fn is_empty(&self) -> bool {
        matches!(self, Written::Text(text) if text.is_empty())
    }

    /// The number that is meant, rounded up.
    pub fn value(&self) -> Result<u64> {
        match self {
            Written::Whole(n) => Ok(*n),
            Written::Part(n) => rounded(*n).ok_or_else(|| Error::invalid(format!("{n}: is no quantity"))),
            Written::Text(text) => {
                parse(text).ok_or_else(|| Error::invalid(format!("{text:?}: is no quantity")))
            }
        }
    }
}

fn parse(text: &str) -> Option<u64> {
    let text = text.trim();
    let text = text.strip_prefix('+').unwrap_or(text);
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, suffix) = text.split_at(digits);
    let suffix = suffix.trim_start();
    let factor = match suffix {
        "" => 1.0,
        "n" => 1e-9,
        "u" => 1e-6,
        "m" => 1e-3,
        "k" => 1e3,
        "M" => 1e6,
        "G" => 1e9,
        "T" => 1e12,
        "P" => 1e15,
        "E" => 1e18,
        "Ki" => 1024.0,
        "Mi" => 1024f64.powi(2),
        "Gi" => 1024f64.powi(3),
        "Ti" => 1024f64.powi(4),
        "Pi" => 1024f64.powi(5),
        "Ei" => 1024f64.powi(6),
        _ => 10f64.powi(suffix.strip_prefix(['e', 'E'])?.parse().ok()?),
    };
    if factor == 1.0 && !number.contains('.') {
        return number.parse().ok();
    }
    rounded(number.parse::<f64>().ok()? * factor)
}

fn rounded(n: f64) -> Option<u64> {
    (n.is_finite() && n >= 0.0 && n < u64::MAX as f64).then(|| n.ceil() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities() {
        for (text, want) in [
            ("80", Some(80)),
            ("50M", Some(50_000_000)),
            ("64 M", Some(64_000_000)),
            ("10k", Some(10_000)),
            ("1.5Gi", Some(1_610_612_736)),
            ("1500m", Some(2)),
            ("1500000u", Some(2)),
            ("+5", Some(5)),
            (".5k", Some(500)),
            ("1E3", Some(1000)),
            ("1e", None),
            ("++5", None),
            ("5K", None),
            ("1e3", Some(1000)),
            ("1E", Some(1_000_000_000_000_000_000)),
            ("18446744073709551615", Some(u64::MAX)),
            ("", None),
            ("M", None),
            ("-1", None),
            ("1.2.3", None),
            ("5x", None),
            ("99999999999E", None),
        ] {
            assert_eq!(parse(text), want, "{text}");
        }
    }
}
