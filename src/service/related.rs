//! What else is on the seats of a plan, as far as it and the planned segment say something of each other.

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt, TryStreamExt};
use serde::Deserialize;

use super::{Service, ServiceError};
use crate::domain::fits::{Presence, Said};
use crate::domain::install::ActiveInstalls;
use crate::domain::seat::SeatList;
use crate::domain::words::Say;
use crate::domain::{FreeText, Prefix, SeatId, Segment, SegmentId, Shard};
use crate::store::keys::{self, Named};
use crate::store::{self, Entry, ListQuery};

/// Lists that are read at once.
const AT_ONCE: usize = 16;

/// What matters to the checks of a plan.
#[derive(Debug, Default)]
pub(super) struct Related {
    said: BTreeMap<SegmentId, Said>,
    held: BTreeMap<SeatId, BTreeMap<SegmentId, Presence>>,
    /// The unfinished installs of the prefixes that matter: who compares them knows that `held` is still right.
    pub active: BTreeMap<Prefix, Option<Entry>>,
}

impl Related {
    /// What the segments on these seats say of others that cannot be read.
    pub(super) fn doubts(&self) -> Vec<&Say> {
        let held: BTreeSet<&SegmentId> = self.held.values().flat_map(BTreeMap::keys).collect();
        let doubts = held.into_iter().filter_map(|id| self.said.get(id)).flat_map(|said| &said.doubts);
        let by_text: BTreeMap<String, &Say> = doubts.map(|doubt| (doubt.to_string(), doubt)).collect();
        by_text.into_values().collect()
    }

    /// What a seat holds.
    pub(super) fn held(&self, seat: &SeatId) -> Vec<(&Said, Presence)> {
        let held = self.held.get(seat).into_iter().flatten();
        held.filter_map(|(id, presence)| Some((self.said.get(id)?, *presence))).collect()
    }
}

/// As much of a segment's record as the checks need.
#[derive(Deserialize)]
struct Words {
    id: SegmentId,
    #[serde(default)]
    requires: Vec<FreeText>,
    #[serde(default)]
    conflicts: Vec<FreeText>,
}

impl Service {
    /// Reads what else is on these seats. Every segment's record is looked through, page by page: nothing says
    /// beforehand who needs or refuses this one.
    pub(super) async fn related(
        &self,
        segment: &Segment,
        seats: &BTreeSet<SeatId>,
    ) -> Result<Related, ServiceError> {
        let mut related = Related { said: self.said_of(segment).await?, ..Related::default() };
        let prefixes: BTreeSet<Prefix> = related.said.keys().map(|id| id.prefix.clone()).collect();
        // The unfinished before the lists: who begins or ends one meanwhile changes what is compared.
        let read = |prefix: Prefix| async move {
            let active = self.read::<ActiveInstalls>(&keys::active_installs(&prefix)).await?;
            let installed = self.store.list_all(&keys::installed_of_prefix(&prefix)).await?;
            Ok::<_, ServiceError>((prefix, active, installed))
        };
        let shards: BTreeSet<Shard> = seats.iter().map(Shard::of).collect();
        let mut reads = futures::stream::iter(prefixes).map(read).buffer_unordered(AT_ONCE);
        while let Some((prefix, active, installed)) = reads.try_next().await? {
            for entry in installed.entries {
                match keys::parse(&entry.key) {
                    Named::Installed(id, shard) if shards.contains(&shard) => {
                        let list: SeatList = store::decode(&entry)?;
                        for seat in list.seats.into_iter().filter(|seat| seats.contains(seat)) {
                            related.held.entry(seat).or_default().insert(id.clone(), Presence::Installed);
                        }
                    }
                    _ => {}
                }
            }
            let unfinished = active.iter().flat_map(|(_, active)| &active.installs);
            for (record, id) in unfinished.filter(|(_, id)| id.prefix != segment.id.prefix) {
                let (install, uninstall) = self.install_seats(id, *record).await?;
                install.intersection(seats).for_each(|seat| related.comes(seat, id));
                uninstall.intersection(seats).for_each(|seat| related.goes(seat, id));
            }
            related.active.insert(prefix, active.map(|(entry, _)| entry));
        }
        Ok(related)
    }

    /// The segments that say something of this one, and those of which it says something.
    async fn said_of(&self, segment: &Segment) -> Result<BTreeMap<SegmentId, Said>, ServiceError> {
        let own = Said::from(segment);
        let named: BTreeSet<&Prefix> =
            own.requires.iter().chain(&own.conflicts).map(|said| &said.prefix).collect();
        let mut said = BTreeMap::new();
        let mut query = ListQuery::prefix(keys::SEGMENTS);
        // What has no record any more is on seats all the same.
        let mut left = Some(ListQuery::prefix(keys::LEFTOVERS));
        loop {
            let page = self.store.list(&query).await?;
            for entry in &page.entries {
                let (Named::Segment(id) | Named::Leftover(id)) = keys::parse(&entry.key) else { continue };
                let is_named = id.prefix == segment.id.prefix || named.contains(&id.prefix);
                // Most say nothing of others, and need not be read for that.
                let names = || {
                    let has = |word: &str| memchr::memmem::find(&entry.value, word.as_bytes()).is_some();
                    (has("\"requires\"") || has("\"conflicts\"")) && has(segment.id.prefix.as_str())
                };
                if !is_named && !names() {
                    continue;
                }
                let Some(words) = store::decode_or_warn::<Words>(entry) else { continue };
                let one = Said::new(words.id, &words.requires, &words.conflicts);
                // What it says of this one may be what nobody can read.
                let may_name =
                    one.doubts.iter().any(|doubt| doubt.to_string().contains(segment.id.prefix.as_str()));
                if is_named || may_name || one.names(&segment.id) {
                    said.entry(id).or_insert(one);
                }
            }
            if !query.turn(&page) {
                let Some(next) = left.take() else { return Ok(said) };
                query = next;
            }
        }
    }
}

impl Related {
    /// An unfinished install puts `id` on a seat. One that is done there already shows as installed.
    fn comes(&mut self, seat: &SeatId, id: &SegmentId) {
        let held = self.held.entry(seat.clone()).or_default();
        if held.contains_key(id) {
            return;
        }
        for (other, presence) in held.iter_mut() {
            if other.prefix == id.prefix {
                *presence = Presence::Leaving;
            }
        }
        held.insert(id.clone(), Presence::Coming);
    }

    /// An unfinished install takes `id` off a seat.
    fn goes(&mut self, seat: &SeatId, id: &SegmentId) {
        if let Some(presence) = self.held.get_mut(seat).and_then(|held| held.get_mut(id)) {
            *presence = Presence::Leaving;
        }
    }
}
