//! The work queue: one slot per key. A key that is being worked on is not handed out again; if it is
//! added meanwhile it comes back once afterwards. Nothing is queued twice.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use crate::domain::{RecordId, RemoteKind, SegmentId};

/// What a worker looks at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Work {
    /// A segment: publish or remove it.
    Segment(SegmentId),
    /// An unfinished install.
    Install(RecordId, SegmentId),
    /// Data sync of a remote.
    Sync(RemoteKind),
    /// Orphaned files.
    Sweep,
    /// Entries of the trash that are to be emptied.
    Trash,
    /// The oldest entries of the audit trail.
    Prune,
    /// Which platforms answer.
    Platforms,
    /// A segment whose md5 is not known: a slot of its own, so that it can be published, and removed, meanwhile.
    Complete(SegmentId),
}

/// As people find it again: the ids as commands take them.
impl std::fmt::Display for Work {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Segment(id) => write!(f, "segment {id}"),
            Self::Install(record, id) => write!(f, "install {record} of {id}"),
            Self::Sync(remote) => write!(f, "data sync of {remote}"),
            Self::Sweep => f.write_str("sweep"),
            Self::Trash => f.write_str("trash"),
            Self::Prune => f.write_str("audit trail"),
            Self::Platforms => f.write_str("platforms"),
            Self::Complete(id) => write!(f, "md5 of {id}"),
        }
    }
}

/// What a worker takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lane {
    /// Whatever comes first and is waited for.
    Any,
    /// Installs alone: large files on their way elsewhere must not keep seats waiting.
    Installs,
    /// What nobody waits for, and only while there is nothing else to do.
    Idle,
}

impl Lane {
    fn takes(self, work: &Work) -> bool {
        match self {
            Self::Any => !matches!(work, Work::Complete(_)),
            Self::Installs => matches!(work, Work::Install(..)),
            Self::Idle => matches!(work, Work::Complete(_)),
        }
    }
}

#[derive(Default)]
struct Slot {
    processing: bool,
    queued: bool,
    delayed: Option<Instant>,
    failures: u32,
}

#[derive(Default)]
struct State {
    ready: VecDeque<Work>,
    /// Ready too, for when nothing else is.
    idle: VecDeque<Work>,
    slots: HashMap<Work, Slot>,
    delayed: BTreeSet<(Instant, Work)>,
}

/// The queue; shared by the feed and the workers.
#[derive(Default)]
pub(super) struct WorkQueue {
    state: Mutex<State>,
    wake: Notify,
}

impl WorkQueue {
    fn lock(&self) -> MutexGuard<'_, State> {
        // A worker that panicked did so outside of this lock's few lines; the state is whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Somebody should look at this now.
    pub(super) fn add(&self, work: Work) {
        self.lock().make_ready(work);
        self.wake.notify_waiters();
    }

    /// Somebody should look at this then, or earlier if it is added meanwhile.
    fn add_at(&self, work: Work, at: Instant) {
        {
            let mut state = self.lock();
            let slot = state.slots.entry(work.clone()).or_default();
            if slot.queued || slot.delayed.is_some_and(|earlier| earlier <= at) {
                return;
            }
            let replaced = slot.delayed.replace(at);
            if let Some(replaced) = replaced {
                state.delayed.remove(&(replaced, work.clone()));
            }
            state.delayed.insert((at, work));
        }
        self.wake.notify_waiters();
    }

    /// The next piece of work of a lane; its slot is taken until [`WorkQueue::done`].
    pub(super) async fn next(&self, lane: Lane) -> Work {
        loop {
            // Made before the look: what is added after it wakes this one.
            let notified = self.wake.notified();
            let wait = {
                let mut state = self.lock();
                state.ripen(Instant::now());
                if let Some(work) = state.take(lane) {
                    return work;
                }
                state.delayed.first().map(|(at, _)| *at)
            };
            match wait {
                Some(at) => tokio::select! {
                    biased;
                    () = notified => {}
                    () = tokio::time::sleep_until(at) => {}
                },
                None => notified.await,
            }
        }
    }

    /// The work was looked at; `again` says when it wants to be looked at by itself.
    pub(super) fn done(&self, work: &Work, again: Option<Duration>) {
        if let Some(slot) = self.lock().slots.get_mut(work) {
            slot.failures = 0;
        }
        self.release(work, again);
    }

    /// The work could not be looked at; it comes back after an exponential pause (50 ms to 5 s).
    pub(super) fn failed(&self, work: &Work) {
        let pause = {
            let mut state = self.lock();
            let slot = state.slots.entry(work.clone()).or_default();
            slot.failures = slot.failures.saturating_add(1);
            Duration::from_millis((50_u64 << slot.failures.min(7)).min(5_000))
        };
        self.release(work, Some(pause));
    }

    fn release(&self, work: &Work, again: Option<Duration>) {
        let requeue = {
            let mut state = self.lock();
            let Some(slot) = state.slots.get_mut(work) else { return };
            slot.processing = false;
            let queued = slot.queued;
            if queued {
                state.push(work.clone());
            } else if again.is_none() && slot.delayed.is_none() {
                state.slots.remove(work);
            }
            queued
        };
        match again {
            Some(pause) if !requeue => self.add_at(work.clone(), Instant::now() + pause),
            _ => self.wake.notify_waiters(),
        }
    }
}

impl State {
    fn take(&mut self, lane: Lane) -> Option<Work> {
        let work = if lane == Lane::Idle {
            let busy =
                |(work, slot): (&Work, &Slot)| !Lane::Idle.takes(work) && (slot.processing || slot.queued);
            if self.idle.is_empty() || self.slots.iter().any(busy) {
                return None;
            }
            self.idle.pop_front()?
        } else {
            let at = self.ready.iter().position(|work| lane.takes(work))?;
            self.ready.remove(at)?
        };
        let slot = self.slots.entry(work.clone()).or_default();
        slot.queued = false;
        slot.processing = true;
        Some(work)
    }

    fn make_ready(&mut self, work: Work) {
        let slot = self.slots.entry(work.clone()).or_default();
        if let Some(at) = slot.delayed.take() {
            self.delayed.remove(&(at, work.clone()));
        }
        let slot = self.slots.entry(work.clone()).or_default();
        if slot.queued {
            return;
        }
        slot.queued = true;
        if !slot.processing {
            self.push(work);
        }
    }

    fn push(&mut self, work: Work) {
        let line = if Lane::Idle.takes(&work) { &mut self.idle } else { &mut self.ready };
        line.push_back(work);
    }

    fn ripen(&mut self, now: Instant) {
        while let Some((at, work)) = self.delayed.first().cloned() {
            if at > now {
                return;
            }
            self.delayed.pop_first();
            if let Some(slot) = self.slots.get_mut(&work) {
                slot.delayed = None;
            }
            self.make_ready(work);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn work(name: &str) -> Work {
        Work::Segment(name.parse().unwrap())
    }

    #[tokio::test(start_paused = true)]
    async fn a_key_is_with_one_worker_at_a_time() {
        let queue = WorkQueue::default();
        queue.add(work("a@1"));
        queue.add(work("a@1"));
        assert_eq!(queue.next(Lane::Any).await, work("a@1"));
        queue.add(work("a@1"));
        let second = tokio::time::timeout(Duration::from_secs(1), queue.next(Lane::Any)).await;
        assert!(second.is_err(), "handed out while it is worked on");
        queue.done(&work("a@1"), None);
        assert_eq!(queue.next(Lane::Any).await, work("a@1"), "added meanwhile, so it comes back");
        queue.done(&work("a@1"), None);
        assert!(
            tokio::time::timeout(Duration::from_secs(9), queue.next(Lane::Any)).await.is_err(),
            "and only once"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn delayed_work_comes_in_time_and_earlier_when_added() {
        let queue = WorkQueue::default();
        let began = Instant::now();
        for name in ["a@1", "b@1"] {
            queue.add(work(name));
            let taken = queue.next(Lane::Any).await;
            queue.done(&taken, Some(Duration::from_secs(10)));
        }
        queue.add(work("b@1"));
        assert_eq!(queue.next(Lane::Any).await, work("b@1"));
        assert_eq!(began.elapsed(), Duration::ZERO);
        assert_eq!(queue.next(Lane::Any).await, work("a@1"));
        assert_eq!(began.elapsed().as_secs(), 10);
    }

    #[tokio::test(start_paused = true)]
    async fn installs_have_a_lane_of_their_own() {
        let queue = WorkQueue::default();
        queue.add(work("a@1"));
        let none = tokio::time::timeout(Duration::from_secs(1), queue.next(Lane::Installs)).await;
        assert!(none.is_err(), "a segment is not for this lane");
        let install =
            Work::Install(RecordId::new(crate::domain::Timestamp::UNIX_EPOCH), "a@1".parse().unwrap());
        let (taken, ()) = tokio::join!(queue.next(Lane::Installs), async { queue.add(install.clone()) });
        assert_eq!(taken, install);
        assert_eq!(queue.next(Lane::Any).await, work("a@1"));
    }

    #[tokio::test(start_paused = true)]
    async fn what_nobody_waits_for_comes_when_all_else_is_done() {
        let queue = WorkQueue::default();
        let complete = Work::Complete("a@1".parse().unwrap());
        queue.add(complete.clone());
        queue.add(work("a@1"));
        let none = tokio::time::timeout(Duration::from_secs(1), queue.next(Lane::Idle)).await;
        assert!(none.is_err(), "something is ready");
        assert_eq!(queue.next(Lane::Any).await, work("a@1"));
        let none = tokio::time::timeout(Duration::from_secs(1), queue.next(Lane::Idle)).await;
        assert!(none.is_err(), "something is worked on");
        let (taken, ()) = tokio::join!(queue.next(Lane::Idle), async { queue.done(&work("a@1"), None) });
        assert_eq!(taken, complete);
        queue.add(work("a@1"));
        assert_eq!(queue.next(Lane::Any).await, work("a@1"), "it keeps nobody waiting");
    }

    #[tokio::test(start_paused = true)]
    async fn trouble_backs_off() {
        let queue = WorkQueue::default();
        queue.add(work("a@1"));
        let began = Instant::now();
        for _ in 0..4 {
            let taken = queue.next(Lane::Any).await;
            queue.failed(&taken);
        }
        queue.next(Lane::Any).await;
        assert_eq!(began.elapsed().as_millis(), 100 + 200 + 400 + 800);
    }
}
