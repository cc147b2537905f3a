//! What proves that records can be read and changed. A renewed lease does not: etcd renews one whatever rights are left
//! to its user, and with no space left too.

use super::{Key, Revision, Store, StoreError, Txn, TxnOutcome, keys};

/// Where the controllers write.
const WRITTEN: [&str; 11] = [
    keys::SEGMENTS,
    keys::BINDINGS,
    keys::INSTALLED,
    keys::INSTALL_RECORDS,
    keys::INSTALL_LOGS,
    keys::ACTIVE_INSTALLS,
    keys::TOMBSTONES,
    keys::SYNC,
    keys::AUDIT,
    "seat-history/",
    "meta/",
];

/// A transaction that cannot come true. A store checks the rights to what it would do, and whether there is room for it,
/// and does nothing.
pub(super) fn never() -> Result<Txn, StoreError> {
    let keys = WRITTEN.map(|below| Key::from_stored(format!("{below}proof")));
    let txn = Txn::new().unchanged(Key::from_stored(format!("{}proof", keys::AUDIT)), Revision::MAX);
    keys.into_iter().try_fold(txn, |txn, key| txn.put(key, &()))
}

/// Can this process read and change records now?
///
/// # Errors
/// What keeps it from doing so.
pub(crate) async fn prove(store: &dyn Store) -> Result<(), StoreError> {
    store.get(&keys::leader()).await?;
    match store.txn(never()?).await? {
        TxnOutcome::Refused { .. } | TxnOutcome::Done(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Compare;

    #[test]
    fn it_asks_for_every_place_and_cannot_come_true() {
        let txn = never().unwrap();
        txn.check().unwrap();
        assert_eq!(txn.ops.len(), WRITTEN.len());
        assert!(matches!(&txn.compares[..], [Compare::ModRevision(_, Revision::MAX)]));
    }
}
