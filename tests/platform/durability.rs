//! Nothing that was answered is lost when the platform goes.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use segdeck::domain::{RemoteKind, SeatState};
use segdeck::platform::{
    LedgerKind, PlatformError, PlatformOptions, Simulated, SimulatedOptions, ledger, serve,
};
use segdeck::remote::grpc::connect_one;
use segdeck::remote::{Operation, Remotes};
use tempfile::tempdir;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::rig::{Rig, Wish, collect, file, ips, noise, operation, segment, set, settings};

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
    assert_eq!(ledger(dir.path()).unwrap(), starts, "also when nobody serves");
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

/// Serves the folder in `SEGDECK_TEST_PLATFORM` until it is killed; without the variable there is nothing to do.
/// The address goes to the file `address` beside the folder.
#[tokio::test]
async fn child_platform() {
    let Some(dir) = std::env::var_os("SEGDECK_TEST_PLATFORM").map(PathBuf::from) else { return };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut options = PlatformOptions::new(dir.join("data"));
    let simulated = SimulatedOptions { seconds_per_seat: 0.2, ..SimulatedOptions::default() };
    options.executor = Arc::new(Simulated::new(simulated));
    let address = listener.local_addr().unwrap().to_string();
    std::fs::write(dir.join("address.new"), address).unwrap();
    std::fs::rename(dir.join("address.new"), dir.join("address")).unwrap();
    serve(options, listener, CancellationToken::new()).await.unwrap();
}

/// A platform in a process of its own; killed with all its might when dropped.
struct Child(std::process::Child);

impl Drop for Child {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

async fn spawn(dir: &Path) -> (Child, Remotes) {
    let _ = std::fs::remove_file(dir.join("address"));
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "durability::child_platform"])
        .env("SEGDECK_TEST_PLATFORM", dir)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut child = Child(child);
    let address = loop {
        if let Ok(address) = std::fs::read_to_string(dir.join("address")) {
            break address;
        }
        assert!(child.0.try_wait().unwrap().is_none(), "the platform ended by itself");
        tokio::time::sleep(Duration::from_millis(5)).await;
    };
    let remotes = connect_one(Remotes::default(), RemoteKind::Sdp, &settings(format!("http://{address}")));
    (child, remotes.unwrap())
}

#[tokio::test]
async fn nothing_that_was_answered_is_lost_by_a_kill() {
    let dir = tempdir().unwrap();
    let bytes = noise(300_000);
    let mut answered: Vec<(String, String)> = Vec::new();
    let mut task: Option<(String, String)> = None;
    for round in 0..4 {
        let (child, remotes) = spawn(dir.path()).await;
        let repository = remotes.repository(RemoteKind::Sdp).unwrap().clone();
        for (op, uid) in &answered {
            let found = repository.find_operation(&operation(op)).await.unwrap();
            assert_eq!(found, Operation::Created(uid.clone()), "{op} was answered before the kill");
            let got = collect(repository.download(uid, 0).await.unwrap()).await.unwrap();
            assert!(got == bytes);
        }
        let deployment = remotes.deployment(RemoteKind::Sdp).unwrap().clone();
        if let Some((op, id)) = &task {
            let found = deployment.find_operation(&operation(op)).await.unwrap();
            assert_eq!(found, Operation::Task(id.clone()));
        }
        // Creates until it is killed in the middle of them.
        let (sender, mut answers) = tokio::sync::mpsc::unbounded_channel();
        let file_bytes = bytes.clone();
        let creating = tokio::spawn(async move {
            for number in 0.. {
                let op = format!("c{round}.{number}");
                let new = segment(&format!("p{round}.{number}@1"), &file_bytes);
                match repository.create(&operation(&op), &new, file(&file_bytes)).await {
                    Ok(created) => sender.send((op, created.uid)).unwrap(),
                    Err(_) => return,
                }
            }
        });
        for _ in 0..3 {
            answered.push(answers.recv().await.unwrap());
        }
        let op = format!("i{round}");
        let uid = &answered.last().unwrap().1;
        let id =
            deployment.batch_install(&operation(&op), uid, &ips(round * 10..round * 10 + 10)).await.unwrap();
        task = Some((op, id));
        drop(child);
        creating.await.unwrap();
        while let Some(answer) = answers.recv().await {
            answered.push(answer);
        }
    }
    let (child, remotes) = spawn(dir.path()).await;
    // Whatever was being written when it was killed has left no half segment behind.
    let mut listed = Vec::new();
    let mut token = String::new();
    loop {
        let page = remotes.repository(RemoteKind::Sdp).unwrap().list(&token).await.unwrap();
        listed.extend(page.segments.into_iter().map(|segment| segment.uid));
        token = page.next;
        if token.is_empty() {
            break;
        }
    }
    assert!(answered.iter().all(|(_, uid)| listed.contains(uid)));
    let files = std::fs::read_dir(dir.path().join("data/files")).unwrap().count();
    assert_eq!(files, listed.len());
    let (_, id) = task.unwrap();
    loop {
        let view = remotes.deployment(RemoteKind::Sdp).unwrap().get_task(&id).await.unwrap();
        if view.done {
            assert!(view.devices.iter().all(|device| device.state == SeatState::Succeeded));
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    drop(child);
    // Four tasks on ten devices each: each device began once. The ledger can be read after a kill, too.
    let starts = ledger(&dir.path().join("data")).unwrap();
    let starts: Vec<_> = starts.iter().filter(|entry| entry.kind == LedgerKind::InstallStarted).collect();
    assert_eq!(starts.len(), 40);
    assert_eq!(starts.iter().map(|entry| &entry.what).collect::<BTreeSet<_>>().len(), 40);
}
