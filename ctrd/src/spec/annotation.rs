//! The annotations of a specification, without a look at all the rest of it.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::Value;

/// Those of a config.json; none where it cannot be read, which the runtime refuses.
pub fn read(spec: &[u8]) -> HashMap<String, Value> {
    #[derive(Deserialize)]
    struct Spec {
        annotations: Option<HashMap<String, Value>>,
    }
    serde_json::from_slice::<Spec>(spec).ok().and_then(|spec| spec.annotations).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_found_in_what_can_be_read() {
        let of = |text: &str| read(text.as_bytes());
        assert_eq!(of(r#"{"linux":{"a":[1,{}]},"annotations":{"k":"v"}}"#)["k"], "v");
        for none in ["{}", r#"{"annotations":null}"#, "{", "", "[]"] {
            assert!(of(none).is_empty(), "{none}");
        }
    }
}
