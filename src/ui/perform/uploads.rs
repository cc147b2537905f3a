//! Files are uploaded: each as a task of the runtime, with its progress told now and then.

use std::collections::HashMap;
use std::mem::{Discriminant, discriminant};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

use super::{paths, plain};
use crate::service::{Service, UploadProgress, UploadRequest};
use crate::ui::effect::{Action, NotUploaded, Outcome};
use crate::ui::feed::Event;
use crate::ui::inbox::Sender;

/// Progress of each kind is told at most so often.
const INTERVAL: Duration = Duration::from_millis(50);

/// The upload under way.
pub(super) struct Uploads {
    service: Arc<Service>,
    runtime: Handle,
    events: Sender,
    upload: CancellationToken,
}

impl Uploads {
    pub(super) fn new(service: Arc<Service>, runtime: Handle, events: Sender) -> Self {
        Self { service, runtime, events, upload: CancellationToken::new() }
    }

    /// Uploads a file.
    pub(super) fn upload(&mut self, number: u32, request: UploadRequest) {
        self.upload = CancellationToken::new();
        let (service, cancel, events) = (Arc::clone(&self.service), self.upload.clone(), self.events.clone());
        self.runtime.spawn(async move {
            let heard = paced(events.clone(), move |step: UploadProgress| Outcome::Uploading(number, step));
            let request = UploadRequest { file: paths::expand(&request.file), ..request };
            let uploaded = service.upload(&request, heard, &cancel).await;
            let uploaded = uploaded.map(|segment| segment.id).map_err(|error| match error {
                error if error.is_cancelled() => NotUploaded::Cancelled,
                error => NotUploaded::Failed(plain(error)),
            });
            tell(&events, Outcome::Uploaded(number, uploaded));
        });
    }

    /// Ends the upload under way; it takes away itself what it left half done.
    pub(super) fn cancel(&self) {
        self.upload.cancel();
    }
}

impl Drop for Uploads {
    fn drop(&mut self) {
        // It does not outlive its console.
        self.upload.cancel();
    }
}

/// Tells progress, but not more often than anybody can see.
pub(super) fn paced<P: Copy>(
    events: Sender,
    outcome: impl Fn(P) -> Outcome + Send + Sync,
) -> impl Fn(P) + Send + Sync {
    let told: Mutex<HashMap<Discriminant<P>, Instant>> = Mutex::default();
    move |step| {
        let Ok(mut told) = told.lock() else { return };
        let now = Instant::now();
        let due = |before: &Instant| now.duration_since(*before) >= INTERVAL;
        if told.get(&discriminant(&step)).is_none_or(due) {
            told.insert(discriminant(&step), now);
            tell(&events, outcome(step));
        }
    }
}

pub(super) fn tell(events: &Sender, outcome: Outcome) {
    // Nobody waits for it after the end.
    let _ = events.send(Event::Answer(Action::Done(outcome)));
}
