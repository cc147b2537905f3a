//! From settings to everything the use cases work with.

use std::path::Path;
use std::sync::Arc;

use super::actor;
use crate::domain::Clock;
use crate::domain::words::Say;
use crate::remote::{self, Remotes};
use crate::service::{Code, Service, ServiceError};
use crate::settings::Settings;
use crate::storage::SharedStorage;
use crate::store::{self, SharedStore};

/// Opens store and storage and prepares the connections to the platforms. What lies behind a network is not
/// waited for: it shows when it is first used.
pub(super) async fn service(settings: Arc<Settings>) -> Result<Service, ServiceError> {
    let store = store(&settings).await?;
    Ok(Service {
        store: store.into(),
        storage: SharedStorage::open(&settings.storage.url)?.into(),
        remotes: remotes(&settings)?,
        settings,
        clock: Clock::system(),
        actor: actor::of_process(),
    })
}

/// Opens the store alone.
pub(super) async fn store(settings: &Settings) -> Result<SharedStore, ServiceError> {
    let data_dir = settings.data_dir().unwrap_or(Path::new(""));
    let mut wanted = settings.store.clone();
    // The settings fill this place in. It is the user's own; only a path that was written down may be shared.
    if wanted.path == data_dir.join("segdeck.db") {
        wanted.path.clear();
    }
    Ok(store::open(&wanted, data_dir).await?)
}

/// Prepares the connections to the configured platforms.
pub(super) fn remotes(settings: &Settings) -> Result<Remotes, ServiceError> {
    remote::grpc::connect(settings)
        .map_err(|error| ServiceError::new(Code::Invalid, Say::plain(&error.to_string())))
}
