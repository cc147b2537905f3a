//! What was seen in another life of the records is no ground for a change.

use serde_json::json;

use super::commit::Audited;
use super::seen::Seen;
use super::{Code, Service, ServiceError};
use crate::domain::SeenAt;
use crate::domain::incarnation::{Incarnation, IncarnationRecord};
use crate::domain::words::word;
use crate::store::{self, Entry, Revision, Txn, keys};

/// As what the record of the incarnation was read, where a change rests on it.
#[must_use]
#[derive(Debug, Clone, Copy)]
pub(super) struct SameLife(Option<Revision>);

impl SameLife {
    /// Requires that nobody has noticed a step back since.
    pub(super) fn guard(self, txn: Txn) -> Txn {
        match self.0 {
            Some(revision) => txn.unchanged(keys::incarnation(), revision),
            None => txn,
        }
    }
}

impl Service {
    /// The life of the records that reads are of; absent where nothing has ever been changed, or by an older program.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn incarnation(&self) -> Result<Option<Incarnation>, ServiceError> {
        let (_, entry) = self.store.get(&keys::incarnation()).await?;
        Ok(self.life_of(entry.as_ref()))
    }

    /// The same from the record as it was read. One that cannot be read is of no life that anybody could name.
    pub(super) fn life_of(&self, entry: Option<&Entry>) -> Option<Incarnation> {
        let record = entry.and_then(store::decode_or_warn::<IncarnationRecord>)?;
        Some(record.seen_in(self.store.cluster()))
    }

    /// Refuses what was seen before the store stepped back: in another life of the records, or at a revision that is yet
    /// to come. To be asked before anything is read that the change rests on.
    pub(super) async fn same_life(&self, seen: Seen) -> Result<SameLife, ServiceError> {
        let Some(seen) = seen else { return Ok(SameLife(None)) };
        self.notice_step_back().await?;
        let (revision, entry) = self.store.get(&keys::incarnation()).await?;
        let other = seen.incarnation.is_some() && seen.incarnation != self.life_of(entry.as_ref());
        if other || seen.revision > revision {
            return Err(ServiceError::new(Code::Conflict, word!("seen-before-step-back")));
        }
        Ok(SameLife(Some(entry.map_or(0, |entry| entry.mod_revision))))
    }

    /// What is seen of something that was read at this revision, with the incarnation read before it.
    pub(super) fn seen_at(revision: Revision, incarnation: Option<Incarnation>) -> SeenAt {
        SeenAt { revision, incarnation }
    }

    /// Makes known that the store answered with an earlier revision than this process has seen.
    ///
    /// # Errors
    /// When it cannot be written; whoever asks next tries again.
    pub(crate) async fn notice_step_back(&self) -> Result<(), ServiceError> {
        let Some(step) = self.store.stepped_back() else { return Ok(()) };
        let found = self.read::<IncarnationRecord>(&keys::incarnation()).await?;
        // Whoever was quicker has written it since.
        if found.is_none_or(|(entry, _)| entry.mod_revision <= step.to) {
            self.begin_anew(step.from, step.to).await?;
        }
        self.store.step_back_is_known(step);
        Ok(())
    }

    /// Begins another life of the records: the store had come to one revision, and is at an earlier one.
    pub(crate) async fn begin_anew(&self, from: Revision, to: Revision) -> Result<(), ServiceError> {
        let (_, entry) = self.store.get(&keys::incarnation()).await?;
        let before = entry.as_ref().and_then(store::decode_or_warn::<IncarnationRecord>);
        let now = self.clock.now();
        let mut after = IncarnationRecord::begin(now, self.store.cluster());
        after.stepped_back_at = Some(now);
        let old = before.map(|record| {
            after.unknown = record.unknown;
            record.incarnation
        });
        let txn = Txn::new().still(keys::incarnation(), entry.as_ref()).put(keys::incarnation(), &after)?;
        let audited = Audited {
            action: "store.steppedBack",
            object: "store",
            before: json!({ "revision": from, "incarnation": old }),
            after: json!({ "revision": to, "incarnation": after.incarnation }),
        };
        // Where somebody was quicker, it is written as well.
        if self.commit(txn, audited).await?.is_some() {
            tracing::warn!(from, to, "the store stepped back: it was restored, emptied, or is another one");
        }
        Ok(())
    }

    /// Writes the record where there is none yet: records of an older program.
    pub(crate) async fn have_incarnation(&self) -> Result<IncarnationRecord, ServiceError> {
        loop {
            if let Some((_, record)) = self.read::<IncarnationRecord>(&keys::incarnation()).await? {
                return Ok(record);
            }
            let record = IncarnationRecord::begin(self.clock.now(), self.store.cluster());
            let txn = Txn::new().absent(keys::incarnation()).put(keys::incarnation(), &record)?;
            self.writes()?.store.txn(self.in_our_format(txn).await?).await?;
        }
    }
}
