//! The seeds that a test run plays, and how it tells of one that fails.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use segdeck::domain::{OperationId, Prefix, RemoteKind, Version};
use segdeck::platform::{LedgerEntry, LedgerKind, SimulatedOptions, ledger};
use segdeck::remote::{
    FileStream, NewSegment, Operation, RemoteError, RemotePage, RemoteSegment, Remotes, SegmentRepository,
};

use super::judge::{self, Truth};
use super::network::open;
use super::site::{Prepared, Site};
use super::{script, stage};

/// Seeds of an ordinary run.
const SEEDS: u64 = 240;

/// Tests that share them, so that they run side by side.
const SHARES: u64 = 4;

/// How finely time passes: many sites are more worth than a fine one.
const TICK: Duration = Duration::from_millis(50);

/// What a seed came to.
struct Ran {
    broken: Vec<String>,
    told: Vec<String>,
    ledger: Vec<LedgerEntry>,
}

fn run(seed: u64, remotes: fn() -> Remotes) -> Ran {
    let prepared = Prepared::new();
    stage::play(seed, TICK, SimulatedOptions::default(), async move |stage| {
        let data = stage.data().to_owned();
        let played = script::play(seed, Site::new(prepared, stage, remotes)).await;
        let truth = Truth::ask(&stage::remotes(open), ledger(&data).unwrap()).await;
        Ran { broken: judge::broken(&played, &truth), told: played.told, ledger: truth.ledger }
    })
}

fn sound() -> Remotes {
    stage::remotes(open)
}

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable} is a number, not {text:?}")))
}

/// Plays a share of the seeds.
fn share(n: u64) {
    if number("SEGDECK_SEED").is_some() {
        return;
    }
    let (mut played, mut done, mut repeated) = (0, BTreeMap::<LedgerKind, usize>::new(), 0);
    for seed in (n..number("SEGDECK_SEEDS").unwrap_or(SEEDS)).step_by(SHARES as usize) {
        let ran = run(seed, sound);
        assert!(
            ran.broken.is_empty(),
            "seed {seed} breaks:\n{}\nwhat happened:\n{}\nagain: tools/simulate --network --seed {seed}\n",
            ran.broken.join("\n"),
            told(&ran)
        );
        played += 1;
        repeated += ran.ledger.iter().filter(|entry| entry.repeated).count();
        ran.ledger.iter().for_each(|entry| *done.entry(entry.kind).or_default() += 1);
    }
    println!("{played} seeds: {done:?}, answers that were repeated: {repeated}");
    // A run in which nothing happened shows nothing. That answers get lost is for the test of forgetful clients to
    // show: a share of the seeds has a handful of them, and by chance none.
    let often = |kind, times| done.get(&kind).copied().unwrap_or_default() >= times;
    let much = often(LedgerKind::Create, played) && often(LedgerKind::BatchInstall, played / 2);
    assert!(played < 50 || much && often(LedgerKind::Delete, played / 10), "too little happened");
}

macro_rules! shares {
    ($($name:ident $n:literal)*) => {
        $(
            #[test]
            fn $name() {
                share($n);
            }
        )*
    };
}

shares!(seeds_0 0 seeds_1 1 seeds_2 2 seeds_3 3);

#[test]
fn the_seed_that_was_named() {
    let Some(seed) = number("SEGDECK_SEED") else { return };
    let ran = run(seed, sound);
    println!("{}", told(&ran));
    assert!(ran.broken.is_empty(), "seed {seed} breaks:\n{}", ran.broken.join("\n"));
}

/// What happened, and what the platform did.
fn told(ran: &Ran) -> String {
    let ledger = ran.ledger.iter().map(|entry| format!("{entry:?}"));
    ran.told.iter().cloned().chain(ledger).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_seed_goes_the_same_way_twice() {
    // Ids hold chance.
    let trace = |ran: Ran| {
        let ledger = ran.ledger.into_iter().map(|entry| (entry.at, entry.kind, entry.repeated));
        (ran.told, ledger.collect::<Vec<_>>())
    };
    for seed in 0..40 {
        assert_eq!(trace(run(seed, sound)), trace(run(seed, sound)), "seed {seed}");
    }
}

/// That the invariants can break: these clients forget which operation they repeat.
#[test]
fn a_client_with_other_request_ids_is_found_out() {
    let broken = (0..SEEDS).find_map(|seed| run(seed, forgetful).broken.into_iter().next());
    println!("{broken:?}");
    assert!(broken.is_some());
}

fn forgetful() -> Remotes {
    let sound = sound();
    RemoteKind::ALL.into_iter().fold(sound.clone(), |remotes, kind| {
        remotes.with_repository(kind, Arc::new(Forgetful(sound.repository(kind).unwrap().clone())))
    })
}

struct Forgetful(Arc<dyn SegmentRepository>);

fn another(operation: &OperationId) -> OperationId {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    OperationId::derive(&[operation.as_str(), &NEXT.fetch_add(1, Ordering::Relaxed).to_string()])
}

#[async_trait]
impl SegmentRepository for Forgetful {
    async fn create(
        &self,
        operation: &OperationId,
        segment: &NewSegment,
        file: FileStream,
    ) -> Result<RemoteSegment, RemoteError> {
        self.0.create(&another(operation), segment, file).await
    }

    async fn find(&self, prefix: &Prefix, version: &Version) -> Result<Option<RemoteSegment>, RemoteError> {
        self.0.find(prefix, version).await
    }

    async fn list(&self, page_token: &str) -> Result<RemotePage, RemoteError> {
        self.0.list(page_token).await
    }

    async fn download(&self, uid: &str, offset: u64) -> Result<FileStream, RemoteError> {
        self.0.download(uid, offset).await
    }

    async fn delete(&self, operation: &OperationId, uid: &str) -> Result<(), RemoteError> {
        self.0.delete(&another(operation), uid).await
    }

    async fn find_operation(&self, operation: &OperationId) -> Result<Operation, RemoteError> {
        self.0.find_operation(operation).await
    }
}
