//! Times: nanoseconds since 1970 UTC in the metadata, RFC 3339 in labels and documents; and the boot.

use std::sync::OnceLock;
use std::time::{SystemTime, UNIX_EPOCH};

/// The wall clock, in nanoseconds since 1970 UTC.
pub fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_nanos() as i64)
}

/// A name for the time since the kernel started, never empty.
pub fn boot() -> &'static str {
    static BOOT: OnceLock<String> = OnceLock::new();
    BOOT.get_or_init(|| {
        let id = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
        // Without procfs nothing can be told of the boot: all counts as one.
        if id.trim().is_empty() { "unknown".to_string() } else { id.trim().to_string() }
    })
}

/// `ns` as RFC 3339 in UTC, with a fraction where there is one.
pub fn rfc3339(ns: i64) -> String {
    let (secs, nanos) = (ns.div_euclid(1_000_000_000), ns.rem_euclid(1_000_000_000));
    let (days, rest) = (secs.div_euclid(86400), secs.rem_euclid(86400));
    let (year, month, day) = civil(days);
    let mut text =
        format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}", rest / 3600, rest / 60 % 60, rest % 60);
    if nanos != 0 {
        text.push_str(format!(".{nanos:09}").trim_end_matches('0'));
    }
    text.push('Z');
    text
}

/// Reads an RFC 3339 time; `None` where `text` is none.
pub fn parse_rfc3339(text: &str) -> Option<i64> {
    let b = text.as_bytes();
    if !text.is_ascii() || b.len() < 20 {
        return None;
    }
    let number = |from: usize, to: usize| -> Option<i64> {
        let part = &text[from..to];
        part.bytes().all(|c| c.is_ascii_digit()).then(|| part.parse().ok())?
    };
    let fixed =
        b[4] == b'-' && b[7] == b'-' && matches!(b[10], b'T' | b't' | b' ') && b[13] == b':' && b[16] == b':';
    if !fixed {
        return None;
    }
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let mut at = 19;
    let mut nanos = 0;
    if b[at] == b'.' {
        let end = at + 1 + text[at + 1..].bytes().take_while(u8::is_ascii_digit).count();
        let digits = &text[at + 1..end.min(at + 10)];
        nanos = format!("{digits:0<9}").parse::<i64>().ok().filter(|_| !digits.is_empty())?;
        at = end;
    }
    let offset = match &text[at..] {
        "Z" | "z" => 0,
        zone if zone.len() == 6 && matches!(b[at], b'+' | b'-') && b[at + 3] == b':' => {
            let seconds = number(at + 1, at + 3)? * 3600 + number(at + 4, at + 6)? * 60;
            if b[at] == b'-' { -seconds } else { seconds }
        }
        _ => return None,
    };
    let secs = days(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - offset;
    secs.checked_mul(1_000_000_000)?.checked_add(nanos)
}

/// Days since 1970-01-01 of a date in the Gregorian calendar, by counting from March on, so
/// that the leap day ends the year.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let y = if month <= 2 { year - 1 } else { year };
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    y * 365 + y.div_euclid(4) - y.div_euclid(100) + y.div_euclid(400) + of_year - 719_468
}

/// The date `days` after 1970-01-01.
fn civil(since: i64) -> (i64, i64, i64) {
    let mut year = 1970 + since.div_euclid(366);
    while days(year + 1, 1, 1) <= since {
        year += 1;
    }
    let mut month = 12;
    while days(year, month, 1) > since {
        month -= 1;
    }
    (year, month, since - days(year, month, 1) + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways() {
        for (text, ns) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2000-02-29T12:34:56Z", 951_827_696_000_000_000),
            ("2026-11-23T14:54:14.5Z", 1_795_445_654_500_000_000),
            ("1969-12-31T23:59:59.000000001Z", -999_999_999),
            ("2024-12-31T23:59:59Z", 1_735_689_599_000_000_000),
        ] {
            assert_eq!(parse_rfc3339(text), Some(ns), "{text}");
            assert_eq!(rfc3339(ns), text);
        }
        assert_eq!(parse_rfc3339("2000-02-29T14:34:56+02:00"), Some(951_827_696_000_000_000));
        for bad in ["", "yesterday", "2000-02-29T12:34:56", "2000-13-29T12:34:56Z", "2000-02-29T12:34:56.Z"] {
            assert_eq!(parse_rfc3339(bad), None, "{bad}");
        }
    }
}
