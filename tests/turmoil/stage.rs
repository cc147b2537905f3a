//! Two simulated hosts: one with the platform, which can crash and come back, and one where a test runs.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use segdeck::domain::{Clock, RemoteKind, Timestamp};
use segdeck::platform::{Blocking, PlatformOptions, Simulated, SimulatedOptions, serve_on};
use segdeck::remote::Remotes;
use segdeck::remote::grpc::{Open, connect_over};
use segdeck::settings::RemoteSettings;
use tokio_util::sync::CancellationToken;
use turmoil::net::TcpListener;

use super::network;

/// The names of the two hosts.
pub const HERE: &str = "console";
pub const PLATFORM: &str = "platform";

/// When every simulation begins, in milliseconds since 1970.
pub const BEGIN: i64 = 1_790_000_000_000;

/// What only the one who drives the simulation can do.
#[derive(Debug, Clone, Copy)]
enum Order {
    Crash,
    Bounce,
}

/// What a test on its host has in hand.
#[derive(Clone)]
pub struct Stage {
    data: PathBuf,
    now: Arc<AtomicI64>,
    orders: Rc<RefCell<VecDeque<Order>>>,
    tick: Duration,
}

impl Stage {
    /// The platform's data folder.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// The time on both hosts.
    pub fn clock(&self) -> Clock {
        let now = Arc::clone(&self.now);
        Clock::from_fn(move || Timestamp::from_millisecond(now.load(Ordering::Relaxed)).unwrap())
    }

    /// The platform's process dies where it stands; what is on its disk stays.
    pub async fn crash(&self) {
        self.order(Order::Crash).await;
    }

    /// It is started again, whether it runs or not.
    pub async fn bounce(&self) {
        self.order(Order::Bounce).await;
    }

    async fn order(&self, order: Order) {
        self.orders.borrow_mut().push_back(order);
        // Done between two ticks.
        tokio::time::sleep(self.tick * 2).await;
    }
}

/// Clients of the platform for both of its repositories.
pub fn remotes(open: Open) -> Remotes {
    let none = PathBuf::new;
    let settings = RemoteSettings {
        endpoint: format!("http://{PLATFORM}:{}", network::PORT),
        ca_file: none(),
        cert_file: none(),
        key_file: none(),
        token_file: none(),
    };
    RemoteKind::ALL
        .into_iter()
        .fold(Remotes::default(), |remotes, kind| connect_over(open, remotes, kind, &settings).unwrap())
}

/// Plays `act` on its host against a platform that installs so, in steps of `tick`; what it came to.
pub fn play<T: 'static>(
    seed: u64,
    tick: Duration,
    simulated: SimulatedOptions,
    act: impl AsyncFnOnce(Stage) -> T + 'static,
) -> T {
    let folder = tempfile::tempdir().unwrap();
    let stage = Stage {
        data: folder.path().to_owned(),
        now: Arc::new(AtomicI64::new(BEGIN)),
        orders: Rc::default(),
        tick,
    };
    let mut sim = turmoil::Builder::new()
        .rng_seed(seed)
        .tick_duration(tick)
        .simulation_duration(Duration::from_secs(24 * 3600))
        .max_message_latency(Duration::from_millis(60))
        // A segment is one write of at most a frame: the window of HTTP/2 is what bounds an upload.
        .tcp_capacity(1024)
        .build();
    let mut options = PlatformOptions::new(folder.path());
    options.clock = stage.clock();
    options.executor = Arc::new(Simulated::new(simulated));
    options.blocking = Blocking::AtOnce;
    sim.host(PLATFORM, move || {
        let options = options.clone();
        async move {
            let listener = TcpListener::bind(("0.0.0.0", network::PORT)).await?;
            let address = listener.local_addr()?;
            serve_on(options, address, network::connections(listener), CancellationToken::new()).await?;
            Ok(())
        }
    });
    let done = Rc::new(RefCell::new(None));
    let (playing, tell) = (stage.clone(), Rc::clone(&done));
    sim.client(HERE, async move {
        let came = act(playing).await;
        tell.replace(Some(came));
        Ok(())
    });
    loop {
        let ended = sim.step().unwrap();
        stage.now.store(BEGIN + i64::try_from(sim.elapsed().as_millis()).unwrap(), Ordering::Relaxed);
        if ended {
            break;
        }
        loop {
            let Some(order) = stage.orders.borrow_mut().pop_front() else { break };
            match order {
                Order::Crash => sim.crash(PLATFORM),
                Order::Bounce => sim.bounce(PLATFORM),
            }
        }
    }
    // Both hosts end, and let go of the folder.
    drop(sim);
    done.take().unwrap()
}
