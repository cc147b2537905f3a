//! What both services share: database, files, uploads under way, options.

use std::fs::File;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::Transaction;
use tonic::Status;

use super::database::Database;
use super::failure::{Failure, PlatformError};
use super::files::{self, Files};
use super::options::PlatformOptions;
use super::uploads::Uploads;
use super::{operations, segments, work};
use crate::proto;

/// The name of the database below the data folder.
pub(super) const DATABASE: &str = "platform.db";

/// How long a predecessor in the same process gets to let go of the folder.
const LOCK_TRIES: u32 = 30;
const LOCK_PAUSE: Duration = Duration::from_millis(100);

/// A platform that is open.
pub(super) struct State {
    pub(super) options: PlatformOptions,
    pub(super) database: Database,
    pub(super) files: Files,
    pub(super) uploads: Uploads,
    pub(super) work: work::Board,
    /// Held as long as anything uses the folder.
    _lock: File,
}

impl State {
    /// Opens the data folder and tidies up after whatever ended the process before.
    pub(super) async fn open(options: PlatformOptions) -> Result<Self, PlatformError> {
        let data = options.data.clone();
        std::fs::create_dir_all(&data).map_err(|source| PlatformError::File {
            what: "make the folder",
            path: data.clone(),
            source,
        })?;
        let mut tries = 0;
        let lock = loop {
            match files::lock(&data)? {
                Some(lock) => break lock,
                None if tries == LOCK_TRIES => return Err(PlatformError::Busy(data)),
                None => tries += 1,
            }
            tokio::time::sleep(LOCK_PAUSE).await;
        };
        let files = Files::open(&data)?;
        let path = data.join(DATABASE);
        let database = Database::open(&path, options.blocking)?;
        let now = options.clock.now().as_millisecond();
        let uids = database
            .transact(|tx| {
                operations::forget_old(tx, now)?;
                segments::uids(tx)
            })
            .map_err(|failure| match failure {
                Failure::Database(source) => PlatformError::Database { path, source },
                other => PlatformError::Server(Status::from(other).message().to_owned()),
            })?;
        files.sweep(&uids).map_err(|source| PlatformError::File { what: "tidy up", path: data, source })?;
        let work = work::Board::new(options.executor.clone(), options.fleet.clone());
        Ok(Self { options, database, files, uploads: Uploads::default(), work, _lock: lock })
    }

    /// Brings all work up to date and runs `change` on it, in one transaction.
    pub(super) async fn transact<T: Send + 'static>(
        self: &Arc<Self>,
        change: impl FnOnce(&Transaction<'_>, i64) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Status> {
        let state = self.clone();
        let done = self
            .database
            .run(move |tx| {
                let now = state.now();
                state.work.settle(tx, now)?;
                change(tx, now)
            })
            .await;
        if done.is_err() {
            self.work.forget_seen();
        }
        done
    }

    /// Who this platform is, if it tells.
    pub(super) fn identity(&self) -> Option<String> {
        (!self.options.anonymous).then(|| self.database.identity.clone())
    }

    /// The time, in milliseconds since 1970.
    pub(super) fn now(&self) -> i64 {
        self.options.clock.now().as_millisecond()
    }
}

/// Milliseconds as the contract's time.
pub(super) fn timestamp(ms: i64) -> prost_types::Timestamp {
    prost_types::Timestamp { seconds: ms.div_euclid(1000), nanos: (ms.rem_euclid(1000) * 1_000_000) as i32 }
}

/// A device state as the contract has it.
pub(super) fn is_final(state: proto::DeviceState) -> bool {
    state as i32 >= proto::DeviceState::Succeeded as i32
}
