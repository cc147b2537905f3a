//! `kill -9` of the leading controller in the middle of an install.

use std::collections::BTreeMap;

use segdeck::domain::{InstallLog, InstallState, RecordId, SeatState};
use segdeck::platform::{LedgerKind, generated_device};
use segdeck::service::Service;
use segdeck::store::keys::{self, Named};
use segdeck::store::{self, Watch, WatchEvent};

use crate::common::archive;
use crate::common::site::{On, eventually, id};
use crate::host::Host;
use crate::platform::Platform;
use crate::running::Running;

const NAV: &str = "nav@1.0";
const SEATS: u32 = 60;

/// When the leader is killed.
#[derive(Clone, Copy)]
enum When {
    /// Some seats are done, others were not even sent.
    HalfDone,
    /// It has written what it is about to send: nobody can tell from the records whether it did.
    Sending,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn half_done_on_etcd() {
    Host::test(On::Etcd, async |host| the_other_one_finishes(host, When::HalfDone).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn half_done_embedded() {
    Host::test(On::Embedded, async |host| the_other_one_finishes(host, When::HalfDone).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sending_on_etcd() {
    Host::test(On::Etcd, async |host| the_other_one_finishes(host, When::Sending).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sending_embedded() {
    Host::test(On::Embedded, async |host| the_other_one_finishes(host, When::Sending).await).await;
}

async fn the_other_one_finishes(host: &Host, when: When) {
    let platform = Platform::start(host, &["--seats", "60", "--seconds-per-seat", "1"]).await;
    // Several tasks one after the other: some are taken when the leader dies, some are still to be sent.
    host.configure("", &format!("{}[install]\nmax_concurrent_seats = 15\n", platform.sections()));
    let onlooker = host.onlooker().await;
    let csv: String = (0..SEATS).map(generated_device).map(|(id, ip)| format!("{id},{ip},all\n")).collect();
    host.file("seats.csv", &format!("id,ip,group\n{csv}"));
    host.json(&["seat", "import", "seats.csv"]).await;

    let mut controllers =
        BTreeMap::from(["one", "two"].map(|name| (name, host.start(name, &["controller"]))));
    let file = archive::segment(host.path(), "nav", "1.0", "zip", 100_000);
    host.json(&["segment", "upload", file.to_str().unwrap(), "--wait"]).await;
    let first = leader(&onlooker, &controllers).await;
    let logs = onlooker.store.watch(keys::INSTALL_LOGS, 0).await.unwrap();
    let record: RecordId =
        host.json(&["install", NAV, "--group", "all"]).await["id"].as_str().unwrap().parse().unwrap();
    match when {
        When::HalfDone => half_done(&onlooker, record).await,
        When::Sending => sending(logs, record).await,
    }
    controllers.remove(first).unwrap().kill().await;

    let log = host.run(&["installs", "watch", &record.to_string(), "-o", "json"]).await.exits(0).json();
    assert_eq!((&log["state"], &log["attempt"]), (&"succeeded".into(), &1.into()));
    // No seat was sent twice, not even to hear that it has it already.
    assert_eq!(log["counts"], serde_json::json!({ "succeeded": SEATS }));
    let tasks = log["tasks"].as_array().unwrap();
    assert_eq!(tasks.iter().map(|task| task["seats"].as_u64().unwrap()).sum::<u64>(), u64::from(SEATS));
    let sent: Vec<_> =
        platform.ledger().into_iter().filter(|entry| entry.kind == LedgerKind::BatchInstall).collect();
    assert_eq!(sent.iter().filter(|entry| !entry.repeated).count(), tasks.len(), "{sent:?}");
    let second = leader(&onlooker, &controllers).await;
    assert_ne!(first, second);
    let begun = platform.begun(LedgerKind::InstallStarted);
    assert_eq!(begun.len(), SEATS as usize);
    assert!(begun.values().all(|times| *times == 1), "every seat got one install: {begun:?}");
    let shown = host.json(&["segment", "show", NAV]).await;
    assert_eq!(shown["installedSeatCount"], SEATS);
    assert_eq!(controllers.remove(second).unwrap().terminate().await, 0);
    platform.stop().await;
}

/// Waits until some seats are done and others were not even begun.
async fn half_done(onlooker: &Service, record: RecordId) {
    let key = keys::install_log(&id(NAV), record);
    eventually(onlooker, "half done", || async {
        let log: InstallLog = store::decode(&onlooker.store.get(&key).await.unwrap().1?).unwrap();
        assert!(matches!(log.state, InstallState::Pending | InstallState::Running), "{log:?}");
        let count = |state| log.counts.get(&state).copied().unwrap_or_default();
        (count(SeatState::Succeeded) > 5 && count(SeatState::Queued) > 5).then_some(())
    })
    .await;
}

/// Waits until a later chunk of seats is about to be sent.
async fn sending(mut logs: Watch, record: RecordId) {
    while let Some(Ok(batch)) = logs.recv().await {
        for event in batch.events {
            let WatchEvent::Put(entry) = event else { continue };
            if matches!(keys::parse(&entry.key), Named::InstallLog(_, of, None) if of == record) {
                let log: InstallLog = store::decode(&entry).unwrap();
                if log.chunks > 1 && log.intent.is_some() {
                    return;
                }
            }
        }
    }
    panic!("the watch ended before a second chunk was sent");
}

/// Which of them leads.
async fn leader<'a>(onlooker: &Service, controllers: &BTreeMap<&'a str, Running>) -> &'a str {
    eventually(onlooker, "one of them leads", || async {
        let leader = onlooker.leader().await.unwrap()?;
        controllers.iter().find(|(_, running)| running.pid() == leader.pid).map(|(name, _)| *name)
    })
    .await
}
