//! Shares of a cache: as they are written, and as the bits of its mask.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::error::{Error, Result};

/// For each cache that something is said of, or for all others.
#[derive(Debug, Clone, PartialEq)]
pub struct Each<T> {
    others: Option<T>,
    own: BTreeMap<u32, T>,
}

impl<T> Each<T> {
    pub fn all(share: T) -> Each<T> {
        Each { others: Some(share), own: BTreeMap::new() }
    }

    /// By the names of caches: `all`, `0`, `1-3,5`.
    pub fn of(given: impl IntoIterator<Item = (String, Result<T>)>) -> Result<Each<T>>
    where
        T: Clone,
    {
        let mut each = Each { others: None, own: BTreeMap::new() };
        for (name, share) in given {
            let at = |e: Error| e.context(format!("{name:?}"));
            let share = share.map_err(at)?;
            if name == "all" {
                each.others = Some(share);
                continue;
            }
            let ids =
                numbers(&name).ok_or_else(|| at(Error::invalid("is not all, and no list such as 0-1,3")))?;
            each.own.extend(ids.into_iter().map(|id| (id, share.clone())));
        }
        Ok(each)
    }

    pub fn get(&self, id: u32) -> Option<&T> {
        self.own.get(&id).or(self.others.as_ref())
    }
}

/// What somebody gets of some bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// So much of them, from the lowest on.
    Percent(u32),
    /// From one hundredth to another.
    Range(u32, u32),
    /// These, counted from the lowest.
    Bits(u64),
}

/// Reads `l3Allocation`: a share, or one for each cache. A share is a text, or of a cache that may be split an
/// object with `unified`, `code` and `data`.
pub fn allocation(given: &Value, least: u32) -> Result<Each<Share>> {
    match given {
        Value::String(text) => Ok(Each::all(parse(text, least)?)),
        Value::Object(each) => Each::of(each.iter().map(|(name, given)| (name.clone(), one(given, least)))),
        other => {
            Err(Error::invalid(format!("{other:.100}: must be a text in quotes, or one for each cache")))
        }
    }
}

fn one(given: &Value, least: u32) -> Result<Share> {
    let parts = match given {
        Value::String(text) => return parse(text, least),
        Value::Object(parts) => parts,
        other => return Err(Error::invalid(format!("{other:.100}: must be a text in quotes"))),
    };
    let part = |name: &str| -> Result<Option<Share>> {
        let at = |e: Error| e.context(name);
        match parts.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => parse(text, least).map(Some).map_err(at),
            Some(other) => Err(at(Error::invalid(format!("{other:.100}: must be a text in quotes")))),
        }
    };
    if let Some(name) = parts.keys().find(|name| !matches!(name.as_str(), "unified" | "code" | "data")) {
        return Err(Error::invalid(format!("{name:?}: not unified, code or data")));
    }
    if part("code")?.is_some() != part("data")?.is_some() {
        return Err(Error::invalid("code and data go together"));
    }
    part("unified")?.ok_or_else(|| Error::invalid("unified: must be given"))
}

/// A share as it is written: `40%`, `20-60%`, `0xf0`, `2-5`, `3,4`; bits stand side by side.
fn parse(text: &str, least: u32) -> Result<Share> {
    let bad = |why: &str| Error::invalid(format!("{text:?}: {why}"));
    if let Some(percent) = text.strip_suffix('%') {
        let number = |text: &str| match text.parse::<u32>() {
            Ok(percent) if percent <= 100 => Ok(percent),
            _ => Err(bad("no percentage")),
        };
        return match percent.split_once('-') {
            None => match number(percent)? {
                0 => Err(bad("nothing of a cache")),
                percent => Ok(Share::Percent(percent)),
            },
            Some((low, high)) => match (number(low)?, number(high)?) {
                (low, high) if low <= high && high > 0 => Ok(Share::Range(low, high)),
                _ => Err(bad("it ends before it begins")),
            },
        };
    }
    let found = match text.strip_prefix("0x") {
        Some(hex) => u64::from_str_radix(hex, 16).ok(),
        None => numbers(text).map(|all| all.into_iter().fold(0, |mask, n| mask | 1 << n)),
    };
    let found = found.ok_or_else(|| bad("no share of a cache"))?;
    let together = found >> found.trailing_zeros().min(63);
    if found == 0 || found.count_ones() < least || !together.checked_add(1).is_none_or(u64::is_power_of_two) {
        return Err(bad(&format!("must be {least} or more bits, side by side")));
    }
    Ok(Share::Bits(found))
}

/// `0,2,5-9`; none above 63.
fn numbers(text: &str) -> Option<Vec<u32>> {
    let mut all = Vec::new();
    for range in text.split(',') {
        let (from, to) = range.split_once('-').unwrap_or((range, range));
        let (from, to) = (from.trim().parse::<u32>().ok()?, to.trim().parse::<u32>().ok()?);
        if to < from || to >= u64::BITS {
            return None;
        }
        all.extend(from..=to);
    }
    Some(all)
}

impl Share {
    /// The bits that it is of a block of bits.
    pub fn of(self, block: u64, least: u32) -> Result<u64> {
        let (first, width) = (block.trailing_zeros(), block.count_ones());
        let (low, high) = match self {
            Share::Bits(mask) => {
                let moved = mask << first.min(63);
                return match moved >> first.min(63) == mask && moved & !block == 0 {
                    true => Ok(moved),
                    false => {
                        Err(Error::invalid(format!("{mask:#x}: not in the {width} bits that there are")))
                    }
                };
            }
            Share::Percent(high) => (1, high),
            Share::Range(low, high) => (low.max(1), high),
        };
        let (mut from, mut to) = ((low - 1) * width / 100, (high - 1) * width / 100);
        // Wider, first to the low end and then to the high one.
        while to - from + 1 < least {
            match (from, to) {
                (1.., _) => from -= 1,
                (0, to_now) if to_now + 1 < width => to += 1,
                _ => return Err(Error::invalid(format!("fewer than {least} bits are there"))),
            }
        }
        Ok(bits(first + from, to - from + 1))
    }
}

fn bits(from: u32, count: u32) -> u64 {
    (from..from + count).fold(0, |mask, n| mask | 1u64.checked_shl(n).unwrap_or(0))
}

/// The blocks of one cache that partitions get, each its own: by their shares, which are all of one kind.
pub fn blocks(wanted: &[(&str, Option<Share>)], all: u64, least: u32) -> Result<Vec<u64>> {
    let named = |is: &dyn Fn(&Option<Share>) -> bool| -> Vec<&str> {
        wanted.iter().filter(|(_, share)| is(share)).map(|(name, _)| *name).collect()
    };
    let silent = named(&Option::is_none);
    if silent.len() == wanted.len() {
        return Ok(vec![all; wanted.len()]);
    }
    if !silent.is_empty() {
        let text =
            format!("l3Allocation: other partitions have one, and {:.200} has none", silent.join(", "));
        return Err(Error::invalid(text));
    }
    if let Some(name) = named(&|share| matches!(share, Some(Share::Range(..)))).first() {
        return Err(Error::invalid(format!("partition {name:?}: l3Allocation: must be no range")));
    }
    let absolute = named(&|share| matches!(share, Some(Share::Bits(_))));
    if absolute.is_empty() {
        return relative(wanted, all, least);
    }
    if absolute.len() < wanted.len() {
        return Err(Error::invalid("l3Allocation: some partitions have bits and others percentages"));
    }
    let mut taken = 0;
    let mut out = Vec::new();
    for (name, share) in wanted {
        let at = |e: Error| e.context(format!("partition {name:?}: l3Allocation"));
        let Some(share) = share else { continue };
        let mask = share.of(all, least).map_err(at)?;
        if mask & taken != 0 {
            return Err(at(Error::invalid(format!("{mask:#x}: another partition has some of it"))));
        }
        taken |= mask;
        out.push(mask);
    }
    Ok(out)
}

/// Rounded down, the smallest first, so that each gets some; what is over is the largest's.
fn relative(wanted: &[(&str, Option<Share>)], all: u64, least: u32) -> Result<Vec<u64>> {
    let percent = |share: &Option<Share>| match share {
        Some(Share::Percent(percent)) => *percent,
        _ => 0,
    };
    let whole: u32 = wanted.iter().map(|(_, share)| percent(share)).sum();
    if whole > 100 {
        return Err(Error::invalid(format!("l3Allocation: the partitions take {whole}% of a cache")));
    }
    let granted = whole * all.count_ones() / 100;
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by_key(|n| percent(&wanted[*n].1));
    let mut counts = vec![0; wanted.len()];
    let mut rest = granted;
    for (turn, n) in order.iter().enumerate() {
        if rest < least {
            return Err(Error::invalid("l3Allocation: the partitions take more bits than there are"));
        }
        let left = (rest * whole / granted).max(1);
        let count = (percent(&wanted[*n].1) * rest / left).max(least).min(rest);
        counts[*n] = if turn + 1 == order.len() { rest } else { count };
        rest -= counts[*n];
    }
    let mut from = all.trailing_zeros();
    let masks = counts.into_iter().map(|count| {
        from += count;
        bits(from - count, count)
    });
    Ok(masks.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn as_they_are_written() {
        for (text, want) in [
            ("40%", Ok(Share::Percent(40))),
            ("100%", Ok(Share::Percent(100))),
            ("20-60%", Ok(Share::Range(20, 60))),
            ("0-60%", Ok(Share::Range(0, 60))),
            ("0xf0", Ok(Share::Bits(0xf0))),
            ("2-5", Ok(Share::Bits(0x3c))),
            ("2,3", Ok(Share::Bits(0xc))),
            ("5-6,3,4", Ok(Share::Bits(0x78))),
            ("0%", Err("nothing of a cache")),
            ("120%", Err("no percentage")),
            ("-5%", Err("no percentage")),
            ("60-20%", Err("it ends before it begins")),
            ("3", Err("must be 2 or more bits, side by side")),
            ("0x5", Err("must be 2 or more bits, side by side")),
            ("1,3", Err("must be 2 or more bits, side by side")),
            ("0x0", Err("must be 2 or more bits, side by side")),
            ("0xg", Err("no share of a cache")),
            ("5-2", Err("no share of a cache")),
            ("64-65", Err("no share of a cache")),
            ("", Err("no share of a cache")),
        ] {
            let got = parse(text, 2).map_err(|e| e.message);
            assert_eq!(got, want.map_err(|why| format!("{text:?}: {why}")), "{text}");
        }
    }

    #[test]
    fn for_each_cache() {
        let got = allocation(&json!({"all": "40%", "1,3-4": "0x3", "7": {"unified": "50%"}}), 2).unwrap();
        for (id, share) in [
            (0, Share::Percent(40)),
            (1, Share::Bits(3)),
            (2, Share::Percent(40)),
            (4, Share::Bits(3)),
            (7, Share::Percent(50)),
        ] {
            assert_eq!(got.get(id), Some(&share), "{id}");
        }
        let both = json!({"0": {"unified": "50%", "code": "20%", "data": "30%"}});
        assert_eq!(allocation(&both, 2).unwrap().get(0), Some(&Share::Percent(50)));
        assert_eq!(allocation(&both, 2).unwrap().get(1), None);
        for (given, says) in [
            (json!({"x": "40%"}), "\"x\": is not all, and no list such as 0-1,3"),
            (json!({"1-": "40%"}), "\"1-\": is not all, and no list such as 0-1,3"),
            (json!({"0": 3}), "\"0\": 3: must be a text in quotes"),
            (json!({"0": {"code": "20%", "unified": "50%"}}), "\"0\": code and data go together"),
            (json!({"0": {"code": "2%", "data": "2%"}}), "\"0\": unified: must be given"),
            (json!({"0": {"unified": "x"}}), "\"0\": unified: \"x\": no share of a cache"),
            (json!({"0": {"unify": "5%"}}), "\"0\": \"unify\": not unified, code or data"),
            (json!(3), "3: must be a text in quotes, or one for each cache"),
            (json!(["40%"]), "[\"40%\"]: must be a text in quotes, or one for each cache"),
        ] {
            assert_eq!(allocation(&given, 2).unwrap_err().message, says, "{given}");
        }
    }

    #[test]
    fn of_a_block() {
        for (share, block, want) in [
            (Share::Percent(100), 0x3ff, Ok(0x3ff)),
            (Share::Percent(40), 0x3f, Ok(0x7)),
            (Share::Percent(1), 0x3ff, Ok(0x3)),
            (Share::Percent(50), 0x3c0, Ok(0xc0)),
            (Share::Range(50, 100), 0x3c0, Ok(0x380)),
            (Share::Range(91, 100), 0x3ff, Ok(0x300)),
            (Share::Range(0, 10), 0x3ff, Ok(0x3)),
            // Counted from the block's lowest on.
            (Share::Bits(0x3), 0x3c0, Ok(0xc0)),
            (Share::Bits(0xc), 0x3c0, Ok(0x300)),
            (Share::Bits(0x18), 0x3c0, Err("0x18: not in the 4 bits that there are")),
            (Share::Bits(1 << 63), 0x3c0, Err("0x8000000000000000: not in the 4 bits that there are")),
        ] {
            let got = share.of(block, 2).map_err(|e| e.message);
            assert_eq!(got, want.map_err(str::to_string), "{share:?} of {block:#x}");
        }
    }

    #[test]
    fn of_several_partitions() {
        let percent = |n| Some(Share::Percent(n));
        for (wanted, all, want) in [
            (vec![percent(60), percent(40)], 0x3ff, Ok(vec![0x3f, 0x3c0])),
            (vec![percent(50), percent(50)], 0x7ff, Ok(vec![0x1f, 0x7e0])),
            (vec![percent(5), percent(95)], 0x3ff, Ok(vec![0x3, 0x3fc])),
            (vec![percent(30), percent(20)], 0x3ff, Ok(vec![0x7, 0x18])),
            (vec![None, None], 0x3ff, Ok(vec![0x3ff, 0x3ff])),
            (vec![Some(Share::Bits(0xf0)), Some(Share::Bits(0xf))], 0x3ff, Ok(vec![0xf0, 0xf])),
            (vec![percent(80), percent(30)], 0x3ff, Err("l3Allocation: the partitions take 110% of a cache")),
            (
                vec![percent(1), percent(1)],
                0x3ff,
                Err("l3Allocation: the partitions take more bits than there are"),
            ),
            (vec![percent(60), None], 0x3ff, Err("l3Allocation: other partitions have one, and p1 has none")),
            (
                vec![percent(60), Some(Share::Bits(3))],
                0x3ff,
                Err("l3Allocation: some partitions have bits and others percentages"),
            ),
            (
                vec![Some(Share::Bits(0xf)), Some(Share::Bits(0x18))],
                0x3ff,
                Err("partition \"p1\": l3Allocation: 0x18: another partition has some of it"),
            ),
            (
                vec![Some(Share::Bits(0xc00))],
                0x3ff,
                Err("partition \"p0\": l3Allocation: 0xc00: not in the 10 bits that there are"),
            ),
            (vec![Some(Share::Range(1, 50))], 0x3ff, Err("partition \"p0\": l3Allocation: must be no range")),
        ] {
            let named: Vec<_> = ["p0", "p1"].into_iter().zip(wanted).collect();
            let got = blocks(&named, all, 2).map_err(|e| e.message);
            assert_eq!(got, want.map_err(str::to_string), "{named:?}");
        }
    }
}
