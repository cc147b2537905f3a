//! How the seats of an install are taken: the settings, and what an operator asks for in their place.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use jiff::tz::TimeZone;

use super::plan::Grounds;
use super::{Code, Service, ServiceError};
use crate::domain::schedule::Schedule;
use crate::domain::seat::SeatList;
use crate::domain::strategy::{Gate, MAX_CANARY, Rules, Share, Strategy, list};
use crate::domain::words::{Say, say, word};
use crate::domain::{Seat, SeatId, Timestamp, Version, moment};
use crate::store;
use crate::store::keys::{self, Named};

/// What an operator asks for; what is absent is as the settings say.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rollout {
    /// Up to where each wave goes.
    pub waves: Option<Vec<Share>>,
    /// How many seats of each wave may fail.
    pub max_failures: Option<Vec<Share>>,
    /// What must be after each wave.
    pub gates: Option<Vec<Gate>>,
    /// Seats of each wave in work at once.
    pub at_once: Option<Vec<usize>>,
    /// A wave of chosen seats before all others.
    pub canary: Option<Canary>,
    /// When it begins, and how long it may take.
    pub schedule: Schedule,
}

/// A rule of a rollout, as operators write it: a flag of `install`, a field of the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Up to where each wave goes: `1,10%,100%`.
    Waves,
    /// Most seats of each wave that may fail: `0,2%`.
    MaxFailures,
    /// What must be after each wave: `ask,10m,open`.
    Gates,
    /// Seats of each wave in work at once: `1,50`.
    AtOnce,
    /// Which seats come first: a number, or `auto`.
    Canary,
    /// No seat is sent before: a moment, or in how long.
    StartAt,
    /// No seat begins after: the same.
    ExpireAt,
}

impl Rule {
    /// In the order operators think of them.
    pub const ALL: [Self; 7] = [
        Self::Waves,
        Self::MaxFailures,
        Self::Gates,
        Self::AtOnce,
        Self::Canary,
        Self::StartAt,
        Self::ExpireAt,
    ];

    /// Its flag, without the dashes.
    pub fn flag(self) -> &'static str {
        match self {
            Self::Waves => "waves",
            Self::MaxFailures => "max-failures",
            Self::Gates => "gates",
            Self::AtOnce => "at-once",
            Self::Canary => "canary",
            Self::StartAt => "start-at",
            Self::ExpireAt => "expire-at",
        }
    }
}

impl Rollout {
    /// Takes a rule in as it was typed, at this moment, by the clock of `zone`.
    ///
    /// # Errors
    /// What cannot be understood, for the operator.
    pub fn set(
        &mut self,
        rule: Rule,
        text: &str,
        now: Timestamp,
        zone: Option<&TimeZone>,
    ) -> Result<(), Say> {
        match rule {
            Rule::Waves => self.waves = Some(list(text)?),
            Rule::MaxFailures => self.max_failures = Some(list(text)?),
            Rule::Gates => self.gates = Some(list(text)?),
            Rule::AtOnce => {
                let numbers = list(text)?.into_iter().map(|Number(seats)| seats);
                self.at_once = Some(numbers.collect());
            }
            Rule::Canary => self.canary = Some(text.parse()?),
            Rule::StartAt => self.schedule.start_at = Some(moment::ahead(text, now, zone)?),
            Rule::ExpireAt => self.schedule.expire_at = Some(moment::ahead(text, now, zone)?),
        }
        Ok(())
    }

    /// Must something be before a next wave?
    fn asks_for_gate(&self) -> bool {
        self.gates.iter().flatten().any(|gate| *gate != Gate::Open)
    }

    /// Does what was typed make sense, whatever the settings say of the rest beside that they name several waves?
    ///
    /// # Errors
    /// The rule that does not, and why, for the operator.
    pub fn check(&self, has_waves: bool, now: Timestamp) -> Result<(), (Rule, Say)> {
        self.schedule.check(now).map_err(|why| (Rule::ExpireAt, why))?;
        // As many waves as a rule has entries fit any; where waves are typed, it must fit those.
        let waves = |entries: usize| match &self.waves {
            Some(waves) => waves.clone(),
            None => (1..=entries).map(Share::Count).collect(),
        };
        let rules = |entries: usize| Rules { waves: waves(entries), ..Rules::default() };
        let mut checked = vec![(Rule::Waves, rules(1))];
        if let Some(said) = &self.max_failures {
            checked.push((Rule::MaxFailures, Rules { max_failures: said.clone(), ..rules(said.len()) }));
        }
        if let Some(said) = &self.gates {
            let one_wave = match &self.waves {
                Some(_) => Strategy::of(&rules(1)).is_ok_and(|strategy| strategy.is_one_wave()),
                None => !has_waves,
            };
            if self.asks_for_gate() && self.canary.is_none() && one_wave {
                return Err((Rule::Gates, word!("gate-between-waves").into()));
            }
            checked.push((Rule::Gates, Rules { gates: said.clone(), ..rules(said.len()) }));
        }
        if let Some(said) = &self.at_once {
            checked.push((Rule::AtOnce, Rules { at_once: said.clone(), ..rules(said.len()) }));
        }
        checked
            .into_iter()
            .try_for_each(|(rule, rules)| Strategy::of(&rules).map(drop).map_err(|why| (rule, why)))
    }
}

/// A number of seats.
struct Number(usize);

impl FromStr for Number {
    type Err = Say;

    fn from_str(text: &str) -> Result<Self, Say> {
        text.trim().parse().map(Self).map_err(|_| say!("number-wrong", text = format!("{text:?}")))
    }
}

impl FromStr for Canary {
    type Err = Say;

    fn from_str(text: &str) -> Result<Self, Say> {
        match text.trim() {
            "auto" => Ok(Self::Auto),
            count => match count.parse() {
                Ok(count) if count > 0 => Ok(Self::Count(count)),
                _ => Err(say!("canary-wrong", text = format!("{text:?}"))),
            },
        }
    }
}

/// Which seats come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Canary {
    /// So many.
    Count(usize),
    /// One of each kind: of each group, and within it of each architecture and version that is installed now.
    Auto,
}

impl Grounds {
    /// Does the platform say that the seat is off?
    fn is_off(&self, seat: &SeatId) -> bool {
        self.plan.offline_seat_list.contains(seat)
    }
}

impl Service {
    /// The strategy of an install: what was asked for over what the settings say.
    ///
    /// # Errors
    /// `usage` when the rules make no sense.
    pub(super) async fn strategy(
        &self,
        asked: &Rollout,
        grounds: &Grounds,
    ) -> Result<Strategy, ServiceError> {
        let usage = |why: Say| ServiceError::new(Code::Usage, why);
        let settings = &self.settings.install;
        let mut rules = settings.rules().map_err(usage)?;
        let Rollout { waves, max_failures, gates, at_once, canary, schedule } = asked.clone();
        schedule.check(self.clock.now()).map_err(usage)?;
        if let Some(waves) = waves {
            // Lists of the settings belong to the waves of the settings.
            rules = Rules { waves, ..Rules::default() };
        }
        rules.max_failures = max_failures.unwrap_or(rules.max_failures);
        rules.gates = gates.unwrap_or(rules.gates);
        rules.at_once = at_once.unwrap_or(rules.at_once);
        let strategy = Strategy { schedule, ..Strategy::of(&rules).map_err(usage)? };
        if asked.asks_for_gate() && canary.is_none() && strategy.is_one_wave() {
            return Err(usage(word!("gate-between-waves").into()));
        }
        let first = match canary {
            None => return Ok(strategy),
            Some(Canary::Count(count)) => {
                let (off, on): (Vec<&SeatId>, Vec<_>) =
                    grounds.plan.touched().partition(|seat| grounds.is_off(seat));
                on.into_iter().chain(off).take(count.min(MAX_CANARY)).cloned().collect()
            }
            Some(Canary::Auto) => self.one_of_each(grounds).await?,
        };
        Ok(strategy.with_canary(first))
    }

    /// The first seat of each group and, within it, of each architecture and of each version of the prefix that is
    /// installed there now. One that is off shows nothing: it stands for its kind where no other can.
    async fn one_of_each(&self, grounds: &Grounds) -> Result<BTreeSet<SeatId>, ServiceError> {
        let touched: BTreeSet<SeatId> = grounds.plan.touched().cloned().collect();
        let seats = self.seats_by_id(&touched).await?;
        let mut has: BTreeMap<SeatId, Version> = BTreeMap::new();
        let prefix = &grounds.plan.segment_id.prefix;
        for entry in self.store.list_all(&keys::installed_of_prefix(prefix)).await?.entries {
            if let Named::Installed(id, _) = keys::parse(&entry.key) {
                let list: SeatList = store::decode(&entry)?;
                has.extend(list.seats.into_iter().map(|seat| (seat, id.version.clone())));
            }
        }
        let mut kinds = BTreeSet::new();
        let (off, on): (Vec<&Seat>, Vec<_>) = seats.values().partition(|seat| grounds.is_off(&seat.id));
        let first = on
            .into_iter()
            .chain(off)
            .filter(|seat| kinds.insert((&seat.group, seat.arch(), has.get(&seat.id))));
        Ok(first.take(MAX_CANARY).map(|seat| seat.id.clone()).collect())
    }
}
