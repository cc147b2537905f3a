//! How a platform runs: what the command line offers, and what a caller in the same process can set.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use tonic::Code;

use super::auth::Token;
use super::blocking::Blocking;
use super::executor::Executor;
use super::failure::PlatformError;
use super::faults::{Action, Fault, FaultCall, Faults, Moment};
use super::fleet::Fleet;
use super::simulated::{Simulated, SimulatedOptions};
use crate::domain::{Clock, RemoteKind};

/// The options of `segdeck platform`.
#[derive(Debug, Clone, clap::Args)]
pub struct PlatformArgs {
    /// Address and port to listen on, e.g. 127.0.0.1:7600; port 0 takes a free one
    #[arg(long, value_name = "ADDR")]
    pub listen: SocketAddr,
    /// Folder that keeps everything across restarts; made if absent
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// Repositories it keeps [default: both]
    #[arg(long = "repository", value_name = "sdp|store15s")]
    pub repositories: Vec<RemoteKind>,
    /// Know N devices: seat-00001 at 10.0.0.1, seat-00002 at 10.0.0.2, ... [default: any address is a device]
    #[arg(long, value_name = "N", conflicts_with = "seats_from")]
    pub seats: Option<u32>,
    /// Know the devices of this file (CSV or TOML, as `seat import` takes it)
    #[arg(long, value_name = "FILE")]
    pub seats_from: Option<PathBuf>,
    /// What installs: "simulated" installs nothing and takes its time
    #[arg(long, value_name = "NAME", default_value = "simulated", value_parser = ["simulated"])]
    pub executor: String,
    /// Seconds a device takes on average
    #[arg(long, value_name = "F", default_value_t = 2.0)]
    pub seconds_per_seat: f64,
    /// Share of the devices that fail, 0 to 1
    #[arg(long, value_name = "F", default_value_t = 0.0)]
    pub failure_rate: f64,
    /// Devices that are offline
    #[arg(long, value_name = "IP", value_delimiter = ',')]
    pub offline: Vec<IpAddr>,
    /// Which devices fail, and how long each takes
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
    /// File with the bearer token that callers must show [default: none, anybody may call]
    #[arg(long, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// Certificate to serve TLS with (PEM)
    #[arg(long, value_name = "FILE", requires = "key_file")]
    pub cert_file: Option<PathBuf>,
    /// Its key (PEM)
    #[arg(long, value_name = "FILE", requires = "cert_file")]
    pub key_file: Option<PathBuf>,
    /// Ask callers for a certificate of this authority (PEM)
    #[arg(long, value_name = "FILE", requires = "cert_file")]
    pub client_ca_file: Option<PathBuf>,
    /// Refuse this many creates before the first is taken
    #[arg(long, value_name = "N", default_value_t = 0, hide = true)]
    pub fault_create: u32,
    /// Have no identity, as servers of before
    #[arg(long, hide = true)]
    pub anonymous: bool,
}

/// How a platform runs.
#[derive(Clone)]
pub struct PlatformOptions {
    /// The data folder.
    pub data: PathBuf,
    /// Which repositories it keeps.
    pub repositories: BTreeSet<RemoteKind>,
    /// Which devices it knows.
    pub fleet: Fleet,
    /// What installs.
    pub executor: Arc<dyn Executor>,
    /// What callers must show.
    pub token: Option<Token>,
    /// TLS.
    pub tls: Option<ServerTls>,
    /// The largest file it takes, in bytes.
    pub max_file_size: u64,
    /// The time.
    pub clock: Clock,
    /// Where work that blocks is done.
    pub blocking: Blocking,
    /// It tells nobody who it is, as servers of before: what that means for callers is tested.
    pub anonymous: bool,
    /// Faults that a test orders.
    pub faults: Arc<Faults>,
}

/// PEM texts to serve TLS with.
#[derive(Clone)]
pub struct ServerTls {
    /// Our certificate and those between it and its authority.
    pub cert: Vec<u8>,
    /// Its key.
    pub key: Vec<u8>,
    /// The authority of the callers' certificates; none: they need none.
    pub client_ca: Option<Vec<u8>>,
}

impl PlatformOptions {
    /// Both repositories, any device, the simulated executor as it is by default, no token, no TLS.
    pub fn new(data: impl Into<PathBuf>) -> Self {
        Self {
            data: data.into(),
            repositories: RemoteKind::ALL.into(),
            fleet: Fleet::Any,
            executor: Arc::new(Simulated::new(SimulatedOptions::default())),
            token: None,
            tls: None,
            max_file_size: 1 << 40,
            clock: Clock::system(),
            blocking: Blocking::default(),
            anonymous: false,
            faults: Arc::default(),
        }
    }
}

impl PlatformArgs {
    /// Reads the files that are named and checks the numbers.
    ///
    /// # Errors
    /// Says which option cannot work.
    pub fn options(&self) -> Result<PlatformOptions, PlatformError> {
        let wrong = |text: &str| Err(PlatformError::Options(text.to_owned()));
        if !(0.0..=1.0).contains(&self.failure_rate) {
            return wrong("--failure-rate is a number from 0 to 1");
        }
        if !(0.0..=86_400.0).contains(&self.seconds_per_seat) {
            return wrong("--seconds-per-seat is a number from 0 to 86400");
        }
        let mut options = PlatformOptions::new(&self.data);
        if !self.repositories.is_empty() {
            options.repositories = self.repositories.iter().copied().collect();
        }
        options.fleet = match (self.seats, &self.seats_from) {
            (Some(count), _) => Fleet::generated(count)?,
            (None, Some(path)) => Fleet::from_file(path)?,
            (None, None) => Fleet::Any,
        };
        options.executor = Arc::new(Simulated::new(SimulatedOptions {
            seconds_per_seat: self.seconds_per_seat,
            failure_rate: self.failure_rate,
            offline: self.offline.iter().copied().collect(),
            seed: self.seed,
        }));
        options.token = self.token_file.as_deref().map(Token::from_file).transpose()?;
        options.tls = self.tls()?;
        options.anonymous = self.anonymous;
        if self.fault_create > 0 {
            options.faults.add(Fault {
                call: FaultCall::Create,
                moment: Moment::Before,
                action: Action::Answer(Code::ResourceExhausted),
                times: self.fault_create,
            });
        }
        Ok(options)
    }

    fn tls(&self) -> Result<Option<ServerTls>, PlatformError> {
        let (Some(cert), Some(key)) = (&self.cert_file, &self.key_file) else { return Ok(None) };
        let read = |path: &PathBuf| {
            std::fs::read(path).map_err(|source| PlatformError::File {
                what: "read",
                path: path.clone(),
                source,
            })
        };
        let client_ca = self.client_ca_file.as_ref().map(read).transpose()?;
        Ok(Some(ServerTls { cert: read(cert)?, key: read(key)?, client_ca }))
    }
}
