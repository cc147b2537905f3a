//! The client of `Deployment`.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;

use async_trait::async_trait;
use tonic::transport::Channel;

use super::channel::Connection;
use super::checked::{self, Broken};
use super::{BATCH_DEADLINE, MAX_MESSAGE, MAX_TASK_DEVICES, UNARY_DEADLINE};
use crate::domain::{FreeText, OperationId};
use crate::proto::deployment_client::DeploymentClient;
use crate::proto::find_task_operation_response::Result as Remembered;
use crate::proto::{
    BatchInstallRequest, BatchUninstallRequest, CancelTaskRequest, FindTaskOperationRequest, GetTaskRequest,
    ListDevicesRequest, ListInstalledRequest,
};
use crate::remote::{Deployment, Device, Devices, Meaning, Operation, RemoteError, TaskView};

/// Entries of a page that are asked for.
const PAGE: u32 = 1000;

/// Most entries of a list that is joined here: no fleet is larger, so a list that is does not end.
const MAX_ENTRIES: usize = 200_000;

/// Most pages of such a list; a server may answer with fewer entries than asked.
const MAX_PAGES: usize = 2_000;

/// A platform that installs.
pub(super) struct GrpcDeployment(Arc<Connection>);

impl GrpcDeployment {
    pub(super) fn new(connection: Arc<Connection>) -> Self {
        Self(connection)
    }

    /// Refuses what no server has to take.
    fn devices(&self, call: &str, devices: &[IpAddr]) -> Result<Vec<String>, RemoteError> {
        match devices.len() {
            1..=MAX_TASK_DEVICES => Ok(devices.iter().map(ToString::to_string).collect()),
            count => Err(RemoteError {
                meaning: Meaning::Refused,
                message: FreeText::from(format!("{count} devices; a task has 1 to {MAX_TASK_DEVICES}")),
                code: "nothing was sent".to_owned(),
                remote: self.0.kind,
                endpoint: self.0.endpoint.clone(),
                call: call.to_owned(),
            }),
        }
    }
}

/// The generated client, with our limits.
fn client(channel: Channel) -> DeploymentClient<Channel> {
    DeploymentClient::new(channel)
        .max_decoding_message_size(MAX_MESSAGE)
        .max_encoding_message_size(MAX_MESSAGE)
}

/// Where a list that is read page by page stands.
#[derive(Default)]
struct Paging {
    token: String,
    seen: BTreeSet<String>,
    entries: usize,
}

impl Paging {
    /// Takes note of a page; `true` if there is another. Any token that comes twice would lead in a circle.
    fn turn(&mut self, entries: usize, next: String) -> Result<bool, Broken> {
        self.entries += entries;
        self.token = checked::next_token(&self.token, next)?;
        if self.token.is_empty() {
            return Ok(false);
        }
        if !self.seen.insert(self.token.clone()) {
            return Err(Broken::SameToken);
        }
        match self.entries > MAX_ENTRIES || self.seen.len() > MAX_PAGES {
            true => Err(Broken::Endless),
            false => Ok(true),
        }
    }
}

#[async_trait]
impl Deployment for GrpcDeployment {
    async fn batch_install(
        &self,
        operation: &OperationId,
        uid: &str,
        devices: &[IpAddr],
    ) -> Result<String, RemoteError> {
        let call = format!("BatchInstall {uid}");
        let devices = self.devices(&call, devices)?;
        let message = BatchInstallRequest { request_id: operation.to_string(), uid: uid.to_owned(), devices };
        let send = |channel, request| async { client(channel).batch_install(request).await };
        let answer = self.0.call(&call, BATCH_DEADLINE, message, send).await?;
        checked::id(answer.task_id).map_err(|why| self.0.broken(&call, why))
    }

    async fn batch_uninstall(
        &self,
        operation: &OperationId,
        uid: &str,
        devices: &[IpAddr],
    ) -> Result<String, RemoteError> {
        let call = format!("BatchUninstall {uid}");
        let devices = self.devices(&call, devices)?;
        let message =
            BatchUninstallRequest { request_id: operation.to_string(), uid: uid.to_owned(), devices };
        let send = |channel, request| async { client(channel).batch_uninstall(request).await };
        let answer = self.0.call(&call, BATCH_DEADLINE, message, send).await?;
        checked::id(answer.task_id).map_err(|why| self.0.broken(&call, why))
    }

    async fn get_task(&self, task: &str) -> Result<TaskView, RemoteError> {
        let call = format!("GetTask {task}");
        let broken = |why: Broken| self.0.broken(&call, why);
        let mut paging = Paging::default();
        let mut seen = BTreeSet::new();
        let mut view = TaskView { devices: Vec::new(), done: false };
        loop {
            let message = GetTaskRequest {
                task_id: task.to_owned(),
                page_size: PAGE,
                page_token: paging.token.clone(),
            };
            let send = |channel, request| async { client(channel).get_task(request).await };
            let answer = self.0.call(&call, UNARY_DEADLINE, message, send).await?;
            // Only the first page can say that all of them are final: later ones are younger than it.
            if paging.token.is_empty() {
                view.done = answer.done;
            }
            let entries = answer.devices.len();
            for device in answer.devices {
                let device = checked::device(device, view.done).map_err(broken)?;
                match seen.insert(device.ip) {
                    true => view.devices.push(device),
                    false => return Err(broken(Broken::Twice(device.ip))),
                }
            }
            if !paging.turn(entries, answer.next_page_token).map_err(broken)? {
                return Ok(view);
            }
        }
    }

    async fn cancel_task(&self, operation: &OperationId, task: &str) -> Result<(), RemoteError> {
        let message = CancelTaskRequest { request_id: operation.to_string(), task_id: task.to_owned() };
        let send = |channel, request| async { client(channel).cancel_task(request).await };
        self.0.call(&format!("CancelTask {task}"), UNARY_DEADLINE, message, send).await.map(drop)
    }

    async fn list_devices(&self) -> Result<Devices, RemoteError> {
        let call = "ListDevices";
        let broken = |why: Broken| self.0.broken(call, why);
        let mut paging = Paging::default();
        let mut devices = Devices::default();
        loop {
            let message = ListDevicesRequest { page_size: PAGE, page_token: paging.token.clone() };
            let send = |channel, request| async { client(channel).list_devices(request).await };
            let answer = self.0.call(call, UNARY_DEADLINE, message, send).await?;
            if paging.token.is_empty() {
                devices.is_complete = answer.complete;
            }
            let entries = answer.devices.len();
            for device in answer.devices {
                let ip = checked::address(&device.device).map_err(broken)?;
                devices.known.push(Device { ip, online: device.online });
            }
            if !paging.turn(entries, answer.next_page_token).map_err(broken)? {
                return Ok(devices);
            }
        }
    }

    async fn list_installed(&self, device: IpAddr) -> Result<Vec<String>, RemoteError> {
        let call = format!("ListInstalled {device}");
        let broken = |why: Broken| self.0.broken(&call, why);
        let mut paging = Paging::default();
        let mut uids = Vec::new();
        loop {
            let message = ListInstalledRequest {
                device: device.to_string(),
                page_size: PAGE,
                page_token: paging.token.clone(),
            };
            let send = |channel, request| async { client(channel).list_installed(request).await };
            let answer = self.0.call(&call, UNARY_DEADLINE, message, send).await?;
            let entries = answer.segments.len();
            for segment in answer.segments {
                uids.push(checked::id(segment.uid).map_err(broken)?);
            }
            if !paging.turn(entries, answer.next_page_token).map_err(broken)? {
                return Ok(uids);
            }
        }
    }

    async fn find_operation(&self, operation: &OperationId) -> Result<Operation, RemoteError> {
        let call = format!("FindOperation {operation}");
        let message = FindTaskOperationRequest { request_id: operation.to_string() };
        let send = |channel, request| async { client(channel).find_operation(request).await };
        match self.0.call(&call, UNARY_DEADLINE, message, send).await?.result {
            None => Ok(Operation::Unknown),
            Some(Remembered::TaskId(task)) => {
                checked::id(task).map(Operation::Task).map_err(|why| self.0.broken(&call, why))
            }
            Some(Remembered::CancelledTaskId(_)) => Ok(Operation::Cancelled),
        }
    }
}
