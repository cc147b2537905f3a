//! Shared storage: is it the one the records speak of, can it be written and read, how much is free?

use std::path::PathBuf;
use std::time::Instant;

use bytes::Bytes;
use futures::{TryStreamExt, stream};
use tokio_util::sync::CancellationToken;

use super::{Check, State, strangers};
use crate::cli::show;
use crate::domain::words::word;
use crate::service::{ServiceError, StorageShown, TrashSize};
use crate::settings::Settings;
use crate::storage::{SharedStorage, StorageError};
use crate::store::Store;

/// Less than this is soon full.
const LITTLE: u64 = 1 << 30;

const MEND: &str =
    "see storage.url: the folder must exist and be yours to write, the bucket must be reachable";

/// Checks it; the store says which one it should be.
pub(super) async fn check(settings: &Settings, store: Option<&dyn Store>, checks: &mut Vec<Check>) {
    let failed = |error: StorageError| {
        let error = ServiceError::from(error);
        if super::is_away(error.code) {
            Check::away("storage", error.message, MEND)
        } else {
            Check::fail("storage", error.message, MEND)
        }
    };
    let storage = match SharedStorage::open(&settings.storage.url) {
        Ok(storage) => storage,
        Err(error) => return checks.push(failed(error)),
    };
    let whose = whose(&storage, store).await;
    // Nothing is written into what is not ours.
    if whose.state == State::Fail {
        return checks.push(whose);
    }
    if settings.ui.read_only {
        checks.push(Check::ok(
            "storage",
            format!("{}: not written to, this process is read-only", storage.url()),
        ));
        checks.push(whose);
        checks.push(strangers::check(&storage).await);
        return checks.extend(free(&settings.storage.url));
    }
    let begun = Instant::now();
    match probe(&storage).await {
        Err(error) => return checks.push(failed(error)),
        Ok(()) => checks.push(Check::ok(
            "storage",
            format!("{}: written, read and deleted in {}", storage.url(), show::span(begun.elapsed())),
        )),
    }
    checks.push(whose);
    checks.push(strangers::check(&storage).await);
    if let Some(store) = store {
        checks.push(trash(store).await);
    }
    checks.extend(free(&settings.storage.url));
}

/// A file on its way in, read back and taken away again.
async fn probe(storage: &SharedStorage) -> Result<(), StorageError> {
    const TEXT: &[u8] = b"segdeck doctor";
    let text = stream::iter([Ok(Bytes::from_static(TEXT))]);
    let staged = storage.stage(text, 1024, |_| {}, &CancellationToken::new()).await?.finish().await?;
    let read = async {
        let chunks: Vec<_> = storage.read(&staged.key, 0).await?.try_collect().await?;
        Ok::<_, StorageError>(chunks.concat())
    };
    let read = read.await;
    storage.delete(&staged.key).await?;
    if read? == TEXT {
        return Ok(());
    }
    Err(StorageError::Unavailable {
        url: storage.url().to_owned(),
        reason: word!("storage-came-back-different").into(),
    })
}

/// Does it belong to the records, as far as they can be asked?
async fn whose(storage: &SharedStorage, store: Option<&dyn Store>) -> Check {
    let Some(store) = store else {
        return match storage.known_identity().await {
            Ok(Some(file)) => Check::ok("storage id", format!("{}; the records could not be asked", file.id)),
            Ok(None) => Check::ok("storage id", "new; the records could not be asked"),
            Err(error) => Check::away("storage id", error.to_string(), MEND),
        };
    };
    match StorageShown::read(store, &storage.clone().into()).await {
        Err(error) => Check::away("storage id", error.message, MEND),
        Ok(StorageShown { why_not: Some(why), .. }) => Check::fail(
            "storage id",
            why,
            "`segdeck storage show` tells both sides; nobody leads, uploads or deletes with these settings",
        ),
        Ok(StorageShown { found: None, .. }) => Check::ok("storage id", "new: the first upload makes it"),
        Ok(StorageShown { found: Some(id), owner, .. }) => Check::ok(
            "storage id",
            match owner {
                Some(site) => format!("{id}, of site {site}"),
                None => format!("{id}; the next leader takes it over for this site"),
            },
        ),
    }
}

/// How much lies in the trash.
async fn trash(store: &dyn Store) -> Check {
    match TrashSize::read(store).await {
        Err(error) => Check::away("trash", error.message, "see the line about the store"),
        Ok(TrashSize { entries: 0, .. }) => Check::ok("trash", "empty"),
        Ok(TrashSize { entries, bytes }) => Check::ok(
            "trash",
            format!("{entries} entries, {}; `segdeck trash list` shows them", show::size(bytes)),
        ),
    }
}

/// Free space, for folders.
fn free(url: &str) -> Option<Check> {
    let folder: PathBuf =
        url::Url::parse(url).ok().filter(|url| url.scheme() == "file")?.to_file_path().ok()?;
    let space = rustix::fs::statvfs(&folder).ok()?;
    let free = space.f_bavail.saturating_mul(space.f_frsize);
    let detail = format!("{} free in {}", show::size(free), folder.display());
    Some(if free < LITTLE {
        Check::warn("space", detail, "uploads need room for twice the file: make some, or move storage.url")
    } else {
        Check::ok("space", detail)
    })
}
