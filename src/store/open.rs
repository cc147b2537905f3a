//! Chooses the backend that the settings name.

use std::path::Path;
use std::sync::Arc;

use super::embedded::{EmbeddedStore, Options, Sharing};
use super::{EtcdStore, SharedStore, StoreError, Watermark};
use crate::settings::{Backend, StoreSettings};

/// The embedded store's file in the data folder.
const FILE: &str = "segdeck.db";

/// Opens the store that the settings name; `data_dir` is the user's data folder.
///
/// # Errors
/// Settings that cannot work, and whatever keeps the store from being opened.
pub async fn open(settings: &StoreSettings, data_dir: &Path) -> Result<SharedStore, StoreError> {
    let store: SharedStore = match settings.backend {
        Backend::Embedded if settings.path.as_os_str().is_empty() => {
            let options = Options { sharing: Sharing::Owner, ..Options::default() };
            EmbeddedStore::open_with(&data_dir.join(FILE), options).await?
        }
        Backend::Embedded => EmbeddedStore::open(&settings.path).await?,
        Backend::Etcd => EtcdStore::open(settings)?,
    };
    Ok(Arc::new(Watermark::over(store)))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn settings(path: &Path) -> StoreSettings {
        StoreSettings {
            backend: Backend::Embedded,
            path: path.to_owned(),
            endpoints: Vec::new(),
            prefix: String::new(),
            username: String::new(),
            password_file: Default::default(),
            ca_file: Default::default(),
            cert_file: Default::default(),
            key_file: Default::default(),
        }
    }

    #[tokio::test]
    async fn only_a_path_that_was_named_is_shared() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o2770)).unwrap();
        let mode = |file: &Path| file.metadata().unwrap().permissions().mode() & 0o777;
        let store = open(&settings(Path::new("")), folder.path()).await.unwrap();
        let default = folder.path().join("segdeck.db");
        assert_eq!((store.name(), mode(&default)), (default.display().to_string(), 0o600));
        let named = folder.path().join("named.db");
        let store = open(&settings(&named), folder.path()).await.unwrap();
        assert_eq!((store.name(), mode(&named)), (named.display().to_string(), 0o660));
    }
}
