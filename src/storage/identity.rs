//! Who a storage is: a small file that whoever comes first writes once and nobody changes.

use crate::domain::words::{Word, word};
use object_store::path::Path;
use object_store::{Error, ObjectStore, ObjectStoreExt, PutMode};
use serde::{Deserialize, Serialize};

use super::StorageError;

/// Its name, beside the two folders.
pub(super) const FILE: &str = "segdeck-storage.json";

/// Largest file that is looked at, in bytes.
const MAX_BYTES: u64 = 4096;

#[derive(Serialize, Deserialize)]
struct Identity {
    id: ulid::Ulid,
}

/// Reads the id, or makes one. Of two that make one at the same moment, the first wins and both read it back.
pub(super) async fn of(store: &dyn ObjectStore, url: &str) -> Result<String, StorageError> {
    let path = Path::from(FILE);
    let failed = |doing: Word, error: &Error| StorageError::object(url, doing, FILE, error);
    match known(store, url).await {
        Err(StorageError::NotFound { .. }) => {}
        answer => return answer,
    }
    let identity = Identity { id: ulid::Ulid::generate() };
    let text = serde_json::to_vec(&identity).map_err(|error| broken(url, &error.to_string()))?;
    match store.put_opts(&path, text.into(), PutMode::Create.into()).await {
        Ok(_) | Err(Error::AlreadyExists { .. } | Error::Precondition { .. }) => known(store, url).await,
        Err(Error::NotFound { .. }) => {
            Err(StorageError::Unavailable { url: url.to_owned(), reason: word!("storage-no-bucket").into() })
        }
        Err(error) => Err(failed(word!("doing-creating"), &error)),
    }
}

/// Reads the id; [`StorageError::NotFound`] where there is none.
pub(super) async fn known(store: &dyn ObjectStore, url: &str) -> Result<String, StorageError> {
    let failed = |error: Error| StorageError::object(url, word!("doing-reading"), FILE, &error);
    let file = store.get(&Path::from(FILE)).await.map_err(failed)?;
    if file.meta.size > MAX_BYTES {
        return Err(broken(url, "it is too large"));
    }
    let bytes = file.bytes().await.map_err(failed)?;
    let identity: Identity =
        serde_json::from_slice(&bytes).map_err(|error| broken(url, &error.to_string()))?;
    Ok(identity.id.to_string())
}

fn broken(url: &str, why: &str) -> StorageError {
    StorageError::Misconfigured(format!(
        "{FILE} in shared storage {url} does not say which storage this is ({why}); put it back from a backup"
    ))
}
