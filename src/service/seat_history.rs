//! What happened on seats, added to their histories.

use crate::domain::SeatId;
use crate::domain::seat::{SeatEvent, SeatHistory};
use crate::store::{self, Key, ReadStore, StoreError, Txn, keys};

/// The transaction that adds an event to the history of each of these seats; `None` where all are told already,
/// so that doing it again does no harm.
pub(crate) async fn histories<'a>(
    reads: &dyn ReadStore,
    told: impl Iterator<Item = (&'a SeatId, SeatEvent)>,
) -> Result<Option<Txn>, StoreError> {
    let (seats, events): (Vec<&SeatId>, Vec<SeatEvent>) = told.unzip();
    let keys: Vec<Key> = seats.into_iter().map(keys::seat_history).collect();
    let found = reads.get_many(&keys).await?.entries;
    let mut txn = Txn::new();
    for ((event, key), entry) in events.into_iter().zip(keys).zip(found) {
        let mut history: SeatHistory = entry.as_ref().map(store::decode).transpose()?.unwrap_or_default();
        let told = history.entries.iter().any(|known| known.record == event.record && known.at == event.at);
        if !told && history.add(event) {
            txn = txn.still(key.clone(), entry.as_ref()).put(key, &history)?;
        }
    }
    Ok((!txn.ops.is_empty()).then_some(txn))
}
