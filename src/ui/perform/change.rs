//! Changes are asked of the service: the only place of the console that can.

use std::future::Future;
use std::sync::Arc;

use tokio::runtime::Handle;

use super::batch::Batches;
use super::plain;
use super::uploads::Uploads;
use crate::domain::install::Command;
use crate::domain::words::Say;
use crate::service::{DeleteOptions, InTrash, InstallOptions, Service, ServiceError};
use crate::ui::change::Change;
use crate::ui::effect::{Action, Outcome, PlanRequest};
use crate::ui::feed::Event;
use crate::ui::inbox::Sender;

/// Does changes, each as a task of the runtime.
pub(super) struct Changes {
    service: Arc<Service>,
    runtime: Handle,
    events: Sender,
    uploads: Uploads,
    batch: Batches,
}

impl Changes {
    pub(super) fn new(service: Arc<Service>, runtime: Handle, events: Sender) -> Self {
        let batch = Batches::new(Arc::clone(&service), runtime.clone(), events.clone());
        let uploads = Uploads::new(Arc::clone(&service), runtime.clone(), events.clone());
        Self { service, runtime, events, uploads, batch }
    }

    /// Begins a change; returns at once.
    pub(super) fn begin(&mut self, change: Change) {
        let service = Arc::clone(&self.service);
        match change {
            Change::Upload { number, request } => self.uploads.upload(number, request),
            Change::Batch { errand, segments, seen } => self.batch.begin(errand, segments, seen),
            Change::Install { request, seen, confirmed } => self.answer(async move {
                let PlanRequest { segment, wanted, leave_out, rollout } = request;
                let options = InstallOptions { seen: Some(seen), confirmed, rollout, leave_out };
                let view = service.install(&segment, &wanted, &options).await;
                Outcome::Installed(segment, view.map(|view| view.map(|view| view.record.id)).map_err(refused))
            }),
            Change::Bind { segment, seats, seen } => self.answer(async move {
                let bound = service.bind(&segment, &seats, Some(seen)).await;
                Outcome::Bound(segment, bound.map(|seats| seats.len()).map_err(refused))
            }),
            Change::Delete(segment, seen) => self.answer(async move {
                let deleted =
                    service.delete(&segment, &DeleteOptions { seen, ..DeleteOptions::default() }).await;
                Outcome::Deleted(segment, deleted.map(|_| ()).map_err(refused))
            }),
            Change::Restore { entry, segment } => self.answer(async move {
                let restored = service.restore(&InTrash::Entry(entry)).await;
                Outcome::Restored(segment, restored.map(|_| ()).map_err(refused))
            }),
            Change::Empty { entry, segment } => self.answer(async move {
                let marked = service.empty_trash(Some(&InTrash::Entry(entry)), None).await;
                Outcome::Emptying(segment, marked.map(|_| ()).map_err(refused))
            }),
            Change::RetryCreate(segment, seen) => self.answer(async move {
                let retried = service.retry_create(&segment, seen).await;
                Outcome::Retried(segment, retried.map(|_| ()).map_err(refused))
            }),
            Change::Control(record, command, seen) => self.answer(async move {
                let controlled = service.control(record, command, "", seen).await;
                Outcome::Controlled(record, command, controlled.map(|_| ()).map_err(refused))
            }),
            Change::RetryAlike(record, alike, seen) => self.answer(async move {
                let retried = service.retry_alike(record, &alike, "", seen).await;
                Outcome::Controlled(record, Command::Retry, retried.map(|_| ()).map_err(refused))
            }),
            Change::ForceFinish { record, reason, seen } => self.answer(async move {
                let finished = service.force_finish(record, &reason, true, seen).await;
                Outcome::ForceFinished(record, finished.map(|_| ()).map_err(refused))
            }),
            Change::Freeze(reason) => self.answer(async move {
                Outcome::Frozen(true, service.freeze(&reason).await.map(|_| ()).map_err(refused))
            }),
            Change::Unfreeze => {
                self.answer(async move { Outcome::Frozen(false, service.unfreeze().await.map_err(refused)) });
            }
            Change::Sync { remote, confirm } => self.answer(async move {
                let request = service.request_sync(remote, confirm).await;
                Outcome::SyncAsked(remote, request.map(|request| request.id).map_err(refused))
            }),
        }
    }

    /// Begins no more of a batch; those on their way come to their end.
    pub(super) fn stop_batch(&self) {
        self.batch.stop();
    }

    /// Ends the upload under way.
    pub(super) fn cancel_upload(&self) {
        self.uploads.cancel();
    }

    fn answer(&self, outcome: impl Future<Output = Outcome> + Send + 'static) {
        let events = self.events.clone();
        self.runtime.spawn(async move {
            // Nobody waits for an answer after the end.
            let _ = events.send(Event::Answer(Action::Done(outcome.await)));
        });
    }
}

/// Something that was to be done; the log keeps why not, also for who looks elsewhere when it is told.
fn refused(error: ServiceError) -> Say {
    tracing::warn!(%error, "what was asked for is not done");
    plain(error)
}
