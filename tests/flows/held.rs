//! What is held: a retry lets through what it takes up, and nothing else.

use std::sync::Arc;

use segdeck::domain::install::Command;
use segdeck::domain::seat::SeatInput;
use segdeck::domain::strategy::list;
use segdeck::domain::{InstallState, RecordId, SeatState};
use segdeck::service::{Code, InstallOptions, InstallView, Rollout, Service, Wanted};

use crate::common::site::{Driver, On, Site, eventually, in_state, published, upload};
use crate::controls::{BAD, ByAddress, FULL, GOOD, SLOW, comes_to, pair};

crate::on_both!(
    what_is_retried_in_a_stopped_wave_is_tried_and_nothing_else,
    what_is_held_stays_held_while_what_failed_is_tried,
    a_pause_holds_what_a_retry_has_taken_up,
);

/// Two seats of which both fail, and one of the wave after theirs.
struct Stopped {
    site: Site,
    service: Arc<Service>,
    driver: Driver,
    record: RecordId,
    bad: SeatInput,
    full: SeatInput,
    later: SeatInput,
}

async fn first_wave_fails(on: On) -> Stopped {
    let site = Site::with_platform(on, |options| options.executor = Arc::new(ByAddress)).await;
    let service = site.service().await;
    let [bad, full] = pair(0, [BAD, FULL]);
    let [later, _] = pair(1, [GOOD, GOOD]);
    service.import_seats(&[bad.clone(), full.clone(), later.clone()], None).await.unwrap();
    let nav = upload(&service, &site.archive("nav", "1.0", "zip")).await;
    let driver = Driver::start(&service);
    published(&service, &nav).await;
    let rollout = Rollout {
        waves: Some(list("2,3").unwrap()),
        max_failures: Some(list("0").unwrap()),
        ..Rollout::default()
    };
    let options = InstallOptions { rollout, ..InstallOptions::default() };
    let wanted = Wanted::Seats([bad.id.clone(), full.id.clone(), later.id.clone()].into());
    let record = service.install(&nav, &wanted, &options).await.unwrap().unwrap().record.id;
    Stopped { site, service, driver, record, bad, full, later }
}

async fn what_is_retried_in_a_stopped_wave_is_tried_and_nothing_else(on: On) {
    let Stopped { site: _site, service, driver, record, later, .. } = first_wave_fails(on).await;
    comes_to(&service, record, InstallState::Paused, 1).await;
    service.retry_alike(record, "no space left", "", None).await.unwrap();
    let view = eventually(&service, "it was tried", || async {
        let view = service.show_install(record).await.unwrap();
        let again = view.log.tasks.iter().any(|task| task.attempt == 2 && task.done);
        (again && view.log.state == InstallState::Paused).then_some(view)
    })
    .await;
    let tasks: Vec<usize> = view.log.tasks.iter().map(|task| task.seats).collect();
    assert_eq!(tasks, [2, 1], "that one alone");
    assert_eq!(in_state(&view, SeatState::Queued), [later.id], "the next wave is held still");
    assert!(view.log.reason.unwrap().raw().contains("more than 0 of its 2 seats failed"));

    service.control(record, Command::Cancel, "", None).await.unwrap();
    comes_to(&service, record, InstallState::Cancelled, 2).await;
    assert_eq!(service.show_install(record).await.unwrap().log.reason, None, "what held it is over");
    driver.stop().await;
}

/// So many tasks of this attempt are done, and it is held.
async fn held_after(service: &Service, record: RecordId, attempt: u32, tasks: usize) -> InstallView {
    eventually(service, "it is held, and was tried", || async {
        let view = service.show_install(record).await.unwrap();
        let done = view.log.tasks.iter().filter(|task| task.attempt == attempt && task.done).count();
        (done == tasks && view.log.attempt == attempt && view.log.state == InstallState::Paused)
            .then_some(view)
    })
    .await
}

async fn what_is_held_stays_held_while_what_failed_is_tried(on: On) {
    let Stopped { site: _site, service, driver, record, bad, full, later } = first_wave_fails(on).await;
    let stopped = held_after(&service, record, 1, 1).await;
    // A seat is mended by giving it an address where installs succeed.
    let mended = |seat: &SeatInput, at: u8| SeatInput { ip: [10, GOOD, 9, at].into(), ..seat.clone() };

    service.import_seats(&[mended(&bad, 1)], None).await.unwrap();
    service.retry_alike(record, "exit status 1 of install.sh", "", None).await.unwrap();
    let view = held_after(&service, record, 2, 1).await;
    assert_eq!(in_state(&view, SeatState::Succeeded), [bad.id]);
    assert_eq!(view.log.reason, stopped.log.reason, "it says still why it is held");

    // Now no failure is left, and still nobody has said that it goes on.
    service.import_seats(&[mended(&full, 2)], None).await.unwrap();
    service.control(record, Command::Retry, "a larger disk", None).await.unwrap();
    let view = held_after(&service, record, 3, 1).await;
    assert_eq!(in_state(&view, SeatState::Queued), [later.id]);
    assert_eq!(view.log.reason.unwrap().raw(), "a larger disk");
    service.control(record, Command::Pause, "", None).await.unwrap();
    let refused = service.control(record, Command::Pause, "", None).await.unwrap_err();
    assert_eq!(refused.code, Code::Conflict, "now that is held as well");
    assert_eq!(held_after(&service, record, 3, 1).await.log.tasks.len(), 3);

    service.control(record, Command::Run, "", None).await.unwrap();
    comes_to(&service, record, InstallState::Succeeded, 3).await;
    driver.stop().await;
}

async fn a_pause_holds_what_a_retry_has_taken_up(on: On) {
    let site = Site::with_platform(on, |options| options.executor = Arc::new(ByAddress)).await;
    let service = site.service().await;
    let [bad, slow] = pair(0, [BAD, SLOW]);
    service.import_seats(&[bad.clone(), slow.clone()], None).await.unwrap();
    let nav = upload(&service, &site.archive("nav", "1.0", "zip")).await;
    let driver = Driver::start(&service);
    published(&service, &nav).await;
    let wanted = Wanted::Seats([bad.id.clone(), slow.id].into());
    let record = service.install(&nav, &wanted, &InstallOptions::default()).await.unwrap().unwrap().record.id;
    eventually(&service, "it failed on one", || async {
        let view = service.show_install(record).await.unwrap();
        (in_state(&view, SeatState::Failed) == [bad.id.clone()]).then_some(())
    })
    .await;
    driver.stop().await;
    service.control(record, Command::Pause, "lunch", None).await.unwrap();
    let view = service.control(record, Command::Retry, "", None).await.unwrap();
    assert_eq!(view.record.control.reason.raw(), "lunch", "nothing else was said");
    let view = service.control(record, Command::Pause, "not now", None).await.unwrap();
    assert!(!view.record.control.is_retried());

    let driver = Driver::start(&service);
    let view = held_after(&service, record, 2, 0).await;
    assert_eq!(in_state(&view, SeatState::Queued), std::slice::from_ref(&bad.id), "taken up, and held");
    assert_eq!(view.log.reason.unwrap().raw(), "not now");
    service.control(record, Command::Run, "", None).await.unwrap();
    eventually(&service, "it is tried", || async {
        let view = service.show_install(record).await.unwrap();
        let again = view.log.tasks.iter().any(|task| task.attempt == 2 && task.done);
        (again && view.log.state == InstallState::Running).then_some(())
    })
    .await;
    driver.stop().await;
}
