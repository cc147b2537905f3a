//! Files in shared storage are read again and compared with their records; what was found is noted there.

use serde::Serialize;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::commit::{Audited, try_again};
use super::{Code, Service, ServiceError};
use crate::domain::segment::FileState;
use crate::domain::words::{Say, say};
use crate::domain::{Segment, SegmentId};
use crate::storage::StorageError;
use crate::store::keys::{self, Named};
use crate::store::{self, Entry, ListQuery, Txn};

/// Records read at once: each is 4 KiB at most.
const PAGE: usize = 200;

/// How a file was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum FileFound {
    /// As its record says.
    Ok,
    /// It is not there.
    Missing,
    /// Its bytes are others.
    Altered,
    /// Nobody can say: it, or its record, cannot be read.
    Unreadable,
}

impl FileFound {
    /// As in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Missing => "missing",
            Self::Altered => "altered",
            Self::Unreadable => "unreadable",
        }
    }
}

/// What became of one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Verified {
    /// Whose file.
    pub id: SegmentId,
    /// How it was found.
    pub state: FileFound,
    /// What its record says; absent where that cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// What the file has, where it could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<String>,
    /// It was not well, and was fetched again.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub repaired: bool,
    /// What is wrong and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Say>,
}

/// How far it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VerifyProgress {
    /// A file is being read.
    Reading {
        /// Whose.
        id: SegmentId,
        /// Bytes so far.
        done: u64,
        /// Bytes of the file, as its record says.
        total: u64,
    },
    /// A file was read.
    Found(Verified),
}

/// How many files were found how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct VerifyTotals {
    /// All of them.
    pub total: usize,
    /// As their records say.
    pub ok: usize,
    /// Not there.
    pub missing: usize,
    /// With other bytes.
    pub altered: usize,
    /// Of which nobody can say.
    pub unreadable: usize,
    /// Of the missing and altered ones, those that were fetched again.
    #[serde(skip_serializing_if = "is_none")]
    pub repaired: usize,
}

fn is_none(number: &usize) -> bool {
    *number == 0
}

impl VerifyTotals {
    fn count(&mut self, state: FileFound) {
        self.total += 1;
        match state {
            FileFound::Ok => self.ok += 1,
            FileFound::Missing => self.missing += 1,
            FileFound::Altered => self.altered += 1,
            FileFound::Unreadable => self.unreadable += 1,
        }
    }
}

impl Service {
    /// Reads the files of these segments, of all where none is named, and compares size and sha256 with their
    /// records. A record whose file is missing or altered says so afterwards, one whose file is well again
    /// no longer does; a process that only looks tells it all the same. Segments that are being deleted are left alone.
    ///
    /// # Errors
    /// `notFound` for an unknown id and `conflict` for one that is being deleted, before anything is read;
    /// `conflict` when the records speak of another shared storage; `unavailable`; `failed` when cancelled.
    pub async fn verify(
        &self,
        ids: &[SegmentId],
        told: impl Fn(VerifyProgress) + Send + Sync,
        cancel: &CancellationToken,
    ) -> Result<VerifyTotals, ServiceError> {
        // In another storage every file is missing.
        self.sees_storage().await?;
        let mut totals = VerifyTotals::default();
        let mut found = |verified: Option<Verified>| {
            if let Some(verified) = verified {
                totals.count(verified.state);
                told(VerifyProgress::Found(verified));
            }
        };
        if ids.is_empty() {
            let mut query = ListQuery { limit: PAGE, ..ListQuery::prefix(keys::SEGMENTS) };
            loop {
                let page = self.store.list(&query).await?;
                for entry in &page.entries {
                    found(match store::decode::<Segment>(entry) {
                        Ok(segment) if segment.is_being_deleted() => None,
                        Ok(segment) => self.look_at(&segment, &told, cancel).await?,
                        Err(error) => unreadable(entry, error.say()),
                    });
                }
                // Reading files takes longer than a store remembers.
                if !query.turn_now(&page) {
                    break;
                }
            }
        } else {
            let mut segments = Vec::new();
            for id in ids {
                let segment = self.segment(id).await?;
                if segment.is_being_deleted() {
                    let why = say!("verify-being-deleted", id = id);
                    return Err(ServiceError::new(Code::Conflict, why));
                }
                segments.push(segment);
            }
            for segment in &segments {
                found(self.look_at(segment, &told, cancel).await?);
            }
        }
        Ok(totals)
    }

    /// Reads one file and notes what was found. `None`: the segment went meanwhile.
    async fn look_at(
        &self,
        segment: &Segment,
        told: &(impl Fn(VerifyProgress) + Send + Sync),
        cancel: &CancellationToken,
    ) -> Result<Option<Verified>, ServiceError> {
        let (id, total) = (&segment.id, segment.file_size);
        let heard = |done| told(VerifyProgress::Reading { id: id.clone(), done, total });
        heard(0);
        let mut verified = Verified {
            id: id.clone(),
            state: FileFound::Ok,
            sha256: Some(segment.sha256.clone()),
            found: None,
            repaired: false,
            reason: None,
        };
        let mend = say!("verify-mend", id = id);
        let key = segment.storage_key.as_str();
        match self.storage.sha256(&segment.storage_key, heard, cancel).await {
            Ok((size, sha256)) => {
                if sha256 != segment.sha256 {
                    verified.state = FileFound::Altered;
                    verified.reason = Some(if size == total {
                        say!("verify-other-bytes", key = key, mend = mend)
                    } else {
                        say!("verify-other-size", key = key, size = size, total = total, mend = mend)
                    });
                }
                verified.found = Some(sha256);
            }
            Err(StorageError::NotFound { .. }) => {
                verified.state = FileFound::Missing;
                verified.reason =
                    Some(say!("verify-missing", key = key, url = self.storage.url(), mend = mend));
            }
            Err(error @ StorageError::Cancelled) => return Err(error.into()),
            Err(error) => {
                verified.state = FileFound::Unreadable;
                verified.reason = Some(error.say());
                return Ok(Some(verified));
            }
        }
        let still_there = try_again(id, || self.note(segment, &verified)).await?;
        Ok(still_there.then_some(verified))
    }

    /// Writes what was found where the record says otherwise. `Some(false)`: the record speaks of this file
    /// no longer. `None`: somebody changed it just now.
    async fn note(&self, seen: &Segment, verified: &Verified) -> Result<Option<bool>, ServiceError> {
        let file_state = match verified.state {
            FileFound::Missing => Some(FileState::Missing),
            FileFound::Altered => Some(FileState::Altered),
            FileFound::Ok | FileFound::Unreadable => None,
        };
        let key = keys::segment(&seen.id);
        let Some((entry, now)) = self.read::<Segment>(&key).await? else { return Ok(Some(false)) };
        if now.storage_key != seen.storage_key || now.is_being_deleted() {
            return Ok(Some(false));
        }
        if now.file_state == file_state || self.writes().is_err() {
            return Ok(Some(true));
        }
        let before = json!({ "fileState": now.file_state });
        let changed = Segment { file_state, updated_at: self.clock.now(), ..now };
        let txn = Txn::new().unchanged(key.clone(), entry.mod_revision).put(key, &changed)?;
        let audited = Audited {
            action: "segment.verify",
            object: &seen.id.to_string(),
            before,
            after: json!({ "fileState": file_state, "sha256": verified.found }),
        };
        Ok(self.commit(txn, audited).await?.map(|_| true))
    }
}

/// A record that cannot be read says nothing of its file.
fn unreadable(entry: &Entry, why: Say) -> Option<Verified> {
    let Named::Segment(id) = keys::parse(&entry.key) else { return None };
    Some(Verified {
        id,
        state: FileFound::Unreadable,
        sha256: None,
        found: None,
        repaired: false,
        reason: Some(why),
    })
}
