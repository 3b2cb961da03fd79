//! What an image may say about its container's labels: anything but what ctrd itself obeys.

use std::collections::HashMap;

use oci_spec::image::Config as ImageConfig;

/// Where clients look for the signal that stops the container.
pub const STOP_SIGNAL: &str = "io.containerd.image.config.stop-signal";
/// The same in config.json, as the image specification's conversion rules have it.
pub const STOP_SIGNAL_ANNOTATION: &str = "org.opencontainers.image.stopSignal";

/// The most bytes that a label's key and value may have together.
pub const MAX: usize = 4096;

/// The container labels that an image gives, and the keys that were left out.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Labels {
    pub kept: HashMap<String, String>,
    pub dropped: Vec<String>,
}

/// Labels in ctrd's and the CRI's own key space are commands (a restart policy, a log program to
/// run as root): an image must not give any (CVE-2026-53488). What is too long is left out too,
/// or the container could not be recorded.
pub fn from_image(image: &ImageConfig) -> Labels {
    let mut labels = Labels::default();
    for (key, value) in image.labels().iter().flatten() {
        if reserved(key) || key.is_empty() || key.len() + value.len() > MAX {
            labels.dropped.push(key.clone());
        } else {
            labels.kept.insert(key.clone(), value.clone());
        }
    }
    labels.dropped.sort();
    let signal = image.stop_signal().as_deref().unwrap_or("SIGTERM");
    labels.kept.insert(STOP_SIGNAL.to_string(), signal.to_string());
    labels
}

fn reserved(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    let domain = key.split('/').next().unwrap_or_default();
    let below = |name: &str| domain == name || domain.ends_with(&format!(".{name}"));
    below("containerd.io") || domain.starts_with("io.containerd") || domain.starts_with("io.cri-containerd")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(json: &str) -> Labels {
        from_image(&serde_json::from_str(json).unwrap())
    }

    #[test]
    fn reserved_labels_are_dropped() {
        let labels = of(r#"{"Labels":{
            "containerd.io/restart.loguri":"binary:///bin/sh",
            "Containerd.io/restart.status":"running",
            "x.containerd.io/a":"1",
            "io.containerd.image.config.stop-signal":"SIGKILL",
            "io.cri-containerd.kind":"container",
            "org.opencontainers.image.title":"t",
            "notcontainerd.io/a":"1"}}"#);
        assert_eq!(labels.dropped.len(), 5, "{:?}", labels.dropped);
        assert_eq!(labels.kept.len(), 3, "{:?}", labels.kept);
        assert_eq!(labels.kept[STOP_SIGNAL], "SIGTERM");
        assert_eq!(labels.kept["org.opencontainers.image.title"], "t");
    }

    #[test]
    fn long_labels_are_dropped() {
        let labels =
            of(&format!(r#"{{"StopSignal":"SIGINT","Labels":{{"a":"{}","b":"c"}}}}"#, "x".repeat(MAX)));
        assert_eq!(labels.dropped, ["a"]);
        assert_eq!(labels.kept[STOP_SIGNAL], "SIGINT");
        assert_eq!(labels.kept["b"], "c");
    }
}
