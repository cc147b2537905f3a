//! What happens to a site, by chance: acts of operators, the network's weather, a platform that crashes, consoles
//! that are killed; then the weather clears up and everything comes to its end.

use std::collections::BTreeSet;
use std::time::Duration;

use segdeck::domain::install::Command;
use segdeck::domain::sync::SyncRecord;
use segdeck::domain::{InstallLog, InstallState, RecordId, RemoteKind, SeatId, Segment, SegmentId};
use segdeck::service::{DeleteOptions, InstallOptions, Wanted};
use segdeck::store;
use segdeck::store::keys::{self, Named};
use tokio::time::{Instant, sleep};

use super::chance::Chance;
use super::network::forget_connections;
use super::site::{Console, SEATS, SEGMENTS, Site, seat, segment};
use super::stage::{HERE, PLATFORM};

/// How long a site may take to settle once nothing goes wrong any more.
const SETTLE: Duration = Duration::from_secs(900);

/// A request that was answered with success.
#[derive(Debug, Clone)]
pub enum Acked {
    Delete(SegmentId),
    Install(SegmentId, RecordId),
    Sync(RemoteKind),
}

/// How a script ended.
pub struct Played {
    pub site: Site,
    pub acked: Vec<Acked>,
    /// What is still open after the time to settle.
    pub open: Vec<String>,
    /// What happened, for people.
    pub told: Vec<String>,
}

struct Play {
    site: Site,
    consoles: Vec<Console>,
    chance: Chance,
    acked: Vec<Acked>,
    told: Vec<String>,
    begun: Instant,
    /// The bad weather that there is, and until when.
    bad: Vec<(Instant, Weather)>,
}

/// Between the consoles and the platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Weather {
    /// Nothing comes through.
    Cut,
    /// What the consoles send does not arrive.
    Deaf,
    /// Answers do not arrive.
    Mute,
    /// What is sent arrives later.
    Held,
    /// The platform is dead.
    Crashed,
}

/// Plays a seed.
pub async fn play(seed: u64, site: Site) -> Played {
    let chance = Chance::new(seed);
    let (consoles, acked, told, bad) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut play = Play { site, consoles, chance, acked, told, begun: Instant::now(), bad };
    play.begin();
    // Segments wait to be published: often the first calls go wrong already.
    let pause = play.chance.millis(0, 400);
    play.pause(pause).await;
    if play.chance.per_mille(600) {
        play.turn_bad().await;
    }
    for _ in 0..10 + play.chance.below(6) {
        let pause = play.chance.millis(0, 8_000);
        play.pause(pause).await;
        if play.chance.per_mille(550) {
            play.act().await;
        } else {
            play.happen().await;
        }
    }
    let open = play.settle().await;
    for console in play.consoles.drain(..) {
        console.quit().await;
    }
    Played { site: play.site, acked: play.acked, open, told: play.told }
}

impl Play {
    fn tell(&mut self, what: String) {
        let at = self.begun.elapsed().as_secs_f64();
        self.told.push(format!("{at:>8.3} r{:<4} {what}", self.site.model.revision()));
    }

    fn begin(&mut self) {
        let console = self.site.console();
        self.tell(format!("console {} begins", console.name));
        self.consoles.push(console);
    }

    /// Waits; bad weather that is over meanwhile clears up.
    async fn pause(&mut self, pause: Duration) {
        let end = Instant::now() + pause;
        loop {
            let next = self.bad.iter().map(|(until, _)| *until).min().filter(|until| *until <= end);
            tokio::time::sleep_until(next.unwrap_or(end)).await;
            if next.is_none() {
                return;
            }
            self.clear_up(Instant::now()).await;
        }
    }

    async fn clear_up(&mut self, now: Instant) {
        let (over, bad) = self.bad.iter().partition(|(until, _)| *until <= now);
        self.bad = bad;
        for (_, weather) in over {
            self.tell(format!("{weather:?} is over"));
            match weather {
                Weather::Cut => turmoil::repair(HERE, PLATFORM),
                Weather::Deaf => turmoil::repair_oneway(HERE, PLATFORM),
                Weather::Mute => turmoil::repair_oneway(PLATFORM, HERE),
                Weather::Held => turmoil::release(HERE, PLATFORM),
                Weather::Crashed => self.site.stage.bounce().await,
            }
        }
    }

    fn operator(&mut self) -> std::sync::Arc<segdeck::service::Service> {
        let at = self.chance.below(self.consoles.len() as u64) as usize;
        self.consoles[at].operator.clone()
    }

    fn some_seats(&mut self) -> BTreeSet<SeatId> {
        (0..SEATS).filter(|_| self.chance.per_mille(450)).map(seat).collect()
    }

    /// An operator does something. Refusals are answers too, and leave nothing to check.
    async fn act(&mut self) {
        let operator = self.operator();
        let id = segment(self.chance.below(SEGMENTS.len() as u64) as usize);
        match self.chance.below(12) {
            0..6 => {
                let (add, mut remove) = (self.some_seats(), self.some_seats());
                remove.retain(|seat| !add.contains(seat));
                self.tell(format!("{id}: install on {add:?}, uninstall from {remove:?}"));
                let wanted = Wanted::Change { add, remove };
                let asked = operator.install(&id, &wanted, &InstallOptions::default()).await;
                self.acked.extend(asked.ok().flatten().map(|view| Acked::Install(id, view.record.id)));
            }
            6..9 => {
                let (late, retry) = (self.chance.next(), Command::Retry);
                let command = *self.chance.pick(&[Command::Pause, Command::Run, Command::Cancel, retry]);
                let Some((of, record)) = self.some_install(late, command == retry) else { return };
                self.tell(format!("{of}: {command:?}"));
                let _ = operator.control(record, command, "the simulation", None).await;
            }
            9 => {
                self.tell(format!("{id}: delete"));
                let deleted = operator.delete(&id, &DeleteOptions::default()).await;
                self.acked.extend(deleted.ok().map(|_| Acked::Delete(id)));
            }
            10 => {
                self.tell(format!("{id}: publish again"));
                let _ = operator.retry_create(&id, None).await;
            }
            _ => {
                let remote = *self.chance.pick(&RemoteKind::ALL);
                self.tell(format!("data sync of {remote}"));
                let asked = operator.request_sync(remote, false).await;
                self.acked.extend(asked.ok().map(|_| Acked::Sync(remote)));
            }
        }
    }

    /// One of the latest installs that a command suits.
    fn some_install(&self, late: u64, retry: bool) -> Option<(SegmentId, RecordId)> {
        let suited = |log: &InstallLog| match retry {
            true => log.counts.keys().any(|state| state.is_retryable()),
            false => !log.state.is_terminal(),
        };
        let logs = logs(&self.site).into_iter().filter(suited);
        let logs: Vec<_> = logs.map(|log| (log.segment_id, log.id)).collect();
        let at = logs.len().checked_sub(1 + late as usize % logs.len().clamp(1, 3))?;
        logs.into_iter().nth(at)
    }

    async fn happen(&mut self) {
        match self.chance.below(14) {
            0 => {
                self.tell("connections are forgotten".to_owned());
                forget_connections();
            }
            1 => {
                let at = self.chance.below(self.consoles.len() as u64) as usize;
                self.tell(format!("console {} is killed", self.consoles[at].name));
                self.consoles.remove(at).kill();
                self.begin();
            }
            2 if self.consoles.len() < 3 => self.begin(),
            _ => self.turn_bad().await,
        }
    }

    async fn turn_bad(&mut self) {
        let until = Instant::now() + self.chance.millis(500, 25_000);
        let weather = match self.chance.below(11) {
            0..3 => Weather::Cut,
            3 => Weather::Deaf,
            4..7 => Weather::Mute,
            7..9 => Weather::Held,
            _ => Weather::Crashed,
        };
        // One state of the network at a time.
        if self.bad.iter().any(|(_, other)| (weather == Weather::Crashed) == (*other == Weather::Crashed)) {
            return;
        }
        self.tell(format!("{weather:?}"));
        match weather {
            Weather::Cut => turmoil::partition(HERE, PLATFORM),
            Weather::Deaf => turmoil::partition_oneway(HERE, PLATFORM),
            Weather::Mute => turmoil::partition_oneway(PLATFORM, HERE),
            Weather::Held => turmoil::hold(HERE, PLATFORM),
            Weather::Crashed => self.site.stage.crash().await,
        }
        self.bad.push((until, weather));
    }

    /// The weather clears up; what is still open in the end.
    async fn settle(&mut self) -> Vec<String> {
        let last = self.bad.iter().map(|(until, _)| *until).max().unwrap_or_else(Instant::now);
        self.clear_up(last).await;
        self.tell("the weather clears up".to_owned());
        let end = Instant::now() + SETTLE;
        let mut quiet = 0;
        loop {
            sleep(Duration::from_secs(3)).await;
            let open = open(&self.site);
            quiet = if open.is_empty() { quiet + 1 } else { 0 };
            if quiet == 2 || Instant::now() > end {
                self.tell("everything is at an end".to_owned());
                return open;
            }
        }
    }
}

/// The logs of all installs, oldest first.
pub fn logs(site: &Site) -> Vec<InstallLog> {
    let mut logs: Vec<InstallLog> = site
        .model
        .below(keys::INSTALL_LOGS)
        .iter()
        .filter(|entry| matches!(keys::parse(&entry.key), Named::InstallLog(_, _, None)))
        .map(|entry| store::decode(entry).unwrap())
        .collect();
    logs.sort_by_key(|log| log.id);
    logs
}

/// The records of all segments.
pub fn segments(site: &Site) -> Vec<Segment> {
    site.model.below(keys::SEGMENTS).iter().map(|entry| store::decode(entry).unwrap()).collect()
}

/// Records that are not at an end. One that is held by an operator is, once what it had sent is.
fn open(site: &Site) -> Vec<String> {
    let mut open = Vec::new();
    for segment in segments(site) {
        if segment.is_being_deleted() || !segment.create_status.state.is_terminal() {
            open.push(format!("{}: {:?} {:?}", segment.id, segment.create_status, segment.delete_status));
        }
    }
    for log in logs(site) {
        let is_held = log.state == InstallState::Paused
            && log.intent.is_none()
            && log.tasks.iter().all(|task| task.done);
        if !log.state.is_terminal() && !is_held {
            open.push(format!("{log:?}"));
        }
    }
    for remote in RemoteKind::ALL {
        let record = site.model.record(&keys::sync(remote));
        if record.is_some_and(|entry| store::decode::<SyncRecord>(&entry).unwrap().is_waiting()) {
            open.push(format!("data sync of {remote} has no answer"));
        }
    }
    open
}
