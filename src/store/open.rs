//! Chooses the backend that the settings name.

use std::path::Path;

use super::embedded::{EmbeddedStore, Options, Sharing};
use super::{EtcdStore, SharedStore, StoreError};
use crate::settings::{Backend, StoreSettings};

/// The embedded store's file in the data folder.
const FILE: &str = "segdeck.db";

/// Opens the store that the settings name; `data_dir` is the user's data folder.
///
/// # Errors
/// Settings that cannot work, and whatever keeps the store from being opened.
pub async fn open(settings: &StoreSettings, data_dir: &Path) -> Result<SharedStore, StoreError> {
    match settings.backend {
        Backend::Embedded if settings.path.as_os_str().is_empty() => {
            let options = Options { sharing: Sharing::Owner, ..Options::default() };
            Ok(EmbeddedStore::open_with(&data_dir.join(FILE), options).await?)
        }
        Backend::Embedded => Ok(EmbeddedStore::open(&settings.path).await?),
        Backend::Etcd => Ok(EtcdStore::open(settings)?),
    }
}
