//! `Deployment` as the contract has it.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;

use rusqlite::params;
use sha2::{Digest, Sha256};
use tonic::{Request, Response, Status};

use super::faults::{FaultCall, Moment};
use super::fleet::Fleet;
use super::ledger::LedgerKind;
use super::operations::{self, Asked};
use super::state::{State, timestamp};
use super::{files, request, segments, tasks};
use crate::domain::SeatOp;
use crate::proto::deployment_server::Deployment;
use crate::proto::find_task_operation_response::Result as Remembered;
use crate::proto::{
    BatchInstallRequest, BatchInstallResponse, BatchUninstallRequest, BatchUninstallResponse,
    CancelTaskRequest, CancelTaskResponse, Device, FindTaskOperationRequest, FindTaskOperationResponse,
    GetTaskRequest, GetTaskResponse, InstalledSegment, ListDevicesRequest, ListDevicesResponse,
    ListInstalledRequest, ListInstalledResponse,
};

/// The space of request ids of this service.
const SCOPE: &str = "DEPLOYMENT";

/// The repository it installs from.
const REPOSITORY: &str = "SDP";

/// The service.
#[derive(Clone)]
pub(super) struct DeploymentService(pub(super) Arc<State>);

type Answer<T> = Result<Response<T>, Status>;

#[tonic::async_trait]
impl Deployment for DeploymentService {
    async fn batch_install(&self, request: Request<BatchInstallRequest>) -> Answer<BatchInstallResponse> {
        let BatchInstallRequest { request_id, uid, devices } = request.into_inner();
        let task_id = self.batch(SeatOp::Install, request_id, uid, devices).await?;
        Ok(Response::new(BatchInstallResponse { task_id }))
    }

    async fn batch_uninstall(
        &self,
        request: Request<BatchUninstallRequest>,
    ) -> Answer<BatchUninstallResponse> {
        let BatchUninstallRequest { request_id, uid, devices } = request.into_inner();
        let task_id = self.batch(SeatOp::Uninstall, request_id, uid, devices).await?;
        Ok(Response::new(BatchUninstallResponse { task_id }))
    }

    async fn get_task(&self, request: Request<GetTaskRequest>) -> Answer<GetTaskResponse> {
        let GetTaskRequest { task_id, page_size, page_token } = request.into_inner();
        let task_id = request::id("task_id", task_id)?;
        let size = request::page_size(page_size, 1000);
        self.0.options.faults.at(FaultCall::GetTask, Moment::Before).await?;
        let state = self.0.clone();
        let page = self
            .0
            .transact(move |tx, now| tasks::page(tx, &state.work, &task_id, size, &page_token, now))
            .await?;
        Ok(Response::new(page))
    }

    async fn cancel_task(&self, request: Request<CancelTaskRequest>) -> Answer<CancelTaskResponse> {
        let CancelTaskRequest { request_id, task_id } = request.into_inner();
        let task_id = request::id("task_id", task_id)?;
        let asked = Asked {
            scope: SCOPE,
            request_id: request::request_id(request_id)?,
            kind: LedgerKind::Cancel,
            content: task_id.clone(),
            what: task_id.clone(),
        };
        self.0.options.faults.at(FaultCall::Cancel, Moment::Before).await?;
        let state = self.0.clone();
        self.0
            .transact(move |tx, now| {
                if operations::recall(tx, &asked, now)?.is_none() {
                    tasks::cancel(tx, &state.work, &task_id, now)?;
                    operations::remember(tx, &asked, &task_id, now)?;
                }
                Ok(())
            })
            .await?;
        self.0.options.faults.at(FaultCall::Cancel, Moment::After).await?;
        Ok(Response::new(CancelTaskResponse {}))
    }

    async fn list_devices(&self, request: Request<ListDevicesRequest>) -> Answer<ListDevicesResponse> {
        let ListDevicesRequest { page_size, page_token } = request.into_inner();
        let size = request::page_size(page_size, 1000) as usize;
        let after: Option<IpAddr> = match page_token.as_str() {
            "" => None,
            token => Some(
                token
                    .parse()
                    .map_err(|_| Status::invalid_argument("the page token is not from this list"))?,
            ),
        };
        let mut page: Vec<(IpAddr, String)> = match &self.0.options.fleet {
            Fleet::Known(devices) => {
                let left = devices.iter().filter(|(ip, _)| after.is_none_or(|after| **ip > after));
                left.take(size + 1).map(|(ip, name)| (*ip, name.clone())).collect()
            }
            Fleet::Any => {
                let left = self.devices_at_work().await?;
                let left = left.into_iter().filter(|ip| after.is_none_or(|after| *ip > after));
                left.take(size + 1).map(|ip| (ip, String::new())).collect()
            }
        };
        let more = page.len() > size;
        page.truncate(size);
        let next_page_token = match (more, page.last()) {
            (true, Some((ip, _))) => ip.to_string(),
            _ => String::new(),
        };
        let executor = &self.0.work.executor;
        let devices = page
            .into_iter()
            .map(|(ip, name)| Device { device: ip.to_string(), name, online: executor.is_online(ip) })
            .collect();
        let complete = matches!(self.0.options.fleet, Fleet::Known(_));
        Ok(Response::new(ListDevicesResponse { devices, next_page_token, complete }))
    }

    async fn list_installed(&self, request: Request<ListInstalledRequest>) -> Answer<ListInstalledResponse> {
        let ListInstalledRequest { device, page_size, page_token } = request.into_inner();
        let device = request::devices(&[device])?[0];
        if !self.0.work.fleet.knows(device) {
            return Err(Status::not_found(format!("the platform knows no device {device}")));
        }
        let size = request::page_size(page_size, 1000) as usize;
        let mut segments: Vec<InstalledSegment> = self
            .0
            .transact(move |tx, _| {
                let mut statement = tx.prepare_cached(
                    "SELECT uid, prefix, version, at FROM installed
                     WHERE device = ? AND prefix > ? ORDER BY prefix LIMIT ?",
                )?;
                let rows =
                    statement.query_map(params![device.to_string(), page_token, size as i64 + 1], |row| {
                        Ok(InstalledSegment {
                            uid: row.get(0)?,
                            prefix: row.get(1)?,
                            version: row.get(2)?,
                            installed_at: Some(timestamp(row.get(3)?)),
                        })
                    })?;
                Ok(rows.collect::<Result<_, _>>()?)
            })
            .await?;
        let more = segments.len() > size;
        segments.truncate(size);
        let next_page_token = match (more, segments.last()) {
            (true, Some(last)) => last.prefix.clone(),
            _ => String::new(),
        };
        Ok(Response::new(ListInstalledResponse { segments, next_page_token }))
    }

    async fn find_operation(
        &self,
        request: Request<FindTaskOperationRequest>,
    ) -> Answer<FindTaskOperationResponse> {
        let request_id = request::request_id(request.into_inner().request_id)?;
        self.0.options.faults.at(FaultCall::FindOperation, Moment::Before).await?;
        let found = self.0.database.run(move |tx| operations::find(tx, SCOPE, &request_id)).await?;
        let result = found.map(|(kind, task_id)| match kind == LedgerKind::Cancel.as_str() {
            true => Remembered::CancelledTaskId(task_id),
            false => Remembered::TaskId(task_id),
        });
        Ok(Response::new(FindTaskOperationResponse { result }))
    }
}

impl DeploymentService {
    async fn batch(
        &self,
        op: SeatOp,
        request_id: String,
        uid: String,
        devices: Vec<String>,
    ) -> Result<String, Status> {
        let (kind, call) = match op {
            SeatOp::Install => (LedgerKind::BatchInstall, FaultCall::Install),
            SeatOp::Uninstall => (LedgerKind::BatchUninstall, FaultCall::Uninstall),
        };
        let uid = request::id("uid", uid)?;
        let devices = request::devices(&devices)?;
        let asked = Asked {
            scope: SCOPE,
            request_id: request::request_id(request_id)?,
            kind,
            content: format!("{uid} {}", fingerprint(&devices)),
            what: uid.clone(),
        };
        self.0.options.faults.at(call, Moment::Before).await?;
        let state = self.0.clone();
        let task = self
            .0
            .transact(move |tx, now| {
                if let Some(task) = operations::recall(tx, &asked, now)? {
                    return Ok(task);
                }
                let segment = match op {
                    SeatOp::Install => segments::by_uid(tx, REPOSITORY, &uid)?,
                    SeatOp::Uninstall => segments::ever(tx, REPOSITORY, &uid)?,
                };
                if segment.is_none() {
                    return Err(Status::not_found(format!("{REPOSITORY} has no segment {uid}")).into());
                }
                let task = tasks::take(tx, &state.work, &asked, op, &uid, &devices, now)?;
                operations::remember(tx, &asked, &task, now)?;
                Ok(task)
            })
            .await?;
        self.0.options.faults.at(call, Moment::After).await?;
        Ok(task)
    }

    /// All devices that any task ever named.
    async fn devices_at_work(&self) -> Result<BTreeSet<IpAddr>, Status> {
        self.0
            .database
            .run(|tx| {
                let mut statement = tx.prepare_cached("SELECT DISTINCT device FROM work")?;
                let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
                let texts: Vec<String> = rows.collect::<Result<_, _>>()?;
                Ok(texts.iter().filter_map(|text| text.parse().ok()).collect())
            })
            .await
    }
}

/// The same for the same set of devices, in whatever order.
fn fingerprint(devices: &[IpAddr]) -> String {
    let sorted: BTreeSet<_> = devices.iter().collect();
    let mut hash = Sha256::new();
    for device in sorted {
        hash.update(device.to_string());
        hash.update(" ");
    }
    files::hex(&hash.finalize())
}
