//! A stored record as the cache keeps it. Parsing needs no lock and runs beside the reading of the next page.

use std::fmt;
use std::sync::Arc;

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, IgnoredAny, SeqAccess, Visitor};

use super::segment::{self, SegmentRow, Words};
use crate::domain::incarnation::IncarnationRecord;
use crate::domain::install::ActiveInstalls;
use crate::domain::sync::SyncRecord;
use crate::domain::{
    Freeze, InstallLog, InstallRecord, Prefix, RecordId, RemoteKind, Seat, SegmentId, Shard, Shown,
};
use crate::store::keys::{self, Named};
use crate::store::{Entry, Key, LeaderRecord, Revision};

/// What there is to know of one record.
pub(super) enum Parsed {
    Segment(Arc<SegmentRow>),
    Leftover(Arc<SegmentRow>),
    Seat(Seat),
    Bound(Prefix, Shard, u32),
    Installed(SegmentId, Shard, u32),
    Record(SegmentId, InstallRecord, Revision),
    Log(SegmentId, InstallLog, Revision),
    /// A shard of an install record or log: only that it changed.
    InstallShard(RecordId, SegmentId),
    Active(Prefix, ActiveInstalls),
    Sync(RemoteKind, SyncRecord),
    /// `None`: left over, nobody leads.
    Leader(Option<LeaderRecord>),
    Freeze(Freeze),
    Incarnation(IncarnationRecord),
    Meta,
    /// A record that should be readable and is not.
    Unreadable(Key, String),
    /// Not kept: manifests, history, audit, tombstones.
    Ignored,
}

/// Reads a record. What cannot be read becomes a mark.
pub(super) fn parse(entry: Entry, words: &mut Words) -> Parsed {
    let revision = entry.mod_revision;
    let value = &entry.value;
    let parsed = match keys::parse(&entry.key) {
        Named::Segment(id) => {
            segment::read(id, value, revision, words).map(|row| Parsed::Segment(Arc::new(row)))
        }
        Named::Leftover(id) => {
            segment::read(id, value, revision, words).map(|row| Parsed::Leftover(Arc::new(row)))
        }
        Named::Seat(_) => json(value).map(Parsed::Seat),
        Named::Binding(prefix, shard) => count(value).map(|seats| Parsed::Bound(prefix, shard, seats)),
        Named::Installed(id, shard) => count(value).map(|seats| Parsed::Installed(id, shard, seats)),
        Named::InstallRecord(id, _, None) => json(value).map(|record| Parsed::Record(id, record, revision)),
        Named::InstallLog(id, _, None) => json(value).map(|log| Parsed::Log(id, log, revision)),
        Named::InstallRecord(id, record, Some(_)) | Named::InstallLog(id, record, Some(_)) => {
            Ok(Parsed::InstallShard(record, id))
        }
        Named::ActiveInstalls(prefix) => json(value).map(|active| Parsed::Active(prefix, active)),
        Named::Sync(remote) => json(value).map(|sync| Parsed::Sync(remote, sync)),
        Named::Leader if !entry.leased => Ok(Parsed::Leader(None)),
        Named::Leader => json(value).map(|leader| Parsed::Leader(Some(leader))),
        Named::Freeze => json(value).map(Parsed::Freeze),
        Named::Meta if entry.key == keys::incarnation() => json(value).map(Parsed::Incarnation),
        Named::Meta => Ok(Parsed::Meta),
        Named::Other if is_wanted(&entry.key) => {
            return Parsed::Unreadable(entry.key, "its key holds a name that is not allowed".into());
        }
        Named::Other => Ok(Parsed::Ignored),
    };
    // Two records under a wrong key would be shown as each other.
    let misplaced = match &parsed {
        Ok(Parsed::Seat(seat)) => keys::seat(&seat.id) != entry.key,
        Ok(Parsed::Record(id, record, _)) => keys::install_record(id, record.id) != entry.key,
        Ok(Parsed::Log(id, log, _)) => keys::install_log(id, log.id) != entry.key,
        _ => false,
    };
    match parsed {
        Ok(_) if misplaced => Parsed::Unreadable(entry.key, "its id is not that of its key".into()),
        Ok(parsed) => parsed,
        // The error may quote the value.
        Err(error) => Parsed::Unreadable(entry.key, Shown::from(error.to_string().as_str()).into_string()),
    }
}

/// Can the cache read this record, and does it lie under its own key?
pub fn is_readable(entry: &Entry) -> bool {
    !matches!(parse(entry.clone(), &mut Words::default()), Parsed::Unreadable(..))
}

/// Does it lie where the cache keeps everything?
pub(super) fn is_wanted(key: &Key) -> bool {
    let text = key.as_str();
    super::load::PREFIXES.iter().any(|prefix| prefix.ends_with('/') && text.starts_with(prefix))
}

fn json<T: DeserializeOwned>(value: &[u8]) -> Result<T, serde_json::Error> {
    serde_json::from_slice(value)
}

/// The length of a list of seats, without its seats.
fn count(value: &[u8]) -> Result<u32, serde_json::Error> {
    #[derive(Deserialize)]
    struct Counted {
        seats: Length,
    }
    serde_json::from_slice::<Counted>(value).map(|counted| counted.seats.0)
}

struct Length(u32);

impl<'de> Deserialize<'de> for Length {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Counter;
        impl<'de> Visitor<'de> for Counter {
            type Value = Length;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of seats")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seats: A) -> Result<Length, A::Error> {
                let mut length = 0;
                while seats.next_element::<IgnoredAny>()?.is_some() {
                    length += 1;
                }
                Ok(Length(length))
            }
        }
        deserializer.deserialize_seq(Counter)
    }
}
