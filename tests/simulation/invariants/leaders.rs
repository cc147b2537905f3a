//! Leadership: one at a time writes, and each later one has a higher epoch.

use segdeck::store::LeaderRecord;

use super::Found;
use crate::history::{Changed, History};
use crate::model_store::Author;

/// Whoever put the leader key, while it is there, is the only one whose controllers write.
pub fn only_the_leader_writes(history: &History<'_>) -> Found {
    let mut leader: Option<(Author, LeaderRecord)> = None;
    let mut found = Found::new();
    for step in &history.steps {
        let of_election = |changed: &Changed| match changed {
            Changed::Leader(_) => true,
            Changed::Layout(_) => true,
            Changed::Other(key) => key.starts_with("meta/"),
            _ => false,
        };
        let election = step.changed.iter().all(of_election);
        if !election && step.author % 2 == 1 {
            let at = step.revision;
            match &leader {
                Some((author, record)) if *author == step.author => {
                    found.extend(
                        epochs(&step.changed)
                            .filter(|epoch| *epoch != record.epoch)
                            .map(|epoch| format!("epoch {epoch} at {at}, under {}", record.epoch)),
                    );
                }
                _ => found.push(format!("author {} at {at}, under {leader:?}", step.author)),
            }
        }
        for changed in &step.changed {
            if let Changed::Leader(turn) = changed {
                leader = turn.after.clone().map(|record| (step.author, record));
            }
        }
    }
    found
}

/// The epochs of intents that were written just now.
fn epochs(changed: &[Changed]) -> impl Iterator<Item = u64> {
    changed.iter().filter_map(|changed| match changed {
        Changed::Segment(_, turn) => {
            let before = turn.before.as_ref().and_then(|segment| segment.intent.as_ref());
            let after = turn.after.as_ref().and_then(|segment| segment.intent.as_ref());
            after
                .filter(|after| before.is_none_or(|before| before.since != after.since))
                .map(|intent| intent.epoch)
        }
        Changed::Log(_, _, turn) => {
            let before = turn.before.as_ref().and_then(|log| log.intent.as_ref());
            let after = turn.after.as_ref().and_then(|log| log.intent.as_ref());
            after
                .filter(|after| before.is_none_or(|before| before.since != after.since))
                .map(|intent| intent.epoch)
        }
        _ => None,
    })
}

pub fn epochs_rise(history: &History<'_>) -> Found {
    let mut last = 0;
    let mut found = Found::new();
    for step in &history.steps {
        for changed in &step.changed {
            let Changed::Leader(turn) = changed else { continue };
            let Some(record) = &turn.after else { continue };
            if record.epoch <= last || turn.before.is_some() {
                found.push(format!("{record:?} at {} after {last}", step.revision));
            }
            last = record.epoch;
        }
    }
    found
}
