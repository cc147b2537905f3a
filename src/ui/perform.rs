//! Effects are done: each as a task of the runtime, its answer comes back as an event.

mod batch;
mod change;
mod export;
mod paths;
mod readings;
mod records;
mod seats;
mod themes;
mod uploads;

use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::watch;

use super::Context;
use super::effect::{Action, Effect, Outcome, PlanRequest};
use super::feed::{self, Event};
use super::inbox::Sender;
use super::memory::Memory;
use super::model::files::Listing;
use super::terminal::Dump;
use crate::controllers::Aside;
use crate::domain::words::Say;
use crate::domain::{RecordId, SegmentId};
use crate::job;
use crate::service::{InstallOptions, Service, ServiceError};
use crate::telemetry::LogRing;
use change::Changes;
use readings::Readings;
use themes::Themes;

/// An open install is read at most so often.
const INSTALL_INTERVAL: Duration = Duration::from_millis(500);

/// The matrix is read at most so often: an install moves seats all the time, and it is about all of them.
const MATRIX_INTERVAL: Duration = Duration::from_secs(5);

/// The trash is read at most so often: while it is emptied nobody tells how far that is.
const TRASH_INTERVAL: Duration = Duration::from_secs(2);

/// The seats of a segment are read when the cursor has rested on it for so long: a key that repeats comes faster,
/// and a hundred rows passed by shall not cost the store, the network and the keys in between a hundred answers.
const REST: Duration = Duration::from_millis(70);

/// New lines of the log are shown at most so often.
const LOG_INTERVAL: Duration = Duration::from_millis(100);

/// How long Ctrl-Z waits for the controllers to step down.
const STEP_DOWN: Duration = Duration::from_secs(2);

/// When requests are answered of which only the latest counts.
#[derive(Debug, Clone, Copy)]
struct Pace {
    /// No newer one came for this long.
    rest: Duration,
    /// This long after the last answer.
    pause: Duration,
}

impl Pace {
    const AT_ONCE: Self = Self { rest: Duration::ZERO, pause: Duration::ZERO };
}

/// Which seats to read: of a segment and of its unfinished installs.
type SeatsRequest = Option<(SegmentId, Vec<RecordId>)>;

/// Does what the console asks for.
pub(super) struct Performer {
    /// Only reads: what changes anything goes through `changes`.
    service: Arc<Service>,
    aside: Option<Aside>,
    runtime: Handle,
    events: Sender,
    changes: Changes,
    readings: Readings,
    files: watch::Sender<Option<String>>,
    taken: watch::Sender<Option<Vec<SegmentId>>>,
    seats: watch::Sender<SeatsRequest>,
    chooser: watch::Sender<SeatsRequest>,
    install: watch::Sender<Option<RecordId>>,
    matrix: watch::Sender<Option<()>>,
    trash: watch::Sender<Option<()>>,
    log: watch::Sender<bool>,
    themes: Arc<Themes>,
    theme: watch::Sender<Option<String>>,
    memory: watch::Sender<Option<Memory>>,
}

impl Performer {
    /// Starts the readers that know only one request, the latest.
    pub(super) fn start(context: &Context, events: Sender) -> Self {
        // Whatever else is done here cannot change anything, even by mistake.
        let service = Arc::new(context.service.looking_only());
        let performer = Self {
            service: Arc::clone(&service),
            aside: context.aside.clone(),
            runtime: context.runtime.clone(),
            events: events.clone(),
            changes: Changes::new(Arc::clone(&context.service), context.runtime.clone(), events.clone()),
            readings: Readings::new(Arc::clone(&service), context.runtime.clone(), events.clone()),
            files: watch::Sender::new(None),
            taken: watch::Sender::new(None),
            seats: watch::Sender::new(None),
            chooser: watch::Sender::new(None),
            install: watch::Sender::new(None),
            matrix: watch::Sender::new(None),
            trash: watch::Sender::new(None),
            log: watch::Sender::new(false),
            themes: Arc::new(Themes::new(context.settings.folder(), events.clone())),
            theme: watch::Sender::new(None),
            memory: watch::Sender::new(None),
        };
        let both = [(performer.seats.subscribe(), REST), (performer.chooser.subscribe(), Duration::ZERO)];
        for (requests, rest) in both {
            let service = Arc::clone(&service);
            performer.latest(requests, Pace { rest, ..Pace::AT_ONCE }, move |(segment, active)| {
                let service = Arc::clone(&service);
                async move {
                    let sets = seats::read(&service, &segment, &active).await;
                    Outcome::Seats(segment, sets.map_err(plain))
                }
            });
        }
        let reader = Arc::clone(&service);
        let pace = Pace { pause: INSTALL_INTERVAL, ..Pace::AT_ONCE };
        performer.latest(performer.install.subscribe(), pace, move |record| {
            let service = Arc::clone(&reader);
            async move {
                let view = service.show_install(record).await;
                Outcome::Install(record, view.map(Box::new).map_err(plain))
            }
        });
        let reader = Arc::clone(&service);
        let pace = Pace { pause: MATRIX_INTERVAL, ..Pace::AT_ONCE };
        performer.latest(performer.matrix.subscribe(), pace, move |()| {
            let service = Arc::clone(&reader);
            async move { Outcome::Matrix(service.matrix().await.map(Arc::new).map_err(plain)) }
        });
        let reader = Arc::clone(&service);
        let pace = Pace { pause: TRASH_INTERVAL, ..Pace::AT_ONCE };
        performer.latest(performer.trash.subscribe(), pace, move |()| {
            let service = Arc::clone(&reader);
            async move { Outcome::Trash(records::trash(&service).await.map_err(plain)) }
        });
        performer.latest(performer.files.subscribe(), Pace::AT_ONCE, |typed: String| async move {
            let failed = Listing { typed: typed.clone(), ..Listing::default() };
            let listed = tokio::task::spawn_blocking(move || paths::list(&typed)).await;
            Outcome::Listed(Box::new(listed.unwrap_or(failed)))
        });
        performer.latest(performer.taken.subscribe(), Pace::AT_ONCE, move |ids: Vec<SegmentId>| {
            let service = Arc::clone(&service);
            async move {
                let mut answers = Vec::with_capacity(ids.len());
                for id in ids {
                    let taken = service.exists(&id).await.map_err(plain);
                    answers.push((id, taken));
                }
                Outcome::Taken(answers)
            }
        });
        let themes = Arc::clone(&performer.themes);
        performer.runtime.spawn_blocking(move || themes.watch());
        let themes = Arc::clone(&performer.themes);
        performer.latest(performer.theme.subscribe(), Pace::AT_ONCE, move |name: String| {
            let (themes, asked) = (Arc::clone(&themes), name.clone());
            async move {
                let read = tokio::task::spawn_blocking(move || themes.load(name)).await;
                read.unwrap_or_else(|error| Outcome::Theme(asked, Err(Say::plain(&error.to_string()))))
            }
        });
        performer.runtime.spawn(remember(
            context.settings.data_dir().map(Path::to_owned),
            performer.memory.subscribe(),
            events.clone(),
        ));
        performer.runtime.spawn(follow_log(context.log.clone(), performer.log.subscribe(), events));
        performer
    }

    /// Answers the latest request, one at a time.
    fn latest<R, F>(
        &self,
        mut requests: watch::Receiver<Option<R>>,
        pace: Pace,
        answer: impl Fn(R) -> F + Send + 'static,
    ) where
        R: Clone + Send + Sync + 'static,
        F: Future<Output = Outcome> + Send,
    {
        let events = self.events.clone();
        self.runtime.spawn(async move {
            while requests.changed().await.is_ok() {
                while !pace.rest.is_zero()
                    && matches!(tokio::time::timeout(pace.rest, requests.changed()).await, Ok(Ok(())))
                {
                }
                let Some(request) = requests.borrow_and_update().clone() else { continue };
                let outcome = answer(request).await;
                if events.send(Event::Answer(Action::Done(outcome))).is_err() {
                    return;
                }
                tokio::time::sleep(pace.pause).await;
            }
        });
    }

    /// Does an effect; returns at once.
    pub(super) fn perform(&mut self, effect: Effect) {
        let service = Arc::clone(&self.service);
        match effect {
            Effect::LoadSeats { segment, active } => _ = self.seats.send_replace(Some((segment, active))),
            Effect::LoadChooser { segment, active } => _ = self.chooser.send_replace(Some((segment, active))),
            Effect::LoadInstall(record) => _ = self.install.send_replace(Some(record)),
            Effect::LoadMatrix => _ = self.matrix.send_replace(Some(())),
            Effect::LoadTrash => _ = self.trash.send_replace(Some(())),
            Effect::LoadMore(subject) => self.answer(async move {
                let more = records::more(&service, &subject).await.map_err(plain);
                Outcome::More(subject, more)
            }),
            Effect::LoadRecords(subject) => self.answer(async move {
                let found = records::read(&service, &subject).await.map_err(plain);
                Outcome::Records(subject, found)
            }),
            Effect::LoadTrail(subject) => self.answer(async move {
                let found = records::trail(&service, &subject).await.map_err(plain);
                Outcome::Trail(subject, found)
            }),
            Effect::FollowLog(on) => _ = self.log.send_replace(on),
            Effect::ListFiles(typed) => _ = self.files.send_replace(Some(typed)),
            Effect::Inspect { number, file } => self.readings.begin(number, file),
            Effect::StopInspect(number) => self.readings.stop(number),
            Effect::AskTaken(ids) => _ = self.taken.send_replace(Some(ids)),
            Effect::Export(list, rows, form) => {
                let now = self.service.clock.now();
                self.blocking(move || Outcome::Exported(export::write(list, &rows, form, now)));
            }
            Effect::Save(text) => {
                let now = self.service.clock.now();
                self.blocking(move || Outcome::Saved(export::save(&text, now)));
            }
            Effect::CancelUpload => self.changes.cancel_upload(),
            Effect::Change(change) => self.changes.begin(change),
            Effect::Plan(request) => self.answer(async move {
                let PlanRequest { segment, wanted, leave_out, rollout } = request.clone();
                let options = InstallOptions { leave_out, rollout, ..InstallOptions::default() };
                let plan = service.plan_install(&segment, &wanted, &options).await;
                Outcome::Planned(Box::new(request), plan.map(Box::new).map_err(plain))
            }),
            Effect::StopBatch => self.changes.stop_batch(),
            Effect::ListThemes => {
                let themes = Arc::clone(&self.themes);
                self.blocking(move || themes.list());
            }
            Effect::LoadTheme(name) => _ = self.theme.send_replace(Some(name)),
            Effect::Remember(memory) => _ = self.memory.send_replace(Some(memory)),
            Effect::Suspend => self.suspend(),
            // The console's own thread does these: only it writes to the terminal.
            Effect::Copy(_) | Effect::Notify(_) | Effect::Dump | Effect::Redraw => {}
        }
    }

    /// Writes what the screen shows to files.
    pub(super) fn dump(&self, dump: Dump) {
        let now = self.service.clock.now();
        self.blocking(move || Outcome::Dumped(export::dump(&dump, now)));
    }

    /// Others may lead while nobody here can.
    fn suspend(&self) {
        let (aside, events) = (self.aside.clone(), self.events.clone());
        self.runtime.spawn(async move {
            let event = if job::has_shell() {
                if let Some(aside) = aside {
                    // Too late is no harm: the lease ends by itself.
                    _ = tokio::time::timeout(STEP_DOWN, aside.begin()).await;
                }
                Event::Aside
            } else {
                Event::NoShell
            };
            _ = events.send(event);
        });
    }

    /// The console goes on.
    pub(super) fn went_on(&self) {
        if let Some(aside) = &self.aside {
            aside.end();
        }
    }

    fn answer(&self, outcome: impl Future<Output = Outcome> + Send + 'static) {
        let events = self.events.clone();
        self.runtime.spawn(async move {
            // Nobody waits for an answer after the end.
            let _ = events.send(Event::Answer(Action::Done(outcome.await)));
        });
    }

    fn blocking(&self, work: impl FnOnce() -> Outcome + Send + 'static) {
        let events = self.events.clone();
        self.runtime.spawn_blocking(move || {
            let _ = events.send(Event::Answer(Action::Done(work())));
        });
    }
}

/// The console shows words, not codes.
fn plain(error: ServiceError) -> Say {
    error.message
}

/// Keeps what was chosen, the latest of it.
async fn remember(folder: Option<PathBuf>, mut chosen: watch::Receiver<Option<Memory>>, events: Sender) {
    let Some(folder) = folder else { return };
    while chosen.changed().await.is_ok() {
        let Some(memory) = chosen.borrow_and_update().clone() else { continue };
        let folder = folder.clone();
        let kept = tokio::task::spawn_blocking(move || memory.write(&folder)).await;
        if let Ok(Err(why)) = kept
            && events.send(Event::Answer(Action::Done(Outcome::NotRemembered(why)))).is_err()
        {
            return;
        }
    }
}

async fn follow_log(ring: LogRing, mut open: watch::Receiver<bool>, events: Sender) {
    let mut news = ring.subscribe();
    loop {
        if open.wait_for(|open| *open).await.is_err() {
            return;
        }
        news.mark_unchanged();
        if !feed::tell(&events, Action::Log(ring.lines())).await {
            return;
        }
        tokio::time::sleep(LOG_INTERVAL).await;
        tokio::select! {
            changed = news.changed() => if changed.is_err() { return },
            closed = open.wait_for(|open| !*open) => if closed.is_err() { return },
        }
    }
}
