//! The identity of a bucket: the bucket itself compares and swaps.

use bytes::Bytes;
use object_store::path::Path;
use object_store::{Error, ObjectStoreExt as _, PutMode, UpdateVersion};

use super::{FILE, Identity, MAX_BYTES, broken};
use crate::domain::words::{Word, word};
use crate::storage::StorageError;
use crate::storage::bucket::Bucket;

fn failed(bucket: &Bucket, doing: Word, error: &Error) -> StorageError {
    StorageError::object(&bucket.url, doing, FILE, error)
}

/// What is there, and which version of it.
pub(super) async fn known(bucket: &Bucket) -> Result<Option<(Identity, UpdateVersion)>, StorageError> {
    let file = match bucket.store.get(&Path::from(FILE)).await {
        Ok(file) => file,
        Err(Error::NotFound { .. }) => return Ok(None),
        Err(error) => return Err(failed(bucket, word!("doing-reading"), &error)),
    };
    if file.meta.size > MAX_BYTES {
        return Err(broken(&bucket.url, "it is too large"));
    }
    let version = UpdateVersion { e_tag: file.meta.e_tag.clone(), version: file.meta.version.clone() };
    let bytes = file.bytes().await.map_err(|error| failed(bucket, word!("doing-reading"), &error))?;
    Ok(Some((Identity::read(&bytes, &bucket.url)?, version)))
}

pub(super) async fn create(bucket: &Bucket, new: &Identity, text: Bytes) -> Result<bool, StorageError> {
    put(bucket, new, text, PutMode::Create).await
}

pub(super) async fn replace(
    bucket: &Bucket,
    old: &Identity,
    new: &Identity,
    text: Bytes,
) -> Result<bool, StorageError> {
    match known(bucket).await? {
        Some((there, version)) if there == *old => put(bucket, new, text, PutMode::Update(version)).await,
        _ => Ok(false),
    }
}

async fn put(bucket: &Bucket, new: &Identity, text: Bytes, mode: PutMode) -> Result<bool, StorageError> {
    let creates = matches!(mode, PutMode::Create);
    match bucket.store.put_opts(&Path::from(FILE), text.into(), mode.into()).await {
        Ok(_) => Ok(true),
        // A request that is sent again after a lost answer meets what it wrote itself.
        Err(Error::AlreadyExists { .. } | Error::Precondition { .. }) => {
            Ok(known(bucket).await?.is_some_and(|(there, _)| there == *new))
        }
        Err(Error::NotFound { .. }) if creates => Err(StorageError::Unavailable {
            url: bucket.url.clone(),
            reason: word!("storage-no-bucket").into(),
        }),
        Err(Error::NotFound { .. }) => Ok(false),
        Err(error) => Err(failed(bucket, word!("doing-creating"), &error)),
    }
}
