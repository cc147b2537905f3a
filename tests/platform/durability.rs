//! Nothing that was answered is lost when the platform goes.

use segdeck::domain::SeatState;
use segdeck::platform::{LedgerKind, PlatformError, PlatformOptions, SimulatedOptions, ledger, serve};
use segdeck::remote::Operation;
use tempfile::tempdir;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::rig::{Rig, Wish, collect, ips, noise, operation, set};

#[tokio::test]
async fn everything_is_there_after_a_restart() {
    let dir = tempdir().unwrap();
    let bytes = noise(1_000_000);
    let devices = ips(0..4);
    let offline = SimulatedOptions { offline: set(&devices[3..]), ..SimulatedOptions::default() };
    let rig = Rig::start_with(dir.path(), Wish { simulated: offline, ..Wish::default() }).await;
    let created = rig.create("c", "a@1", &bytes).await.unwrap();
    let task = rig.deployment().batch_install(&operation("i"), &created.uid, &devices).await.unwrap();
    rig.pass(500);
    let elapsed = rig.elapsed();
    rig.stop().await;

    // Work goes on where it was; the device that was offline is back.
    let rig = Rig::start_with(dir.path(), Wish { start_ms: elapsed, ..Wish::default() }).await;
    assert_eq!(rig.repository().list("").await.unwrap().segments, std::slice::from_ref(&created));
    let got = collect(rig.repository().download(&created.uid, 0).await.unwrap()).await.unwrap();
    assert!(got == bytes);
    assert_eq!(
        rig.repository().find_operation(&operation("c")).await.unwrap(),
        Operation::Created(created.uid.clone())
    );
    assert_eq!(
        rig.deployment().find_operation(&operation("i")).await.unwrap(),
        Operation::Task(task.clone())
    );
    let view = rig.deployment().get_task(&task).await.unwrap();
    assert!(view.devices.iter().all(|device| device.state == SeatState::Running));
    assert!(view.devices[0].percent > 0 && view.devices[3].percent == 0);
    rig.pass(3_100);
    let view = rig.deployment().get_task(&task).await.unwrap();
    assert!(view.done && view.devices.iter().all(|device| device.state == SeatState::Succeeded));
    rig.stop().await;

    let rig = Rig::start(dir.path()).await;
    assert_eq!(rig.deployment().list_installed(devices[3]).await.unwrap(), [created.uid]);
    let starts = ledger(dir.path()).unwrap();
    assert_eq!(starts.iter().filter(|entry| entry.kind == LedgerKind::InstallStarted).count(), 4);
    rig.stop().await;
}

#[tokio::test]
async fn a_file_without_a_record_is_tidied_up() {
    let dir = tempdir().unwrap();
    let rig = Rig::start(dir.path()).await;
    rig.create("c", "a@1", b"x").await.unwrap();
    rig.stop().await;
    // What a crash between file and record leaves.
    std::fs::write(dir.path().join("files/01ORPHAN"), b"x").unwrap();
    let rig = Rig::start(dir.path()).await;
    assert_eq!(rig.repository().list("").await.unwrap().segments.len(), 1);
    assert_eq!(rig.files("files"), 1);
    rig.stop().await;
}

#[tokio::test]
async fn a_folder_serves_one_platform_at_a_time() {
    let dir = tempdir().unwrap();
    let lock = std::fs::File::create(dir.path().join("lock")).unwrap();
    lock.lock().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let options = PlatformOptions::new(dir.path());
    let error = serve(options, listener, CancellationToken::new()).await.unwrap_err();
    assert!(matches!(error, PlatformError::Busy(_)), "{error}");
}

#[tokio::test]
async fn a_folder_of_a_newer_program_is_left_alone() {
    let dir = tempdir().unwrap();
    let database = rusqlite::Connection::open(dir.path().join("platform.db")).unwrap();
    database.pragma_update(None, "user_version", 99).unwrap();
    drop(database);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let error = serve(PlatformOptions::new(dir.path()), listener, CancellationToken::new()).await;
    assert!(matches!(error, Err(PlatformError::Format { found: 99, .. })));
}
