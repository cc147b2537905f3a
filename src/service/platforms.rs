//! Which platform answers at each endpoint, and does it belong to the records? An operator may say that another one
//! takes its place.

use std::time::Duration;

use futures::future::join_all;
use serde::Serialize;
use serde_json::json;

use super::commit::{Audited, try_again};
use super::standing::Standing;
use super::sync::not_configured;
use super::{Code, Service, ServiceError};
use crate::crash;
use crate::domain::pin::{self, Answers, Knows, Pin};
use crate::domain::segment::MAX_REASON;
use crate::domain::words::{Say, Value, say, word};
use crate::domain::{FreeText, RemoteKind, Segment, Timestamp};
use crate::remote::{RemoteError, RemoteSegment, SegmentRepository};
use crate::settings::Settings;
use crate::store::{self, Entry, ListQuery, MAX_OPS, ReadStore, StoreError, Txn, keys};

/// How long standing for election waits for a platform's identity: one that is away keeps nobody from leading, and
/// is looked at again before anything is done on it.
const PATIENCE: Duration = Duration::from_secs(2);

/// Most pages that are read for one uid that the records have too. A platform that keeps more and shows none of them
/// first is no platform of these records.
const MAX_PAGES: usize = 200;

/// What was found at an endpoint.
#[derive(Debug, Clone)]
pub(crate) struct Met {
    /// The pin, as it was read.
    pub pin: Option<(Entry, Pin)>,
    /// The identity that answers, if it has one.
    pub found: Option<String>,
    /// Which platform that is.
    pub answers: Answers,
}

/// Why nobody knows which platform answers.
#[derive(Debug)]
pub(crate) enum NotMet {
    /// Our own store.
    Store(ServiceError),
    /// The platform. `guarded`: its calls name the pinned platform, so that another one refuses them by itself.
    Away { error: RemoteError, guarded: bool },
}

impl From<ServiceError> for NotMet {
    fn from(error: ServiceError) -> Self {
        Self::Store(error)
    }
}

/// A platform as commands show it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlatformShown {
    /// Which remote.
    pub remote: RemoteKind,
    /// Where it is looked for.
    pub endpoint: String,
    /// Is it the one of the records?
    pub state: PlatformState,
    /// The identity of the records' platform.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pinned: Option<String>,
    /// When that was written down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pinned_at: Option<Timestamp>,
    /// By whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pinned_by: Option<FreeText>,
    /// The identity that answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<String>,
    /// What is wrong, with how to mend it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Say>,
}

/// Is a platform the one of the records?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum PlatformState {
    /// Yes.
    Same,
    /// Nobody has written one down; whoever leads will take this one.
    Unpinned,
    /// It is another one.
    Other,
    /// It does not answer.
    Away,
}

impl PlatformState {
    /// As in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Unpinned => "unpinned",
            Self::Other => "other",
            Self::Away => "away",
        }
    }
}

/// How an adoption ended.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlatformAdopted {
    /// Which remote.
    pub remote: RemoteKind,
    /// Was anything written?
    pub changed: bool,
    /// The identity of before, if there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// The identity from now on; absent: the platform has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
}

/// Asks who answers and judges it by the records. From then on the calls of this remote are meant for the pinned one.
pub(crate) async fn meet(
    store: &dyn ReadStore,
    repository: &dyn SegmentRepository,
    remote: RemoteKind,
) -> Result<Met, NotMet> {
    let (_, entry) = store.get(&keys::platform(remote)).await.map_err(ServiceError::from)?;
    let pin = match entry {
        Some(entry) => {
            let pin: Pin = store::decode(&entry).map_err(ServiceError::from)?;
            Some((entry, pin))
        }
        None => None,
    };
    let known = pin.as_ref().map(|(_, pin)| pin);
    let pinned = known.and_then(|pin| pin.platform.as_deref());
    repository.pin(pinned);
    let guarded = pinned.is_some();
    let away = |error| NotMet::Away { error, guarded };
    let found = repository.platform().await.map_err(away)?;
    let answers = match pin::by_identity(known, found.as_deref()) {
        Some(answers) => answers,
        None => pin::by_uids(known, found.as_deref(), knows(store, repository, remote, away).await?),
    };
    Ok(Met { pin, found, answers })
}

/// Does the platform have one of the segments that the records say it has?
async fn knows(
    store: &dyn ReadStore,
    repository: &dyn SegmentRepository,
    remote: RemoteKind,
    away: impl Fn(RemoteError) -> NotMet,
) -> Result<Knows, NotMet> {
    if !is_anything_recorded(store, remote).await? {
        return Ok(Knows::Nothing);
    }
    let mut token = String::new();
    for _ in 0..MAX_PAGES {
        let page = repository.list(&token).await.map_err(&away)?;
        for some in page.segments.chunks(MAX_OPS) {
            let keys: Vec<_> = some.iter().map(|segment| keys::segment(&segment.id)).collect();
            let got = store.get_many(&keys).await.map_err(ServiceError::from)?;
            let is_recorded = |(there, entry): (&RemoteSegment, &Option<Entry>)| {
                let here = entry.as_ref().and_then(|entry| store::decode::<Segment>(entry).ok());
                here.is_some_and(|here| here.remote == remote && here.uid() == Some(&there.uid))
            };
            if some.iter().zip(&got.entries).any(is_recorded) {
                return Ok(Knows::One);
            }
        }
        if page.next.is_empty() || page.next == token {
            break;
        }
        token = page.next;
    }
    Ok(Knows::None)
}

/// Has any record of this remote a uid?
async fn is_anything_recorded(store: &dyn ReadStore, remote: RemoteKind) -> Result<bool, ServiceError> {
    let mut query = ListQuery { limit: 500, ..ListQuery::prefix(keys::SEGMENTS) };
    loop {
        let page = store.list(&query).await?;
        let has_uid = |entry: &Entry| {
            let segment = store::decode::<Segment>(entry).ok();
            segment.is_some_and(|segment| segment.remote == remote && segment.uid().is_some())
        };
        if page.entries.iter().any(has_uid) {
            return Ok(true);
        }
        if !query.turn(&page) {
            return Ok(false);
        }
        query.limit = 5_000;
    }
}

/// Where a remote is looked for.
fn endpoint(settings: &Settings, remote: RemoteKind) -> &str {
    match remote {
        RemoteKind::Sdp => &settings.sdp.endpoint,
        RemoteKind::Store15s => &settings.store15s.endpoint,
    }
}

/// That another platform answers, and what can be done.
pub(crate) fn other_platform(settings: &Settings, remote: RemoteKind, met: &Met) -> Say {
    let named = |platform: Option<&str>| match platform {
        Some(platform) => Value::from(platform),
        None => Value::from(word!("platform-anonymous")),
    };
    let pinned = met.pin.as_ref().and_then(|(_, pin)| pin.platform.as_deref());
    let (endpoint, found) = (endpoint(settings, remote), named(met.found.as_deref()));
    match (pinned, &met.found) {
        (Some(pinned), Some(_)) => {
            say!(
                "other-platform",
                remote = remote.as_str(),
                endpoint = endpoint,
                found = found,
                pinned = pinned
            )
        }
        (pinned, _) => say!(
            "other-platform-knows-none",
            remote = remote.as_str(),
            endpoint = endpoint,
            found = found,
            pinned = named(pinned)
        ),
    }
}

/// The pin of a platform that is taken for the one of the records.
pub(crate) fn pin_of(met: &Met, now: Timestamp, by: FreeText) -> Pin {
    let unknown = met.pin.as_ref().map(|(_, pin)| pin.unknown.clone()).unwrap_or_default();
    Pin {
        platform: met.found.clone(),
        pinned_at: now,
        pinned_by: by,
        reason: None,
        unproven: false,
        hold_removals: false,
        unknown,
    }
}

/// What `remote show` and `doctor` tell of one remote.
///
/// # Errors
/// When the store is away.
pub async fn show_platform(
    store: &dyn ReadStore,
    repository: &dyn SegmentRepository,
    settings: &Settings,
    remote: RemoteKind,
) -> Result<PlatformShown, ServiceError> {
    let met = meet(store, repository, remote).await;
    let pin = match &met {
        Ok(met) => met.pin.as_ref().map(|(_, pin)| pin.clone()),
        Err(_) => {
            let (_, entry) = store.get(&keys::platform(remote)).await?;
            entry.as_ref().map(store::decode::<Pin>).transpose()?
        }
    };
    let (state, found, reason) = match met {
        Ok(met) => match met.answers {
            Answers::Pinned => (PlatformState::Same, met.found, None),
            Answers::New => (PlatformState::Unpinned, met.found, None),
            Answers::Other => {
                let why = other_platform(settings, remote, &met);
                (PlatformState::Other, met.found, Some(why))
            }
        },
        Err(NotMet::Away { error, .. }) => (PlatformState::Away, None, Some(error.say())),
        Err(NotMet::Store(error)) => return Err(error),
    };
    Ok(PlatformShown {
        remote,
        endpoint: endpoint(settings, remote).to_owned(),
        state,
        pinned: pin.as_ref().and_then(|pin| pin.platform.clone()),
        pinned_at: pin.as_ref().map(|pin| pin.pinned_at),
        pinned_by: pin.map(|pin| pin.pinned_by),
        found,
        reason,
    })
}

impl Service {
    /// May this process lead, by the platforms it sees? Those that do not answer soon keep nobody from it.
    ///
    /// # Errors
    /// When the store is away.
    pub(super) async fn by_platforms(&self) -> Result<Standing, ServiceError> {
        let all = self.remotes.configured().filter_map(|remote| {
            let repository = self.remotes.repository(remote)?;
            Some(async move {
                let meeting = meet(&*self.store, repository.as_ref(), remote);
                (remote, tokio::time::timeout(PATIENCE, meeting).await)
            })
        });
        for (remote, met) in join_all(all).await {
            match met {
                Ok(Ok(met)) if met.answers == Answers::Other => {
                    return Ok(Standing::MayNot(other_platform(&self.settings, remote, &met)));
                }
                Ok(Err(NotMet::Store(error))) => return Err(error),
                Ok(Ok(_) | Err(NotMet::Away { .. })) | Err(_) => {}
            }
        }
        Ok(Standing::May)
    }

    /// From now on the calls of a remote are meant for the platform that is pinned, if one with an identity is.
    ///
    /// # Errors
    /// When the store is away.
    pub(super) async fn mean_pinned(&self, remote: RemoteKind) -> Result<(), ServiceError> {
        if let Some(repository) = self.remotes.repository(remote) {
            let pin = self.read::<Pin>(&keys::platform(remote)).await?;
            repository.pin(pin.and_then(|(_, pin)| pin.platform).as_deref());
        }
        Ok(())
    }

    /// Refuses to go on with another platform than the one of the records.
    ///
    /// # Errors
    /// `conflict` for another platform, `unavailable` when it or the store is away.
    pub(super) async fn same_platform(&self, remote: RemoteKind) -> Result<Option<Pin>, ServiceError> {
        let repository = self.remotes.repository(remote).ok_or_else(|| not_configured(remote))?;
        match meet(&*self.store, repository.as_ref(), remote).await {
            Ok(met) if met.answers == Answers::Other => {
                Err(ServiceError::new(Code::Conflict, other_platform(&self.settings, remote, &met)))
            }
            Ok(met) => Ok(met.pin.map(|(_, pin)| pin)),
            Err(NotMet::Away { error, .. }) => Err(error.into()),
            Err(NotMet::Store(error)) => Err(error),
        }
    }

    /// The platform of each configured remote, beside the one of the records.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn platforms(&self) -> Result<Vec<PlatformShown>, ServiceError> {
        let all = self.remotes.configured().filter_map(|remote| {
            let repository = self.remotes.repository(remote)?;
            Some(show_platform(&*self.store, repository.as_ref(), &self.settings, remote))
        });
        join_all(all).await.into_iter().collect()
    }

    /// The platform that answers now takes the place of the one that the records belonged to.
    ///
    /// # Errors
    /// `usage` without a reason, `unavailable` when the remote is not configured or the platform or the store is away.
    pub async fn adopt_platform(
        &self,
        remote: RemoteKind,
        reason: &str,
    ) -> Result<PlatformAdopted, ServiceError> {
        if reason.trim().is_empty() {
            return Err(ServiceError::new(Code::Usage, word!("remote-adopt-needs-reason")));
        }
        try_again(say!("what-adopt", remote = remote), || self.try_adopt_platform(remote, reason)).await
    }

    async fn try_adopt_platform(
        &self,
        remote: RemoteKind,
        reason: &str,
    ) -> Result<Option<PlatformAdopted>, ServiceError> {
        let repository = self.remotes.repository(remote).ok_or_else(|| not_configured(remote))?;
        let met = match meet(&*self.store, repository.as_ref(), remote).await {
            Ok(met) => met,
            Err(NotMet::Away { error, .. }) => return Err(error.into()),
            Err(NotMet::Store(error)) => return Err(error),
        };
        let before = met.pin.as_ref().and_then(|(_, pin)| pin.platform.clone());
        if met.answers == Answers::Pinned {
            return Ok(Some(PlatformAdopted { remote, changed: false, platform: before.clone(), before }));
        }
        // Its list is asked for as the platform that it is.
        repository.pin(met.found.as_deref());
        let away = |error| NotMet::Away { error, guarded: false };
        let knows = match knows(&*self.store, repository.as_ref(), remote, away).await {
            Ok(knows) => knows,
            Err(NotMet::Away { error, .. }) => return Err(error.into()),
            Err(NotMet::Store(error)) => return Err(error),
        };
        let mut pin = pin_of(&met, self.clock.now(), self.actor.label());
        pin.reason = Some(FreeText::from(reason.trim()).cut(MAX_REASON));
        pin.unproven = knows == Knows::None;
        pin.hold_removals = knows != Knows::Nothing;
        let key = keys::platform(remote);
        let txn = Txn::new().still(key.clone(), met.pin.as_ref().map(|(entry, _)| entry)).put(key, &pin)?;
        let audited = Audited {
            action: "remote.adopt",
            object: remote.as_str(),
            before: json!({ "platform": before }),
            after: json!({ "platform": pin.platform, "reason": pin.reason }),
        };
        let adopted = PlatformAdopted { remote, changed: true, before, platform: pin.platform };
        crash::point("adopt.commit.before");
        let done = self.commit(txn, audited).await?;
        crash::point("adopt.commit.after");
        Ok(done.map(|_| adopted))
    }
}

impl From<StoreError> for NotMet {
    fn from(error: StoreError) -> Self {
        Self::Store(error.into())
    }
}
