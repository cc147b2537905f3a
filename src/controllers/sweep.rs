//! Takes what belongs to nobody out of shared storage, into the trash and within limits; marks records whose file is
//! missing.

use std::sync::{Mutex, PoisonError};

use serde_json::json;

use super::drive::Drive;
use super::step::{After, Stepped, Trouble};
use super::trash;
use crate::domain::Segment;
use crate::domain::segment::FileState;
use crate::domain::sweep::{SweepRecord, SweepResult};
use crate::service::{Audited, SweepFound};
use crate::storage::Stranger;
use crate::store::{self, Entry, Txn, keys};

/// So many files are named in the record and in the log.
const NAMED: usize = 20;

/// One sweep; the next follows after `controllers.sweep_interval`, or when somebody asks.
pub(super) async fn look(drive: &Drive) -> Stepped {
    let service = &drive.service;
    let storage = drive.owned_storage().await?;
    let (_, entry) = drive.leader.reads().get(&keys::sweep()).await?;
    let before: SweepRecord = entry.as_ref().map(store::decode).transpose()?.unwrap_or_default();
    let now = service.clock.now();
    let found = SweepFound::look(&service.storage, drive.leader.reads(), now).await?;
    warn_of(&drive.strangers, &found.strangers);
    for (entry, segment) in &found.unmarked {
        mark(drive, entry, segment).await?;
    }
    let pause = service.sweep_pause(now).await?;
    if pause.is_none() {
        for file in &found.unfinished {
            storage.delete(&file.key).await?;
        }
    }
    // What the trash knew of a file is worth more than its place alone, so this comes before the orphans.
    let known_again = trash::own_again(drive, storage, &found, pause.is_none()).await?;
    let orphans: Vec<_> = found.orphans.iter().filter(|file| !known_again.contains(&file.key)).collect();
    let request = before.request.clone().filter(|_| before.is_waiting());
    let confirmed = request.as_ref().is_some_and(|request| request.confirm);
    let hold = match confirmed || orphans.is_empty() {
        true => None,
        false => pause.or_else(|| found.share_held(&before, now)),
    };
    let first = orphans.iter().take(NAMED).map(|file| file.key.clone()).collect();
    let (mut moved, mut held) = (0, 0);
    match hold {
        Some(_) => held = orphans.len(),
        None => {
            let by = request.as_ref().map(|request| request.by.clone());
            for file in orphans {
                moved += usize::from(trash::put_orphan(drive, file, by.clone()).await?);
            }
        }
    }
    let answered = before.result.as_ref().and_then(|result| result.request);
    let result = SweepResult {
        request: request.as_ref().map(|request| request.id).or(answered),
        at: now,
        moved,
        held,
        why: hold,
        first,
    };
    record(drive, entry.as_ref(), before, result, confirmed).await?;
    Ok(After::Pause(service.settings.controllers.sweep_interval))
}

/// Writes what it did, where that is news.
async fn record(
    drive: &Drive,
    entry: Option<&Entry>,
    before: SweepRecord,
    result: SweepResult,
    confirmed: bool,
) -> Result<(), Trouble> {
    let told = before.result.as_ref().map(|told| SweepResult { at: result.at, moved: 0, ..told.clone() });
    let nothing = result.moved == 0 && result.held == 0;
    if told.as_ref() == Some(&result) || told.is_none() && nothing && result.request.is_none() {
        return Ok(());
    }
    let SweepResult { moved, held, why, .. } = result;
    if held > 0 {
        tracing::warn!(held, why = ?why, "files without a record wait for `segdeck storage sweep --yes`");
    }
    let mut record = before;
    if moved > 0 && !confirmed {
        record.note(moved, result.at);
    }
    let after = json!({ "moved": moved, "held": held, "why": why, "first": result.first });
    record.result = Some(result);
    let txn = Txn::new().still(keys::sweep(), entry).put(keys::sweep(), &record)?;
    let done = if moved > 0 {
        tracing::info!(moved, "files without a record were moved to the trash");
        let audited = Audited { action: "sweep.move", object: "storage", before: json!(null), after };
        drive.commit_audited(txn, audited).await
    } else {
        drive.commit(txn).await
    };
    match done {
        // A request came meanwhile: it has a run of its own.
        Ok(_) | Err(Trouble::Conflict) => Ok(()),
        Err(trouble) => Err(trouble),
    }
}

/// The strangers that were told last: as long as they are the same, nobody needs to hear of them again.
#[derive(Default)]
pub(super) struct Told(Mutex<Vec<Stranger>>);

/// They are left alone, and told once.
fn warn_of(told: &Told, strangers: &[Stranger]) {
    let mut told = told.0.lock().unwrap_or_else(PoisonError::into_inner);
    if *told == strangers {
        return;
    }
    *told = strangers.to_vec();
    if strangers.is_empty() {
        return;
    }
    let first: Vec<&str> = strangers.iter().take(3).map(|stranger| stranger.path.as_str()).collect();
    tracing::warn!(
        strangers = strangers.len(),
        ?first,
        "shared storage holds what segdeck did not put there; it is left alone"
    );
}

/// Writes whether the file is there. That it was altered is only known to those who read it.
async fn mark(drive: &Drive, entry: &Entry, segment: &Segment) -> Result<(), Trouble> {
    let file_state = (segment.file_state != Some(FileState::Missing)).then_some(FileState::Missing);
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
