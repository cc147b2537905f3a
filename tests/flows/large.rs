//! 20,000 seats with ids of 48 bytes: one transaction for a bind, one for an install request.

use std::collections::BTreeSet;

use segdeck::domain::seat::SeatInput;
use segdeck::domain::{InstallState, SeatId};
use segdeck::platform::{Simulated, SimulatedOptions};
use segdeck::service::{InstallOptions, Wanted};
use segdeck::store::{MAX_VALUE_BYTES, WatchEvent};

use crate::common::site::{Driver, On, Site, ended, published, upload};

crate::on_both!(twenty_thousand_seats);

async fn twenty_thousand_seats(on: On) {
    let site = Site::with_platform(on, |options| {
        let executor = SimulatedOptions { seconds_per_seat: 0.1, ..SimulatedOptions::default() };
        options.executor = std::sync::Arc::new(Simulated::new(executor));
    })
    .await;
    let mut settings = site.settings.clone();
    settings.install.max_concurrent_seats = 20_000;
    let service = site.service_with(&settings).await;
    let seats: Vec<SeatInput> = (0..20_000_u32)
        .map(|n| SeatInput {
            id: format!("{:-<43}{n:05}", "seat").parse().unwrap(),
            ip: std::net::Ipv4Addr::from(0x0a00_0000 + n).into(),
            group: "all".into(),
            tags: vec![],
            note: String::new(),
        })
        .collect();
    let ids: BTreeSet<SeatId> = seats.iter().map(|seat| seat.id.clone()).collect();
    assert!(ids.iter().all(|id| id.as_str().len() == 48));
    service.import_seats(&seats, None).await.unwrap();
    let driver = Driver::start(&service);
    let nav = upload(&service, &site.archive("nav", "1.0", "zip")).await;
    published(&service, &nav).await;

    let largest = |events: &[WatchEvent]| {
        events
            .iter()
            .map(|event| if let WatchEvent::Put(entry) = event { entry.value.len() } else { 0 })
            .max()
            .unwrap_or(0)
    };
    let mut watch = service.store.watch("bindings/", 0).await.unwrap();
    service.bind(&nav, &ids, None).await.unwrap();
    let batch = watch.recv().await.unwrap().unwrap();
    assert_eq!(batch.events.len(), 32, "all shards in one transaction");
    assert!(largest(&batch.events) <= MAX_VALUE_BYTES);
    assert_eq!(service.bound(&nav).await.unwrap().1, ids);

    let mut watch = service.store.watch("install-records/", 0).await.unwrap();
    let mut logs = service.store.watch("install-logs/", 0).await.unwrap();
    let asked = service.install(&nav, &Wanted::Bound, &InstallOptions::default()).await.unwrap().unwrap();
    let batch = watch.recv().await.unwrap().unwrap();
    assert_eq!(batch.events.len(), 33, "the record and all shards in one transaction");
    assert!(largest(&batch.events) <= MAX_VALUE_BYTES);
    let view = ended(&service, asked.record.id).await;
    assert_eq!(view.log.state, InstallState::Succeeded);
    assert_eq!(service.show_segment(&nav).await.unwrap().installed_seats, ids);
    while let Ok(Some(Ok(batch))) =
        tokio::time::timeout(std::time::Duration::from_millis(200), logs.recv()).await
    {
        assert!(largest(&batch.events) <= MAX_VALUE_BYTES);
    }
    driver.stop().await;
}
