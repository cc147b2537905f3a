//! Who wants to know what changed: each subscriber has its own set of changed keys, so that a slow one costs a
//! bounded amount of memory and misses nothing.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::Notify;

use crate::domain::{Prefix, RecordId, RemoteKind, SeatId, SegmentId};

/// More pending keys than this become one [`Change::Reset`].
const MOST_PENDING: usize = 10_000;

/// What to look at again. It says nothing about how it changed: the rows do, also that it is gone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Change {
    /// Everything.
    Reset,
    /// A segment.
    Segment(SegmentId),
    /// A seat.
    Seat(SeatId),
    /// The number of bound seats.
    Bound(Prefix),
    /// The number of installed seats.
    Installed(SegmentId),
    /// An install: its record, its log, or the state of its seats.
    Install(RecordId, SegmentId),
    /// Data sync of a remote.
    Sync(RemoteKind),
    /// Who leads.
    Leader,
    /// Whether new tasks are sent to seats.
    Freeze,
    /// The layout version, the storage id, whose platforms they are, or the marks of unreadable records.
    Meta,
}

/// All who want to know.
#[derive(Default)]
pub(super) struct Subscribers(Mutex<Vec<Weak<Inbox>>>);

impl Subscribers {
    pub(super) fn add(&self) -> Subscription {
        let inbox = Arc::new(Inbox {
            pending: Mutex::new(Pending { reset: true, keys: BTreeSet::new() }),
            news: Notify::new(),
        });
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::downgrade(&inbox));
        Subscription { inbox }
    }

    pub(super) fn tell(&self, changes: &[Change]) {
        if changes.is_empty() {
            return;
        }
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|inbox| {
            let Some(inbox) = inbox.upgrade() else { return false };
            inbox.pending.lock().unwrap_or_else(PoisonError::into_inner).add(changes);
            inbox.news.notify_one();
            true
        });
    }
}

struct Inbox {
    pending: Mutex<Pending>,
    news: Notify,
}

struct Pending {
    reset: bool,
    keys: BTreeSet<Change>,
}

impl Pending {
    fn add(&mut self, changes: &[Change]) {
        self.reset |= changes.len() > MOST_PENDING || changes.contains(&Change::Reset);
        if !self.reset {
            self.keys.extend(changes.iter().cloned());
            self.reset = self.keys.len() > MOST_PENDING;
        }
        if self.reset {
            self.keys.clear();
        }
    }

    fn take(&mut self) -> Option<Vec<Change>> {
        if std::mem::take(&mut self.reset) {
            return Some(vec![Change::Reset]);
        }
        let keys = std::mem::take(&mut self.keys);
        (!keys.is_empty()).then(|| keys.into_iter().collect())
    }
}

/// The changes of a cache for one reader.
pub struct Subscription {
    inbox: Arc<Inbox>,
}

impl Subscription {
    /// What changed since the last call, each key once; waits until something has. The first call returns
    /// [`Change::Reset`] at once, which stands for everything whenever it comes. Dropping the call loses
    /// nothing.
    pub async fn next(&mut self) -> Vec<Change> {
        loop {
            let taken = self.inbox.pending.lock().unwrap_or_else(PoisonError::into_inner).take();
            match taken {
                Some(changes) => return changes,
                None => self.inbox.news.notified().await,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    fn seat(n: usize) -> Change {
        Change::Seat(format!("seat-{n}").parse().unwrap())
    }

    #[tokio::test]
    async fn each_key_comes_once() {
        let subscribers = Subscribers::default();
        let mut subscription = subscribers.add();
        assert_eq!(subscription.next().await, [Change::Reset]);
        assert!(subscription.next().now_or_never().is_none());
        subscribers.tell(&[seat(1), seat(2)]);
        subscribers.tell(&[seat(1)]);
        assert_eq!(subscription.next().await, [seat(1), seat(2)]);
        assert!(subscription.next().now_or_never().is_none());
    }

    #[tokio::test]
    async fn too_many_keys_are_everything() {
        let subscribers = Subscribers::default();
        let mut subscription = subscribers.add();
        subscription.next().await;
        for n in 0..=MOST_PENDING {
            subscribers.tell(&[seat(n)]);
        }
        subscribers.tell(&[seat(0)]);
        assert_eq!(subscription.next().await, [Change::Reset]);
        subscribers.tell(&[seat(3)]);
        assert_eq!(subscription.next().await, [seat(3)]);
    }

    #[tokio::test]
    async fn a_dropped_subscription_is_forgotten() {
        let subscribers = Subscribers::default();
        drop(subscribers.add());
        subscribers.tell(&[seat(1)]);
        assert!(subscribers.0.lock().unwrap().is_empty());
    }
}
