//! Data sync on demand: a request for the controllers, or the difference alone.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::commit::{Audited, try_again};
use super::repair::Amiss;
use super::{Code, Service, ServiceError};
use crate::domain::removals::{self, Limits};
use crate::domain::seat::SeatList;
use crate::domain::sync::{self, Difference, SyncItem, SyncOutcome, SyncRecord, SyncRequest, SyncResult};
use crate::domain::words::say;
use crate::domain::{OperationId, RecordId, RemoteKind, SeatId, Segment, SegmentId, Timestamp};
use crate::remote::{Meaning, RemoteError, RemoteSegment, SegmentRepository};
use crate::store::keys::Named;
use crate::store::{self, ListQuery, ReadStore, Txn, keys};

/// Most pages a remote's list may have; a list that goes on longer is broken.
const MAX_PAGES: usize = 100_000;

/// The record `tombstones/<remote>/<uid>`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Tombstone {
    /// The remote's id of it; empty where only the operation that may have made it is known.
    pub uid: String,
    /// The creation whose answer nobody had when the record was removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<OperationId>,
    /// The segment it was.
    pub id: SegmentId,
    /// When it was removed.
    pub at: Timestamp,
    /// From then on it may come back; absent: never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

/// A complete list of a remote.
#[derive(Debug, Clone, Default)]
pub(crate) struct RemoteList {
    /// By uid.
    pub segments: BTreeMap<String, RemoteSegment>,
    /// Entries whose prefix or version is no name of ours: uid and why.
    pub unreadable: Vec<(String, String)>,
}

impl Service {
    /// Asks the leader for a data sync now.
    ///
    /// # Errors
    /// `unavailable` when the store is away, `conflict` when somebody asked at the same moment.
    pub async fn request_sync(&self, remote: RemoteKind, confirm: bool) -> Result<SyncRequest, ServiceError> {
        try_again(say!("what-sync", remote = remote), || self.try_request_sync(remote, confirm)).await
    }

    async fn try_request_sync(
        &self,
        remote: RemoteKind,
        confirm: bool,
    ) -> Result<Option<SyncRequest>, ServiceError> {
        let key = keys::sync(remote);
        let before = self.read::<SyncRecord>(&key).await?;
        let mut record = before.as_ref().map(|(_, record)| record.clone()).unwrap_or_default();
        let now = self.clock.now();
        let request = SyncRequest { id: RecordId::new(now), at: now, by: self.actor.label(), confirm };
        record.request = Some(request.clone());
        let txn = Txn::new().still(key.clone(), before.as_ref().map(|(entry, _)| entry)).put(key, &record)?;
        let audited = Audited {
            action: "sync.request",
            object: remote.as_str(),
            before: Value::Null,
            after: json!({ "request": request.id, "confirm": confirm }),
        };
        Ok(self.commit(txn, audited).await?.map(|_| request))
    }

    /// The answer to a request, if it is there.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn sync_result(
        &self,
        remote: RemoteKind,
        request: RecordId,
    ) -> Result<Option<SyncResult>, ServiceError> {
        let record = self.read::<SyncRecord>(&keys::sync(remote)).await?;
        // A later run covers everything an earlier request asked for; only its own answer names it.
        Ok(record
            .and_then(|(_, record)| record.result)
            .filter(|result| result.request.is_some_and(|id| id >= request)))
    }

    /// What a data sync would do, without doing it: `added`, `refetched`, and `removed` or `held`.
    ///
    /// # Errors
    /// `unavailable` when the remote or the store is away.
    pub async fn sync_difference(&self, remote: RemoteKind) -> Result<SyncOutcome, ServiceError> {
        let repository = self.remotes.repository(remote).ok_or_else(|| not_configured(remote))?;
        let pin = self.same_platform(remote).await?;
        let record = self.read::<SyncRecord>(&keys::sync(remote)).await?.map(|(_, record)| record);
        let mut record = record.unwrap_or_default();
        let list = list_remote(remote, repository.as_ref()).await?;
        let here = Here::read(&*self.store, remote).await?;
        record.removals.settle(|uid| here.has(uid));
        let now = self.clock.now();
        let difference = here.compare(&list, now);
        let items = |map: &BTreeMap<String, SegmentId>, reason: Option<&str>| -> Vec<SyncItem> {
            map.iter()
                .map(|(uid, id)| SyncItem { reason: reason.map(Into::into), ..SyncItem::new(uid, id) })
                .collect()
        };
        let gone = on_seats(&*self.store, difference.gone.iter()).await?;
        let adopted = pin.is_some_and(|pin| pin.hold_removals);
        let limits = self.limits(&record, &here, &list, adopted, false);
        let (removed, held) = removals::weigh(gone, &limits);
        let failed = items(&difference.conflicts, Some(CONFLICT));
        // Who does not see the storage knows what the records say of it.
        let amiss = match self.amiss(remote, true).await {
            Ok(amiss) => amiss,
            Err(_) => self.amiss(remote, false).await.unwrap_or_default(),
        };
        let there =
            |file: &Amiss| list.segments.get(&file.uid).is_some_and(|there| there.sha256 == file.sha256);
        let refetched = amiss.iter().filter(|file| there(file)).map(Amiss::item).collect();
        Ok(SyncOutcome { added: items(&difference.new, None), removed, held, refetched, failed })
    }
}

impl Service {
    /// What removals of a remote are measured by now.
    pub(crate) fn limits(
        &self,
        record: &SyncRecord,
        here: &Here,
        list: &RemoteList,
        adopted: bool,
        confirmed: bool,
    ) -> Limits {
        Limits {
            hold: self.settings.sync.hold,
            max_percent: self.settings.sync.max_delete_percent,
            adopted,
            confirmed,
            recent: record.removals.recent(self.clock.now()),
            records: here.published(),
            listed: list.segments.len(),
        }
    }
}

/// What is gone on a remote, with the seats that have it.
pub(crate) async fn on_seats<'a>(
    store: &dyn ReadStore,
    gone: impl Iterator<Item = (&'a String, &'a SegmentId)>,
) -> Result<Vec<SyncItem>, ServiceError> {
    let mut items = Vec::new();
    for (uid, id) in gone {
        let page = store.list_all(&keys::installed_of(id)).await?;
        // A list that cannot be read keeps nothing from being told, and is told as such by the cache.
        let lists = page.entries.iter().filter_map(store::decode_or_warn::<SeatList>);
        let seats: BTreeSet<SeatId> = lists.flat_map(|list| list.seats).collect();
        items.push(SyncItem::new(uid, id).on(&seats));
    }
    Ok(items)
}

/// What a conflict is told as.
pub(crate) const CONFLICT: &str =
    "the same segment exists here under another uid; delete one of the two by hand";

/// A remote that the settings do not name.
pub(crate) fn not_configured(remote: RemoteKind) -> ServiceError {
    ServiceError::new(Code::Unavailable, say!("remote-not-configured", remote = remote.as_str()))
}

/// Reads a remote's list to its end; half a list is no list.
///
/// # Errors
/// What the remote answered; [`Meaning::Unclear`] for a list whose pages go round in circles.
pub(crate) async fn list_remote(
    remote: RemoteKind,
    repository: &dyn SegmentRepository,
) -> Result<RemoteList, RemoteError> {
    let mut list = RemoteList::default();
    let mut seen = BTreeSet::new();
    let mut token = String::new();
    loop {
        let page = repository.list(&token).await?;
        list.segments.extend(page.segments.into_iter().map(|segment| (segment.uid.clone(), segment)));
        list.unreadable.extend(page.unreadable);
        if page.next.is_empty() {
            return Ok(list);
        }
        if seen.len() >= MAX_PAGES || !seen.insert(page.next.clone()) {
            return Err(RemoteError {
                meaning: Meaning::Unclear,
                remote,
                endpoint: "data sync".into(),
                call: "ListSegments".into(),
                code: "an endless list".into(),
                message: "its pages do not come to an end; nothing was changed".into(),
            });
        }
        token = page.next;
    }
}

/// The records of one remote, as data sync compares them.
pub(crate) struct Here {
    /// Every record of the remote and its uid.
    pub uids: BTreeMap<SegmentId, Option<String>>,
    /// What must not come back.
    pub tombstones: Vec<Tombstone>,
}

impl Here {
    /// Reads them page by page; only ids and uids are kept.
    pub(crate) async fn read(store: &dyn ReadStore, remote: RemoteKind) -> Result<Self, ServiceError> {
        let mut uids = BTreeMap::new();
        let mut query = ListQuery::prefix(keys::SEGMENTS);
        loop {
            let page = store.list(&query).await?;
            for entry in &page.entries {
                let Some(segment) = store::decode_or_warn::<Segment>(entry) else {
                    // Its id is taken, whatever it holds: nothing is imported in its place.
                    if let Named::Segment(id) = keys::parse(&entry.key) {
                        uids.insert(id, None);
                    }
                    continue;
                };
                if segment.remote == remote {
                    let uid = segment.uid().map(str::to_owned);
                    uids.insert(segment.id, uid);
                }
            }
            if !query.turn(&page) {
                break;
            }
        }
        let page = store.list_all(&keys::tombstones_of(remote)).await?;
        let tombstones = page.entries.iter().map(store::decode).collect::<Result<_, _>>()?;
        Ok(Self { uids, tombstones })
    }

    /// Is a segment with this uid recorded?
    pub(crate) fn has(&self, uid: &str) -> bool {
        self.uids.values().flatten().any(|here| here == uid)
    }

    /// Does a complete list have one of those that are recorded?
    pub(crate) fn is_proven(&self, list: &RemoteList) -> bool {
        let mut recorded = self.uids.iter().filter_map(|(id, uid)| Some((id, uid.as_ref()?)));
        recorded.any(|(id, uid)| list.segments.get(uid).is_some_and(|there| there.id == *id))
    }

    /// How many records are published.
    pub(crate) fn published(&self) -> usize {
        self.uids.values().flatten().count()
    }

    /// The difference to a complete list.
    pub(crate) fn compare(&self, list: &RemoteList, now: Timestamp) -> Difference {
        let there: BTreeMap<String, SegmentId> =
            list.segments.iter().map(|(uid, segment)| (uid.clone(), segment.id.clone())).collect();
        let buried: BTreeSet<String> = self
            .tombstones
            .iter()
            .filter(|tombstone| tombstone.expires_at.is_none_or(|at| at > now))
            .map(|tombstone| tombstone.uid.clone())
            .collect();
        // An entry we cannot read is still there: its record must not be taken for gone.
        let mut difference = sync::compare(&there, &self.uids, &buried);
        for (uid, _) in &list.unreadable {
            difference.gone.remove(uid);
        }
        difference
    }
}
