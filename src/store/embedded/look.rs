//! The one look at the store that a process takes once a second, and whenever the wake file is touched: for
//! revisions of others, and for leases that have ended.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use tokio::sync::{Notify, mpsc, oneshot};
use tokio::time::MissedTickBehavior;

use super::boot::Boot;
use super::leases;
use super::readers::Readers;
use super::rows;
use super::wake::{Known, tell};
use super::writer::{Order, Work};

/// Between two looks that nothing woke.
const INTERVAL: Duration = Duration::from_secs(1);

/// Who looks.
pub(super) struct Look {
    pub(super) readers: Arc<Readers>,
    pub(super) boot: Boot,
    pub(super) known: Arc<Known>,
    pub(super) orders: mpsc::Sender<Order>,
}

impl Look {
    /// Looks until it is aborted.
    pub(super) async fn run(self, touched: Arc<Notify>) {
        let mut ticks = tokio::time::interval(INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = ticks.tick() => {}
                () = touched.notified() => {}
            }
            self.once().await;
        }
    }

    async fn once(&self) {
        let boot = self.boot.clone();
        let seen = self.readers.read(move |connection| {
            Ok(Ok((rows::state(connection)?.revision, leases::any_ended(connection, &boot)?)))
        });
        match seen.await {
            Ok((revision, any_ended)) => {
                tell(&self.known, revision);
                if any_ended {
                    let (reply, answer) = oneshot::channel();
                    let order = Order { work: Work::Expire, taken: Arc::new(AtomicBool::new(false)), reply };
                    if self.orders.send(order).await.is_ok() {
                        drop(answer.await);
                    }
                }
            }
            Err(error) => tracing::debug!(%error, "the store cannot be looked at"),
        }
    }
}
