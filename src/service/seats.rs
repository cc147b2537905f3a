//! Seats are added, imported, removed and forgotten.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use serde::Serialize;
use serde_json::{Value, json};

use super::commit::{Audited, brief, try_again};
use super::leftovers::settle;
use super::seen::Seen;
use super::{Code, Service, ServiceError};
use crate::domain::install::ActiveInstalls;
use crate::domain::seat::{SeatInput, SeatList};
use crate::domain::words::{Say, say, word};
use crate::domain::{Seat, SeatId, Shard};
use crate::store::keys::{self, Named};
use crate::store::{self, Entry, Key, ListQuery, Revision, Txn};

/// Seats written by one transaction of an import; their values are small.
const IMPORT_BATCH: usize = 90;

/// What an import did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ImportResult {
    /// New seats.
    pub added: usize,
    /// Changed ones.
    pub updated: usize,
    /// As they were.
    pub unchanged: usize,
}

impl Service {
    /// Adds one seat.
    ///
    /// # Errors
    /// `exists` for its id; `conflict` when another seat has its address.
    pub async fn add_seat(&self, input: &SeatInput) -> Result<Seat, ServiceError> {
        let known = self.all_seats().await?;
        if known.contains_key(&input.id) {
            return Err(ServiceError::new(Code::Exists, say!("seat-exists", id = &input.id)));
        }
        if let Some((_, other)) = known.values().find(|(_, seat)| seat.ip == input.ip) {
            return Err(ServiceError::new(
                Code::Conflict,
                say!("seat-has-address", id = &other.id, ip = input.ip.to_string()),
            ));
        }
        let seat = input.record(None);
        let key = keys::seat(&seat.id);
        let txn = Txn::new().absent(key.clone()).put(key, &seat)?;
        let audited = Audited {
            action: "seat.add",
            object: seat.id.as_str(),
            before: Value::Null,
            after: brief(&seat),
        };
        self.commit(txn, audited)
            .await?
            .ok_or_else(|| ServiceError::new(Code::Exists, say!("seat-added-meanwhile", id = &seat.id)))?;
        Ok(seat)
    }

    /// Adds and updates seats; what does not change is not written. Everything is checked before the first
    /// write; more seats than one transaction takes are written in several, and a broken import is mended by
    /// importing the same file again.
    ///
    /// # Errors
    /// `invalid` when two seats share an id or an address, `conflict` when somebody changed one of them since
    /// `seen`; nothing is written then.
    pub async fn import_seats(&self, inputs: &[SeatInput], seen: Seen) -> Result<ImportResult, ServiceError> {
        try_again(word!("what-import"), || self.try_import(inputs, seen)).await
    }

    async fn try_import(
        &self,
        inputs: &[SeatInput],
        seen: Seen,
    ) -> Result<Option<ImportResult>, ServiceError> {
        let life = self.same_life(seen).await?;
        let known = self.all_seats().await?;
        check_addresses(inputs, &known)?;
        let mut result = ImportResult::default();
        let mut changes: Vec<(Seat, Option<Entry>)> = Vec::new();
        for input in inputs {
            let before = known.get(&input.id);
            let seat = input.record(before.map(|(_, seat)| seat));
            match before {
                Some((_, same)) if *same == seat => result.unchanged += 1,
                Some((entry, _)) => {
                    let what = say!("what-seat", id = &seat.id);
                    self.refuse_if_newer(seen, entry.mod_revision, what, seat.id.as_str()).await?;
                    result.updated += 1;
                    changes.push((seat, Some(entry.clone())));
                }
                None => {
                    result.added += 1;
                    changes.push((seat, None));
                }
            }
        }
        for batch in changes.chunks(IMPORT_BATCH) {
            let mut txn = Txn::new();
            for (seat, before) in batch {
                let key = keys::seat(&seat.id);
                txn = txn.still(key.clone(), before.as_ref()).put(key, seat)?;
            }
            let first = batch.first().map(|(seat, _)| seat.id.to_string()).unwrap_or_default();
            let after = json!({ "seats": batch.iter().map(|(seat, _)| &seat.id).collect::<Vec<_>>() });
            let audited = Audited { action: "seat.import", object: &first, before: Value::Null, after };
            if self.commit(life.guard(txn), audited).await?.is_none() {
                return Ok(None);
            }
        }
        Ok(Some(result))
    }

    /// Removes a seat from the records and from bindings.
    ///
    /// # Errors
    /// `notFound`; `inUse` while something is installed on it or an unfinished install names it.
    pub async fn remove_seat(&self, id: &SeatId, seen: Seen) -> Result<(), ServiceError> {
        try_again(say!("what-seat", id = id), || self.take_off(id, None, seen)).await
    }

    /// Takes a scrapped seat off every list, whatever is installed on it.
    ///
    /// # Errors
    /// `notFound`; `inUse` while an unfinished install names it.
    pub async fn forget_seat(&self, id: &SeatId, reason: &str, seen: Seen) -> Result<(), ServiceError> {
        try_again(say!("what-seat", id = id), || self.take_off(id, Some(reason), seen)).await
    }

    async fn take_off(
        &self,
        id: &SeatId,
        forget: Option<&str>,
        seen: Seen,
    ) -> Result<Option<()>, ServiceError> {
        let life = self.same_life(seen).await?;
        let key = keys::seat(id);
        let (entry, seat) = self.read::<Seat>(&key).await?.ok_or_else(|| unknown(id))?;
        self.refuse_if_newer(seen, entry.mod_revision, say!("what-seat", id = id), id.as_str()).await?;
        let not_busy = self.refuse_busy(id).await?;
        let installed = self.lists_with(keys::INSTALLED, id).await?;
        if forget.is_none()
            && let Some((list, _)) = installed.first()
        {
            let on = list.key.parts().skip(1).take(2).collect::<Vec<_>>().join("@");
            return Err(ServiceError::new(
                Code::InUse,
                say!("seat-has-segments", n = installed.len(), id = id, on = on),
            ));
        }
        let bound = self.lists_with(keys::BINDINGS, id).await?;
        // A seat in more lists than one transaction takes leaves them in several; its record goes with the last.
        let mut lists: Vec<(Entry, SeatList)> = installed.into_iter().chain(bound).collect();
        let action = if forget.is_some() { "seat.forget" } else { "seat.remove" };
        loop {
            let rest = lists.split_off(lists.len().min(IMPORT_BATCH / 2));
            // An install that is asked for meanwhile may name this seat.
            let mut txn = Txn::new()
                .unchanged(key.clone(), entry.mod_revision)
                .none_since(keys::ACTIVE_INSTALLS, not_busy);
            for (shard, list) in &mut lists {
                list.seats.remove(id);
                txn = txn.unchanged(shard.key.clone(), shard.mod_revision).put(shard.key.clone(), list)?;
            }
            if rest.is_empty() {
                txn = txn.delete(key.clone());
            }
            let before = json!({ "seat": seat, "lists": lists.iter().map(|(shard, _)| shard.key.as_str()).collect::<Vec<_>>() });
            let audited = Audited { action, object: id.as_str(), before, after: json!({ "reason": forget }) };
            let txn = settle(&*self.store, txn).await?;
            if self.commit(life.guard(txn), audited).await?.is_none() {
                return Ok(None);
            }
            if rest.is_empty() {
                return Ok(Some(()));
            }
            lists = rest;
        }
    }

    /// No unfinished install names it; as of which revision.
    pub(super) async fn refuse_busy(&self, id: &SeatId) -> Result<Revision, ServiceError> {
        let active = self.store.list_all(keys::ACTIVE_INSTALLS).await?;
        for entry in active.entries {
            for (record, of) in store::decode::<ActiveInstalls>(&entry)?.installs {
                let (install, uninstall) = self.install_seats(&of, record).await?;
                if install.contains(id) || uninstall.contains(id) {
                    let why = say!("seat-is-busy", other = record, of = &of, seat = id);
                    return Err(ServiceError::new(Code::InUse, why));
                }
            }
        }
        Ok(active.revision)
    }

    /// The shards below `prefix` that name a seat. Only the seat's own shard of each list can.
    pub(super) async fn lists_with(
        &self,
        prefix: &str,
        id: &SeatId,
    ) -> Result<Vec<(Entry, SeatList)>, ServiceError> {
        let shard = Shard::of(id);
        let keys: Vec<Key> = self
            .keys_below(prefix)
            .await?
            .into_iter()
            .filter(|key| match keys::parse(key) {
                Named::Binding(_, of) | Named::Installed(_, of) => of == shard,
                _ => false,
            })
            .collect();
        let mut lists = Vec::new();
        for chunk in keys.chunks(store::MAX_OPS) {
            for entry in self.store.get_many(chunk).await?.entries.into_iter().flatten() {
                let list: SeatList = store::decode(&entry)?;
                if list.seats.contains(id) {
                    lists.push((entry, list));
                }
            }
        }
        Ok(lists)
    }

    async fn keys_below(&self, prefix: &str) -> Result<Vec<Key>, ServiceError> {
        let mut query = ListQuery { keys_only: true, ..ListQuery::prefix(prefix) };
        let mut keys = Vec::new();
        loop {
            let page = self.store.list(&query).await?;
            let more = query.turn(&page);
            keys.extend(page.entries.into_iter().map(|entry| entry.key));
            if !more {
                return Ok(keys);
            }
        }
    }

    pub(super) async fn all_seats(&self) -> Result<BTreeMap<SeatId, (Entry, Seat)>, ServiceError> {
        let mut seats = BTreeMap::new();
        for entry in self.store.list_all(keys::SEATS).await?.entries {
            let Some(seat) = store::decode_or_warn::<Seat>(&entry) else { continue };
            seats.insert(seat.id.clone(), (entry, seat));
        }
        Ok(seats)
    }

    /// The records of these seats; those that do not exist are missing from the answer.
    pub(crate) async fn seats_by_id(
        &self,
        ids: &BTreeSet<SeatId>,
    ) -> Result<BTreeMap<SeatId, Seat>, ServiceError> {
        // Many single reads cost more than one list of everything.
        const FEW: usize = 2_000;
        let mut seats = BTreeMap::new();
        if ids.len() > FEW {
            for (id, (_, seat)) in self.all_seats().await? {
                if ids.contains(&id) {
                    seats.insert(id, seat);
                }
            }
            return Ok(seats);
        }
        let keys: Vec<Key> = ids.iter().map(keys::seat).collect();
        for chunk in keys.chunks(store::MAX_OPS) {
            for entry in self.store.get_many(chunk).await?.entries.into_iter().flatten() {
                let seat: Seat = store::decode(&entry)?;
                seats.insert(seat.id.clone(), seat);
            }
        }
        Ok(seats)
    }

    /// Those of the seats that do not exist.
    pub(super) async fn unknown_seats(
        &self,
        ids: &BTreeSet<SeatId>,
    ) -> Result<BTreeSet<SeatId>, ServiceError> {
        let known = self.seats_by_id(ids).await?;
        Ok(ids.iter().filter(|id| !known.contains_key(id)).cloned().collect())
    }

    /// All of the seats must exist.
    pub(super) async fn require_seats(&self, ids: &BTreeSet<SeatId>) -> Result<(), ServiceError> {
        let missing = self.unknown_seats(ids).await?;
        if missing.is_empty() {
            return Ok(());
        }
        let named: Vec<&str> = missing.iter().map(SeatId::as_str).collect();
        Err(ServiceError::new(
            Code::NotFound,
            say!("seats-unknown", n = missing.len(), seats = named.join(", ")),
        ))
    }
}

pub(super) fn unknown(id: &SeatId) -> ServiceError {
    ServiceError::new(Code::NotFound, say!("no-seat", id = id))
}

/// No two seats may share an id or an address, whether both are in the import or one is known.
fn check_addresses(
    inputs: &[SeatInput],
    known: &BTreeMap<SeatId, (Entry, Seat)>,
) -> Result<(), ServiceError> {
    let invalid = |why: Say| ServiceError::new(Code::Invalid, why);
    let mut ids = BTreeSet::new();
    for input in inputs {
        if !ids.insert(&input.id) {
            return Err(invalid(say!("seats-same-id", id = &input.id)));
        }
    }
    let mut by_ip: BTreeMap<IpAddr, &SeatId> = known
        .values()
        .filter(|(_, seat)| !ids.contains(&seat.id))
        .map(|(_, seat)| (seat.ip, &seat.id))
        .collect();
    for input in inputs {
        if let Some(other) = by_ip.insert(input.ip, &input.id) {
            return Err(invalid(say!(
                "seats-same-address",
                one = other,
                other = &input.id,
                ip = input.ip.to_string()
            )));
        }
    }
    Ok(())
}
