//! How an install takes its seats: all at once, or wave by wave.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::schedule::Schedule;
use super::{SeatId, Unknown, span};
use crate::domain::words::{Say, say, word};

/// More waves than this are a mistake.
pub const MAX_WAVES: usize = 32;

/// A canary names at most so many seats: it lies in the install record.
pub const MAX_CANARY: usize = 1_000;

/// The `strategy` of an install record.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Strategy {
    /// In order. Seats beyond the last one make a wave of their own; none at all: every seat in one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub waves: Vec<Wave>,
    /// These come before all others.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub canary: BTreeSet<SeatId>,
    /// When, and how long.
    #[serde(skip_serializing_if = "Schedule::is_empty")]
    pub schedule: Schedule,
    /// Fields of newer versions.
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// One wave.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Wave {
    /// So many of all seats have had their turn with it, those of the waves before included.
    pub up_to: Share,
    /// More seats of it that failed than this stop the install; none: it goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_failures: Option<Share>,
    /// What must be before the next wave.
    #[serde(default, skip_serializing_if = "Gate::is_open")]
    pub gate: Gate,
    /// Seats in work at once; none: as the settings say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_concurrent_seats: Option<usize>,
}

/// A number of seats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Share {
    /// So many.
    Count(usize),
    /// A part of all, as `10%`.
    Percent(Percent),
}

/// 0 to 100, written `10%`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Percent(u8);

/// What must be before the next wave.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Gate {
    /// Nothing: it begins by itself.
    #[default]
    Open,
    /// This time, beside the seats.
    After(Duration),
    /// An operator says so.
    Ask,
}

impl Gate {
    fn is_open(&self) -> bool {
        *self == Self::Open
    }
}

impl Share {
    /// Of so many seats, rounded up: 1 % of 20 is one seat.
    pub fn of(self, seats: usize) -> usize {
        match self {
            Self::Count(count) => count.min(seats),
            Self::Percent(Percent(percent)) => (seats * usize::from(percent)).div_ceil(100),
        }
    }

    /// Is this number larger, among so many seats?
    pub fn is_exceeded(self, number: usize, seats: usize) -> bool {
        match self {
            Self::Count(count) => number > count,
            Self::Percent(Percent(percent)) => number * 100 > seats * usize::from(percent),
        }
    }
}

impl FromStr for Share {
    type Err = Say;

    fn from_str(text: &str) -> Result<Self, Say> {
        let text = text.trim();
        if text.ends_with('%') {
            Percent::try_from(text.to_owned()).map(Self::Percent)
        } else {
            text.parse().map(Self::Count).map_err(|_| say!("share-wrong", text = format!("{text:?}")))
        }
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => count.fmt(f),
            Self::Percent(Percent(percent)) => write!(f, "{percent}%"),
        }
    }
}

impl TryFrom<String> for Percent {
    type Error = Say;

    fn try_from(text: String) -> Result<Self, Say> {
        let number = text.strip_suffix('%').and_then(|number| number.trim().parse::<u8>().ok());
        number
            .filter(|number| *number <= 100)
            .map(Self)
            .ok_or_else(|| say!("percent-wrong", text = format!("{text:?}")))
    }
}

impl From<Percent> for String {
    fn from(Percent(percent): Percent) -> Self {
        format!("{percent}%")
    }
}

impl TryFrom<String> for Gate {
    type Error = Say;

    fn try_from(text: String) -> Result<Self, Say> {
        text.parse()
    }
}

impl FromStr for Gate {
    type Err = Say;

    fn from_str(text: &str) -> Result<Self, Say> {
        match text.trim() {
            "open" => Ok(Self::Open),
            "ask" => Ok(Self::Ask),
            time => {
                span::parse(time).map(Self::After).map_err(|_| say!("gate-wrong", text = format!("{time:?}")))
            }
        }
    }
}

impl fmt::Display for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open => f.write_str("open"),
            Self::Ask => f.write_str("ask"),
            Self::After(time) => f.write_str(&span::shown(*time)),
        }
    }
}

impl From<Gate> for String {
    fn from(gate: Gate) -> Self {
        gate.to_string()
    }
}

/// Rules of a strategy as an operator writes them: lists by wave, where the last entry holds for all that follow.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rules {
    /// Up to where each wave goes.
    pub waves: Vec<Share>,
    /// How many seats may fail.
    pub max_failures: Vec<Share>,
    /// What must be before the next wave.
    pub gates: Vec<Gate>,
    /// Seats in work at once.
    pub at_once: Vec<usize>,
}

/// A wave as it falls on so many seats.
#[derive(Debug, Clone, PartialEq)]
pub struct Turn<'a> {
    /// So many seats have had their turn with it, in order.
    pub end: usize,
    /// Its rules.
    pub wave: Option<&'a Wave>,
}

impl Strategy {
    /// Puts one together.
    ///
    /// # Errors
    /// What is wrong with the rules, for the operator.
    pub fn of(rules: &Rules) -> Result<Self, Say> {
        let whole = [Share::Percent(Percent(100))];
        let waves = match rules.waves.as_slice() {
            [] if *rules == Rules::default() => return Ok(Self::default()),
            // One wave, whose rules are also those of a canary before it.
            [] => &whole[..],
            waves => waves,
        };
        if waves.len() > MAX_WAVES {
            return Err(say!("waves-too-many", n = waves.len(), max = MAX_WAVES));
        }
        for (name, entries) in [
            (word!("waves-name-max-failures"), rules.max_failures.len()),
            (word!("waves-name-gates"), rules.gates.len()),
            (word!("waves-name-at-once"), rules.at_once.len()),
        ] {
            if entries > waves.len() {
                return Err(say!("waves-entries", name = name, entries = entries, waves = waves.len()));
            }
        }
        if waves.iter().any(|share| matches!(share, Share::Count(0) | Share::Percent(Percent(0)))) {
            return Err(word!("waves-no-seats").into());
        }
        // Counts and percentages can be compared only once the seats are known.
        let falls = |pair: &[Share]| match pair {
            [Share::Count(one), Share::Count(next)] => next <= one,
            [Share::Percent(Percent(one)), Share::Percent(Percent(next))] => next <= one,
            _ => false,
        };
        if let Some([one, next]) = waves.windows(2).find(|pair| falls(pair)) {
            return Err(say!("waves-fall", next = next.to_string(), one = one.to_string()));
        }
        if rules.at_once.contains(&0) {
            return Err(word!("waves-none-at-once").into());
        }
        let waves = waves.iter().enumerate().map(|(at, up_to)| Wave {
            up_to: *up_to,
            max_failures: held(&rules.max_failures, at),
            gate: held(&rules.gates, at).unwrap_or_default(),
            max_concurrent_seats: held(&rules.at_once, at),
        });
        Ok(Self { waves: waves.collect(), ..Self::default() })
    }

    /// Are all seats in one wave, whatever their number? Then no gate stands between any.
    pub fn is_one_wave(&self) -> bool {
        match self.waves.as_slice() {
            [] => true,
            [wave] => wave.up_to == Share::Percent(Percent(100)),
            _ => false,
        }
    }

    /// Puts these seats before all others, in a wave of their own with the rules of the first.
    pub fn with_canary(mut self, canary: BTreeSet<SeatId>) -> Self {
        let up_to = Share::Count(canary.len());
        let rules = Wave { up_to, max_failures: None, gate: Gate::Open, max_concurrent_seats: None };
        let first = self.waves.first().cloned().unwrap_or(rules);
        if !canary.is_empty() {
            self.waves.insert(0, Wave { up_to, ..first });
            self.canary = canary;
        }
        self
    }

    /// The waves as they fall on so many seats. Waves that come to nothing are left out; what the last one leaves
    /// over makes one more, under its rules.
    pub fn turns(&self, seats: usize) -> Vec<Turn<'_>> {
        let mut turns: Vec<Turn<'_>> = Vec::new();
        let reached = |turns: &[Turn<'_>]| turns.last().map_or(0, |turn| turn.end);
        for wave in &self.waves {
            let end = wave.up_to.of(seats);
            if end > reached(&turns) {
                turns.push(Turn { end, wave: Some(wave) });
            }
        }
        if reached(&turns) < seats || turns.is_empty() {
            turns.push(Turn { end: seats, wave: self.waves.last() });
        }
        turns
    }

    /// For each seat, in the order given, which turn is its own: the canary first, then in this order.
    pub fn assign<'a>(
        &self,
        turns: &[Turn<'_>],
        seats: impl Iterator<Item = &'a SeatId> + Clone,
    ) -> Vec<usize> {
        let mut canary = 0;
        let mut others = seats.clone().filter(|seat| self.canary.contains(*seat)).count();
        seats
            .map(|seat| {
                let next = if self.canary.contains(seat) { &mut canary } else { &mut others };
                let place = *next;
                *next += 1;
                turns.partition_point(|turn| turn.end <= place)
            })
            .collect()
    }
}

/// A list as it is typed: entries with commas between them; an empty text has none.
///
/// # Errors
/// The first entry that cannot be understood.
pub fn list<T: FromStr<Err = Say>>(text: &str) -> Result<Vec<T>, Say> {
    if text.trim().is_empty() { Ok(Vec::new()) } else { text.split(',').map(str::parse).collect() }
}

/// The entry of a list that holds at this place.
fn held<T: Copy>(entries: &[T], at: usize) -> Option<T> {
    entries.get(at).or(entries.last()).copied()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

    use super::*;

    fn shares(text: &str) -> Vec<Share> {
        text.split(',').map(|share| share.parse().unwrap()).collect()
    }

    fn ends(waves: &str, seats: usize) -> Vec<usize> {
        let strategy = Strategy::of(&Rules { waves: shares(waves), ..Rules::default() }).unwrap();
        strategy.turns(seats).iter().map(|turn| turn.end).collect()
    }

    #[test]
    fn waves_fall_on_seats() {
        assert_eq!(ends("1,10%,50%,100%", 200), [1, 20, 100, 200]);
        assert_eq!(ends("1,10%,50%,100%", 3), [1, 2, 3], "what comes to nothing is left out");
        assert_eq!(ends("5,10%", 100), [5, 10, 100], "the rest makes a wave of its own");
        assert_eq!(ends("1%", 20_000), [200, 20_000]);
        assert_eq!(ends("50", 20), [20]);
        assert_eq!(Strategy::default().turns(7).len(), 1);
        assert_eq!(Strategy::default().turns(0).len(), 1);
    }

    #[test]
    fn the_last_entry_of_a_list_holds_for_the_rest() {
        let rules = Rules {
            waves: shares("1,10%,100%"),
            max_failures: shares("0,2%"),
            gates: vec![Gate::Ask, "10m".parse().unwrap(), Gate::Open],
            at_once: vec![],
        };
        let strategy = Strategy::of(&rules).unwrap();
        let limits: Vec<_> =
            strategy.waves.iter().map(|wave| wave.max_failures.unwrap().to_string()).collect();
        assert_eq!(limits, ["0", "2%", "2%"]);
        let json = serde_json::to_value(&strategy).unwrap();
        assert_eq!(
            json["waves"][1],
            serde_json::json!({ "upTo": "10%", "maxFailures": "2%", "gate": "10m" })
        );
        assert_eq!(serde_json::from_value::<Strategy>(json).unwrap(), strategy);
        let older = serde_json::from_value::<Strategy>(serde_json::json!({ "kind": "all" })).unwrap();
        assert_eq!(older.turns(9).len(), 1);
    }

    #[test]
    fn a_gate_without_waves_stands_after_the_canary() {
        let strategy = Strategy::of(&Rules { gates: vec![Gate::Ask], ..Rules::default() }).unwrap();
        assert!(strategy.is_one_wave() && Strategy::default().is_one_wave());
        let strategy = strategy.with_canary(["seat-1".parse().unwrap()].into());
        let gates: Vec<Gate> = strategy.waves.iter().map(|wave| wave.gate).collect();
        assert_eq!((gates.len(), gates[0], strategy.turns(5).len()), (2, Gate::Ask, 2));
        assert!(!strategy.is_one_wave());
        assert!(!Strategy::of(&Rules { waves: shares("10%"), ..Rules::default() }).unwrap().is_one_wave());
    }

    #[test]
    fn rules_that_make_no_sense_are_refused() {
        let refused = |rules: Rules, says: &str| {
            let error = Strategy::of(&rules).unwrap_err();
            assert!(error.to_string().contains(says), "{error}");
        };
        refused(Rules { waves: shares("10%,10%"), ..Rules::default() }, "further");
        refused(Rules { waves: shares("5,2"), ..Rules::default() }, "further");
        refused(Rules { waves: shares("0,100%"), ..Rules::default() }, "no seats");
        refused(
            Rules { waves: shares("1"), gates: vec![Gate::Ask; 2], ..Rules::default() },
            "2 entries for 1",
        );
        refused(Rules { at_once: vec![0], ..Rules::default() }, "at least 1");
        refused(Rules { waves: (1..=33).map(Share::Count).collect(), ..Rules::default() }, "33 waves");
        for share in ["", "x", "-1", "101%", "%", "1.5%"] {
            assert!(share.parse::<Share>().is_err(), "{share:?}");
        }
        assert!("soon".parse::<Gate>().unwrap_err().to_string().contains("open, ask"));
    }

    #[test]
    fn a_limit_is_exceeded_by_more_than_it() {
        let percent: Share = "2%".parse().unwrap();
        assert!(!percent.is_exceeded(4, 200) && percent.is_exceeded(5, 200));
        assert!(percent.is_exceeded(1, 49), "of a small wave the first is already more");
        assert!(!Share::Count(0).is_exceeded(0, 9) && Share::Count(0).is_exceeded(1, 9));
    }

    proptest! {
        #[test]
        fn every_seat_has_one_turn(
            seats in proptest::collection::btree_set(0..60_u8, 0..60),
            canary in proptest::collection::btree_set(0..60_u8, 0..5),
            waves in proptest::collection::btree_set(1..100_u8, 0..6),
        ) {
            let name = |n: u8| format!("seat-{n:03}").parse::<SeatId>().unwrap();
            let seats: BTreeSet<SeatId> = seats.into_iter().map(name).collect();
            let canary: BTreeSet<SeatId> = canary.into_iter().map(name).filter(|seat| seats.contains(seat)).collect();
            let waves = waves.into_iter().map(|percent| Share::Percent(Percent(percent))).collect();
            let strategy = Strategy::of(&Rules { waves, ..Rules::default() }).unwrap().with_canary(canary.clone());
            let turns = strategy.turns(seats.len());
            let assigned = strategy.assign(&turns, seats.iter());
            prop_assert_eq!(assigned.len(), seats.len());
            let mut before = 0;
            for (index, turn) in turns.iter().enumerate() {
                let mine = assigned.iter().filter(|turn| **turn == index).count();
                prop_assert_eq!(mine, turn.end - before);
                before = turn.end;
            }
            for (seat, turn) in seats.iter().zip(&assigned) {
                prop_assert!(!canary.contains(seat) || *turn == 0);
            }
        }
    }
}
