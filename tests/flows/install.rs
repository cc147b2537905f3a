//! Plan, install, uninstall, controls.

use std::collections::BTreeSet;

use segdeck::domain::install::Command;
use segdeck::domain::{InstallState, SeatId, SeatState};
use segdeck::platform::{Simulated, SimulatedOptions};
use segdeck::service::{Code, InstallOptions, Wanted};

use crate::common::site::{
    Driver, On, Site, ended, eventually, id, in_state, published, seat, seats, upload,
};

crate::on_both!(
    an_install_moves_exactly_the_successful_seats,
    an_upgrade_moves_the_seat,
    controls,
    a_retry_paused_before_anybody_saw_it_is_done_all_the_same,
);

pub(crate) fn simulated(failure_rate: f64, seconds_per_seat: f64) -> std::sync::Arc<Simulated> {
    let options = SimulatedOptions { failure_rate, seconds_per_seat, ..SimulatedOptions::default() };
    std::sync::Arc::new(Simulated::new(options))
}

fn first(n: usize) -> BTreeSet<SeatId> {
    (1..=n).map(seat).collect()
}

async fn an_install_moves_exactly_the_successful_seats(on: On) {
    let mut site = Site::with_platform(on, |options| options.executor = simulated(0.3, 0.1)).await;
    let service = site.service().await;
    let driver = Driver::start(&service);
    service.import_seats(&seats(60), None).await.unwrap();
    let nav = upload(&service, &site.archive("nav", "1.0", "zip")).await;
    let early = service.plan(&nav, &Wanted::Seats(first(5))).await;
    if let Err(error) = early {
        assert_eq!(error.code, Code::Conflict, "not published yet");
    }
    published(&service, &nav).await;

    let plan = service.plan(&nav, &Wanted::Seats(first(50))).await.unwrap();
    assert_eq!(plan.install_seat_list.len(), 50);
    let options = InstallOptions { seen: Some(plan.seen()), confirmed: false, ..InstallOptions::default() };
    let asked = service.install(&nav, &Wanted::Seats(first(50)), &options).await.unwrap().unwrap();
    let view = ended(&service, asked.record.id).await;
    assert_eq!(view.log.state, InstallState::Partial);
    assert_eq!(view.log.percent, 100);
    let good = in_state(&view, SeatState::Succeeded);
    let bad = in_state(&view, SeatState::Failed);
    assert_eq!(good.len() + bad.len(), 50);
    assert!(!bad.is_empty() && !good.is_empty());
    let shown = service.show_segment(&nav).await.unwrap();
    assert_eq!(shown.installed_seats, good.iter().cloned().collect());

    // Failures off: the retry takes up the failed ones alone.
    site.platform.restart(|options| options.executor = simulated(0.0, 0.1)).await;
    service.control(asked.record.id, Command::Retry, "", None).await.unwrap();
    let view = eventually(&service, "retried", || async {
        let view = service.show_install(asked.record.id).await.unwrap();
        (view.log.attempt == 2 && view.log.state.is_terminal()).then_some(view)
    })
    .await;
    assert_eq!(view.log.state, InstallState::Succeeded, "{:?}", view.log);
    let retried: usize = view.log.tasks.iter().filter(|task| task.attempt == 2).map(|task| task.seats).sum();
    assert_eq!(retried, bad.len());

    // Fewer seats: exactly the missing ones are uninstalled.
    let fewer =
        service.install(&nav, &Wanted::Seats(first(42)), &InstallOptions::default()).await.unwrap().unwrap();
    assert_eq!(fewer.uninstall_seat_list, (43..=50).map(seat).collect());
    assert!(fewer.install_seat_list.is_empty());
    assert_eq!(ended(&service, fewer.record.id).await.log.state, InstallState::Succeeded);
    assert_eq!(service.show_segment(&nav).await.unwrap().installed_seats, first(42));

    // The same again changes nothing; emptying more than ten seats needs the word.
    assert!(
        service.install(&nav, &Wanted::Seats(first(42)), &InstallOptions::default()).await.unwrap().is_none()
    );
    let error = service.install(&nav, &Wanted::None, &InstallOptions::default()).await.unwrap_err();
    assert_eq!(error.code, Code::Conflict);
    let stale = InstallOptions { seen: Some(plan.seen()), confirmed: true, ..InstallOptions::default() };
    assert_eq!(service.install(&nav, &Wanted::None, &stale).await.unwrap_err().code, Code::Conflict);
    let unknown = Wanted::Seats([seat(1), "ghost".parse().unwrap()].into());
    assert_eq!(
        service.install(&nav, &unknown, &InstallOptions::default()).await.unwrap_err().code,
        Code::NotFound
    );
    driver.stop().await;
}

async fn an_upgrade_moves_the_seat(on: On) {
    let site = Site::with_platform(on, |options| options.executor = simulated(0.0, 0.05)).await;
    let service = site.service().await;
    let driver = Driver::start(&service);
    service.import_seats(&seats(4), None).await.unwrap();
    for version in ["1.0", "2.0"] {
        let nav = upload(&service, &site.archive("nav", version, "zip")).await;
        published(&service, &nav).await;
        let asked = service
            .install(&nav, &Wanted::Seats(first(3)), &InstallOptions::default())
            .await
            .unwrap()
            .unwrap();
        assert_eq!(ended(&service, asked.record.id).await.log.state, InstallState::Succeeded);
    }
    assert!(service.show_segment(&id("nav@1.0")).await.unwrap().installed_seats.is_empty());
    assert_eq!(service.show_segment(&id("nav@2.0")).await.unwrap().installed_seats, first(3));
    driver.stop().await;
}

async fn controls(on: On) {
    let mut site = Site::with_platform(on, |options| options.executor = simulated(0.0, 0.4)).await;
    site.settings.install.max_concurrent_seats = 2;
    let service = site.service().await;
    let driver = Driver::start(&service);
    service.import_seats(&seats(8), None).await.unwrap();
    let nav = upload(&service, &site.archive("nav", "1.0", "zip")).await;
    published(&service, &nav).await;
    let asked =
        service.install(&nav, &Wanted::Seats(first(8)), &InstallOptions::default()).await.unwrap().unwrap();
    let record = asked.record.id;
    // A second one on the same seats has to wait.
    let busy = service.install(&nav, &Wanted::Seats(first(2)), &InstallOptions::default()).await;
    assert_eq!(busy.unwrap_err().code, Code::InUse);
    assert!(!service.plan(&nav, &Wanted::Seats(first(2))).await.unwrap().blocked.is_empty());
    assert_eq!(service.control(record, Command::Run, "", None).await.unwrap_err().code, Code::Conflict);

    service.control(record, Command::Pause, "lunch", None).await.unwrap();
    let paused = eventually(&service, "paused, nothing running", || async {
        let view = service.show_install(record).await.unwrap();
        let running = view.log.tasks.iter().any(|task| !task.done) || view.log.intent.is_some();
        (view.log.state == InstallState::Paused && !running).then_some(view)
    })
    .await;
    let sent: usize = paused.log.tasks.iter().map(|task| task.seats).sum();
    assert!(sent < 8, "the rest waits");
    service.control(record, Command::Run, "", None).await.unwrap();
    eventually(&service, "goes on", || async {
        let view = service.show_install(record).await.unwrap();
        (view.log.tasks.iter().map(|task| task.seats).sum::<usize>() > sent).then_some(())
    })
    .await;
    service.control(record, Command::Cancel, "enough", None).await.unwrap();
    let view = ended(&service, record).await;
    assert_eq!(view.log.state, InstallState::Cancelled, "{:?}", view.log);
    let good: BTreeSet<SeatId> = in_state(&view, SeatState::Succeeded).into_iter().collect();
    assert!(!in_state(&view, SeatState::Cancelled).is_empty());
    assert_eq!(service.show_segment(&nav).await.unwrap().installed_seats, good);
    service.control(record, Command::Retry, "", None).await.unwrap();
    let view = eventually(&service, "retried to the end", || async {
        let view = service.show_install(record).await.unwrap();
        (view.log.attempt == 2 && view.log.state.is_terminal()).then_some(view)
    })
    .await;
    assert_eq!(view.log.state, InstallState::Succeeded, "{:?}", view.log);
    driver.stop().await;
}

async fn a_retry_paused_before_anybody_saw_it_is_done_all_the_same(on: On) {
    let mut site = Site::with_platform(on, |options| options.executor = simulated(1.0, 0.05)).await;
    let service = site.service().await;
    let driver = Driver::start(&service);
    service.import_seats(&seats(3), None).await.unwrap();
    let nav = upload(&service, &site.archive("nav", "1.0", "zip")).await;
    published(&service, &nav).await;
    let wanted = Wanted::Seats(first(3));
    let asked = service.install(&nav, &wanted, &InstallOptions::default()).await.unwrap().unwrap();
    let record = asked.record.id;
    assert_eq!(ended(&service, record).await.log.state, InstallState::Failed);
    driver.stop().await;

    // While nobody drives, the pause overtakes the retry.
    site.platform.restart(|options| options.executor = simulated(0.0, 0.05)).await;
    service.control(record, Command::Retry, "", None).await.unwrap();
    service.control(record, Command::Pause, "", None).await.unwrap();
    let driver = Driver::start(&service);
    eventually(&service, "paused", || async {
        let log = service.show_install(record).await.unwrap().log;
        (log.state == InstallState::Paused).then_some(())
    })
    .await;
    service.control(record, Command::Run, "", None).await.unwrap();
    let view = ended(&service, record).await;
    assert_eq!((view.log.state, view.log.attempt), (InstallState::Succeeded, 2), "{:?}", view.log);
    driver.stop().await;
}
