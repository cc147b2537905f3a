//! Standing for election, driving while leading, stepping down.
//!
//! The key `leader` lies under a lease of the process that leads. Belief in one's own leadership is counted
//! from the moment the last acknowledged renewal was *sent*: the store cannot have begun to count later.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::drive::Drive;
use super::kept_revision::KeptRevision;
use super::notices::Notices;
use super::stand_back::{self, StandBack};
use super::{Lead, Pace, proof, run, taking_over};
use crate::domain::words::Say;
use crate::domain::{RecordId, Unknown};
use crate::service::{Service, ServiceError, Standing};
use crate::store::{
    self, Belief, Cache, Entry, LeaderRecord, LeaseId, Op, Revision, SharedStore, StoreError, Txn,
    TxnOutcome, WatchEvent, keys,
};

/// How long a process that may not stand waits before it looks again whether it may.
const STAND_AGAIN: Duration = Duration::from_secs(5);

/// How long an election waits after the store failed.
const STORE_AWAY: Duration = Duration::from_secs(1);

/// How long stepping down may wait for the store.
const STEP_DOWN: Duration = Duration::from_secs(1);

/// The record `meta/epoch`.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Epoch {
    epoch: u64,
    /// The last leaders: what one of them left in the shared storage is of these records.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    sessions: Vec<RecordId>,
    #[serde(flatten)]
    unknown: Unknown,
}

/// So many of the last leaders are remembered.
const SESSIONS: usize = 16;

/// What a leader drives with.
pub(super) struct Means {
    /// The cache that the process has anyway; else it has one while it leads.
    pub cache: Option<Arc<Cache>>,
    /// How much it does at once.
    pub pace: Pace,
}

/// A leadership that was won.
struct Won {
    record: LeaderRecord,
    /// Those who led before.
    sessions: Vec<RecordId>,
    created: Revision,
    /// When the layout of the records was written.
    format: Revision,
    lease: LeaseId,
    ttl: Duration,
    belief: Belief,
}

/// Why a leader gave its leadership up by itself.
enum Ended {
    /// It could do nothing with it.
    Powerless(Say),
    /// It met another platform than the one of the records.
    OtherPlatform(Say),
}

enum Election {
    Won(Won),
    /// Somebody leads; seen at this revision.
    Lost(LeaderRecord, Revision),
    /// Nobody leads: something else changed at the same moment, e.g. the first change of all wrote the layout.
    Overtaken,
}

/// Stands until `cancel`, but not while it is asked to stand aside.
pub(super) async fn stand(
    service: Arc<Service>,
    means: Means,
    lead: watch::Sender<Lead>,
    mut aside: watch::Receiver<bool>,
    cancel: CancellationToken,
) {
    while !cancel.is_cancelled() {
        let standing = cancel.child_token();
        tokio::join!(take_turns(&service, &means, &lead, &standing), async {
            tokio::select! {
                biased;
                () = cancel.cancelled() => {}
                () = asked(&mut aside, true) => standing.cancel(),
            }
        });
        if cancel.is_cancelled() {
            return;
        }
        lead.send_replace(Lead::Aside);
        tokio::select! {
            biased;
            () = cancel.cancelled() => return,
            () = asked(&mut aside, false) => lead.send_replace(Lead::Starting),
        };
    }
}

async fn asked(aside: &mut watch::Receiver<bool>, wanted: bool) {
    if aside.wait_for(|asked| *asked == wanted).await.is_err() {
        // There is nobody left who could ask.
        std::future::pending::<()>().await;
    }
}

async fn take_turns(
    service: &Arc<Service>,
    means: &Means,
    lead: &watch::Sender<Lead>,
    cancel: &CancellationToken,
) {
    let mut back = StandBack::default();
    while !cancel.is_cancelled() {
        let pause = turn(service, means, lead, &mut back, cancel).await;
        tokio::select! {
            biased;
            () = cancel.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// One try, cancelled anywhere but in the middle of an election, whose key must not be left behind: looks whether it may stand, stands, and drives or waits for a vacancy. Returns how long to wait
/// before the next.
async fn turn(
    service: &Arc<Service>,
    means: &Means,
    lead: &watch::Sender<Lead>,
    back: &mut StandBack,
    cancel: &CancellationToken,
) -> Duration {
    let stand_back = |back: &mut StandBack, why: Say| {
        let (pause, stood_back) = back.again(service, why);
        lead.send_replace(stood_back);
        pause
    };
    let trouble = |back: &mut StandBack, error: ServiceError| {
        if error.is_refusal() {
            return stand_back(back, error.message);
        }
        lead.send_replace(Lead::Unknown(error.to_string()));
        STORE_AWAY
    };
    let standing = tokio::select! {
        biased;
        () = cancel.cancelled() => return Duration::ZERO,
        standing = may_stand(service, back) => standing,
    };
    match standing {
        Ok(Standing::May) => {}
        Ok(Standing::MayNot(why)) => {
            lead.send_replace(Lead::NotStanding(why));
            return STAND_AGAIN;
        }
        Err(error) => return trouble(back, error),
    }
    match elect(service).await {
        Ok(Election::Won(won)) => {
            lead.send_replace(Lead::Leading { since: won.record.since, epoch: won.record.epoch });
            tracing::info!(epoch = won.record.epoch, "this process leads the controllers");
            let begun = Instant::now();
            let ended = lead_on(service, means, &won, back, cancel).await;
            tracing::info!(epoch = won.record.epoch, "this process no longer leads");
            if begun.elapsed() >= stand_back::LASTED {
                back.is_over();
            }
            match ended {
                Some(Ended::Powerless(why)) => stand_back(back, why),
                Some(Ended::OtherPlatform(why)) => {
                    lead.send_replace(Lead::NotStanding(why));
                    STAND_AGAIN
                }
                None => {
                    lead.send_replace(Lead::Starting);
                    Duration::ZERO
                }
            }
        }
        Ok(Election::Overtaken) => Duration::ZERO,
        Ok(Election::Lost(leader, revision)) => {
            lead.send_replace(Lead::Following(leader));
            let vacant = tokio::select! {
                biased;
                () = cancel.cancelled() => return Duration::ZERO,
                vacant = vacancy(service, revision) => vacant,
            };
            match vacant {
                Ok(()) => Duration::ZERO,
                Err(error) => trouble(back, error.into()),
            }
        }
        Err(error) => trouble(back, error),
    }
}

/// May it stand? After it stood back it also has to prove that it could do something.
async fn may_stand(service: &Service, back: &StandBack) -> Result<Standing, ServiceError> {
    if back.is_doubtful() {
        service.can_change().await?;
    }
    service.standing().await
}

async fn elect(service: &Service) -> Result<Election, ServiceError> {
    let store = service.writes()?.store;
    let (revision, found) = service.store.get(&keys::leader()).await?;
    match found {
        Some(entry) if entry.leased => return Ok(Election::Lost(store::decode(&entry)?, revision)),
        Some(entry) => take_away(service, &entry).await?,
        None => {}
    }
    let epoch = service.read::<Epoch>(&keys::epoch()).await?;
    let (read, mut epoch) = epoch.unzip();
    let epoch = epoch.get_or_insert_default();
    let next = epoch.epoch + 1;
    let now = service.clock.now();
    let record = LeaderRecord {
        who: service.actor.label(),
        pid: std::process::id(),
        session: RecordId::new(now),
        since: now,
        epoch: next,
    };
    let sessions = epoch.sessions.clone();
    epoch.epoch = next;
    epoch.sessions.push(record.session);
    epoch.sessions.drain(..epoch.sessions.len().saturating_sub(SESSIONS));
    let txn =
        Txn::new().absent(keys::leader()).still(keys::epoch(), read.as_ref()).put(keys::epoch(), &epoch)?;
    let (mut txn, format) = service.in_known_format(txn).await?;
    let sent = Instant::now();
    let (lease, ttl) = store.lease_grant(service.settings.controllers.lease_ttl).await?;
    txn.ops.push(Op::Put(keys::leader(), store::encode(&keys::leader(), &record)?, Some(lease)));
    let outcome = store.txn(txn).await;
    if let Ok(TxnOutcome::Done(created)) = outcome {
        let belief = Arc::new(Mutex::new(sent + ttl));
        let format = format.unwrap_or(created);
        return Ok(Election::Won(Won { record, sessions, created, format, lease, ttl, belief }));
    }
    // Refused, or the answer was lost: if the key is ours after all, giving it up is the safe way out.
    let given_up = store.lease_revoke(lease).await;
    match outcome {
        Ok(_) => {
            let (revision, found) = service.store.get(&keys::leader()).await?;
            match found {
                Some(entry) if entry.leased => Ok(Election::Lost(store::decode(&entry)?, revision)),
                _ => Ok(Election::Overtaken),
            }
        }
        Err(error) => {
            given_up.ok();
            Err(error.into())
        }
    }
}

/// Takes away a leader's record that lies under no lease, if it is still the one read: nobody leads by it. Replacing
/// it would keep its create revision, by which whoever led until then is told from us.
async fn take_away(service: &Service, left_over: &Entry) -> Result<(), ServiceError> {
    let txn = Txn::new().still(keys::leader(), Some(left_over)).delete(keys::leader());
    let (txn, _) = service.in_known_format(txn).await?;
    if let TxnOutcome::Done(_) = service.writes()?.store.txn(txn).await? {
        tracing::warn!("the record of a leader lay under no lease, so nobody led by it; it was taken away");
    }
    Ok(())
}

/// Drives until the leadership is lost or `cancel`, then gives the key back. Returns why, where it gave it up by itself.
async fn lead_on(
    service: &Arc<Service>,
    means: &Means,
    won: &Won,
    back: &mut StandBack,
    cancel: &CancellationToken,
) -> Option<Ended> {
    // Without them no election is won.
    let writes = service.writes().ok()?;
    let lost = cancel.child_token();
    let leader = store::LeaderStore::won(
        Arc::clone(writes.store),
        won.created,
        won.format,
        won.record.epoch,
        Arc::clone(&won.belief),
    );
    let cache = means
        .cache
        .as_ref()
        .map_or_else(|| Cache::start(service.store.reads(), service.clock.clone(), lost.clone()), Arc::clone);
    let driving = async {
        let leader = taking_over::settle(service, leader, won.ttl, &lost)
            .await
            .map_err(|unsettled| unsettled.map(Ended::Powerless))?;
        let drive = Arc::new(Drive {
            service: Arc::clone(service),
            leader,
            storage: writes.storage.clone(),
            pace: means.pace,
            queue: Default::default(),
            installs: Default::default(),
            platforms: Default::default(),
            synced: Default::default(),
            strangers: Default::default(),
            // Checked when the settings were read.
            windows: service.settings.install.windows().unwrap_or_default(),
            notices: Notices::start(&service.settings.notices, service.store.name(), service.clock.clone()),
            lost: lost.clone(),
        });
        let driving = async {
            let leaders = (&won.record, won.sessions.as_slice());
            let begun = tokio::select! {
                biased;
                () = lost.cancelled() => return None,
                begun = KeptRevision::begin(service, writes.storage, &drive.leader, leaders, &mut back.stranger) => begun,
            };
            match begun {
                Ok(kept) => tokio::join!(run::run(Arc::clone(&drive), cache), kept.keep(&lost)).1,
                Err(error) => {
                    lost.cancel();
                    Some(error.message)
                }
            }
        };
        let (not_alone, (), powerless) = tokio::join!(
            driving,
            taking_over::stay(service, &lost),
            proof::keep(&drive.leader, won.ttl, &lost)
        );
        Ok((drive, not_alone.or(powerless)))
    };
    let (driven, ()) = tokio::join!(driving, renew(writes.store, won, &lost));
    let revoked = tokio::time::timeout(STEP_DOWN, writes.store.lease_revoke(won.lease)).await;
    if !matches!(revoked, Ok(Ok(()))) {
        tracing::warn!("the leadership could not be given back; others wait until its lease ends");
    }
    match driven {
        Ok((drive, powerless)) => {
            let other = drive.platforms.other().map(Ended::OtherPlatform);
            let ended = other.or(powerless.map(Ended::Powerless));
            // Its steps are dropped by now, so that nobody else holds it.
            if let Some(drive) = Arc::into_inner(drive) {
                drive.notices.end().await;
            }
            ended
        }
        Err(unsettled) => unsettled,
    }
}

/// Renews the lease three times in its length; ends, cancelling `lost`, when it is lost or not renewed in time.
async fn renew(store: &SharedStore, won: &Won, lost: &CancellationToken) {
    let mut pause = won.ttl / 3;
    loop {
        let until = won.belief.lock().map_or_else(|_| Instant::now(), |belief| *belief);
        tokio::select! {
            biased;
            () = lost.cancelled() => return,
            () = tokio::time::sleep_until(until) => break,
            () = tokio::time::sleep(pause) => {}
        }
        let sent = Instant::now();
        let answer = tokio::select! {
            biased;
            () = lost.cancelled() => return,
            () = tokio::time::sleep_until(until) => break,
            answer = store.lease_renew(won.lease) => answer,
        };
        match answer {
            Ok(Duration::ZERO) => break,
            Ok(ttl) => {
                if let Ok(mut belief) = won.belief.lock() {
                    *belief = sent + ttl;
                }
                pause = ttl / 3;
            }
            Err(error) => {
                tracing::warn!(%error, "the lease could not be renewed");
                pause = won.ttl / 20;
            }
        }
    }
    lost.cancel();
}

/// Returns when the leader's key is gone or lost its lease, or after a lease's length to look again.
async fn vacancy(service: &Service, seen: Revision) -> Result<(), StoreError> {
    let mut watch = service.store.watch(keys::leader().as_str(), seen + 1).await?;
    let look_again = tokio::time::sleep(service.settings.controllers.lease_ttl);
    tokio::pin!(look_again);
    loop {
        let batch = tokio::select! {
            biased;
            batch = watch.recv() => batch,
            () = &mut look_again => return Ok(()),
        };
        match batch {
            Some(Ok(batch)) => {
                let leader = keys::leader();
                let gone = |event: &WatchEvent| match event {
                    WatchEvent::Delete(key, _) => *key == leader,
                    WatchEvent::Put(entry) => entry.key == leader && !entry.leased,
                };
                if batch.events.iter().any(gone) {
                    return Ok(());
                }
            }
            Some(Err(StoreError::Compacted { .. })) | None => return Ok(()),
            Some(Err(error)) => return Err(error),
        }
    }
}
