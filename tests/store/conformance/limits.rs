//! How much one request may hold: what is allowed is done, what is not leaves no trace.

use segdeck::store::{Compare, MAX_OPS, MAX_TXN_BYTES, MAX_VALUE_BYTES, Op, SharedStore, StoreError, Txn};

use super::{commit, delete, delete_prefix, key, keys_below, put, read};

async fn too_large(store: &SharedStore, txn: Txn) {
    let refused = store.txn(txn).await;
    assert!(matches!(refused, Err(StoreError::TooLarge(_))), "{refused:?}");
    assert!(keys_below(store, "big/").await.is_empty(), "nothing was done");
}

pub async fn a_hundred_operations_are_done_and_one_more_is_not(store: &SharedStore) {
    let puts = |many: usize| (0..many).map(|n| put(format!("big/{n}"), "x")).collect::<Vec<_>>();
    let absent = |many: usize| (0..many).map(|n| Compare::ModRevision(key(format!("big/{n}")), 0)).collect();
    too_large(store, Txn { ops: puts(MAX_OPS + 1), ..Txn::new() }).await;
    too_large(store, Txn { compares: absent(MAX_OPS + 1), ops: puts(1) }).await;
    let txn = Txn { compares: absent(MAX_OPS), ops: puts(MAX_OPS) };
    store.txn(txn).await.unwrap();
    assert_eq!(keys_below(store, "big/").await.len(), MAX_OPS);
}

pub async fn a_value_may_have_so_many_bytes(store: &SharedStore) {
    too_large(store, Txn { ops: vec![put("big/a", vec![b'x'; MAX_VALUE_BYTES + 1])], ..Txn::new() }).await;
    commit(store, vec![put("big/a", vec![b'x'; MAX_VALUE_BYTES])]).await;
    assert_eq!(read(store, "big/a").await.value.len(), MAX_VALUE_BYTES);
}

/// Puts that together have just `bytes` bytes.
fn filling(bytes: usize) -> Txn {
    let mut txn = Txn::new();
    for n in 0.. {
        txn.ops.push(put(format!("big/{n}"), ""));
        let room = bytes - txn.bytes();
        let value = vec![b'x'; room.min(MAX_VALUE_BYTES)];
        txn.ops.pop();
        txn.ops.push(put(format!("big/{n}"), value));
        if room < MAX_VALUE_BYTES {
            break;
        }
    }
    assert_eq!(txn.bytes(), bytes);
    txn
}

pub async fn a_transaction_may_have_so_many_bytes(store: &SharedStore) {
    too_large(store, filling(MAX_TXN_BYTES + 1)).await;
    let txn = filling(MAX_TXN_BYTES);
    let many = txn.ops.len();
    store.txn(txn).await.unwrap();
    assert_eq!(keys_below(store, "big/").await.len(), many);
}

pub async fn a_key_touched_twice_is_refused(store: &SharedStore) {
    commit(store, vec![put("t/a", "1"), put("t/a-", "1")]).await;
    let twice: [Vec<Op>; 6] = [
        vec![put("t/a", "2"), put("t/b", "2"), put("t/a", "3")],
        vec![put("t/a", "2"), delete("t/a")],
        vec![delete("t/a"), delete("t/a")],
        vec![put("t/new", "2"), delete_prefix("t/"), put("u", "2")],
        vec![delete_prefix("t/a"), delete("t/a")],
        vec![delete_prefix("t/a"), delete_prefix("t/")],
    ];
    for ops in twice {
        let refused = store.txn(Txn { ops: ops.clone(), ..Txn::new() }).await;
        assert!(matches!(refused, Err(StoreError::Invalid(_))), "{ops:?}: {refused:?}");
    }
    assert_eq!(keys_below(store, "t/").await, ["t/a", "t/a-"]);
    assert_eq!(read(store, "t/a").await.value, "1");
    commit(store, vec![delete("t/a"), put("t/a-", "2"), put("t", "2"), delete_prefix("t/b/")]).await;
    assert_eq!(keys_below(store, "t/").await, ["t/a-"]);
}
