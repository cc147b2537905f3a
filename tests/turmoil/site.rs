//! A site whose controllers reach the real platform over the simulated network: records and files in memory, and the
//! consoles that come and go.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use object_store::memory::InMemory;
use segdeck::controllers::{self, Controllers};
use segdeck::domain::audit::Actor;
use segdeck::domain::seat::SeatInput;
use segdeck::domain::{Clock, RemoteKind, SeatId, SegmentId, Timestamp};
use segdeck::platform::generated_device;
use segdeck::remote::Remotes;
use segdeck::service::{Service, UploadRequest};
use segdeck::settings::Settings;
use segdeck::storage::SharedStorage;
use segdeck::store::{Cache, Pace, Spread};
use tokio_util::sync::CancellationToken;

use super::archive;
use super::model_store::{Author, ModelStore};
use super::stage::{BEGIN, Stage};

/// Seats of every site.
pub const SEATS: u32 = 5;

/// Segments of every site: two versions of one prefix, another prefix, and one that nothing installs.
pub const SEGMENTS: [(&str, &str, RemoteKind); 4] = [
    ("nav", "1.0", RemoteKind::Sdp),
    ("nav", "2.0", RemoteKind::Sdp),
    ("map", "1.0", RemoteKind::Sdp),
    ("tool", "1.0", RemoteKind::Store15s),
];

/// Bytes of each file that do not compress: their uploads take long enough to be interrupted.
const PAYLOAD: u64 = 300_000;

pub fn segment(n: usize) -> SegmentId {
    let (prefix, version, _) = SEGMENTS[n];
    SegmentId::new(prefix.parse().unwrap(), version.parse().unwrap())
}

pub fn seat(n: u32) -> SeatId {
    generated_device(n).0.parse().unwrap()
}

fn settings() -> Settings {
    let mut settings = Settings::defaults(&PathBuf::from("/nowhere")).unwrap();
    settings.controllers.lease_ttl = Duration::from_secs(6);
    settings.controllers.retry_limit = 2;
    settings.controllers.retry_interval = Duration::from_secs(2);
    settings.controllers.poll_interval = Duration::from_secs(2);
    settings.controllers.sync_interval = Duration::from_secs(30);
    settings.controllers.sweep_interval = Duration::from_secs(120);
    settings.install.max_concurrent_seats = 2;
    settings
}

/// See the module.
pub struct Site {
    pub model: ModelStore,
    pub stage: Stage,
    /// How a console reaches the platform.
    remotes: fn() -> Remotes,
    prepared: Prepared,
    consoles: Author,
}

/// A process: an operator's view, and the controllers beside it.
pub struct Console {
    pub name: Author,
    pub operator: Arc<Service>,
    controllers: Controllers,
    cancel: CancellationToken,
    gone: CancellationToken,
}

/// Records and files before anybody drives.
pub struct Prepared {
    model: ModelStore,
    storage: SharedStorage,
}

impl Prepared {
    /// Enters seats and segments. Not inside of the simulation: an upload has threads of its own, and a seed would not
    /// go the same way twice.
    pub fn new() -> Self {
        let storage = SharedStorage::over(Arc::new(InMemory::new()), "memory");
        let prepared = Self { model: ModelStore::new(), storage };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(prepared.enter());
        prepared
    }

    async fn enter(&self) {
        let begin = Timestamp::from_millisecond(BEGIN).unwrap();
        let operator = self.service(0, Remotes::default(), Clock::from_fn(move || begin));
        let seats: Vec<SeatInput> = (0..SEATS)
            .map(|n| SeatInput {
                id: seat(n),
                ip: generated_device(n).1,
                group: "all".into(),
                tags: vec![],
                note: String::new(),
            })
            .collect();
        operator.import_seats(&seats, None).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        for (prefix, version, remote) in SEGMENTS {
            let suffix = remote.format();
            let file = archive::segment(folder.path(), prefix, version, suffix.as_str(), PAYLOAD);
            let request = UploadRequest { file, ..UploadRequest::default() };
            operator.upload(&request, |_| {}, &CancellationToken::new()).await.unwrap();
        }
    }

    /// The use cases, for this author.
    fn service(&self, author: Author, remotes: Remotes, clock: Clock) -> Arc<Service> {
        Arc::new(Service {
            store: Arc::new(self.model.by(author)).into(),
            storage: self.storage.clone().into(),
            remotes,
            settings: Arc::new(settings()),
            clock,
            actor: Actor {
                user: "operator".into(),
                host: format!("console-{author}").into(),
                ssh_client: None,
            },
        })
    }
}

impl Site {
    /// How its consoles reach the platform is `remotes`.
    pub fn new(prepared: Prepared, stage: Stage, remotes: fn() -> Remotes) -> Self {
        Self { model: prepared.model.clone(), prepared, stage, remotes, consoles: 0 }
    }

    fn service(&self, author: Author) -> Arc<Service> {
        self.prepared.service(author, (self.remotes)(), self.stage.clock())
    }

    /// A process begins.
    pub fn console(&mut self) -> Console {
        self.consoles += 1;
        let name = self.consoles;
        let (gone, cancel) = (CancellationToken::new(), CancellationToken::new());
        let driving = self.service(name);
        let pace = Pace { relist: Duration::from_secs(20), spread: Spread::Middle, ..Pace::default() };
        let cache = Cache::start_at(pace, driving.store.reads(), driving.clock.clone(), gone.clone());
        Console {
            name,
            operator: self.service(name),
            controllers: controllers::start_with(driving, Some(cache), cancel.clone()),
            cancel,
            gone,
        }
    }
}

impl Console {
    /// Everything ends where it stands; what was sent goes on.
    pub fn kill(self) {
        self.controllers.ended.abort();
        self.gone.cancel();
    }

    /// Quits as a process does that was asked to.
    pub async fn quit(mut self) {
        self.cancel.cancel();
        (&mut self.controllers.ended).await.unwrap();
        self.gone.cancel();
    }
}
