//! `segdeck plan`

use clap::Args;

use super::context::Context;
use super::exit::{EXIT_CODES, Exit, Outcome};
use super::seats_argument::SeatsArguments;
use super::table::Table;
use crate::domain::SegmentId;
use crate::domain::plan::Plan;

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
    context.output.drawn(&plan, || drawn(&plan))?;
    Ok(if !plan.blocked.is_empty() {
        Exit::REFUSED
    } else if plan.is_empty() {
        Exit::DONE
    } else {
        Exit::CHANGES
    })
}

fn drawn(plan: &Plan) -> String {
    let mut table = Table::new(&["SEAT", "OP", "BLOCKED"]);
    let reason = |seat| {
        plan.blocked.iter().find(|blocked| &blocked.seat == seat).map(|blocked| blocked.reason.clone())
    };
    let mut rows = 0;
    for (op, seats) in [("install", &plan.install_seat_list), ("uninstall", &plan.uninstall_seat_list)] {
        for seat in seats {
            table.row([seat.to_string(), op.to_owned(), reason(seat).unwrap_or_default()]);
            rows += 1;
        }
    }
    for blocked in &plan.blocked {
        if !plan.install_seat_list.contains(&blocked.seat)
            && !plan.uninstall_seat_list.contains(&blocked.seat)
        {
            table.row([blocked.seat.to_string(), String::new(), blocked.reason.clone()]);
            rows += 1;
        }
    }
    let sum = format!(
        "{} to install, {} to uninstall, {} unchanged, {} blocked (revision {})\n",
        plan.install_seat_list.len(),
        plan.uninstall_seat_list.len(),
        plan.unchanged_seat_list.len(),
        plan.blocked.len(),
        plan.revision
    );
    if rows == 0 { sum } else { table.text() + &sum }
}
