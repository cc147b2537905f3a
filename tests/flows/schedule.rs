//! When an install begins, and when it is over.

use std::sync::Arc;
use std::time::Duration;

use segdeck::domain::explain::WaitsFor;
use segdeck::domain::install::Command;
use segdeck::domain::schedule::Schedule;
use segdeck::domain::span::Span;
use segdeck::domain::{InstallState, RecordId, SeatState, SegmentId, clock};
use segdeck::service::{Code, InstallOptions, Rollout, Service, ServiceError, Wanted};

use crate::common::site::{Driver, On, Site, ended, eventually, in_state, published, seat, seats, upload};
use crate::install::simulated;

crate::on_both!(
    it_begins_at_its_time,
    it_can_be_cancelled_before_its_time,
    what_did_not_begin_in_time_expires_and_what_runs_does_not,
    each_install_may_have_deadlines_of_its_own,
);

async fn site(on: On, seconds_per_seat: f64) -> (Site, Arc<Service>, SegmentId, Driver) {
    let site = Site::with_platform(on, |it| it.executor = simulated(0.0, seconds_per_seat)).await;
    let service = site.service().await;
    service.import_seats(&seats(4), None).await.unwrap();
    let nav = upload(&service, &site.archive("nav", "1.0", "zip")).await;
    let driver = Driver::start(&service);
    published(&service, &nav).await;
    (site, service, nav, driver)
}

async fn install(service: &Service, nav: &SegmentId, rollout: Rollout) -> Result<RecordId, ServiceError> {
    let options = InstallOptions { rollout, ..InstallOptions::default() };
    let asked = service.install(nav, &Wanted::Seats((1..=4).map(seat).collect()), &options).await?;
    Ok(asked.unwrap().record.id)
}

fn scheduled(schedule: Schedule) -> Rollout {
    Rollout { schedule, ..Rollout::default() }
}

async fn it_begins_at_its_time(on: On) {
    let (_site, service, nav, driver) = site(on, 0.05).await;
    let at = clock::after(service.clock.now(), Duration::from_millis(2_500));
    let before = Schedule { start_at: Some(at), expire_at: Some(at), ..Schedule::default() };
    assert_eq!(install(&service, &nav, scheduled(before)).await.unwrap_err().code, Code::Usage);
    let schedule = Schedule { start_at: Some(at), ..Schedule::default() };
    let record = install(&service, &nav, scheduled(schedule)).await.unwrap();
    let view = eventually(&service, "it waits for its time", || async {
        let view = service.show_install(record).await.unwrap();
        (view.log.state == InstallState::Scheduled).then_some(view)
    })
    .await;
    assert_eq!(view.explanation.unwrap().waits_for, WaitsFor::Start(at));
    let view = ended(&service, record).await;
    assert_eq!(view.log.state, InstallState::Succeeded);
    assert!(view.log.tasks.iter().all(|task| task.started_at >= at), "{:?}", view.log.tasks);
    driver.stop().await;
}

async fn it_can_be_cancelled_before_its_time(on: On) {
    let (_site, service, nav, driver) = site(on, 0.05).await;
    let at = clock::after(service.clock.now(), Duration::from_secs(3_600));
    let schedule = Schedule { start_at: Some(at), ..Schedule::default() };
    let record = install(&service, &nav, scheduled(schedule)).await.unwrap();
    service.control(record, Command::Pause, "", None).await.unwrap();
    service.control(record, Command::Run, "", None).await.unwrap();
    eventually(&service, "a pause and its end change nothing of its time", || async {
        let view = service.show_install(record).await.unwrap();
        let followed = view.log.followed == view.record.control.generation;
        (followed && view.log.state == InstallState::Scheduled).then_some(())
    })
    .await;
    service.control(record, Command::Cancel, "", None).await.unwrap();
    let view = ended(&service, record).await;
    assert_eq!(view.log.state, InstallState::Cancelled);
    assert!(view.log.tasks.is_empty());
    driver.stop().await;
}

async fn what_did_not_begin_in_time_expires_and_what_runs_does_not(on: On) {
    let (_site, service, nav, driver) = site(on, 2.0).await;
    let at = clock::after(service.clock.now(), Duration::from_millis(900));
    let schedule = Schedule { expire_at: Some(at), ..Schedule::default() };
    let rollout = Rollout { at_once: Some(vec![1]), ..scheduled(schedule) };
    let record = install(&service, &nav, rollout).await.unwrap();
    let view = ended(&service, record).await;
    assert_eq!(view.log.state, InstallState::Partial);
    assert_eq!(in_state(&view, SeatState::Succeeded).len(), 1, "the one that ran");
    let late: Vec<_> = view.seats.iter().filter(|it| it.state == SeatState::TimedOut).collect();
    assert_eq!(late.len(), 3);
    assert!(late.iter().all(|it| it.message.raw().contains("expired")), "{late:?}");
    driver.stop().await;
}

async fn each_install_may_have_deadlines_of_its_own(on: On) {
    let (_site, service, nav, driver) = site(on, 60.0).await;
    let schedule =
        Schedule { total_deadline: Some(Span(Duration::from_millis(1_200))), ..Schedule::default() };
    let record = install(&service, &nav, scheduled(schedule)).await.unwrap();
    let view = ended(&service, record).await;
    assert_eq!(view.log.state, InstallState::TimedOut);
    assert_eq!(in_state(&view, SeatState::TimedOut).len(), 4);
    driver.stop().await;
}
