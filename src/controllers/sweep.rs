//! Removes orphaned files, and marks records whose file is missing.

use std::collections::BTreeSet;
use std::time::Duration;

use futures::TryStreamExt as _;
use serde_json::json;

use super::drive::Drive;
use super::step::{After, Stepped, Trouble};
use crate::domain::segment::FileState;
use crate::domain::{Segment, Timestamp, clock};
use crate::service::Audited;
use crate::storage::{Folder, Listed, StorageError, StoredFile};
use crate::store::{self, Entry, ListQuery, Txn, keys};

/// A file younger than this may belong to an upload under way.
const GRACE: Duration = Duration::from_secs(3600);

/// Strangers that are named.
const NAMED: usize = 3;

/// One sweep; the next follows after `controllers.sweep_interval`.
pub(super) async fn look(drive: &Drive) -> Stepped {
    let storage = &drive.storage;
    let old = |file: &StoredFile, now: Timestamp| clock::between(file.modified, now) > GRACE;
    let now = drive.service.clock.now();
    let mut removed = 0;
    let mut strangers = Strangers::default();
    let mut staging = storage.list(Folder::Staging);
    while let Some(listed) = staging.try_next().await? {
        if let Some(file) = strangers.left_alone(listed)
            && old(&file, now)
        {
            storage.delete(&file.key).await?;
            removed += 1;
        }
    }
    // Files first, records after: a record made in between names a file that is not old.
    let mut files: Vec<StoredFile> = Vec::new();
    let mut segments = storage.list(Folder::Segments);
    while let Some(listed) = segments.try_next().await? {
        files.extend(strangers.left_alone(listed));
    }
    strangers.tell();
    let present: BTreeSet<&str> = files.iter().map(|file| file.key.as_str()).collect();
    let mut named = BTreeSet::new();
    // Files lie below the key of their record: those of one that cannot be read are no orphans.
    let mut unreadable: Vec<String> = Vec::new();
    let mut query = ListQuery::prefix(keys::SEGMENTS);
    loop {
        let page = drive.leader.reads().list(&query).await?;
        for entry in &page.entries {
            let Some(segment) = store::decode_or_warn::<Segment>(entry) else {
                unreadable.push(format!("{}/", entry.key));
                continue;
            };
            mark(drive, entry, &segment, present.contains(segment.storage_key.as_str())).await?;
            named.insert(segment.storage_key);
        }
        if !query.turn(&page) {
            break;
        }
    }
    let orphan = |file: &&StoredFile| {
        !named.contains(&file.key) && !unreadable.iter().any(|of| file.key.starts_with(of)) && old(file, now)
    };
    for file in files.iter().filter(orphan) {
        storage.delete(&file.key).await?;
        removed += 1;
    }
    if removed > 0 {
        tracing::info!(removed, "orphaned files removed from shared storage");
    }
    Ok(After::Pause(drive.service.settings.controllers.sweep_interval))
}

/// What lies in shared storage and is none of ours: left alone, and told once.
#[derive(Default)]
struct Strangers {
    count: usize,
    first: Vec<String>,
}

impl Strangers {
    fn left_alone(&mut self, listed: Listed) -> Option<StoredFile> {
        match listed {
            Listed::File(file) => return Some(file),
            Listed::Stranger(stranger) => {
                self.count += 1;
                if self.first.len() < NAMED {
                    self.first.push(stranger.path);
                }
            }
        }
        None
    }

    fn tell(&self) {
        if self.count > 0 {
            let first = self.first.join(", ");
            tracing::warn!(count = self.count, %first, "shared storage holds what segdeck did not put there; it is left alone");
        }
    }
}

/// Writes whether the file is there, where that changed. That it was altered is only known to those who read it.
async fn mark(drive: &Drive, entry: &Entry, segment: &Segment, listed: bool) -> Result<(), Trouble> {
    let missing = segment.file_state == Some(FileState::Missing);
    if segment.is_being_deleted() || listed != missing {
        return Ok(());
    }
    // The list may be older than the file: ask before saying that it is missing.
    let there = listed
        || match drive.storage.stat(&segment.storage_key).await {
            // Nobody can say: that one file lies behind a link stops no sweep.
            Err(StorageError::Refused { .. }) => return Ok(()),
            found => found?.is_some(),
        };
    if there != missing {
        return Ok(());
    }
    let file_state = (!there).then_some(FileState::Missing);
    let changed = Segment { file_state, updated_at: drive.service.clock.now(), ..segment.clone() };
    let key = keys::segment(&segment.id);
    let txn = Txn::new().unchanged(key.clone(), entry.mod_revision).put(key, &changed)?;
    let state = |state: Option<FileState>| json!({ "fileState": state });
    let audited = Audited {
        action: "segment.sweep",
        object: &segment.id.to_string(),
        before: state(segment.file_state),
        after: state(file_state),
    };
    match drive.commit_audited(txn, audited).await {
        // Somebody works on it; the next sweep looks again.
        Ok(_) | Err(Trouble::Conflict) => Ok(()),
        Err(trouble) => Err(trouble),
    }
}
