//! How the seats of an install are taken: the settings, and what an operator asks for in their place.

use std::collections::{BTreeMap, BTreeSet};

use super::plan::Grounds;
use super::{Code, Service, ServiceError};
use crate::domain::schedule::Schedule;
use crate::domain::seat::SeatList;
use crate::domain::strategy::{Gate, MAX_CANARY, Rules, Share, Strategy};
use crate::domain::{SeatId, Version};
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

/// Which seats come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Canary {
    /// So many.
    Count(usize),
    /// One of each kind: of each group, and within it of each architecture and version that is installed now.
    Auto,
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
        let usage = |why: String| ServiceError::new(Code::Usage, why);
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
        let first = match canary {
            None => return Ok(strategy),
            Some(Canary::Count(count)) => {
                grounds.plan.touched().take(count.min(MAX_CANARY)).cloned().collect()
            }
            Some(Canary::Auto) => self.one_of_each(grounds).await?,
        };
        Ok(strategy.with_canary(first))
    }

    /// The first seat of each group and, within it, of each architecture and of each version of the prefix that is
    /// installed there now.
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
        let first = seats.values().filter(|seat| kinds.insert((&seat.group, seat.arch(), has.get(&seat.id))));
        Ok(first.take(MAX_CANARY).map(|seat| seat.id.clone()).collect())
    }
}
