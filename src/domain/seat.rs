//! A seat: a workstation that segments are installed on.

use std::collections::BTreeSet;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::{FreeText, SeatId, Timestamp, Unknown};

/// The record `seats/<seat>`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Seat {
    /// Its id.
    pub id: SeatId,
    /// The address the platform knows the device by.
    pub ip: IpAddr,
    /// The group it belongs to; empty: none.
    #[serde(default, skip_serializing_if = "FreeText::is_empty")]
    pub group: FreeText,
    /// Any number of words.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub tags: BTreeSet<FreeText>,
    /// Free text.
    #[serde(default, skip_serializing_if = "FreeText::is_empty")]
    pub note: FreeText,
    /// Fields of newer versions.
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// A seat as an operator writes it, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct SeatInput {
    /// Its id.
    pub id: SeatId,
    /// Its address.
    pub ip: IpAddr,
    /// Its group; empty: none.
    pub group: String,
    /// Its tags.
    pub tags: Vec<String>,
    /// Free text.
    pub note: String,
}

impl Seat {
    /// What its tag `arch=...` says of its architecture.
    pub fn arch(&self) -> Option<&str> {
        self.tags.iter().find_map(|tag| tag.raw().strip_prefix("arch=")).map(str::trim)
    }
}

impl SeatInput {
    /// The record of it; what newer versions put into the one before is kept.
    pub fn record(&self, before: Option<&Seat>) -> Seat {
        Seat {
            id: self.id.clone(),
            ip: self.ip,
            group: self.group.as_str().into(),
            tags: self.tags.iter().map(|tag| tag.as_str().into()).collect(),
            note: self.note.as_str().into(),
            unknown: before.map(|seat| seat.unknown.clone()).unwrap_or_default(),
        }
    }
}

/// A shard of a list of seats: `bindings/...` and `installed/...`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SeatList {
    /// The seats of this shard, in order.
    pub seats: BTreeSet<SeatId>,
    /// Fields of newer versions.
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// The record `seat-history/<seat>`: newest first, at most [`SeatHistory::MAX`] entries.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SeatHistory {
    /// What happened, newest first.
    pub entries: Vec<SeatEvent>,
    /// Fields of newer versions.
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// One thing that happened on a seat.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SeatEvent {
    /// When it was known.
    pub at: Timestamp,
    /// The install record that asked for it.
    pub record: super::RecordId,
    /// Which attempt of that record.
    pub attempt: u32,
    /// The segment.
    pub segment_id: super::SegmentId,
    /// Install or uninstall.
    pub op: super::SeatOp,
    /// How it ended.
    pub state: super::SeatState,
    /// What the platform said.
    #[serde(default, skip_serializing_if = "FreeText::is_empty")]
    pub message: FreeText,
}

/// What a history says of a segment that `seat verify` found on the seat, or did not find there any more.
const FOUND: &str = "found by seat verify";

impl SeatEvent {
    /// Nobody asked for it here: the platform says that it is there, or is gone.
    pub fn found(at: Timestamp, segment_id: super::SegmentId, op: super::SeatOp) -> Self {
        Self {
            at,
            // There is no install; a history tells its events apart by this.
            record: super::RecordId::new(at),
            attempt: 1,
            segment_id,
            op,
            state: super::SeatState::Succeeded,
            message: FOUND.into(),
        }
    }

    /// Was it found so, and not asked for here?
    pub fn is_found(&self) -> bool {
        self.message.raw() == FOUND
    }

    /// The segment came to the seat.
    pub fn has_come(&self) -> bool {
        self.op == super::SeatOp::Install && self.state.moves_installed()
    }
}

impl SeatHistory {
    /// How many entries a seat keeps.
    pub const MAX: usize = 100;

    /// Puts an event in front unless this attempt of this record is there already. `true` if it was new.
    pub fn add(&mut self, event: SeatEvent) -> bool {
        if self.entries.iter().any(|known| known.record == event.record && known.attempt == event.attempt) {
            return false;
        }
        self.entries.insert(0, event);
        self.entries.truncate(Self::MAX);
        true
    }

    /// The other version of the same prefix that was on the seat before this one came, as far back as the history
    /// goes. Of one that came without the history's knowledge: the one that came last.
    pub fn before(&self, id: &super::SegmentId) -> Option<&super::SegmentId> {
        let came = self.entries.iter().filter(|event| event.has_come()).map(|event| &event.segment_id);
        let newest_first: Vec<&super::SegmentId> = came.filter(|of| of.prefix == id.prefix).collect();
        let own = newest_first.iter().position(|of| *of == id).unwrap_or(0);
        newest_first.into_iter().skip(own).find(|of| *of != id)
    }
}

#[cfg(test)]
mod tests {
    use super::super::SeatOp;
    use super::*;

    #[test]
    fn before_a_version_was_the_one_that_came_last_before_it() {
        let mut history = SeatHistory::default();
        for id in ["nav@1", "geo@7", "nav@2", "nav@3", "nav@2"] {
            let at = "2026-11-22T19:00:00Z".parse().unwrap();
            assert!(history.add(SeatEvent::found(at, id.parse().unwrap(), SeatOp::Install)));
        }
        let before = |id: &str| history.before(&id.parse().unwrap()).map(ToString::to_string);
        assert_eq!(before("nav@2").as_deref(), Some("nav@3"));
        assert_eq!(before("nav@3").as_deref(), Some("nav@2"));
        assert_eq!(before("nav@1"), None);
        assert_eq!(before("nav@9").as_deref(), Some("nav@2"), "it came behind our back");
        assert_eq!(before("geo@7"), None);
    }
}
