//! `segdeck seat verify`

use std::cell::RefCell;
use std::collections::BTreeSet;

use clap::Args;
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use crate::cli::context::Context;
use crate::cli::exit::{EXIT_CODES, Exit, Failure, Outcome};
use crate::cli::output::{self, Columns, Format};
use crate::cli::progress::Progress;
use crate::cli::{show, signals};
use crate::domain::{SeatId, SegmentId};
use crate::service::{SeatFound, SeatTotals, SeatVerified};

/// Arguments.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub(in crate::cli) struct Arguments {
    /// Seats; all of them when none is given
    #[arg(value_name = "SEAT")]
    seats: Vec<SeatId>,
    /// Where they differ, let the records follow the platform; nothing is installed or uninstalled
    #[arg(long)]
    pub(super) adopt: bool,
}

/// The answer in JSON: the seats that are not as their records say.
#[derive(Debug, Serialize)]
struct Report<'a> {
    #[serde(flatten)]
    totals: SeatTotals,
    items: &'a [SeatVerified],
}

const COLUMNS: Columns<SeatVerified> = Columns {
    head: &["SEAT", "FOUND", "NOT THERE", "NOT RECORDED", "REASON"],
    cells: |found| {
        let names = |names: &mut dyn Iterator<Item = String>| names.collect::<Vec<_>>().join(", ");
        let state = if found.adopted { "adopted" } else { found.state.as_str() };
        let strange = found.strange.iter().map(|uid| format!("uid {uid}"));
        let named = |id: &SegmentId| match found.removed.contains(id) {
            true => format!("{id} (removed from the platform)"),
            false => id.to_string(),
        };
        vec![
            found.seat.to_string(),
            state.to_owned(),
            names(&mut found.missing.iter().map(named)),
            names(&mut found.unrecorded.iter().map(named).chain(strange)),
            found.reason.as_ref().map(show::text).unwrap_or_default(),
        ]
    },
};

/// Asks the platform seat by seat; Ctrl-C ends it.
pub(super) async fn run(context: &Context, arguments: Arguments) -> Outcome {
    let service = context.service().await?;
    let output = context.output;
    let ids: BTreeSet<SeatId> = arguments.seats.into_iter().collect();
    let progress = RefCell::new(Progress::new(output.format));
    let seen = RefCell::new((0_usize, Vec::new()));
    let cancel = CancellationToken::new();
    let told = |found: SeatVerified| {
        let (asked, items) = &mut *seen.borrow_mut();
        *asked += 1;
        if found.state != SeatFound::Ok {
            items.push(found);
        }
        progress.borrow_mut().show(&format!("{asked} seats asked for, {} not as recorded", items.len()));
    };
    let verify = service.verify_seats(&ids, arguments.adopt, told, &cancel);
    let (totals, interrupted) = signals::cancelling(&cancel, verify).await;
    let ((asked, mut items), mut progress) = (seen.into_inner(), progress.into_inner());
    progress.leave();
    items.sort_by(|a, b| a.seat.cmp(&b.seat));
    let totals = match totals {
        Ok(totals) => totals,
        Err(_) if interrupted => {
            return Err(Failure::Interrupted(format!("stopped after {asked} seat(s)")));
        }
        Err(error) => return Err(error.into()),
    };
    match output.format {
        Format::Table => {
            if !items.is_empty() {
                output.items(&items, &COLUMNS)?;
            }
            output::note(&says(totals));
        }
        Format::Json => _ = output.single(&Report { totals, items: &items })?,
        Format::Jsonl => _ = output.items(&items, &COLUMNS)?,
    }
    Ok(if totals.ok + totals.adopted == totals.total {
        Exit::DONE
    } else if totals.away == totals.total {
        Exit::UNAVAILABLE
    } else {
        Exit::FAILED
    })
}

fn says(totals: SeatTotals) -> String {
    let SeatTotals { total, ok, differs, adopted, busy, unknown, .. } = totals;
    let mut says = format!("{total} seat(s): {ok} as recorded, {differs} differ");
    for (count, what) in [
        (adopted, "of them adopted: the records follow the platform now"),
        (busy, "busy with an install"),
        (unknown, "unknown: the platform does not say"),
    ] {
        if count > 0 {
            says += &format!(", {count} {what}");
        }
    }
    if differs > adopted {
        says += "; --adopt lets the records follow the platform, `segdeck install` then mends the seats";
    }
    says
}
