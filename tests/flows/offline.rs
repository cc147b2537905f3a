//! Seats that are switched off: waited for until they come, or until their time is over.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use segdeck::domain::{InstallState, RecordId, SeatState, SegmentId};
use segdeck::platform::{LedgerKind, Simulated, SimulatedOptions};
use segdeck::service::{InstallOptions, InstallView, Service, Wanted};
use segdeck::settings::Settings;

use crate::common::site::{Driver, On, Site, ended, eventually, in_state, published, seat, seats, upload};

crate::on_both!(
    a_seat_that_comes_back_gets_it_without_anybody_asking,
    one_that_does_not_come_ends_timed_out_and_never_gets_it,
    a_platform_that_cannot_be_told_keeps_no_install_open,
);

fn ip(n: u8) -> IpAddr {
    [10, 0, 0, n].into()
}

/// A site with an executor whose devices are switched on and off, and a published segment.
async fn site(on: On, change: impl FnOnce(&mut Settings)) -> (Site, Arc<Simulated>, Arc<Service>, SegmentId) {
    let off: BTreeSet<IpAddr> = [ip(2)].into();
    let options = SimulatedOptions { seconds_per_seat: 0.05, offline: off, ..SimulatedOptions::default() };
    let executor = Arc::new(Simulated::new(options));
    let given = Arc::clone(&executor);
    let mut site = Site::with_platform(on, |options| options.executor = given).await;
    change(&mut site.settings);
    let service = site.service().await;
    service.import_seats(&seats(3), None).await.unwrap();
    let nav = upload(&service, &site.archive("nav", "1.0", "zip")).await;
    (site, executor, service, nav)
}

async fn install(service: &Service, nav: &SegmentId) -> RecordId {
    let wanted = Wanted::Seats((1..=3).map(seat).collect());
    service.install(nav, &wanted, &InstallOptions::default()).await.unwrap().unwrap().record.id
}

async fn waits_for_the_one(service: &Service, record: RecordId) -> InstallView {
    eventually(service, "the others are done, one is waited for", || async {
        let view = service.show_install(record).await.unwrap();
        let others = in_state(&view, SeatState::Succeeded).len() == 2;
        (others && in_state(&view, SeatState::WaitingOnline) == [seat(2)]).then_some(view)
    })
    .await
}

async fn a_seat_that_comes_back_gets_it_without_anybody_asking(on: On) {
    let (_site, executor, service, nav) = site(on, |_| {}).await;
    let driver = Driver::start(&service);
    published(&service, &nav).await;
    let record = install(&service, &nav).await;
    let view = waits_for_the_one(&service, record).await;
    assert_eq!(view.log.state, InstallState::Running);
    executor.set_offline(BTreeSet::new());
    let view = ended(&service, record).await;
    assert_eq!(view.log.state, InstallState::Succeeded);
    assert_eq!(service.show_segment(&nav).await.unwrap().installed_seats.len(), 3);
    driver.stop().await;
}

async fn one_that_does_not_come_ends_timed_out_and_never_gets_it(on: On) {
    let pickup = Duration::from_millis(1_500);
    let (site, executor, service, nav) = site(on, |it| it.install.pickup_deadline = pickup).await;
    let driver = Driver::start(&service);
    published(&service, &nav).await;
    let record = install(&service, &nav).await;
    let view = ended(&service, record).await;
    assert_eq!(view.log.state, InstallState::Partial);
    let late = view.seats.iter().find(|it| it.seat == seat(2)).unwrap();
    assert_eq!(late.state, SeatState::TimedOut);
    assert!(late.message.raw().contains("install.pickup_deadline"), "{:?}", late.message);

    // The platform was told to drop it: what comes back now is left alone.
    let deployment = service.remotes.deployment(segdeck::domain::RemoteKind::Sdp).unwrap();
    let task = deployment.get_task(&view.log.tasks[0].task_id).await.unwrap();
    assert!(task.done);
    let device = task.devices.iter().find(|device| device.ip == ip(2)).unwrap();
    assert_eq!(device.state, SeatState::Cancelled);
    executor.set_offline(BTreeSet::new());
    assert!(deployment.list_installed(ip(2)).await.unwrap().is_empty());
    let ledger = segdeck::platform::ledger(&site.platform.data).unwrap();
    let begun = ledger.iter().filter(|entry| entry.kind == LedgerKind::InstallStarted).count();
    assert_eq!(begun, 2);

    // Asked again it gets it.
    service.control(record, segdeck::domain::install::Command::Retry, "", None).await.unwrap();
    let view = eventually(&service, "it has it", || async {
        let view = service.show_install(record).await.unwrap();
        (view.log.state == InstallState::Succeeded).then_some(view)
    })
    .await;
    assert_eq!(view.log.attempt, 2);
    driver.stop().await;
}

async fn a_platform_that_cannot_be_told_keeps_no_install_open(on: On) {
    let (mut site, _executor, service, nav) = site(on, |it| {
        it.install.pickup_deadline = Duration::from_secs(2);
        it.controllers.retry_limit = 2;
    })
    .await;
    let driver = Driver::start(&service);
    published(&service, &nav).await;
    let record = install(&service, &nav).await;
    waits_for_the_one(&service, record).await;
    site.platform.stop().await;
    let view = ended(&service, record).await;
    assert_eq!(in_state(&view, SeatState::TimedOut), [seat(2)]);
    assert!(view.log.reason.is_some(), "why the platform was not told");
    driver.stop().await;
}
