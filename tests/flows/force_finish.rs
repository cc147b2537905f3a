//! An install is finished by force: what is open becomes unknown, and nothing changes that afterwards.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use segdeck::domain::install::{ActiveInstalls, Command};
use segdeck::domain::seat::SeatHistory;
use segdeck::domain::{InstallState, RecordId, RemoteKind, SeatState, SegmentId};
use segdeck::service::{AuditQuery, Code, InstallOptions, ListRequest, Service, Wanted};
use segdeck::store::{self, keys};

use crate::common::site::{Driver, On, Site, ended, eventually, in_state, published, seat, seats, upload};
use crate::install::simulated;
use crate::odd_platform::{ANSWERS, Odd};

crate::on_both!(
    a_late_success_changes_nothing,
    a_call_under_way_is_not_recorded,
    many_seats_are_given_up_in_parts,
    a_task_that_nobody_could_find_again_is_written_down_at_once,
);

async fn log_revision(service: &Service, id: &SegmentId, record: RecordId) -> i64 {
    service.store.get(&keys::install_log(id, record)).await.unwrap().1.unwrap().mod_revision
}

async fn asked(service: &Service, id: &SegmentId, count: usize) -> RecordId {
    let wanted = Wanted::Seats((1..=count).map(seat).collect());
    service.install(id, &wanted, &InstallOptions::default()).await.unwrap().unwrap().record.id
}

/// The controllers are alive, and have looked at everything: another install goes through.
async fn another_goes_through(service: &Service, id: &SegmentId, n: usize) {
    let wanted = Wanted::Seats([seat(n)].into());
    let asked = service.install(id, &wanted, &InstallOptions::default()).await.unwrap().unwrap();
    assert_eq!(ended(service, asked.record.id).await.log.state, InstallState::Succeeded);
}

async fn a_late_success_changes_nothing(on: On) {
    let site = Site::with_platform(on, |options| options.executor = simulated(0.0, 1.0)).await;
    let service = site.service().await;
    let driver = Driver::start(&service);
    service.import_seats(&seats(5), None).await.unwrap();
    let nav = upload(&service, &site.archive("nav", "1.0", "zip")).await;
    published(&service, &nav).await;
    let record = asked(&service, &nav, 4).await;
    let task = eventually(&service, "its task is taken", || async {
        let view = service.show_install(record).await.unwrap();
        view.log.tasks.first().map(|task| task.task_id.clone())
    })
    .await;

    let refused = service.force_finish(record, "the platform is gone", false, None).await.unwrap_err();
    assert_eq!(refused.code, Code::Conflict);
    assert!(
        refused.message.to_string().contains("4 seat(s)") && refused.message.to_string().contains("--yes"),
        "{refused}"
    );
    assert_eq!(service.force_finish(record, " ", true, None).await.unwrap_err().code, Code::Usage);
    let view = service.force_finish(record, "the platform is gone", true, None).await.unwrap();
    assert_eq!((view.log.state, view.log.percent), (InstallState::Failed, 100));
    assert_eq!(in_state(&view, SeatState::Unknown).len(), 4);
    assert!(view.log.intent.is_none() && view.log.tasks.iter().all(|task| task.done));
    assert_eq!(view.shown().get("explanation"), None);
    let revision = log_revision(&service, &nav, record).await;
    let again = service.force_finish(record, "again", true, None).await.unwrap_err();
    assert_eq!(again.code, Code::Conflict, "{again}");
    let active = service.store.get(&keys::active_installs(&nav.prefix)).await.unwrap().1.unwrap();
    assert!(store::decode::<ActiveInstalls>(&active).unwrap().installs.is_empty());

    let deployment = Arc::clone(service.remotes.deployment(RemoteKind::Sdp).unwrap());
    eventually(&service, "the platform has done it all the same", || async {
        let view = deployment.get_task(&task).await.unwrap();
        let all = view.devices.iter().all(|device| device.state == SeatState::Succeeded);
        (view.done && all).then_some(())
    })
    .await;
    another_goes_through(&service, &nav, 5).await;
    assert_eq!(log_revision(&service, &nav, record).await, revision, "nobody wrote to it since");
    assert_eq!(service.show_segment(&nav).await.unwrap().installed_seats, [seat(5)].into());

    let query = AuditQuery { object: Some(record.to_string()), ..AuditQuery::default() };
    let trail = service.list_audit(&query, &ListRequest::default()).await.unwrap().items;
    let entry = trail.iter().find(|entry| entry.action == "install.forceFinish").unwrap();
    assert_eq!((&entry.before["state"], &entry.after["state"]), (&"running".into(), &"failed".into()));
    assert_eq!(
        (&entry.after["unknownSeats"], &entry.after["reason"]),
        (&4.into(), &"the platform is gone".into())
    );
    assert_eq!(trail.iter().filter(|entry| entry.action == "install.finish").count(), 0);
    let history = service.store.get(&keys::seat_history(&seat(1))).await.unwrap().1.unwrap();
    let history: SeatHistory = store::decode(&history).unwrap();
    assert_eq!(history.entries[0].state, SeatState::Unknown);

    // The seats can be tried again.
    service.control(record, Command::Retry, "", None).await.unwrap();
    let view = ended(&service, record).await;
    assert_eq!((view.log.state, view.log.attempt), (InstallState::Succeeded, 2));
    driver.stop().await;
}

async fn a_call_under_way_is_not_recorded(on: On) {
    let site = Site::with_platform(on, |options| options.executor = simulated(0.0, 0.05)).await;
    let (service, odd) = Odd::service(&*site.service().await);
    let driver = Driver::start(&service);
    service.import_seats(&seats(3), None).await.unwrap();
    let nav = upload(&service, &site.archive("nav", "1.0", "zip")).await;
    published(&service, &nav).await;
    let held = odd.answers.acquire_many(ANSWERS).await.unwrap();
    let record = asked(&service, &nav, 2).await;
    eventually(&service, "the call is under way", || async {
        (odd.installs.load(Ordering::SeqCst) == 1).then_some(())
    })
    .await;
    service.force_finish(record, "no answer", true, None).await.unwrap();
    let revision = log_revision(&service, &nav, record).await;
    drop(held);
    another_goes_through(&service, &nav, 3).await;
    assert_eq!(log_revision(&service, &nav, record).await, revision, "the answer found it at its end");
    assert_eq!(odd.installs.load(Ordering::SeqCst), 2, "nothing was sent again");
    let view = service.show_install(record).await.unwrap();
    assert!(view.log.tasks.is_empty() && in_state(&view, SeatState::Unknown).len() == 2);
    driver.stop().await;
}

async fn many_seats_are_given_up_in_parts(on: On) {
    let site = Site::new(on).await;
    let service = site.service().await;
    service.import_seats(&seats(6_000), None).await.unwrap();
    let driver = Driver::start(&service);
    let nav = upload(&service, &site.archive("nav", "1.0", "zip")).await;
    published(&service, &nav).await;
    driver.stop().await;
    let record = asked(&service, &nav, 6_000).await;
    let reason = "the platform was taken away and will not come back, so that nobody can say what it did";
    let view = service.force_finish(record, reason, true, None).await.unwrap();
    assert_eq!(view.log.state, InstallState::Failed);
    assert_eq!(view.log.counts, [(SeatState::Unknown, 6_000)].into());
    assert_eq!(in_state(&view, SeatState::Unknown).len(), 6_000);
}

/// While no look at a task is answered, its id stands in the store all the same.
async fn a_task_that_nobody_could_find_again_is_written_down_at_once(on: On) {
    let site = Site::with_platform(on, |options| options.executor = simulated(0.0, 0.02)).await;
    let (service, odd) = Odd::service(&*site.service().await);
    odd.forgets.store(true, Ordering::SeqCst);
    let driver = Driver::start(&service);
    service.import_seats(&seats(2), None).await.unwrap();
    let nav = upload(&service, &site.archive("nav", "1.0", "zip")).await;
    published(&service, &nav).await;
    let held = odd.looks.acquire_many(ANSWERS).await.unwrap();
    let record = asked(&service, &nav, 2).await;
    eventually(&service, "its task is written down", || async {
        let view = service.show_install(record).await.unwrap();
        (view.log.tasks.len() == 1 && view.log.intent.is_none()).then_some(())
    })
    .await;
    drop(held);
    assert_eq!(ended(&service, record).await.log.state, InstallState::Succeeded);
    driver.stop().await;
}
