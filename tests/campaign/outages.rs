//! etcd is killed, stopped and cut off while records are changed: what was acknowledged is there, and a process
//! that follows shows what the store holds.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use segdeck::domain::{Clock, SegmentId};
use segdeck::store::{Cache, EtcdStore, Revision, SharedStore, StoreError, Txn, TxnOutcome, keys};
use tokio::task::JoinSet;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::chance::Chance;
use crate::common::etcd::{self, Etcd};
use crate::partition::{Line, Proxy};
use crate::records::{id, segment};
use crate::rounds;

/// Tasks that change records, each with records of its own.
const WRITERS: usize = 4;
/// Records of each.
const RECORDS: u64 = 50;
/// The same outages on so many servers at once: most of the time is waiting.
const SITES: usize = 3;
/// How long the cache may take before the campaign counts as hanging.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server and those who use it.
struct Site {
    etcd: Etcd,
    proxy: Proxy,
    /// Straight to the server.
    direct: SharedStore,
    /// Follows through the proxy.
    cache: Arc<Cache>,
    writers: Writers,
    _stop: DropGuard,
}

/// What was written, and what may have been.
#[derive(Default)]
struct Records {
    acknowledged: usize,
    in_doubt: usize,
    /// For each record, what it may be now: `None` for deleted.
    may_be: BTreeMap<SegmentId, BTreeSet<Option<u64>>>,
}

/// Tasks that change records until they are stopped.
struct Writers {
    tasks: JoinSet<()>,
    stop: CancellationToken,
    records: Arc<Mutex<Records>>,
}

impl Writers {
    fn start(store: &SharedStore, records: &Arc<Mutex<Records>>, chance: &mut Chance) -> Self {
        let (mut tasks, stop) = (JoinSet::new(), CancellationToken::new());
        for number in 0..WRITERS {
            let (store, records, stop, chance) =
                (store.clone(), records.clone(), stop.clone(), chance.fork());
            tasks.spawn(async move { write(number, &store, &records, &stop, chance).await });
        }
        Self { tasks, stop, records: records.clone() }
    }

    async fn end(&mut self) {
        self.stop.cancel();
        while let Some(ended) = self.tasks.join_next().await {
            ended.unwrap();
        }
    }
}

/// Changes records of its own as the product does: reads one, then changes it if nobody else has.
async fn write(
    number: usize,
    store: &SharedStore,
    records: &Mutex<Records>,
    stop: &CancellationToken,
    mut chance: Chance,
) {
    while !stop.is_cancelled() {
        let id = id(&format!("w{number}-{}@1", chance.below(RECORDS)));
        let key = keys::segment(&id);
        let Ok((_, entry)) = store.get(&key).await else {
            tokio::time::sleep(Duration::from_millis(20)).await;
            continue;
        };
        let mark = chance.next() >> 12;
        let txn = Txn::new().still(key.clone(), entry.as_ref());
        let (txn, becomes) = if entry.is_some() && chance.per_mille(200) {
            (txn.delete(key), None)
        } else {
            (txn.put(key, &segment(&id, &format!("mark {mark}"))).unwrap(), Some(mark))
        };
        let outcome = store.txn(txn).await;
        let mut records = records.lock().unwrap();
        match outcome {
            Ok(TxnOutcome::Done(_)) => {
                records.acknowledged += 1;
                records.may_be.insert(id, BTreeSet::from([becomes]));
            }
            // One in doubt was done after it was read.
            Ok(TxnOutcome::Refused { .. }) => {}
            Err(error) => {
                records.in_doubt += usize::from(matches!(error, StoreError::Unknown { .. }));
                let may_be = records.may_be.entry(id).or_insert_with(|| BTreeSet::from([None]));
                may_be.insert(becomes);
            }
        }
    }
}

impl Site {
    async fn start(number: usize, chance: &mut Chance) -> Self {
        let etcd = Etcd::start();
        let proxy = Proxy::start(etcd.endpoint().parse().unwrap()).await;
        let root = format!("/outages-{number}");
        let direct: SharedStore = EtcdStore::open(&etcd.settings(&root)).unwrap();
        let through = etcd::settings(&[&proxy.address.to_string()], &root);
        let through: SharedStore = EtcdStore::open(&through).unwrap();
        let stop = CancellationToken::new();
        let cache = Cache::start(through, Clock::system(), stop.clone());
        let writers = Writers::start(&direct, &Arc::default(), chance);
        Self { etcd, proxy, direct, cache, writers, _stop: stop.drop_guard() }
    }

    /// What must hold once all is well again; how long the cache took from then on.
    async fn healed(&mut self, chance: &mut Chance) -> Duration {
        let begun = Instant::now();
        self.writers.end().await;
        let listed = loop {
            match self.direct.list_all(keys::SEGMENTS).await {
                Ok(page) => break page,
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        };
        let there: BTreeMap<SegmentId, (Revision, u64)> = listed
            .entries
            .iter()
            .map(|entry| {
                let record: serde_json::Value = serde_json::from_slice(&entry.value).unwrap();
                let mark = record["name"].as_str().unwrap().trim_start_matches("mark ").parse().unwrap();
                (record["id"].as_str().unwrap().parse().unwrap(), (entry.mod_revision, mark))
            })
            .collect();
        for (id, may_be) in &self.writers.records.lock().unwrap().may_be {
            let is = there.get(id).map(|(_, mark)| *mark);
            assert!(may_be.contains(&is), "{id} is {is:?}; acknowledged was one of {may_be:?}");
        }
        let shown = || -> BTreeMap<SegmentId, (Revision, u64)> {
            let mark = |name: &str| name.trim_start_matches("mark ").parse().unwrap();
            self.cache.read(|rows| {
                let rows = rows.segments.values();
                rows.map(|row| (row.id.clone(), (row.mod_revision, mark(row.name.raw())))).collect()
            })
        };
        let mut freshness = self.cache.freshness();
        let equal = async {
            loop {
                // Before the look: a change after it is then told.
                freshness.borrow_and_update();
                if shown() == there {
                    return;
                }
                freshness.changed().await.unwrap();
            }
        };
        let waited = tokio::time::timeout(PATIENCE, equal).await;
        let took = begun.elapsed();
        assert!(waited.is_ok(), "not as the store after {took:?}: {:?}", *self.cache.freshness().borrow());
        assert_eq!(shown(), there);
        self.writers = Writers::start(&self.direct, &self.writers.records, chance);
        took
    }

    /// Writes go on for a while.
    async fn busy(&self, chance: &mut Chance) {
        tokio::time::sleep(chance.millis(50, 300)).await;
    }

    async fn killed(&mut self, chance: &mut Chance) {
        self.etcd.stop();
        tokio::time::sleep(chance.millis(0, 500)).await;
        self.etcd.restart();
    }

    async fn stopped(&mut self, chance: &mut Chance) {
        self.etcd.pause();
        // One of ten is longer than keepalives wait.
        let long = chance.per_mille(100);
        tokio::time::sleep(if long { Duration::from_secs(17) } else { chance.millis(100, 3_000) }).await;
        self.etcd.resume();
    }

    async fn parted(&mut self, chance: &mut Chance) {
        let long = chance.per_mille(100);
        self.proxy.set(if chance.per_mille(500) { Line::Silent } else { Line::Cut });
        tokio::time::sleep(if long { Duration::from_secs(17) } else { chance.millis(100, 3_000) }).await;
        // What the follower has not seen is gone.
        if chance.per_mille(300) {
            let status = self.direct.status().await.unwrap();
            self.direct.compact(status.revision).await.unwrap();
        }
        self.proxy.set(Line::Open);
    }
}

/// How something went wrong.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Outage {
    Killed,
    Stopped,
    Parted,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn campaign() {
    let count = rounds(4);
    let begun = Instant::now();
    let mut chance = Chance::new(1);
    let mut outages: Vec<Outage> =
        (0..count).map(|n| if n % 2 == 0 { Outage::Killed } else { Outage::Stopped }).collect();
    outages.extend(std::iter::repeat_n(Outage::Parted, count / 2));
    let mut running = JoinSet::new();
    let sites = SITES.min(count.div_ceil(10));
    for number in 0..sites {
        let (share, chance) = (outages.iter().skip(number).step_by(sites).copied().collect(), chance.fork());
        running.spawn(one_site(number, share, chance));
    }
    let (mut times, mut acknowledged, mut in_doubt) = (BTreeMap::<Outage, Vec<Duration>>::new(), 0, 0);
    while let Some(site) = running.join_next().await {
        let (took, records) = site.unwrap();
        took.into_iter().for_each(|(outage, took)| times.entry(outage).or_default().push(took));
        let records = records.lock().unwrap();
        acknowledged += records.acknowledged;
        in_doubt += records.in_doubt;
    }
    for (outage, mut times) in times {
        times.sort_unstable();
        println!(
            "{} times {outage:?}: cache equals store after {:?} (p50), {:?} (longest); goal 5s",
            times.len(),
            times[times.len() / 2],
            times[times.len() - 1]
        );
    }
    println!(
        "{acknowledged} acknowledged changes, {in_doubt} in doubt, 0 lost, in {} s",
        begun.elapsed().as_secs()
    );
}

async fn one_site(
    number: usize,
    outages: Vec<Outage>,
    mut chance: Chance,
) -> (Vec<(Outage, Duration)>, Arc<Mutex<Records>>) {
    let mut site = Site::start(number, &mut chance).await;
    let mut times = Vec::new();
    for outage in outages {
        site.busy(&mut chance).await;
        match outage {
            Outage::Killed => site.killed(&mut chance).await,
            Outage::Stopped => site.stopped(&mut chance).await,
            Outage::Parted => site.parted(&mut chance).await,
        }
        times.push((outage, site.healed(&mut chance).await));
    }
    site.writers.end().await;
    (times, Arc::clone(&site.writers.records))
}
