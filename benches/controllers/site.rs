//! A console with controllers: real etcd, real services, a platform that answers at once.

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use segdeck::controllers::{self, Lead, Pace};
use segdeck::domain::audit::Actor;
use segdeck::domain::{Clock, RemoteKind};
use segdeck::remote::Remotes;
use segdeck::service::Service;
use segdeck::settings::Settings;
use segdeck::storage::SharedStorage;
use segdeck::store::{Cache, EtcdStore, Freshness};
use tokio_util::sync::CancellationToken;
use zip::write::{SimpleFileOptions, ZipWriter};

use crate::etcd::Etcd;
use crate::platform::AtOnce;

/// A service as a console has it, its records below `root`.
pub fn service(
    etcd: &Etcd,
    root: &str,
    folder: &Path,
    storage: SharedStorage,
    platform: AtOnce,
) -> Arc<Service> {
    let mut settings = Settings::defaults(folder).unwrap();
    settings.store = etcd.settings(root);
    // Only when it is asked for.
    settings.controllers.sync_interval = Duration::ZERO;
    Arc::new(Service {
        store: EtcdStore::open(&settings.store).unwrap().into(),
        storage: storage.into(),
        remotes: Remotes::default().with_repository(RemoteKind::Sdp, Arc::new(platform)),
        settings: Arc::new(settings),
        clock: Clock::system(),
        actor: Actor { user: "bench".into(), host: "here".into(), ssh_client: None },
    })
}

/// Controllers that lead, and the cache that wakes them.
pub struct Driver {
    pub cache: Arc<Cache>,
    running: controllers::Controllers,
    stop: CancellationToken,
}

impl Driver {
    pub async fn start(service: &Arc<Service>, pace: Pace) -> Self {
        let stop = CancellationToken::new();
        let cache = Cache::start(service.store.reads(), service.clock.clone(), stop.clone());
        cache.freshness().wait_for(|freshness| matches!(freshness, Freshness::Live { .. })).await.unwrap();
        let mut running =
            controllers::start_at(pace, Arc::clone(service), Some(Arc::clone(&cache)), stop.clone());
        running.lead.wait_for(|lead| matches!(lead, Lead::Leading { .. })).await.unwrap();
        Self { cache, running, stop }
    }

    pub async fn stop(self) {
        self.stop.cancel();
        self.running.ended.await.unwrap();
    }
}

/// The smallest file that makes a segment.
pub fn tiny(prefix: &str, version: &str) -> Vec<u8> {
    let mut zip = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("segment.toml", SimpleFileOptions::default()).unwrap();
    writeln!(zip, "prefix = \"{prefix}\"\nversion = \"{version}\"\nname = \"Software of {prefix}\"").unwrap();
    zip.finish().unwrap().into_inner()
}
