//! What the platform says is installed on seats, beside the records; the records follow where an operator says so.

use std::collections::{BTreeMap, BTreeSet};

use futures::StreamExt as _;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::commit::{Audited, try_again};
use super::leftovers::{Removed, settle};
use super::seats::unknown;
use super::{Code, Service, ServiceError};
use crate::domain::install::ActiveInstalls;
use crate::domain::seat::{SeatEvent, SeatHistory, SeatList};
use crate::domain::segment::RemoteExtra;
use crate::domain::words::{say, word};
use crate::domain::{
    FreeText, Prefix, RecordId, RemoteKind, Seat, SeatId, SeatOp, Segment, SegmentId, Shard,
};
use crate::remote::{Deployment, Meaning, RemoteError};
use crate::store::keys::{self, Named};
use crate::store::{self, ListQuery, Txn};

/// Devices that are asked for at once.
const AT_ONCE: usize = 16;

/// How a seat was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum SeatFound {
    /// As its records say.
    Ok,
    /// Not so.
    Differs,
    /// An unfinished install works on it: nobody can say yet.
    Busy,
    /// Nobody can say: the platform does not.
    Unknown,
}

impl SeatFound {
    /// As in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Differs => "differs",
            Self::Busy => "busy",
            Self::Unknown => "unknown",
        }
    }
}

/// What was found of one seat; an item of `seat verify`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SeatVerified {
    /// The seat.
    pub seat: SeatId,
    /// How it was found.
    pub state: SeatFound,
    /// Recorded as installed, and not there.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub missing: BTreeSet<SegmentId>,
    /// There, and not recorded.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub unrecorded: BTreeSet<SegmentId>,
    /// Of all these, what the platform does not list any more.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub removed: BTreeSet<SegmentId>,
    /// There, under ids of the platform that no segment here has.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub strange: BTreeSet<String>,
    /// The records follow the platform now.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub adopted: bool,
    /// The platform could not be reached.
    #[serde(skip)]
    pub away: bool,
    /// Why nobody can say, or why the records do not follow; may hold text from outside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<FreeText>,
}

/// How many seats were found how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct SeatTotals {
    /// All of them.
    pub total: usize,
    /// As their records say.
    pub ok: usize,
    /// Not so; those whose records follow now as well.
    pub differs: usize,
    /// Of these, those whose records follow now.
    pub adopted: usize,
    /// An unfinished install works on them.
    pub busy: usize,
    /// Of which the platform does not say.
    pub unknown: usize,
    /// Of these, those for which it could not be reached.
    #[serde(skip)]
    pub away: usize,
}

impl SeatTotals {
    fn count(&mut self, found: &SeatVerified) {
        self.total += 1;
        self.adopted += usize::from(found.adopted);
        match found.state {
            SeatFound::Ok => self.ok += 1,
            SeatFound::Differs => self.differs += 1,
            SeatFound::Busy => self.busy += 1,
            SeatFound::Unknown => self.unknown += 1,
        }
        self.away += usize::from(found.away);
    }
}

/// What the records say, read once.
struct Records {
    by_uid: BTreeMap<String, SegmentId>,
    removed: BTreeMap<SegmentId, Removed>,
    installed: BTreeMap<SeatId, BTreeSet<SegmentId>>,
    busy: BTreeMap<SeatId, RecordId>,
}

/// As much of a segment's record as it takes to know it again.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Known {
    remote: RemoteKind,
    #[serde(default)]
    remote_extra: Option<RemoteExtra>,
}

impl Service {
    /// Asks the platform what is installed on these seats, on all where none is named, and compares it with the
    /// records. `adopt`: where they differ, the records follow; nothing is installed or uninstalled. `told` hears of
    /// each seat, in the order of the answers.
    ///
    /// # Errors
    /// `notFound` for an unknown seat, before anything is asked; `usage` where no platform is configured; `failed`
    /// when cancelled.
    pub async fn verify_seats(
        &self,
        ids: &BTreeSet<SeatId>,
        adopt: bool,
        told: impl Fn(SeatVerified),
        cancel: &CancellationToken,
    ) -> Result<SeatTotals, ServiceError> {
        let deployment = self
            .remotes
            .deployment(RemoteKind::Sdp)
            .ok_or_else(|| ServiceError::new(Code::Usage, word!("seats-no-platform")))?;
        self.mean_pinned(RemoteKind::Sdp).await?;
        if adopt {
            // The records must not follow another platform.
            self.same_platform(RemoteKind::Sdp).await?;
        }
        self.require_seats(ids).await?;
        // What is unfinished first: what ends meanwhile is in the lists, or its seats are told as busy.
        let busy = self.busy_seats().await?;
        let installed = self.installed_by_seat().await?;
        let removed = self.removed().await?;
        let mut by_uid = self.ids_by_uid(RemoteKind::Sdp).await?;
        for left in removed.values() {
            by_uid.entry(left.uid.clone()).or_insert_with(|| left.id.clone());
        }
        let records = Records { by_uid, removed, installed, busy };
        let all = self.all_seats().await?;
        let seats =
            all.into_values().map(|(_, seat)| seat).filter(|seat| ids.is_empty() || ids.contains(&seat.id));
        let mut answers = futures::stream::iter(seats)
            .map(|seat| async {
                let answer = deployment.list_installed(seat.ip).await;
                (seat, answer)
            })
            .buffer_unordered(AT_ONCE);
        let mut totals = SeatTotals::default();
        loop {
            let next = tokio::select! {
                next = answers.next() => next,
                () = cancel.cancelled() => {
                    return Err(ServiceError::new(Code::Failed, word!("seats-stopped")));
                }
            };
            let Some((seat, answer)) = next else { return Ok(totals) };
            let mut found = records.beside(&seat, answer);
            if adopt && found.state == SeatFound::Differs {
                found = self.adopt(&**deployment, &records, &seat, found).await?;
            }
            totals.count(&found);
            told(found);
        }
    }

    /// The seats that unfinished installs work on.
    async fn busy_seats(&self) -> Result<BTreeMap<SeatId, RecordId>, ServiceError> {
        let mut busy = BTreeMap::new();
        for entry in self.store.list_all(keys::ACTIVE_INSTALLS).await?.entries {
            for (record, of) in store::decode::<ActiveInstalls>(&entry)?.installs {
                let (install, uninstall) = self.install_seats(&of, record).await?;
                busy.extend(install.into_iter().chain(uninstall).map(|seat| (seat, record)));
            }
        }
        Ok(busy)
    }

    async fn installed_by_seat(&self) -> Result<BTreeMap<SeatId, BTreeSet<SegmentId>>, ServiceError> {
        let mut installed: BTreeMap<SeatId, BTreeSet<SegmentId>> = BTreeMap::new();
        let mut query = ListQuery::prefix(keys::INSTALLED);
        loop {
            let page = self.store.list(&query).await?;
            for entry in &page.entries {
                let Named::Installed(id, _) = keys::parse(&entry.key) else { continue };
                for seat in store::decode::<SeatList>(entry)?.seats {
                    installed.entry(seat).or_default().insert(id.clone());
                }
            }
            if !query.turn(&page) {
                return Ok(installed);
            }
        }
    }

    async fn ids_by_uid(&self, kind: RemoteKind) -> Result<BTreeMap<String, SegmentId>, ServiceError> {
        let mut by_uid = BTreeMap::new();
        let mut query = ListQuery::prefix(keys::SEGMENTS);
        loop {
            let page = self.store.list(&query).await?;
            for entry in &page.entries {
                let Named::Segment(id) = keys::parse(&entry.key) else { continue };
                let Some(known) = store::decode_or_warn::<Known>(entry) else { continue };
                if let Some(extra) = known.remote_extra.filter(|_| known.remote == kind) {
                    by_uid.insert(extra.uid, id);
                }
            }
            if !query.turn(&page) {
                return Ok(by_uid);
            }
        }
    }

    /// Lets the records of a seat follow what is there, or says why not.
    async fn adopt(
        &self,
        deployment: &dyn Deployment,
        records: &Records,
        seat: &Seat,
        found: SeatVerified,
    ) -> Result<SeatVerified, ServiceError> {
        let what = say!("what-installed", seat = &seat.id);
        match try_again(what, || self.try_adopt(deployment, records, seat)).await {
            Ok(found) => Ok(found),
            Err(error) if matches!(error.code, Code::Conflict | Code::InUse | Code::NotFound) => {
                Ok(SeatVerified { reason: Some(error.message.into()), ..found })
            }
            Err(error) => Err(error),
        }
    }

    async fn try_adopt(
        &self,
        deployment: &dyn Deployment,
        records: &Records,
        seat: &Seat,
    ) -> Result<Option<SeatVerified>, ServiceError> {
        let key = keys::seat(&seat.id);
        let (entry, now) = self.read::<Seat>(&key).await?.ok_or_else(|| unknown(&seat.id))?;
        // What is asked for after this, and done before the write, makes the write void: so the answer is still true.
        let not_busy = self.refuse_busy(&seat.id).await?;
        let found = records.beside(&now, deployment.list_installed(now.ip).await);
        if found.state != SeatFound::Differs {
            return Ok(Some(found));
        }
        let SeatVerified { missing, unrecorded, strange, .. } = &found;
        if missing.is_empty() && unrecorded.is_empty() {
            let uid = strange.first().map_or("", String::as_str);
            let why = say!("seat-strange-uid", uid = uid);
            return Err(ServiceError::new(Code::Conflict, why));
        }
        let mut txn =
            Txn::new().unchanged(key, entry.mod_revision).none_since(keys::ACTIVE_INSTALLS, not_busy);
        let shard = Shard::of(&seat.id);
        // An install that ended since the records were read has written some of it down.
        let mut adopted = BTreeSet::new();
        for id in missing.iter().chain(unrecorded) {
            let key = keys::installed(id, shard);
            let (entry, mut list) = match self.read::<SeatList>(&key).await? {
                Some((entry, list)) => (Some(entry), list),
                None => (None, SeatList::default()),
            };
            let changed = if unrecorded.contains(id) {
                txn = match self.leftover(id).await? {
                    // Written anew, so that its last seat does not take it away meanwhile.
                    Some((entry, left)) => txn
                        .absent(keys::segment(id))
                        .unchanged(entry.key.clone(), entry.mod_revision)
                        .put(entry.key, &left)?,
                    None => {
                        let (segment, record) = self.segment_entry(id).await?;
                        refuse_leaving(&record)?;
                        txn.unchanged(keys::segment(id), segment.mod_revision)
                    }
                };
                list.seats.insert(seat.id.clone())
            } else {
                list.seats.remove(&seat.id)
            };
            if changed {
                adopted.insert(id.clone());
                txn = txn.still(key.clone(), entry.as_ref()).put(key, &list)?;
            }
        }
        if adopted.is_empty() {
            let state = if strange.is_empty() { SeatFound::Ok } else { SeatFound::Differs };
            let none = BTreeSet::new;
            return Ok(Some(SeatVerified {
                state,
                missing: none(),
                unrecorded: none(),
                removed: none(),
                ..found
            }));
        }
        let history_key = keys::seat_history(&seat.id);
        let (entry, mut history) = match self.read::<SeatHistory>(&history_key).await? {
            Some((entry, history)) => (Some(entry), history),
            None => (None, SeatHistory::default()),
        };
        let now = self.clock.now();
        // What is gone first: the newest of a history is what is there.
        let gone = missing.iter().map(|id| (id, SeatOp::Uninstall));
        let all = gone.chain(unrecorded.iter().map(|id| (id, SeatOp::Install)));
        for (id, op) in all.filter(|(id, _)| adopted.contains(*id)) {
            history.add(SeatEvent::found(now, id.clone(), op));
        }
        txn = txn.still(history_key.clone(), entry.as_ref()).put(history_key, &history)?;
        let audited = Audited {
            action: "seat.adopt",
            object: seat.id.as_str(),
            before: json!({ "recorded": missing.intersection(&adopted).collect::<Vec<_>>() }),
            after: json!({ "found": unrecorded.intersection(&adopted).collect::<Vec<_>>() }),
        };
        let txn = settle(&*self.store, txn).await?;
        Ok(self.commit(txn, audited).await?.map(|_| SeatVerified { adopted: true, ..found }))
    }
}

/// What is being deleted gets no new seat.
fn refuse_leaving(segment: &Segment) -> Result<(), ServiceError> {
    match segment.is_being_deleted() {
        true => Err(ServiceError::new(Code::Conflict, say!("is-being-deleted", id = &segment.id))),
        false => Ok(()),
    }
}

impl Records {
    /// Compares what the platform says of a seat.
    fn beside(&self, seat: &Seat, answer: Result<Vec<String>, RemoteError>) -> SeatVerified {
        let mut found = SeatVerified {
            seat: seat.id.clone(),
            state: SeatFound::Ok,
            missing: BTreeSet::new(),
            unrecorded: BTreeSet::new(),
            removed: BTreeSet::new(),
            strange: BTreeSet::new(),
            adopted: false,
            away: false,
            reason: None,
        };
        let uids = match answer {
            Ok(uids) => uids,
            Err(error) => {
                found.state = SeatFound::Unknown;
                found.away = matches!(error.meaning, Meaning::Unclear | Meaning::Later(_));
                found.reason = Some(error.to_string().into());
                return found;
            }
        };
        let recorded = self.installed.get(&seat.id).cloned().unwrap_or_default();
        let mut there = BTreeSet::new();
        for uid in uids {
            match self.by_uid.get(&uid) {
                Some(id) => _ = there.insert(id.clone()),
                None => _ = found.strange.insert(uid),
            }
        }
        let prefixes: BTreeSet<&Prefix> = there.iter().map(|id| &id.prefix).collect();
        if prefixes.len() < there.len() {
            let named: Vec<String> = there.iter().map(SegmentId::to_string).collect();
            found.state = SeatFound::Unknown;
            found.reason = Some(
                format!("the platform names two versions of a segment there: {}", named.join(", ")).into(),
            );
            return found;
        }
        found.missing = &recorded - &there;
        found.unrecorded = &there - &recorded;
        let told = found.missing.union(&found.unrecorded);
        found.removed = told.filter(|id| self.removed.contains_key(id)).cloned().collect();
        if let Some(record) = self.busy.get(&seat.id) {
            found.state = SeatFound::Busy;
            found.reason = Some(format!("install {record} works on it").into());
        } else if !(found.missing.is_empty() && found.unrecorded.is_empty() && found.strange.is_empty()) {
            found.state = SeatFound::Differs;
        }
        found
    }
}
