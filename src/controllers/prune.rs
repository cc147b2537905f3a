//! Takes the oldest entries off the audit trail, by age and by number, and what nobody needs of removed segments.

use serde_json::{Value, json};

use super::drive::Drive;
use super::leftover;
use super::step::{After, Stepped, Trouble};
use crate::domain::{RecordId, clock};
use crate::service::Audited;
use crate::store::{Key, ListQuery, MAX_OPS, Txn, keys};

/// Takes off what is too old or too much; the next look follows after `controllers.sweep_interval`.
pub(super) async fn look(drive: &Drive) -> Stepped {
    leftover::clean(drive).await?;
    let service = &drive.service;
    let (settings, now) = (&service.settings.audit, service.clock.now());
    let oldest = (!settings.max_age.is_zero())
        .then(|| keys::audit(RecordId::first_at(clock::before(now, settings.max_age))));
    let mut surplus = match settings.max_entries {
        0 => 0,
        most => count(drive).await?.saturating_sub(most),
    };
    // One entry tells of all that goes in this run: each transaction brings it up to date.
    let mut entry = service.audit_entry(Audited {
        action: "audit.prune",
        object: "audit",
        before: Value::Null,
        after: Value::Null,
    });
    let mut gone = 0;
    loop {
        let query = ListQuery { keys_only: true, limit: MAX_OPS - 1, ..ListQuery::prefix(keys::AUDIT) };
        let page = drive.leader.reads().list(&query).await?;
        let goes = |at: usize, key: &Key| at < surplus || oldest.as_ref().is_some_and(|oldest| key < oldest);
        let keys: Vec<Key> = page.entries.into_iter().map(|entry| entry.key).collect();
        let some: Vec<&Key> =
            keys.iter().enumerate().filter(|(at, key)| goes(*at, key)).map(|(_, key)| key).collect();
        let Some(last) = some.last() else { break };
        gone += some.len();
        surplus = surplus.saturating_sub(some.len());
        entry.after = json!({ "removed": gone, "last": last.parts().last() });
        let txn = some.iter().fold(Txn::new(), |txn, key| txn.delete((*key).clone()));
        drive.commit(txn.put(keys::audit(entry.id), &entry)?).await?;
        if some.len() < keys.len() {
            break;
        }
    }
    if gone > 0 {
        tracing::info!(removed = gone, "the oldest entries of the audit trail were removed");
    }
    Ok(After::Pause(service.settings.controllers.sweep_interval))
}

async fn count(drive: &Drive) -> Result<usize, Trouble> {
    let mut query = ListQuery { keys_only: true, ..ListQuery::prefix(keys::AUDIT) };
    let mut count = 0;
    loop {
        let page = drive.leader.reads().list(&query).await?;
        count += page.entries.len();
        if !query.turn(&page) {
            return Ok(count);
        }
    }
}
