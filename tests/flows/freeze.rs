//! A freeze: nothing new is sent, what runs comes to its end, and its end wakes what it held up.

use segdeck::domain::explain::WaitsFor;
use segdeck::domain::{InstallState, SeatState};
use segdeck::service::{Code, InstallOptions, Rollout, Wanted};

use crate::common::site::{Driver, On, Site, ended, eventually, in_state, published, seat, seats, upload};
use crate::install::simulated;

crate::on_both!(nothing_new_is_sent_until_it_is_lifted, what_runs_comes_to_its_end);

async fn nothing_new_is_sent_until_it_is_lifted(on: On) {
    let site = Site::with_platform(on, |options| options.executor = simulated(0.0, 0.05)).await;
    let service = site.service().await;
    service.import_seats(&seats(5), None).await.unwrap();
    let nav = upload(&service, &site.archive("nav", "1.0", "zip")).await;
    let driver = Driver::start(&service);
    published(&service, &nav).await;
    assert_eq!(service.freeze("  ").await.unwrap_err().code, Code::Usage);
    let freeze = service.freeze("release night").await.unwrap();
    let again = service.freeze("another").await.unwrap_err();
    assert_eq!(again.code, Code::Exists);
    assert!(
        again.message.to_string().contains("release night")
            && again.message.to_string().contains("tester@test"),
        "{again}"
    );
    assert_eq!(service.frozen().await.unwrap(), Some(freeze));

    let wanted = Wanted::Seats((1..=5).map(seat).collect());
    let asked = service.install(&nav, &wanted, &InstallOptions::default()).await.unwrap().unwrap();
    let view = eventually(&service, "it waits for the end of the freeze", || async {
        let view = service.show_install(asked.record.id).await.unwrap();
        let thaw = view.explanation.as_ref().is_some_and(|why| why.waits_for == WaitsFor::Thaw);
        (thaw && view.log.state == InstallState::Running).then_some(view)
    })
    .await;
    assert!(view.log.tasks.is_empty() && view.log.intent.is_none(), "{:?}", view.log);

    service.unfreeze().await.unwrap();
    assert_eq!(ended(&service, asked.record.id).await.log.state, InstallState::Succeeded);
    assert_eq!(service.unfreeze().await.unwrap_err().code, Code::NotFound);
    driver.stop().await;
}

async fn what_runs_comes_to_its_end(on: On) {
    let site = Site::with_platform(on, |options| options.executor = simulated(0.0, 0.4)).await;
    let service = site.service().await;
    service.import_seats(&seats(6), None).await.unwrap();
    let nav = upload(&service, &site.archive("nav", "1.0", "zip")).await;
    let driver = Driver::start(&service);
    published(&service, &nav).await;
    let rollout = Rollout { at_once: Some(vec![2]), ..Rollout::default() };
    let options = InstallOptions { rollout, ..InstallOptions::default() };
    let wanted = Wanted::Seats((1..=6).map(seat).collect());
    let record = service.install(&nav, &wanted, &options).await.unwrap().unwrap().record.id;
    eventually(&service, "a task is taken", || async {
        let view = service.show_install(record).await.unwrap();
        (!view.log.tasks.is_empty()).then_some(())
    })
    .await;
    service.freeze("release night").await.unwrap();
    let held = eventually(&service, "what runs is done", || async {
        let view = service.show_install(record).await.unwrap();
        let thaw = view.explanation.as_ref().is_some_and(|why| why.waits_for == WaitsFor::Thaw);
        (thaw && view.log.tasks.iter().all(|task| task.done)).then_some(view)
    })
    .await;
    let sent: usize = held.log.tasks.iter().map(|task| task.seats).sum();
    assert_eq!(in_state(&held, SeatState::Succeeded).len(), sent);
    assert!(sent < 6, "{:?}", held.log);
    service.unfreeze().await.unwrap();
    assert_eq!(ended(&service, record).await.log.state, InstallState::Succeeded);
    driver.stop().await;
}
