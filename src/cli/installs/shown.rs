//! An install for people: a head, then a line a seat.

use jiff::SignedDuration;
use serde_json::json;

use crate::cli::context::Context;
use crate::cli::exit::Outcome;
use crate::cli::show;
use crate::cli::table::Table;
use crate::domain::explain::{Explanation, Usual};
use crate::domain::reasons::Alike;
use crate::domain::{FreeText, InstallLog};
use crate::service::{InstallView, SeatView};

/// Most seats that a line names.
const NAMED: usize = 3;

/// `9 succeeded, 1 failed`
pub(super) fn counts(log: &InstallLog) -> String {
    log.counts
        .iter()
        .map(|(state, count)| format!("{count} {}", state.as_str()))
        .collect::<Vec<_>>()
        .join(", ")
}

/// Prints it, or its JSON.
pub(super) fn print(context: &Context, view: &InstallView) -> Outcome {
    print_some(context, view, |_| true)
}

/// The same with the seats alone that are wanted; everything else is still about all of them.
pub(super) fn print_some(
    context: &Context,
    view: &InstallView,
    wanted: impl Fn(&SeatView) -> bool,
) -> Outcome {
    let mut json = view.shown();
    if let Some(fields) = json.as_object_mut() {
        let seats: Vec<&SeatView> = view.seats.iter().filter(|seat| wanted(seat)).collect();
        fields.insert("seats".into(), json!(seats));
    }
    context.output.drawn(&json, || {
        let log = &view.log;
        let mut head =
            Table::new(&["RECORD", "SEGMENT", "STATE", ">PERCENT", "REQUESTED BY", "STARTED", "FINISHED"]);
        head.row([
            log.id.to_string(),
            log.segment_id.to_string(),
            log.state.as_str().to_owned(),
            format!("{}%", log.percent),
            show::text(&view.record.requested_by),
            show::time_or_none(log.started_at),
            show::time_or_none(log.finished_at),
        ]);
        // Where all seats are in one wave its number says nothing.
        let in_waves = view.seats.iter().any(|seat| seat.wave.is_some());
        let titles: &[_] = match in_waves {
            true => &["SEAT", "IP", ">WAVE", "OP", "STATE", ">PERCENT", "MESSAGE"],
            false => &["SEAT", "IP", "OP", "STATE", ">PERCENT", "MESSAGE"],
        };
        let mut seats = Table::new(titles);
        for seat in view.seats.iter().filter(|seat| wanted(seat)) {
            let wave = in_waves.then(|| seat.wave.map(|wave| wave.to_string()).unwrap_or_default());
            let ip = seat.ip.map(|ip| ip.to_string()).unwrap_or_default();
            let rest = [
                seat.op.as_str().to_owned(),
                seat.state.as_str().to_owned(),
                format!("{}%", seat.percent),
                show::text(&seat.message),
            ];
            seats.row([seat.seat.to_string(), ip].into_iter().chain(wave).chain(rest));
        }
        let mut failures = Table::new(&[">FAILED", "REASON", "SEATS"]);
        let alike = view.failures();
        for Alike { reason, count, seats } in &alike {
            let named: Vec<&str> = seats.iter().take(NAMED).map(|seat| seat.as_str()).collect();
            let more = match seats.len().saturating_sub(NAMED) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            let reason = FreeText::from(reason.as_str());
            failures.row([count.to_string(), show::text(&reason), named.join(", ") + &more]);
        }
        let failures = if alike.is_empty() { String::new() } else { format!("\n{}", failures.text()) };
        let wave = log.turn().map(|(wave, waves)| format!("wave: {wave} of {waves}\n")).unwrap_or_default();
        let reason = log.reason.as_ref().map(|reason| format!("reason: {}\n", reason.shown()));
        let why = view.explanation.as_ref().map(|why| format!("\n{}", explained(log, why)));
        let (reason, why) = (reason.unwrap_or_default(), why.unwrap_or_default());
        format!("{}{wave}{reason}{why}{failures}\n{}", head.text(), seats.text())
    })
}

/// `3m, mean of the last 10`
fn usual(usual: Usual) -> String {
    let Usual { mean_seconds, installs, overdue_seconds } = usual;
    let written =
        |seconds| format!("{:#}", SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX)));
    let over = overdue_seconds.map(|over| format!("; overdue by {}", written(over))).unwrap_or_default();
    format!("{}, the mean of the last {installs}{over}", written(mean_seconds))
}

/// Why it is not finished, a line a fact.
fn explained(log: &InstallLog, why: &Explanation) -> String {
    let mut facts = Table::new(&["UNFINISHED", ""]);
    let mut row = |name: &str, value: String| {
        if !value.is_empty() {
            facts.row([name.to_owned(), value]);
        }
    };
    row("waits", why.waits_for.to_string());
    row("driven by", show::text(&why.owner));
    row("last progress", show::time(why.last_progress_at));
    row("attempt", log.attempt.to_string());
    if why.attempt > 1 {
        row("call", format!("try {} of {}", why.attempt, why.attempts));
    }
    row("usual time", why.usual.map(usual).unwrap_or_default());
    row("next try", show::time_or_none(why.next_try_at));
    row("deadline", show::time_or_none(why.deadline));
    for action in &why.actions {
        row("possible now", format!("{}  ({})", action.command, action.what));
    }
    facts.text()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attempt_is_a_retry_and_a_try_a_call() {
        let at = "2026-11-22T19:00:00Z";
        let log = serde_json::json!({
            "id": "01M86Q2ECWSQT38YD3DBP0ZBPC", "segmentId": "nav@1", "state": "running", "percent": 0,
            "attempt": 2, "updatedAt": at,
        });
        let log: InstallLog = serde_json::from_value(log).unwrap();
        let why = |attempt| Explanation {
            owner: "ada@bridge".into(),
            last_progress_at: at.parse().unwrap(),
            deadline: None,
            attempt,
            attempts: 6,
            next_try_at: None,
            usual: None,
            waits_for: crate::domain::explain::WaitsFor::Turn,
            actions: Vec::new(),
        };
        let text = explained(&log, &why(1));
        assert!(text.contains("attempt        2\n") && !text.contains("try"), "{text}");
        assert!(explained(&log, &why(3)).contains("call           try 3 of 6\n"));
    }
}
