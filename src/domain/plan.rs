//! The difference between what is installed and what is wanted.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{SeatId, SegmentId};

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
    /// Seats that cannot be touched now.
    pub blocked: Vec<Blocked>,
    /// The store revision it was computed at.
    pub revision: i64,
}

/// A seat that stands in the way of a plan.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Blocked {
    /// The seat.
    pub seat: SeatId,
    /// Why, for an operator.
    pub reason: String,
}

impl Plan {
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
            revision,
        }
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
