//! The plan of an install by its keys.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::tz::TimeZone;

use super::super::change::Change;
use super::super::effect::{Action, Effect, Outcome, PlanRequest};
use super::super::model::Pane;
use super::super::model::chooser::SeatSets;
use super::super::model::data::Delta;
use super::super::model::overlay::Overlay;
use super::fixture::{Console, fleet, id, install, record, seat, seat_id};
use crate::domain::plan::{Blocked, BlockedBy, Plan};
use crate::domain::strategy::Gate;
use crate::domain::words::{Language, Say, Words};
use crate::domain::{InstallState, SeatState};
use crate::service::Wanted;

fn console() -> Console {
    Console::new(80, 24, fleet())
}

#[test]
fn installing_shows_its_plan_and_asks() {
    let mut console = console();
    console.keys("iG<space><enter>");
    assert!(console.text().contains("install on 1"));
    assert!(console.text().contains("segdeck install nav-core@2.1.0 --seats"));
    console.keys("<enter>");
    assert!(
        !console.effects.iter().any(|effect| matches!(effect, Effect::Change(Change::Install { .. }))),
        "no is the default"
    );
    console.keys("<enter><tab><enter>");
    let sent = console.effects.iter().find_map(|effect| match effect {
        Effect::Change(Change::Install { request, seen, confirmed }) => {
            Some((&request.segment, &request.wanted, seen.revision, *confirmed))
        }
        _ => None,
    });
    let mut wanted: BTreeSet<_> = (1..=12).map(seat_id).collect();
    wanted.insert(seat_id(24));
    let wanted = Wanted::Seats(wanted);
    assert_eq!(sent, Some((&id("nav-core@2.1.0"), &wanted, 4711, false)));
    assert_eq!(console.model.pane, Pane::Installs);
    // The new install is selected as soon as it is there.
    let new = install(9, "nav-core@2.1.0", InstallState::Pending, &[]);
    let installs = [(new.id, Some(Arc::new(new)))].into();
    console.act(Action::Data(Box::new(Delta { installs, ..Delta::default() })));
    assert_eq!(console.model.installs.current().map(|row| row.id), Some(record(9)));
}

#[test]
fn a_plan_for_twenty_thousand_seats_is_drawn_at_once_and_says_that_its_command_is_cut() {
    let mut data = fleet();
    data.seats = (0..20_000)
        .map(|n| {
            let mut row = seat(1);
            row.id = format!("seat-{n:042}").parse().unwrap();
            Arc::new(row)
        })
        .collect();
    let mut console = Console::new(80, 24, data);
    console.model.identity.word_above = usize::MAX;
    let began = std::time::Instant::now();
    console.keys("i*<enter>");
    let text = console.text();
    assert!(text.contains("install on 20000"), "{text}");
    assert!(began.elapsed() < std::time::Duration::from_secs(20), "{:?}", began.elapsed());
    assert!(text.contains("press c to copy all of it"), "{text}");
}

#[test]
fn a_plan_with_a_blocked_seat_says_why_and_takes_no_yes() {
    let mut console = console();
    console.answers = false;
    console.keys("i");
    let sets = SeatSets::default();
    console.act(Action::Done(Outcome::Seats(id("nav-core@2.1.0"), Ok(sets))));
    console.keys("<space><enter>");
    let mut plan = Plan::between(id("nav-core@2.1.0"), &BTreeSet::new(), &[seat_id(1)].into(), 4711);
    plan.blocked = vec![Blocked {
        seat: seat_id(1),
        reason: Say::plain("another install is at work on it"),
        by: BlockedBy::Checks,
    }];
    console.act(planned(&console, Ok(plan)));
    let text = console.text();
    assert!(text.contains("blocked 1") && text.contains("seat-001: another install"), "{text}");
    console.keys("y");
    assert!(!console.effects.iter().any(|effect| matches!(effect, Effect::Change(Change::Install { .. }))));
}

/// The answer to the latest plan that was asked for.
fn planned(console: &Console, result: Result<Plan, Say>) -> Action {
    Action::Done(Outcome::Planned(Box::new(asked(console)), result.map(Box::new)))
}

fn asked(console: &Console) -> PlanRequest {
    let mut plans = console.effects.iter().rev().filter_map(|effect| match effect {
        Effect::Plan(request) => Some(request.clone()),
        _ => None,
    });
    plans.next().expect("a plan was asked for")
}

#[test]
fn blocked_and_offline_seats_are_left_out_by_a_key() {
    let mut console = console();
    console.answers = false;
    console.keys("i");
    let sets = SeatSets::default();
    console.act(Action::Done(Outcome::Seats(id("nav-core@2.1.0"), Ok(sets))));
    console.keys("<space><down><space><down><space><enter>");
    // As a service answers, whatever is left out.
    let answer = |console: &mut Console| {
        let wanted = (1..=3).map(seat_id).collect();
        let mut plan = Plan::between(id("nav-core@2.1.0"), &BTreeSet::new(), &wanted, 4711);
        let reason = Say::plain("it needs geo, which is not installed");
        plan.blocked = vec![Blocked { seat: seat_id(1), reason, by: BlockedBy::Checks }];
        plan.offline_seat_list = [seat_id(2)].into();
        plan.leave_out(asked(console).leave_out.of(&plan));
        console.act(planned(console, Ok(plan)));
    };
    answer(&mut console);
    assert!(
        console.text().contains("install on 3") && console.text().contains("b leaves the blocked seats out")
    );
    console.keys("b");
    answer(&mut console);
    console.keys("o");
    answer(&mut console);
    let text = console.text();
    assert!(text.contains("install on 1") && text.contains("left out 2"), "{text}");
    assert!(text.contains("install nav-core@2.1.0 --skip-blocked --skip-offline --seats"), "{text}");
    console.keys("b");
    answer(&mut console);
    assert!(
        console.text().contains("blocked 1") && console.text().contains("left out 1"),
        "{}",
        console.text()
    );
    console.keys("b");
    answer(&mut console);
    console.keys("y");
    let Some(Effect::Change(Change::Install { request, .. })) = console.effects.last() else {
        panic!("not sent")
    };
    assert!(request.leave_out.blocked && request.leave_out.offline);
}

#[test]
fn an_answer_to_another_question_is_no_plan() {
    let mut console = console();
    console.answers = false;
    console.keys("i");
    let sets = SeatSets::default();
    console.act(Action::Done(Outcome::Seats(id("nav-core@2.1.0"), Ok(sets))));
    console.keys("<space><enter>");
    let first = asked(&console);
    console.keys("<esc><down><space><enter>");
    assert_ne!(asked(&console), first);
    let plan = Plan::between(id("nav-core@2.1.0"), &BTreeSet::new(), &[seat_id(1)].into(), 4711);
    console.act(Action::Done(Outcome::Planned(Box::new(first), Ok(Box::new(plan)))));
    console.keys("y");
    assert!(
        !console.effects.iter().any(|effect| matches!(effect, Effect::Change(Change::Install { .. }))),
        "what was shown is not what would be done"
    );
}

/// So many plans were asked for.
fn plans(console: &Console) -> usize {
    console.effects.iter().filter(|effect| matches!(effect, Effect::Plan(_))).count()
}

#[test]
fn how_seats_are_taken_is_typed_shown_and_sent() {
    let mut console = console();
    console.keys("i=seat-022..seat-024<enter><enter>w");
    assert!(console.text().contains("How the seats are taken"), "{}", console.text());
    console.keys("1,x<enter>");
    assert!(console.text().contains("neither a number nor a percentage"), "{}", console.text());
    console.keys("<backspace>100%<tab>0<tab>ask<enter>");
    let text = console.text();
    assert!(text.contains("wave 1: 1 seat, stops when more than 0 fail, then waits for your word"), "{text}");
    assert!(text.contains("wave 2: 2 seats, stops when more than 0 fail"), "{text}");
    let command = "segdeck install nav-core@2.1.0 --waves 1,100% --max-failures 0 --gates ask";
    assert!(text.contains(command), "{text}");
    let asked = plans(&console);
    console.keys("w<esc>w<enter>");
    assert_eq!(plans(&console), asked, "nothing has changed");
    console.keys("y");
    let rollout = console.effects.iter().find_map(|effect| match effect {
        Effect::Change(Change::Install { request, .. }) => Some(request.rollout.clone()),
        _ => None,
    });
    let rollout = rollout.expect("it is sent");
    assert_eq!(rollout.waves.map(|waves| waves.len()), Some(2));
    assert_eq!(rollout.gates, Some(vec![Gate::Ask]));
}

#[test]
fn what_makes_no_sense_keeps_the_form_open_at_its_field() {
    // Fields before it, what is typed into it, and what is said.
    for (down, typed, says) in [
        (0, "50%,10%", "each goes further"),
        (0, "0,5", "a wave of no seats"),
        (2, "5m", "a gate stands between waves"),
        (3, "0", "no seats at once"),
        (6, "2020-01-01", "before it begins"),
    ] {
        let mut console = console();
        console.keys("i=seat-022..seat-024<enter><enter>w");
        // On another field when Enter comes.
        console.keys(&"<down>".repeat(down)).keys(typed).keys("<down><enter>");
        let Some(Overlay::Rollout(form)) = console.model.overlays.last() else { panic!("{typed}: closed") };
        assert_eq!(form.at, down, "{typed}");
        assert_eq!(console.text().matches(says).count(), 1, "{typed}\n{}", console.text());
    }
    // All seats in one wave are as if no wave was named.
    let mut one_wave = console();
    one_wave.keys("i=seat-022..seat-024<enter><enter>w100%<down><down>5m<enter>");
    assert!(one_wave.text().contains("a gate stands between waves"), "{}", one_wave.text());
    // The settings may name the waves that a gate stands between.
    let mut console = console();
    console.model.identity.has_waves = true;
    console.keys("i=seat-022..seat-024<enter><enter>w").keys("<down><down>5m<enter>");
    assert!(matches!(console.model.overlays.last(), Some(Overlay::Plan(_))));
    // When it begins and until when is on the plan.
    console.keys("w<down><down><down><down><down>2026-12-24T20:00:00Z<down>2026-12-25T20:00:00Z<enter>");
    let text = console.text();
    assert!(text.contains("Begin at: 2026-12-24 20:00:00"), "{text}");
    assert!(text.contains("Not after: 2026-12-25 20:00:00"), "{text}");
}

#[test]
fn moments_are_typed_by_the_operators_clock() {
    let mut console = console();
    console.model.identity.zone = TimeZone::fixed(jiff::tz::offset(8));
    console.look.words = Words::of(Language::English).by_clock(console.model.identity.zone.clone());
    console.keys("i=seat-022..seat-024<enter><enter>w");
    console.keys("<down><down><down><down><down>2026-12-24 20:00<down>2026-12-25<enter>");
    let text = console.text();
    assert!(text.contains("Begin at: 2026-12-24 20:00:00"), "{text}");
    assert!(text.contains("Not after: 2026-12-25 00:00:00"), "{text}");
    assert!(text.contains("20:00:00 +08:00") && !text.contains("past"), "{text}");
    // The command means the same moments wherever it is typed.
    let Some(Overlay::Plan(open)) = console.model.overlays.last() else { panic!("{text}") };
    let command = open.command_line();
    assert!(command.contains("--start-at 2026-12-24T12:00:00Z"), "{command}");
    assert!(command.contains("--expire-at 2026-12-24T16:00:00Z"), "{command}");
    console.keys("w<down><down><down><down><down>\u{15}2020-01-01 00:00<down>\u{15}<enter>");
    let text = console.text();
    assert!(text.contains("Begin at: 2020-01-01 00:00:00 +08:00 · this is past"), "{text}");
}

#[test]
fn a_plan_that_others_have_overtaken_says_so_and_takes_no_yes() {
    let mut console = console();
    console.keys("i=seat-022..seat-024<enter><enter>");
    let before = console.model.chooser().and_then(|open| open.sets.ready()).cloned().unwrap();
    let asked = plans(&console);
    console.answers = false;
    // Somebody begins to install it as well: the lists are read again.
    let theirs = install(77, "nav-core@2.1.0", InstallState::Pending, &[(SeatState::Queued, 1)]);
    let installs = [(theirs.id, Some(Arc::new(theirs)))].into();
    console.act(Action::Data(Box::new(Delta { installs, ..Delta::default() })));
    assert!(
        matches!(console.effects.last(), Some(Effect::LoadChooser { .. })),
        "{:?}",
        console.effects.last()
    );
    console.act(Action::Done(Outcome::Seats(id("nav-core@2.1.0"), Ok(before.clone()))));
    assert!(!console.text().contains("has changed meanwhile"), "{}", console.text());
    let sets = SeatSets { coming: [seat_id(20)].into(), ..before };
    console.act(Action::Done(Outcome::Seats(id("nav-core@2.1.0"), Ok(sets))));
    assert!(console.text().contains("has changed meanwhile"), "{}", console.text());
    console.keys("y");
    assert!(!console.effects.iter().any(|effect| matches!(effect, Effect::Change(Change::Install { .. }))));
    console.answers = true;
    console.keys("<esc><enter>");
    assert_eq!(plans(&console), asked + 1);
    assert!(!console.text().contains("has changed meanwhile"), "{}", console.text());
    console.keys("y");
    assert!(console.effects.iter().any(|effect| matches!(effect, Effect::Change(Change::Install { .. }))));
}

#[test]
fn taking_it_off_many_seats_needs_the_word() {
    let mut console = console();
    console.keys("i**<enter>y<enter>");
    assert!(!console.effects.iter().any(|effect| matches!(effect, Effect::Change(Change::Install { .. }))));
    console.keys("<esc><enter>uninstall<enter>");
    let confirmed = console
        .effects
        .iter()
        .any(|effect| matches!(effect, Effect::Change(Change::Install { confirmed: true, .. })));
    assert!(confirmed, "{:?}", console.effects);
}
