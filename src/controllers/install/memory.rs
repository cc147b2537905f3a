//! What a leader remembers of the installs it drives. Nothing is lost with it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::current::Install;
use crate::domain::RecordId;

/// Installs as they were last saved, and when each was polled.
#[derive(Default)]
pub(in crate::controllers) struct Memory(Mutex<HashMap<RecordId, Remembered>>);

#[derive(Default)]
struct Remembered {
    install: Option<Install>,
    polled: Option<Instant>,
}

impl Memory {
    fn with<T>(&self, record: RecordId, act: impl FnOnce(&mut Remembered) -> T) -> T {
        act(self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(record).or_default())
    }

    /// The install as it was last saved. It is gone from here until [`Memory::keep`], so that a step that
    /// failed half-way leaves nothing stale.
    pub(super) fn take(&self, record: RecordId) -> Option<Install> {
        self.with(record, |remembered| remembered.install.take())
    }

    /// Remembers an install until the next look.
    pub(super) fn keep(&self, record: RecordId, install: Install) {
        self.with(record, |remembered| remembered.install = Some(install));
    }

    /// How long until the next poll is due; `None` when it is now, which counts as polled. Changes wake a
    /// worker more often than that.
    pub(super) fn poll_due(&self, record: RecordId, interval: Duration) -> Option<Duration> {
        let now = Instant::now();
        self.with(record, |remembered| match remembered.polled {
            Some(at) if at + interval > now => Some(at + interval - now),
            _ => {
                remembered.polled = Some(now);
                None
            }
        })
    }

    /// How long until the next poll is due, without one.
    pub(super) fn until_poll(&self, record: RecordId, interval: Duration) -> Duration {
        let polled = self.with(record, |remembered| remembered.polled);
        polled.map_or(Duration::ZERO, |at| (at + interval).saturating_duration_since(Instant::now()))
    }

    /// There is nothing new to be heard before the next poll is due.
    pub(super) fn polled(&self, record: RecordId) {
        self.with(record, |remembered| remembered.polled = Some(Instant::now()));
    }

    /// The install has ended.
    pub(super) fn forget(&self, record: RecordId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&record);
    }
}
