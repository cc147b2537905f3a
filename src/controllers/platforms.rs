//! Before anything is done on a platform: is it the one of the records? A leader that meets another one drives no
//! more, and says which.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;

use super::drive::Drive;
use super::step::{After, Stepped, Trouble};
use crate::crash;
use crate::domain::RemoteKind;
use crate::domain::pin::{Answers, Pin};
use crate::domain::words::Say;
use crate::remote::{RemoteError, SegmentRepository};
use crate::service::{Audited, Met, NotMet, meet, other_platform, pin_of};
use crate::store::{Revision, Txn, keys};

/// How long until a platform that did not answer is asked again who it is, if nothing else asks.
const AGAIN: Duration = Duration::from_secs(30);

/// What this leader knows of the platforms. The next one asks for itself.
#[derive(Default)]
pub(super) struct Platforms {
    state: Mutex<State>,
    /// One asks at a time; the others wait for the same answer.
    turn: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct State {
    /// Looked at and found to be those of the records, whose pins were written at these revisions.
    open: BTreeMap<RemoteKind, Revision>,
    /// The last that did not answer, and when that was known.
    away: BTreeMap<RemoteKind, (Instant, RemoteError)>,
    /// Another one was met.
    other: Option<Say>,
}

/// Who answered.
enum Asked {
    /// The platform of the records.
    Known(Box<Pin>),
    /// Nobody. `guarded`: calls name the pinned platform, so that another one refuses them by itself.
    Away { error: RemoteError, guarded: bool },
}

/// May something be done on a platform?
pub(super) enum Passage {
    /// It is the one of the records, or refuses by itself what is meant for another one.
    Open,
    /// It does not answer, so that nobody knows.
    Away(RemoteError),
}

impl Platforms {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Another platform was met: why this process drives no more.
    pub(super) fn meet_other(&self, why: Say) {
        self.state().other.get_or_insert(why);
    }

    /// Why this process drives no more, if that is because of a platform.
    pub(super) fn other(&self) -> Option<Say> {
        self.state().other.clone()
    }
}

/// Asks once in a leadership who the platform is, and pins it where that is to be done.
///
/// # Errors
/// [`Trouble::OtherPlatform`], and those of the store.
pub(super) async fn pass(
    drive: &Drive,
    remote: RemoteKind,
    repository: &dyn SegmentRepository,
) -> Result<Passage, Trouble> {
    let began = Instant::now();
    if drive.platforms.state().open.contains_key(&remote) {
        return Ok(Passage::Open);
    }
    let _turn = drive.platforms.turn.lock().await;
    {
        let state = drive.platforms.state();
        if state.open.contains_key(&remote) {
            return Ok(Passage::Open);
        }
        // Whoever waited behind a question that nobody answered need not ask it again.
        if let Some((at, error)) = state.away.get(&remote).filter(|(at, _)| *at > began) {
            tracing::debug!(%remote, since = ?at.elapsed(), "the platform did not answer a moment ago");
            return Ok(Passage::Away(error.clone()));
        }
    }
    Ok(match ask(drive, remote, repository).await? {
        Asked::Known(_) | Asked::Away { guarded: true, .. } => Passage::Open,
        Asked::Away { error, guarded: false } => Passage::Away(error),
    })
}

/// Asks now, whatever was known: what follows rests on the answer.
///
/// # Errors
/// As [`pass`]; what the platform answered where nobody can say which one it is.
pub(super) async fn check(
    drive: &Drive,
    remote: RemoteKind,
    repository: &dyn SegmentRepository,
) -> Result<Pin, Trouble> {
    let _turn = drive.platforms.turn.lock().await;
    match ask(drive, remote, repository).await? {
        Asked::Known(pin) => Ok(*pin),
        Asked::Away { error, .. } => Err(error.into()),
    }
}

async fn ask(
    drive: &Drive,
    remote: RemoteKind,
    repository: &dyn SegmentRepository,
) -> Result<Asked, Trouble> {
    let met = match meet(drive.leader.reads(), repository, remote).await {
        Ok(met) => met,
        Err(NotMet::Store(error)) => return Err(error.into()),
        Err(NotMet::Away { error, guarded }) => {
            drive.platforms.state().away.insert(remote, (Instant::now(), error.clone()));
            return Ok(Asked::Away { error, guarded });
        }
    };
    let (pin, revision) = match (met.answers, &met.pin) {
        (Answers::Other, _) => {
            return Err(Trouble::OtherPlatform(other_platform(&drive.service.settings, remote, &met)));
        }
        (Answers::Pinned, Some((entry, pin))) => (pin.clone(), entry.mod_revision),
        (Answers::Pinned, None) | (Answers::New, _) => {
            let now = drive.service.clock.now();
            let pin = pin_of(&met, now, drive.service.actor.label());
            let revision = write(drive, remote, &met, &pin).await?;
            repository.pin(pin.platform.as_deref());
            tracing::info!(%remote, platform = pin.platform, "the records belong to this platform from now on");
            (pin, revision)
        }
    };
    drive.platforms.state().open.insert(remote, revision);
    Ok(Asked::Known(Box::new(pin)))
}

async fn write(drive: &Drive, remote: RemoteKind, met: &Met, pin: &Pin) -> Result<Revision, Trouble> {
    let key = keys::platform(remote);
    let before = met.pin.as_ref();
    let txn = Txn::new().still(key.clone(), before.map(|(entry, _)| entry)).put(key, pin)?;
    let audited = Audited {
        action: "remote.pin",
        object: remote.as_str(),
        before: json!({ "platform": before.and_then(|(_, pin)| pin.platform.as_deref()) }),
        after: json!({ "platform": pin.platform }),
    };
    crash::point("pin.commit.before");
    let revision = drive.commit_audited(txn, audited).await?;
    crash::point("pin.commit.after");
    Ok(revision)
}

/// Changes the pin of a platform that is that of the records.
pub(super) async fn write_again(
    drive: &Drive,
    remote: RemoteKind,
    change: impl FnOnce(&mut Pin),
) -> Result<(), Trouble> {
    let _turn = drive.platforms.turn.lock().await;
    let key = keys::platform(remote);
    let Some((entry, mut pin)) = drive.service.read::<Pin>(&key).await? else { return Ok(()) };
    change(&mut pin);
    let txn = Txn::new().unchanged(key.clone(), entry.mod_revision);
    let revision = drive.commit(txn.put(key, &pin)?).await?;
    drive.platforms.state().open.insert(remote, revision);
    Ok(())
}

/// Asks those that have not answered yet, and looks whether an operator has put another one in a platform's place.
pub(super) async fn look(drive: &Drive) -> Stepped {
    let mut after = After::Change;
    for remote in drive.service.remotes.configured().collect::<Vec<_>>() {
        let Some(repository) = drive.service.remotes.repository(remote) else { continue };
        let (_, entry) = drive.leader.reads().get(&keys::platform(remote)).await?;
        let written = entry.map_or(0, |entry| entry.mod_revision);
        // What is open may have been written a moment after this was read.
        let known = drive.platforms.state().open.get(&remote).copied();
        if known.is_some_and(|known| written > known) {
            drive.platforms.state().open.remove(&remote);
        }
        if let Passage::Away(error) = pass(drive, remote, repository.as_ref()).await? {
            tracing::info!(%remote, %error, "which platform answers is not known yet");
            after = After::Pause(AGAIN);
        }
    }
    Ok(after)
}
