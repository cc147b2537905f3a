//! Before a leader drives it settles whose the storage is; while it drives it goes on to ask whether it may.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::domain::words::Say;
use crate::service::{Service, Standing};
use crate::store::LeaderStore;

/// How often a leader asks whether it still may: an operator can have given the storage to another site, or the
/// address of a platform can lead to another one.
const ASK_AGAIN: Duration = Duration::from_secs(30);

/// Settles it.
///
/// # Errors
/// With the leadership given up: why it cannot be done now, or nothing where the leadership is over anyway.
pub(super) async fn settle(
    service: &Service,
    leader: LeaderStore,
    old_lease: Duration,
    lost: &CancellationToken,
) -> Result<LeaderStore, Option<Say>> {
    let settled = tokio::select! {
        biased;
        () = lost.cancelled() => return Err(None),
        settled = service.take_over(leader, old_lease) => settled,
    };
    settled.map_err(|error| {
        tracing::warn!(%error, "the leadership is given up: whose the storage is could not be settled");
        lost.cancel();
        Some(error.message)
    })
}

/// Gives the leadership up when this process may not lead any more.
pub(super) async fn stay(service: &Service, lost: &CancellationToken) {
    loop {
        tokio::select! {
            biased;
            () = lost.cancelled() => return,
            () = tokio::time::sleep(ASK_AGAIN) => {}
        }
        // Whatever is away for a while forbids nothing.
        let standing = tokio::select! {
            biased;
            () = lost.cancelled() => return,
            standing = service.standing() => standing,
        };
        if let Ok(Standing::MayNot(why)) = standing {
            tracing::warn!(%why, "the leadership is given up");
            lost.cancel();
        }
    }
}
