//! One connection to one platform: made with the first call, with a deadline, a token and a name for each call.

use std::path::Path;
use std::sync::OnceLock;
use std::time::Duration;

use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint, Identity};
use tonic::{Code, Request, Response, Status};

use super::pinned::Pinned;
use super::token::TokenFile;
use super::{CONNECT_TIMEOUT, KEEPALIVE, KEEPALIVE_TIMEOUT, Open, RemoteConfigError};
use crate::domain::RemoteKind;
use crate::proto;
use crate::remote::RemoteError;
use crate::settings::RemoteSettings;

/// HTTP/2 windows: a chunk of a stream, some streams of a connection.
const STREAM_WINDOW: u32 = 1024 * 1024;
const CONNECTION_WINDOW: u32 = 8 * 1024 * 1024;

/// Largest HTTP/2 frame that the other side may send. Of the 16 KiB that are usual, a chunk takes seventeen, each
/// with its own way through every layer.
const FRAME: u32 = 256 * 1024;

/// Longest wait for the answer to a call beyond the deadline the server was told.
const ROUND_TRIP: Duration = Duration::from_secs(1);

/// A connection to a platform.
pub(super) struct Connection {
    pub(super) kind: RemoteKind,
    /// As configured; for messages.
    pub(super) endpoint: String,
    target: Endpoint,
    open: Open,
    channel: OnceLock<Channel>,
    token: Option<TokenFile>,
    /// Whom calls are meant for.
    pub(super) pinned: Pinned,
}

impl Connection {
    pub(super) fn new(
        kind: RemoteKind,
        settings: &RemoteSettings,
        open: Open,
    ) -> Result<Self, RemoteConfigError> {
        Ok(Self {
            kind,
            endpoint: settings.endpoint.clone(),
            target: target(kind, settings)?,
            open,
            channel: OnceLock::new(),
            pinned: Pinned::default(),
            token: match settings.token_file.as_os_str().is_empty() {
                true => None,
                false => Some(TokenFile::open(kind, &settings.token_file)?),
            },
        })
    }

    /// The repository as the contract names it.
    pub(super) fn repository(&self) -> i32 {
        match self.kind {
            RemoteKind::Sdp => proto::Repository::Sdp as i32,
            RemoteKind::Store15s => proto::Repository::Store15s as i32,
        }
    }

    /// The channel; it needs a runtime, so it is made with the first call.
    pub(super) fn channel(&self) -> Channel {
        self.channel.get_or_init(|| (self.open)(&self.target)).clone()
    }

    /// A message with token and deadline.
    pub(super) fn request<T>(&self, message: T, deadline: Duration) -> Request<T> {
        let mut request = Request::new(message);
        request.set_timeout(deadline);
        self.pinned.mark(request.metadata_mut());
        if let Some(token) = &self.token {
            request.metadata_mut().insert("authorization", token.header());
        }
        request
    }

    /// Looks for a rotated token before a call that cannot be repeated.
    pub(super) async fn freshen(&self) {
        if let Some(token) = &self.token {
            token.refresh().await;
        }
    }

    /// Makes a call with one answer: within its deadline, and once more if the token was rotated.
    pub(super) async fn call<Q, A, F>(
        &self,
        call: &str,
        deadline: Duration,
        message: Q,
        send: impl Fn(Channel, Request<Q>) -> F,
    ) -> Result<A, RemoteError>
    where
        Q: Clone,
        F: Future<Output = Result<Response<A>, Status>>,
    {
        self.open(call, deadline, deadline, message, send).await
    }

    /// Makes a call whose answer begins within `first` and may go on until `deadline`.
    pub(super) async fn open<Q, A, F>(
        &self,
        call: &str,
        first: Duration,
        deadline: Duration,
        message: Q,
        send: impl Fn(Channel, Request<Q>) -> F,
    ) -> Result<A, RemoteError>
    where
        Q: Clone,
        F: Future<Output = Result<Response<A>, Status>>,
    {
        let mut fresh = false;
        loop {
            let sending = send(self.channel(), self.request(message.clone(), deadline));
            let answer = tokio::time::timeout(first + ROUND_TRIP, sending)
                .await
                .map_err(|_| self.late(call, first))?;
            match answer {
                Ok(answer) => return Ok(answer.into_inner()),
                Err(status) if status.code() == Code::Unauthenticated && !fresh => {
                    fresh = true;
                    match &self.token {
                        Some(token) if token.refresh().await => {}
                        _ => return Err(self.error(call, &status)),
                    }
                }
                Err(status) => return Err(self.error(call, &status)),
            }
        }
    }
}

/// Where and how to connect.
fn target(remote: RemoteKind, settings: &RemoteSettings) -> Result<Endpoint, RemoteConfigError> {
    let text = &settings.endpoint;
    let wrong = |reason: String| RemoteConfigError::Endpoint { remote, endpoint: text.clone(), reason };
    let endpoint = Endpoint::from_shared(text.clone()).map_err(|error| wrong(error.to_string()))?;
    let scheme = endpoint.uri().scheme_str().unwrap_or_default().to_owned();
    if endpoint.uri().host().is_none_or(str::is_empty) {
        return Err(wrong("it names no host".to_owned()));
    }
    if endpoint.uri().authority().is_some_and(|authority| authority.as_str().contains('@')) {
        return Err(wrong("user and password do not belong into it; use token_file".to_owned()));
    }
    let endpoint = endpoint
        .connect_timeout(CONNECT_TIMEOUT)
        .tcp_nodelay(true)
        .http2_keep_alive_interval(KEEPALIVE)
        .keep_alive_timeout(KEEPALIVE_TIMEOUT)
        .keep_alive_while_idle(false)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_frame_size(FRAME);
    match scheme.as_str() {
        "http" if has_tls_files(settings) => Err(RemoteConfigError::Tls {
            remote,
            reason: "the endpoint begins with http://; write https://".to_owned(),
        }),
        "http" => Ok(endpoint),
        "https" => {
            let config = tls(remote, settings)?;
            let reason = |error: tonic::transport::Error| {
                let source = std::error::Error::source(&error).map(ToString::to_string);
                RemoteConfigError::Tls { remote, reason: source.unwrap_or_else(|| error.to_string()) }
            };
            endpoint.tls_config(config).map_err(reason)
        }
        _ => Err(wrong("it begins with neither http:// nor https://".to_owned())),
    }
}

fn has_tls_files(settings: &RemoteSettings) -> bool {
    [&settings.ca_file, &settings.cert_file, &settings.key_file]
        .iter()
        .any(|path| !path.as_os_str().is_empty())
}

fn tls(remote: RemoteKind, settings: &RemoteSettings) -> Result<ClientTlsConfig, RemoteConfigError> {
    let read = |setting: &'static str, path: &Path| {
        std::fs::read(path).map_err(|source| RemoteConfigError::File {
            remote,
            setting,
            path: path.to_owned(),
            source,
        })
    };
    let wrong = |reason: &str| RemoteConfigError::Tls { remote, reason: reason.to_owned() };
    let set = |path: &Path| !path.as_os_str().is_empty();
    if !set(&settings.ca_file) {
        return Err(wrong(
            "https:// needs ca_file; for a certificate of a public authority name the system's bundle, \
             e.g. /etc/ssl/certs/ca-certificates.crt",
        ));
    }
    let authority = Certificate::from_pem(read("ca_file", &settings.ca_file)?);
    let config = ClientTlsConfig::new().ca_certificate(authority);
    match (set(&settings.cert_file), set(&settings.key_file)) {
        (false, false) => Ok(config),
        (true, true) => {
            let cert = read("cert_file", &settings.cert_file)?;
            Ok(config.identity(Identity::from_pem(cert, read("key_file", &settings.key_file)?)))
        }
        _ => Err(wrong("cert_file and key_file belong together")),
    }
}
