//! A few connections that read, each on a blocking thread while it does.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::Semaphore;

use super::fault::fault;
use super::place::Place;
use super::schema::open_reader;
use crate::domain::words::{Say, say, word};
use crate::store::StoreError;

/// After this a call gives up.
pub(super) const DEADLINE: Duration = Duration::from_secs(5);

/// Reads at once; more wait.
const MOST: usize = 4;

/// The connections.
pub(super) struct Readers {
    place: Place,
    name: String,
    idle: Mutex<Vec<Connection>>,
    slots: Arc<Semaphore>,
}

impl Readers {
    /// None is open yet.
    pub(super) fn new(place: Place) -> Self {
        let name = place.name();
        Self { place, name, idle: Mutex::default(), slots: Arc::new(Semaphore::new(MOST)) }
    }

    /// Reads within one snapshot, which ends with the call. The inner error is the caller's own.
    pub(super) async fn read<T: Send + 'static>(
        self: &Arc<Self>,
        read: impl FnOnce(&Connection) -> rusqlite::Result<Result<T, StoreError>> + Send + 'static,
    ) -> Result<T, StoreError> {
        let task = async {
            let slot = Arc::clone(&self.slots).acquire_owned().await;
            let readers = Arc::clone(self);
            let task = tokio::task::spawn_blocking(move || {
                let _slot = slot;
                readers.read_now(read)
            });
            task.await.unwrap_or_else(|error| {
                Err(self.unavailable(say!("store-read-ended", error = error.to_string())))
            })
        };
        tokio::time::timeout(DEADLINE, task).await.unwrap_or_else(|_| {
            Err(self.unavailable(say!("store-no-answer", time = format!("{DEADLINE:?}"))))
        })
    }

    /// The same on the calling thread.
    pub(super) fn read_now<T>(
        &self,
        read: impl FnOnce(&Connection) -> rusqlite::Result<Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        self.place.check()?;
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => open_reader(&self.place)?,
        };
        let done = connection.unchecked_transaction().and_then(|snapshot| read(&snapshot));
        match done {
            Ok(done) => {
                self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
                done
            }
            // The connection goes with its error.
            Err(error) => Err(fault(&self.name, word!("doing-read"), &error)),
        }
    }

    fn unavailable(&self, reason: Say) -> StoreError {
        StoreError::Unavailable { store: self.name.clone(), reason }
    }
}
