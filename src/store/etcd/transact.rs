//! Transactions, and the compaction of what came before.

use etcd_client::{
    Compare as Condition, CompareOp, DeleteOptions, GetOptions, PutOptions, Txn as Request, TxnOp,
};

use super::cluster::{Cluster, Effect};
use super::fault::Fault;
use super::member::Lane;
use super::read::{first, kv};
use crate::store::{Compare, Op, Revision, StoreError, Txn, TxnOutcome};

pub(super) async fn commit(cluster: &Cluster, txn: &Txn) -> Result<TxnOutcome, StoreError> {
    txn.check()?;
    cluster
        .call(Lane::Short, Effect::Once, |client| {
            let request = request(cluster, txn);
            async move {
                let answer = kv(&client).txn(request).await?;
                let revision = cluster.heard(answer.header());
                if answer.succeeded() {
                    return Ok::<_, Fault>(TxnOutcome::Done(revision));
                }
                let found = answer.op_responses().into_iter().map(|one| first(cluster, one)).collect();
                Ok(TxnOutcome::Refused { revision, found })
            }
        })
        .await
}

/// If one compare does not hold, the other branch reads what each of them looked at.
fn request(cluster: &Cluster, txn: &Txn) -> Request {
    let root = &cluster.root;
    let mut conditions = Vec::with_capacity(txn.compares.len());
    let mut reads = Vec::with_capacity(txn.compares.len());
    for compare in &txn.compares {
        match compare {
            Compare::ModRevision(key, revision) => {
                let key = root.full(key.as_str());
                conditions.push(Condition::mod_revision(key.clone(), CompareOp::Equal, *revision));
                reads.push(TxnOp::get(key, None));
            }
            Compare::CreateRevision(key, revision) => {
                let key = root.full(key.as_str());
                conditions.push(Condition::create_revision(key.clone(), CompareOp::Equal, *revision));
                reads.push(TxnOp::get(key, None));
            }
            Compare::NoneSince(prefix, revision) => {
                // Over a range a compare holds if it holds for every key in it.
                let (from, end) = (root.full(prefix), root.range_end(prefix));
                let next = revision.saturating_add(1);
                let condition = Condition::mod_revision(from.clone(), CompareOp::Less, next);
                conditions.push(condition.with_range(end.clone()));
                let newer = GetOptions::new().with_range(end).with_min_mod_revision(next).with_limit(1);
                reads.push(TxnOp::get(from, Some(newer)));
            }
            Compare::OnlyBelow(prefix, key) => {
                // The same over the ranges before and behind the one key.
                let (from, end) = (root.full(prefix), root.range_end(prefix));
                // A key elsewhere excuses nothing: the range behind it is the whole one then.
                let mut key = root.full(key.as_str());
                let mut behind = [key.as_slice(), &[0]].concat();
                if !key.starts_with(&from) {
                    (key, behind) = (from.clone(), from.clone());
                }
                for (from, end) in [(from.clone(), key), (behind, end.clone())] {
                    // etcd takes an empty range for a single key.
                    if from < end {
                        conditions.push(Condition::version(from, CompareOp::Equal, 0).with_range(end));
                    }
                }
                reads.push(TxnOp::get(from, Some(GetOptions::new().with_range(end).with_limit(1))));
            }
        }
    }
    let ops: Vec<TxnOp> = txn
        .ops
        .iter()
        .map(|op| match op {
            Op::Put(key, value, lease) => {
                let options = lease.map(|lease| PutOptions::new().with_lease(lease));
                TxnOp::put(root.full(key.as_str()), value.to_vec(), options)
            }
            Op::Delete(key) => TxnOp::delete(root.full(key.as_str()), None),
            Op::DeletePrefix(prefix) => {
                let options = DeleteOptions::new().with_range(root.range_end(prefix));
                TxnOp::delete(root.full(prefix), Some(options))
            }
        })
        .collect();
    Request::new().when(conditions).and_then(ops).or_else(reads)
}

pub(super) async fn compact(cluster: &Cluster, revision: Revision) -> Result<(), StoreError> {
    let compacted = cluster
        .call(Lane::Short, Effect::Repeatable, |client| async move {
            Ok(kv(&client).compact(revision, None).await.map(drop)?)
        })
        .await;
    match compacted {
        // That far or farther already.
        Err(StoreError::Compacted { .. }) => Ok(()),
        other => other,
    }
}
