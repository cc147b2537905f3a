//! Figures of the embedded store, beside what SQLite and the disk do by themselves in the same run.
//!
//! `cargo bench --bench store [RECORDS]`; 100,000 records of 800 bytes unless told otherwise.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a failed step is a failed run

use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use bytes::Bytes;
use segdeck::store::embedded::EmbeddedStore;
use segdeck::store::{Key, ListQuery, Op, SharedStore, Txn, TxnOutcome};

const VALUE: usize = 800;
const PAGE: usize = 5_000;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let records = std::env::args().skip(1).find_map(|text| text.parse().ok()).unwrap_or(100_000);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("store.db");
    let store: SharedStore = EmbeddedStore::open(&file).await.unwrap();

    let begun = Instant::now();
    for first in (0..records).step_by(100) {
        commit(&store, (first..records.min(first + 100)).map(put).collect()).await;
    }
    println!("write {records} records, 100 a transaction: {:?}", begun.elapsed());

    let reopened = Instant::now();
    drop(EmbeddedStore::open(&file).await.unwrap());
    println!("open once more: {:?}", reopened.elapsed());

    let first = list(&store, &ListQuery { limit: 100, ..ListQuery::prefix("") }, false).await;
    println!("first page of 100: {:?}", first.0);
    for keys_only in [false, true] {
        let times: Vec<Duration> = list_thrice(&store, keys_only, records).await;
        let what = if keys_only { "keys" } else { "records" };
        println!("list all {what} in pages of {PAGE}: best {:?} of {times:?}", times.iter().min().unwrap());
    }
    println!("    SQLite alone, the same rows in one select: {:?}", select(&file, records));

    let syncs = 200;
    let disk = sync_rate(folder.path(), syncs);
    println!("    the disk alone, 4 KiB written and synced: {:?} each", disk / syncs);
    for tasks in [1_u32, 16, 256] {
        let each = if tasks == 1 { 300 } else { 4_000 / tasks };
        let time = puts(&store, tasks, each).await;
        let all = f64::from(tasks * each);
        println!("put, {tasks} at once: {:.0}/s", all / time.as_secs_f64());
    }
    println!("put to watch, this process: {}", delays(&store, &store).await);
    let other: SharedStore = EmbeddedStore::open(&file).await.unwrap();
    println!("put to watch, another process's store: {}", delays(&store, &other).await);
    let status = store.status().await.unwrap();
    println!("{} bytes on disk at revision {}, {}", status.size, status.revision, status.engine);
}

fn put(n: usize) -> Op {
    // Not in key order, as records come over time.
    let key = format!("segments/part-{:06}/1.0.{n}", n.wrapping_mul(7_919) % 1_000_003);
    Op::Put(Key::from_stored(key), Bytes::from(vec![b'x'; VALUE]), None)
}

async fn commit(store: &SharedStore, ops: Vec<Op>) -> i64 {
    match store.txn(Txn { compares: Vec::new(), ops }).await.unwrap() {
        TxnOutcome::Done(revision) => revision,
        refused => panic!("{refused:?}"),
    }
}

async fn list(store: &SharedStore, query: &ListQuery, all: bool) -> (Duration, usize) {
    let begun = Instant::now();
    let mut query = query.clone();
    let mut seen = 0;
    loop {
        let page = store.list(&query).await.unwrap();
        seen += page.entries.len();
        query.revision = Some(page.revision);
        query.after = page.entries.last().map(|entry| entry.key.clone());
        if !page.more || !all {
            return (begun.elapsed(), seen);
        }
    }
}

async fn list_thrice(store: &SharedStore, keys_only: bool, records: usize) -> Vec<Duration> {
    let query = ListQuery { limit: PAGE, keys_only, ..ListQuery::prefix("segments/") };
    let mut times = Vec::new();
    for _ in 0..3 {
        let (time, seen) = list(store, &query, true).await;
        assert_eq!(seen, records);
        times.push(time);
    }
    times
}

fn select(file: &Path, records: usize) -> Duration {
    let connection = rusqlite::Connection::open(file).unwrap();
    let begun = Instant::now();
    let mut statement = connection.prepare("SELECT key, value FROM changes ORDER BY id").unwrap();
    let mut rows = statement.query([]).unwrap();
    let mut seen = 0;
    while let Some(row) = rows.next().unwrap() {
        seen += usize::from(row.get_ref(1).unwrap().as_blob().unwrap().len() == VALUE);
    }
    assert_eq!(seen, records);
    begun.elapsed()
}

fn sync_rate(folder: &Path, times: u32) -> Duration {
    let mut file = std::fs::File::create(folder.join("sync")).unwrap();
    let begun = Instant::now();
    for _ in 0..times {
        file.write_all(&[0; 4096]).unwrap();
        file.sync_data().unwrap();
    }
    begun.elapsed()
}

async fn puts(store: &SharedStore, tasks: u32, each: u32) -> Duration {
    let begun = Instant::now();
    let running: Vec<_> = (0..tasks)
        .map(|task| {
            let store = store.clone();
            tokio::spawn(async move {
                for _ in 0..each {
                    let key = Key::from_stored(format!("puts/{task}"));
                    commit(&store, vec![Op::Put(key, Bytes::from_static(b"value"), None)]).await;
                }
            })
        })
        .collect();
    for task in running {
        task.await.unwrap();
    }
    begun.elapsed()
}

async fn delays(here: &SharedStore, there: &SharedStore) -> String {
    let mut watch = there.watch("delays/", 0).await.unwrap();
    let mut times = Vec::new();
    for _ in 0..200 {
        let begun = Instant::now();
        let op = Op::Put(Key::from_stored("delays/a"), Bytes::from_static(b"value"), None);
        let revision = commit(here, vec![op]).await;
        while watch.recv().await.unwrap().unwrap().revision < revision {}
        times.push(begun.elapsed());
    }
    times.sort();
    format!("p50 {:?}, p99 {:?}", times[100], times[198])
}
