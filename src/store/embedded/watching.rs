//! A running watch: waits for the revision to rise, then reads what happened from the log.

use std::sync::Arc;

use tokio::sync::{mpsc, watch};

use super::readers::Readers;
use super::rows;
use crate::store::{Revision, StoreError, Watch, WatchBatch};

/// Batches that wait for their receiver; what comes after stays in the log.
const BATCHES: usize = 8;

/// Begins a watch at `from`, which may lie in the future.
pub(super) fn begin(
    readers: Arc<Readers>,
    known: watch::Receiver<Revision>,
    prefix: Arc<str>,
    from: Revision,
) -> Watch {
    let (events, watch) = mpsc::channel(BATCHES);
    tokio::spawn(run(readers, known, prefix, from, events));
    watch
}

async fn run(
    readers: Arc<Readers>,
    mut known: watch::Receiver<Revision>,
    prefix: Arc<str>,
    mut next: Revision,
    events: mpsc::Sender<Result<WatchBatch, StoreError>>,
) {
    loop {
        let risen = tokio::select! {
            () = events.closed() => return,
            risen = known.wait_for(|revision| *revision >= next) => risen.is_ok(),
        };
        if !risen {
            return; // the store is closed
        }
        let (prefix, from) = (Arc::clone(&prefix), next);
        let read = readers.read(move |connection| {
            let state = rows::state(connection)?;
            if from < state.compacted {
                return Ok(Err(StoreError::Compacted { revision: state.compacted }));
            }
            rows::changes(connection, &prefix, from, state.revision).map(Ok)
        });
        let batch = read.await;
        let goes_on = batch.is_ok();
        if let Ok(batch) = &batch {
            next = batch.revision.saturating_add(1).max(next);
        }
        let is_news = batch.as_ref().map_or(true, |batch| !batch.events.is_empty());
        if is_news && events.send(batch).await.is_err() {
            return;
        }
        if !goes_on {
            return;
        }
    }
}
