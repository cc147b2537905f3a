//! The platform of the demo: in this process on a free port, or that of a demo that runs already.

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::seats;
use crate::cli::exit::Failure;
use crate::domain::plainly;
use crate::platform::{self, Fleet, PlatformError, PlatformOptions, Simulated, SimulatedOptions};

/// Seconds a seat takes on average.
const SECONDS_PER_SEAT: f64 = 3.0;

/// Some fail, so that there is something to retry.
const FAILURE_RATE: f64 = 0.05;

/// How often a platform that starts is asked whether it serves.
const ASK: std::time::Duration = std::time::Duration::from_millis(20);

/// A platform that serves.
pub(super) struct Server {
    /// Where.
    pub(super) address: SocketAddr,
    shutdown: CancellationToken,
    serving: Option<JoinHandle<Result<(), PlatformError>>>,
}

/// Starts it, or finds the one that runs on the same folder.
pub(super) async fn start(folder: &Path) -> Result<Server, Failure> {
    let failed =
        |error: io::Error| Failure::failed(format!("the demo's platform cannot start: {}", plainly(error)));
    let note = folder.join("address");
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let mut options = PlatformOptions::new(folder);
    let devices: BTreeMap<_, _> = seats::all().map(|seat| (seat.ip, seat.id.to_string())).collect();
    options.fleet = Fleet::Known(devices);
    options.executor = Arc::new(Simulated::new(SimulatedOptions {
        seconds_per_seat: SECONDS_PER_SEAT,
        failure_rate: FAILURE_RATE,
        ..SimulatedOptions::default()
    }));
    let shutdown = CancellationToken::new();
    let mut serving = tokio::spawn(platform::serve(options, listener, shutdown.clone()));
    let answers = async {
        // Served once the folder is ours; until then a connection only waits.
        while !super::answers(address).await {
            tokio::time::sleep(ASK).await;
        }
    };
    tokio::select! {
        () = answers => {}
        ended = &mut serving => {
            return match ended {
                Ok(Err(PlatformError::Busy(_))) => other(&note).await,
                Ok(Err(error)) => Err(Failure::failed(error.to_string())),
                Ok(Ok(())) | Err(_) => Err(Failure::failed("the demo's platform ended at once")),
            };
        }
    }
    std::fs::write(&note, address.to_string()).map_err(failed)?;
    Ok(Server { address, shutdown, serving: Some(serving) })
}

/// The platform of another demo process.
async fn other(note: &Path) -> Result<Server, Failure> {
    let address = std::fs::read_to_string(note).ok().and_then(|text| text.trim().parse().ok());
    match address {
        Some(address) if super::answers(address).await => {
            Ok(Server { address, shutdown: CancellationToken::new(), serving: None })
        }
        _ => Err(Failure::unavailable(
            "another demo holds the demo's folder but does not answer; end it, then try again",
        )),
    }
}

impl Server {
    /// Ends it if it is ours.
    pub(super) async fn stop(self) {
        self.shutdown.cancel();
        if let Some(serving) = self.serving {
            _ = serving.await;
        }
    }
}
