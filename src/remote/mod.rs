//! The platforms behind two traits. What belongs here: calls, their deadlines, and what an answer means.
//! What does not: when to call (`controllers`).
//!
//! A site with another wire contract writes one adapter behind these traits.

mod error;
pub mod grpc;
pub mod webhook;

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;

pub use error::{Meaning, RemoteError};

use crate::domain::{FreeText, OperationId, Prefix, RemoteKind, SeatState, SegmentId, Version};

/// A file as it is sent or received, in chunks.
pub type FileStream = BoxStream<'static, Result<Bytes, RemoteError>>;

/// A segment as a platform keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteSegment {
    /// The platform's id of it.
    pub uid: String,
    /// Prefix and version, checked.
    pub id: SegmentId,
    /// The name its file came with.
    pub file_name: FreeText,
    /// In bytes.
    pub file_size: u64,
    /// Lower-case hex of the file.
    pub sha256: String,
}

/// A page of a platform's list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RemotePage {
    /// Its segments.
    pub segments: Vec<RemoteSegment>,
    /// Entries whose prefix or version is no name of ours: uid and why.
    pub unreadable: Vec<(String, String)>,
    /// Hand it in for the next page; empty at the end.
    pub next: String,
}

/// What is told with a file that is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSegment {
    /// The segment.
    pub id: SegmentId,
    /// The human name.
    pub name: FreeText,
    /// What its type is called.
    pub kind: FreeText,
    /// The name of the file.
    pub file_name: FreeText,
    /// In bytes.
    pub file_size: u64,
    /// Lower-case hex of the file.
    pub sha256: String,
}

/// What a platform remembers of a request id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operation {
    /// It has not seen it, or it did not succeed.
    Unknown,
    /// A segment was created; its uid.
    Created(String),
    /// A segment was deleted.
    Deleted,
    /// A task was taken; its id.
    Task(String),
    /// A task was cancelled.
    Cancelled,
}

/// Keeps segments: SDP and the 15s store alike.
#[async_trait]
pub trait SegmentRepository: Send + Sync + 'static {
    /// Publishes a file. Repeating it with the same operation id answers the same.
    async fn create(
        &self,
        operation: &OperationId,
        segment: &NewSegment,
        file: FileStream,
    ) -> Result<RemoteSegment, RemoteError>;
    /// Looks a segment up.
    async fn find(&self, prefix: &Prefix, version: &Version) -> Result<Option<RemoteSegment>, RemoteError>;
    /// A page of everything it keeps; an empty token for the first.
    async fn list(&self, page_token: &str) -> Result<RemotePage, RemoteError>;
    /// The file from `offset` on.
    async fn download(&self, uid: &str, offset: u64) -> Result<FileStream, RemoteError>;
    /// Removes a segment; [`Meaning::NotFound`] when there is none.
    async fn delete(&self, operation: &OperationId, uid: &str) -> Result<(), RemoteError>;
    /// What became of an operation. An adapter that cannot say answers [`Meaning::Refused`].
    async fn find_operation(&self, operation: &OperationId) -> Result<Operation, RemoteError>;
    /// Which platform answers: its identity. `None`: it has none, or the adapter cannot ask for it.
    async fn platform(&self) -> Result<Option<String>, RemoteError> {
        Ok(None)
    }
    /// From now on every call, also of the deployment side, is meant for this platform: another one refuses it with
    /// [`Meaning::OtherPlatform`]. `None`: for whoever gets it.
    fn pin(&self, _platform: Option<&str>) {}
}

/// Where one device of a task stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceResult {
    /// Its address.
    pub ip: IpAddr,
    /// In our words.
    pub state: SeatState,
    /// 0 to 100.
    pub percent: u8,
    /// What the platform says of it.
    pub message: FreeText,
}

/// A task as the platform shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskView {
    /// Every device of it, all pages joined.
    pub devices: Vec<DeviceResult>,
    /// It will not change any more.
    pub done: bool,
}

/// A device as the platform knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Its address.
    pub ip: IpAddr,
    /// It answers now.
    pub online: bool,
}

/// The devices of a platform.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Devices {
    /// Those it knows.
    pub known: Vec<Device>,
    /// It takes no others.
    pub is_complete: bool,
}

/// Puts segments on devices: SDP.
#[async_trait]
pub trait Deployment: Send + Sync + 'static {
    /// Starts a task that installs `uid` on devices; the task's id.
    async fn batch_install(
        &self,
        operation: &OperationId,
        uid: &str,
        devices: &[IpAddr],
    ) -> Result<String, RemoteError>;
    /// Starts a task that takes `uid` off devices; the task's id.
    async fn batch_uninstall(
        &self,
        operation: &OperationId,
        uid: &str,
        devices: &[IpAddr],
    ) -> Result<String, RemoteError>;
    /// Where a task stands.
    async fn get_task(&self, task: &str) -> Result<TaskView, RemoteError>;
    /// Starts no further device of it; running ones are stopped where that can be done.
    async fn cancel_task(&self, operation: &OperationId, task: &str) -> Result<(), RemoteError>;
    /// The devices it knows.
    async fn list_devices(&self) -> Result<Devices, RemoteError>;
    /// The uids that are installed on a device.
    async fn list_installed(&self, device: IpAddr) -> Result<Vec<String>, RemoteError>;
    /// What became of an operation.
    async fn find_operation(&self, operation: &OperationId) -> Result<Operation, RemoteError>;
    /// Does it remember operations at all? Where it does not, the id of a task is written down before anything else:
    /// after a crash nobody could find it again.
    fn finds_operations(&self) -> bool {
        true
    }
}

/// The configured platforms.
#[derive(Clone, Default)]
pub struct Remotes {
    repositories: BTreeMap<RemoteKind, Arc<dyn SegmentRepository>>,
    deployment: Option<Arc<dyn Deployment>>,
}

impl Remotes {
    /// Adds a repository.
    pub fn with_repository(mut self, kind: RemoteKind, repository: Arc<dyn SegmentRepository>) -> Self {
        self.repositories.insert(kind, repository);
        self
    }

    /// Sets the deployment side of SDP.
    pub fn with_deployment(mut self, deployment: Arc<dyn Deployment>) -> Self {
        self.deployment = Some(deployment);
        self
    }

    /// Where segments of this kind are kept, if configured.
    pub fn repository(&self, kind: RemoteKind) -> Option<&Arc<dyn SegmentRepository>> {
        self.repositories.get(&kind)
    }

    /// What installs segments of this kind, if anything does.
    pub fn deployment(&self, kind: RemoteKind) -> Option<&Arc<dyn Deployment>> {
        self.deployment.as_ref().filter(|_| kind.deploys())
    }

    /// The kinds that are configured.
    pub fn configured(&self) -> impl Iterator<Item = RemoteKind> {
        self.repositories.keys().copied()
    }
}
