//! Attempts: counted one by one, each for a failure that was heard of, up to the limit and never back.

use segdeck::domain::CreateState;
use segdeck::store::Revision;

use super::Found;
use crate::history::{Changed, History};
use crate::platform::WHO;
use crate::site::RETRY_LIMIT;

pub fn attempts_hold(history: &History<'_>) -> Found {
    let mut found = creations(history);
    found.extend(deletions(history));
    found.extend(installs(history));
    found
}

fn creations(history: &History<'_>) -> Found {
    let failures = history.site.platform.lock().failures.clone();
    let mut found = Found::new();
    for (step, born, id, turn) in history.lives() {
        let (Some(before), Some(after)) = (&turn.before, &turn.after) else { continue };
        let (was, is) = (&before.create_status, &after.create_status);
        let at = step.revision;
        if is.retry_count > RETRY_LIMIT {
            found.push(format!("{id} at {at}: {} of {RETRY_LIMIT}", is.retry_count));
        }
        if was.generation == is.generation
            && (is.retry_count < was.retry_count || is.retry_count > was.retry_count + 1)
        {
            found.push(format!("{id} at {at}: {} became {}", was.retry_count, is.retry_count));
        }
        let counted = |since: Revision| {
            let about = format!("create:{id}:{born}:");
            // One that was brought back is looked for before it is sent.
            let looked = format!("find:{id}");
            failures.iter().any(|failure| {
                let of = failure.operation.as_str();
                (of == WHO || of == looked || of.starts_with(&about))
                    && failure.revision >= since
                    && failure.revision < at
            })
        };
        if is.retry_count > was.retry_count && !counted(last_change(history, id, at)) {
            found.push(format!("{id} at {at}: counted {} without a failure", is.retry_count));
        }
        // Given up for a reason that another try might have mended.
        let reason = is.reason.as_ref().map(|reason| reason.raw().to_owned()).unwrap_or_default();
        let mendable = reason.contains("with Unclear") || reason.contains("with Later");
        let given_up = is.state == CreateState::Failed && was.state != CreateState::Failed;
        if given_up && mendable && is.retry_count < RETRY_LIMIT {
            found.push(format!("{id} at {at}: given up at {}: {reason}", is.retry_count));
        }
    }
    found
}

/// When the record was last changed before its intent of this try.
fn last_change(history: &History<'_>, id: &segdeck::domain::SegmentId, before: Revision) -> Revision {
    let changes = history.lives().filter(|(step, _, of, _)| *of == id && step.revision < before);
    changes.last().map_or(0, |(step, ..)| step.revision)
}

fn deletions(history: &History<'_>) -> Found {
    let mut found = Found::new();
    for (step, _, id, turn) in history.lives() {
        let status = |segment: &Option<segdeck::domain::Segment>| {
            segment.as_ref().and_then(|segment| segment.delete_status.clone())
        };
        let (Some(was), Some(is)) = (status(&turn.before), status(&turn.after)) else { continue };
        let asked_again = was.state != is.state && is.retry_count == 0;
        let jumped = is.retry_count < was.retry_count || is.retry_count > was.retry_count + 1;
        if is.retry_count > RETRY_LIMIT || (jumped && !asked_again) {
            found.push(format!("{id} at {}: {} became {}", step.revision, was.retry_count, is.retry_count));
        }
    }
    found
}

fn installs(history: &History<'_>) -> Found {
    let mut found = Found::new();
    for step in &history.steps {
        for changed in &step.changed {
            let Changed::Log(_, record, turn) = changed else { continue };
            let (Some(was), Some(is)) = (&turn.before, &turn.after) else { continue };
            let jumps = is.attempt < was.attempt || is.attempt > was.attempt + 1 || is.chunks < was.chunks;
            let passed = is.retry_count > RETRY_LIMIT || is.retry_count > was.retry_count + 1;
            // Back to the beginning with a new chunk, task or attempt alone.
            let reset = is.retry_count < was.retry_count
                && is.attempt == was.attempt
                && is.intent.is_some()
                && is.intent == was.intent;
            if jumps || passed || reset {
                found.push(format!("install {record} at {}: {was:?} became {is:?}", step.revision));
            }
        }
    }
    found
}
