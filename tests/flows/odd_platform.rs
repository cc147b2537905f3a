//! A real platform whose client breaks, or holds its answers back, when told to.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use async_trait::async_trait;
use segdeck::domain::{OperationId, Prefix, RemoteKind, Version};
use segdeck::remote::{
    Deployment, Devices, FileStream, NewSegment, Operation, RemoteError, RemotePage, RemoteSegment,
    SegmentRepository, TaskView,
};
use segdeck::service::Service;
use tokio::sync::Semaphore;

/// More answers than any test waits for at once.
pub(crate) const ANSWERS: u32 = 100;

/// What it is told.
pub(crate) struct Odd {
    /// Panic in the calls that create, list or install.
    pub(crate) panics: AtomicBool,
    /// Answers of `batch_install` that may go out.
    pub(crate) answers: Semaphore,
    /// Answers of `get_task` that may go out.
    pub(crate) looks: Semaphore,
    /// Remember no operations.
    pub(crate) forgets: AtomicBool,
    /// Calls that create the segment of prefix `odd`.
    pub(crate) creates: AtomicUsize,
    /// Calls of `batch_install`.
    pub(crate) installs: AtomicUsize,
}

impl Odd {
    /// A service whose SDP is odd.
    pub(crate) fn service(service: &Service) -> (Arc<Service>, Arc<Self>) {
        let odd = Arc::new(Self {
            panics: AtomicBool::new(false),
            answers: Semaphore::new(ANSWERS as usize),
            looks: Semaphore::new(ANSWERS as usize),
            forgets: AtomicBool::new(false),
            creates: AtomicUsize::new(0),
            installs: AtomicUsize::new(0),
        });
        let repository = Arc::clone(service.remotes.repository(RemoteKind::Sdp).unwrap());
        let deployment = Arc::clone(service.remotes.deployment(RemoteKind::Sdp).unwrap());
        let remotes = service
            .remotes
            .clone()
            .with_repository(RemoteKind::Sdp, Arc::new(Repository { odd: odd.clone(), real: repository }))
            .with_deployment(Arc::new(Installer { odd: odd.clone(), real: deployment }));
        (Arc::new(Service { remotes, ..service.clone() }), odd)
    }

    fn break_down(&self, what: &str) {
        assert!(!self.panics.load(Ordering::SeqCst), "odd in {what}");
    }
}

struct Repository {
    odd: Arc<Odd>,
    real: Arc<dyn SegmentRepository>,
}

#[async_trait]
impl SegmentRepository for Repository {
    async fn create(
        &self,
        operation: &OperationId,
        segment: &NewSegment,
        file: FileStream,
    ) -> Result<RemoteSegment, RemoteError> {
        if segment.id.prefix.as_str() == "odd" {
            self.odd.creates.fetch_add(1, Ordering::SeqCst);
            self.odd.break_down("create");
        }
        self.real.create(operation, segment, file).await
    }
    async fn find(&self, prefix: &Prefix, version: &Version) -> Result<Option<RemoteSegment>, RemoteError> {
        self.real.find(prefix, version).await
    }
    async fn list(&self, page_token: &str) -> Result<RemotePage, RemoteError> {
        self.odd.break_down("list");
        self.real.list(page_token).await
    }
    async fn download(&self, uid: &str, offset: u64) -> Result<FileStream, RemoteError> {
        self.odd.break_down("download");
        self.real.download(uid, offset).await
    }
    async fn delete(&self, operation: &OperationId, uid: &str) -> Result<(), RemoteError> {
        self.real.delete(operation, uid).await
    }
    async fn find_operation(&self, operation: &OperationId) -> Result<Operation, RemoteError> {
        self.real.find_operation(operation).await
    }
}

struct Installer {
    odd: Arc<Odd>,
    real: Arc<dyn Deployment>,
}

#[async_trait]
impl Deployment for Installer {
    async fn batch_install(
        &self,
        operation: &OperationId,
        uid: &str,
        devices: &[IpAddr],
    ) -> Result<String, RemoteError> {
        self.odd.break_down("batch install");
        let answer = self.real.batch_install(operation, uid, devices).await;
        self.odd.installs.fetch_add(1, Ordering::SeqCst);
        let _held = self.odd.answers.acquire().await.unwrap();
        answer
    }
    async fn batch_uninstall(
        &self,
        operation: &OperationId,
        uid: &str,
        devices: &[IpAddr],
    ) -> Result<String, RemoteError> {
        self.real.batch_uninstall(operation, uid, devices).await
    }
    async fn get_task(&self, task: &str) -> Result<TaskView, RemoteError> {
        let _held = self.odd.looks.acquire().await.unwrap();
        self.real.get_task(task).await
    }
    async fn cancel_task(&self, operation: &OperationId, task: &str) -> Result<(), RemoteError> {
        self.real.cancel_task(operation, task).await
    }
    async fn list_devices(&self) -> Result<Devices, RemoteError> {
        self.real.list_devices().await
    }
    async fn list_installed(&self, device: IpAddr) -> Result<Vec<String>, RemoteError> {
        self.real.list_installed(device).await
    }
    async fn find_operation(&self, operation: &OperationId) -> Result<Operation, RemoteError> {
        self.real.find_operation(operation).await
    }
    fn finds_operations(&self) -> bool {
        !self.odd.forgets.load(Ordering::SeqCst)
    }
}
