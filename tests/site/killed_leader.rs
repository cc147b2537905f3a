//! `kill -9` of the leading controller in the middle of an install.

use std::collections::BTreeMap;

use segdeck::domain::{InstallLog, InstallState, RecordId, SeatState};
use segdeck::platform::{LedgerKind, generated_device};
use segdeck::service::Service;
use segdeck::store::{self, keys};

use crate::common::archive;
use crate::common::site::{On, eventually, id};
use crate::host::Host;
use crate::platform::Platform;
use crate::running::Running;

const NAV: &str = "nav@1.0";
const SEATS: u32 = 60;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn etcd() {
    Host::test(On::Etcd, the_other_one_finishes).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn embedded() {
    Host::test(On::Embedded, the_other_one_finishes).await;
}

async fn the_other_one_finishes(host: &Host) {
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
    let record: RecordId =
        host.json(&["install", NAV, "--group", "all"]).await["id"].as_str().unwrap().parse().unwrap();
    half_done(&onlooker, record).await;
    let first = leader(&onlooker, &controllers).await;
    controllers.remove(first).unwrap().kill().await;

    let log = host.run(&["installs", "watch", &record.to_string(), "-o", "json"]).await.exits(0).json();
    assert_eq!((&log["state"], &log["attempt"]), (&"succeeded".into(), &1.into()));
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

/// Which of them leads.
async fn leader<'a>(onlooker: &Service, controllers: &BTreeMap<&'a str, Running>) -> &'a str {
    eventually(onlooker, "one of them leads", || async {
        let leader = onlooker.leader().await.unwrap()?;
        controllers.iter().find(|(_, running)| running.pid() == leader.pid).map(|(name, _)| *name)
    })
    .await
}
