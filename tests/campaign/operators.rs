//! Operators who keep a site busy: they upload, install, cancel, retry, uninstall, delete and synchronise, and
//! remember what they were told is done.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use segdeck::domain::install::Command;
use segdeck::domain::sync::SyncRecord;
use segdeck::domain::{CreateState, InstallLog, RecordId, RemoteKind, SeatId, Segment, SegmentId};
use segdeck::service::{DeleteOptions, InstallOptions, Service, Wanted};
use segdeck::store::{self, Entry, Key, keys};
use tokio_util::sync::CancellationToken;

use crate::chance::Chance;
use crate::common::archive;
use crate::common::site::{seat, upload};

/// Seats of each operator.
pub(crate) const SEATS: usize = 8;

/// How long an operator waits for one record before the campaign counts as hanging.
const PATIENCE: Duration = Duration::from_secs(300);

/// Something an operator was told is recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Told {
    Uploaded(SegmentId),
    /// Install or uninstall.
    Asked(SegmentId, RecordId),
    DeleteAsked(SegmentId),
    /// An install of it was cancelled half-way, and retried.
    Cancelled(SegmentId),
}

/// One operator, with a prefix and seats of their own.
pub(crate) struct Operator {
    pub(crate) service: Arc<Service>,
    pub(crate) folder: PathBuf,
    pub(crate) chance: Chance,
    /// Counted from 0.
    pub(crate) number: usize,
    pub(crate) told: Arc<Mutex<Vec<Told>>>,
    pub(crate) stop: CancellationToken,
}

impl Operator {
    /// Goes on until told to stop, which it does before the next request.
    pub(crate) async fn work(mut self) {
        let mut version = 0;
        while !self.stop.is_cancelled() {
            version += 1;
            self.one_version(version).await;
        }
    }

    /// A version from its upload to its end; some stay.
    async fn one_version(&mut self, version: usize) {
        let (prefix, version) = (format!("p{}", self.number), format!("1.{version}"));
        let file = archive::segment(&self.folder, &prefix, &version, "zip", 20_000);
        let id = upload(&self.service, &file).await;
        std::fs::remove_file(file).unwrap();
        self.told(Told::Uploaded(id.clone()));
        // Deleted while it is being published.
        if self.chance.per_mille(200) {
            tokio::time::sleep(self.chance.millis(0, 300)).await;
            return self.delete(&id).await;
        }
        self.published(&id).await;
        if self.chance.per_mille(150) {
            self.synchronise().await;
        }
        if self.stop.is_cancelled() || self.chance.per_mille(150) {
            return;
        }
        let seats: BTreeSet<SeatId> = (1..=SEATS).map(|n| seat(self.number * SEATS + n)).collect();
        self.install(&id, Wanted::Seats(seats)).await;
        // The next version takes its seats over.
        if self.stop.is_cancelled() || self.chance.per_mille(300) {
            return;
        }
        self.install(&id, Wanted::None).await;
        if !self.stop.is_cancelled() && !self.chance.per_mille(100) {
            self.delete(&id).await;
        }
    }

    fn told(&self, told: Told) {
        self.told.lock().unwrap().push(told);
    }

    async fn published(&self, id: &SegmentId) {
        self.until(&keys::segment(id), |entry| {
            let segment: Segment = store::decode(entry?).unwrap();
            (segment.create_status.state == CreateState::Succeeded).then_some(())
        })
        .await;
    }

    /// Asks, and waits for the end.
    async fn install(&mut self, id: &SegmentId, wanted: Wanted) {
        let asked = self.service.install(id, &wanted, &InstallOptions::default()).await.unwrap();
        let Some(view) = asked else { return };
        let record = view.record.id;
        self.told(Told::Asked(id.clone(), record));
        if self.chance.per_mille(200) {
            tokio::time::sleep(self.chance.millis(0, 1_500)).await;
            // One that has ended meanwhile cannot be cancelled.
            if self.service.control(record, Command::Cancel, "", None).await.is_ok() {
                self.told(Told::Cancelled(id.clone()));
                self.ended(id, record).await;
                // Its last seat may have succeeded before it was told: nothing is left to be done then.
                _ = self.service.control(record, Command::Retry, "", None).await;
            }
        }
        self.ended(id, record).await;
    }

    async fn ended(&self, id: &SegmentId, record: RecordId) {
        self.until(&keys::install_log(id, record), |entry| {
            let log: InstallLog = store::decode(entry?).unwrap();
            log.state.is_terminal().then_some(())
        })
        .await;
    }

    /// Asks for a data sync, which has nothing to do but to leave alone what others are at.
    async fn synchronise(&self) {
        let request = self.service.request_sync(RemoteKind::Sdp, false).await.unwrap();
        self.until(&keys::sync(RemoteKind::Sdp), |entry| {
            let sync: SyncRecord = store::decode(entry?).unwrap();
            sync.result?.request.filter(|answered| *answered >= request.id)
        })
        .await;
    }

    async fn delete(&self, id: &SegmentId) {
        self.service.delete(id, &DeleteOptions::default()).await.unwrap();
        self.told(Told::DeleteAsked(id.clone()));
        self.until(&keys::segment(id), |entry| entry.is_none().then_some(())).await;
    }

    /// Looks at a record at each of its changes.
    async fn until<T>(&self, key: &Key, mut done: impl FnMut(Option<&Entry>) -> Option<T>) -> T {
        let looking = async {
            loop {
                let (revision, entry) = self.service.store.get(key).await.unwrap();
                if let Some(found) = done(entry.as_ref()) {
                    return found;
                }
                let mut watch = self.service.store.watch(key.as_str(), revision + 1).await.unwrap();
                watch.recv().await;
            }
        };
        let found = tokio::time::timeout(PATIENCE, looking).await;
        found.unwrap_or_else(|_| panic!("{key} is not at its end within {PATIENCE:?}"))
    }
}
