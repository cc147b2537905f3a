//! Another bucket, in this process: an object store in memory stands for it.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use object_store::ObjectStore as _;
use object_store::memory::InMemory;
use segdeck::controllers::Lead;
use segdeck::service::{Service, StorageShown, UploadRequest};
use segdeck::storage::SharedStorage;
use tokio_util::sync::CancellationToken;

use super::asked::Row;
use super::world::World;
use crate::common::archive;
use crate::common::site::{Driver, On};
use crate::host::Host;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_bucket() {
    Host::test(On::Etcd, async |host| {
        let world = World::begin(host).await;
        let bucket = Arc::new(InMemory::new());
        let mut row = asked(host, Arc::clone(&bucket)).await;
        row.is_refused("is it mounted?");
        assert!(bucket.list(None).next().await.is_none(), "nor is it claimed");
        world.is_untouched().await;
        row.does("nothing");
        world.ends_whole(row).await;
    })
    .await;
}

async fn asked(host: &Host, bucket: Arc<InMemory>) -> Row {
    let mut row = Row::new("another bucket");
    let right = Arc::into_inner(host.onlooker().await).unwrap();
    let storage = SharedStorage::over(bucket, "s3://other");
    let wrong = Arc::new(Service { storage: storage.into(), ..right });
    let shown = StorageShown::read(&*wrong.store, &wrong.storage).await.unwrap();
    row.says("storage show", shown.why_not.unwrap(), Some(3));
    let mut driver = Driver::start(&wrong);
    let decided = driver.running.lead.wait_for(|lead| !matches!(lead, Lead::Starting));
    let lead = tokio::time::timeout(Duration::from_secs(20), decided).await.unwrap().unwrap().clone();
    let Lead::NotStanding(why) = lead else { panic!("{lead:?}") };
    row.says("controller", format!("not standing for election: {why}"), None);
    // A sync that waits is told by the same words why nobody answers; without waiting it asks whoever leads.
    let swept = wrong.request_sweep(false).await.unwrap_err();
    row.says("sweep", swept.to_string(), Some(3));
    let file = archive::segment(host.path(), "map", "1.0", "zip", 10_000);
    let request = UploadRequest { file, ..UploadRequest::default() };
    let uploaded = wrong.upload(&request, |_| {}, &CancellationToken::new()).await.unwrap_err();
    row.says("upload", uploaded.to_string(), Some(3));
    driver.stop().await;
    row
}
