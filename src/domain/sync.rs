//! The difference between a remote's complete list and the records, and what came of it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::removals::Removals;
use super::words::{Say, say};
use super::{FreeText, RecordId, SeatId, SegmentId, Timestamp, Unknown};

/// A segment on one side of the comparison.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SyncItem {
    /// The remote's id of it.
    pub uid: String,
    /// The segment.
    pub id: SegmentId,
    /// Why it could not be repaired.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<FreeText>,
    /// Its content is not acceptable: it is not downloaded again until an operator asks for a data sync.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub permanent: bool,
    /// Of what is gone there: the first of the seats that have it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seats: Vec<SeatId>,
    /// How many seats have it.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub seat_count: usize,
}

/// Most seats that an item names.
pub const NAMED_SEATS: usize = 20;

fn is_zero(count: &usize) -> bool {
    *count == 0
}

impl SyncItem {
    /// A segment of which nothing more is to be said.
    pub fn new(uid: &str, id: &SegmentId) -> Self {
        Self {
            uid: uid.to_owned(),
            id: id.clone(),
            reason: None,
            permanent: false,
            seats: Vec::new(),
            seat_count: 0,
        }
    }

    /// The same, with the seats that have it.
    pub fn on(self, seats: &BTreeSet<SeatId>) -> Self {
        Self { seats: seats.iter().take(NAMED_SEATS).cloned().collect(), seat_count: seats.len(), ..self }
    }

    /// The seats that have it, in short: the first names, and how many more. Nothing where none has it.
    pub fn seats_in_short(&self, names: usize) -> Option<Say> {
        if self.seat_count == 0 {
            return None;
        }
        let named: Vec<&str> = self.seats.iter().take(names).map(SeatId::as_str).collect();
        let list = named.join(", ");
        Some(match self.seat_count - named.len() {
            0 => say!("plain", text = list),
            more => say!("and-more", list = list, n = more),
        })
    }
}

/// Which removals always wait for an operator.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Hold {
    /// None; those beyond the limit wait.
    #[default]
    None,
    /// Those of segments that some seat has.
    Installed,
    /// All.
    All,
}

/// What a data sync of one remote did, or would do.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SyncOutcome {
    /// New there, now here.
    pub added: Vec<SyncItem>,
    /// Gone there, now gone here.
    pub removed: Vec<SyncItem>,
    /// Gone there, kept here until an operator confirms.
    pub held: Vec<SyncItem>,
    /// Their files were missing or altered here, and were fetched again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refetched: Vec<SyncItem>,
    /// Could not be repaired, with the reason.
    pub failed: Vec<SyncItem>,
}

/// Most items of each kind that a result keeps; the counts of longer ones are in the log.
const KEPT: usize = 1_000;

/// Most bytes that they may take: the record has its limit.
const KEPT_BYTES: usize = 120 * 1024;

/// As much of an outcome as a record keeps. Names of seats go first, then the last items of each kind.
pub fn kept(mut outcome: SyncOutcome) -> SyncOutcome {
    let bytes = |outcome: &SyncOutcome| serde_json::to_vec(outcome).map_or(0, |bytes| bytes.len());
    let mut items = KEPT;
    let mut seats = NAMED_SEATS;
    loop {
        let SyncOutcome { added, removed, held, refetched, failed } = &mut outcome;
        for list in [added, removed, held, refetched, failed] {
            list.truncate(items);
            list.iter_mut().for_each(|item| item.seats.truncate(seats));
        }
        if bytes(&outcome) <= KEPT_BYTES || items == 1 {
            return outcome;
        }
        if seats > 1 {
            seats /= 2;
        } else {
            items = (items / 2).max(1);
        }
    }
}

/// The record `sync/<remote>`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SyncRecord {
    /// The last request by an operator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<SyncRequest>,
    /// The last finished run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<SyncResult>,
    /// The same of fetching files again, without comparing anything.
    #[serde(default, skip_serializing_if = "Repair::is_empty")]
    pub repair: Repair,
    /// What data sync removed lately without being asked.
    #[serde(default, skip_serializing_if = "Removals::is_empty")]
    pub removals: Removals,
    /// Fields of newer versions.
    #[serde(flatten)]
    pub unknown: Unknown,
}

impl SyncRecord {
    /// Has a request no answer yet?
    pub fn is_waiting(&self) -> bool {
        is_open(self.request.as_ref(), self.result.as_ref())
    }

    /// Does somebody wait for files that are fetched again?
    pub fn wants_repair(&self) -> bool {
        is_open(self.repair.request.as_ref(), self.repair.result.as_ref())
    }
}

fn is_open(request: Option<&SyncRequest>, result: Option<&SyncResult>) -> bool {
    let answered = result.and_then(|result| result.request);
    request.is_some_and(|request| answered.is_none_or(|answered| answered < request.id))
}

/// Files that shall be fetched again: the last request, and its answer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Repair {
    /// The last request by an operator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<SyncRequest>,
    /// The last finished run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<SyncResult>,
}

impl Repair {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// An operator wants a data sync now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SyncRequest {
    /// Its id; the result that answers it names it.
    pub id: RecordId,
    /// When.
    pub at: Timestamp,
    /// `user@host`.
    pub by: FreeText,
    /// Removals that would be held are confirmed.
    #[serde(default)]
    pub confirm: bool,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SyncResult {
    /// The last request that this run or an earlier one answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<RecordId>,
    /// When the first run ended that ended like this; later ones of the interval that find the same leave it.
    pub at: Timestamp,
    /// Why it failed. What it did before is in the records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<FreeText>,
    /// What it did; at most 1,000 items of each kind are kept.
    #[serde(default)]
    pub outcome: SyncOutcome,
}

/// The difference of one complete list to the records.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Difference {
    /// New there, by uid.
    pub new: BTreeMap<String, SegmentId>,
    /// Gone there, by uid.
    pub gone: BTreeMap<String, SegmentId>,
    /// The same id here and there under different uids: for people.
    pub conflicts: BTreeMap<String, SegmentId>,
}

/// Compares a complete list (`uid -> id`) with the records of that remote.
///
/// `here` maps every record of the remote to its uid, absent while it is not published. A record without a uid is never gone;
/// one on the remote with its id is our own fresh upload on its way, or a conflict, and never new.
pub fn compare(
    there: &BTreeMap<String, SegmentId>,
    here: &BTreeMap<SegmentId, Option<String>>,
    tombstones: &BTreeSet<String>,
) -> Difference {
    let known: BTreeSet<&str> = here.values().flatten().map(String::as_str).collect();
    let mut difference = Difference::default();
    for (uid, id) in there {
        if known.contains(uid.as_str()) || tombstones.contains(uid) {
            continue;
        }
        match here.get(id) {
            None => _ = difference.new.insert(uid.clone(), id.clone()),
            Some(Some(other)) if there.contains_key(other) => {
                difference.conflicts.insert(uid.clone(), id.clone());
            }
            Some(_) => {}
        }
    }
    for (id, uid) in here {
        if let Some(uid) = uid
            && !there.contains_key(uid)
        {
            difference.gone.insert(uid.clone(), id.clone());
        }
    }
    difference
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fresh_upload_is_neither_new_nor_gone() {
        let id: SegmentId = "a@1".parse().unwrap();
        let there = BTreeMap::from([("u1".to_owned(), id.clone())]);
        let here = BTreeMap::from([(id, None)]);
        assert_eq!(compare(&there, &here, &BTreeSet::new()), Difference::default());
    }

    #[test]
    fn new_gone_and_tombstones() {
        let id = |text: &str| text.parse::<SegmentId>().unwrap();
        let there = BTreeMap::from([
            ("u1".to_owned(), id("a@1")),
            ("u2".to_owned(), id("b@1")),
            ("u3".to_owned(), id("c@1")),
        ]);
        let here = BTreeMap::from([(id("a@1"), Some("u1".to_owned())), (id("d@1"), Some("u4".to_owned()))]);
        let difference = compare(&there, &here, &BTreeSet::from(["u3".to_owned()]));
        assert_eq!(difference.new.keys().collect::<Vec<_>>(), ["u2"]);
        assert_eq!(difference.gone.keys().collect::<Vec<_>>(), ["u4"]);
    }
}
