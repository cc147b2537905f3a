//! How much the sweep may take out of shared storage by itself, and what it has to leave to an operator.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{FreeText, RecordId, Timestamp, Unknown, clock};

/// What was moved within this time counts against the share: a week, and the hour that one note stands for.
const WEEK: Duration = Duration::from_secs((7 * 24 + 1) * 3600);

/// What goes within this time is one note.
const HOUR: Duration = Duration::from_secs(3600);

/// So many may go, however few files there are.
const FEW: usize = 3;

/// A larger share of all files waits for an operator, in percent.
const SHARE: usize = 10;

/// After the store was restored, or given its storage, nothing goes by itself for so long: what the records lack may
/// be what they lost.
pub const PAUSE: Duration = Duration::from_secs(24 * 3600);

/// The record `sweep`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SweepRecord {
    /// What went within the last week without an operator's word, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub moved: Vec<Moved>,
    /// The last request by an operator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<SweepRequest>,
    /// How the last run ended that had something to tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<SweepResult>,
    /// Fields of newer versions.
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// Files that went at one time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Moved {
    /// When.
    pub at: Timestamp,
    /// How many.
    pub files: usize,
}

/// An operator wants a sweep now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SweepRequest {
    /// Its id; the result that answers it names it.
    pub id: RecordId,
    /// When.
    pub at: Timestamp,
    /// `user@host`.
    pub by: FreeText,
    /// What would be held is confirmed.
    #[serde(default)]
    pub confirm: bool,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SweepResult {
    /// The last request that this run or an earlier one answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<RecordId>,
    /// When it ended.
    pub at: Timestamp,
    /// Files without a record that are in the trash now.
    pub moved: usize,
    /// Files without a record that wait for an operator's word.
    pub held: usize,
    /// Why they wait.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<Hold>,
    /// The first of those that went or wait, by their place in shared storage.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub first: Vec<String>,
}

/// Why the sweep waits for an operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Hold {
    /// They are too large a share of all files, with what went in the last week.
    Share,
    /// The records went back to an older state a short time ago.
    SteppedBack,
    /// The storage was given to this site a short time ago.
    Adopted,
    /// Entries of the trash cannot be read: the files may be theirs.
    Unreadable,
}

impl SweepRecord {
    /// Has a request no answer yet?
    pub fn is_waiting(&self) -> bool {
        let answered = self.result.as_ref().and_then(|result| result.request);
        self.request.as_ref().is_some_and(|request| answered.is_none_or(|answered| answered < request.id))
    }

    /// How many went by themselves within the last week.
    pub fn moved_lately(&self, now: Timestamp) -> usize {
        self.moved.iter().filter(|moved| clock::after(moved.at, WEEK) > now).map(|moved| moved.files).sum()
    }

    /// Notes what went now, and forgets what is older than a week; there are never more than 170 notes.
    pub fn note(&mut self, files: usize, now: Timestamp) {
        self.moved.retain(|moved| clock::after(moved.at, WEEK) > now);
        match self.moved.last_mut() {
            Some(last) if clock::after(last.at, HOUR) > now => last.files += files,
            _ => self.moved.push(Moved { at: now, files }),
        }
    }
}

/// Must so many orphans among `files` wait, when `lately` went within a week?
pub fn exceeds_share(orphans: usize, lately: usize, files: usize) -> bool {
    let gone = orphans + lately;
    orphans > 0 && gone > FEW && gone * 100 > (files + lately) * SHARE
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hours: u64) -> Timestamp {
        clock::after(Timestamp::UNIX_EPOCH, Duration::from_secs(hours * 3600))
    }

    #[test]
    fn a_landslide_waits_also_in_small_steps() {
        assert!(!exceeds_share(3, 0, 3), "three are few");
        assert!(exceeds_share(4, 0, 20));
        assert!(!exceeds_share(4, 0, 40));
        assert!(exceeds_share(1, 3, 20), "what went before counts");
        assert!(!exceeds_share(0, 100, 20), "nothing is left to hold");
    }

    #[test]
    fn a_week_is_remembered_and_no_more() {
        let mut record = SweepRecord::default();
        for hour in 0..1000 {
            record.note(1, at(hour));
            assert!(record.moved.len() <= 170);
        }
        let lately = record.moved_lately(at(999));
        assert!((168..=170).contains(&lately), "{lately}");
        assert_eq!(record.moved_lately(at(2000)), 0);
    }

    #[test]
    fn a_request_waits_until_it_is_answered() {
        let request =
            |hour| SweepRequest { id: RecordId::new(at(hour)), at: at(hour), by: "x".into(), confirm: true };
        let mut record = SweepRecord { request: Some(request(5)), ..SweepRecord::default() };
        assert!(record.is_waiting());
        let answer = record.request.as_ref().map(|request| request.id);
        let result =
            SweepResult { request: answer, at: at(6), moved: 0, held: 0, why: None, first: Vec::new() };
        record.result = Some(result);
        assert!(!record.is_waiting());
        record.request = Some(request(7));
        assert!(record.is_waiting());
    }
}
