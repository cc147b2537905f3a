//! Unfinished records say what they wait for; finished ones say nothing.

use segdeck::domain::install::Command;
use segdeck::domain::{CreateState, RemoteKind};
use segdeck::service::{InstallOptions, InstallView, Wanted};
use serde_json::Value;

use crate::common::site::{Driver, On, Site, ended, eventually, published, seat, seats, upload};
use crate::install::simulated;

crate::on_both!(an_unfinished_record_explains_itself, tries_are_counted_in_the_explanation);

fn commands(explanation: &Value) -> Vec<String> {
    let actions = explanation["actions"].as_array().unwrap();
    actions.iter().map(|action| action["command"].as_str().unwrap().to_owned()).collect()
}

fn explanation(view: &InstallView) -> Value {
    view.shown()["explanation"].clone()
}

async fn an_unfinished_record_explains_itself(on: On) {
    let site = Site::with_platform(on, |options| options.executor = simulated(0.0, 3_600.0)).await;
    let service = site.service().await;
    service.import_seats(&seats(4), None).await.unwrap();
    let nav = upload(&service, &site.archive("nav", "1.0", "zip")).await;
    let shown = serde_json::to_value(service.show_segment(&nav).await.unwrap()).unwrap();
    let why = &shown["explanation"];
    assert_eq!(why["owner"], "nobody");
    assert_eq!(why["waitsFor"], "for a leader: nobody drives the controllers");
    assert_eq!((&why["attempt"], &why["attempts"]), (&Value::from(1), &Value::from(6)));
    assert_eq!(why["lastProgressAt"], shown["updatedAt"]);
    assert_eq!(commands(why), ["segdeck controller".to_owned(), format!("segdeck segment delete {nav}")]);

    let driver = Driver::start(&service);
    published(&service, &nav).await;
    let shown = serde_json::to_value(service.show_segment(&nav).await.unwrap()).unwrap();
    assert_eq!(shown.get("explanation"), None);

    let wanted = Wanted::Seats((1..=4).map(seat).collect());
    let asked = service.install(&nav, &wanted, &InstallOptions::default()).await.unwrap().unwrap();
    let record = asked.record.id;
    let runs = "for 4 of 4 seats: their task runs";
    let why = eventually(&service, "its task runs", || async {
        let why = explanation(&service.show_install(record).await.unwrap());
        (why["waitsFor"] == runs).then_some(why)
    })
    .await;
    assert_eq!(why["owner"], "tester@test");
    assert!(why["deadline"].is_string());
    assert!(commands(&why).contains(&format!("segdeck installs pause {record}")), "{why}");

    service.control(record, Command::Cancel, "", None).await.unwrap();
    let view = ended(&service, record).await;
    assert_eq!(view.shown().get("explanation"), None);
    driver.stop().await;
}

async fn tries_are_counted_in_the_explanation(on: On) {
    let mut site = Site::new(on).await;
    site.settings.controllers.retry_interval = std::time::Duration::from_secs(3_600);
    site.platform.stop().await;
    let service = site.service().await;
    let driver = Driver::start(&service);
    let nav = upload(&service, &site.archive("nav", "1.0", "zip")).await;
    let (segment, why) = eventually(&service, "the first try failed", || async {
        let shown = service.show_segment(&nav).await.unwrap();
        (shown.segment.create_status.retry_count == 1).then_some((shown.segment, shown.explanation))
    })
    .await;
    assert_eq!(segment.create_status.state, CreateState::Processing);
    assert_eq!(segment.remote, RemoteKind::Sdp);
    let why = why.unwrap();
    assert_eq!((why.attempt, why.attempts), (2, 6));
    assert_eq!(why.next_try_at, segment.create_status.next_retry_at);
    let at = why.next_try_at.unwrap();
    assert_eq!(why.waits_for.to_string(), format!("for the next try at {at}"));
    driver.stop().await;
}
