//! Who a storage is: a small file that whoever comes first writes, and that says to which site it belongs.

mod bucket;
mod folder;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::{Backend, SharedStorage, StorageError};
use crate::domain::Unknown;

/// Its name, beside the folders.
const FILE: &str = "segdeck-storage.json";

/// Largest file that is looked at, in bytes.
const MAX_BYTES: u64 = 4096;

/// What `segdeck-storage.json` says. To change it, build on what was read: `Identity { site, ..old.clone() }`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The storage's own id, a ULID.
    pub id: String,
    /// The site whose records name these files, a ULID; absent in one made by older versions, and before a site took
    /// it over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// Fields of newer versions.
    #[serde(flatten)]
    pub unknown: Unknown,
}

impl Identity {
    /// A new storage of a site.
    pub fn generate(site: Option<String>) -> Self {
        Self { id: ulid::Ulid::generate().to_string(), site, ..Self::default() }
    }

    fn read(bytes: &[u8], url: &str) -> Result<Self, StorageError> {
        let read: Self = serde_json::from_slice(bytes).map_err(|error| broken(url, &error.to_string()))?;
        let ulid = |text: &str| {
            let id = ulid::Ulid::from_string(text).map_err(|error| broken(url, &error.to_string()))?;
            Ok::<_, StorageError>(id.to_string())
        };
        let site = read.site.as_deref().map(ulid).transpose()?;
        Ok(Self { id: ulid(&read.id)?, site, unknown: read.unknown })
    }

    fn text(&self, url: &str) -> Result<Bytes, StorageError> {
        let text = serde_json::to_vec(self).map_err(|error| broken(url, &error.to_string()))?;
        // What could not be read again is not written.
        Self::read(&text, url)?;
        Ok(text.into())
    }
}

impl SharedStorage {
    /// Who this storage is, if anybody has said so; makes nothing.
    ///
    /// # Errors
    /// When nobody can say.
    pub async fn known_identity(&self) -> Result<Option<Identity>, StorageError> {
        match &self.backend {
            Backend::Folder(root) => folder::known(root.clone(), self.url()).await,
            Backend::Bucket(bucket) => Ok(bucket::known(bucket).await?.map(|(identity, _)| identity)),
        }
    }

    /// Says who this storage is, where nobody has; `false` if somebody's is there already.
    ///
    /// # Errors
    /// When it cannot be made; it may be there all the same if a bucket's answer was lost.
    pub async fn create_identity(&self, new: &Identity) -> Result<bool, StorageError> {
        let text = new.text(self.url())?;
        match &self.backend {
            Backend::Folder(root) => folder::create(root.clone(), self.url(), text).await,
            Backend::Bucket(bucket) => bucket::create(bucket, new, text).await,
        }
    }

    /// Writes `new` in the place of `old`; `false` if what is there is not `old` any more.
    ///
    /// # Errors
    /// When it cannot be read or written, or somebody else is just changing it.
    pub async fn replace_identity(&self, old: &Identity, new: &Identity) -> Result<bool, StorageError> {
        let text = new.text(self.url())?;
        match &self.backend {
            Backend::Folder(root) => folder::replace(root.clone(), self.url(), old, new, text).await,
            Backend::Bucket(bucket) => bucket::replace(bucket, old, new, text).await,
        }
    }
}

fn broken(url: &str, why: &str) -> StorageError {
    StorageError::Misconfigured(format!(
        "{FILE} in shared storage {url} does not say which storage this is ({why}); put it back from a backup"
    ))
}

#[cfg(test)]
mod tests;
