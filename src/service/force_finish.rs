//! Ends an install whose end nobody can find out: its platform is gone for good, or will never answer.
//!
//! Open seats become `unknown`, which is all that is true of them; the installed lists stay as they are. A leader
//! that is at work on it right now writes under the revisions it has read, so that its next write is refused and
//! it finds the install at its end: nothing more is sent.

use std::collections::BTreeMap;

use serde_json::json;

use super::commit::{Audited, brief, try_again};
use super::control::state;
use super::seat_history::histories;
use super::seen::Seen;
use super::{Code, InstallView, Service, ServiceError};
use crate::domain::install::{
    ActiveInstalls, Command, InstallSeats, MAX_SEAT_MESSAGE, SeatLog, end_state, percent,
};
use crate::domain::seat::SeatEvent;
use crate::domain::segment::MAX_REASON;
use crate::domain::words::{say, word};
use crate::domain::{
    FreeText, InstallLog, InstallRecord, RecordId, SeatId, SeatOp, SeatProgress, SeatState, SegmentId, Shard,
};
use crate::store::{self, Entry, Txn, TxnOutcome, keys};

/// Histories written by one transaction, as when an install ends by itself.
const BATCH: usize = 40;

/// A transaction is sent when it holds so much; a shard still fits on top.
const FULL_BYTES: usize = 800 * 1024;

/// A shard of the log as it is, and where it is not yet.
type Shards = BTreeMap<Shard, (Option<Entry>, SeatLog)>;

impl Service {
    /// Ends an unfinished install: its open seats become `unknown`, for this reason. `confirmed`: the explicit word.
    ///
    /// # Errors
    /// `notFound`; `conflict` without the word, where it is at its end already, or where somebody changed it since
    /// it was seen; `usage` without a reason.
    pub async fn force_finish(
        &self,
        record: RecordId,
        reason: &str,
        confirmed: bool,
        seen: Seen,
    ) -> Result<InstallView, ServiceError> {
        if reason.trim().is_empty() {
            return Err(ServiceError::new(Code::Usage, word!("force-needs-reason")));
        }
        let id = self.segment_of_install(record).await?;
        let what = say!("what-install", record = record);
        let log =
            try_again(what, || self.try_force_finish(&id, record, reason.trim(), confirmed, seen)).await?;
        let view = self.show_install_of(&id, record).await?;
        // Only now it is true; a finished install counts without it.
        if let Err(error) = self.tell_histories(&view, log.attempt).await {
            tracing::warn!(install = %record, %error, "the seats' histories do not tell of an install's end");
        }
        Ok(view)
    }

    async fn try_force_finish(
        &self,
        id: &SegmentId,
        record: RecordId,
        reason: &str,
        confirmed: bool,
        seen: Seen,
    ) -> Result<Option<InstallLog>, ServiceError> {
        let life = self.same_life(seen).await?;
        let gone = || ServiceError::new(Code::NotFound, say!("install-is-gone", record = record));
        let record_key = keys::install_record(id, record);
        let log_key = keys::install_log(id, record);
        let (record_entry, install) = self.read::<InstallRecord>(&record_key).await?.ok_or_else(gone)?;
        let (log_entry, mut log) = self.read::<InstallLog>(&log_key).await?.ok_or_else(gone)?;
        let changed = record_entry.mod_revision.max(log_entry.mod_revision);
        let what = say!("what-install", record = record);
        self.refuse_if_newer(seen, changed, what, &record.to_string()).await?;
        if log.state.is_terminal() {
            let why = say!("force-ended", record = record, state = state(log.state));
            return Err(ServiceError::new(Code::Conflict, why));
        }
        let (mut shards, seats) = self.seats_of_log(id, record, &install).await?;
        let open: Vec<SeatId> = seats
            .iter()
            .filter(|(_, seat)| !seat.state.is_terminal())
            .map(|(seat, _)| seat.clone())
            .collect();
        if !confirmed {
            let why = say!("force-needs-word", n = open.len(), record = record);
            return Err(ServiceError::new(Code::Conflict, why));
        }
        let active_key = keys::active_installs(&id.prefix);
        let active = self.read::<ActiveInstalls>(&active_key).await?;

        let now = self.clock.now();
        let before = brief(&log);
        let ended = |seat: &SeatProgress| SeatProgress {
            state: SeatState::Unknown,
            message: FreeText::from(format!("finished by force: {reason}")).cut(MAX_SEAT_MESSAGE),
            updated_at: now,
            ..seat.clone()
        };
        let still = || {
            life.guard(Txn::new())
                .unchanged(record_key.clone(), record_entry.mod_revision)
                .unchanged(log_key.clone(), log_entry.mod_revision)
        };
        let mut by_shard: BTreeMap<Shard, Vec<&SeatId>> = BTreeMap::new();
        for seat in &open {
            by_shard.entry(Shard::of(seat)).or_default().push(seat);
        }
        let mut txn = still();
        for (shard, open) in by_shard {
            if txn.bytes() > FULL_BYTES {
                // Until the summary follows, whoever drives it finds seats at their end and goes on with the others.
                let part = self.in_our_format(std::mem::replace(&mut txn, still())).await?;
                if let TxnOutcome::Refused { .. } = self.writes()?.store.txn(part).await? {
                    return Ok(None);
                }
            }
            let (entry, seat_log) = shards.entry(shard).or_default();
            for seat in open {
                if let Some(progress) = seats.get(seat) {
                    seat_log.seats.insert(seat.clone(), ended(progress));
                }
            }
            let key = keys::install_log_shard(id, record, shard);
            txn = txn.still(key.clone(), entry.as_ref()).put(key, seat_log)?;
        }

        log.counts.clear();
        for seat in seats.values() {
            let state = if seat.state.is_terminal() { seat.state } else { SeatState::Unknown };
            *log.counts.entry(state).or_default() += 1;
        }
        log.percent = percent(&log.counts);
        log.state = end_state(&log.counts, install.control.command == Command::Cancel);
        log.followed = install.control.generation;
        log.retry_count = 0;
        log.next_retry_at = None;
        log.intent = None;
        log.tasks.iter_mut().for_each(|task| task.done = true);
        log.reason = Some(FreeText::from(format!("finished by force: {reason}")).cut(MAX_REASON));
        log.updated_at = now;
        log.finished_at = Some(now);
        txn = txn.put(log_key.clone(), &log)?;
        txn = txn.still(active_key.clone(), active.as_ref().map(|(entry, _)| entry));
        if let Some((_, mut installs)) = active {
            installs.installs.remove(&record);
            txn = txn.put(active_key, &installs)?;
        }
        let audited = Audited {
            action: "install.forceFinish",
            object: &record.to_string(),
            before,
            after: json!({
                "segmentId": id, "state": log.state, "counts": log.counts, "reason": reason,
                "unknownSeats": open.len(),
            }),
        };
        Ok(self.commit(txn, audited).await?.map(|_| log))
    }

    /// The shards of a log, and every seat of its install.
    async fn seats_of_log(
        &self,
        id: &SegmentId,
        record: RecordId,
        install: &InstallRecord,
    ) -> Result<(Shards, BTreeMap<SeatId, SeatProgress>), ServiceError> {
        let mut seats = BTreeMap::new();
        for entry in self.store.list_all(&keys::install_record_shards(id, record)).await?.entries {
            let asked: InstallSeats = store::decode(&entry)?;
            let queued = |op| move |seat| (seat, SeatProgress::queued(op, install.requested_at));
            seats.extend(asked.install_seat_list.into_iter().map(queued(SeatOp::Install)));
            seats.extend(asked.uninstall_seat_list.into_iter().map(queued(SeatOp::Uninstall)));
        }
        let mut shards = Shards::new();
        for entry in self.store.list_all(&keys::install_log_shards(id, record)).await?.entries {
            let Some(shard) = entry.key.parts().last().and_then(Shard::parse) else { continue };
            let log: SeatLog = store::decode(&entry)?;
            seats.extend(log.seats.iter().map(|(seat, progress)| (seat.clone(), progress.clone())));
            shards.insert(shard, (Some(entry), log));
        }
        Ok((shards, seats))
    }

    /// What became of the seats goes into their histories.
    async fn tell_histories(&self, view: &InstallView, attempt: u32) -> Result<(), ServiceError> {
        for batch in view.seats.chunks(BATCH) {
            try_again(word!("what-history"), || async {
                let told = batch.iter().map(|seat| {
                    let event = SeatEvent {
                        at: seat.updated_at,
                        record: view.record.id,
                        attempt,
                        segment_id: view.log.segment_id.clone(),
                        op: seat.op,
                        state: seat.state,
                        message: seat.message.clone(),
                    };
                    (&seat.seat, event)
                });
                let Some(txn) = histories(&*self.store, told).await? else { return Ok(Some(())) };
                let txn = self.in_our_format(txn).await?;
                let done = self.writes()?.store.txn(txn).await?;
                Ok(matches!(done, TxnOutcome::Done(_)).then_some(()))
            })
            .await?;
        }
        Ok(())
    }
}
