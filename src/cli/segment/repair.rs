//! The files that were found missing or altered are fetched again: the leader does it, or this process.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use crate::cli::context::Context;
use crate::cli::exit::Failure;
use crate::cli::progress::Progress;
use crate::cli::wait::{Goal, Waiting};
use crate::domain::sync::{SyncItem, SyncResult};
use crate::domain::words::Say;
use crate::domain::{RemoteKind, SegmentId};
use crate::service::{Code, FileFound, Service, Verified};
use crate::store::keys;

/// Has them fetched; says of each whether it was, or why not.
pub(super) async fn run(
    context: &Context,
    service: Arc<Service>,
    timeout: Option<Duration>,
    items: &mut [Verified],
) -> Result<(), Failure> {
    let mut by_remote: BTreeMap<RemoteKind, BTreeSet<SegmentId>> = BTreeMap::new();
    for found in items.iter().filter(|found| is_amiss(found)) {
        match service.segment(&found.id).await {
            // What no platform has yet cannot be fetched from there.
            Ok(segment) if segment.uid().is_none() => {}
            Ok(segment) => _ = by_remote.entry(segment.remote).or_default().insert(segment.id),
            // It went meanwhile.
            Err(error) if error.code == Code::NotFound => {}
            Err(error) => return Err(error.into()),
        }
    }
    if by_remote.is_empty() {
        return Ok(());
    }
    let mut waiting = Waiting::begin(Arc::clone(&service), timeout);
    let mut told = Ok(());
    for (remote, ids) in by_remote {
        told = one(context, &service, &mut waiting, remote, &ids, items).await;
        if told.is_err() {
            break;
        }
    }
    waiting.end().await;
    told
}

fn is_amiss(found: &Verified) -> bool {
    matches!(found.state, FileFound::Missing | FileFound::Altered)
}

async fn one(
    context: &Context,
    service: &Service,
    waiting: &mut Waiting,
    remote: RemoteKind,
    ids: &BTreeSet<SegmentId>,
    items: &mut [Verified],
) -> Result<(), Failure> {
    let of_it = items.iter_mut().filter(|found| is_amiss(found) && ids.contains(&found.id));
    let request = match service.request_repair(remote).await {
        Ok(request) => request,
        // Without this platform the others may still help.
        Err(error) if service.remotes.repository(remote).is_none() => {
            of_it.for_each(|found| found.reason = Some(error.message.clone()));
            return Ok(());
        }
        Err(error) => return Err(error.into()),
    };
    let goal = Goal {
        keys: keys::sync(remote).as_str().to_owned(),
        what: format!("fetching files from {remote}"),
        look: "segdeck segment verify".to_owned(),
    };
    let mut progress = Progress::new(context.output.format);
    let result = waiting
        .until(&goal, async |service| {
            let result = service.repair_result(remote, request.id).await?;
            if result.is_none() {
                progress.show(&format!("{remote}: fetching {} file(s)", ids.len()));
            }
            Ok(result)
        })
        .await;
    progress.leave();
    let SyncResult { error, outcome, .. } = result?;
    let refused: BTreeMap<&SegmentId, &SyncItem> =
        outcome.failed.iter().map(|item| (&item.id, item)).collect();
    for found in of_it {
        if let Some(reason) = refused.get(&found.id).and_then(|item| item.reason.as_ref()) {
            found.reason = Some(Say::plain(reason.raw()));
            continue;
        }
        // The answer names so many; what the records say holds for all of them.
        let now = match service.segment(&found.id).await {
            Ok(now) => now,
            Err(gone) if gone.code == Code::NotFound => continue,
            Err(error) => return Err(error.into()),
        };
        found.repaired = now.file_state.is_none();
        if found.repaired {
            found.reason = None;
        } else if let Some(error) = &error {
            found.reason = Some(Say::plain(error.raw()));
        }
    }
    Ok(())
}
