//! What became of an install.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Value, json};

use super::commit::brief;
use super::{Code, Service, ServiceError};
use crate::domain::explain::{self, Explanation, InstallFacts, Usual};
use crate::domain::install::{InstallSeats, SeatLog};
use crate::domain::plan::Skipped;
use crate::domain::reasons::{Alike, failures};
use crate::domain::words::say;
use crate::domain::{
    FreeText, InstallLog, InstallRecord, Prefix, RecordId, SeatId, SeatOp, SeatProgress, SeatState,
    SegmentId, Timestamp,
};
use crate::store::keys::{self, Named};
use crate::store::{self, Key, ListQuery};

/// The newest installs of a prefix among which those are sought that tell how long one takes.
const LOOKED_AT: usize = 40;

/// An install record and its log, seat by seat.
#[derive(Debug, Clone, PartialEq)]
pub struct InstallView {
    /// What was asked for.
    pub record: InstallRecord,
    /// Seats to install on.
    pub install_seat_list: BTreeSet<SeatId>,
    /// Seats to uninstall from.
    pub uninstall_seat_list: BTreeSet<SeatId>,
    /// What became of it.
    pub log: InstallLog,
    /// Every seat of it, wave by wave, in order of their ids.
    pub seats: Vec<SeatView>,
    /// Why it is not finished; finished ones have none.
    pub explanation: Option<Explanation>,
    /// Seats that were left out when it was asked for; known only to who asked.
    pub skipped: Vec<Skipped>,
}

/// A seat of an install; an element of `seats` in `installs show`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SeatView {
    /// The seat.
    pub seat: SeatId,
    /// Its address; absent when it was forgotten since.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip: Option<std::net::IpAddr>,
    /// Install or uninstall.
    pub op: SeatOp,
    /// The wave it is in, from 1; absent where all are in one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wave: Option<usize>,
    /// Where it stands.
    pub state: SeatState,
    /// 0 to 100.
    pub percent: u8,
    /// What the platform said last.
    pub message: FreeText,
    /// Last change.
    pub updated_at: Timestamp,
}

impl SeatView {
    /// How far it is, 0 to 100: a seat that ended well is there, whatever it told last.
    pub fn shown_percent(&self) -> u8 {
        if self.state.is_good() { 100 } else { self.percent }
    }
}

impl InstallView {
    /// The JSON of `installs show`: the log plus its seats, and why it is not finished.
    pub fn shown(&self) -> Value {
        let mut value = brief(&self.log);
        if let Some(fields) = value.as_object_mut() {
            if let Some(explanation) = &self.explanation {
                fields.insert("explanation".into(), json!(explanation));
            }
            let failures = self.failures();
            if !failures.is_empty() {
                fields.insert("failures".into(), json!(failures));
            }
            fields.insert("seats".into(), json!(self.seats));
        }
        value
    }

    /// Seats that a retry would take up, by why they ended; those of a reason are retried by it.
    pub fn failures(&self) -> Vec<Alike> {
        failures(self.seats.iter().map(|seat| (&seat.seat, seat.state, &seat.message)))
    }

    /// The JSON of `install`: the record with its seats joined.
    pub fn requested(&self) -> Value {
        let mut value = brief(&self.record);
        if let Some(fields) = value.as_object_mut() {
            fields.insert("installSeatList".into(), json!(self.install_seat_list));
            fields.insert("uninstallSeatList".into(), json!(self.uninstall_seat_list));
            if !self.skipped.is_empty() {
                fields.insert("skipped".into(), json!(self.skipped));
            }
        }
        value
    }
}

impl Service {
    /// An install by its record id.
    ///
    /// # Errors
    /// `notFound`.
    pub async fn show_install(&self, record: RecordId) -> Result<InstallView, ServiceError> {
        let id = self.segment_of_install(record).await?;
        self.show_install_of(&id, record).await
    }

    /// The segment an install record belongs to. The id alone does not say, so the keys are searched.
    pub(super) async fn segment_of_install(&self, record: RecordId) -> Result<SegmentId, ServiceError> {
        let mut query = ListQuery { keys_only: true, ..ListQuery::prefix(keys::INSTALL_RECORDS) };
        loop {
            let page = self.store.list(&query).await?;
            for entry in &page.entries {
                if let Named::InstallRecord(id, found, None) = keys::parse(&entry.key)
                    && found == record
                {
                    return Ok(id);
                }
            }
            if !query.turn(&page) {
                let why = say!("no-install", record = record);
                return Err(ServiceError::new(Code::NotFound, why));
            }
        }
    }

    pub(super) async fn show_install_of(
        &self,
        id: &SegmentId,
        record_id: RecordId,
    ) -> Result<InstallView, ServiceError> {
        let gone =
            || ServiceError::new(Code::NotFound, say!("install-of-is-gone", record = record_id, id = id));
        let (_, record) =
            self.read::<InstallRecord>(&keys::install_record(id, record_id)).await?.ok_or_else(gone)?;
        let (_, log) = self.read::<InstallLog>(&keys::install_log(id, record_id)).await?.ok_or_else(gone)?;
        let (install, uninstall) = self.install_seats(id, record_id).await?;
        let mut known: BTreeMap<SeatId, SeatProgress> = BTreeMap::new();
        for entry in self.store.list_all(&keys::install_log_shards(id, record_id)).await?.entries {
            known.extend(store::decode::<SeatLog>(&entry)?.seats);
        }
        let all: BTreeSet<SeatId> = &install | &uninstall;
        let ips = self.seats_by_id(&all).await?;
        let turns = record.strategy.turns(all.len());
        let waves = match turns.len() {
            1 => vec![None; all.len()],
            _ => record.strategy.assign(&turns, all.iter()).into_iter().map(|turn| Some(turn + 1)).collect(),
        };
        let mut seats: Vec<SeatView> = all
            .into_iter()
            .zip(waves)
            .map(|(seat, wave)| {
                let op = if install.contains(&seat) { SeatOp::Install } else { SeatOp::Uninstall };
                let progress =
                    known.remove(&seat).unwrap_or_else(|| SeatProgress::queued(op, record.requested_at));
                SeatView {
                    ip: ips.get(&seat).map(|seat| seat.ip),
                    seat,
                    op,
                    wave,
                    state: progress.state,
                    percent: progress.percent,
                    message: progress.message,
                    updated_at: progress.updated_at,
                }
            })
            .collect();
        // They are in order of their ids, and stay so within a wave.
        seats.sort_by_key(|seat| seat.wave);
        let leader = self.leader().await?;
        let usual = if log.state.is_terminal() { None } else { self.usual(&id.prefix).await? };
        let explanation = InstallFacts::of(&record, &log)
            .explain_beside(usual, &self.around(leader.as_ref(), self.frozen().await?.is_some()));
        Ok(InstallView {
            record,
            install_seat_list: install,
            uninstall_seat_list: uninstall,
            log,
            seats,
            explanation,
            skipped: Vec::new(),
        })
    }

    /// How long the last installs of a prefix took.
    async fn usual(&self, prefix: &Prefix) -> Result<Option<Usual>, ServiceError> {
        let mut query =
            ListQuery { keys_only: true, ..ListQuery::prefix(keys::install_logs_of_prefix(prefix)) };
        let mut logs: BTreeMap<Reverse<RecordId>, Key> = BTreeMap::new();
        loop {
            let page = self.store.list(&query).await?;
            logs.extend(page.entries.iter().filter_map(|entry| match keys::parse(&entry.key) {
                Named::InstallLog(_, record, None) => Some((Reverse(record), entry.key.clone())),
                _ => None,
            }));
            if !query.turn(&page) {
                break;
            }
        }
        let newest: Vec<Key> = logs.into_values().take(LOOKED_AT).collect();
        let found = self.store.get_many(&newest).await?.entries;
        let took = found.iter().flatten().filter_map(|entry| {
            let log: InstallLog = store::decode_or_warn(entry)?;
            explain::took(log.state, log.attempt, log.begun_at(), log.finished_at)
        });
        Ok(Usual::of(took))
    }

    /// The seats an install record names: to install on, to uninstall from.
    pub(crate) async fn install_seats(
        &self,
        id: &SegmentId,
        record: RecordId,
    ) -> Result<(BTreeSet<SeatId>, BTreeSet<SeatId>), ServiceError> {
        let (mut install, mut uninstall) = (BTreeSet::new(), BTreeSet::new());
        for entry in self.store.list_all(&keys::install_record_shards(id, record)).await?.entries {
            let seats: InstallSeats = store::decode(&entry)?;
            install.extend(seats.install_seat_list);
            uninstall.extend(seats.uninstall_seat_list);
        }
        Ok((install, uninstall))
    }
}
