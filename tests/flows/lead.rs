//! One leads, the others take over.

use std::time::Duration;

use segdeck::controllers::Lead;

use crate::common::site::{Driver, On, Site};

crate::on_both!(the_next_one_takes_over, another_storage_does_not_stand, without_a_remote_nobody_stands);

async fn the_next_one_takes_over(on: On) {
    let site = Site::new(on).await;
    let (one, two) = (site.service().await, site.service().await);
    let mut first = Driver::start(&one);
    first.leads().await;
    let mut second = Driver::start(&two);
    let follows = second.running.lead.wait_for(|lead| matches!(lead, Lead::Following(_)));
    tokio::time::timeout(Duration::from_secs(5), follows).await.unwrap().unwrap();
    let leader = one.leader().await.unwrap().unwrap();
    first.stop().await;
    second.leads().await;
    let next = two.leader().await.unwrap().unwrap();
    assert_eq!(next.epoch, leader.epoch + 1);
    second.stop().await;
    assert!(two.leader().await.unwrap().is_none(), "a clean end gives the key back");
}

async fn another_storage_does_not_stand(on: On) {
    let site = Site::new(on).await;
    let mut driver = Driver::start(&site.service().await);
    driver.leads().await;
    driver.stop().await;
    let mut settings = site.settings.clone();
    settings.storage.url = format!("file://{}", site.dir.path().join("elsewhere").display());
    let mut stranger = Driver::start(&site.service_with(&settings).await);
    let refused = stranger
        .running
        .lead
        .wait_for(|lead| matches!(lead, Lead::NotStanding(why) if why.to_string().contains("storage.url")));
    tokio::time::timeout(Duration::from_secs(5), refused).await.unwrap().unwrap();
    stranger.stop().await;
}

async fn without_a_remote_nobody_stands(on: On) {
    let site = Site::new(on).await;
    let mut settings = site.settings.clone();
    settings.sdp.endpoint.clear();
    settings.store15s.endpoint.clear();
    let mut idle = Driver::start(&site.service_with(&settings).await);
    let refused = idle
        .running
        .lead
        .wait_for(|lead| matches!(lead, Lead::NotStanding(why) if why.to_string().contains("sdp.endpoint")));
    tokio::time::timeout(Duration::from_secs(5), refused).await.unwrap().unwrap();
    idle.stop().await;
}
