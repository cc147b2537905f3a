//! An install as it was read before a step, and the changes a step makes to it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::unsaved::Unsaved;
use crate::controllers::drive::Drive;
use crate::controllers::step::Trouble;
use crate::domain::install::{InstallSeats, SeatLog, percent};
use crate::domain::reasons::failures;
use crate::domain::{
    FreeText, InstallLog, InstallRecord, RecordId, RemoteKind, SeatId, SeatOp, SeatProgress, SeatState,
    Segment, SegmentId, Shard, Timestamp, Unknown,
};
use crate::service::brief;
use crate::store::{self, ReadStore, keys};

/// Everything a step decides on. It is as the store has it, but for what is unsaved, so that the next step need not
/// read all of it again.
#[derive(Debug, Clone)]
pub(in crate::controllers) struct Install {
    /// What was asked for.
    pub record: InstallRecord,
    /// Its mod revision.
    pub record_revision: i64,
    /// The summary.
    pub log: InstallLog,
    /// The summary's mod revision.
    pub log_revision: i64,
    /// The segment; absent when it has no record any more.
    pub segment: Option<Segment>,
    /// No new task may be sent.
    pub frozen: bool,
    /// The groups of its seats, as they were when it was first looked at; empty where there are no windows.
    pub groups: BTreeMap<SeatId, FreeText>,
    /// Seats outside their maintenance windows, with when these open.
    pub closed: BTreeMap<SeatId, Timestamp>,
    /// Every seat of it.
    pub seats: BTreeMap<SeatId, SeatProgress>,
    /// The shards of the log that exist.
    pub shards: BTreeMap<Shard, LogShard>,
    /// What of it is not in the store yet.
    pub unsaved: Unsaved,
}

/// What is kept of a shard of the log beside its seats.
#[derive(Debug, Clone, Default)]
pub(in crate::controllers) struct LogShard {
    /// Its mod revision.
    pub revision: i64,
    /// Fields of newer versions.
    pub unknown: Unknown,
}

/// The records that say where an install stands, without its seats.
pub(super) struct Head {
    record: InstallRecord,
    record_revision: i64,
    log: InstallLog,
    log_revision: i64,
    segment: Option<Segment>,
    frozen: bool,
}

impl Head {
    /// Reads them at one revision; `None` when the install is gone.
    pub(super) async fn read(
        reads: &dyn ReadStore,
        id: &SegmentId,
        record: RecordId,
    ) -> Result<Option<Self>, Trouble> {
        let keys = [
            keys::install_record(id, record),
            keys::install_log(id, record),
            keys::segment(id),
            keys::freeze(),
        ];
        let mut found = reads.get_many(&keys).await?.entries.into_iter();
        let (Some(Some(record)), Some(Some(log))) = (found.next(), found.next()) else { return Ok(None) };
        Ok(Some(Self {
            record_revision: record.mod_revision,
            record: store::decode(&record)?,
            log_revision: log.mod_revision,
            log: store::decode(&log)?,
            segment: found.next().flatten().as_ref().map(store::decode).transpose()?,
            // Also one that cannot be read: whoever wrote it meant something by it.
            frozen: found.next().flatten().is_some(),
        }))
    }
}

impl Install {
    /// Reads all of it.
    pub(super) async fn read(reads: &dyn ReadStore, head: Head) -> Result<Self, Trouble> {
        let Head { record, record_revision, log, log_revision, segment, frozen } = head;
        let (id, record_id) = (&log.segment_id, log.id);
        let mut seats = BTreeMap::new();
        for entry in reads.list_all(&keys::install_record_shards(id, record_id)).await?.entries {
            let shard: InstallSeats = store::decode(&entry)?;
            let queued = |op| move |seat| (seat, SeatProgress::queued(op, record.requested_at));
            seats.extend(shard.install_seat_list.into_iter().map(queued(SeatOp::Install)));
            seats.extend(shard.uninstall_seat_list.into_iter().map(queued(SeatOp::Uninstall)));
        }
        let mut shards = BTreeMap::new();
        for entry in reads.list_all(&keys::install_log_shards(id, record_id)).await?.entries {
            let Some(shard) = entry.key.parts().last().and_then(Shard::parse) else { continue };
            let SeatLog { seats: known, unknown } = store::decode(&entry)?;
            seats.extend(known);
            shards.insert(shard, LogShard { revision: entry.mod_revision, unknown });
        }
        let (groups, closed) = Default::default();
        Ok(Self {
            record,
            record_revision,
            log,
            log_revision,
            segment,
            frozen,
            groups,
            closed,
            seats,
            shards,
            unsaved: Unsaved::default(),
        })
    }

    /// Are the seats in memory still those of the store? Only the leader writes them, and never without the
    /// summary.
    pub(super) fn is_fresh(&self, head: &Head) -> bool {
        self.log_revision == head.log_revision
    }

    /// Takes over what others may have changed beside the seats.
    pub(super) fn renew(&mut self, head: Head) {
        self.record = head.record;
        self.record_revision = head.record_revision;
        self.segment = head.segment;
        self.frozen = head.frozen;
    }

    /// Finds out which of its waiting seats are outside their windows.
    pub(super) async fn look_at_windows(&mut self, drive: &Drive, now: Timestamp) -> Result<(), Trouble> {
        if drive.windows.is_empty() {
            return Ok(());
        }
        if self.groups.is_empty() {
            let ids: BTreeSet<SeatId> = self.seats.keys().cloned().collect();
            let seats = drive.service.seats_by_id(&ids).await?;
            self.groups = seats.into_iter().map(|(id, seat)| (id, seat.group)).collect();
        }
        let mut opens: BTreeMap<&FreeText, Timestamp> = BTreeMap::new();
        let waits = |id: &SeatId| {
            self.seats.get(id).is_some_and(|seat| seat.state == SeatState::Queued && seat.task.is_none())
        };
        self.closed = self
            .groups
            .iter()
            .filter(|(id, _)| waits(id))
            .map(|(id, group)| (id, *opens.entry(group).or_insert_with(|| drive.windows.opens(group, now))))
            .filter(|(_, opens)| *opens > now)
            .map(|(id, opens)| (id.clone(), opens))
            .collect();
        Ok(())
    }

    /// What the platform calls the segment: by the record, where this began when it had none any more.
    pub(super) fn uid(&self) -> Option<&str> {
        self.record.uid.as_deref().or_else(|| self.segment.as_ref()?.uid())
    }

    /// The platform that works on it; `None`: the segment is gone. What is left of one was on the platform that
    /// installs.
    pub(super) fn remote(&self) -> Option<RemoteKind> {
        let left = self.record.uid.is_some().then_some(RemoteKind::Sdp);
        self.segment.as_ref().map(|segment| segment.remote).or(left)
    }

    /// Does the open intent cover this seat?
    pub(super) fn in_intent(&self, seat: &SeatId) -> bool {
        self.log.intent.as_ref().is_some_and(|intent| intent.seats.contains_key(seat))
    }

    /// Seats of a task that are not at an end.
    pub(super) fn open_seats(&self, task: usize) -> impl Iterator<Item = (&SeatId, &SeatProgress)> {
        self.seats.iter().filter(move |(_, seat)| seat.task == Some(task) && !seat.state.is_terminal())
    }

    /// The seats of some shards, each shard whole.
    pub(super) fn seats_of(
        &self,
        shards: &BTreeSet<Shard>,
    ) -> BTreeMap<Shard, BTreeMap<SeatId, SeatProgress>> {
        let mut seats: BTreeMap<Shard, BTreeMap<SeatId, SeatProgress>> = BTreeMap::new();
        for (id, progress) in &self.seats {
            let shard = Shard::of(id);
            if shards.contains(&shard) {
                seats.entry(shard).or_default().insert(id.clone(), progress.clone());
            }
        }
        seats
    }

    /// These shards were written at this revision.
    pub(super) fn saved(&mut self, shards: impl Iterator<Item = Shard>, revision: i64) {
        for shard in shards {
            self.shards.entry(shard).or_default().revision = revision;
        }
    }

    /// What others are told of it: its log, and its failures by their reasons.
    pub(super) fn told(&self) -> Value {
        let mut told = brief(&self.log);
        let failures = failures(self.seats.iter().map(|(id, seat)| (id, seat.state, &seat.message)));
        if let Some(fields) = told.as_object_mut().filter(|_| !failures.is_empty()) {
            fields.insert("failures".into(), json!(failures));
        }
        told
    }

    /// Counts the seats anew.
    pub(super) fn recount(&mut self) {
        let mut counts: BTreeMap<SeatState, usize> = BTreeMap::new();
        for seat in self.seats.values() {
            *counts.entry(seat.state).or_default() += 1;
        }
        self.log.percent = percent(&counts);
        self.log.counts = counts;
        let open: BTreeSet<usize> = self
            .seats
            .values()
            .filter(|seat| !seat.state.is_terminal())
            .filter_map(|seat| seat.task)
            .collect();
        for (index, task) in self.log.tasks.iter_mut().enumerate() {
            task.done = !open.contains(&index);
        }
    }
}
