//! Another platform comes in the place of the pinned one while a leader drives: it stops, and nothing fails by that.

use segdeck::controllers::Lead;
use segdeck::domain::sync::SyncOutcome;
use segdeck::domain::{CreateState, RemoteKind};
use segdeck::service::{Code, InstallOptions, Wanted};

use crate::common::site::{Driver, On, Platform, Site, ended, eventually, published, seat, seats, upload};
use crate::sync::{create_there, sync};

crate::on_both!(a_leader_that_meets_another_one_stops_and_nothing_fails);

async fn a_leader_that_meets_another_one_stops_and_nothing_fails(on: On) {
    let mut site = Site::new(on).await;
    let service = site.service().await;
    service.import_seats(&seats(2), None).await.unwrap();
    let mut driver = Driver::start(&service);
    driver.leads().await;
    let nav = upload(&service, &site.archive("nav", "1.0", "zip")).await;
    published(&service, &nav).await;
    let wanted = Wanted::Seats([seat(1)].into());
    let record = service.install(&nav, &wanted, &InstallOptions::default()).await.unwrap().unwrap().record.id;
    ended(&service, record).await;

    // The same address, other data.
    let (address, data) = (site.platform.address, site.platform.data.clone());
    site.platform.stop().await;
    site.platform = Platform::start_at(address, site.dir.path().join("other"), |_| {}).await;
    let late = upload(&service, &site.archive("late", "1.0", "zip")).await;
    let stopped = driver.running.lead.wait_for(|lead| matches!(lead, Lead::NotStanding(_)));
    let stopped = tokio::time::timeout(std::time::Duration::from_secs(20), stopped).await;
    let Lead::NotStanding(why) = stopped.expect("it stops").unwrap().clone() else { unreachable!() };
    assert!(
        why.to_string().contains("another one") || why.to_string().contains("segdeck remote adopt"),
        "{why}"
    );
    let segment = service.segment(&late).await.unwrap();
    assert_eq!(segment.create_status.retry_count, 0, "{:?}", segment.create_status);
    assert_ne!(segment.create_status.state, CreateState::Failed);
    let refused = service.sync_difference(RemoteKind::Sdp).await.unwrap_err();
    assert_eq!(refused.code, Code::Conflict);
    let there = service.remotes.repository(RemoteKind::Sdp).unwrap();
    there.pin(None);
    assert!(there.list("").await.unwrap().segments.is_empty(), "nothing was sent");

    // The right one is back: all goes on by itself.
    site.platform.stop().await;
    site.platform = Platform::start_at(address, data, |_| {}).await;
    published(&service, &late).await;
    assert_eq!(sync(&service, RemoteKind::Sdp, false).await, SyncOutcome::default());
    create_there(&service, &site, RemoteKind::Sdp, "more@1.0", "more@1.0").await;
    assert_eq!(sync(&service, RemoteKind::Sdp, false).await.added.len(), 1);
    let trail = eventually(&service, "the pin is audited once", || async {
        let page = service.store.list_all(segdeck::store::keys::AUDIT).await.unwrap();
        let is_pin = |entry: &&segdeck::store::Entry| {
            let value: serde_json::Value = serde_json::from_slice(&entry.value).unwrap();
            value["action"] == "remote.pin" && value["object"] == "sdp"
        };
        Some(page.entries.iter().filter(is_pin).count())
    })
    .await;
    assert_eq!(trail, 1);
    driver.stop().await;
}
