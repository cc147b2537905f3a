//! Serves both services on one port until it is told to stop.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures::Stream;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::server::{Connected, TcpIncoming};
use tonic::transport::{Certificate, Identity, Server, ServerTlsConfig};

use super::auth::Guard;
use super::deployment_service::DeploymentService;
use super::failure::PlatformError;
use super::identity::Meant;
use super::options::PlatformOptions;
use super::repository_service::RepositoryService;
use super::state::State;
use crate::proto::deployment_server::DeploymentServer;
use crate::proto::segment_repository_server::SegmentRepositoryServer;

/// Largest message, in bytes; from the contract.
const MAX_MESSAGE: usize = 4 * 1024 * 1024;

/// HTTP/2 windows: a chunk of a stream, some streams of a connection.
const STREAM_WINDOW: u32 = 1024 * 1024;
const CONNECTION_WINDOW: u32 = 8 * 1024 * 1024;

/// Largest HTTP/2 frame that the other side may send. Of the 16 KiB that are usual, a chunk takes seventeen, each
/// with its own way through every layer.
const FRAME: u32 = 256 * 1024;

/// How long calls under way get to end after the order to stop.
const GRACE: Duration = Duration::from_secs(2);

/// How often uploads that broke off long ago are removed.
const SWEEP: Duration = Duration::from_secs(3600);

/// Serves on `listener` until `shutdown`. The data folder is free again when it returns.
///
/// # Errors
/// When the options cannot work, the data folder cannot be used or another process has it.
pub async fn serve(
    options: PlatformOptions,
    listener: TcpListener,
    shutdown: CancellationToken,
) -> Result<(), PlatformError> {
    let address = listener.local_addr().map_err(ended)?;
    if options.token.is_none() && !address.ip().is_loopback() {
        tracing::warn!(%address, "anybody who reaches this address may use the platform; set --token-file");
    }
    serve_on(options, address, TcpIncoming::from(listener).with_nodelay(Some(true)), shutdown).await
}

/// As [`serve`], on connections that come from elsewhere.
///
/// # Errors
/// As [`serve`].
pub async fn serve_on<C>(
    options: PlatformOptions,
    address: SocketAddr,
    connections: impl Stream<Item = io::Result<C>>,
    shutdown: CancellationToken,
) -> Result<(), PlatformError>
where
    C: AsyncRead + AsyncWrite + Connected + Unpin + Send + 'static,
{
    let guard = Guard(options.token.clone());
    let mut server = Server::builder()
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_frame_size(FRAME)
        .http2_keepalive_interval(Some(Duration::from_secs(20)))
        .http2_keepalive_timeout(Some(Duration::from_secs(10)));
    if let Some(tls) = &options.tls {
        let mut config = ServerTlsConfig::new().identity(Identity::from_pem(&tls.cert, &tls.key));
        if let Some(authority) = &tls.client_ca {
            config = config.client_ca_root(Certificate::from_pem(authority));
        }
        server = server.tls_config(config).map_err(|error| {
            PlatformError::Options(format!("certificate and key cannot be used: {error}"))
        })?;
    }
    let state = Arc::new(State::open(options).await?);
    tracing::info!(%address, data = %state.options.data.display(), "the platform serves");
    let repository = SegmentRepositoryServer::new(RepositoryService(state.clone()))
        .max_decoding_message_size(MAX_MESSAGE)
        .max_encoding_message_size(MAX_MESSAGE);
    let deployment = DeploymentServer::new(DeploymentService(state.clone()))
        .max_decoding_message_size(MAX_MESSAGE)
        .max_encoding_message_size(MAX_MESSAGE);
    // Who may not call at all is told nothing, not even which platform this is.
    let meant = Meant(state.identity());
    let repository = InterceptedService::new(repository, meant.clone());
    let deployment = InterceptedService::new(deployment, meant);
    let serving = server
        .add_service(InterceptedService::new(repository, guard.clone()))
        .add_service(InterceptedService::new(deployment, guard))
        .serve_with_incoming_shutdown(connections, shutdown.clone().cancelled_owned());
    let stopped = async {
        shutdown.cancelled().await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        biased;
        served = serving => served.map_err(ended),
        () = stopped => Ok(()),
        () = sweep(&state) => Ok(()),
    }
}

fn ended(error: impl std::fmt::Display) -> PlatformError {
    PlatformError::Server(error.to_string())
}

/// Removes old partial uploads for ever.
async fn sweep(state: &State) {
    loop {
        tokio::time::sleep(SWEEP).await;
        if let Err(error) = state.files.sweep_partial() {
            tracing::warn!(%error, "old uploads stay for now");
        }
    }
}
