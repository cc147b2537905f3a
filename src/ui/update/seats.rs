//! Choosing seats, up to the plan.

use std::collections::BTreeSet;

use super::super::actions::ActionId;
use super::super::effect::{Effect, PlanRequest};
use super::super::model::chooser::{Chooser, Purpose, SeatSets};
use super::super::model::overlay::{Ask, BindPlan, Button, Choice, Load, Overlay, PlanConfirm, Scroll};
use super::super::model::{Ahead, Model, Pane, Tone};
use super::data;
use crate::domain::words::{Say, say, word};
use crate::domain::{SeatId, SegmentId, seat_choice};
use crate::service::{UNINSTALL_NEEDS_WORD, Wanted};

/// Opens the chooser for the selected segment; the seats are asked for.
pub(super) fn choose(model: &mut Model, purpose: Purpose, effects: &mut Vec<Effect>) {
    let Some(segment) = model.subject_segment().map(|row| row.id.clone()) else {
        model.tell(Tone::Bad, word!("reason-no-segment"));
        return;
    };
    let mut chooser = Chooser::new(segment.clone(), purpose);
    if model.pane == Pane::Seats {
        // What the operator looks at is what he goes on with.
        chooser.table = model.seats.clone();
    }
    // The lists that the pane shows are at hand at once, so that keys typed ahead find them.
    if let Some(of) = model.seats_of.as_ref().filter(|of| of.segment == segment)
        && let Load::Ready(sets) = &of.sets
    {
        chooser.loaded(sets.clone());
    }
    model.overlays.push(Overlay::Seats(Box::new(chooser)));
    data::refresh_chooser(model);
    read(model, segment, effects);
}

/// Reads the lists of the open chooser; the marks stay.
pub(super) fn read(model: &Model, segment: SegmentId, effects: &mut Vec<Effect>) {
    let active = model.data.active(&segment.prefix).map(|install| install.id).collect();
    effects.push(Effect::LoadChooser { segment, active });
}

/// Marks in the chooser; from the pane of the seats it opens first.
pub(super) fn mark(model: &mut Model, id: ActionId, effects: &mut Vec<Effect>) {
    if model.chooser().is_none() {
        choose(model, Purpose::Install, effects);
    }
    let Some(chooser) = model.chooser_mut() else { return };
    if matches!(chooser.sets, Load::Loading) {
        return model.ahead.push_back(Ahead::Do(id));
    }
    let Chooser { marks, table, .. } = chooser;
    super::batch::change(marks, table, id);
    chooser.recount();
}

/// Opens the line for an expression, over the chooser.
pub(super) fn begin_choice(model: &mut Model) {
    if model.chooser().is_some_and(|chooser| chooser.sets.ready().is_some()) {
        model.overlays.push(Overlay::Choice(Choice::default()));
    } else if model.awaits_lists() {
        model.ahead.push_back(Ahead::Do(ActionId::Choose));
    }
}

/// What the expression would do.
pub(super) fn try_choice(model: &mut Model) {
    let Some(mut marks) = model.chooser().map(|chooser| chooser.marks.ids.clone()) else { return };
    let Some(Overlay::Choice(choice)) = model.overlays.last_mut() else { return };
    choice.chosen = seat_choice::choose(choice.input.value(), &model.data.seats, &mut marks);
}

/// Enter: does what the expression says.
pub(super) fn end_choice(model: &mut Model) {
    if let Some(Overlay::Choice(choice)) = model.overlays.pop()
        && !choice.input.value().trim().is_empty()
    {
        choose_by(model, choice.input.value());
    }
}

/// A list that is pasted over the chooser names seats; `true`: it is dealt with. A single line into the open
/// expression is typed.
pub(super) fn pasted(model: &mut Model, text: &str) -> bool {
    let lines = text.trim().lines().count();
    match model.overlays.last() {
        Some(Overlay::Choice(_)) if lines > 1 || text.len() > super::text::MAX => _ = model.overlays.pop(),
        Some(Overlay::Seats(_)) => {}
        _ => return false,
    }
    choose_by(model, text);
    true
}

fn choose_by(model: &mut Model, expression: &str) {
    let chooser = model.overlays.iter_mut().rev().find_map(|overlay| match overlay {
        Overlay::Seats(chooser) => Some(chooser),
        _ => None,
    });
    let Some(chooser) = chooser.filter(|chooser| chooser.sets.ready().is_some()) else { return };
    let chosen = seat_choice::choose(expression, &model.data.seats, &mut chooser.marks.ids);
    chooser.recount();
    if chosen.unknown.is_empty() {
        model.tell(Tone::Good, say!("toast-chosen", n = chosen.marked, gone = chosen.unmarked));
    } else if chosen.unknown.len() <= FEW {
        let unknown = chosen.unknown.join(", ");
        model.tell(
            Tone::Bad,
            say!("toast-chosen-not-all", n = chosen.marked, gone = chosen.unmarked, unknown = unknown),
        );
    } else {
        let title = say!("title-not-chosen", unknown = chosen.unknown.len());
        let text = Say::plain(&chosen.unknown.join("\n"));
        model.overlays.push(Overlay::Message { title, text, scroll: Scroll::default() });
    }
}

/// So many unknown seats are told in a line.
const FEW: usize = 4;

/// Begins the marks anew with one of the lists.
pub(super) fn begin_with(model: &mut Model, choose: impl Fn(&SeatSets) -> &BTreeSet<SeatId>) {
    if let Some(chooser) = model.chooser_mut() {
        chooser.begin_with(choose);
    }
}

/// Enter in the chooser: bind, or see the plan.
pub(super) fn done(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(Overlay::Seats(chooser)) = model.overlays.last() else { return };
    let Some(sets) = chooser.sets.ready() else { return };
    let (segment, wanted) = (chooser.segment.clone(), chooser.marks.ids.clone());
    match chooser.purpose {
        Purpose::Bind if wanted == sets.bound => {
            model.tell(Tone::Plain, say!("toast-nothing-to-do", id = &segment));
        }
        Purpose::Bind => {
            let (added, removed): (BTreeSet<_>, BTreeSet<_>) = (&wanted - &sets.bound, &sets.bound - &wanted);
            super::question(
                model,
                Ask::Bind(BindPlan {
                    seen: sets.bound_seen,
                    command: command_line(chooser),
                    is_large: added.len() + removed.len() > model.identity.word_above,
                    segment,
                    seats: wanted,
                    added,
                    removed,
                }),
            );
        }
        Purpose::Install => {
            let command = command(&segment, &wanted, sets);
            plan(model, segment, Wanted::Seats(wanted), command, effects);
        }
    }
}

/// Asks for a plan, and shows it when it comes.
pub(super) fn plan(
    model: &mut Model,
    segment: SegmentId,
    wanted: Wanted,
    command: String,
    effects: &mut Vec<Effect>,
) {
    let (leave_out, rollout) = Default::default();
    let request = PlanRequest { segment, wanted, leave_out, rollout };
    effects.push(Effect::Plan(request.clone()));
    model.overlays.push(Overlay::Plan(Box::new(PlanConfirm {
        request,
        rules: Default::default(),
        command,
        plan: Load::Loading,
        button: Button::No,
        word: None,
        sent: false,
        is_outdated: false,
        scroll: Scroll::default(),
    })));
}

/// What Enter in the chooser would do, on a command line; nothing while its seats are on their way.
pub(super) fn command_line(chooser: &Chooser) -> String {
    let Some(sets) = chooser.sets.ready() else { return String::new() };
    let (segment, wanted) = (&chooser.segment, &chooser.marks.ids);
    match chooser.purpose {
        Purpose::Install => command(segment, wanted, sets),
        Purpose::Bind => {
            let (seats, lines) = as_flag(wanted);
            format!("segdeck bind set {segment} {seats}{lines}")
        }
    }
}

/// The same install on a command line, in the shortest of its forms.
fn command(segment: &SegmentId, wanted: &BTreeSet<SeatId>, sets: &SeatSets) -> String {
    let (seats, lines) = if !wanted.is_empty() && *wanted == sets.bound {
        ("--bound".to_owned(), String::new())
    } else {
        as_flag(wanted)
    };
    let many = sets.installed.difference(wanted).count() > UNINSTALL_NEEDS_WORD;
    format!("segdeck install {segment} {seats}{}", if many { " --yes" } else { "" }) + &lines
}

/// A list of seats as a flag, and the lines that follow the command. One argument of a command holds 128 KiB on Linux;
/// a longer list comes by standard input.
fn as_flag(seats: &BTreeSet<SeatId>) -> (String, String) {
    let list = |between: &str| seats.iter().map(SeatId::as_str).collect::<Vec<_>>().join(between);
    match list(",") {
        none if none.is_empty() => ("--none".to_owned(), String::new()),
        list if list.len() <= LONGEST => (format!("--seats {list}"), String::new()),
        _ => ("--seats-from -".to_owned(), format!(" <<'SEATS'\n{}\nSEATS", list("\n"))),
    }
}

/// Longest list of seats inside a command line, in bytes.
const LONGEST: usize = 100_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_too_long_for_an_argument_comes_by_standard_input() {
        let segment: SegmentId = "nav@1".parse().unwrap();
        let of = |seats: usize| -> String {
            let wanted = (0..seats).map(|n| format!("seat-{n:06}").parse().unwrap()).collect();
            command(&segment, &wanted, &SeatSets::default())
        };
        assert_eq!(of(2), "segdeck install nav@1 --seats seat-000000,seat-000001");
        let long = of(20_000);
        let mut lines = long.lines();
        assert_eq!(lines.next(), Some("segdeck install nav@1 --seats-from - <<'SEATS'"));
        assert_eq!((lines.next(), lines.last()), (Some("seat-000000"), Some("SEATS")));
    }
}
