//! A whole site in one process: a store, shared storage, a reference platform on a real port, and any number
//! of services on them, as consoles and controllers on several hosts would be.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use segdeck::controllers::{self, Controllers, Lead};
use segdeck::domain::audit::Actor;
use segdeck::domain::seat::SeatInput;
use segdeck::domain::{Clock, CreateState, InstallLog, RecordId, SeatId, SegmentId};
use segdeck::platform::{self, PlatformOptions};
use segdeck::remote::grpc;
use segdeck::service::{InstallView, Service, UploadRequest};
use segdeck::settings::{Backend, Settings};
use segdeck::storage::SharedStorage;
use segdeck::store::{self, ReadStore, keys};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::etcd::Etcd;

/// Which backend a site keeps its records in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum On {
    Embedded,
    Etcd,
}

/// A site; its folder and servers go with it.
pub struct Site {
    pub dir: tempfile::TempDir,
    pub settings: Settings,
    pub platform: Platform,
    _etcd: Option<Etcd>,
}

/// A running reference platform.
pub struct Platform {
    pub address: SocketAddr,
    pub data: PathBuf,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Platform {
    pub async fn start(data: PathBuf, change: impl FnOnce(&mut PlatformOptions)) -> Self {
        Self::start_at("127.0.0.1:0".parse().unwrap(), data, change).await
    }

    pub async fn start_at(
        address: SocketAddr,
        data: PathBuf,
        change: impl FnOnce(&mut PlatformOptions),
    ) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut options = PlatformOptions::new(&data);
        change(&mut options);
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        let task = tokio::spawn(async move { platform::serve(options, listener, stopped).await.unwrap() });
        Self { address, data, stop, task }
    }

    /// Ends it.
    pub async fn stop(&mut self) {
        self.stop.cancel();
        (&mut self.task).await.unwrap();
    }

    /// Ends it, and starts it again on the same port and folder with other options.
    pub async fn restart(&mut self, change: impl FnOnce(&mut PlatformOptions)) {
        self.stop().await;
        *self = Self::start_at(self.address, self.data.clone(), change).await;
    }
}

impl Site {
    pub async fn new(on: On) -> Self {
        Self::with_platform(on, |_| {}).await
    }

    pub async fn with_platform(on: On, change: impl FnOnce(&mut PlatformOptions)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let platform = Platform::start(dir.path().join("platform"), change).await;
        let mut settings = Settings::defaults(&dir.path().join("data")).unwrap();
        settings.store.path = dir.path().join("data/segdeck.db");
        settings.storage.url = format!("file://{}", dir.path().join("data/files").display());
        settings.sdp.endpoint = format!("http://{}", platform.address);
        settings.store15s.endpoint = settings.sdp.endpoint.clone();
        settings.controllers.retry_interval = Duration::from_millis(200);
        settings.controllers.poll_interval = Duration::from_millis(50);
        settings.controllers.lease_ttl = Duration::from_secs(2);
        settings.controllers.sync_interval = Duration::ZERO;
        let etcd = (on == On::Etcd).then(Etcd::start);
        if let Some(etcd) = &etcd {
            settings.store.backend = Backend::Etcd;
            settings.store.endpoints = vec![format!("http://{}", etcd.endpoint())];
        }
        Self { dir, settings, platform, _etcd: etcd }
    }

    /// A service of its own, as another process would have.
    pub async fn service(&self) -> Arc<Service> {
        self.service_with(&self.settings).await
    }

    pub async fn service_with(&self, settings: &Settings) -> Arc<Service> {
        Arc::new(Service {
            store: store::open(&settings.store, &self.dir.path().join("data")).await.unwrap().into(),
            storage: SharedStorage::open(&settings.storage.url).unwrap().into(),
            remotes: grpc::connect(settings).unwrap(),
            settings: Arc::new(settings.clone()),
            clock: Clock::system(),
            actor: Actor { user: "tester".into(), host: "test".into(), ssh_client: None },
        })
    }

    /// Files in shared storage, staged or final.
    pub fn stored_files(&self) -> usize {
        fn count(dir: &Path) -> usize {
            let Ok(entries) = std::fs::read_dir(dir) else { return 0 };
            entries.flatten().map(|entry| if entry.path().is_dir() { count(&entry.path()) } else { 1 }).sum()
        }
        let files = self.dir.path().join("data/files");
        count(&files.join("staging")) + count(&files.join("segments"))
    }

    pub fn archive(&self, prefix: &str, version: &str, suffix: &str) -> PathBuf {
        super::archive::segment(self.dir.path(), prefix, version, suffix, 10_000)
    }
}

/// Controllers that step down when this is dropped or stopped.
pub struct Driver {
    pub running: Controllers,
    pub cancel: CancellationToken,
}

impl Driver {
    pub fn start(service: &Arc<Service>) -> Self {
        let cancel = CancellationToken::new();
        Self { running: controllers::start(Arc::clone(service), cancel.clone()), cancel }
    }

    pub async fn leads(&mut self) {
        let leading = self.running.lead.wait_for(|lead| matches!(lead, Lead::Leading { .. }));
        tokio::time::timeout(Duration::from_secs(20), leading).await.expect("leads in time").unwrap();
    }

    pub async fn stop(self) {
        self.cancel.cancel();
        tokio::time::timeout(Duration::from_secs(5), self.running.ended)
            .await
            .expect("steps down in time")
            .unwrap();
    }
}

/// `seat-0001` ... with addresses, as an import would have them.
pub fn seats(count: usize) -> Vec<SeatInput> {
    (1..=count)
        .map(|n| SeatInput {
            id: seat(n),
            ip: std::net::Ipv4Addr::from(0x0a00_0000 + u32::try_from(n).unwrap()).into(),
            group: format!("group-{}", n % 4),
            tags: vec![],
            note: String::new(),
        })
        .collect()
}

pub fn seat(n: usize) -> SeatId {
    format!("seat-{n:05}").parse().unwrap()
}

pub fn id(text: &str) -> SegmentId {
    text.parse().unwrap()
}

pub async fn upload(service: &Service, file: &Path) -> SegmentId {
    let request = UploadRequest { file: file.to_owned(), ..UploadRequest::default() };
    service.upload(&request, |_| {}, &CancellationToken::new()).await.unwrap().id
}

/// Looks again at each change of the store until `done` gives something. Ends the test after a minute.
pub async fn eventually<T, F: Future<Output = Option<T>>>(
    service: &Service,
    what: &str,
    mut done: impl FnMut() -> F,
) -> T {
    let looking = async {
        let mut watch = service.store.watch("", 0).await.unwrap();
        loop {
            if let Some(found) = done().await {
                return found;
            }
            // A lost watch or a quiet store is looked at again all the same.
            let change = tokio::time::timeout(Duration::from_secs(1), watch.recv()).await;
            if matches!(change, Ok(None | Some(Err(_)))) {
                watch = service.store.watch("", 0).await.unwrap();
            }
        }
    };
    match tokio::time::timeout(Duration::from_secs(60), looking).await {
        Ok(found) => found,
        Err(_) => panic!("not within a minute: {what}"),
    }
}

pub async fn published(service: &Service, id: &SegmentId) {
    eventually(service, "published", || async {
        let segment = service.segment(id).await.unwrap();
        assert_ne!(segment.create_status.state, CreateState::Failed, "{:?}", segment.create_status);
        (segment.create_status.state == CreateState::Succeeded).then_some(())
    })
    .await;
}

pub async fn ended(service: &Service, record: RecordId) -> InstallView {
    let view = service.show_install(record).await.unwrap();
    let key = keys::install_log(&view.record.segment_id, record);
    eventually(service, "install ended", || async {
        let log: InstallLog = store::decode(&service.store.get(&key).await.unwrap().1?).unwrap();
        log.state.is_terminal().then_some(())
    })
    .await;
    service.show_install(record).await.unwrap()
}

/// The seats of an install in one state.
pub fn in_state(view: &InstallView, state: segdeck::domain::SeatState) -> Vec<SeatId> {
    view.seats.iter().filter(|seat| seat.state == state).map(|seat| seat.seat.clone()).collect()
}

/// All keys of a store, without the parts that say who leads.
pub async fn keys_of(store: &dyn ReadStore) -> Vec<String> {
    let page = store.list_all("").await.unwrap();
    page.entries
        .into_iter()
        .map(|entry| entry.key.to_string())
        .filter(|key| key != keys::leader().as_str())
        .collect()
}
