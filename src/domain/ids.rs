//! Names that are part of keys, checked once at the border and typed ever after.
//!
//! A name is 1 to 128 bytes (a seat id 48) of letters and digits of any script and `. _ - +`, without
//! a leading dot. So no name can hold a `/` or an `@`, and keys and segment ids split without doubt.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::domain::words::{Say, Word, say, word};

/// Why a text is not a name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.say())]
pub enum NameError {
    /// Nothing there.
    Empty {
        /// Which kind of name.
        what: Word,
    },
    /// Longer than the key layout allows.
    TooLong {
        /// Which kind of name.
        what: Word,
        /// Its length in bytes.
        bytes: usize,
        /// The longest allowed, in bytes.
        max: usize,
    },
    /// A character outside the allowed set.
    Character {
        /// Which kind of name.
        what: Word,
        /// The first character that is not allowed.
        character: char,
    },
    /// `.hidden` and `..` are not names.
    LeadingDot {
        /// Which kind of name.
        what: Word,
    },
    /// A segment id without its `@`.
    NoAt {
        /// What was given.
        text: String,
    },
}

impl NameError {
    /// In words.
    pub fn say(&self) -> Say {
        match self {
            Self::Empty { what } => say!("name-empty", what = *what),
            Self::TooLong { what, bytes, max } => {
                say!("name-too-long", what = *what, bytes = *bytes, max = *max)
            }
            Self::Character { what, character } => {
                say!("name-character", what = *what, character = format!("{character:?}"))
            }
            Self::LeadingDot { what } => say!("name-leading-dot", what = *what),
            Self::NoAt { text } => say!("name-no-at", text = format!("{text:?}")),
        }
    }
}

fn check(what: Word, text: &str, max: usize) -> Result<(), NameError> {
    if text.is_empty() {
        return Err(NameError::Empty { what });
    }
    if text.len() > max {
        return Err(NameError::TooLong { what, bytes: text.len(), max });
    }
    if text.starts_with('.') {
        return Err(NameError::LeadingDot { what });
    }
    match text.chars().find(|c| !(c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '+'))) {
        Some(character) => Err(NameError::Character { what, character }),
        None => Ok(()),
    }
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $what:expr, $max:literal) => {
        $(#[$doc])*
        // Shared: names are keys of maps and part of rows at once, a hundred thousand times.
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The longest one, in bytes.
            pub const MAX_BYTES: usize = $max;

            /// The text; safe in a key and on a terminal.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = NameError;
            fn from_str(text: &str) -> Result<Self, NameError> {
                check($what, text, $max)?;
                Ok(Self(text.into()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

name!(
    /// The short identifier that all versions of a segment share.
    Prefix,
    word!("name-prefix"),
    128
);
name!(
    /// The version of a segment, as its manifest writes it; see [`super::version`] for the order.
    Version,
    word!("name-version"),
    128
);
name!(
    /// The id of a seat.
    SeatId,
    word!("name-seat"),
    48
);

/// `<prefix>@<version>`, the id of a segment.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SegmentId {
    /// The part that all versions share.
    pub prefix: Prefix,
    /// This one's version.
    pub version: Version,
}

impl SegmentId {
    /// Puts an id together.
    pub fn new(prefix: Prefix, version: Version) -> Self {
        Self { prefix, version }
    }

    /// The same prefix in another version.
    pub fn is_other_version(&self, other: &Self) -> bool {
        self.prefix == other.prefix && self.version != other.version
    }
}

impl fmt::Display for SegmentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (prefix, version) = (self.prefix.as_str(), self.version.as_str());
        if f.width().is_some() || f.precision().is_some() {
            return f.pad(&format!("{prefix}@{version}"));
        }
        f.write_str(prefix)?;
        f.write_str("@")?;
        f.write_str(version)
    }
}

impl FromStr for SegmentId {
    type Err = NameError;
    fn from_str(text: &str) -> Result<Self, NameError> {
        let (prefix, version) =
            text.split_once('@').ok_or_else(|| NameError::NoAt { text: text.chars().take(200).collect() })?;
        Ok(Self { prefix: prefix.parse()?, version: version.parse()? })
    }
}

impl Serialize for SegmentId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for SegmentId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// A time-ordered id (ULID) of an install record or an audit entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RecordId(ulid::Ulid);

impl RecordId {
    /// A new id at `now`; ids of one millisecond differ in their random part.
    pub fn new(now: super::Timestamp) -> Self {
        let random = ulid::Ulid::generate().random();
        Self(ulid::Ulid::from_parts(u64::try_from(now.as_millisecond()).unwrap_or(0), random))
    }

    /// The id of what is made once of these parts: whoever makes it again gets the same one.
    pub fn derived(at: super::Timestamp, parts: &[&str]) -> Self {
        use sha2::Digest as _;
        let mut hash = sha2::Sha256::new();
        for part in parts {
            hash.update(part.len().to_be_bytes());
            hash.update(part);
        }
        let random =
            hash.finalize().iter().take(10).fold(0, |random: u128, byte| random << 8 | u128::from(*byte));
        Self(ulid::Ulid::from_parts(u64::try_from(at.as_millisecond()).unwrap_or(0), random))
    }

    /// No id of this moment or a later one comes before it.
    pub fn first_at(at: super::Timestamp) -> Self {
        Self(ulid::Ulid::from_parts(u64::try_from(at.as_millisecond()).unwrap_or(0), 0))
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0.to_string())
    }
}

impl FromStr for RecordId {
    type Err = Say;
    fn from_str(text: &str) -> Result<Self, Say> {
        ulid::Ulid::from_string(text).map(Self).map_err(|_| {
            let beginning: String = text.chars().take(64).collect();
            say!("name-no-record", text = format!("{beginning:?}"))
        })
    }
}

/// Names one effect at a remote. Every leader derives the same one for the same work, so that an open
/// intent can be looked up after a crash; repeating it at the remote repeats the answer, not the effect.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OperationId(String);

impl OperationId {
    /// Joins what makes the work unique, e.g. `["create", id, create revision, sha256]`.
    pub fn derive(parts: &[&str]) -> Self {
        Self(parts.join(":"))
    }

    /// The request id to send.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OperationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_any_script_are_taken() {
        for good in ["nav-core", "导航核心", "a+b_c.d", "4.2.0.0", "é"] {
            assert_eq!(good.parse::<Prefix>().unwrap().as_str(), good);
        }
    }

    #[test]
    fn hostile_names_are_refused() {
        for bad in ["", ".x", "a/b", "a@b", "a b", "a\0", "\u{202e}x", "a\n", &"x".repeat(129)] {
            assert!(bad.parse::<Prefix>().is_err(), "{bad:?}");
        }
        assert!("s".repeat(49).parse::<SeatId>().is_err());
    }

    #[test]
    fn segment_ids_split_at_their_only_at() {
        let id: SegmentId = "nav-core@2.1.0".parse().unwrap();
        assert_eq!((id.prefix.as_str(), id.version.as_str()), ("nav-core", "2.1.0"));
        assert!("nav-core".parse::<SegmentId>().is_err());
        assert!("a@b@c".parse::<SegmentId>().is_err());
    }
}
