//! What goes wrong between a host and the places it speaks to: delays, refusals, lost answers, cuts, frozen
//! processes. What was sent goes its way even when the sender is killed.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::chance::Chance;

/// One life of a console; a restarted one is another host.
pub type Host = u32;

/// What a host speaks to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    Store,
    Platform,
    Files,
}

impl Place {
    /// When a caller gives up by itself.
    fn deadline(self) -> Duration {
        Duration::from_secs(match self {
            Self::Store => 5,
            Self::Platform => 10,
            Self::Files => 2,
        })
    }
}

/// Why a call has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lost {
    /// It was not done, and the caller knows.
    Refused,
    /// It may have been done, or may yet be.
    Unclear,
}

/// How often things go wrong, per mille of the calls.
#[derive(Debug, Clone, Copy)]
pub struct Climate {
    pub slow: u64,
    pub refused: u64,
    pub answer_lost: u64,
    pub late: u64,
    pub watch_breaks: u64,
    pub watch_forgets: u64,
}

#[derive(Debug, Default)]
struct Trouble {
    cut: BTreeMap<Place, Instant>,
    frozen: Option<Instant>,
    killed: bool,
}

struct State {
    chance: Chance,
    climate: Option<Climate>,
    hosts: BTreeMap<Host, Trouble>,
}

/// See the module.
pub struct Weather(Mutex<State>);

/// How a call goes its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hurry {
    /// As the weather is.
    Usual,
    /// So that much happens before it arrives.
    Late,
}

enum Fate {
    Through { before: Duration, after: Duration },
    Refused { after: Duration },
    AnswerLost { before: Duration },
    NeverSent,
}

impl Weather {
    pub fn new(chance: Chance, climate: Climate) -> Arc<Self> {
        Arc::new(Self(Mutex::new(State { chance, climate: Some(climate), hosts: BTreeMap::new() })))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    /// From now on nothing goes wrong.
    pub fn clear_up(&self) {
        let mut state = self.lock();
        state.climate = None;
        for trouble in state.hosts.values_mut() {
            trouble.cut.clear();
            trouble.frozen = None;
        }
    }

    pub fn is_calm(&self) -> bool {
        self.lock().climate.is_none()
    }

    /// So many times in a thousand while the weather is bad.
    pub fn happens(&self, per_mille: impl FnOnce(&Climate) -> u64) -> bool {
        let mut state = self.lock();
        let Some(climate) = state.climate else { return false };
        state.chance.per_mille(per_mille(&climate))
    }

    pub fn cut(&self, host: Host, place: Place, until: Instant) {
        self.lock().hosts.entry(host).or_default().cut.insert(place, until);
    }

    /// Nothing the host sends goes out, and nothing it is sent comes in, until then.
    pub fn freeze(&self, host: Host, until: Instant) {
        self.lock().hosts.entry(host).or_default().frozen = Some(until);
    }

    /// What the host sent is on its way; it hears nothing any more and sends nothing.
    pub fn kill(&self, host: Host) {
        self.lock().hosts.entry(host).or_default().killed = true;
    }

    pub fn is_cut(&self, host: Host, place: Place) -> bool {
        let state = self.lock();
        let until = state.hosts.get(&host).and_then(|trouble| trouble.cut.get(&place));
        until.is_some_and(|until| *until > Instant::now())
    }

    pub async fn thaw(&self, host: Host) {
        loop {
            let (killed, frozen) = {
                let state = self.lock();
                state.hosts.get(&host).map_or((false, None), |trouble| (trouble.killed, trouble.frozen))
            };
            match frozen {
                _ if killed => std::future::pending().await,
                Some(until) if until > Instant::now() => sleep_until(until).await,
                _ => return,
            }
        }
    }

    fn fate(&self, host: Host, place: Place) -> Fate {
        let cut = self.is_cut(host, place);
        let mut state = self.lock();
        let Some(climate) = state.climate else {
            return Fate::Through { before: Duration::ZERO, after: Duration::ZERO };
        };
        let chance = &mut state.chance;
        if cut {
            return if chance.per_mille(150) {
                Fate::AnswerLost { before: chance.millis(0, 4_000) }
            } else {
                Fate::NeverSent
            };
        }
        let scale = if place == Place::Platform { 4 } else { 1 };
        let roll = chance.below(1000);
        let mut bound = climate.refused * scale;
        if roll < bound {
            return Fate::Refused { after: chance.millis(0, 300) };
        }
        bound += climate.answer_lost * scale;
        if roll < bound {
            return Fate::AnswerLost { before: chance.millis(0, 1_000) };
        }
        bound += climate.late;
        if roll < bound {
            let most = 2 * place.deadline().as_millis() as u64;
            return Fate::AnswerLost { before: chance.millis(most / 2, most) };
        }
        bound += climate.slow;
        if roll < bound {
            return Fate::Through { before: chance.millis(1, 900), after: chance.millis(0, 900) };
        }
        match place {
            // Long enough for a crash to fall in between.
            Place::Platform => Fate::Through { before: chance.millis(5, 150), after: chance.millis(0, 80) },
            Place::Store | Place::Files => Fate::Through { before: Duration::ZERO, after: Duration::ZERO },
        }
    }

    /// It arrives, as long as the weather is bad perhaps after the caller gave up.
    fn late(&self, place: Place) -> Fate {
        let deadline = place.deadline().as_millis() as u64;
        let mut state = self.lock();
        let calm = state.climate.is_none();
        let chance = &mut state.chance;
        if calm || chance.per_mille(700) {
            Fate::Through { before: chance.millis(1, deadline), after: Duration::ZERO }
        } else {
            Fate::AnswerLost { before: chance.millis(1, 2 * deadline) }
        }
    }

    /// Carries a call to its place and the answer back, or does not.
    pub async fn carry<T, F>(&self, host: Host, place: Place, effect: F) -> Result<T, Lost>
    where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        self.carry_at(Hurry::Usual, host, place, effect).await
    }

    /// The same in another hurry.
    pub async fn carry_at<T, F>(&self, hurry: Hurry, host: Host, place: Place, effect: F) -> Result<T, Lost>
    where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        self.thaw(host).await;
        let deadline = place.deadline();
        let fate = match hurry {
            Hurry::Late => self.late(place),
            Hurry::Usual => self.fate(host, place),
        };
        match fate {
            Fate::Through { before, after } if before.is_zero() && after.is_zero() => {
                let answer = effect.await;
                self.thaw(host).await;
                return Ok(answer);
            }
            Fate::Through { before, after } => {
                let (tell, told) = oneshot::channel();
                tokio::spawn(async move {
                    sleep(before).await;
                    let answer = effect.await;
                    sleep(after).await;
                    let _ = tell.send(answer);
                });
                if let Ok(Ok(answer)) = timeout(deadline, told).await
                    && !self.is_cut(host, place)
                {
                    self.thaw(host).await;
                    return Ok(answer);
                }
            }
            Fate::Refused { after } => {
                sleep(after).await;
                self.thaw(host).await;
                return Err(Lost::Refused);
            }
            Fate::AnswerLost { before } => {
                tokio::spawn(async move {
                    sleep(before).await;
                    effect.await;
                });
                let wait = if before < deadline { before + Duration::from_millis(200) } else { deadline };
                sleep(wait).await;
            }
            Fate::NeverSent => sleep(deadline).await,
        }
        self.thaw(host).await;
        Err(Lost::Unclear)
    }
}
