//! Calls of which nobody knows whether they arrived, while something comes that holds their seats or ends them.

use std::sync::Arc;
use std::time::Duration;

use segdeck::domain::install::Command;
use segdeck::domain::schedule::Schedule;
use segdeck::domain::span::Span;
use segdeck::domain::{InstallState, RecordId, SegmentId};
use segdeck::platform::{Action, Fault, FaultCall, Faults, LedgerKind, Moment, ledger};
use segdeck::service::{InstallOptions, InstallView, Rollout, Service, Wanted};
use tonic::Code;

use crate::common::site::{Driver, On, Site, ended, eventually, published, seat, seats, upload};
use crate::install::simulated;

crate::on_both!(
    what_did_not_arrive_is_not_repeated_while_it_is_held,
    what_arrived_unseen_is_cancelled_after_its_time,
);

/// More than ever come.
const MANY: u32 = 100_000;

fn unavailable(call: FaultCall, moment: Moment) -> Fault {
    Fault { call, moment, action: Action::Answer(Code::Unavailable), times: MANY }
}

async fn site(on: On, seconds: f64) -> (Site, Arc<Faults>, Arc<Service>, SegmentId, Driver) {
    let faults = Arc::new(Faults::default());
    let mut site = Site::with_platform(on, |options| {
        options.executor = simulated(0.0, seconds);
        options.faults = faults.clone();
    })
    .await;
    site.settings.controllers.retry_limit = MANY;
    let service = site.service().await;
    service.import_seats(&seats(2), None).await.unwrap();
    let nav = upload(&service, &site.archive("nav", "1.0", "zip")).await;
    let driver = Driver::start(&service);
    published(&service, &nav).await;
    (site, faults, service, nav, driver)
}

async fn install(service: &Service, nav: &SegmentId, rollout: Rollout) -> RecordId {
    let wanted = Wanted::Seats((1..=2).map(seat).collect());
    let options = InstallOptions { rollout, ..InstallOptions::default() };
    service.install(nav, &wanted, &options).await.unwrap().unwrap().record.id
}

/// As soon as the install stands like this.
async fn stands(service: &Service, record: RecordId, like: impl Fn(&InstallView) -> bool) -> InstallView {
    eventually(service, "the install stands as it should", || async {
        let view = service.show_install(record).await.unwrap();
        like(&view).then_some(view)
    })
    .await
}

async fn what_did_not_arrive_is_not_repeated_while_it_is_held(on: On) {
    let (site, faults, service, nav, driver) = site(on, 0.05).await;
    faults.add(unavailable(FaultCall::Install, Moment::Before));
    let record = install(&service, &nav, Rollout::default()).await;
    stands(&service, record, |view| view.log.intent.is_some() && view.log.retry_count > 0).await;
    service.control(record, Command::Pause, "not now", None).await.unwrap();
    stands(&service, record, |view| view.log.state == InstallState::Paused).await;

    // The platform is back, and is asked what became of the call: twice, so that one answer was acted on.
    faults.lift(FaultCall::Install);
    let asked = Fault {
        action: Action::Wait(Duration::ZERO),
        times: 2,
        ..unavailable(FaultCall::FindOperation, Moment::Before)
    };
    faults.add(asked);
    let view = eventually(&service, "it was looked up", || async {
        let view = service.show_install(record).await.unwrap();
        (faults.left(FaultCall::FindOperation) == 0).then_some(view)
    })
    .await;
    assert!(view.log.intent.is_some() && view.log.tasks.is_empty(), "{:?}", view.log);
    let sent = ledger(&site.platform.data).unwrap();
    assert!(sent.iter().all(|entry| entry.kind != LedgerKind::BatchInstall), "{sent:?}");

    service.control(record, Command::Run, "", None).await.unwrap();
    assert_eq!(ended(&service, record).await.log.state, InstallState::Succeeded);
    driver.stop().await;
}

async fn what_arrived_unseen_is_cancelled_after_its_time(on: On) {
    let (_site, faults, service, nav, driver) = site(on, 60.0).await;
    faults.add(unavailable(FaultCall::Install, Moment::After));
    faults.add(unavailable(FaultCall::FindOperation, Moment::Before));
    let total = Schedule { total_deadline: Some(Span(Duration::from_secs(1))), ..Schedule::default() };
    let record = install(&service, &nav, Rollout { schedule: total, ..Rollout::default() }).await;
    let over = stands(&service, record, |view| view.log.percent == 100).await;
    assert!(over.log.intent.is_some() && !over.log.state.is_terminal(), "{:?}", over.log);

    faults.lift(FaultCall::FindOperation);
    let view = ended(&service, record).await;
    assert_eq!(view.log.state, InstallState::TimedOut);
    assert!(view.log.tasks.iter().all(|task| task.cancelled) && view.log.tasks.len() == 1, "{:?}", view.log);
    driver.stop().await;
}
