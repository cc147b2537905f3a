//! Back to the version that was on a seat before.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::install::refuse_nothing_left;
use super::{Code, InstallOptions, Service, ServiceError, Wanted};
use crate::domain::plan::{Plan, Skipped};
use crate::domain::seat::SeatHistory;
use crate::domain::words::{Say, say};
use crate::domain::{SeatId, SegmentId};
use crate::store::{self, Key, keys};

/// What going back from a segment would do; the JSON of `segment rollback`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Rollback {
    /// The version that is left.
    pub segment_id: SegmentId,
    /// A plan for each version that comes back, in order of their ids.
    pub items: Vec<Plan>,
    /// Seats that cannot go back, each with the reason.
    pub without: Vec<Skipped>,
}

impl Service {
    /// Plans, for each of these seats, the version of the prefix that was installed there before this one came.
    /// `None`: wherever it is installed. `options`: how the installs would be asked for.
    ///
    /// # Errors
    /// `notFound` for an unknown id or group; `usage` when the rules of the rollout make no sense.
    pub async fn plan_rollback(
        &self,
        id: &SegmentId,
        seats: Option<&Wanted>,
        options: &InstallOptions,
    ) -> Result<Rollback, ServiceError> {
        self.segment_entry(id).await?;
        let have = self.seat_lists(&keys::installed_of(id)).await?.joined();
        let seats = match seats {
            None => have.clone(),
            Some(wanted) => self.wanted_seats(id, wanted, &have).await?,
        };
        let mut without = Vec::new();
        let mut leave = |seat: &SeatId, reason: Say| {
            without.push(Skipped { seat: seat.clone(), reason });
        };
        for seat in seats.difference(&have) {
            leave(seat, say!("rollback-not-there", id = id));
        }
        let here: Vec<SeatId> = seats.intersection(&have).cloned().collect();
        let mut versions: BTreeMap<SegmentId, BTreeSet<SeatId>> = BTreeMap::new();
        for some in here.chunks(store::MAX_OPS) {
            let keys: Vec<Key> = some.iter().map(keys::seat_history).collect();
            for (seat, entry) in some.iter().zip(self.store.get_many(&keys).await?.entries) {
                let history: SeatHistory = entry.as_ref().map(store::decode).transpose()?.unwrap_or_default();
                match history.before(id) {
                    Some(before) => _ = versions.entry(before.clone()).or_default().insert(seat.clone()),
                    None => leave(seat, say!("rollback-no-history", prefix = &id.prefix, id = id)),
                }
            }
        }
        let mut items = Vec::new();
        for (before, seats) in versions {
            match self.plan_install(&before, &back(seats.clone()), options).await {
                Ok(plan) => items.push(plan),
                // It was deleted since, or cannot be installed now.
                Err(error) if matches!(error.code, Code::NotFound | Code::Conflict) => {
                    seats.iter().for_each(|seat| leave(seat, error.message.clone()));
                }
                Err(error) => return Err(error),
            }
        }
        without.sort_by(|a, b| a.seat.cmp(&b.seat));
        Ok(Rollback { segment_id: id.clone(), items, without })
    }
}

/// What is asked for to bring a version back.
pub(super) fn back(seats: BTreeSet<SeatId>) -> Wanted {
    Wanted::Change { add: seats, remove: BTreeSet::new() }
}

impl Rollback {
    /// The installs that it takes: each version that comes back, with what is wanted of it.
    pub fn installs(&self) -> impl Iterator<Item = (&SegmentId, Wanted)> {
        self.items
            .iter()
            .filter(|plan| !plan.is_empty())
            .map(|plan| (&plan.segment_id, back(plan.install_seat_list.clone())))
    }

    /// Refuses to do nothing where seats were left out for that.
    ///
    /// # Errors
    /// `conflict`.
    pub fn refuse_nothing_left(&self) -> Result<(), ServiceError> {
        if self.installs().next().is_some() {
            return Ok(());
        }
        let skipped = self.items.iter().flat_map(|plan| &plan.skipped).chain(&self.without);
        refuse_nothing_left(&skipped.cloned().collect::<Vec<_>>())
    }

    /// Seats that it cannot bring back: those without an earlier version, and those that are blocked.
    pub fn blocked(&self) -> usize {
        self.without.len() + self.items.iter().map(|plan| plan.blocked.len()).sum::<usize>()
    }
}
