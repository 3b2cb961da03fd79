//! Points in time, as the log and the bundle's files write them and as protobuf carries them.

use std::time::{SystemTime, UNIX_EPOCH};

use prost_types::Timestamp;

pub fn proto(time: SystemTime) -> Timestamp {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp { seconds: since.as_secs() as i64, nanos: since.subsec_nanos() as i32 }
}

/// What has not happened is told as Go's zero time, the first of January of the year 1: callers ask
/// for that.
pub fn or_never(time: Option<SystemTime>) -> Timestamp {
    time.map_or(Timestamp { seconds: -62_135_596_800, nanos: 0 }, proto)
}

/// RFC 3339 in UTC, with nanoseconds.
pub fn rfc3339(time: SystemTime) -> String {
    // prost-types prints a Timestamp just so.
    proto(time).to_string()
}

pub fn parse(text: &str) -> Option<SystemTime> {
    SystemTime::try_from(text.parse::<Timestamp>().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_time_comes_back() {
        let time = UNIX_EPOCH + Duration::new(1_700_000_000, 123_456_789);
        assert_eq!(rfc3339(time), "2023-11-14T22:13:20.123456789Z");
        assert_eq!(parse(&rfc3339(time)), Some(time));
        assert_eq!(parse("yesterday"), None);
    }
}
