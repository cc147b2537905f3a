//! Controllers of a site, each a process of its own: whoever leads is killed, and another comes.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use segdeck::service::Service;
use segdeck::store::{self, LeaderRecord, WatchEvent, keys};

use crate::chance::Chance;
use crate::host::Host;
use crate::running::Running;

/// Where a controller can be told to die.
const POINTS: [&str; 13] = [
    "create.intent.before",
    "create.intent.after",
    "create.call.after",
    "create.commit.after",
    "delete.call.before",
    "delete.call.after",
    "delete.file.after",
    "delete.purge.after",
    "install.intent.before",
    "install.intent.after",
    "install.call.after",
    "install.poll",
    "install.finish.before",
];

/// The last one: nothing follows it but a new install.
const LAST_POINT: &str = "install.finish.after";

/// How long a leader may take to come to its point before it is killed wherever it is.
const PATIENCE: Duration = Duration::from_secs(3);

/// One controller.
struct Member {
    running: Running,
    /// Where it dies by itself, once it leads.
    point: Option<&'static str>,
}

/// The controllers of a site.
pub(crate) struct Crew<'a> {
    host: &'a Host,
    onlooker: Arc<Service>,
    chance: Chance,
    members: Vec<Member>,
    started: usize,
    epoch: u64,
    /// How many died where; those at no point of their own under `anywhere`.
    pub(crate) died: BTreeMap<&'static str, usize>,
    /// How many leaders were frozen until another one led, and woke up late.
    pub(crate) froze: usize,
}

impl<'a> Crew<'a> {
    pub(crate) fn start(host: &'a Host, onlooker: Arc<Service>, chance: Chance, size: usize) -> Self {
        let mut crew = Self {
            host,
            onlooker,
            chance,
            members: Vec::new(),
            started: 0,
            epoch: 0,
            died: BTreeMap::new(),
            froze: 0,
        };
        for _ in 0..size {
            crew.hire();
        }
        crew
    }

    /// One more: two of three with a point to die at.
    fn hire(&mut self) {
        self.started += 1;
        let name = format!("controller {}", self.started);
        let pick = self.chance.below(21) as usize;
        let point = match pick {
            0..13 => Some(POINTS[pick]),
            13 => Some(LAST_POINT),
            _ => None,
        };
        let wanted = point.map(|point| format!("{point}:{}", 1 + self.chance.below(3)));
        let variables: Vec<(&str, &str)> =
            wanted.iter().map(|at| ("SEGDECK_CRASH_AT", at.as_str())).collect();
        self.host.log.note(&name, wanted.as_deref().unwrap_or("dies anywhere"));
        let running = self.host.start_with(&name, &["controller"], &variables);
        self.members.push(Member { running, point });
    }

    /// Waits for a leader, and for its death, at its point or by our hand; another comes in its place.
    pub(crate) async fn kill_leader(&mut self) {
        let mut at = self.next_leader().await;
        if self.members[at].point.is_none() && self.chance.per_mille(250) {
            at = self.freeze(at).await;
        }
        let mut member = self.members.remove(at);
        let moment = match member.point {
            Some(_) => PATIENCE,
            None => self.chance.millis(0, 1_200),
        };
        let where_it_died = match tokio::time::timeout(moment, member.running.killed()).await {
            Ok(()) => member.point.expect("it was told to die"),
            Err(_) => {
                member.running.kill().await;
                "anywhere"
            }
        };
        *self.died.entry(where_it_died).or_default() += 1;
        self.hire();
    }

    /// Waits for the next leader: its place.
    async fn next_leader(&mut self) -> usize {
        let leader = next_leader(&self.onlooker, self.epoch).await;
        self.epoch = leader.epoch;
        let at = self.members.iter().position(|member| member.running.pid() == leader.pid);
        at.expect("one of ours leads")
    }

    /// Freezes a leader until there is another one, which has its place returned. What the first was about to
    /// send comes late.
    async fn freeze(&mut self, at: usize) -> usize {
        tokio::time::sleep(self.chance.millis(0, 1_200)).await;
        self.members[at].running.pause();
        let next = self.next_leader().await;
        tokio::time::sleep(self.chance.millis(0, 300)).await;
        self.members[at].running.resume();
        self.froze += 1;
        next
    }

    /// All of them are killed; one that is not told to die stays in their place.
    pub(crate) async fn calm(mut self) -> Running {
        for member in self.members.drain(..) {
            member.running.kill().await;
        }
        self.host.start("the last controller", &["controller"])
    }
}

/// Waits for a leader of a later epoch than this.
pub(crate) async fn next_leader(onlooker: &Service, after: u64) -> LeaderRecord {
    let key = keys::leader();
    let waiting = async {
        let (revision, found) = onlooker.store.get(&key).await.unwrap();
        let mut record = found.map(|entry| store::decode::<LeaderRecord>(&entry).unwrap());
        let mut watch = onlooker.store.watch(key.as_str(), revision + 1).await.unwrap();
        loop {
            if let Some(record) = record.take_if(|record| record.epoch > after) {
                return record;
            }
            let batch = watch.recv().await.expect("the watch goes on").unwrap();
            for event in batch.events {
                if let WatchEvent::Put(entry) = event {
                    record = Some(store::decode(&entry).unwrap());
                }
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(60), waiting).await.expect("somebody leads within a minute")
}
