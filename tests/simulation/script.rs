//! What happens to a site, by chance: acts of operators, crashes, cuts, frozen processes, and the platform's own
//! will; then the weather clears up, and a day later somebody looks again.

use std::sync::Arc;
use std::time::Duration;

use segdeck::domain::{InstallState, RemoteKind};
use segdeck::service::{FORMAT, Service};
use segdeck::store::keys::{self, Named};
use segdeck::store::{self, Compare, Store as _, Txn};
use serde_json::json;
use tokio::time::{Instant, sleep};

use super::chance::Chance;
use super::compares::{Compares, Unguarded};
use super::history;
use super::operator::{self, Act};
use super::site::{Console, Site, uploads};
use super::steady::{Gate, Steady};
use super::weather::{Climate, Place};

/// How long a site may take to settle once nothing goes wrong any more.
const SETTLE: Duration = Duration::from_secs(600);

/// How a script ended.
pub struct Played {
    pub site: Site,
    /// What is still open after the time to settle, if anything.
    pub open: Vec<String>,
    /// What happened, for people.
    pub told: Vec<String>,
}

struct Play {
    site: Site,
    consoles: Vec<Console>,
    chance: Chance,
    /// The uploads that it is about: few, so that acts meet.
    scene: Vec<usize>,
    told: Vec<String>,
    /// How often somebody came in the way of a transaction that was not guarded.
    contended: usize,
}

/// So often somebody may come in the way: those who do may be in somebody's way themselves.
const CONTENDED: usize = 12;

/// Plays a seed.
pub async fn play(seed: u64, gate: Arc<Gate>, compares: Compares) -> Played {
    let mut chance = Chance::new(seed);
    let rough = *chance.pick(&[0, 1, 2, 4]);
    let climate = Climate {
        slow: 40 * rough,
        refused: 10 * rough,
        answer_lost: 10 * rough,
        late: 5 * rough,
        watch_breaks: 15 * rough,
        watch_forgets: 8 * rough,
    };
    let mut site = Site::new(&mut chance, climate, gate, compares);
    let consoles = (0..2 + chance.below(2)).map(|_| site.console(&mut chance)).collect();
    let first = *chance.pick(&[0, 0, 2, 4, 6]);
    let scene = (first..(first + *chance.pick(&[1, 2, 2, 4])).min(uploads().len())).collect();
    let mut play = Play { site, consoles, chance, scene, told: Vec::new(), contended: 0 };
    play.tell(format!("{} consoles, weather {rough}", play.consoles.len()));
    play.seats().await;
    // Most of what can go wrong needs something to be there first.
    for _ in 0..1 + play.chance.below(3) {
        play.act(Act::upload);
    }
    for _ in 0..9 + play.chance.below(8) {
        let pause = play.chance.millis(0, 6_000);
        play.pause(pause).await;
        if let Some(left) = play.named(keys::LEFTOVERS).filter(|_| play.chance.per_mille(500)) {
            play.act(|_, _| Act::Clean(left));
        } else if play.chance.per_mille(650) {
            play.act(Act::by_chance);
        } else {
            play.happen().await;
        }
    }
    let open = play.settle().await;
    if open.is_empty() {
        play.a_day_later().await;
    }
    Played { site: play.site, open, told: play.told }
}

impl Play {
    fn tell(&mut self, what: String) {
        let at = self.site.clockwork.since_begin(Instant::now());
        self.told.push(format!("{:>7.3} r{:<4} {what}", at.as_secs_f64(), self.site.model.revision()));
    }

    /// Entered before the weather turns.
    async fn seats(&mut self) {
        operator::enter_seats(&self.calm()).await;
    }

    /// An operator whom no weather reaches.
    fn calm(&self) -> Service {
        let mut calm = self.consoles[0].operator.as_ref().clone();
        calm.store = Arc::new(self.site.model.clone()).into();
        calm
    }

    /// Waits; whatever is unguarded meanwhile is contended for.
    async fn pause(&mut self, pause: Duration) {
        let compares = self.site.compares.clone();
        let end = sleep(pause);
        tokio::pin!(end);
        loop {
            tokio::select! {
                biased;
                () = &mut end => return,
                unguarded = compares.unguarded(), if self.contended < CONTENDED => {
                    self.contended += 1;
                    self.contend(unguarded).await;
                }
            }
        }
    }

    /// Comes in the way of a transaction.
    async fn contend(&mut self, Unguarded { host, compare }: Unguarded) {
        let others = self.consoles.iter().enumerate().filter(|(_, console)| console.host != host);
        let at = others.map(|(at, _)| at).next().unwrap_or_default();
        if let Some(act) = Act::rival(&mut self.chance, &self.scene, &compare) {
            return self.act_at(at, act);
        }
        match compare {
            Compare::ModRevision(key, _) if key == keys::format() => self.another_layout().await,
            _ => self.lose_leases(),
        }
    }

    /// An upload of which there is something below this.
    fn named(&self, prefix: &str) -> Option<usize> {
        let there = self.site.model.below(prefix);
        self.scene.iter().copied().find(|upload| {
            let of = &uploads()[*upload].id;
            there.iter().any(|entry| match keys::parse(&entry.key) {
                Named::Leftover(id) | Named::Installed(id, _) => id == *of,
                _ => false,
            })
        })
    }

    fn act(&mut self, choose: impl FnOnce(&mut Chance, &[usize]) -> Act) {
        let act = choose(&mut self.chance, &self.scene);
        let at = self.chance.below(self.consoles.len() as u64) as usize;
        self.act_at(at, act);
    }

    fn act_at(&mut self, at: usize, act: Act) {
        let shown = match &act {
            Act::Upload(n) => format!("upload {} ({n})", uploads()[*n].id),
            Act::Delete(n, how) => format!("delete {}, {how:?}", uploads()[*n].id),
            Act::Install(n, seats) => format!("install {} on {seats:?}", uploads()[*n].id),
            act => format!("{act:?}"),
        };
        let console = &mut self.consoles[at];
        let (model, acks) = (self.site.model.clone(), self.site.acks.clone());
        let acting = operator::act(console.operator.clone(), act, model, acks);
        console.acting.spawn(Steady::new(acting, Arc::clone(&self.site.gate)));
        let host = console.host;
        self.tell(format!("host {host}: {shown}"));
    }

    async fn happen(&mut self) {
        let at = self.chance.below(self.consoles.len() as u64) as usize;
        let host = self.consoles[at].host;
        let span = self.chance.millis(500, 15_000);
        let until = Instant::now() + span;
        let some = *self.chance.pick(&self.scene);
        let happens = self.chance.below(18);
        // Where one is on seats it is more of a loss.
        let some = self.named(keys::INSTALLED).filter(|_| (12..15).contains(&happens)).unwrap_or(some);
        let upload = &uploads()[some];
        match happens {
            0..3 => {
                self.tell(format!("host {host} is killed"));
                self.consoles.remove(at).kill();
                self.begin_another();
            }
            3 => {
                self.tell(format!("host {host} quits"));
                self.consoles.remove(at).quit().await;
                self.begin_another();
            }
            4..6 => {
                self.tell(format!("host {host} is frozen for {span:?}"));
                self.site.weather.freeze(host, until);
            }
            6..9 => {
                let place = *self.chance.pick(&[Place::Store, Place::Store, Place::Platform, Place::Files]);
                self.tell(format!("host {host} is cut from {place:?} for {span:?}"));
                self.site.weather.cut(host, place, until);
            }
            9 => {
                let revision = self.site.model.revision();
                self.tell("the store is compacted".to_owned());
                self.site.model.compact(revision).await.unwrap();
            }
            10 => self.lose_leases(),
            11 => {
                self.tell(format!("{} appears on {}", upload.id, upload.kind));
                self.site.platform.appear(upload.kind, &upload.id, upload.bytes.clone(), &upload.sha256);
            }
            12 => {
                self.tell(format!("{} disappears from {}", upload.id, upload.kind));
                self.site.platform.disappear(upload.kind, &upload.id);
            }
            13..15 => {
                self.tell(format!("{} disappears, and somebody asks", upload.id));
                self.site.platform.disappear(upload.kind, &upload.id);
                self.act_at(at, Act::Sync(upload.kind, true));
            }
            15 => self.another_layout().await,
            _ => {
                self.tell("the platform forgets a task".to_owned());
                self.site.platform.forget_task();
            }
        }
    }

    fn lose_leases(&mut self) {
        self.tell("every lease is lost".to_owned());
        for lease in self.site.model.leases() {
            self.site.model.expire(lease);
        }
    }

    /// A newer program writes its layout; it is taken back again after a while.
    async fn another_layout(&mut self) {
        let model = self.site.model.clone();
        let layout = |format: u32| Txn::new().put(keys::format(), &json!({ "format": format })).unwrap();
        if model.record(&keys::format()).is_none() {
            return;
        }
        self.tell("a newer program changes the layout".to_owned());
        model.txn(layout(FORMAT + 1)).await.unwrap();
        let span = self.chance.millis(500, 8_000);
        sleep(span).await;
        self.tell("the old layout is back".to_owned());
        model.txn(layout(FORMAT)).await.unwrap();
    }

    /// Somebody starts a console again; there is always one.
    fn begin_another(&mut self) {
        if self.consoles.is_empty() || self.chance.per_mille(700) {
            let console = self.site.console(&mut self.chance);
            self.tell(format!("host {} begins", console.host));
            self.consoles.push(console);
        }
    }

    /// The weather clears up; what is still open in the end.
    async fn settle(&mut self) -> Vec<String> {
        self.site.weather.clear_up();
        self.tell("the weather clears up".to_owned());
        // Held up by an operator, so by an operator let go.
        for _ in 0..2 {
            let _ = self.calm().unfreeze().await;
            self.pause(Duration::from_secs(1)).await;
        }
        let end = Instant::now() + SETTLE;
        let mut quiet = 0;
        loop {
            self.pause(Duration::from_secs(3)).await;
            let open = self.open();
            quiet = if open.is_empty() { quiet + 1 } else { 0 };
            if quiet == 2 {
                self.tell("everything is at an end".to_owned());
                return Vec::new();
            }
            if Instant::now() > end {
                return open;
            }
        }
    }

    /// Records that are not at an end and do not say what they wait for.
    fn open(&self) -> Vec<String> {
        let mut open = Vec::new();
        for entry in self.site.model.below(keys::SEGMENTS) {
            let segment: segdeck::domain::Segment = store::decode(&entry).unwrap();
            if segment.is_being_deleted() || !segment.create_status.state.is_terminal() {
                let (create, delete) = (&segment.create_status, &segment.delete_status);
                open.push(format!("segment {}: {create:?}, {delete:?}", segment.id));
            }
        }
        for entry in self.site.model.below(keys::INSTALL_LOGS) {
            if let Named::InstallLog(_, _, None) = keys::parse(&entry.key) {
                let log: segdeck::domain::InstallLog = store::decode(&entry).unwrap();
                // One that is held says so, and is moved by an operator alone.
                if !log.state.is_terminal() && log.state != InstallState::Paused {
                    open.push(format!("install {}: {log:?}", log.id));
                }
            }
        }
        for remote in RemoteKind::ALL {
            let record = self.site.model.record(&keys::sync(remote));
            let record: Option<segdeck::domain::sync::SyncRecord> =
                record.map(|entry| store::decode(&entry).unwrap());
            if record.is_some_and(|record| record.is_waiting()) {
                open.push(format!("data sync of {remote} has no answer"));
            }
        }
        open
    }

    /// Everybody went home; a day later one console begins. What was left for the sweep goes, and what was
    /// deleted does not come back.
    async fn a_day_later(&mut self) {
        for console in self.consoles.drain(..) {
            console.quit().await;
        }
        tokio::time::advance(Duration::from_secs(25 * 3600)).await;
        let console = self.site.console(&mut self.chance);
        self.tell(format!("a day later host {} begins", console.host));
        let operator = console.operator.clone();
        self.consoles.push(console);
        for remote in RemoteKind::ALL {
            // Refused by a newer layout alone, which is there only where something is left out.
            let _ = operator.request_sync(remote, false).await;
        }
        let _ = operator.request_sweep(true).await;
        for _ in 0..20 {
            self.pause(Duration::from_secs(2)).await;
            if history::orphans(&self.site).is_empty() && self.open().is_empty() {
                break;
            }
        }
        self.open().into_iter().for_each(|open| self.tell(format!("still open: {open}")));
        for console in self.consoles.drain(..) {
            console.quit().await;
        }
    }
}
