//! Files are read before they are uploaded: each as a task of the runtime, with its progress told now and then.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

use super::uploads::{paced, tell};
use super::{paths, plain};
use crate::service::{InspectProgress, Service, inspect};
use crate::ui::effect::Outcome;
use crate::ui::inbox::Sender;

/// Readings under way.
pub(super) struct Readings {
    service: Arc<Service>,
    runtime: Handle,
    events: Sender,
    readings: BTreeMap<u32, CancellationToken>,
}

impl Readings {
    pub(super) fn new(service: Arc<Service>, runtime: Handle, events: Sender) -> Self {
        Self { service, runtime, events, readings: BTreeMap::new() }
    }

    /// Reads a file and tells what it holds.
    pub(super) fn begin(&mut self, number: u32, file: PathBuf) {
        let cancel = CancellationToken::new();
        // What is at its end says so by its token.
        self.readings.retain(|_, reading| !reading.is_cancelled());
        self.readings.insert(number, cancel.clone());
        let (service, events) = (Arc::clone(&self.service), self.events.clone());
        self.runtime.spawn(async move {
            let heard = paced(events.clone(), move |step: InspectProgress| Outcome::Inspecting(number, step));
            let found = inspect(&paths::expand(&file), &service.settings.upload, heard, &cancel).await;
            cancel.cancel();
            tell(&events, Outcome::Inspected(number, found.map(Arc::new).map_err(plain)));
        });
    }

    /// Nobody wants to know any more.
    pub(super) fn stop(&mut self, number: u32) {
        if let Some(reading) = self.readings.remove(&number) {
            reading.cancel();
        }
    }
}

impl Drop for Readings {
    fn drop(&mut self) {
        // None of them outlives its console.
        self.readings.values().for_each(CancellationToken::cancel);
    }
}
