//! The seeds that a test run plays, and how it tells of one that fails.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, Once};

use segdeck::domain::leftover::Leftover;

use super::compares::{Compares, Named};
use super::history::{Changed, History, Step, Turn, trace};
use super::platform::What;
use super::steady::Gate;
use super::{invariants, script, table};

/// Seeds of an ordinary run.
const SEEDS: u64 = 20_000;

/// Tests that share them, so that they run side by side.
const SHARES: u64 = 8;

/// A share that has failed so often is not played on.
const ENOUGH: usize = 10;

/// What a seed came to.
struct Ran {
    broken: Vec<String>,
    told: Vec<String>,
    traffic: Traffic,
    /// Where it was asked for.
    trace: Vec<String>,
}

/// How much happened: a run in which nothing did shows nothing.
#[derive(Debug, Default)]
struct Traffic {
    commits: usize,
    elections: usize,
    created: usize,
    deleted: usize,
    tasks: usize,
    imported: usize,
    removed: usize,
    /// Segments whose record went while seats had them.
    left: usize,
    /// Of these, those that the last seat has lost since.
    taken_off: usize,
}

impl Traffic {
    fn of(history: &History<'_>) -> Self {
        let deeds = &history.site.platform.lock().deeds;
        let done = |wanted: fn(&What) -> bool| deeds.iter().filter(|deed| wanted(&deed.what)).count();
        let audited = |action: &str| {
            history
                .steps
                .iter()
                .filter(|step| step.audit().is_some_and(|entry| entry.action == action))
                .count()
        };
        let changed = |wanted: fn(&Step, &Turn<Leftover>) -> bool| {
            let turns = history.steps.iter().flat_map(|step| {
                step.changed.iter().filter_map(move |changed| match changed {
                    Changed::Leftover(_, turn) => Some((step, turn)),
                    _ => None,
                })
            });
            turns.filter(|(step, turn)| wanted(step, turn)).count()
        };
        let election = |step: &&Step| {
            step.changed
                .iter()
                .any(|changed| matches!(changed, Changed::Leader(turn) if turn.after.is_some()))
        };
        Self {
            commits: history.steps.len(),
            elections: history.steps.iter().filter(election).count(),
            created: done(|what| matches!(what, What::Created { .. })),
            deleted: done(|what| matches!(what, What::Deleted { .. })),
            tasks: done(|what| matches!(what, What::Took { .. })),
            imported: audited("sync.import"),
            removed: audited("sync.remove"),
            left: changed(|step, turn| turn.before.is_none() && step.segments().next().is_some()),
            taken_off: changed(|step, turn| turn.after.is_none() && step.segments().next().is_none()),
        }
    }

    fn add(&mut self, other: &Self) {
        self.commits += other.commits;
        self.elections += other.elections;
        self.created += other.created;
        self.deleted += other.deleted;
        self.tasks += other.tasks;
        self.imported += other.imported;
        self.removed += other.removed;
        self.left += other.left;
        self.taken_off += other.taken_off;
    }

    /// Enough to count, on an average of so many seeds?
    fn is_enough(&self, seeds: usize) -> bool {
        let Self { commits, elections, created, deleted, tasks, imported, removed, left, taken_off } = *self;
        let often = commits > 20 * seeds && elections > 2 * seeds && created > seeds / 2;
        often
            && deleted > seeds / 12
            && tasks > seeds / 2
            && imported > seeds / 50
            && removed > 0
            && left > 0
            && taken_off > 0
    }
}

thread_local! {
    static PANICS: Cell<usize> = const { Cell::new(0) };
}

/// A step that panics is caught by its worker: it is noted here that it did.
fn count_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            PANICS.set(PANICS.get() + 1);
            before(info);
        }));
    });
}

/// Plays a seed from its beginning to its judgement.
///
/// The same way each time: work on other threads is done one after the other, and what it wakes is looked at only
/// when nothing else is left to do.
fn run(seed: u64, traced: bool, compares: Compares) -> Ran {
    count_panics();
    let panics = PANICS.get();
    let gate = Arc::new(Gate::default());
    let (opening, closing) = (Arc::clone(&gate), Arc::clone(&gate));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .max_blocking_threads(1)
        .global_queue_interval(u32::MAX)
        .event_interval(u32::MAX)
        .on_thread_park(move || opening.open_for_one())
        .on_thread_unpark(move || closing.shut())
        .build()
        .unwrap();
    let ran = runtime.block_on(async move {
        tokio::spawn(async move {
            let played = script::play(seed, gate, compares).await;
            let history = History::read(&played.site, &played.open);
            let broken = invariants::broken(&history);
            Ran {
                broken,
                traffic: Traffic::of(&history),
                trace: if traced { trace(&played.site) } else { Vec::new() },
                told: told(&history, played.told.clone()),
            }
        })
        .await
    });
    runtime.shutdown_background();
    let mut ran = ran.unwrap();
    if PANICS.get() != panics {
        ran.broken.push("nothing panics: see above".to_owned());
    }
    ran
}

/// What happened, in order of the store's revisions.
fn told(history: &History<'_>, mut told: Vec<String>) -> Vec<String> {
    if std::env::var_os("SEGDECK_SEED").is_some() {
        for step in &history.steps {
            let at = history.site.clockwork.since_begin(step.at).as_secs_f64();
            told.push(format!("{at:>7.3} r{:<4} by {}: {:?}", step.revision, step.author, step.changed));
        }
        for deed in &history.site.platform.lock().deeds {
            let at = history.site.clockwork.since_begin(deed.at).as_secs_f64();
            told.push(format!(
                "{at:>7.3} r{:<4} platform: {} {:?}",
                deed.revision, deed.operation, deed.what
            ));
        }
        told.sort();
    }
    told
}

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable} is a number, not {text:?}")))
}

/// Plays a share of the seeds; tells the first that fails in full, and which others do.
fn share(n: u64) {
    if number("SEGDECK_SEED").is_some() {
        return;
    }
    let mut first = None;
    let mut traffic = Traffic::default();
    let mut played = 0;
    let mut failed = Vec::new();
    for seed in (n..number("SEGDECK_SEEDS").unwrap_or(SEEDS)).step_by(SHARES as usize) {
        let ran = run(seed, false, Compares::default());
        traffic.add(&ran.traffic);
        played += 1;
        if let Some(broken) = ran.broken.first() {
            failed.push(format!("{seed}: {}", broken.chars().take(200).collect::<String>()));
            first.get_or_insert((seed, ran));
            if failed.len() == ENOUGH {
                break;
            }
        }
    }
    if let Some((seed, ran)) = first {
        panic!(
            "seed {seed} breaks:\n{}\nwhat happened:\n{}\nagain: tools/simulate --seed {seed}\nthese fail:\n{}\n",
            ran.broken.join("\n"),
            ran.told.join("\n"),
            failed.join("\n")
        );
    }
    println!("{played} seeds: {traffic:?}");
    assert!(played < 500 || traffic.is_enough(played), "too little happened in {played} seeds: {traffic:?}");
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

shares!(seeds_0 0 seeds_1 1 seeds_2 2 seeds_3 3 seeds_4 4 seeds_5 5 seeds_6 6 seeds_7 7);

#[test]
fn the_seed_that_was_named() {
    let Some(seed) = number("SEGDECK_SEED") else { return };
    let ran = run(seed, false, Compares::default());
    println!("{}", ran.told.join("\n"));
    assert!(ran.broken.is_empty(), "seed {seed} breaks:\n{}", ran.broken.join("\n"));
}

#[test]
fn a_seed_goes_the_same_way_twice() {
    for seed in 0..40 {
        let (once, twice) =
            (run(seed, true, Compares::default()).trace, run(seed, true, Compares::default()).trace);
        let same = once.iter().zip(&twice).take_while(|(once, twice)| once == twice).count();
        assert!(once == twice, "seed {seed}, from line {same}: {:?}\n{:?}", once.get(same), twice.get(same));
    }
}

/// What the transactions of the first seeds compare.
fn sent(compares: Compares) -> BTreeMap<String, BTreeSet<String>> {
    for seed in 0..SAMPLE {
        run(seed, false, compares.clone());
    }
    compares.sent()
}

#[test]
fn transactions_compare_what_the_table_says() {
    if let Some(differs) = table::differs(&sent(Compares::default())) {
        panic!("{differs}");
    }
}

/// Seeds that show which compares there are.
const SAMPLE: u64 = 500;

/// Seeds that a compare may take until it is missed.
const UNTIL_MISSED: u64 = 6_000;

/// Leaves out every compare that is met, in turn. Only when asked for, since it takes many minutes.
#[test]
fn every_compare_is_missed() {
    let Ok(asked) = std::env::var("SEGDECK_WITHOUT") else { return };
    let compares = Compares::default();
    for seed in 0..SAMPLE {
        run(seed, false, compares.clone());
    }
    let met = compares.met();
    let chosen: Vec<Named> = met.keys().filter(|named| named.to_string().contains(&asked)).cloned().collect();
    println!("{} compares of {} are left out in turn", chosen.len(), met.len());
    let left = Mutex::new(chosen.into_iter());
    let unnoticed = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().unwrap().get() {
            scope.spawn(|| {
                loop {
                    let Some(named) = left.lock().unwrap().next() else { return };
                    let missed = (0..UNTIL_MISSED).find_map(|seed| {
                        let ran = run(seed, false, Compares::without(named.clone()));
                        Some((seed, ran.broken.into_iter().next()?))
                    });
                    let in_table = || table::differs(&sent(Compares::without(named.clone())));
                    match missed {
                        None if table::is_guarded_twice(&named.to_string()) && in_table().is_some() => {
                            println!("in the table {named}: guarded by another compare as well");
                        }
                        Some((seed, broken)) => {
                            let broken: String = broken.chars().take(150).collect();
                            println!("missed      {named} (seed {seed}): {broken}");
                        }
                        None => {
                            println!("UNNOTICED   {named}, met {} times in {SAMPLE} seeds", met[&named]);
                            unnoticed.lock().unwrap().push(named);
                        }
                    }
                }
            });
        }
    });
    let unnoticed = unnoticed.into_inner().unwrap();
    assert!(unnoticed.is_empty(), "nobody noticed: {unnoticed:?}");
}
