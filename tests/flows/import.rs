//! Data sync imports some files at a time, no more than memory allows, and lets go of them at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use futures::{StreamExt as _, stream};
use segdeck::domain::{OperationId, Prefix, RemoteKind, Version};
use segdeck::remote::{
    FileStream, NewSegment, Operation, RemoteError, RemotePage, RemoteSegment, Remotes, SegmentRepository,
};
use segdeck::service::Service;
use tokio::sync::watch;

use crate::common::site::{Driver, On, Site, eventually};
use crate::sync::{create_there, sync};

crate::on_both!(
    many_small_files_are_on_their_way_at_once,
    files_whose_streams_may_want_a_window_come_one_at_a_time,
    a_leader_that_steps_down_gives_downloads_up
);

/// Imports all of `count` segments; most downloads that were open at once.
async fn import(on: On, remote: RemoteKind, count: usize, hold: Hold) -> usize {
    let site = Site::new(on).await;
    let (service, slow) = Slow::service(&site, remote, hold).await;
    for n in 0..count {
        let id = format!("nav{n}@1.0");
        create_there(&service, &site, remote, &id, &id).await;
    }
    let mut driver = Driver::start(&service);
    driver.leads().await;
    assert_eq!(sync(&service, remote, false).await.added.len(), count);
    driver.stop().await;
    assert_eq!(*slow.open.borrow(), 0);
    slow.most.load(Ordering::SeqCst)
}

async fn many_small_files_are_on_their_way_at_once(on: On) {
    assert_eq!(import(on, RemoteKind::Sdp, 20, Hold::UntilOpen(16)).await, 16);
}

async fn files_whose_streams_may_want_a_window_come_one_at_a_time(on: On) {
    // Time enough for another one to begin, if it may.
    assert_eq!(import(on, RemoteKind::Store15s, 4, Hold::For(Duration::from_millis(40))).await, 1);
}

async fn a_leader_that_steps_down_gives_downloads_up(on: On) {
    let site = Site::new(on).await;
    let (service, slow) = Slow::service(&site, RemoteKind::Sdp, Hold::Forever).await;
    for n in 0..3 {
        let id = format!("nav{n}@1.0");
        create_there(&service, &site, RemoteKind::Sdp, &id, &id).await;
    }
    let mut driver = Driver::start(&service);
    driver.leads().await;
    service.request_sync(RemoteKind::Sdp, false).await.unwrap();
    slow.open.subscribe().wait_for(|open| *open == 3).await.unwrap();
    driver.stop().await;
    assert_eq!(*slow.open.borrow(), 0);
    eventually(&service, "nothing is left of them", || async { (site.stored_files() == 0).then_some(()) })
        .await;
}

/// What a download does before its last byte.
#[derive(Clone, Copy)]
enum Hold {
    /// It waits until so many were open at once.
    UntilOpen(usize),
    For(Duration),
    Forever,
}

/// A remote whose downloads are counted.
struct Slow {
    there: Arc<dyn SegmentRepository>,
    hold: Hold,
    open: watch::Sender<usize>,
    most: AtomicUsize,
}

impl Slow {
    async fn service(site: &Site, remote: RemoteKind, hold: Hold) -> (Arc<Service>, Arc<Self>) {
        let service = site.service().await;
        let there = Arc::clone(service.remotes.repository(remote).unwrap());
        let slow = Arc::new(Self { there, hold, open: watch::Sender::default(), most: AtomicUsize::new(0) });
        let remotes = Remotes::default().with_repository(remote, Arc::new(Counted(Arc::clone(&slow))));
        let service = Service { remotes, ..service.as_ref().clone() };
        (Arc::new(service), slow)
    }

    fn begin(self: &Arc<Self>) -> Open {
        self.open.send_modify(|open| *open += 1);
        self.most.fetch_max(*self.open.borrow(), Ordering::SeqCst);
        Open(Arc::clone(self))
    }

    async fn hold(&self) {
        match self.hold {
            Hold::UntilOpen(most) => {
                let mut news = self.open.subscribe();
                while self.most.load(Ordering::SeqCst) < most {
                    news.changed().await.unwrap();
                }
            }
            Hold::For(time) => tokio::time::sleep(time).await,
            Hold::Forever => std::future::pending().await,
        }
    }
}

/// A download that is open until this is dropped.
struct Open(Arc<Slow>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.open.send_modify(|open| *open -= 1);
    }
}

struct Counted(Arc<Slow>);

#[async_trait]
impl SegmentRepository for Counted {
    async fn create(
        &self,
        operation: &OperationId,
        segment: &NewSegment,
        file: FileStream,
    ) -> Result<RemoteSegment, RemoteError> {
        self.0.there.create(operation, segment, file).await
    }

    async fn find(&self, prefix: &Prefix, version: &Version) -> Result<Option<RemoteSegment>, RemoteError> {
        self.0.there.find(prefix, version).await
    }

    async fn list(&self, page_token: &str) -> Result<RemotePage, RemoteError> {
        self.0.there.list(page_token).await
    }

    async fn download(&self, uid: &str, offset: u64) -> Result<FileStream, RemoteError> {
        let open = self.0.begin();
        let file = self.0.there.download(uid, offset).await?;
        let end = stream::once(async move { open.0.hold().await }).filter_map(|()| async { None });
        Ok(file.chain(end).boxed())
    }

    async fn delete(&self, operation: &OperationId, uid: &str) -> Result<(), RemoteError> {
        self.0.there.delete(operation, uid).await
    }

    async fn find_operation(&self, operation: &OperationId) -> Result<Operation, RemoteError> {
        self.0.there.find_operation(operation).await
    }
}
