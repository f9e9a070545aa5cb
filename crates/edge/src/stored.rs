//! Words that the store keeps, in the types of the contract.

use serde::de::DeserializeOwned;
use serde::de::IntoDeserializer;
use serde::de::value::{Error, StrDeserializer};

use crate::{Problem, Result};

/// A stored word, such as a state, in its type. One that the contract does not know is a fault of ours.
pub fn stored<T: DeserializeOwned>(word: &str) -> Result<T> {
    let deserializer: StrDeserializer<'_, Error> = word.into_deserializer();
    T::deserialize(deserializer).map_err(|error| Problem::internal("a stored word", &error))
}

/// [`stored`] of a word that may be missing.
pub fn stored_if_any<T: DeserializeOwned>(word: Option<&str>) -> Result<Option<T>> {
    word.map(stored).transpose()
}
