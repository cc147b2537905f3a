//! A create that the platform refuses: tried again at the interval, counted, given up, taken up again.

use std::time::Duration;

use segdeck::domain::{CreateState, Segment, clock};
use segdeck::platform::LedgerKind;
use segdeck::service::Service;
use segdeck::store::{self, Watch, WatchEvent, keys};

use crate::common::archive;
use crate::common::site::{On, eventually, id};
use crate::host::Host;
use crate::platform::Platform;

const NAV: &str = "nav@1.0";
const INTERVAL: Duration = Duration::from_millis(700);
const LIMIT: u32 = 3;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn etcd() {
    Host::test(On::Etcd, retries_and_gives_up).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn embedded() {
    Host::test(On::Embedded, retries_and_gives_up).await;
}

async fn retries_and_gives_up(host: &Host) {
    // Both the first generation and the second use up every try they have.
    let platform = Platform::start(host, &["--fault-create", "8"]).await;
    host.configure("retry_interval = \"700ms\"\nretry_limit = 3", &platform.sections());
    let onlooker = host.onlooker().await;
    let mut watch = onlooker.store.watch(keys::segment(&id(NAV)).as_str(), 0).await.unwrap();
    let controller = host.start("one", &["controller"]);
    let file = archive::segment(host.path(), "nav", "1.0", "zip", 100_000);
    host.json(&["segment", "upload", file.to_str().unwrap()]).await;
    counted(&onlooker).await;
    assert_eq!(controller.terminate().await, 0);
    let before = onlooker.segment(&id(NAV)).await.unwrap().create_status;
    assert!((1..LIMIT).contains(&before.retry_count), "{before:?}");
    // Another process goes on where it stopped.
    let controller = host.start("two", &["controller"]);
    eventually(&onlooker, "given up", || async {
        let status = onlooker.segment(&id(NAV)).await.unwrap().create_status;
        assert!(status.retry_count >= before.retry_count, "{status:?}");
        (status.state == CreateState::Failed).then_some(())
    })
    .await;
    let shown = host.json(&["segment", "show", NAV]).await;
    assert_eq!(shown["createStatus"]["retryCount"], LIMIT);
    assert!(shown["createStatus"]["reason"].as_str().unwrap().contains("sdp"), "{shown}");
    assert!(shown["createStatus"]["nextRetryAt"].is_null());
    tries_keep_the_interval(&mut watch).await;
    assert_eq!(controller.terminate().await, 0);

    // With nobody else the waiting command drives: once more in vain, then with success.
    let retry = ["segment", "retry", NAV, "--wait", "-o", "json"];
    let failed = host.run(&retry).await.exits(1).json();
    let status = &failed["createStatus"];
    assert_eq!((&status["state"], &status["retryCount"]), (&"failed".into(), &LIMIT.into()));
    assert_eq!(status["generation"], 1);
    let status = &host.run(&retry).await.exits(0).json()["createStatus"];
    assert_eq!((&status["state"], &status["retryCount"]), (&"succeeded".into(), &0.into()));
    assert_eq!(status["generation"], 2);
    let created = platform.ledger().into_iter().filter(|entry| entry.kind == LedgerKind::Create);
    assert_eq!(created.count(), 1, "one segment was made");
    platform.stop().await;
}

async fn counted(onlooker: &Service) {
    eventually(onlooker, "one try counted", || async {
        let status = onlooker.segment(&id(NAV)).await.unwrap().create_status;
        (status.retry_count > 0).then_some(())
    })
    .await;
}

/// Every version of the record so far: the next try is due one interval after the last, and comes no sooner.
async fn tries_keep_the_interval(watch: &mut Watch) {
    let mut counts = Vec::new();
    let mut due = None;
    while let Some(Ok(batch)) = watch.recv().await {
        for event in batch.events {
            let WatchEvent::Put(entry) = event else { panic!("nobody deletes it") };
            let segment: Segment = store::decode(&entry).unwrap();
            let status = &segment.create_status;
            if let (Some(intent), Some(due)) = (&segment.intent, due) {
                assert!(intent.since >= due, "{segment:?}");
            }
            if let Some(next) = status.next_retry_at {
                assert_eq!(next, clock::after(segment.updated_at, INTERVAL));
                counts.push(status.retry_count);
                due = Some(next);
            }
            if status.state == CreateState::Failed {
                assert_eq!(counts, (1..=LIMIT).collect::<Vec<_>>());
                return;
            }
        }
    }
    panic!("the watch ended before the record failed");
}
