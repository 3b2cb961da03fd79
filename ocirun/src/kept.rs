//! A value that is kept as JSON until somebody asks for it: most calls read a state and never look
//! at the larger part of it.

use std::marker::PhantomData;

use anyhow::{Context, Result};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};

#[derive(Debug)]
pub struct Kept<T> {
    json: Box<RawValue>,
    kind: PhantomData<T>,
}

impl<T: Serialize + DeserializeOwned> Kept<T> {
    pub fn of(value: &T) -> Result<Self> {
        Ok(Self { json: to_raw_value(value).context("encode")?, kind: PhantomData })
    }

    pub fn get(&self) -> Result<T> {
        serde_json::from_str(self.json.get()).context("parse state.json")
    }
}

impl<T> Clone for Kept<T> {
    fn clone(&self) -> Self {
        Self { json: self.json.clone(), kind: PhantomData }
    }
}

impl<T> Serialize for Kept<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.json.serialize(to)
    }
}

impl<'de, T> Deserialize<'de> for Kept<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(Self { json: Box::deserialize(from)?, kind: PhantomData })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_comes_back_and_is_written_as_it_is() {
        let kept = Kept::of(&vec![1, 2]).unwrap();
        let text = serde_json::to_string(&kept).unwrap();
        assert_eq!(text, "[1,2]");
        assert_eq!(serde_json::from_str::<Kept<Vec<i32>>>(&text).unwrap().get().unwrap(), [1, 2]);
        assert!(serde_json::from_str::<Kept<Vec<i32>>>("\"words\"").unwrap().get().is_err());
    }
}
