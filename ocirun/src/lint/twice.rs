//! Names that stand twice in one object. The last one counts, which few who write the first one know.

use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::{Finding, join};

/// The text is known to be JSON.
pub fn look(text: &[u8], found: &mut Vec<Finding>) {
    let _ = Walk { at: "", found }.deserialize(&mut serde_json::Deserializer::from_slice(text));
}

/// What stands at one place.
struct Walk<'a> {
    at: &'a str,
    found: &'a mut Vec<Finding>,
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut seen = HashSet::new();
        while let Some(name) = map.next_key::<String>()? {
            let at = join(self.at, &name);
            map.next_value_seed(Walk { at: &at, found: self.found })?;
            if !seen.insert(name) {
                self.found.push(Finding::ignored(at, "it stands here twice, and the last one counts"));
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        for number in 0.. {
            let at = format!("{}[{number}]", self.at);
            if list.next_element_seed(Walk { at: &at, found: self.found })?.is_none() {
                break;
            }
        }
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_stand_twice() {
        let text = br#"{"a": [1, {"b": null, "c": 1.5, "b": true}], "a.b": "x", "a": {}, "a": -1, "a.b": 1}"#;
        let mut found = Vec::new();
        look(text, &mut found);
        let paths: Vec<_> = found.iter().map(|f| f.path.as_str()).collect();
        assert_eq!(paths, ["a[1].b", "a", "a", r#"["a.b"]"#]);
    }
}
