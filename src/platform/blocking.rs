//! Where the platform does what blocks: its database and its files.

use tonic::Status;

/// Where work that blocks is done. No piece of it waits for anything but the disk, least of all for the network.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Blocking {
    /// Off the async threads.
    #[default]
    Threads,
    /// Where it comes up. For a runtime that has all the time it wants, and where everything shall go the same way
    /// each time: that of a simulation.
    AtOnce,
}

impl Blocking {
    /// Does it; on another thread also to its end if the caller is dropped.
    pub(super) async fn run<T: Send + 'static>(
        self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Status> {
        match self {
            Self::Threads => tokio::task::spawn_blocking(work)
                .await
                .map_err(|error| Status::internal(format!("the platform stumbled: {error}"))),
            Self::AtOnce => Ok(work()),
        }
    }
}
