//! `segdeck platform`: the reference platform on a port.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

use super::exit::{Exit, Failure, Outcome};
use super::output::Output;
use super::{log, signals};
use crate::domain::plainly;
use crate::platform::{self, PlatformArgs, PlatformError};

/// Serves until Ctrl-C or SIGTERM; the address is printed first, since port 0 takes a free one.
pub(super) async fn run(output: Output, arguments: PlatformArgs) -> Outcome {
    let options = arguments.options().map_err(|error| match error {
        PlatformError::Options(reason) => Failure::usage(reason),
        other => Failure::invalid(other.to_string()),
    })?;
    let listener = TcpListener::bind(arguments.listen).await.map_err(|error| {
        Failure::unavailable(format!("{} cannot be listened on: {}", arguments.listen, plainly(error)))
    })?;
    let address = listener
        .local_addr()
        .map_err(|error| Failure::unavailable(format!("{} is no address: {error}", arguments.listen)))?;
    let _log = log::start(None, true)?;
    let started = json!({ "listen": address.to_string(), "data": arguments.data });
    let told_to_end = signals::ended();
    let shutdown = CancellationToken::new();
    let serving = platform::serve(options, listener, shutdown.clone());
    tokio::pin!(serving);
    // A folder that another process has shows before anything is promised.
    let early = tokio::select! {
        ended = &mut serving => Some(ended),
        () = answers(address) => None,
    };
    let ended = match early {
        Some(ended) => ended,
        None => {
            output.drawn(&started, || format!("listening on {address}\n"))?;
            tokio::select! {
                ended = &mut serving => ended,
                () = told_to_end => {
                    shutdown.cancel();
                    serving.await
                }
            }
        }
    };
    ended.map_err(|error| match error {
        PlatformError::Busy(_) => Failure::unavailable(error.to_string()),
        other => Failure::failed(other.to_string()),
    })?;
    Ok(Exit::DONE)
}

/// Returns once the server reads from its connections: the kernel alone takes them, but says nothing. To these
/// first bytes of HTTP/2 a server without TLS answers with its own, one with TLS with an alert.
async fn answers(mut address: SocketAddr) {
    const HELLO: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
    if address.ip().is_unspecified() {
        let loopback =
            if address.is_ipv4() { Ipv4Addr::LOCALHOST.into() } else { Ipv6Addr::LOCALHOST.into() };
        address.set_ip(loopback);
    }
    loop {
        if let Ok(mut stream) = TcpStream::connect(address).await
            && stream.write_all(HELLO).await.is_ok()
        {
            // Even a connection that is closed was seen by somebody.
            _ = stream.read(&mut [0]).await;
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
