//! How far the records had come, kept in the shared storage, where a restore of the store does not reach. A leader reads
//! it when it begins, and writes it then, once a minute while the revision rises, and at its end. A higher revision there
//! than the store's own: the store stepped back. A writer there that the records know nothing of: a copy of the records
//! lives somewhere, and its leader drives the same files.

use std::time::Duration;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::domain::incarnation::IncarnationRecord;
use crate::domain::words::{Say, word};
use crate::domain::{RecordId, Timestamp, Unknown, clock};
use crate::service::{Code, Service, ServiceError};
use crate::storage::SharedStorage;
use crate::store::{self, LeaderRecord, LeaderStore, Revision, StoreError, keys};

/// The object.
const OBJECT: &str = "segdeck-revision.json";

/// Most bytes of it.
const MOST: u64 = 64 * 1024;

/// How often it is looked at and written.
const EVERY: Duration = Duration::from_secs(60);

/// An object that has not changed for so long has no writer any more: one that lives writes it every minute.
const QUIET: Duration = Duration::from_secs(120);

/// How long the last word of a leader may take.
const LAST_WORD: Duration = Duration::from_secs(1);

/// What the object holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kept {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    site: Option<String>,
    incarnation: RecordId,
    revision: Revision,
    session: RecordId,
    epoch: u64,
    at: Timestamp,
    #[serde(flatten)]
    unknown: Unknown,
}

/// What this process has seen of a writer that its records know nothing of, from one try to lead to the next.
#[derive(Debug, Default)]
pub(super) struct Stranger {
    object: Bytes,
    since: Option<Instant>,
    has_changed: bool,
}

impl Stranger {
    /// May its writer live? By the time that it tells until it was seen to change, and by our own watch from then on:
    /// the clocks of two hosts need not agree.
    fn may_live(&mut self, object: &Bytes, at: Timestamp, now: Timestamp) -> bool {
        if self.since.is_none() || self.object != *object {
            self.has_changed = self.since.is_some();
            self.since = Some(Instant::now());
            self.object = object.clone();
        }
        let watched = self.since.map_or(Duration::ZERO, |since| since.elapsed());
        let old = clock::between(at, now) >= QUIET && !self.has_changed;
        !old && watched < QUIET
    }
}

/// What a leader keeps.
pub(super) struct KeptRevision<'a> {
    service: &'a Service,
    storage: &'a SharedStorage,
    leader: &'a LeaderStore,
    kept: Kept,
}

impl<'a> KeptRevision<'a> {
    /// Looks for a step back, makes it known, and writes the first word of this leader. `sessions`: the leaders before
    /// it. `Err`: why it must not drive.
    pub(super) async fn begin(
        service: &'a Service,
        storage: &'a SharedStorage,
        leader: &'a LeaderStore,
        (record, sessions): (&LeaderRecord, &[RecordId]),
        stranger: &mut Stranger,
    ) -> Result<Self, ServiceError> {
        let found = read(storage).await?;
        let (revision, _) = leader.reads().get(&keys::incarnation()).await?;
        let mut came_to = None;
        if let Some((object, kept)) = &found {
            if !sessions.contains(&kept.session) {
                if stranger.may_live(object, kept.at, service.clock.now()) {
                    return Err(ServiceError::new(Code::Conflict, word!("another-store-drives")));
                }
                came_to = Some(kept.revision);
            } else if kept.revision > revision {
                came_to = Some(kept.revision);
            }
        }
        service.notice_step_back().await?;
        let mut life = service.have_incarnation().await?;
        if came_to.is_some() || life.is_of_another(service.store.cluster()) {
            service.begin_anew(came_to.unwrap_or(revision), revision).await?;
            life = service.have_incarnation().await?;
        }
        let site = storage.known_identity().await?.and_then(|identity| identity.site);
        let kept = Kept {
            site,
            incarnation: life.incarnation,
            revision: 0,
            session: record.session,
            epoch: record.epoch,
            at: service.clock.now(),
            unknown: found.map(|(_, kept)| kept.unknown).unwrap_or_default(),
        };
        let mut own = Self { service, storage, leader, kept };
        own.write().await?;
        Ok(own)
    }

    /// Keeps it until `lost`. Ends, cancelling it, when another leader of a copy of the records writes there too; returns
    /// why then.
    pub(super) async fn keep(mut self, lost: &CancellationToken) -> Option<Say> {
        loop {
            tokio::select! {
                biased;
                () = lost.cancelled() => break,
                () = sleep(EVERY) => {}
            }
            let look = tokio::select! {
                biased;
                () = lost.cancelled() => break,
                look = self.look() => look,
            };
            match look {
                Ok(None) => {}
                Ok(Some(why)) => {
                    lost.cancel();
                    return Some(why);
                }
                Err(error) => tracing::warn!(%error, "how far the records have come cannot be kept"),
            }
        }
        // Whoever leads by now has written its own word.
        if self.leader.is_live() {
            _ = timeout(LAST_WORD, self.look()).await;
        }
        None
    }

    async fn look(&mut self) -> Result<Option<Say>, ServiceError> {
        self.service.notice_step_back().await?;
        if let Some((_, kept)) = read(self.storage).await?
            && kept.session != self.kept.session
        {
            // Ours was there. If we lead still, it is no successor's.
            return match self.leader.prove().await {
                Ok(()) => Ok(Some(word!("another-store-drives").into())),
                Err(StoreError::NotLeader) => Ok(None),
                Err(error) => Err(error.into()),
            };
        }
        self.write().await?;
        Ok(None)
    }

    /// Writes how far the records have come, if that is farther than what was written last.
    async fn write(&mut self) -> Result<(), ServiceError> {
        let (revision, entry) = self.leader.reads().get(&keys::incarnation()).await?;
        if let Some(life) = entry.as_ref().and_then(store::decode_or_warn::<IncarnationRecord>) {
            self.kept.incarnation = life.incarnation;
        }
        if revision == self.kept.revision {
            return Ok(());
        }
        let kept = Kept { revision, at: self.service.clock.now(), ..self.kept.clone() };
        let content = serde_json::to_vec(&kept).unwrap_or_default();
        self.storage.put_object(OBJECT, content.into()).await?;
        self.kept = kept;
        Ok(())
    }
}

/// What lies there; something that cannot be read counts as nothing, and is written over.
async fn read(storage: &SharedStorage) -> Result<Option<(Bytes, Kept)>, ServiceError> {
    let Some(object) = storage.get_object(OBJECT, MOST).await? else { return Ok(None) };
    match serde_json::from_slice(&object) {
        Ok(kept) => Ok(Some((object, kept))),
        Err(error) => {
            tracing::warn!(%error, object = OBJECT, "what the storage says of the records cannot be read");
            Ok(None)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_writer_lives_as_long_as_it_may_have_written() {
        let (one, two) = (Bytes::from("1"), Bytes::from("2"));
        let at = Timestamp::UNIX_EPOCH;
        let later = clock::after(at, QUIET);
        assert!(!Stranger::default().may_live(&one, at, later), "old and quiet");
        let mut fresh = Stranger::default();
        assert!(fresh.may_live(&one, at, at));
        tokio::time::advance(QUIET).await;
        assert!(!fresh.may_live(&one, at, at), "watched for long enough, whatever the clocks say");
        assert!(fresh.may_live(&two, at, later), "it writes, however old that looks");
        assert!(fresh.may_live(&two, at, later));
        tokio::time::advance(QUIET).await;
        assert!(!fresh.may_live(&two, at, later));
    }
}
