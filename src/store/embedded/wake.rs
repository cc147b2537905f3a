//! Waking those who watch: here at once, in other processes by a file that a commit touches.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::{Notify, watch};

use crate::store::Revision;

/// The last revision that this process knows of; watches wait for it to rise.
pub(super) type Known = watch::Sender<Revision>;

/// Tells of a revision, unless it is known.
pub(super) fn tell(known: &Known, revision: Revision) {
    known.send_if_modified(|last| {
        let news = revision > *last;
        *last = revision.max(*last);
        news
    });
}

/// What a commit wakes.
pub(super) struct Waker {
    pub(super) known: Arc<Known>,
    /// None where it could not be opened: the others look once a second anyway.
    pub(super) file: Option<File>,
}

impl Waker {
    /// Wakes the watches of this process, and those of others.
    pub(super) fn committed(&self, revision: Revision) {
        tell(&self.known, revision);
        if let Some(Err(error)) = self.file.as_ref().map(|file| file.write_all_at(b".", 0)) {
            tracing::debug!(%error, "the wake file cannot be touched");
        }
    }
}

/// Listens to the wake file for as long as what it returns lives; each touch wakes one waiter of `touched`.
/// Without it (no watch left for this user, say) the look once a second remains.
pub(super) fn listen(file: &Path, touched: Arc<Notify>) -> Option<RecommendedWatcher> {
    let told = move |event: notify::Result<notify::Event>| {
        if event.is_ok_and(|event| !matches!(event.kind, EventKind::Access(_))) {
            touched.notify_one();
        }
    };
    let listening = notify::recommended_watcher(told).and_then(|mut watcher| {
        watcher.watch(file, RecursiveMode::NonRecursive)?;
        Ok(watcher)
    });
    listening
        .inspect_err(|error| tracing::warn!(%error, "changes of other processes are seen only once a second"))
        .ok()
}
