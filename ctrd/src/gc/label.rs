//! containerd's labels for the collector, read.
//!
//! ```text
//! containerd.io/gc.root                          a root, whatever the value
//! containerd.io/gc.expire                        RFC 3339: a root until then; of an image or lease: its end
//! containerd.io/gc.flat                          a lease that holds what it names and no more
//! containerd.io/gc.ref.content[.x]               leads to a blob; likewise .image, .snapshot.<name>
//! containerd.io/gc.bref.content[.x]              is led to by it; likewise .container, .image, .snapshot.<name>
//! containerd.io/gc.cond.snapshot.<name>[/x]      usedat<48h|KEY: leads to a snapshot that was used since
//! containerd.io/gc.cond.value-usedat             RFC 3339: when this snapshot was used
//! ```

use super::graph::Node;
use crate::clock;
use crate::content::Labels;

pub const EXPIRE: &str = "containerd.io/gc.expire";
pub const ROOT: &str = "containerd.io/gc.root";
pub const FLAT: &str = "containerd.io/gc.flat";
pub const REF: &str = "containerd.io/gc.ref.";
pub const BACK: &str = "containerd.io/gc.bref.";
const CONDITION: &str = "containerd.io/gc.cond.snapshot";
const USED: &str = "containerd.io/gc.cond.value-usedat";

/// What a reference label says: the key behind its prefix names the kind, with anything after
/// a dot or slash to keep several apart.
pub fn refers(key: &str, value: &str) -> Option<Node> {
    let is = |kind: &str| {
        key.strip_prefix(kind).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '/']))
    };
    if is("content") {
        return Some(Node::Content(value.to_string()));
    }
    if is("image") {
        return Some(Node::Image(value.to_string()));
    }
    if is("container") {
        return Some(Node::Container(value.to_string()));
    }
    let name = key.strip_prefix("snapshot.")?;
    // A snapshotter of another's may have a dot in its name.
    let name = name.split('/').next()?;
    let name = match name.split_once('.') {
        Some((first, _)) if matches!(first, "overlayfs" | "native") => first,
        _ => name,
    };
    Some(Node::Snapshot(name.to_string(), value.to_string()))
}

/// That an object leads to a snapshot, while this was used lately, or long ago.
pub struct Condition {
    pub on: Node,
    tests: Vec<(bool, i64)>,
}

impl Condition {
    /// Whether it holds of a snapshot that was used `at`; of several tests one is enough.
    pub fn is_met(&self, at: i64, now: i64) -> bool {
        self.tests.iter().any(|(newer, than)| if *newer { now - at < *than } else { now - at > *than })
    }
}

/// Reads `usedat<48h,usedat>2000h|KEY` of a label `…gc.cond.snapshot.<name>`.
pub fn condition(key: &str, value: &str) -> Option<Condition> {
    let name = key.strip_prefix(CONDITION)?.trim_start_matches(['.', '/']);
    let name = name.split('/').next()?;
    let (tests, snapshot) = value.split_once('|')?;
    let test = |text: &str| -> Option<(bool, i64)> {
        let text = text.strip_prefix("usedat")?;
        let newer = match text.as_bytes().first()? {
            b'<' => true,
            b'>' => false,
            _ => return None,
        };
        Some((newer, duration(&text[1..])?))
    };
    let tests = tests.split(',').filter_map(test).collect();
    Some(Condition { on: Node::Snapshot(name.to_string(), snapshot.to_string()), tests })
}

/// A time span as Go writes it, such as `1h30m`, in nanoseconds.
fn duration(text: &str) -> Option<i64> {
    let (mut rest, mut total) = (text, 0f64);
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let number: f64 = rest[..end].parse().ok()?;
        rest = &rest[end..];
        let end = rest.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(rest.len());
        let unit = match &rest[..end] {
            "h" => 3600e9,
            "m" => 60e9,
            "s" => 1e9,
            "ms" => 1e6,
            "us" | "µs" => 1e3,
            "ns" => 1.0,
            _ => return None,
        };
        total += number * unit;
        rest = &rest[end..];
    }
    (!text.is_empty()).then_some(total as i64)
}

pub fn used_at(labels: &Labels) -> Option<i64> {
    labels.get(USED).and_then(|text| clock::parse_rfc3339(text))
}

pub fn expiry(labels: &Labels) -> Option<i64> {
    labels.get(EXPIRE).and_then(|text| clock::parse_rfc3339(text))
}

/// Whether an object with these labels ends by itself.
pub fn has_expiry(labels: &Labels) -> bool {
    expiry(labels).is_some()
}

pub fn expired(labels: &Labels, now: i64) -> bool {
    expiry(labels).is_some_and(|at| at <= now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suffixes_keep_references_apart() {
        let content = |text: &str| Some(Node::Content(text.into()));
        let snapshot = |name: &str, key: &str| Some(Node::Snapshot(name.into(), key.into()));
        for (key, want) in [
            ("content", content("v")),
            ("content.0", content("v")),
            ("content/a.b", content("v")),
            ("contents", None),
            ("image", Some(Node::Image("v".into()))),
            ("image.x", Some(Node::Image("v".into()))),
            ("container/x", Some(Node::Container("v".into()))),
            ("snapshot.overlayfs", snapshot("overlayfs", "v")),
            ("snapshot.overlayfs/x", snapshot("overlayfs", "v")),
            ("snapshot.overlayfs.x", snapshot("overlayfs", "v")),
            ("snapshot.io.stargz/x", snapshot("io.stargz", "v")),
            ("snapshot", None),
        ] {
            assert_eq!(refers(key, "v"), want, "{key}");
        }
    }

    #[test]
    fn conditions_compare_ages() {
        const HOUR: i64 = 3_600_000_000_000;
        let met = |text: &str, age: i64| {
            condition("containerd.io/gc.cond.snapshot.overlayfs/x", text).map(|c| c.is_met(0, age))
        };
        assert_eq!(met("usedat<48h|key", 47 * HOUR), Some(true));
        assert_eq!(met("usedat<48h|key", 49 * HOUR), Some(false));
        assert_eq!(met("usedat>1h30m|key", 2 * HOUR), Some(true));
        assert_eq!(met("usedat>1h30m,usedat<10m|key", HOUR), Some(false));
        assert_eq!(met("usedat<=1h|key", 0), Some(false));
        assert_eq!(met("other<1h|key", 0), Some(false));
        assert_eq!(met("usedat<1h", 0), None);
        let on = condition("containerd.io/gc.cond.snapshot.overlayfs/x", "usedat<1h|a|b").unwrap().on;
        assert_eq!(on, Node::Snapshot("overlayfs".into(), "a|b".into()));
    }
}
