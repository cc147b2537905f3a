//! Small objects beside the files: what is kept of deleted segments, and how far the records had come. Each is written
//! whole, in the place of what was there before.

use std::io::{ErrorKind, Read as _, Write as _};

use bytes::Bytes;
use object_store::{Error, ObjectStoreExt as _};

use super::folder::{self, blocking};
use super::{Backend, Refusal, SharedStorage, StorageError, key};
use crate::domain::words::word;

impl SharedStorage {
    /// Writes an object, or nothing of it; on return it would survive a power cut. Takes `trash/<ULID>.json` and
    /// `segdeck-revision.json`.
    ///
    /// # Errors
    /// When it cannot be written; what was there before is there still, unless a bucket's answer was lost.
    pub async fn put_object(&self, key: &str, content: Bytes) -> Result<(), StorageError> {
        let path = key::check_object(key)?;
        match &self.backend {
            Backend::Bucket(bucket) => {
                let put = bucket.store.put(&path, content.into()).await;
                put.map(drop).map_err(|error| bucket.failed(word!("doing-writing"), &path, &error))
            }
            Backend::Folder(root) => {
                let (root, wanted) = (root.clone(), key.to_owned());
                let put = blocking(move || {
                    // In staging until it is whole, where the sweep finds what a crash left.
                    let draft = format!("staging/{}", ulid::Ulid::generate());
                    let draft = root.made_place(&draft)?;
                    let mut file = draft.create()?;
                    let written = file.write_all(&content).and_then(|()| file.sync_all()).and_then(|()| {
                        let place = root.made_place(&wanted)?;
                        draft.rename_over(&place)?;
                        place.sync()
                    });
                    if written.is_err() {
                        let _ = draft.remove(); // the first error is the one to tell
                    }
                    written
                });
                put.await.map_err(|error| folder::failed(self.url(), word!("doing-writing"), key, error))
            }
        }
    }

    /// Reads an object whole; `None` where there is none.
    ///
    /// # Errors
    /// When it cannot be read, or is larger than `max` bytes.
    pub async fn get_object(&self, key: &str, max: u64) -> Result<Option<Bytes>, StorageError> {
        let path = key::check_object(key)?;
        let too_large = || StorageError::Refused {
            url: self.url().to_owned(),
            path: key.to_owned(),
            why: Refusal::TooLarge,
        };
        let bytes = match &self.backend {
            Backend::Bucket(bucket) => {
                let got = match bucket.store.get(&path).await {
                    Err(Error::NotFound { .. }) => return Ok(None),
                    Ok(got) if got.meta.size > max => return Err(too_large()),
                    Ok(got) => got.bytes().await,
                    Err(error) => Err(error),
                };
                got.map_err(|error| bucket.failed(word!("doing-reading"), &path, &error))?
            }
            Backend::Folder(root) => {
                let (root, wanted) = (root.clone(), key.to_owned());
                let got = blocking(move || {
                    let (file, _) = root.place(&wanted)?.open()?;
                    let mut bytes = Vec::new();
                    file.take(max.saturating_add(1)).read_to_end(&mut bytes)?;
                    Ok(Bytes::from(bytes))
                });
                match got.await {
                    Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
                    got => {
                        got.map_err(|error| folder::failed(self.url(), word!("doing-reading"), key, error))?
                    }
                }
            }
        };
        if bytes.len() as u64 > max { Err(too_large()) } else { Ok(Some(bytes)) }
    }
}
