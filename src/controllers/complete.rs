//! Completes a record whose upload left the md5 out, because it takes longer than everything else of a large
//! one: reads the stored file once more, when nothing else is to be done.
//!
//! Nothing is written before the end, so that a crash and a new leader begin anew.

use std::time::Duration;

use serde_json::{Value, json};

use super::drive::Drive;
use super::segment::{Current, Step, plan};
use super::step::{After, Stepped, Trouble};
use crate::domain::segment::FileState;
use crate::domain::{Segment, SegmentId};
use crate::service::Audited;
use crate::storage::{Hashed, StorageError};
use crate::store::{Txn, keys};

/// How often the record is looked at while its file is being read: as long as a deletion may have to compete
/// with it for the disk.
const LOOK: Duration = Duration::from_millis(250);

/// Reads the file and commits what was found, unless the record is to go, or tells of another file, meanwhile.
pub(super) async fn look(drive: &Drive, id: &SegmentId) -> Stepped {
    let Some(key) = wanted(drive, id).await?.map(|current| current.segment.storage_key) else {
        return Ok(After::Change);
    };
    let hashed = tokio::select! {
        biased;
        hashed = drive.service.storage.hash(&key) => hashed,
        given_up = no_longer_wanted(drive, id, &key) => return given_up,
    };
    let hashed = match hashed {
        Ok(hashed) => hashed,
        // The sweep says so in the record; when the file is back, that is a change.
        Err(StorageError::NotFound { .. }) => return Ok(After::Change),
        Err(error) => return Err(error.into()),
    };
    // Whatever else changed in the record while the file was read, the file did not.
    while let Some(current) = wanted(drive, id).await?.filter(|current| current.segment.storage_key == key) {
        match commit(drive, current, &hashed).await {
            Err(Trouble::Conflict) => {}
            committed => return committed.map(|()| After::Change),
        }
    }
    Ok(After::Change)
}

/// The segment, if this is what it asks for.
async fn wanted(drive: &Drive, id: &SegmentId) -> Result<Option<Current>, Trouble> {
    if !drive.service.storage.is_folder() {
        return Ok(None);
    }
    let now = drive.service.clock.now();
    let current = Current::read(drive, id).await?;
    Ok(current.filter(|current| plan(&current.segment, now) == Step::Complete))
}

/// Ends when the segment does not ask for this file's md5 any more.
async fn no_longer_wanted(drive: &Drive, id: &SegmentId, key: &str) -> Stepped {
    loop {
        tokio::time::sleep(LOOK).await;
        if wanted(drive, id).await?.is_none_or(|current| current.segment.storage_key != key) {
            return Ok(After::Change);
        }
    }
}

/// Writes the md5, or that the file is not the one that was uploaded.
async fn commit(drive: &Drive, current: Current, hashed: &Hashed) -> Result<(), Trouble> {
    let Current { entry, segment } = current;
    let whole = segment.sha256 == hashed.sha256;
    let changed = Segment {
        md5: hashed.md5.clone().filter(|_| whole),
        file_state: (!whole).then_some(FileState::Altered),
        updated_at: drive.service.clock.now(),
        ..segment
    };
    let key = keys::segment(&changed.id);
    let txn = Txn::new().unchanged(key.clone(), entry.mod_revision).put(key, &changed)?;
    let audited = Audited {
        action: "segment.complete",
        object: &changed.id.to_string(),
        before: Value::Null,
        after: json!({ "md5": changed.md5, "fileState": changed.file_state, "sha256": hashed.sha256 }),
    };
    drive.commit_audited(txn, audited).await.map(drop)
}
