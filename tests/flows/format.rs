//! Records of a newer layout are looked at, not changed.

use segdeck::controllers::Lead;
use segdeck::service::Code;
use segdeck::store::{Txn, keys};
use serde_json::json;

use crate::common::site::{Driver, On, Site, seat, seats, upload};

crate::on_both!(a_newer_layout_is_read_only);

async fn a_newer_layout_is_read_only(on: On) {
    let site = Site::new(on).await;
    let service = site.service().await;
    service.import_seats(&seats(2), None).await.unwrap();
    let nav = upload(&service, &site.archive("nav", "1.0", "zip")).await;
    let newer = Txn::new().put(keys::format(), &json!({ "format": 2 })).unwrap();
    service.store.txn(newer).await.unwrap();
    let error = service.bind(&nav, &[seat(1)].into(), None).await.unwrap_err();
    assert_eq!(error.code, Code::Conflict);
    assert!(error.message.contains("newer"), "{error}");
    assert_eq!(service.show_segment(&nav).await.unwrap().seats.len(), 0);
    let mut driver = Driver::start(&service);
    let refused =
        driver.running.lead.wait_for(|lead| matches!(lead, Lead::NotStanding(why) if why.contains("newer")));
    tokio::time::timeout(std::time::Duration::from_secs(5), refused).await.unwrap().unwrap();
    driver.stop().await;
}
