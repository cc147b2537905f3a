//! A leader proves again and again that it can read and write. One that cannot would keep everybody else from leading
//! for as long as its lease is renewed, and etcd renews a lease whatever rights are left.

use std::time::Duration;

use tokio::time::{Instant, sleep, sleep_until, timeout_at};
use tokio_util::sync::CancellationToken;

use crate::domain::words::{Say, say};
use crate::store::{LeaderStore, StoreError};

/// Proves it three times in the length of the lease, until `lost`. Ends, cancelling it, when nothing was proven for a
/// whole length; at once where the first proof is refused. Returns why then.
pub(super) async fn keep(leader: &LeaderStore, ttl: Duration, lost: &CancellationToken) -> Option<Say> {
    let mut proven = Instant::now();
    let mut refused: Option<StoreError> = None;
    let mut first = true;
    loop {
        let until = proven + ttl;
        let sent = Instant::now();
        let answer = tokio::select! {
            biased;
            () = lost.cancelled() => return None,
            answer = timeout_at(until, leader.prove()) => answer,
        };
        let pause = match answer {
            Ok(Ok(())) => {
                (proven, refused, first) = (sent, None, false);
                ttl / 3
            }
            Ok(Err(StoreError::NotLeader)) => {
                lost.cancel();
                return None;
            }
            Ok(Err(error)) => {
                let over = first && error.is_refusal();
                if refused.is_none() {
                    tracing::warn!(%error, "this leader cannot read and write");
                }
                refused = Some(error);
                if over {
                    break;
                }
                ttl / 10
            }
            Err(_) => break,
        };
        tokio::select! {
            biased;
            () = lost.cancelled() => return None,
            () = sleep_until(proven + ttl) => break,
            () = sleep(pause) => {}
        }
    }
    lost.cancel();
    let span = format!("{:.0} s", ttl.as_secs_f32());
    Some(refused.map_or_else(|| say!("stood-back-silence", span = span), |error| error.say()))
}
