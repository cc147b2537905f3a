//! The gRPC clients of the platforms, for the contract in `proto/`. What belongs here: calls, deadlines, and the
//! distrust of what comes back. What does not: trying again, other than with a fresh token.

mod channel;
mod checked;
mod deployment;
mod download;
mod pinned;
mod repository;
mod status;
mod token;
mod upload;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tonic::transport::{Channel, Endpoint};

use super::Remotes;
use crate::domain::{RemoteKind, plainly};
use crate::settings::{RemoteSettings, Settings};
use channel::Connection;

/// How long a connection may take to come about.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a call may take that sends and gets one message.
pub const UNARY_DEADLINE: Duration = Duration::from_secs(10);

/// How long the start of a task may take.
pub const BATCH_DEADLINE: Duration = Duration::from_secs(30);

/// How long an upload or a download may stand still, and a server may take after the last byte of an upload.
pub const STALL_DEADLINE: Duration = Duration::from_secs(60);

/// The slowest stream that is waited for to its end, in bytes a second.
pub const SLOWEST_STREAM: u64 = 64 * 1024;

/// Between two pings of a connection that is in use, and how long an answer may take.
pub const KEEPALIVE: Duration = Duration::from_secs(20);
/// How long a ping may go without an answer.
pub const KEEPALIVE_TIMEOUT: Duration = Duration::from_secs(10);

/// Largest message, in bytes; from the contract.
pub const MAX_MESSAGE: usize = 4 * 1024 * 1024;

/// Most devices of one task that this client sends; the contract lets a server refuse more.
pub const MAX_TASK_DEVICES: usize = 1000;

/// Makes a channel to an endpoint. It must not wait: the first call connects.
pub type Open = fn(&Endpoint) -> Channel;

/// Settings of a remote that cannot work.
#[derive(Debug, thiserror::Error)]
pub enum RemoteConfigError {
    /// The endpoint is no address.
    #[error("{remote}.endpoint {endpoint:?} is no address ({reason}); write it like https://host:7600")]
    Endpoint {
        /// The section.
        remote: RemoteKind,
        /// What is set.
        endpoint: String,
        /// Why not.
        reason: String,
    },
    /// TLS files that cannot work.
    #[error("the TLS files of {remote} cannot be used: {reason}")]
    Tls {
        /// The section.
        remote: RemoteKind,
        /// Why not.
        reason: String,
    },
    /// A file that is named but cannot be read.
    #[error("{remote}.{setting} names {}, which cannot be read: {}", path.display(), plainly(source))]
    File {
        /// The section.
        remote: RemoteKind,
        /// The key.
        setting: &'static str,
        /// Its value.
        path: PathBuf,
        /// What came back.
        source: std::io::Error,
    },
    /// A token that no header can carry.
    #[error("{remote}.token_file {} holds no token: it must be one line of visible ASCII characters", path.display())]
    Token {
        /// The section.
        remote: RemoteKind,
        /// The file.
        path: PathBuf,
    },
}

/// Clients for all endpoints that are set. Reads the files that are named; touches no network: connections come
/// about with the first call, and again after they are lost.
///
/// # Errors
/// Which setting cannot work, and why.
pub fn connect(settings: &Settings) -> Result<Remotes, RemoteConfigError> {
    let mut remotes = Remotes::default();
    for (kind, of) in [(RemoteKind::Sdp, &settings.sdp), (RemoteKind::Store15s, &settings.store15s)] {
        if !of.endpoint.is_empty() {
            remotes = connect_one(remotes, kind, of)?;
        }
    }
    Ok(remotes)
}

/// Adds the clients of one endpoint.
///
/// # Errors
/// As [`connect`].
pub fn connect_one(
    remotes: Remotes,
    kind: RemoteKind,
    settings: &RemoteSettings,
) -> Result<Remotes, RemoteConfigError> {
    connect_over(Endpoint::connect_lazy, remotes, kind, settings)
}

/// As [`connect_one`], over channels that are made in another way.
///
/// # Errors
/// As [`connect`].
pub fn connect_over(
    open: Open,
    remotes: Remotes,
    kind: RemoteKind,
    settings: &RemoteSettings,
) -> Result<Remotes, RemoteConfigError> {
    let connection = Arc::new(Connection::new(kind, settings, open)?);
    let remotes =
        remotes.with_repository(kind, Arc::new(repository::GrpcRepository::new(connection.clone())));
    Ok(match kind.deploys() {
        true => remotes.with_deployment(Arc::new(deployment::GrpcDeployment::new(connection))),
        false => remotes,
    })
}
