//! `segdeck plan`

use clap::Args;

use super::context::Context;
use super::exit::{EXIT_CODES, Exit, Outcome};
use super::seats_argument::SeatsArguments;
use super::table::Table;
use crate::domain::plan::{Plan, VersionChange};
use crate::domain::{SeatId, SegmentId};

/// Arguments.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub(super) struct Arguments {
    /// PREFIX@VERSION
    id: SegmentId,
    #[command(flatten)]
    seats: SeatsArguments,
}

/// Exit 0: nothing to do; 2: changes; 3: some seats are blocked.
pub(super) async fn run(context: &Context, arguments: Arguments) -> Outcome {
    let wanted = arguments.seats.wanted()?;
    let plan = context.service().await?.plan(&arguments.id, &wanted).await?;
    for warning in &plan.warnings {
        context.output.note(warning);
    }
    context.output.drawn(&plan, || drawn(&plan))?;
    Ok(if !plan.blocked.is_empty() {
        Exit::REFUSED
    } else if plan.is_empty() {
        Exit::DONE
    } else {
        Exit::CHANGES
    })
}

/// The table of `plan`.
pub(super) fn drawn(plan: &Plan) -> String {
    let mut table = Table::new(&["SEAT", "OP", "FROM", "BLOCKED"]);
    let from = |seat: &SeatId| plan.replaced.iter().find(|replaced| replaced.seats.contains(seat));
    let op = |seat: &SeatId, op: &str| match from(seat).map(|replaced| replaced.change) {
        Some(VersionChange::Upgrade) => "upgrade".to_owned(),
        Some(VersionChange::Downgrade) => "downgrade".to_owned(),
        None => op.to_owned(),
    };
    let reason = |seat| {
        plan.blocked.iter().find(|blocked| &blocked.seat == seat).map(|blocked| blocked.reason.clone())
    };
    let mut rows = 0;
    for (word, seats) in [("install", &plan.install_seat_list), ("uninstall", &plan.uninstall_seat_list)] {
        for seat in seats {
            let old = from(seat).map(|replaced| replaced.segment_id.to_string()).unwrap_or_default();
            table.row([seat.to_string(), op(seat, word), old, reason(seat).unwrap_or_default()]);
            rows += 1;
        }
    }
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
    if !plan.offline_seat_list.is_empty() {
        parts.push(format!("{} offline", plan.offline_seat_list.len()));
    }
    let sum = format!("{} (revision {})\n", parts.join(", "), plan.revision);
    if rows == 0 { sum } else { table.text() + &sum }
}
