//! Installs and uninstalls on simulated devices.

use std::collections::BTreeMap;
use std::net::IpAddr;

use segdeck::domain::SeatState;
use segdeck::platform::{Action, Fault, FaultCall, Fleet, LedgerKind, Moment, SimulatedOptions, ledger};
use segdeck::proto::deployment_client::DeploymentClient;
use segdeck::proto::{BatchInstallRequest, GetTaskRequest, ListDevicesRequest};
use segdeck::remote::{Meaning, Operation, TaskView};
use tempfile::tempdir;
use tonic::Code;

use crate::rig::{Rig, Wish, ips, operation, set};

/// Long enough for any job of two seconds on average.
const ALL_DONE: i64 = 3_100;

fn counts(view: &TaskView) -> BTreeMap<SeatState, usize> {
    let mut counts = BTreeMap::new();
    for device in &view.devices {
        *counts.entry(device.state).or_default() += 1;
    }
    counts
}

fn state(view: &TaskView, ip: IpAddr) -> SeatState {
    view.devices.iter().find(|device| device.ip == ip).unwrap().state
}

#[tokio::test]
async fn a_task_runs_moves_and_ends() {
    let dir = tempdir().unwrap();
    let rig = Rig::start(dir.path()).await;
    let uid = rig.create("c", "a@1", b"x").await.unwrap().uid;
    let devices = ips(0..5);
    let task = rig.deployment().batch_install(&operation("i"), &uid, &devices).await.unwrap();
    let begun = rig.deployment().get_task(&task).await.unwrap();
    assert_eq!((begun.done, counts(&begun)), (false, BTreeMap::from([(SeatState::Running, 5)])));
    assert!(rig.deployment().list_installed(devices[0]).await.unwrap().is_empty());
    rig.pass(900);
    let half = rig.deployment().get_task(&task).await.unwrap();
    assert!(half.devices.iter().all(|device| (20..100).contains(&device.percent)), "{half:?}");
    rig.pass(ALL_DONE);
    let done = rig.deployment().get_task(&task).await.unwrap();
    assert_eq!((done.done, counts(&done)), (true, BTreeMap::from([(SeatState::Succeeded, 5)])));
    assert!(
        done.devices.iter().map(|device| device.ip).eq(devices.iter().copied()),
        "in the order of the batch"
    );
    for device in &devices {
        assert_eq!(rig.deployment().list_installed(*device).await.unwrap(), [uid.as_str()]);
    }
    rig.stop().await;
}

#[tokio::test]
async fn starting_a_task_twice_starts_it_once() {
    let dir = tempdir().unwrap();
    let rig = Rig::start(dir.path()).await;
    let uid = rig.create("c", "a@1", b"x").await.unwrap().uid;
    let devices = ips(0..3);
    let (call, moment) = (FaultCall::Install, Moment::After);
    rig.faults.add(Fault { call, moment, action: Action::Answer(Code::Internal), times: 1 });
    let lost = rig.deployment().batch_install(&operation("i"), &uid, &devices).await.unwrap_err();
    assert_eq!(lost.meaning, Meaning::Unclear);
    let Operation::Task(task) = rig.deployment().find_operation(&operation("i")).await.unwrap() else {
        panic!("the platform forgot");
    };
    let turned: Vec<_> = devices.iter().rev().copied().collect();
    assert_eq!(rig.deployment().batch_install(&operation("i"), &uid, &turned).await.unwrap(), task);
    let other = rig.deployment().batch_install(&operation("i"), &uid, &ips(0..2)).await.unwrap_err();
    assert_eq!(other.meaning, Meaning::Refused);
    let other = rig.deployment().batch_uninstall(&operation("i"), &uid, &devices).await.unwrap_err();
    assert_eq!(other.meaning, Meaning::Refused);
    let starts = ledger(dir.path()).unwrap();
    let starts: Vec<_> = starts.iter().filter(|e| e.kind == LedgerKind::InstallStarted).collect();
    assert_eq!(starts.len(), 3);
    assert!(starts.iter().all(|entry| entry.request_id == "i" && entry.uid == uid));
    rig.stop().await;
}

#[tokio::test]
async fn versions_replace_one_another_and_nothing_is_done_twice() {
    let dir = tempdir().unwrap();
    let rig = Rig::start(dir.path()).await;
    let one = rig.create("c1", "a@1", b"1").await.unwrap().uid;
    let two = rig.create("c2", "a@2", b"2").await.unwrap().uid;
    let other = rig.create("c3", "b@1", b"3").await.unwrap().uid;
    let device = ips(0..1);
    let deployment = rig.deployment();
    let mut number = 0;
    let mut run = async |install: bool, uid: &str| {
        number += 1;
        let operation = operation(&format!("o{number}"));
        let task = match install {
            true => deployment.batch_install(&operation, uid, &device).await.unwrap(),
            false => deployment.batch_uninstall(&operation, uid, &device).await.unwrap(),
        };
        rig.pass(ALL_DONE);
        let view = deployment.get_task(&task).await.unwrap();
        assert!(view.done);
        view.devices[0].state
    };
    assert_eq!(run(true, &one).await, SeatState::Succeeded);
    assert_eq!(run(true, &one).await, SeatState::AlreadyInstalled);
    assert_eq!(run(true, &other).await, SeatState::Succeeded);
    assert_eq!(run(true, &two).await, SeatState::Succeeded);
    assert_eq!(deployment.list_installed(device[0]).await.unwrap(), [two.clone(), other]);
    assert_eq!(run(false, &one).await, SeatState::NotApplicable, "it was replaced");
    assert_eq!(run(false, &two).await, SeatState::Succeeded);
    assert_eq!(run(false, &two).await, SeatState::NotApplicable);
    rig.repository().delete(&operation("d"), &two).await.unwrap();
    assert_eq!(run(false, &two).await, SeatState::NotApplicable, "also when the segment is gone");
    let gone = deployment.batch_install(&operation("x"), &two, &device).await.unwrap_err();
    assert_eq!(gone.meaning, Meaning::NotFound);
    rig.stop().await;
}

#[tokio::test]
async fn a_device_does_one_thing_at_a_time_whoever_looks_when() {
    let dir = tempdir().unwrap();
    let rig = Rig::start(dir.path()).await;
    let one = rig.create("c1", "a@1", b"1").await.unwrap().uid;
    let two = rig.create("c2", "a@2", b"2").await.unwrap().uid;
    let device = ips(0..1);
    let first = rig.deployment().batch_install(&operation("i1"), &one, &device).await.unwrap();
    let second = rig.deployment().batch_install(&operation("i2"), &two, &device).await.unwrap();
    let third = rig.deployment().batch_uninstall(&operation("u"), &one, &device).await.unwrap();
    let view = rig.deployment().get_task(&second).await.unwrap();
    assert_eq!(view.devices[0].state, SeatState::Queued);
    // Nobody looks until all three must be over.
    rig.pass(3 * ALL_DONE);
    let ends =
        [(first, SeatState::Succeeded), (second, SeatState::Succeeded), (third, SeatState::NotApplicable)];
    for (task, end) in ends {
        let view = rig.deployment().get_task(&task).await.unwrap();
        assert_eq!((view.done, view.devices[0].state), (true, end));
    }
    assert_eq!(rig.deployment().list_installed(device[0]).await.unwrap(), [two]);
    let starts: Vec<_> = ledger(dir.path()).unwrap();
    let starts: Vec<_> = starts.iter().filter(|e| e.kind == LedgerKind::InstallStarted).collect();
    assert!(starts[0].at < starts[1].at, "the second began when the first had ended");
    rig.stop().await;
}

#[tokio::test]
async fn offline_devices_wait_until_they_come() {
    let dir = tempdir().unwrap();
    let devices = ips(0..3);
    let wish = Wish {
        simulated: SimulatedOptions { offline: set(&devices[2..]), ..SimulatedOptions::default() },
        ..Wish::default()
    };
    let rig = Rig::start_with(dir.path(), wish).await;
    let uid = rig.create("c", "a@1", b"x").await.unwrap().uid;
    let task = rig.deployment().batch_install(&operation("i"), &uid, &devices).await.unwrap();
    rig.pass(1_000_000);
    let view = rig.deployment().get_task(&task).await.unwrap();
    assert!(!view.done);
    assert_eq!(state(&view, devices[2]), SeatState::WaitingOnline);
    assert_eq!(counts(&view)[&SeatState::Succeeded], 2);
    rig.simulated.set_offline(Default::default());
    let view = rig.deployment().get_task(&task).await.unwrap();
    assert_eq!(state(&view, devices[2]), SeatState::Running);
    rig.pass(ALL_DONE);
    assert!(rig.deployment().get_task(&task).await.unwrap().done);
    rig.stop().await;
}

#[tokio::test]
async fn a_cancelled_task_stops() {
    let dir = tempdir().unwrap();
    let devices = ips(0..3);
    let wish = Wish {
        simulated: SimulatedOptions { offline: set(&devices[2..]), ..SimulatedOptions::default() },
        ..Wish::default()
    };
    let rig = Rig::start_with(dir.path(), wish).await;
    let uid = rig.create("c", "a@1", b"x").await.unwrap().uid;
    let task = rig.deployment().batch_install(&operation("i1"), &uid, &devices).await.unwrap();
    let next = rig.deployment().batch_install(&operation("i2"), &uid, &devices[..2]).await.unwrap();
    rig.pass(500);
    rig.deployment().cancel_task(&operation("x"), &task).await.unwrap();
    let view = rig.deployment().get_task(&task).await.unwrap();
    assert_eq!((view.done, counts(&view)), (true, BTreeMap::from([(SeatState::Cancelled, 3)])));
    let view = rig.deployment().get_task(&next).await.unwrap();
    assert_eq!(counts(&view), BTreeMap::from([(SeatState::Running, 2)]), "the next task has its turn");
    rig.deployment().cancel_task(&operation("x"), &task).await.unwrap();
    rig.deployment().cancel_task(&operation("y"), &task).await.unwrap();
    assert_eq!(rig.deployment().find_operation(&operation("x")).await.unwrap(), Operation::Cancelled);
    let none = rig.deployment().cancel_task(&operation("z"), "task-none").await.unwrap_err();
    assert_eq!(none.meaning, Meaning::NotFound);
    rig.stop().await;
}

#[tokio::test]
async fn a_deleted_segment_is_not_installed_any_more() {
    let dir = tempdir().unwrap();
    let devices = ips(0..2);
    let wish = Wish {
        simulated: SimulatedOptions { offline: set(&devices[1..]), ..SimulatedOptions::default() },
        ..Wish::default()
    };
    let rig = Rig::start_with(dir.path(), wish).await;
    let uid = rig.create("c", "a@1", b"x").await.unwrap().uid;
    let task = rig.deployment().batch_install(&operation("i"), &uid, &devices).await.unwrap();
    rig.repository().delete(&operation("d"), &uid).await.unwrap();
    rig.pass(ALL_DONE);
    let view = rig.deployment().get_task(&task).await.unwrap();
    assert!(view.done);
    assert_eq!(state(&view, devices[0]), SeatState::Succeeded, "it had begun");
    assert_eq!(state(&view, devices[1]), SeatState::Failed);
    rig.stop().await;
}

#[tokio::test]
async fn failures_are_the_same_in_every_run_and_a_retry_rolls_again() {
    let mut runs = Vec::new();
    for _ in 0..2 {
        let dir = tempdir().unwrap();
        let wish = Wish {
            simulated: SimulatedOptions { failure_rate: 0.1, seed: 7, ..SimulatedOptions::default() },
            ..Wish::default()
        };
        let rig = Rig::start_with(dir.path(), wish).await;
        let uid = rig.create("c", "a@1", b"x").await.unwrap().uid;
        let task = rig.deployment().batch_install(&operation("i1"), &uid, &ips(0..200)).await.unwrap();
        rig.pass(ALL_DONE);
        let view = rig.deployment().get_task(&task).await.unwrap();
        let failed: Vec<_> =
            view.devices.iter().filter(|device| device.state == SeatState::Failed).cloned().collect();
        assert!((5..40).contains(&failed.len()), "{}", failed.len());
        assert!(failed.iter().all(|device| !device.message.is_empty() && device.percent < 100));
        for device in &failed {
            assert!(rig.deployment().list_installed(device.ip).await.unwrap().is_empty());
        }
        let again: Vec<_> = failed.iter().map(|device| device.ip).collect();
        let task = rig.deployment().batch_install(&operation("i2"), &uid, &again).await.unwrap();
        rig.pass(ALL_DONE);
        let retried = rig.deployment().get_task(&task).await.unwrap();
        assert!(counts(&retried)[&SeatState::Succeeded] > again.len() / 2);
        runs.push((failed, retried));
        rig.stop().await;
    }
    assert_eq!(runs[0], runs[1]);
}

#[tokio::test]
async fn unknown_devices_fail_and_the_others_do_not() {
    let dir = tempdir().unwrap();
    let wish = Wish {
        change: Some(|options| options.fleet = Fleet::generated(2).unwrap()),
        simulated: SimulatedOptions { offline: set(&ips(1..2)), ..SimulatedOptions::default() },
        ..Wish::default()
    };
    let rig = Rig::start_with(dir.path(), wish).await;
    let known = rig.deployment().list_devices().await.unwrap();
    assert!(known.is_complete);
    let told: Vec<_> = known.known.iter().map(|device| (device.ip, device.online)).collect();
    let devices = ips(0..3);
    assert_eq!(told, [(devices[0], true), (devices[1], false)]);
    let uid = rig.create("c", "a@1", b"x").await.unwrap().uid;
    let task = rig.deployment().batch_install(&operation("i"), &uid, &devices).await.unwrap();
    let view = rig.deployment().get_task(&task).await.unwrap();
    assert_eq!(state(&view, devices[2]), SeatState::Failed);
    assert!(view.devices[2].message.raw().contains("no such device"));
    let unknown = rig.deployment().list_installed(devices[2]).await.unwrap_err();
    assert_eq!(unknown.meaning, Meaning::NotFound);
    rig.stop().await;
}

#[tokio::test]
async fn twenty_thousand_devices_in_one_task() {
    let dir = tempdir().unwrap();
    let rig = Rig::start(dir.path()).await;
    let uid = rig.create("c", "a@1", b"x").await.unwrap().uid;
    let mut client = DeploymentClient::connect(format!("http://{}", rig.address)).await.unwrap();
    let devices: Vec<String> = ips(0..20_001).iter().map(ToString::to_string).collect();
    let batch = |devices: &[String]| BatchInstallRequest {
        request_id: "i".to_owned(),
        uid: uid.clone(),
        devices: devices.to_vec(),
    };
    let more = client.batch_install(batch(&devices)).await.unwrap_err();
    assert_eq!(more.code(), Code::InvalidArgument);
    let started = std::time::Instant::now();
    let task = client.batch_install(batch(&devices[..20_000])).await.unwrap().into_inner().task_id;
    let taken = started.elapsed();
    let view = rig.deployment().get_task(&task).await.unwrap();
    assert_eq!(counts(&view), BTreeMap::from([(SeatState::Running, 20_000)]));
    let looked = started.elapsed() - taken;
    rig.pass(ALL_DONE);
    let view = rig.deployment().get_task(&task).await.unwrap();
    assert_eq!((view.done, view.devices.len()), (true, 20_000));
    println!("taken {taken:?}, looked at {looked:?}, ended {:?}", started.elapsed() - taken - looked);
    let page = client.get_task(GetTaskRequest { task_id: task, page_size: 0, page_token: String::new() });
    let page = page.await.unwrap().into_inner();
    assert_eq!((page.devices.len(), page.device_count), (1000, 20_000));
    let devices = client.list_devices(ListDevicesRequest { page_size: 7, page_token: String::new() });
    assert_eq!(devices.await.unwrap().into_inner().devices.len(), 7);
    assert_eq!(rig.deployment().list_devices().await.unwrap().known.len(), 20_000);
    let starts = ledger(dir.path()).unwrap();
    assert_eq!(starts.iter().filter(|e| e.kind == LedgerKind::InstallStarted).count(), 20_000);
    let ours = rig.deployment().batch_install(&operation("j"), &uid, &ips(0..1001)).await.unwrap_err();
    assert_eq!(ours.meaning, Meaning::Refused);
    rig.stop().await;
}
