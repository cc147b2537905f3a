//! `segdeck seat show`

use crate::cli::context::Context;
use crate::cli::exit::Outcome;
use crate::cli::show;
use crate::cli::table::Table;
use crate::domain::{SeatId, SegmentId};
use crate::service::SeatShown;

/// What is on a seat, and what happened there.
pub(super) async fn run(context: &Context, id: &SeatId) -> Outcome {
    let shown = context.service().await?.show_seat(id).await?;
    context.output.drawn(&shown, || drawn(&shown))
}

fn drawn(shown: &SeatShown) -> String {
    let SeatShown { seat, installed, removed, bound, history } = shown;
    let named = |id: &SegmentId| match removed.iter().any(|gone| gone.id == *id) {
        true => format!("{id} (removed from the platform)"),
        false => id.to_string(),
    };
    let joined = |all: Vec<String>| all.join(", ");
    let mut facts = Table::new(&["SEAT", ""]);
    for (name, value) in [
        ("id", seat.id.to_string()),
        ("ip", seat.ip.to_string()),
        ("group", show::text(&seat.group)),
        ("tags", joined(seat.tags.iter().map(show::text).collect())),
        ("note", show::text(&seat.note)),
        ("installed", joined(installed.iter().map(named).collect())),
        ("bound to", joined(bound.iter().map(ToString::to_string).collect())),
    ] {
        if !value.is_empty() {
            facts.row([name.to_owned(), value]);
        }
    }
    if history.is_empty() {
        return facts.text();
    }
    let mut events = Table::new(&["AT", "SEGMENT", "OP", "STATE", "RECORD", "MESSAGE"]);
    for event in history {
        let record = match event.attempt {
            // There is no install to show.
            _ if event.is_found() => String::new(),
            1 => event.record.to_string(),
            attempt => format!("{}, attempt {attempt}", event.record),
        };
        events.row([
            show::time(event.at),
            event.segment_id.to_string(),
            event.op.as_str().to_owned(),
            event.state.as_str().to_owned(),
            record,
            show::text(&event.message),
        ]);
    }
    format!("{}\n{}", facts.text(), events.text())
}
