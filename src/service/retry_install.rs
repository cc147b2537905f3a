//! What a retry of an install rests on: the seats that it takes up must pass what an install of them would have to.

use std::collections::{BTreeMap, BTreeSet};

use super::install::GUARDED;
use super::plan::Grounds;
use super::{Code, Service, ServiceError, Wanted};
use crate::domain::install::SeatLog;
use crate::domain::seat::SeatHistory;
use crate::domain::words::{Say, Value, Word, say, word};
use crate::domain::{InstallRecord, SeatId, SegmentId, Timestamp, reasons};
use crate::store::{self, Key, Txn, keys};

/// What to do about seats that are blocked: a record's seats are what they are.
const MEND: Word = word!("retry-mend");

/// Seats that a refusal names.
const NAMED: usize = 3;

impl Service {
    /// Checks the seats that a retry takes up, those that ended for one of these reasons where some are given.
    /// Seats that fail meanwhile are taken up as well: they passed when they were asked for.
    ///
    /// # Errors
    /// As [`Service::install`]; `conflict` also where it is too late, or where another version came to a seat since.
    pub(super) async fn retry_grounds(
        &self,
        install: &InstallRecord,
        only: Option<&String>,
    ) -> Result<Grounds, ServiceError> {
        let now = self.clock.now();
        let (id, schedule) = (&install.segment_id, &install.strategy.schedule);
        if let Some(at) = schedule.expire_at.filter(|at| *at <= now) {
            let why = say!("retry-expired", record = install.id, at = at);
            return Err(ServiceError::new(Code::Conflict, why));
        }
        let taken = self.taken_up(install, only).await?;
        let (add, remove) = self.install_seats(id, install.id).await?;
        let wanted = Wanted::Change { add: &add & &taken, remove: &remove & &taken };
        let grounds = self.plan_grounds(id, &wanted, schedule.begins(now), Some(install.id)).await?;
        if !grounds.plan.blocked.is_empty() {
            return Err(grounds.refusal(MEND));
        }
        self.refuse_overtaken(install, &grounds).await?;
        Ok(grounds)
    }

    /// The seats that a retry takes up now.
    async fn taken_up(
        &self,
        install: &InstallRecord,
        only: Option<&String>,
    ) -> Result<BTreeSet<SeatId>, ServiceError> {
        let mut taken = BTreeSet::new();
        let shards = keys::install_log_shards(&install.segment_id, install.id);
        for entry in self.store.list_all(&shards).await?.entries {
            let SeatLog { seats, .. } = store::decode(&entry)?;
            let alike = |text: &str| only.is_none_or(|mask| reasons::masked(text) == *mask);
            let wanted =
                seats.into_iter().filter(|(_, seat)| seat.state.is_retryable() && alike(seat.message.raw()));
            taken.extend(wanted.map(|(id, _)| id));
        }
        Ok(taken)
    }

    /// What was put on a seat after this install was asked for is not taken off by trying it again.
    async fn refuse_overtaken(&self, install: &InstallRecord, grounds: &Grounds) -> Result<(), ServiceError> {
        let mut overtaken = BTreeMap::new();
        for replaced in &grounds.plan.replaced {
            let seats: Vec<&SeatId> = replaced.seats.iter().collect();
            for some in seats.chunks(store::MAX_OPS) {
                let keys: Vec<Key> = some.iter().map(|seat| keys::seat_history(seat)).collect();
                for (seat, entry) in some.iter().zip(self.store.get_many(&keys).await?.entries) {
                    let Some(history) = entry.as_ref().map(store::decode::<SeatHistory>).transpose()? else {
                        continue;
                    };
                    if let Some(how) = came_since(&history, &replaced.segment_id, install.requested_at) {
                        overtaken.insert((*seat).clone(), how);
                    }
                }
            }
        }
        let n = overtaken.len();
        let named = overtaken.into_iter().take(NAMED);
        let named = named.map(|(seat, how)| say!("seat-because", seat = &seat, reason = how));
        let Some(seats) = named.reduce(|first, then| say!("listed", first = first, then = then)) else {
            return Ok(());
        };
        let prefix = &install.segment_id.prefix;
        let why = say!("retry-overtaken", n = n, prefix = prefix, seats = seats, advice = MEND);
        Err(ServiceError::new(Code::Conflict, why))
    }
}

/// How a version came to a seat after this moment, if it did.
fn came_since(history: &SeatHistory, id: &SegmentId, at: Timestamp) -> Option<Say> {
    let event = history.entries.iter().find(|event| event.has_come() && event.segment_id == *id)?;
    let how = match event.is_found() {
        true => Value::from(&event.message),
        false => say!("by-install", record = event.record).into(),
    };
    (event.at > at).then(|| say!("retry-came-since", id = id, how = how))
}

impl Grounds {
    /// Requires that what it rests on is as it was read, beside the unfinished installs of its own prefix.
    pub(super) fn unchanged(&self, mut txn: Txn) -> Txn {
        let id = &self.plan.segment_id;
        txn = txn.unchanged(self.segment.key.clone(), self.segment.mod_revision);
        if self.uid.is_some() {
            txn = txn.absent(keys::segment(id));
        }
        // Who begins on these what this one cannot be beside, or without, comes too late, or this one does.
        let others = self.others.iter().filter(|(prefix, _)| **prefix != id.prefix);
        for (prefix, active) in others.take(GUARDED) {
            txn = txn.still(keys::active_installs(prefix), active.as_ref());
        }
        match &self.bound {
            Some(bound) => bound.unchanged(txn, |shard| keys::binding(&id.prefix, shard)),
            None => txn,
        }
    }
}
