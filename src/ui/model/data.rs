//! What the console knows of the records, and how it learns more.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::domain::explain::{self, Usual};
use crate::domain::sync::SyncRecord;
use crate::domain::words::Say;
use crate::domain::{
    CreateState, DeleteState, FreeText, Freeze, Prefix, RecordId, RemoteKind, SeatId, SegmentId, Timestamp,
};
use crate::service::{MissingRequirement, Offered, Seen};
use crate::store::LeaderRecord;
use crate::ui::rows::{InstallRow, SeatRow, SegmentRow};

/// Can what is shown be trusted?
#[derive(Debug, Clone, PartialEq)]
pub enum Freshness {
    /// The first list is on its way; so many rows are here.
    Loading(usize),
    /// As the store is, at this revision.
    Live(i64),
    /// As the store was at this moment, and why nothing newer comes.
    Stale(Timestamp, Say),
}

/// Everything known, in order of ids.
#[derive(Debug, Clone)]
pub struct Data {
    /// Can it be trusted?
    pub freshness: Freshness,
    /// The revision of what is shown: what an operator decides on. Absent before the first complete list.
    pub seen: Seen,
    /// By id.
    pub segments: Vec<Arc<SegmentRow>>,
    /// By id.
    pub seats: Vec<Arc<SeatRow>>,
    /// By record id.
    pub installs: Vec<Arc<InstallRow>>,
    /// How many seats are bound.
    pub bound: HashMap<Prefix, usize>,
    /// How many seats have it.
    pub installed: HashMap<SegmentId, usize>,
    /// Last request and result of data sync.
    pub sync: BTreeMap<RemoteKind, SyncRecord>,
    /// Who drives the controllers.
    pub leader: Option<LeaderRecord>,
    /// No new task is sent to any seat.
    pub freeze: Option<Freeze>,
    /// Records that cannot be read, and so are shown nowhere.
    pub unreadable: usize,
}

impl Default for Data {
    fn default() -> Self {
        Self {
            freshness: Freshness::Loading(0),
            seen: None,
            segments: Vec::new(),
            seats: Vec::new(),
            installs: Vec::new(),
            bound: HashMap::new(),
            installed: HashMap::new(),
            sync: BTreeMap::new(),
            leader: None,
            freeze: None,
            unreadable: 0,
        }
    }
}

/// What changed since the last one. Absent values: gone.
#[derive(Debug, Clone, Default)]
pub struct Delta {
    /// The revision of all that is shown with it.
    pub seen: Seen,
    /// Everything anew; what follows is applied on top of it.
    pub all: Option<Box<Data>>,
    /// Segments.
    pub segments: BTreeMap<SegmentId, Option<Arc<SegmentRow>>>,
    /// Seats.
    pub seats: BTreeMap<SeatId, Option<Arc<SeatRow>>>,
    /// Installs.
    pub installs: BTreeMap<RecordId, Option<Arc<InstallRow>>>,
    /// Numbers of bound seats.
    pub bound: BTreeMap<Prefix, usize>,
    /// Numbers of installed seats.
    pub installed: BTreeMap<SegmentId, usize>,
    /// Data sync.
    pub sync: BTreeMap<RemoteKind, SyncRecord>,
    /// Who drives the controllers now.
    pub leader: Option<Option<LeaderRecord>>,
    /// Whether tasks are sent now.
    pub freeze: Option<Option<Freeze>>,
    /// How many records cannot be read now.
    pub unreadable: Option<usize>,
    /// Trust.
    pub freshness: Option<Freshness>,
}

impl Delta {
    /// Nothing changed.
    pub fn is_empty(&self) -> bool {
        self.all.is_none()
            && self.segments.is_empty()
            && self.seats.is_empty()
            && self.installs.is_empty()
            && self.bound.is_empty()
            && self.installed.is_empty()
            && self.sync.is_empty()
            && self.leader.is_none()
            && self.freeze.is_none()
            && self.unreadable.is_none()
            && self.freshness.is_none()
    }
}

impl Data {
    /// A segment.
    pub fn segment(&self, id: &SegmentId) -> Option<&Arc<SegmentRow>> {
        let at = self.segments.binary_search_by(|row| row.id.cmp(id)).ok()?;
        self.segments.get(at)
    }

    /// An install.
    pub fn install(&self, id: RecordId) -> Option<&Arc<InstallRow>> {
        let at = self.installs.binary_search_by(|row| row.id.cmp(&id)).ok()?;
        self.installs.get(at)
    }

    /// All versions of a prefix, in order of their ids.
    pub fn versions(&self, prefix: &Prefix) -> &[Arc<SegmentRow>] {
        let start = self.segments.partition_point(|row| row.id.prefix < *prefix);
        let length =
            self.segments.get(start..).unwrap_or_default().partition_point(|row| row.id.prefix == *prefix);
        self.segments.get(start..start + length).unwrap_or_default()
    }

    /// Which of these requirements are not met, or why that is not known.
    ///
    /// # Errors
    /// Since when nothing is known, or what is still on its way: only a live view tells what is not there.
    pub fn missing(&self, requires: &[FreeText]) -> Result<Vec<MissingRequirement>, Freshness> {
        if !matches!(self.freshness, Freshness::Live(_)) {
            return Err(self.freshness.clone());
        }
        let offered = |prefix: &Prefix| {
            self.versions(prefix)
                .iter()
                .filter(|row| row.removed_at.is_none())
                .map(|row| Offered {
                    id: row.id.clone(),
                    is_published: row.create_state == CreateState::Succeeded,
                    is_being_deleted: row.delete_state == Some(DeleteState::Processing),
                })
                .collect()
        };
        Ok(requires.iter().filter_map(|text| MissingRequirement::of(text, offered)).collect())
    }

    /// How many seats a prefix is bound to.
    pub fn bound(&self, prefix: &Prefix) -> usize {
        self.bound.get(prefix).copied().unwrap_or(0)
    }

    /// How many seats have a segment.
    pub fn installed(&self, id: &SegmentId) -> usize {
        self.installed.get(id).copied().unwrap_or(0)
    }

    /// Unfinished installs of any version of a prefix, newest first.
    pub fn active<'a>(&'a self, prefix: &'a Prefix) -> impl Iterator<Item = &'a Arc<InstallRow>> {
        self.installs
            .iter()
            .rev()
            .filter(move |row| row.segment_id.prefix == *prefix && !row.state.is_terminal())
    }

    /// How long the last installs of a prefix took.
    pub fn usual(&self, prefix: &Prefix) -> Option<Usual> {
        let of_it = self.installs.iter().rev().filter(|row| row.segment_id.prefix == *prefix);
        Usual::of(
            of_it.filter_map(|row| explain::took(row.state, row.attempt, row.begun_at, row.finished_at)),
        )
    }

    /// Puts in, replaces or takes out one row of a list in order.
    pub fn put<R, K: Ord>(list: &mut Vec<Arc<R>>, key: &K, of: impl Fn(&R) -> &K, row: Option<Arc<R>>) {
        match (list.binary_search_by(|known| of(known).cmp(key)), row) {
            (Ok(at), Some(row)) => list[at] = row,
            (Ok(at), None) => _ = list.remove(at),
            (Err(at), Some(row)) => list.insert(at, row),
            (Err(_), None) => {}
        }
    }
}
