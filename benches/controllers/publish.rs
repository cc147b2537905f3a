//! The publish cycle: read, intent, call, commit.
//!
//! Records of small files that wait for their remote are put into the store; the controllers publish them to a
//! platform in memory that answers at once. Then bare etcd-client does for the same records what a publish cannot do
//! without: the get, the transaction with the intent, and the one with the result and its audit entry, with the same
//! keys, values, compares and reads on refusal. What we do beside that is in our figure alone: the files are opened
//! and read, the cache follows every change, and each record is looked at once more when its intent comes back.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use etcd_client::{Client, Compare, CompareOp, GetOptions, Txn, TxnOp};
use futures::StreamExt as _;
use segdeck::controllers::Pace;
use segdeck::domain::{CreateState, SegmentId};
use segdeck::service::{Service, UploadRequest};
use segdeck::storage::{SharedStorage, folder_url};
use segdeck::store::Change;
use tokio_util::sync::CancellationToken;

use crate::etcd::Etcd;
use crate::journal::{self, OURS, Put};
use crate::platform::AtOnce;
use crate::site::{self, Driver};

/// Rounds of each; medians are shown.
const ROUNDS: usize = 5;

/// Where uploads wait for their round.
const READY: &str = "/ready";

pub async fn compare() {
    let etcd = Etcd::start();
    let raw = journal::connect(&etcd.endpoint()).await;
    let folder = tempfile::tempdir().unwrap();
    let storage = SharedStorage::open(&folder_url(&folder.path().join("files"))).unwrap();
    let open = |root| site::service(&etcd, root, folder.path(), storage.clone(), AtOnce::default());
    let (uploads, service) = (open(READY), open(OURS));
    println!("publish cycle, a platform in memory that answers at once, {ROUNDS} rounds");
    for at_once in [1, 16, 64] {
        let count = if at_once == 1 { 400 } else { 2_000 };
        let (mut ours, mut bare) = (Vec::new(), Vec::new());
        let driver = Driver::start(&service, Pace { workers: at_once }).await;
        for round in 0..=ROUNDS {
            // The first, small one is thrown away: what a new leader does once is done then.
            let count = if round == 0 { 100 } else { count };
            let ready = ready(&uploads, &raw, &format!("at-{at_once}-{round}"), count, folder.path()).await;
            let from = journal::revision(&raw).await + 1;
            let rate = publish(&driver, &raw, &ready).await;
            let to = journal::revision(&raw).await;
            let cycles = cycles(journal::written(&raw, OURS, from, to).await, count);
            let raw_rate = replay(&raw, cycles, at_once).await;
            if round > 0 {
                ours.push(rate);
                bare.push(raw_rate);
            }
        }
        driver.stop().await;
        let (ours, bare) = (crate::median(ours), crate::median(bare));
        println!(
            "  {at_once:2} at once   raw {bare:6.0}/s   ours {ours:6.0}/s   {:.2} of raw (goal 0.6)",
            ours / bare
        );
    }
}

/// Records of uploaded files, as they stand in the store before anybody publishes them.
async fn ready(
    uploads: &Service,
    raw: &Client,
    name: &str,
    count: usize,
    folder: &std::path::Path,
) -> Vec<Put> {
    let upload = |n: usize| async move {
        let file = folder.join(format!("{name}-{n:05}.zip"));
        std::fs::write(&file, site::tiny(&format!("{name}-{n:05}"), "1.0.0")).unwrap();
        let request = UploadRequest { file: file.clone(), ..UploadRequest::default() };
        uploads.upload(&request, |_| {}, &CancellationToken::new()).await.unwrap();
        std::fs::remove_file(&file).unwrap();
    };
    futures::stream::iter(0..count).for_each_concurrent(16, upload).await;
    let options = GetOptions::new().with_prefix();
    let found = journal::kv(raw).get(format!("{READY}/segments/{name}-"), Some(options)).await.unwrap();
    assert_eq!(found.kvs().len(), count);
    let there = |key: &[u8]| [OURS.as_bytes(), &key[READY.len()..]].concat();
    found.kvs().iter().map(|kv| Put { key: there(kv.key()), value: kv.value().to_vec() }).collect()
}

/// How many a second.
async fn publish(driver: &Driver, raw: &Client, ready: &[Put]) -> f64 {
    let ids: Vec<SegmentId> = ready
        .iter()
        .map(|put| serde_json::from_slice::<segdeck::domain::Segment>(&put.value).unwrap().id)
        .collect();
    let published = |id: &SegmentId| {
        driver
            .cache
            .read(|rows| rows.segments.get(id).is_some_and(|row| row.create_state == CreateState::Succeeded))
    };
    let mut changes = driver.cache.subscribe();
    journal::put_all(raw, ready).await;
    // Those that were published while the last were still being put do not count.
    let begun = Instant::now();
    let mut left: std::collections::BTreeSet<&SegmentId> = ids.iter().filter(|id| !published(id)).collect();
    let count = left.len();
    while !left.is_empty() {
        for change in changes.next().await {
            match change {
                Change::Segment(id) if published(&id) => _ = left.remove(&id),
                Change::Reset => left.retain(|id| !published(id)),
                _ => {}
            }
        }
    }
    count as f64 / begun.elapsed().as_secs_f64()
}

/// What the store saw of a record that was published.
struct Cycle {
    /// As it was before.
    before: Put,
    intent: Vec<Put>,
    result: Vec<Put>,
}

/// Each record has two transactions, or the figures are of something else.
fn cycles(transactions: Vec<Vec<Put>>, count: usize) -> Vec<Cycle> {
    let mut by_key: BTreeMap<Vec<u8>, Vec<Vec<Put>>> = BTreeMap::new();
    let mut before = Vec::new();
    for puts in transactions {
        let again: Vec<Put> = puts.iter().map(Put::again).collect();
        match again.iter().position(|put| put.is_below("segments/")) {
            Some(_) if again.len() > 2 => before.extend(again),
            Some(at) => by_key.entry(again[at].key.clone()).or_default().push(again),
            None => {}
        }
    }
    let cycles: Vec<Cycle> = before
        .into_iter()
        .map(|before| {
            let [intent, result]: [Vec<Put>; 2] =
                by_key.remove(&before.key).unwrap().try_into().expect("an intent and a result");
            assert_eq!((intent.len(), result.len()), (1, 2));
            Cycle { before, intent, result }
        })
        .collect();
    assert_eq!(cycles.len(), count);
    cycles
}

async fn replay(client: &Client, cycles: Vec<Cycle>, at_once: usize) -> f64 {
    let before: Vec<Put> = cycles.iter().map(|cycle| cycle.before.clone()).collect();
    journal::put_all(client, &before).await;
    let leader = journal::again(format!("{OURS}/leader").as_bytes());
    journal::kv(client).put(leader.clone(), "somebody", None).await.unwrap();
    let found = journal::kv(client).get(leader.clone(), None).await.unwrap();
    let created = found.kvs()[0].create_revision();
    let (cycles, next) = (Arc::new(cycles), Arc::new(AtomicUsize::new(0)));
    let begun = Instant::now();
    let tasks: Vec<_> = (0..at_once)
        .map(|_| {
            let (client, cycles, next, leader) =
                (client.clone(), Arc::clone(&cycles), Arc::clone(&next), leader.clone());
            tokio::spawn(async move {
                while let Some(cycle) = cycles.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let key = &cycle.before.key;
                    let found = journal::kv(&client).get(key.clone(), None).await.unwrap();
                    let mut revision = found.kvs()[0].mod_revision();
                    for puts in [&cycle.intent, &cycle.result] {
                        let compares = [
                            Compare::create_revision(leader.clone(), CompareOp::Equal, created),
                            Compare::mod_revision(key.clone(), CompareOp::Equal, revision),
                        ];
                        let reads = [TxnOp::get(leader.clone(), None), TxnOp::get(key.clone(), None)];
                        let txn = Txn::new()
                            .when(compares)
                            .and_then(puts.iter().map(Put::op).collect::<Vec<_>>())
                            .or_else(reads);
                        let answer = journal::kv(&client).txn(txn).await.unwrap();
                        assert!(answer.succeeded());
                        revision = answer.header().unwrap().revision();
                    }
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    cycles.len() as f64 / Duration::as_secs_f64(&begun.elapsed())
}
