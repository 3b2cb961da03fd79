//! Protobuf's timestamps, from and to the nanoseconds since 1970 that the metadata holds.

use prost_types::Timestamp;

const NANOS: i64 = 1_000_000_000;

pub fn to_proto(ns: i64) -> Timestamp {
    Timestamp { seconds: ns.div_euclid(NANOS), nanos: ns.rem_euclid(NANOS) as i32 }
}

/// As far as 64 bits of nanoseconds reach: from 1678 to 2262.
pub fn from_proto(time: &Timestamp) -> i64 {
    time.seconds.saturating_mul(NANOS).saturating_add(time.nanos.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways() {
        for (ns, seconds, nanos) in [(0, 0, 0), (1_500_000_000, 1, 500_000_000), (-1, -1, 999_999_999)] {
            assert_eq!(to_proto(ns), Timestamp { seconds, nanos });
            assert_eq!(from_proto(&to_proto(ns)), ns);
        }
        // Go's zero time, the year 1, is out of range and stays in the distant past.
        assert_eq!(from_proto(&Timestamp { seconds: -62_135_596_800, nanos: 0 }), i64::MIN);
    }
}
