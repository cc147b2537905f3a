//! How long the cache needs to be complete, beside the same pages read without looking into them.
//!
//! `cargo bench --bench cache [-- RECORDS]`: 100,000 segments of 800 bytes in an etcd of its own. Both sides are
//! measured in turn in one run; the ratio is what counts (goal: 1.5). Then the memory of the rows.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a benchmark that fails shall say where"
)]
#![allow(missing_docs, unreachable_pub, reason = "nothing is outside of a benchmark")]

#[path = "../tests/common/etcd.rs"]
mod etcd;
#[path = "common/segments.rs"]
mod segments;

use std::sync::Arc;
use std::time::{Duration, Instant};

use etcd_client::GetOptions;
use segdeck::domain::Clock;
use segdeck::store::{Cache, EtcdStore, Freshness, ListQuery, Pace, SharedStore, keys};
use tokio_util::sync::CancellationToken;

const ROUNDS: usize = 7;
const PAGE: usize = 5_000;

#[tokio::main]
async fn main() {
    // Cargo hands `--bench` over too.
    let records = std::env::args().filter_map(|arg| arg.parse().ok()).next().unwrap_or(100_000);
    if let Ok(endpoint) = std::env::var("SEGDECK_BENCH_MEMORY") {
        return hold(&endpoint, records).await;
    }
    let server = etcd::Etcd::start();
    let store: SharedStore = EtcdStore::open(&server.settings("/bench")).unwrap();
    let bytes = segments::fill(&store, records).await;
    println!("{records} segments of {bytes} bytes, pages of {PAGE}, {ROUNDS} rounds");

    let (mut raw, mut listed, mut cold, mut first) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        raw.push(read_raw(&server.endpoint(), records).await);
        listed.push(read_listed(&store, records).await);
        let (shown, complete) = read_cached(&store, records).await;
        first.push(shown);
        cold.push(complete);
    }
    let (raw, listed, cold, first) = (median(raw), median(listed), median(cold), median(first));
    let ratio = |time: Duration| time.as_secs_f64() / raw.as_secs_f64();
    println!("raw paged read, nothing parsed    {:7.1} ms", ms(raw));
    println!("the store's pages                 {:7.1} ms   {:.2} x raw", ms(listed), ratio(listed));
    println!("cold cache, complete              {:7.1} ms   {:.2} x raw (goal 1.5)", ms(cold), ratio(cold));
    println!("cold cache, first rows            {:7.1} ms", ms(first));

    let etcdctl = Instant::now();
    let out = std::process::Command::new("etcdctl")
        .env("ETCDCTL_API", "3")
        .args(["--endpoints", &server.endpoint(), "get", "--prefix", "/bench/segments/"])
        .stdout(std::process::Stdio::null())
        .status();
    if out.is_ok_and(|status| status.success()) {
        println!("etcdctl get --prefix              {:7.1} ms", ms(etcdctl.elapsed()));
    }
    memory(&server.endpoint(), records);
}

/// Memory is measured in a process of its own: this one has seen every page several times over.
fn memory(endpoint: &str, records: usize) {
    let own = std::env::current_exe().unwrap();
    let out = std::process::Command::new(own)
        .env("SEGDECK_BENCH_MEMORY", endpoint)
        .arg(records.to_string())
        .output();
    print!("{}", String::from_utf8_lossy(&out.unwrap().stdout));
}

async fn hold(endpoint: &str, records: usize) {
    let before = resident();
    let store: SharedStore = EtcdStore::open(&etcd::settings(&[endpoint], "/bench")).unwrap();
    let stop = CancellationToken::new();
    let pace = Pace { relist: Duration::from_secs(2), ..Pace::default() };
    let cache = Cache::start_at(pace, store, Clock::system(), stop.clone());
    let mut freshness = cache.freshness();
    freshness.wait_for(|f| matches!(f, Freshness::Live { .. })).await.unwrap();
    let complete = resident();
    // Until the list was read once more and swapped in: both are there for a moment.
    let row = cache.read(|rows| Arc::downgrade(rows.segments.values().next().unwrap()));
    freshness.mark_unchanged();
    tokio::time::timeout(Duration::from_secs(30), freshness.changed()).await.unwrap().unwrap();
    assert!(row.upgrade().is_some(), "rows that did not change are kept");
    assert_eq!(cache.read(|rows| rows.segments.len()), records);
    let each = (complete - before) * 1024 / records;
    println!("memory of its own: {before} KiB before, {complete} KiB with all rows ({each} bytes each)");
    println!("                 {} KiB after another list, {} KiB at the most", resident(), status("VmHWM:"));
    stop.cancel();
}

fn resident() -> usize {
    status("RssAnon:")
}

fn status(what: &str) -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(what)).unwrap();
    line.split_whitespace().next().unwrap().parse().unwrap()
}

async fn read_raw(endpoint: &str, records: usize) -> Duration {
    let client = etcd_client::Client::connect([endpoint], None).await.unwrap();
    let mut kv = client.kv_client().max_decoding_message_size(64 * 1024 * 1024);
    kv.get("x", None).await.unwrap();
    let began = Instant::now();
    let (mut from, mut seen, mut revision) = (b"/bench/segments/".to_vec(), 0, 0);
    loop {
        let options =
            GetOptions::new().with_range("/bench/segments0").with_limit(PAGE as i64).with_revision(revision);
        let page = kv.get(from.clone(), Some(options)).await.unwrap();
        revision = page.header().unwrap().revision();
        seen += page.kvs().len();
        if !page.more() {
            break;
        }
        from = page.kvs().last().unwrap().key().to_vec();
        from.push(0);
    }
    assert_eq!(seen, records);
    began.elapsed()
}

async fn read_listed(store: &SharedStore, records: usize) -> Duration {
    let began = Instant::now();
    let mut query = ListQuery { limit: PAGE, ..ListQuery::prefix(keys::SEGMENTS) };
    let mut seen = 0;
    loop {
        let page = store.list(&query).await.unwrap();
        seen += page.entries.len();
        if !page.more {
            break;
        }
        query.revision = Some(page.revision);
        query.after = page.entries.last().map(|entry| entry.key.clone());
    }
    assert_eq!(seen, records);
    began.elapsed()
}

/// Until the first rows are there, and until all are.
async fn read_cached(store: &SharedStore, records: usize) -> (Duration, Duration) {
    let stop = CancellationToken::new();
    let began = Instant::now();
    let cache = Cache::start(store.clone(), Clock::system(), stop.clone());
    let mut freshness = cache.freshness();
    freshness.wait_for(|f| !matches!(f, Freshness::Loading { rows: 0 })).await.unwrap();
    let first = began.elapsed();
    freshness.wait_for(|f| matches!(f, Freshness::Live { .. })).await.unwrap();
    let complete = began.elapsed();
    assert_eq!(cache.read(|rows| rows.segments.len()), records);
    stop.cancel();
    (first, complete)
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}
