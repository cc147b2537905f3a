//! The difference between what is installed and what is wanted.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::wave_plan::PlannedWave;
use super::{RecordId, SeatId, SegmentId, version};
use crate::domain::incarnation::{Incarnation, SeenAt};
use crate::domain::words::Say;

/// What an install would do, seat by seat; the JSON of `segdeck plan`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    /// The segment.
    pub segment_id: SegmentId,
    /// New seats.
    pub install_seat_list: BTreeSet<SeatId>,
    /// Seats no longer wanted.
    pub uninstall_seat_list: BTreeSet<SeatId>,
    /// Seats that stay as they are.
    pub unchanged_seat_list: BTreeSet<SeatId>,
    /// Seats that cannot be touched now, each once.
    pub blocked: Vec<Blocked>,
    /// Other versions that make place on seats of `install_seat_list`.
    #[serde(rename = "replaceList", skip_serializing_if = "Vec::is_empty")]
    pub replaced: Vec<Replaced>,
    /// Seats of it that the platform knows and cannot reach now.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub offline_seat_list: BTreeSet<SeatId>,
    /// Seats that were wanted and are left as they are, because that was asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub skipped: Vec<Skipped>,
    /// How its seats fall into waves; none: all at once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub waves: Vec<PlannedWave>,
    /// What could not be looked at.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Say>,
    /// The store revision it was computed at.
    pub revision: i64,
    /// The life of the records that this revision is of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub incarnation: Option<Incarnation>,
}

/// A seat that stands in the way of a plan.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Blocked {
    /// The seat.
    pub seat: SeatId,
    /// Why, for an operator.
    pub reason: Say,
    /// The kind of reason.
    #[serde(skip)]
    pub by: BlockedBy,
}

/// What stands in a seat's way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockedBy {
    /// There is no such seat.
    Unknown,
    /// Another install.
    Install(RecordId),
    /// What else is installed there, its architecture, or the platform.
    Checks,
}

/// A seat that was wanted and is left as it is.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Skipped {
    /// The seat.
    pub seat: SeatId,
    /// Why.
    pub reason: Say,
}

/// A version that another one replaces.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Replaced {
    /// The version that is there now.
    pub segment_id: SegmentId,
    /// To a newer or to an older one.
    pub change: VersionChange,
    /// Where.
    pub seats: BTreeSet<SeatId>,
}

/// From a version to another one of the same prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum VersionChange {
    /// To a newer one.
    Upgrade,
    /// To an older one.
    Downgrade,
}

impl VersionChange {
    /// Which it is.
    pub fn between(from: &SegmentId, to: &SegmentId) -> Self {
        match version::compare(from.version.as_str(), to.version.as_str()) {
            Ordering::Greater => Self::Downgrade,
            Ordering::Less | Ordering::Equal => Self::Upgrade,
        }
    }
}

impl Plan {
    /// What whoever looks at the plan has seen.
    pub fn seen(&self) -> SeenAt {
        SeenAt { revision: self.revision, incarnation: self.incarnation }
    }

    /// Compares two lists; what is blocked is for the caller to find out.
    pub fn between(
        segment_id: SegmentId,
        installed: &BTreeSet<SeatId>,
        wanted: &BTreeSet<SeatId>,
        revision: i64,
    ) -> Self {
        Self {
            segment_id,
            install_seat_list: wanted - installed,
            uninstall_seat_list: installed - wanted,
            unchanged_seat_list: installed & wanted,
            blocked: Vec::new(),
            replaced: Vec::new(),
            offline_seat_list: BTreeSet::new(),
            skipped: Vec::new(),
            waves: Vec::new(),
            warnings: Vec::new(),
            revision,
            incarnation: None,
        }
    }

    /// Without these seats, each for its reason: what is or is not on them stays so.
    pub fn leave_out(&mut self, seats: BTreeMap<SeatId, Say>) {
        for list in [&mut self.install_seat_list, &mut self.uninstall_seat_list, &mut self.offline_seat_list]
        {
            list.retain(|seat| !seats.contains_key(seat));
        }
        self.blocked.retain(|blocked| !seats.contains_key(&blocked.seat));
        for replaced in &mut self.replaced {
            replaced.seats.retain(|seat| !seats.contains_key(seat));
        }
        self.replaced.retain(|replaced| !replaced.seats.is_empty());
        self.skipped.extend(seats.into_iter().map(|(seat, reason)| Skipped { seat, reason }));
    }

    /// Nothing to install, nothing to uninstall.
    pub fn is_empty(&self) -> bool {
        self.install_seat_list.is_empty() && self.uninstall_seat_list.is_empty()
    }

    /// The seats it would touch.
    pub fn touched(&self) -> impl Iterator<Item = &SeatId> {
        self.install_seat_list.iter().chain(&self.uninstall_seat_list)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn seats() -> impl Strategy<Value = BTreeSet<SeatId>> {
        proptest::collection::btree_set(0..20_u8, 0..20)
            .prop_map(|set| set.into_iter().map(|n| format!("seat-{n}").parse().unwrap()).collect())
    }

    proptest! {
        #[test]
        fn doing_the_plan_gives_what_was_wanted(installed in seats(), wanted in seats()) {
            let plan = Plan::between("a@1".parse().unwrap(), &installed, &wanted, 1);
            let done = &(&installed | &plan.install_seat_list) - &plan.uninstall_seat_list;
            prop_assert_eq!(&done, &wanted);
            prop_assert!(plan.install_seat_list.is_disjoint(&installed));
            prop_assert!(plan.uninstall_seat_list.is_subset(&installed));
            prop_assert_eq!(plan.is_empty(), installed == wanted);
        }
    }
}
