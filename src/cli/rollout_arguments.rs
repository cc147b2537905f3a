//! How the seats of an install are taken, as arguments.

use clap::Args;

use super::exit::Failure;
use super::span;
use crate::domain::Timestamp;
use crate::domain::schedule::Schedule;
use crate::domain::span::Span;
use crate::domain::strategy::{self, Gate, Share};
use crate::service::{Canary, Rollout};

/// Flags of `install`. Lists have an entry a wave; the last one holds for the rest.
#[derive(Debug, Args)]
#[command(next_help_heading = "Rollout (what is absent is as the settings say)")]
pub(super) struct RolloutArguments {
    /// Wave by wave, up to so many seats or such a part of all: 1,10%,100%
    #[arg(long, value_name = "LIST")]
    waves: Option<String>,
    /// Stop when more seats of a wave fail: 0,2%
    #[arg(long, value_name = "LIST")]
    max_failures: Option<String>,
    /// What must be after a wave: open, ask (`installs next` lets it through), or a time: ask,10m,open
    #[arg(long, value_name = "LIST")]
    gates: Option<String>,
    /// Seats of a wave in work at once: 1,50
    #[arg(long, value_name = "LIST")]
    at_once: Option<String>,
    /// First so many seats, or `auto`: one of each group, architecture and version installed now
    #[arg(long, value_name = "N|auto")]
    canary: Option<String>,
    /// Send no seat before: 2026-11-30T22:00:00Z, or 2h for in two hours
    #[arg(long, value_name = "TIME", value_parser = span::ahead)]
    start_at: Option<Timestamp>,
    /// Begin no seat after; what runs comes to its end
    #[arg(long, value_name = "TIME", value_parser = span::ahead)]
    expire_at: Option<Timestamp>,
    /// End a seat that nobody has begun within: 30m
    #[arg(long, value_name = "DURATION")]
    pickup_deadline: Option<Span>,
    /// End a running seat without news for
    #[arg(long, value_name = "DURATION")]
    progress_deadline: Option<Span>,
    /// End all of it after
    #[arg(long, value_name = "DURATION")]
    total_deadline: Option<Span>,
}

impl RolloutArguments {
    /// What they ask for.
    pub(super) fn rollout(&self) -> Result<Rollout, Failure> {
        let shares = |name: &str, text: &Option<String>| parsed::<Share>(name, text.as_deref());
        let at_once = parsed::<Number>("--at-once", self.at_once.as_deref())?;
        let canary = match self.canary.as_deref() {
            None => None,
            Some("auto") => Some(Canary::Auto),
            Some(count) => match count.parse() {
                Ok(count) if count > 0 => Some(Canary::Count(count)),
                _ => return Err(Failure::usage(format!("--canary {count:?}: a number of seats, or auto"))),
            },
        };
        Ok(Rollout {
            waves: shares("--waves", &self.waves)?,
            max_failures: shares("--max-failures", &self.max_failures)?,
            gates: parsed::<Gate>("--gates", self.gates.as_deref())?,
            at_once: at_once.map(|list| list.into_iter().map(|Number(seats)| seats).collect()),
            canary,
            schedule: Schedule {
                start_at: self.start_at,
                expire_at: self.expire_at,
                pickup_deadline: self.pickup_deadline,
                progress_deadline: self.progress_deadline,
                total_deadline: self.total_deadline,
            },
        })
    }
}

/// A number of seats.
struct Number(usize);

impl std::str::FromStr for Number {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.trim().parse().map(Self).map_err(|_| format!("{text:?} is no number"))
    }
}

fn parsed<T: std::str::FromStr<Err = String>>(
    name: &str,
    text: Option<&str>,
) -> Result<Option<Vec<T>>, Failure> {
    text.map(strategy::list).transpose().map_err(|why| Failure::usage(format!("{name}: {why}")))
}
