//! Which platform the records belong to, and whether the one that answers is that one.

use serde::{Deserialize, Serialize};

use super::{FreeText, Timestamp, Unknown};

/// The record `meta/platforms/<remote>`: the platform whose segments and tasks the records speak of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Pin {
    /// Its identity; absent: it has none, and is known by the uids that the records have of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    /// When it was written down.
    pub pinned_at: Timestamp,
    /// By whom.
    pub pinned_by: FreeText,
    /// Why an operator put it in the place of another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<FreeText>,
    /// An operator adopted it, and no recorded uid was seen on it yet.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unproven: bool,
    /// An operator adopted it: what it lacks of what is recorded is removed here once that was confirmed, and not
    /// before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hold_removals: bool,
    /// Fields of newer versions.
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// What a platform knows of the uids in the records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Knows {
    /// There are none to know.
    Nothing,
    /// At least one.
    One,
    /// None of them.
    None,
}

/// Which platform answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answers {
    /// The one of the records.
    Pinned,
    /// It may be taken for the one of the records: its identity is to be written down.
    New,
    /// Another one.
    Other,
}

/// Judges by the identities alone, where both are known; else what the platform knows must be asked.
pub fn by_identity(pin: Option<&Pin>, found: Option<&str>) -> Option<Answers> {
    let pinned = pin?.platform.as_deref()?;
    Some(if pinned == found? { Answers::Pinned } else { Answers::Other })
}

/// Judges by what the platform knows. One without an identity that an operator adopted need not know anything yet.
pub fn by_uids(pin: Option<&Pin>, found: Option<&str>, knows: Knows) -> Answers {
    let has_pinned_identity = pin.is_some_and(|pin| pin.platform.is_some());
    let is_new = pin.is_none() || (!has_pinned_identity && found.is_some());
    match knows {
        Knows::None if found.is_none() && !has_pinned_identity && pin.is_some_and(|pin| pin.unproven) => {
            Answers::Pinned
        }
        Knows::None => Answers::Other,
        Knows::Nothing | Knows::One if is_new => Answers::New,
        Knows::Nothing | Knows::One => Answers::Pinned,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pin(platform: Option<&str>, unproven: bool) -> Pin {
        Pin {
            platform: platform.map(str::to_owned),
            pinned_at: Timestamp::UNIX_EPOCH,
            pinned_by: "a@b".into(),
            reason: None,
            unproven,
            hold_removals: false,
            unknown: Unknown::new(),
        }
    }

    #[test]
    fn two_identities_settle_it() {
        assert_eq!(by_identity(Some(&pin(Some("a"), false)), Some("a")), Some(Answers::Pinned));
        assert_eq!(by_identity(Some(&pin(Some("a"), true)), Some("b")), Some(Answers::Other));
        assert_eq!(by_identity(Some(&pin(Some("a"), false)), None), None);
        assert_eq!(by_identity(Some(&pin(None, false)), Some("a")), None);
        assert_eq!(by_identity(None, Some("a")), None);
    }

    #[test]
    fn one_that_is_met_first_is_pinned_unless_it_knows_nothing_of_what_is_recorded() {
        for found in [None, Some("a")] {
            assert_eq!(by_uids(None, found, Knows::Nothing), Answers::New);
            assert_eq!(by_uids(None, found, Knows::One), Answers::New, "records of before");
            assert_eq!(by_uids(None, found, Knows::None), Answers::Other);
        }
    }

    #[test]
    fn a_server_that_gets_an_identity_is_known_by_its_uids() {
        let anonymous = pin(None, false);
        assert_eq!(by_uids(Some(&anonymous), Some("a"), Knows::One), Answers::New);
        assert_eq!(by_uids(Some(&anonymous), Some("a"), Knows::Nothing), Answers::New);
        assert_eq!(by_uids(Some(&anonymous), Some("a"), Knows::None), Answers::Other);
        assert_eq!(by_uids(Some(&anonymous), None, Knows::One), Answers::Pinned);
        assert_eq!(by_uids(Some(&anonymous), None, Knows::None), Answers::Other);
        // An older server on the same data.
        assert_eq!(by_uids(Some(&pin(Some("a"), false)), None, Knows::One), Answers::Pinned);
        assert_eq!(by_uids(Some(&pin(Some("a"), true)), None, Knows::None), Answers::Other);
    }

    #[test]
    fn one_that_was_adopted_may_know_nothing_yet() {
        assert_eq!(by_uids(Some(&pin(None, true)), None, Knows::None), Answers::Pinned);
        assert_eq!(by_uids(Some(&pin(None, true)), Some("b"), Knows::None), Answers::Other);
    }
}
