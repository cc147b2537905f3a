//! News for the console: records, leadership, the size of the terminal. Each source waits until its last piece
//! was taken in, so that a terminal that does not read costs no memory; meanwhile changes are merged by key.

use std::sync::Arc;

use rustix::process::Signal as Number;
use tokio::runtime::Handle;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::oneshot;

use super::Context;
use super::actions::ActionId;
use super::effect::Action;
use super::inbox::Sender;
use super::model::data::{Data, Delta, Freshness};
use super::terminal::Typed;
use crate::domain::words::{say, word};
use crate::service::{Rights, Service};
use crate::store::{self, Cache, Change, Rows};

/// What wakes the console.
#[derive(Debug)]
pub(super) enum Event {
    /// The operator typed.
    Typed(Typed),
    /// The terminal has another size.
    Resized,
    /// News; dropping the second part asks for the next piece.
    News(Action, oneshot::Sender<()>),
    /// An effect has an answer.
    Answer(Action),
    /// Something outside asks for what a key can ask for.
    Asked(ActionId),
    /// The controllers have stepped down: the process may be stopped.
    Aside,
    /// There is no shell that would let it go on.
    NoShell,
    /// The shell let the process go on.
    WentOn,
    /// The terminal vanished, or the process shall end.
    Gone,
}

/// What the process is told from outside.
pub(super) struct Signals {
    size: Signal,
    hangup: Signal,
    terminate: Signal,
    interrupt: Signal,
    quit: Signal,
    suspend: Signal,
    went_on: Signal,
}

impl Signals {
    /// Nothing that comes after this is missed: listen before the terminal's size is read or its mode changed.
    ///
    /// # Errors
    /// When the system does not let us listen.
    pub(super) fn listen(runtime: &Handle) -> std::io::Result<Self> {
        let _entered = runtime.enter();
        Ok(Self {
            size: signal(SignalKind::window_change())?,
            hangup: signal(SignalKind::hangup())?,
            terminate: signal(SignalKind::terminate())?,
            // The terminal sends neither while it is ours: somebody else does.
            interrupt: signal(SignalKind::interrupt())?,
            quit: signal(SignalKind::quit())?,
            suspend: signal(SignalKind::from_raw(Number::TSTP.as_raw()))?,
            went_on: signal(SignalKind::from_raw(Number::CONT.as_raw()))?,
        })
    }

    async fn tell(mut self, events: Sender) {
        loop {
            let event = tokio::select! {
                _ = self.size.recv() => Event::Resized,
                _ = self.hangup.recv() => Event::Gone,
                _ = self.terminate.recv() => Event::Gone,
                _ = self.interrupt.recv() => Event::Gone,
                _ = self.quit.recv() => Event::Gone,
                _ = self.suspend.recv() => Event::Asked(ActionId::Suspend),
                _ = self.went_on.recv() => Event::WentOn,
            };
            if events.send(event).is_err() {
                return;
            }
        }
    }
}

/// Starts all sources.
pub(super) fn start(context: &Context, signals: Signals, events: &Sender) {
    let runtime = &context.runtime;
    runtime.spawn(records(Arc::clone(&context.cache), events.clone()));
    runtime.spawn(freshness(Arc::clone(&context.cache), events.clone()));
    runtime.spawn(signals.tell(events.clone()));
    if !context.settings.ui.read_only {
        runtime.spawn(rights(Arc::clone(&context.service), Arc::clone(&context.cache), events.clone()));
    }
    let (mut lead, sender) = (context.lead.clone(), events.clone());
    runtime.spawn(async move {
        lead.mark_changed();
        while lead.changed().await.is_ok() {
            let now = lead.borrow_and_update().clone();
            if !tell(&sender, Action::Lead(now)).await {
                return;
            }
        }
    });
}

/// Hands news over and waits until they were taken in; `false`: the console has ended.
pub(super) async fn tell(events: &Sender, action: Action) -> bool {
    let (taken, when_taken) = oneshot::channel();
    if events.send(Event::News(action, taken)).is_err() {
        return false;
    }
    // The sender is dropped, never used: that is the sign.
    let _ = when_taken.await;
    true
}

async fn records(cache: Arc<Cache>, events: Sender) {
    let mut changes = cache.subscribe();
    loop {
        let changed = changes.next().await;
        let delta = cache.read(|rows| delta(rows, &changed));
        if !delta.is_empty() && !tell(&events, Action::Data(Box::new(delta))).await {
            return;
        }
    }
}

async fn freshness(cache: Arc<Cache>, events: Sender) {
    let mut freshness = cache.freshness();
    freshness.mark_changed();
    while freshness.changed().await.is_ok() {
        let now = Freshness::from(&*freshness.borrow_and_update());
        if !tell(&events, Action::Freshness(now)).await {
            return;
        }
    }
}

/// Asks what may be changed whenever the store has come back: rights change, and it may be another store's turn.
async fn rights(service: Arc<Service>, cache: Arc<Cache>, events: Sender) {
    let live = |freshness: &store::Freshness| matches!(freshness, store::Freshness::Live { .. });
    let mut freshness = cache.freshness();
    while freshness.wait_for(live).await.is_ok() {
        // What cannot be found out now is refused by the store itself, action by action.
        if let Ok(rights) = service.rights().await {
            let look_only = match rights {
                Rights::Change => None,
                Rights::OlderProgram => Some(word!("reason-older-program").into()),
                Rights::LookOnly => Some(say!("reason-look-only", store = service.store.name())),
            };
            if !tell(&events, Action::Rights(look_only)).await {
                return;
            }
        }
        if freshness.wait_for(|now| !live(now)).await.is_err() {
            return;
        }
    }
}

impl From<&store::Freshness> for Freshness {
    fn from(freshness: &store::Freshness) -> Self {
        match freshness {
            store::Freshness::Loading { rows } => Self::Loading(*rows),
            store::Freshness::Live { revision } => Self::Live(*revision),
            store::Freshness::Stale { since, reason } => Self::Stale(*since, reason.clone()),
        }
    }
}

/// What changed, with how it is now.
fn delta(rows: &Rows, changes: &[Change]) -> Delta {
    let seen = rows.seen();
    let mut delta = Delta { seen, ..Delta::default() };
    for change in changes {
        match change {
            Change::Reset => {
                delta.all = Some(Box::new(Data {
                    freshness: Freshness::Loading(0),
                    seen,
                    segments: rows.shown_segments(),
                    seats: rows.seats.values().cloned().collect(),
                    installs: rows.installs.values().cloned().collect(),
                    bound: rows.bound_counts().map(|(prefix, count)| (prefix.clone(), count)).collect(),
                    installed: rows.installed_counts().map(|(id, count)| (id.clone(), count)).collect(),
                    sync: rows.sync.clone(),
                    leader: rows.leader.clone(),
                    freeze: rows.freeze.clone(),
                    unreadable: rows.unreadable.len(),
                }));
            }
            Change::Segment(id) => _ = delta.segments.insert(id.clone(), rows.segment(id).cloned()),
            Change::Seat(id) => _ = delta.seats.insert(id.clone(), rows.seats.get(id).cloned()),
            Change::Bound(prefix) => _ = delta.bound.insert(prefix.clone(), rows.bound(prefix)),
            Change::Installed(id) => _ = delta.installed.insert(id.clone(), rows.installed(id)),
            Change::Install(id, _) => _ = delta.installs.insert(*id, rows.installs.get(id).cloned()),
            Change::Sync(remote) => {
                delta.sync.insert(*remote, rows.sync.get(remote).cloned().unwrap_or_default());
            }
            Change::Freeze => delta.freeze = Some(rows.freeze.clone()),
            Change::Leader => delta.leader = Some(rows.leader.clone()),
            Change::Meta => delta.unreadable = Some(rows.unreadable.len()),
        }
    }
    delta
}
