//! A whole site in memory: one store, one storage, two platforms, and the consoles that come and go.

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use segdeck::controllers::{self, Controllers};
use segdeck::domain::audit::Actor;
use segdeck::domain::{Clock, RemoteKind, SeatId, SegmentId, Timestamp};
use segdeck::remote::Remotes;
use segdeck::service::{Records, Service};
use segdeck::settings::Settings;
use segdeck::storage::SharedStorage;
use segdeck::store::{Cache, Pace, Spread};
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::archive;
use super::chance::Chance;
use super::compares::Compares;
use super::faulty_files::{FaultyFiles, Files};
use super::faulty_store::FaultyStore;
use super::model_store::{Author, ModelStore};
use super::operator::Acks;
use super::platform::{Line, Mood, Platform};
use super::steady::Gate;
use super::weather::{Climate, Host, Weather};

/// The site's time: tokio's, from a fixed day on.
#[derive(Debug, Clone, Copy)]
pub struct Clockwork(Instant);

impl Clockwork {
    pub fn begin() -> Self {
        Self(Instant::now())
    }

    pub fn now(self) -> Timestamp {
        let passed = i64::try_from(self.0.elapsed().as_millis()).unwrap();
        Timestamp::from_millisecond(1_790_000_000_000 + passed).unwrap()
    }

    /// As a host with a clock of its own has it.
    fn clock(self, ahead: Duration) -> Clock {
        Clock::from_fn(move || segdeck::domain::clock::after(self.now(), ahead))
    }

    pub fn since_begin(self, at: Instant) -> Duration {
        at.saturating_duration_since(self.0)
    }
}

/// What operators upload: made once, in a folder of the test run.
pub struct Upload {
    pub id: SegmentId,
    pub kind: RemoteKind,
    pub file: PathBuf,
    pub bytes: bytes::Bytes,
    pub sha256: String,
}

/// Two versions of one prefix, another prefix, and one that nothing installs; each with two contents.
pub fn uploads() -> &'static [Upload] {
    static UPLOADS: OnceLock<(tempfile::TempDir, Vec<Upload>)> = OnceLock::new();
    let (_, uploads) = UPLOADS.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let mut uploads = Vec::new();
        for (prefix, version, kind) in [
            ("nav", "1.0", RemoteKind::Sdp),
            ("nav", "2.0", RemoteKind::Sdp),
            ("map", "1.0", RemoteKind::Sdp),
            ("tool", "1.0", RemoteKind::Store15s),
        ] {
            for content in [20, 21] {
                let place = folder.path().join(content.to_string());
                std::fs::create_dir_all(&place).unwrap();
                let file = archive::segment(&place, prefix, version, kind.format().as_str(), content);
                let bytes = std::fs::read(&file).unwrap();
                let sha256 = sha256(&bytes);
                let id = SegmentId::new(prefix.parse().unwrap(), version.parse().unwrap());
                uploads.push(Upload { id, kind, file, bytes: bytes.into(), sha256 });
            }
        }
        (folder, uploads)
    });
    uploads
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    sha2::Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The seats of every site.
pub const SEATS: usize = NUMBERS.len();

/// The first three stand in the same shard, and so do the other two: who changes one meets who changes another.
const NUMBERS: [usize; 5] = [7, 19, 37, 8, 16];

pub fn seat(n: usize) -> SeatId {
    format!("seat-{}", NUMBERS[n]).parse().unwrap()
}

pub fn ip(n: usize) -> IpAddr {
    Ipv4Addr::new(10, 0, 0, n as u8 + 1).into()
}

/// Tries after the first; few, so that limits are met.
pub const RETRY_LIMIT: u32 = 2;

fn settings() -> Settings {
    static SETTINGS: OnceLock<Settings> = OnceLock::new();
    let settings = SETTINGS.get_or_init(|| {
        let mut settings = Settings::defaults(&PathBuf::from("/nowhere")).unwrap();
        settings.controllers.lease_ttl = Duration::from_secs(6);
        settings.controllers.retry_limit = RETRY_LIMIT;
        settings.controllers.retry_interval = Duration::from_secs(2);
        settings.controllers.poll_interval = Duration::from_secs(2);
        settings.controllers.sync_interval = Duration::from_secs(30);
        settings.controllers.sweep_interval = Duration::from_secs(120);
        // Longer than what happens, and over when somebody comes a day later.
        settings.trash.keep = Duration::from_secs(3600);
        settings.install.max_concurrent_seats = 2;
        settings
    });
    settings.clone()
}

/// See the module.
pub struct Site {
    pub clockwork: Clockwork,
    pub model: ModelStore,
    pub files: Arc<Files>,
    pub platform: Platform,
    pub weather: Arc<Weather>,
    pub acks: Acks,
    pub gate: Arc<Gate>,
    pub compares: Compares,
    hosts: Host,
}

impl Site {
    pub fn new(chance: &mut Chance, climate: Climate, gate: Arc<Gate>, compares: Compares) -> Self {
        let clockwork = Clockwork::begin();
        let model = ModelStore::new();
        let platform = Platform::new(chance.fork(), model.clone());
        {
            let mut state = platform.lock();
            for n in 0..SEATS {
                let offline = if chance.per_mille(200) { chance.millis(0, 20_000) } else { Duration::ZERO };
                state.add_device(ip(n), offline);
            }
            for upload in uploads() {
                let mood = match chance.below(16) {
                    0 => Mood::Unclear,
                    1 => Mood::Refuses,
                    2 => Mood::Busy,
                    _ => Mood::Sound,
                };
                state.moods.insert(upload.id.clone(), mood);
                if chance.per_mille(40) {
                    state.kept.insert(upload.id.clone());
                }
            }
        }
        Self {
            clockwork,
            files: Files::new(model.clone(), clockwork, Arc::clone(&gate)),
            gate,
            compares,
            model,
            platform,
            weather: Weather::new(chance.fork(), climate),
            acks: Acks::default(),
            hosts: 0,
        }
    }

    /// A process begins on a host.
    pub fn console(&mut self, chance: &mut Chance) -> Console {
        self.hosts += 1;
        let host = self.hosts;
        let line =
            |kind| Line { platform: self.platform.clone(), weather: Arc::clone(&self.weather), host, kind };
        let remotes = RemoteKind::ALL
            .into_iter()
            .fold(Remotes::default(), |remotes, kind| remotes.with_repository(kind, Arc::new(line(kind))))
            .with_deployment(Arc::new(line(RemoteKind::Sdp)));
        let files = FaultyFiles { files: Arc::clone(&self.files), weather: Arc::clone(&self.weather), host };
        // No two hosts have the same time, so no two ids of one moment.
        let clock = self.clockwork.clock(chance.millis(0, 1_500));
        let service = |author: Author| {
            Arc::new(Service {
                store: Records::from(Arc::new(FaultyStore {
                    model: self.model.by(author),
                    weather: Arc::clone(&self.weather),
                    host,
                    compares: self.compares.clone(),
                })),
                storage: SharedStorage::over(Arc::new(files.clone()), "memory").into(),
                remotes: remotes.clone(),
                settings: Arc::new(settings()),
                clock: clock.clone(),
                actor: Actor {
                    user: "operator".into(),
                    host: format!("host-{host}").into(),
                    ssh_client: None,
                },
            })
        };
        let (gone, cancel) = (CancellationToken::new(), CancellationToken::new());
        let driving = service(controllers_of(host));
        let pace = Pace { relist: Duration::from_secs(20), spread: Spread::Middle, ..Pace::default() };
        let cache = Cache::start_at(pace, driving.store.reads(), driving.clock.clone(), gone.clone());
        Console {
            host,
            operator: service(operator_of(host)),
            controllers: controllers::start_with(driving, Some(cache), cancel.clone()),
            cancel,
            gone,
            acting: JoinSet::new(),
            weather: Arc::clone(&self.weather),
        }
    }
}

/// Whose commits these are in the store's journal.
pub fn operator_of(host: Host) -> Author {
    host * 2
}

pub fn controllers_of(host: Host) -> Author {
    host * 2 + 1
}

/// A running process: an operator's console and its controllers.
pub struct Console {
    pub host: Host,
    pub operator: Arc<Service>,
    pub acting: JoinSet<()>,
    controllers: Controllers,
    cancel: CancellationToken,
    gone: CancellationToken,
    weather: Arc<Weather>,
}

impl Console {
    /// Everything ends where it stands; what was sent goes on.
    pub fn kill(mut self) {
        self.weather.kill(self.host);
        self.controllers.ended.abort();
        self.gone.cancel();
        self.acting.abort_all();
    }

    /// Quits as a process does that was asked to.
    pub async fn quit(mut self) {
        self.acting.abort_all();
        self.cancel.cancel();
        // It waits for the store a second at most; a frozen one is killed in the end.
        if tokio::time::timeout(Duration::from_secs(30), &mut self.controllers.ended).await.is_err() {
            self.controllers.ended.abort();
        }
        self.weather.kill(self.host);
        self.gone.cancel();
    }
}
