//! The thread that writes. What waits together is committed together: a commit waits for the disk, and one
//! wait serves them all. Each transaction has its own revision all the same.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rusqlite::{Connection, Result};
use tokio::sync::{mpsc, oneshot};

use super::apply::apply;
use super::boot::Boot;
use super::fault::{commit_fault, fault};
use super::history::{self, Generation};
use super::leases;
use super::place::Place;
use super::rows::State;
use super::turn::Turn;
use super::wake::Waker;
use crate::domain::words::word;
use crate::store::{LeaseId, Op, Revision, StoreError, Txn, TxnOutcome};

/// Most orders of one commit, and about how many bytes.
const GROUP: usize = 128;
const GROUP_BYTES: usize = 8 * 1024 * 1024;

/// What is to be done.
#[derive(Debug)]
pub(super) enum Work {
    /// A checked transaction.
    Txn(Txn),
    /// A new lease.
    Grant(Duration),
    /// One moved on.
    Renew(LeaseId),
    /// One ended.
    Revoke(LeaseId),
    /// The past forgotten.
    Compact(Revision),
    /// Nothing but what precedes all work: ended leases go.
    Expire,
}

/// What came of it.
#[derive(Debug)]
pub(super) enum Answer {
    /// Of a transaction.
    Outcome(TxnOutcome),
    /// A lease and the time granted.
    Granted(LeaseId, Duration),
    /// The time granted.
    Renewed(Duration),
    /// There is nothing to tell.
    Done,
}

/// Work that somebody waits for.
#[derive(Debug)]
pub(super) struct Order {
    pub(super) work: Work,
    /// Set by whoever is first: the writer that begins it, or the caller that gives up. What a caller gave
    /// up in time is never begun.
    pub(super) taken: Arc<AtomicBool>,
    pub(super) reply: oneshot::Sender<Result<Answer, StoreError>>,
}

/// The one that writes.
pub(super) struct Writer {
    pub(super) connection: Connection,
    pub(super) name: String,
    pub(super) place: Place,
    pub(super) boot: Boot,
    pub(super) generation: Generation,
    pub(super) waker: Waker,
}

type Reply = (oneshot::Sender<Result<Answer, StoreError>>, Result<Answer, StoreError>);

impl Writer {
    /// Serves until nobody can order any more.
    pub(super) fn serve(mut self, mut orders: mpsc::Receiver<Order>) {
        let mut purge_due = true;
        loop {
            let first = if purge_due { orders.try_recv().ok() } else { orders.blocking_recv() };
            match first {
                Some(first) => purge_due = self.serve_group(group(first, &mut orders)),
                None if orders.is_closed() && orders.is_empty() => return,
                None => purge_due = self.serve_group(Vec::new()),
            }
        }
    }

    /// Does a group of orders in one commit and answers them. Is there more of the past to be removed?
    pub(super) fn serve_group(&mut self, group: Vec<Order>) -> bool {
        let begun = self.place.check().and_then(|()| {
            Turn::begin(&self.connection, &self.boot)
                .map_err(|error| fault(&self.name, word!("doing-begin"), &error))
        });
        let turn = match begun {
            Ok(turn) => turn,
            Err(error) => {
                self.undo();
                refuse(group, &error);
                return false;
            }
        };
        let before = turn.state.revision;
        let (waiting, work): (Vec<_>, Vec<_>) = group
            .into_iter()
            .filter(|order| !order.taken.swap(true, Ordering::AcqRel))
            .map(|order| (order.reply, order.work))
            .unzip();
        let done = do_all(turn, &self.name, self.generation, &work);
        let (answers, state) = match done {
            Ok(done) => done,
            Err(error) => {
                self.undo();
                let error = fault(&self.name, word!("doing-write"), &error);
                answer(waiting.into_iter().map(|reply| (reply, Err(error.clone()))));
                return false;
            }
        };
        if let Err(error) = self.connection.execute_batch("COMMIT") {
            self.undo();
            let error = commit_fault(&self.name, &error);
            answer(waiting.into_iter().map(|reply| (reply, Err(error.clone()))));
            return false;
        }
        if state.revision > before {
            self.waker.committed(state.revision);
        }
        answer(waiting.into_iter().zip(answers));
        history::is_purge_due(&state)
    }

    fn undo(&self) {
        if !self.connection.is_autocommit()
            && let Err(error) = self.connection.execute_batch("ROLLBACK")
        {
            tracing::error!(store = self.name, %error, "a transaction could not be undone");
        }
    }
}

fn do_all(
    mut turn: Turn<'_>,
    name: &str,
    generation: Generation,
    work: &[Work],
) -> Result<(Vec<Result<Answer, StoreError>>, State)> {
    leases::expire(&mut turn)?;
    let answers = work.iter().map(|work| perform(&mut turn, name, work)).collect::<Result<_>>()?;
    history::turn_generation(&mut turn.state, generation);
    if history::is_purge_due(&turn.state) {
        history::purge(&mut turn)?;
    }
    Ok((answers, turn.finish()?))
}

fn perform(turn: &mut Turn<'_>, name: &str, work: &Work) -> Result<Result<Answer, StoreError>> {
    Ok(match work {
        Work::Txn(txn) => apply(turn, name, txn)?.map(Answer::Outcome),
        Work::Grant(ttl) => leases::grant(turn, *ttl).map(|(lease, ttl)| Ok(Answer::Granted(lease, ttl)))?,
        Work::Renew(lease) => Ok(Answer::Renewed(leases::renew(turn, *lease)?)),
        Work::Revoke(lease) => {
            leases::revoke(turn, *lease)?;
            Ok(Answer::Done)
        }
        Work::Compact(revision) => history::compact(&mut turn.state, *revision).map(|()| Answer::Done),
        Work::Expire => Ok(Answer::Done),
    })
}

/// What waits already, up to the size of a group.
fn group(first: Order, orders: &mut mpsc::Receiver<Order>) -> Vec<Order> {
    let mut bytes = weight(&first);
    let mut group = vec![first];
    while group.len() < GROUP && bytes < GROUP_BYTES {
        let Ok(order) = orders.try_recv() else { break };
        bytes += weight(&order);
        group.push(order);
    }
    group
}

fn weight(order: &Order) -> usize {
    match &order.work {
        Work::Txn(txn) => {
            txn.ops.iter().map(|op| if let Op::Put(_, value, _) = op { value.len() } else { 0 }).sum()
        }
        _ => 0,
    }
}

fn refuse(group: Vec<Order>, error: &StoreError) {
    answer(group.into_iter().map(|order| (order.reply, Err(error.clone()))));
}

fn answer(replies: impl Iterator<Item = Reply>) {
    for (reply, answer) in replies {
        // Whoever asked may have gone; what is done is done.
        drop(reply.send(answer));
    }
}
