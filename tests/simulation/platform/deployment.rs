//! The deployment side: tasks and their devices.

use std::net::IpAddr;

use async_trait::async_trait;
use segdeck::domain::{OperationId, RemoteKind, SeatOp, SeatState};
use segdeck::remote::{Deployment, Device, DeviceResult, Devices, Meaning, Operation, RemoteError, TaskView};

use super::calls::Refusal;
use super::{Line, State, What};

impl State {
    fn take(
        &mut self,
        op: SeatOp,
        operation: &str,
        uid: &str,
        devices: &[IpAddr],
    ) -> Result<String, Refusal> {
        if let Some(Operation::Task(task)) = self.operations.get(&(None, operation.to_owned())) {
            let known = &self.tasks[task];
            let same = known.op == op && known.uid == uid && known.runs.keys().eq(sorted(devices).iter());
            return if same { Ok(task.clone()) } else { Err((Meaning::Refused, "known with other content")) };
        }
        let Some(object) = self.objects.get(&(RemoteKind::Sdp, uid.to_owned())) else {
            return Err((Meaning::NotFound, "no such uid"));
        };
        if op == SeatOp::Install && object.gone.is_some() {
            return Err((Meaning::NotFound, "no such segment"));
        }
        let prefix = object.id.prefix.clone();
        let task = self.take_task(op, uid, prefix, &sorted(devices));
        self.operations.insert((None, operation.to_owned()), Operation::Task(task.clone()));
        let devices = devices.iter().copied().collect();
        self.note(operation, What::Took { task: task.clone(), op, uid: uid.to_owned(), devices });
        Ok(task)
    }
}

fn sorted(devices: &[IpAddr]) -> Vec<IpAddr> {
    let set: std::collections::BTreeSet<IpAddr> = devices.iter().copied().collect();
    set.into_iter().collect()
}

impl Line {
    async fn batch(
        &self,
        op: SeatOp,
        operation: &OperationId,
        uid: &str,
        devices: &[IpAddr],
    ) -> Result<String, RemoteError> {
        let (id, uid, devices) = (operation.as_str().to_owned(), uid.to_owned(), devices.to_vec());
        self.call(op.as_str(), move |state| state.take(op, &id, &uid, &devices)).await
    }
}

#[async_trait]
impl Deployment for Line {
    async fn batch_install(
        &self,
        operation: &OperationId,
        uid: &str,
        devices: &[IpAddr],
    ) -> Result<String, RemoteError> {
        self.batch(SeatOp::Install, operation, uid, devices).await
    }

    async fn batch_uninstall(
        &self,
        operation: &OperationId,
        uid: &str,
        devices: &[IpAddr],
    ) -> Result<String, RemoteError> {
        self.batch(SeatOp::Uninstall, operation, uid, devices).await
    }

    async fn get_task(&self, task: &str) -> Result<TaskView, RemoteError> {
        let id = task.to_owned();
        let view = move |state: &mut State| match state.tasks.get(&id) {
            Some(task) if !task.forgotten => {
                let device = |(ip, run): (&IpAddr, &super::Run)| DeviceResult {
                    ip: *ip,
                    state: run.state,
                    percent: if run.state == SeatState::Succeeded { 100 } else { 0 },
                    message: Default::default(),
                };
                let devices = task.runs.iter().map(device).collect();
                Ok(TaskView { devices, done: task.runs.values().all(|run| run.state.is_terminal()) })
            }
            _ => Err((Meaning::NotFound, "no such task")),
        };
        self.call("get task", view).await
    }

    async fn cancel_task(&self, operation: &OperationId, task: &str) -> Result<(), RemoteError> {
        let (operation, task) = (operation.as_str().to_owned(), task.to_owned());
        let cancel = move |state: &mut State| {
            if state.tasks.get(&task).is_none_or(|task| task.forgotten) {
                return Err((Meaning::NotFound, "no such task"));
            }
            if state.operations.insert((None, operation.clone()), Operation::Cancelled).is_none() {
                state.cancel_task(&task);
                state.note(&operation, What::Cancelled { task });
            }
            Ok(())
        };
        self.call("cancel task", cancel).await
    }

    async fn list_devices(&self) -> Result<Devices, RemoteError> {
        let now = tokio::time::Instant::now();
        let list = move |state: &mut State| {
            let online = |(ip, device): (&IpAddr, &super::devices::Device)| Device {
                ip: *ip,
                online: device.offline <= now,
            };
            Ok(Devices { known: state.devices.iter().map(online).collect(), is_complete: true })
        };
        self.call("list devices", list).await
    }

    async fn list_installed(&self, device: IpAddr) -> Result<Vec<String>, RemoteError> {
        let list = move |state: &mut State| {
            let device = state.devices.get(&device).ok_or((Meaning::NotFound, "no such device"))?;
            Ok(device.installed.values().cloned().collect())
        };
        self.call("list installed", list).await
    }

    async fn find_operation(&self, operation: &OperationId) -> Result<Operation, RemoteError> {
        let key = (None, operation.as_str().to_owned());
        let find =
            move |state: &mut State| Ok(state.operations.get(&key).cloned().unwrap_or(Operation::Unknown));
        self.call("find operation", find).await
    }
}
