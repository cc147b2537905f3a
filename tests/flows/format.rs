//! Records of a newer layout are looked at, not changed.

use segdeck::controllers::Lead;
use segdeck::service::{Code, FORMAT};
use segdeck::store::{self, Txn, keys};
use serde_json::{Value, json};

use crate::common::site::{Driver, On, Site, published, seat, seats, upload};

crate::on_both!(a_newer_layout_is_read_only, a_leader_in_office_writes_nothing_more);

async fn a_newer_layout_is_read_only(on: On) {
    let site = Site::new(on).await;
    let service = site.service().await;
    service.import_seats(&seats(2), None).await.unwrap();
    let nav = upload(&service, &site.archive("nav", "1.0", "zip")).await;
    let newer = Txn::new().put(keys::format(), &json!({ "format": FORMAT + 1 })).unwrap();
    service.writes().unwrap().store.txn(newer).await.unwrap();
    let error = service.bind(&nav, &[seat(1)].into(), None).await.unwrap_err();
    assert_eq!(error.code, Code::Conflict);
    assert!(error.to_string().contains("newer"), "{error}");
    assert_eq!(service.show_segment(&nav).await.unwrap().seats.len(), 0);
    let mut driver = Driver::start(&service);
    let refused = driver
        .running
        .lead
        .wait_for(|lead| matches!(lead, Lead::NotStanding(why) if why.to_string().contains("newer")));
    tokio::time::timeout(std::time::Duration::from_secs(5), refused).await.unwrap().unwrap();
    driver.stop().await;
}

/// It does not wait until it looks whether it may stand: its next write is refused.
async fn a_leader_in_office_writes_nothing_more(on: On) {
    let site = Site::new(on).await;
    let service = site.service().await;
    let mut driver = Driver::start(&service);
    driver.leads().await;
    let id = upload(&service, &site.archive("nav", "1.0", "zip")).await;
    published(&service, &id).await;

    // What the newer program asks for is not for this one to do.
    let key = keys::segment(&id);
    let mut record: Value = store::decode(&service.store.get(&key).await.unwrap().1.unwrap()).unwrap();
    record["createStatus"] = json!({ "state": "pending", "time": "2026-01-02T03:04:05Z" });
    let newer = Txn::new().put(keys::format(), &json!({ "format": FORMAT + 1 })).unwrap();
    service.writes().unwrap().store.txn(newer.put(key.clone(), &record).unwrap()).await.unwrap();
    let may_not = driver
        .running
        .lead
        .wait_for(|lead| matches!(lead, Lead::NotStanding(why) if why.to_string().contains("newer")));
    tokio::time::timeout(std::time::Duration::from_secs(20), may_not).await.expect("it steps down").unwrap();
    let found: Value = store::decode(&service.store.get(&key).await.unwrap().1.unwrap()).unwrap();
    assert_eq!(found, record);
    driver.stop().await;
}
