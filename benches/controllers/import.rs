//! Bulk import by data sync: 10,000 segments of a platform that answers at once.
//!
//! An import is more than its record: the file is downloaded, checked against the remote's sha256, read as an archive
//! and put into shared storage, where it must survive a power cut before a record speaks of it. So it is measured
//! twice. With shared storage in memory, beside raw transactions of 100 operations, one after the other, that put the
//! same records (segment, manifest and audit entry of each). And with shared storage in a folder, beside the same
//! transactions and the same files, written 16 at once where they belong, each synced with its folders.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use etcd_client::Client;
use object_store::memory::InMemory;
use segdeck::controllers::Pace;
use segdeck::domain::{RemoteKind, SegmentId};
use segdeck::remote::RemoteSegment;
use segdeck::storage::{SharedStorage, folder_url};
use segdeck::store::Change;
use sha2::{Digest as _, Sha256};

use crate::etcd::Etcd;
use crate::journal::{self, OURS, Put};
use crate::platform::AtOnce;
use crate::site::{self, Driver};

const SEGMENTS: usize = 10_000;

/// Rounds of each; medians are shown.
const ROUNDS: usize = 3;

/// Files that the disk alone writes at once.
const FILES_AT_ONCE: usize = 16;

pub async fn compare() {
    let etcd = Etcd::start();
    let raw = journal::connect(&etcd.endpoint()).await;
    let segments = segments();
    let bytes = segments[0].1.len();
    println!("bulk import of {SEGMENTS} segments with files of {bytes} bytes, {ROUNDS} rounds");
    let (mut memory, mut folder) = (Vec::new(), Vec::new());
    let (mut records, mut beside, mut files) = (Vec::new(), Vec::new(), Vec::new());
    // One after the other: the disk is busy for a while with what the files left behind.
    for round in 0..ROUNDS {
        let place = tempfile::tempdir().unwrap();
        let storage = SharedStorage::over(Arc::new(InMemory::new()), "memory:");
        memory.push(import(&etcd, &format!("{OURS}/m{round}"), place.path(), storage, &segments).await);
        records.push(put_raw(&raw, &format!("{OURS}/m{round}")).await);
    }
    for round in 0..ROUNDS {
        let place = tempfile::tempdir().unwrap();
        let storage = SharedStorage::open(&folder_url(&place.path().join("files"))).unwrap();
        folder.push(import(&etcd, &format!("{OURS}/f{round}"), place.path(), storage, &segments).await);
        files.push(write_files(&place.path().join("raw"), &segments));
        beside.push(put_raw(&raw, &format!("{OURS}/f{round}")).await);
    }
    let [memory, folder, records, beside, files] =
        [memory, folder, records, beside, files].map(crate::median);
    let line = |what: &str, time: Duration| {
        println!("  {what:50} {:6.2} s {:6.0}/s", time.as_secs_f64(), SEGMENTS as f64 / time.as_secs_f64());
    };
    line("raw transactions", records);
    line("raw files", files);
    line("import, shared storage in memory", memory);
    line("import, shared storage in a folder", folder);
    let ratio = |raw: Duration, ours: Duration| raw.as_secs_f64() / ours.as_secs_f64();
    println!(
        "  in memory {:.2} of raw transactions (goal 0.5), in a folder {:.2} of raw files and transactions",
        ratio(records, memory),
        ratio(beside + files, folder)
    );
}

/// What the platform keeps.
fn segments() -> Vec<(RemoteSegment, Bytes)> {
    (0..SEGMENTS)
        .map(|n| {
            let id: SegmentId = format!("segment-{:05}@1.{}.0", n / 4, n % 4).parse().unwrap();
            let bytes = site::tiny(id.prefix.as_str(), id.version.as_str());
            let sha256 = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
            let segment = RemoteSegment {
                uid: format!("uid-{n:012}"),
                file_name: format!("{}.zip", id.prefix).as_str().into(),
                id,
                file_size: bytes.len() as u64,
                sha256,
            };
            (segment, bytes.into())
        })
        .collect()
}

/// From the request to its answer.
async fn import(
    etcd: &Etcd,
    root: &str,
    place: &Path,
    storage: SharedStorage,
    segments: &[(RemoteSegment, Bytes)],
) -> Duration {
    let service = site::service(etcd, root, place, storage, AtOnce::with(segments.iter().cloned()));
    let driver = Driver::start(&service, Pace::default()).await;
    let mut changes = driver.cache.subscribe();
    let begun = Instant::now();
    let request = service.request_sync(RemoteKind::Sdp, false).await.unwrap();
    let answered = || {
        driver.cache.read(|rows| {
            let result = rows.sync.get(&RemoteKind::Sdp).and_then(|sync| sync.result.clone());
            result.is_some_and(|result| result.request >= Some(request.id))
        })
    };
    loop {
        let news = changes.next().await;
        if news.iter().any(|change| matches!(change, Change::Reset | Change::Sync(_))) && answered() {
            break;
        }
    }
    let took = begun.elapsed();
    assert_eq!(driver.cache.read(|rows| rows.segments.len()), SEGMENTS);
    driver.stop().await;
    took
}

/// The same records again, 100 operations a transaction.
async fn put_raw(raw: &Client, root: &str) -> Duration {
    let mut puts: Vec<Put> = Vec::new();
    for part in ["segments/", "manifests/", "audit/"] {
        let options = etcd_client::GetOptions::new().with_prefix();
        let found = journal::kv(raw).get(format!("{root}/{part}"), Some(options)).await.unwrap();
        let put =
            |kv: &etcd_client::KeyValue| Put { key: journal::again(kv.key()), value: kv.value().to_vec() };
        // The trail has the request, too.
        puts.extend(found.kvs().iter().rev().take(SEGMENTS).map(put));
    }
    assert_eq!(puts.len(), 3 * SEGMENTS);
    let begun = Instant::now();
    journal::put_all(raw, &puts).await;
    begun.elapsed()
}

/// The same files, each and its folders synced.
fn write_files(root: &Path, segments: &[(RemoteSegment, Bytes)]) -> Duration {
    let folder = root.join("segments");
    std::fs::create_dir_all(&folder).unwrap();
    let next = AtomicUsize::new(0);
    let write = || {
        while let Some((segment, bytes)) = segments.get(next.fetch_add(1, Ordering::Relaxed)) {
            let of_prefix = folder.join(segment.id.prefix.as_str());
            let of_version = of_prefix.join(segment.id.version.as_str());
            let is_new = std::fs::create_dir(&of_prefix).is_ok();
            std::fs::create_dir(&of_version).unwrap();
            let mut file = std::fs::File::create_new(of_version.join(&segment.uid)).unwrap();
            std::io::Write::write_all(&mut file, bytes).unwrap();
            file.sync_all().unwrap();
            sync(&of_version);
            sync(&of_prefix);
            if is_new {
                sync(&folder);
            }
        }
    };
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..FILES_AT_ONCE {
            scope.spawn(write);
        }
    });
    begun.elapsed()
}

fn sync(folder: &Path) {
    std::fs::File::open(folder).unwrap().sync_all().unwrap();
}
