//! Durations in settings.

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serializer};

use crate::domain::span;

pub(super) fn serialize<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&span::shown(*duration))
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(deserializer)?;
    span::parse(&text).map_err(serde::de::Error::custom)
}
