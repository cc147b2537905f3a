//! What is new on a remote comes here: downloaded and checked some at a time, recorded in batches.

use std::collections::BTreeSet;
use std::pin::pin;
use std::time::Duration;

use futures::future::{Fuse, FusedFuture as _};
use futures::stream::FuturesUnordered;
use futures::{FutureExt as _, StreamExt as _};
use serde_json::json;
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use super::drive::Drive;
use super::resuming::resuming;
use super::step::Trouble;
use crate::archive::Overrides;
use crate::crash;
use crate::domain::sync::SyncItem;
use crate::domain::words::say;
use crate::domain::{CreateState, Format, FreeText, RemoteKind, SegmentId};
use crate::remote::{RemoteSegment, SegmentRepository};
use crate::service::{Audited, Checked, Code, Incoming, ServiceError};
use crate::storage::{Hashed, StorageError};
use crate::store::{self, Txn, TxnOutcome, keys};

/// Files on their way at once: what they wait for, the network and the disk's fsyncs, overlaps.
pub(super) const AT_ONCE: usize = 16;

/// Memory that the files on their way may take together, in MiB; see [`memory`]. Streams with a window go one at a time.
pub(super) const MEMORY: u32 = 64;

/// The largest window of a compressed stream that the archive reader takes, in MiB.
const WINDOW: u32 = 32;

/// Most records of a batch: the record, the manifest and the audit entry of each, and what was left of an earlier one.
const BATCH: usize = store::MAX_OPS / 4;

/// Most bytes of a batch; what is left of a transaction is for the compare of the leadership.
const BATCH_BYTES: usize = store::MAX_TXN_BYTES - 4 * 1024;

/// How long a record may wait for others. Its file is at its place already, where the sweep takes what has no record
/// after an hour.
const LINGER: Duration = Duration::from_millis(20);

/// How often the log tells how far it is.
const TELL: Duration = Duration::from_secs(10);

/// Where an import comes from and goes to.
pub(super) struct Import<'a> {
    pub drive: &'a Drive,
    pub remote: RemoteKind,
    pub repository: &'a dyn SegmentRepository,
}

/// How it ended, in no order.
#[derive(Default)]
pub(super) struct Imported {
    /// Recorded.
    pub added: Vec<SyncItem>,
    /// Not acceptable, or not to be had.
    pub failed: Vec<SyncItem>,
}

/// What became of one of them.
enum Fetched {
    Arrived(Arrived),
    Failed(SyncItem),
}

/// Its file is at its place; its record is still to be made.
struct Arrived {
    id: SegmentId,
    uid: String,
    storage_key: String,
    /// Two compares: no such record, no tombstone.
    txn: Txn,
}

impl Import<'_> {
    /// Imports what it can. Dropped half-way, it leaves records with their files, and files for the sweep.
    ///
    /// # Errors
    /// When our own store or storage fails; what had arrived by then is recorded if that can be.
    pub(super) async fn run(&self, new: Vec<&RemoteSegment>) -> Result<Imported, Trouble> {
        let all = new.len();
        let mut left = new.into_iter();
        let room = Semaphore::new(MEMORY as usize);
        let mut fetching = FuturesUnordered::new();
        let mut committing = pin!(Fuse::terminated());
        let mut waiting: Vec<Arrived> = Vec::new();
        let mut imported = Imported::default();
        let mut broken = None;
        let mut linger = Instant::now();
        let mut told = Instant::now();
        loop {
            while broken.is_none()
                && fetching.len() < AT_ONCE
                && let Some(there) = left.next()
            {
                fetching.push(self.fetch(there, &room));
            }
            let is_due = fetching.is_empty() || waiting.len() >= BATCH || linger <= Instant::now();
            if committing.is_terminated() {
                if !waiting.is_empty() && is_due {
                    committing.set(self.commit(next_batch(&mut waiting)).fuse());
                } else if waiting.is_empty() && fetching.is_empty() {
                    break;
                }
            }
            tokio::select! {
                biased;
                added = &mut committing, if !committing.is_terminated() => imported.added.extend(added?),
                Some(fetched) = fetching.next(), if waiting.len() < BATCH => match fetched {
                    Ok(Fetched::Arrived(one)) => {
                        if waiting.is_empty() {
                            linger = Instant::now() + LINGER;
                        }
                        waiting.push(one);
                    }
                    Ok(Fetched::Failed(item)) => imported.failed.push(item),
                    Err(trouble) => {
                        broken = Some(trouble);
                        fetching.clear();
                    }
                },
                () = sleep_until(linger), if committing.is_terminated() && !waiting.is_empty() => {}
            }
            if told.elapsed() >= TELL {
                told = Instant::now();
                let (added, failed) = (imported.added.len(), imported.failed.len());
                tracing::info!(remote = %self.remote, added, failed, of = all, "data sync imports");
            }
        }
        broken.map_or(Ok(imported), Err)
    }

    /// Downloads and checks a segment, and puts its file where it belongs.
    async fn fetch(&self, there: &RemoteSegment, room: &Semaphore) -> Result<Fetched, Trouble> {
        // Never closed; without a permit it would only take more memory.
        let _room = room.acquire_many(memory(there.file_size, self.remote.format())).await.ok();
        let failed = |reason: FreeText, permanent| {
            Fetched::Failed(SyncItem {
                reason: Some(reason),
                permanent,
                ..SyncItem::new(&there.uid, &there.id)
            })
        };
        match self.try_fetch(there).await {
            Ok(arrived) => Ok(Fetched::Arrived(arrived)),
            Err(Trouble::Service(error)) if error.code != Code::Unavailable => {
                Ok(failed(error.message.into(), error.code == Code::Invalid))
            }
            Err(Trouble::Remote(error)) => Ok(failed(error.to_string().into(), false)),
            Err(trouble) => Err(trouble),
        }
    }

    async fn try_fetch(&self, there: &RemoteSegment) -> Result<Arrived, Trouble> {
        let service = &self.drive.service;
        let never = CancellationToken::new();
        let bytes = resuming(self.repository, &there.uid).map(|chunk| chunk.map_err(std::io::Error::other));
        let max = service.settings.upload.max_file_size;
        let staging = match self.drive.storage.stage(bytes, max, |_| {}, &never).await {
            Ok(staging) => staging,
            // What the download said is what happened; everything else is our own storage's fault.
            Err(StorageError::Source(error)) => {
                let why = say!("download-broke-off", id = &there.id, error = error.to_string());
                return Err(ServiceError::new(Code::Failed, why).into());
            }
            Err(error @ StorageError::TooLarge { .. }) => return Err(ServiceError::from(error).into()),
            // A smaller one may still fit, and whoever waits for this sync shall hear of it.
            Err(error @ StorageError::Full { .. }) => {
                return Err(ServiceError::new(Code::Failed, error.say()).into());
            }
            Err(error) => return Err(error.into()),
        };
        let remote = self.remote;
        let same = |hashed: &Hashed| match hashed.sha256 == there.sha256 {
            true => Ok(()),
            false => Err(say!(
                "download-other-content",
                id = &there.id,
                found = &hashed.sha256,
                remote = remote,
                told = &there.sha256
            )),
        };
        // The remote's word counts for who it is: whoever uploaded it may have overridden what its manifest says.
        let overrides = Overrides {
            prefix: Some(there.id.prefix.to_string()),
            version: Some(there.id.version.to_string()),
            ..Overrides::default()
        };
        let incoming =
            Incoming { file_name: there.file_name.raw(), format: remote.format(), overrides: &overrides };
        let checked = service.check(staging, same, incoming, |_| {}, &never).await?;
        let arrived = self.arrived(there, &checked)?;
        self.drive.storage.promote(&checked.staged, &arrived.storage_key).await?;
        crash::point("import.file.after");
        Ok(arrived)
    }

    /// The part of a batch that records it.
    fn arrived(&self, there: &RemoteSegment, checked: &Checked) -> Result<Arrived, Trouble> {
        let service = &self.drive.service;
        let mut segment =
            service.new_segment(checked, there.file_name.raw().to_owned(), self.remote.format());
        segment.is_local = false;
        segment.created_by = "data sync".into();
        segment.create_status.state = CreateState::Succeeded;
        segment.set_uid(there.uid.clone());
        let id = segment.id.clone();
        let entry = service.audit_entry(Audited {
            action: "sync.import",
            object: &id.to_string(),
            before: serde_json::Value::Null,
            after: json!({ "uid": there.uid, "sha256": segment.sha256 }),
        });
        let txn = Txn::new()
            .absent(keys::segment(&id))
            .absent(keys::tombstone(self.remote, &there.uid))
            .put(keys::segment(&id), &segment)?
            .put(keys::manifest(&id), &checked.contents.manifest_whole)?
            .delete(keys::leftover(&id))
            .put(keys::audit(entry.id), &entry)?;
        Ok(Arrived { id, uid: there.uid.clone(), storage_key: segment.storage_key, txn })
    }

    /// Records a batch, without those that came here by another way meanwhile.
    async fn commit(&self, mut batch: Vec<Arrived>) -> Result<Vec<SyncItem>, Trouble> {
        let mut unwanted = Vec::new();
        while !batch.is_empty() {
            let mut txn = Txn::new();
            for one in &batch {
                txn.compares.extend_from_slice(&one.txn.compares);
                txn.ops.extend_from_slice(&one.txn.ops);
            }
            match self.drive.leader.commit(txn).await? {
                TxnOutcome::Done(_) => {
                    crash::point("import.commit.after");
                    break;
                }
                TxnOutcome::Refused { found, .. } => {
                    let mut is_here = found.chunks(2).map(|found| found.iter().any(Option::is_some));
                    let (here, rest): (Vec<_>, Vec<_>) =
                        batch.into_iter().partition(|_| is_here.next().unwrap_or(false));
                    if here.is_empty() {
                        return Err(Trouble::Conflict);
                    }
                    unwanted.extend(here);
                    batch = rest;
                }
            }
        }
        // An error above leaves their files to the sweep: the records may have been made.
        for one in unwanted {
            self.drive.storage.delete(&one.storage_key).await?;
        }
        Ok(batch.into_iter().map(|one| SyncItem::new(&one.uid, &one.id)).collect())
    }
}

/// What a file may take on its way, in MiB: pieces between network and disk, the parts of an upload to a bucket,
/// and the window of a compressed stream, which an `.mpk` may be: however small, it may ask for the largest.
pub(super) fn memory(size: u64, format: Format) -> u32 {
    let mib = u32::try_from(size >> 20).unwrap_or(u32::MAX);
    let window = match format {
        Format::Zip => 0,
        Format::Mpk => WINDOW,
    };
    (2 + mib.min(30) + window).min(MEMORY)
}

/// As many of the first as a transaction takes. An id that is there twice has to wait for its next turn.
fn next_batch(waiting: &mut Vec<Arrived>) -> Vec<Arrived> {
    let mut ids = BTreeSet::new();
    let mut bytes = 0;
    let (batch, rest) = std::mem::take(waiting).into_iter().partition(|one| {
        bytes += one.txn.bytes();
        (ids.is_empty() || bytes <= BATCH_BYTES) && ids.len() < BATCH && ids.insert(one.id.clone())
    });
    *waiting = rest;
    batch
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{MAX_VALUE_BYTES, Op};

    fn arrived(id: &str, uid: &str, bytes: usize) -> Arrived {
        let id: SegmentId = id.parse().unwrap();
        let txn =
            Txn { ops: vec![Op::Put(keys::manifest(&id), vec![b'x'; bytes].into(), None)], ..Txn::new() };
        Arrived { id, uid: uid.to_owned(), storage_key: String::new(), txn }
    }

    fn uids(batch: &[Arrived]) -> Vec<&str> {
        batch.iter().map(|one| one.uid.as_str()).collect()
    }

    #[test]
    fn an_id_that_is_there_twice_waits() {
        let mut waiting = vec![arrived("a@1", "u1", 9), arrived("a@1", "u2", 9), arrived("b@1", "u3", 9)];
        assert_eq!(uids(&next_batch(&mut waiting)), ["u1", "u3"]);
        assert_eq!(uids(&next_batch(&mut waiting)), ["u2"]);
        assert!(waiting.is_empty());
    }

    #[test]
    fn a_batch_fits_a_transaction() {
        let mut waiting: Vec<Arrived> =
            (0..7).map(|n| arrived(&format!("a@{n}"), &n.to_string(), MAX_VALUE_BYTES)).collect();
        let mut came = 0;
        while !waiting.is_empty() {
            let batch = next_batch(&mut waiting);
            came += batch.len();
            let txn = Txn { ops: batch.into_iter().flat_map(|one| one.txn.ops).collect(), ..Txn::new() };
            assert!(!txn.ops.is_empty());
            txn.check().unwrap();
        }
        assert_eq!(came, 7);
    }

    #[test]
    fn files_leave_room_as_they_need_it() {
        let sizes = [0, 1 << 20, 30 << 20, 32 << 30];
        assert_eq!(sizes.map(|size| memory(size, Format::Zip)), [2, 3, 32, 32]);
        assert_eq!(sizes.map(|size| memory(size, Format::Mpk)), [34, 35, 64, 64]);
        assert!(memory(100_000, Format::Zip) * AT_ONCE as u32 <= MEMORY);
    }
}
