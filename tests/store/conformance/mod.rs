//! What every backend answers alike: the cases, and the words they are written in.
//!
//! Odd cases are decided here. A delete of what is not there is done and changes nothing; a transaction
//! that changes nothing is done at the present revision; compacting what is compacted, and revoking a
//! lease that is gone, is done; a put under a lease that is gone is `Unavailable` and nothing is changed;
//! a revision that is yet to come cannot be listed nor compacted (`Invalid`), but it can be watched.

pub mod history;
pub mod leases;
pub mod limits;
pub mod model;
pub mod reads;
pub mod transactions;
pub mod watches;

use std::any::Any;
use std::time::Duration;

use bytes::Bytes;
use segdeck::store::{
    Entry, Key, LeaseId, ListQuery, Op, Revision, SharedStore, StoreError, Txn, TxnOutcome, Watch, WatchEvent,
};

/// Which store a case needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    /// An empty root of its own; others may move the revision meanwhile.
    Shared,
    /// A whole server of its own: the case compacts, or counts revisions.
    Alone,
}

/// An empty store, and what must live as long as it (a folder, a server).
pub struct Bench {
    pub store: SharedStore,
    pub keep: Box<dyn Any + Send + Sync>,
}

/// Longest wait for something that must come.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Runs the whole suite over a backend.
#[macro_export]
macro_rules! conformance {
    ($backend:ident, $fresh:expr) => {
        mod $backend {
            $crate::conformance_cases!($fresh, Shared, reads:
                absent_keys_are_none
                many_keys_are_read_at_one_revision
                pages_show_one_revision_while_writes_go_on
                pages_end_where_the_list_ends
                keys_alone_leave_the_values_out
                a_prefix_is_no_neighbour
                keys_of_any_script_are_in_byte_order
                a_past_revision_is_listed_as_it_was
                a_future_revision_is_refused
            );
            $crate::conformance_cases!($fresh, Shared, transactions:
                mod_revision_compares_both_ways
                create_revision_compares_both_ways
                none_since_compares_both_ways
                only_below_compares_both_ways
                a_refusal_tells_every_compare_in_order
                a_refusal_changes_nothing
                all_of_a_transaction_is_one_revision
                create_and_mod_revisions_live_through_a_second_life
                deleting_nothing_is_done
                a_prefix_goes_while_others_come
                the_same_value_again_is_a_change
                an_empty_value_is_a_value
                sixteen_tasks_lose_no_increment
            );
            $crate::conformance_cases!($fresh, Alone, transactions: what_changes_nothing_moves_no_revision);
            $crate::conformance_cases!($fresh, Shared, watches:
                whole_revisions_come_in_order
                a_large_revision_comes_whole
                the_past_comes_before_the_present
                a_watch_from_the_future_waits_for_it
                a_watch_from_zero_begins_now
                only_the_prefix_is_told
                a_watch_after_a_list_misses_nothing
                two_watches_see_the_same
                a_dropped_watch_harms_nobody
            );
            $crate::conformance_cases!($fresh, Alone, history:
                a_compacted_watch_says_so
                a_compacted_list_says_so
                what_was_not_compacted_is_still_there
                compacting_again_is_done
                the_future_cannot_be_compacted
                status_tells_the_revision
            );
            $crate::conformance_cases!($fresh, Alone, model: random_operations_agree_with_a_model);
            $crate::conformance_cases!($fresh, Shared, leases:
                an_expired_lease_takes_its_keys_along
                a_renewed_lease_lives_on
                a_revoked_lease_ends_now
                a_lost_lease_renews_to_zero
                a_put_without_the_lease_frees_the_key
                records_tell_whether_they_lie_under_a_lease
                a_put_under_a_lost_lease_changes_nothing
            );
            $crate::conformance_cases!($fresh, Shared, limits:
                a_hundred_operations_are_done_and_one_more_is_not
                a_value_may_have_so_many_bytes
                a_transaction_may_have_so_many_bytes
                a_key_touched_twice_is_refused
            );
        }
    };
}

/// The tests of some cases of one topic.
#[macro_export]
macro_rules! conformance_cases {
    ($fresh:expr, $room:ident, $topic:ident: $($case:ident)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                let bench = $fresh($crate::conformance::Room::$room).await;
                $crate::conformance::$topic::$case(&bench.store).await;
                drop(bench.keep);
            }
        )*
    };
}

pub fn key(text: impl AsRef<str>) -> Key {
    Key::from_stored(text.as_ref())
}

pub fn put(text: impl AsRef<str>, value: impl AsRef<[u8]>) -> Op {
    Op::Put(key(text), Bytes::copy_from_slice(value.as_ref()), None)
}

pub fn put_under(text: impl AsRef<str>, value: impl AsRef<[u8]>, lease: LeaseId) -> Op {
    Op::Put(key(text), Bytes::copy_from_slice(value.as_ref()), Some(lease))
}

pub fn delete(text: impl AsRef<str>) -> Op {
    Op::Delete(key(text))
}

pub fn delete_prefix(text: impl Into<String>) -> Op {
    Op::DeletePrefix(text.into())
}

/// Commits without compares; the revision.
pub async fn commit(store: &SharedStore, ops: Vec<Op>) -> Revision {
    match store.txn(Txn { compares: Vec::new(), ops }).await.unwrap() {
        TxnOutcome::Done(revision) => revision,
        TxnOutcome::Refused { .. } => panic!("refused without a compare"),
    }
}

/// The record, or a panic.
pub async fn read(store: &SharedStore, text: &str) -> Entry {
    store.get(&key(text)).await.unwrap().1.unwrap_or_else(|| panic!("{text} is not there"))
}

/// Is there no such record?
pub async fn is_absent(store: &SharedStore, text: &str) -> bool {
    store.get(&key(text)).await.unwrap().1.is_none()
}

/// The keys below a prefix now.
pub async fn keys_below(store: &SharedStore, prefix: &str) -> Vec<String> {
    names(&store.list_all(prefix).await.unwrap().entries)
}

pub fn names(entries: &[Entry]) -> Vec<String> {
    entries.iter().map(|entry| entry.key.as_str().to_owned()).collect()
}

/// The first page below a prefix at a revision.
pub fn at(prefix: &str, revision: Revision) -> ListQuery {
    ListQuery { revision: Some(revision), ..ListQuery::prefix(prefix) }
}

/// What a watch told up to and including `revision`: `(revision, what)`, with `+key=value` and `-key`.
pub async fn told_until(watch: &mut Watch, revision: Revision) -> Vec<(Revision, String)> {
    let mut told: Vec<(Revision, String)> = Vec::new();
    let mut seen = 0;
    while seen < revision {
        let batch = tokio::time::timeout(PATIENCE, watch.recv())
            .await
            .unwrap_or_else(|_| panic!("nothing came up to revision {revision}; so far {told:?}"))
            .expect("the watch goes on")
            .expect("the watch has no error");
        assert!(batch.revision > seen, "the batches rise: {} after {seen}", batch.revision);
        for event in batch.events {
            let (at, what) = tell(&event);
            assert!(
                at > seen && at <= batch.revision,
                "revision {at} in the batch after {seen} to {}",
                batch.revision
            );
            assert!(told.last().is_none_or(|(last, _)| *last <= at), "{what} at {at} comes after {told:?}");
            told.push((at, what));
        }
        seen = batch.revision;
    }
    told
}

pub fn tell(event: &WatchEvent) -> (Revision, String) {
    match event {
        WatchEvent::Put(entry) => {
            (entry.mod_revision, format!("+{}={}", entry.key, String::from_utf8_lossy(&entry.value)))
        }
        WatchEvent::Delete(key, revision) => (*revision, format!("-{key}")),
    }
}

/// The error that a watch ends with, be it told by the call or by the stream.
pub async fn watch_error(store: &SharedStore, prefix: &str, from: Revision) -> StoreError {
    let mut watch = match store.watch(prefix, from).await {
        Ok(watch) => watch,
        Err(error) => return error,
    };
    match tokio::time::timeout(PATIENCE, watch.recv()).await.expect("the watch answers") {
        Some(Err(error)) => error,
        other => panic!("an error was due, not {other:?}"),
    }
}
