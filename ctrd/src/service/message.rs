//! The domain's values as the API's messages, and back, where several services need them.

use std::collections::HashMap;

use prost_types::{FieldMask, Timestamp};

use crate::api::types;
use crate::content::Labels;
use crate::snapshot::Mount;
use crate::store::images::Target;
use crate::timestamp;

/// An empty label is none, as in containerd.
pub fn labels(from: HashMap<String, String>) -> Labels {
    from.into_iter().filter(|(_, value)| !value.is_empty()).collect()
}

pub fn map(labels: Labels) -> HashMap<String, String> {
    labels.into_iter().collect()
}

pub fn time(ns: i64) -> Option<Timestamp> {
    Some(timestamp::to_proto(ns))
}

pub fn paths(mask: Option<FieldMask>) -> Vec<String> {
    mask.map(|m| m.paths).unwrap_or_default()
}

pub fn mounts(from: Vec<Mount>) -> Vec<types::Mount> {
    from.into_iter()
        .map(|m| types::Mount { r#type: m.kind, source: m.source, target: m.target, options: m.options })
        .collect()
}

pub fn mounts_from(from: Vec<types::Mount>) -> Vec<Mount> {
    from.into_iter()
        .map(|m| Mount { kind: m.r#type, source: m.source, target: m.target, options: m.options })
        .collect()
}

pub fn descriptor(from: Target) -> types::Descriptor {
    types::Descriptor {
        media_type: from.media_type,
        digest: from.digest,
        size: from.size,
        annotations: map(from.annotations),
    }
}

pub fn target(from: types::Descriptor) -> Target {
    Target {
        media_type: from.media_type,
        digest: from.digest,
        size: from.size,
        annotations: labels(from.annotations),
    }
}
