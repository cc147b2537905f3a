//! How the seats of an install are taken, as arguments.

use clap::Args;

use super::exit::Failure;
use crate::domain::Timestamp;
use crate::domain::span::Span;
use crate::service::{InstallOptions, LeaveOut, Rollout, Rule};

/// Lists have an entry a wave; the last one holds for the rest.
#[derive(Debug, Args)]
#[command(next_help_heading = "Rollout (what is absent is as the settings say)")]
struct RolloutArguments {
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
    #[arg(long, value_name = "TIME")]
    start_at: Option<String>,
    /// Begin no seat after; what runs comes to its end
    #[arg(long, value_name = "TIME")]
    expire_at: Option<String>,
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

/// Which seats are left out of a plan, and how the others are taken: the same of all commands that plan an install.
#[derive(Debug, Args)]
pub(super) struct PlanArguments {
    /// Leave seats out that are blocked; `plan` lists them with the reasons
    #[arg(long)]
    pub(super) skip_blocked: bool,
    /// Leave seats out that the platform cannot reach now; else they wait until they come
    #[arg(long)]
    skip_offline: bool,
    #[command(flatten)]
    rollout: RolloutArguments,
}

impl PlanArguments {
    /// What they ask for.
    pub(super) fn options(&self) -> Result<InstallOptions, Failure> {
        let leave_out = LeaveOut { blocked: self.skip_blocked, offline: self.skip_offline };
        Ok(InstallOptions { rollout: self.rollout.rollout()?, leave_out, ..InstallOptions::default() })
    }
}

impl RolloutArguments {
    /// What they ask for.
    fn rollout(&self) -> Result<Rollout, Failure> {
        let now = Timestamp::now();
        let mut rollout = Rollout::default();
        for (rule, text) in [
            (Rule::Waves, &self.waves),
            (Rule::MaxFailures, &self.max_failures),
            (Rule::Gates, &self.gates),
            (Rule::AtOnce, &self.at_once),
            (Rule::Canary, &self.canary),
            (Rule::StartAt, &self.start_at),
            (Rule::ExpireAt, &self.expire_at),
        ] {
            if let Some(text) = text {
                let wrong = |why| Failure::usage(format!("--{}: {why}", rule.flag()));
                rollout.set(rule, text, now, None).map_err(wrong)?;
            }
        }
        rollout.schedule.pickup_deadline = self.pickup_deadline;
        rollout.schedule.progress_deadline = self.progress_deadline;
        rollout.schedule.total_deadline = self.total_deadline;
        Ok(rollout)
    }
}
