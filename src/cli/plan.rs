//! `segdeck plan`

use std::collections::BTreeMap;

use clap::Args;

use super::context::Context;
use super::exit::{EXIT_CODES, Exit, Outcome};
use super::freeze;
use super::rollout_arguments::PlanArguments;
use super::seats_argument::SeatsArguments;
use super::table::Table;
use crate::domain::plan::{Plan, Skipped, VersionChange};
use crate::domain::strategy::Gate;
use crate::domain::wave_plan::PlannedWave;
use crate::domain::{SeatId, SegmentId};

/// Arguments.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub(super) struct Arguments {
    /// PREFIX@VERSION
    id: SegmentId,
    #[command(flatten)]
    seats: SeatsArguments,
    #[command(flatten)]
    plan: PlanArguments,
}

/// Exit 0: nothing to do; 2: changes; 3: some seats are blocked.
pub(super) async fn run(context: &Context, arguments: Arguments) -> Outcome {
    let wanted = arguments.seats.wanted()?;
    let options = arguments.plan.options()?;
    let service = context.service().await?;
    let plan = service.plan_install(&arguments.id, &wanted, &options).await?;
    freeze::note(context, &service).await;
    notes(context, &plan);
    context.output.drawn(&plan, || drawn(&plan))?;
    Ok(if !plan.blocked.is_empty() {
        Exit::REFUSED
    } else if plan.is_empty() {
        Exit::DONE
    } else {
        Exit::CHANGES
    })
}

/// What stands beside a plan.
pub(super) fn notes(context: &Context, plan: &Plan) {
    plan.warnings.iter().for_each(|warning| context.output.note(&warning.to_string()));
    skipped(context, &plan.skipped);
}

/// Seats that were wanted and are left out, and why.
pub(super) fn skipped(context: &Context, skipped: &[Skipped]) {
    for Skipped { seat, reason } in skipped {
        context.output.note(&format!("{seat} is left out: {reason}"));
    }
}

/// The table of `plan`: wave by wave, in the order in which seats are sent, or by their ids.
pub(super) fn drawn(plan: &Plan) -> String {
    let waves = !plan.waves.is_empty();
    let heads = ["WAVE", "SEAT", "OP", "FROM", "BLOCKED"];
    let mut table = Table::new(&heads[usize::from(!waves)..]);
    let from: BTreeMap<&SeatId, (&SegmentId, VersionChange)> = plan
        .replaced
        .iter()
        .flat_map(|it| it.seats.iter().map(move |seat| (seat, (&it.segment_id, it.change))))
        .collect();
    let reasons: BTreeMap<&SeatId, String> =
        plan.blocked.iter().map(|it| (&it.seat, it.reason.to_string())).collect();
    let mut row = |wave: Option<usize>, seat: &SeatId| {
        let (old, op) = match from.get(seat) {
            Some((old, VersionChange::Upgrade)) => (old.to_string(), "upgrade"),
            Some((old, VersionChange::Downgrade)) => (old.to_string(), "downgrade"),
            None if plan.uninstall_seat_list.contains(seat) => (String::new(), "uninstall"),
            None => (String::new(), "install"),
        };
        let reason = reasons.get(seat).cloned().unwrap_or_default();
        table.row(wave.map(|wave| wave.to_string()).into_iter().chain([
            seat.to_string(),
            op.to_owned(),
            old,
            reason,
        ]));
    };
    for (number, wave) in (1..).zip(&plan.waves) {
        wave.seat_list.iter().for_each(|seat| row(Some(number), seat));
    }
    if !waves {
        plan.touched().for_each(|seat| row(None, seat));
    }
    let rules: String =
        (1..).zip(&plan.waves).map(|(number, it)| rules(number, it, plan.waves.len())).collect();
    let sum = sum(plan);
    if plan.is_empty() { sum } else { table.text() + &rules + &sum }
}

/// What holds for a wave, in a line.
fn rules(number: usize, wave: &PlannedWave, of: usize) -> String {
    let mut parts = vec![format!("wave {number}: {} seat(s)", wave.seat_list.len())];
    parts.extend(wave.max_concurrent_seats.map(|seats| format!("{seats} at once")));
    parts.extend(wave.max_failures.map(|most| format!("stops when more than {most} fail")));
    match wave.gate {
        _ if number == of => {}
        Gate::Open => {}
        Gate::Ask => parts.push("then waits for `installs next`".to_owned()),
        Gate::After(_) => parts.push(format!("then waits {}", wave.gate)),
    }
    parts.join(", ") + "\n"
}

fn sum(plan: &Plan) -> String {
    let count = |change| -> usize {
        plan.replaced.iter().filter(|it| it.change == change).map(|it| it.seats.len()).sum()
    };
    let mut parts = vec![format!("{} to install", plan.install_seat_list.len())];
    for (word, change) in [("upgrades", VersionChange::Upgrade), ("downgrades", VersionChange::Downgrade)] {
        if count(change) > 0 {
            parts.push(format!("{} of them {word}", count(change)));
        }
    }
    parts.push(format!("{} to uninstall", plan.uninstall_seat_list.len()));
    parts.push(format!("{} unchanged", plan.unchanged_seat_list.len()));
    parts.push(format!("{} blocked", plan.blocked.len()));
    for (word, seats) in [("offline", plan.offline_seat_list.len()), ("left out", plan.skipped.len())] {
        if seats > 0 {
            parts.push(format!("{seats} {word}"));
        }
    }
    format!("{} (revision {})\n", parts.join(", "), plan.revision)
}
