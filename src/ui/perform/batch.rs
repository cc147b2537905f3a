//! The same is done to many segments, a few at a time.

use std::sync::Arc;

use futures::StreamExt;
use futures::stream;
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

use super::plain;
use crate::domain::SegmentId;
use crate::service::{DeleteOptions, Seen, Service};
use crate::ui::effect::{Action, Outcome};
use crate::ui::feed::Event;
use crate::ui::inbox::Sender;
use crate::ui::model::batch::Errand;

/// So many requests are on their way at once: enough to hide the way to the store, few enough for others' keys to
/// get through between them.
const AT_ONCE: usize = 8;

/// The batch under way.
pub(super) struct Batches {
    service: Arc<Service>,
    runtime: Handle,
    events: Sender,
    stop: CancellationToken,
}

impl Batches {
    pub(super) fn new(service: Arc<Service>, runtime: Handle, events: Sender) -> Self {
        Self { service, runtime, events, stop: CancellationToken::new() }
    }

    /// Begins; each segment has its answer, and the batch its end.
    pub(super) fn begin(&mut self, errand: Errand, segments: Vec<SegmentId>, seen: Seen) {
        self.stop = CancellationToken::new();
        let (service, stop, events) = (Arc::clone(&self.service), self.stop.clone(), self.events.clone());
        self.runtime.spawn(async move {
            let outcomes = stream::iter(segments)
                .take_while(|_| std::future::ready(!stop.is_cancelled()))
                .map(|id| one(&service, errand, id, seen))
                .buffer_unordered(AT_ONCE)
                .chain(stream::iter([Outcome::BatchEnded]));
            let mut outcomes = std::pin::pin!(outcomes);
            while let Some(outcome) = outcomes.next().await {
                if events.send(Event::Answer(Action::Done(outcome))).is_err() {
                    return;
                }
            }
        });
    }

    /// Begins no more of them; those on their way come to their end.
    pub(super) fn stop(&self) {
        self.stop.cancel();
    }
}

impl Drop for Batches {
    fn drop(&mut self) {
        // It does not outlive its console.
        self.stop.cancel();
    }
}

async fn one(service: &Service, errand: Errand, id: SegmentId, seen: Seen) -> Outcome {
    let result = match errand {
        Errand::Delete => {
            let options = DeleteOptions { seen, ..DeleteOptions::default() };
            service.delete(&id, &options).await.map(|_| ())
        }
        Errand::Retry => service.retry_create(&id, seen).await.map(|_| ()),
    };
    Outcome::BatchOne(id, result.map_err(plain))
}
