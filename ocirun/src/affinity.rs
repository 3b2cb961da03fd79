//! Lists of CPUs, `0-3,7`, as sched_setaffinity(2) takes them.
#![allow(unsafe_code)]

use anyhow::{Context, Result, ensure};

pub fn parse(list: &str) -> Result<libc::cpu_set_t> {
    // SAFETY: cpu_set_t is an array of integers, for which all zeroes is a value.
    let mut set: libc::cpu_set_t = unsafe { std::mem::zeroed() };
    let invalid = || format!("CPU list {list:?} is invalid");
    for part in list.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last): (usize, usize) =
            (first.trim().parse().with_context(invalid)?, last.trim().parse().with_context(invalid)?);
        ensure!(first <= last && last < libc::CPU_SETSIZE as usize, "{}", invalid());
        for cpu in first..=last {
            // SAFETY: `cpu` is below CPU_SETSIZE, which is the number of bits of the set.
            unsafe { libc::CPU_SET(cpu, &mut set) };
        }
    }
    Ok(set)
}

/// The set as one number: `0x8f`.
pub fn mask(set: &libc::cpu_set_t) -> String {
    // SAFETY: all numbers are below CPU_SETSIZE, the number of bits of the set.
    let on = |cpu: usize| unsafe { libc::CPU_ISSET(cpu, set) };
    let digit = |first: usize| (0..4).filter(|bit| on(first + bit)).fold(0, |sum, bit| sum | 1 << bit);
    let digits: String = (0..libc::CPU_SETSIZE as usize / 4)
        .rev()
        .filter_map(|digit_at| char::from_digit(digit(digit_at * 4), 16))
        .collect();
    format!("0x{}", digits.trim_start_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists() {
        let set = parse("0-2,7").unwrap();
        // SAFETY: all below CPU_SETSIZE.
        let on: Vec<usize> = (0..10).filter(|cpu| unsafe { libc::CPU_ISSET(*cpu, &set) }).collect();
        assert_eq!(on, [0, 1, 2, 7]);
        assert_eq!(mask(&set), "0x87");
        assert_eq!(mask(&parse("4").unwrap()), "0x10");
        assert_eq!(mask(&parse("65").unwrap()), "0x20000000000000000");
        for bad in ["", "a", "3-1", "99999", "1,"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn any_text_is_a_list_or_none() {
        crate::chance::cases(10_000, |c| {
            let text = c.text(&["0", "3", "-", ",", "1023", "1024"]);
            if let Ok(set) = parse(&text) {
                assert!(mask(&set).len() > 2, "{text:?}");
            }
        });
    }
}
