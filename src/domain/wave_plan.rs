//! How the seats of a plan fall into waves, before anything is written.

use std::collections::BTreeSet;

use serde::Serialize;

use super::SeatId;
use super::plan::Plan;
use super::shard;
use super::strategy::{Gate, Share, Strategy};

/// A wave; an element of `waves` in the JSON of `segdeck plan`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlannedWave {
    /// Its seats, in the order they are sent.
    pub seat_list: Vec<SeatId>,
    /// More seats of it that fail than this stop the install; none: it goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_failures: Option<Share>,
    /// What must be before the next wave.
    pub gate: Gate,
    /// Seats in work at once; none: as the settings say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_concurrent_seats: Option<usize>,
}

impl PlannedWave {
    /// The waves of a plan; none where the strategy knows no waves.
    pub fn of(strategy: &Strategy, plan: &Plan) -> Vec<Self> {
        let touched: BTreeSet<&SeatId> = plan.touched().collect();
        if strategy.waves.is_empty() || touched.is_empty() {
            return Vec::new();
        }
        let turns = strategy.turns(touched.len());
        let turn_of = strategy.assign(&turns, touched.iter().copied());
        let mut lists: Vec<[Vec<&SeatId>; 2]> = vec![Default::default(); turns.len()];
        for (seat, turn) in touched.into_iter().zip(turn_of) {
            let second = usize::from(plan.uninstall_seat_list.contains(seat));
            if let Some(lists) = lists.get_mut(turn) {
                lists[second].push(seat);
            }
        }
        let sent = |[install, uninstall]: [Vec<&SeatId>; 2]| {
            shard::in_order(install).into_iter().chain(shard::in_order(uninstall)).cloned().collect()
        };
        turns
            .into_iter()
            .zip(lists)
            .map(|(turn, lists)| Self {
                seat_list: sent(lists),
                max_failures: turn.wave.and_then(|wave| wave.max_failures),
                gate: turn.wave.map(|wave| wave.gate).unwrap_or_default(),
                max_concurrent_seats: turn.wave.and_then(|wave| wave.max_concurrent_seats),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::strategy::{Rules, list};
    use super::*;

    fn seats(numbers: std::ops::Range<usize>) -> BTreeSet<SeatId> {
        numbers.map(|n| format!("seat-{n:03}").parse().unwrap()).collect()
    }

    #[test]
    fn every_seat_stands_in_its_wave_in_the_order_it_is_sent() {
        let plan = Plan::between("nav@1".parse().unwrap(), &seats(0..20), &seats(10..60), 1);
        let rules = Rules {
            waves: list("3,50%").unwrap(),
            max_failures: list("0").unwrap(),
            gates: list("ask,open").unwrap(),
            ..Rules::default()
        };
        let waves = PlannedWave::of(&Strategy::of(&rules).unwrap(), &plan);
        let sizes: Vec<usize> = waves.iter().map(|wave| wave.seat_list.len()).collect();
        assert_eq!(sizes, [3, 22, 25]);
        assert_eq!((waves[0].gate, waves[2].gate), (Gate::Ask, Gate::Open));
        let all: BTreeSet<SeatId> = waves.iter().flat_map(|wave| wave.seat_list.clone()).collect();
        assert_eq!(all, plan.touched().cloned().collect());
        for wave in &waves {
            let place =
                |seat: &SeatId| (plan.uninstall_seat_list.contains(seat), super::super::Shard::of(seat));
            assert!(wave.seat_list.is_sorted_by_key(place), "{:?}", wave.seat_list);
        }
        assert!(PlannedWave::of(&Strategy::default(), &plan).is_empty(), "all at once");
    }
}
