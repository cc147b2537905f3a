//! What is asked before it is done, and keys that boxes name.

use std::sync::Arc;

use super::super::actions::ActionId;
use super::super::change::Change;
use super::super::effect::{Action, Effect, Outcome};
use super::super::model::chooser::{Count, SeatSets};
use super::super::model::data::{Data, Delta};
use super::super::model::overlay::Overlay;
use super::super::terminal::Typed;
use super::fixture::{Console, fleet, id, install, now, record, seat, seat_id};
use crate::domain::install::Command;
use crate::domain::words::{Say, word};
use crate::domain::{InstallState, SeatState};

fn console() -> Console {
    Console::new(120, 40, fleet())
}

fn bound(console: &Console) -> Vec<(usize, i64)> {
    let sent = console.effects.iter().filter_map(|effect| match effect {
        Effect::Change(Change::Bind { seats, seen, .. }) => Some((seats.len(), seen.revision)),
        _ => None,
    });
    sent.collect()
}

#[test]
fn binding_shows_what_changes_asks_and_sends_the_revision_that_was_shown() {
    let mut console = console();
    console.keys("b<enter>");
    assert!(console.text().contains("nothing to do"), "{}", console.text());
    console.keys("*<enter>");
    let text = console.text();
    assert!(text.contains("meant for 24 seats") && text.contains("- new: 8"), "{text}");
    assert!(
        text.contains("segdeck bind set nav-core@2.1.0 --seats") && text.contains("seat-001,seat-002"),
        "{text}"
    );
    console.keys("<enter>");
    assert_eq!(bound(&console), [], "no is the default");
    console.keys("<enter>y");
    assert_eq!(bound(&console), [(24, 40)]);
    assert!(console.model.overlays.is_empty());
}

#[test]
fn to_bind_nobody_or_very_many_is_never_one_key() {
    let mut console = console();
    console.model.identity.word_above = 10;
    console.keys("b**<enter>");
    let text = console.text();
    assert!(text.contains("meant for no seat") && text.contains("no longer: 16"), "{text}");
    console.keys("y<enter>");
    assert_eq!(bound(&console), []);
    console.keys("<backspace>bind<enter>");
    assert_eq!(bound(&console), [(0, 40)]);
}

#[test]
fn who_was_slower_sees_what_is_bound_now_and_keeps_his_marks() {
    let mut console = console();
    console.keys("b*<enter>");
    console.answers = false;
    console.keys("y");
    let why = Say::plain("somebody was faster");
    console.act(Action::Done(Outcome::Bound(id("nav-core@2.1.0"), Err(why))));
    assert!(
        matches!(console.effects.last(), Some(Effect::LoadChooser { .. })),
        "{:?}",
        console.effects.last()
    );
    let sets =
        SeatSets { bound: (1..=20).map(seat_id).collect(), bound_seen: 50.into(), ..SeatSets::default() };
    console.act(Action::Done(Outcome::Seats(id("nav-core@2.1.0"), Ok(sets))));
    let chooser = console.model.chooser().unwrap();
    assert_eq!((chooser.marks.ids.len(), chooser.count.added), (24, 4));
    console.keys("<enter>y");
    assert_eq!(bound(&console).last(), Some(&(24, 50)));
}

#[test]
fn a_seat_that_is_removed_meanwhile_takes_its_mark_with_it() {
    let gone = |n: usize| Delta { seats: [(seat_id(n), None)].into(), ..Delta::default() };
    let mut console = console();
    console.keys("b*");
    // One that was marked, and one that is in the list as well, which tells itself what became of it.
    for n in [24, 1] {
        console.act(Action::Data(Box::new(gone(n))));
    }
    let chooser = console.model.chooser().unwrap();
    assert_eq!((chooser.marks.ids.len(), chooser.meanwhile), (23, Count { added: 0, removed: 1 }));
    let all = Data { seats: (1..=22).map(|n| Arc::new(seat(n))).collect(), ..fleet() };
    console.load(all);
    let chooser = console.model.chooser().unwrap();
    assert_eq!((chooser.marks.ids.len(), chooser.meanwhile.removed), (22, 2));
}

#[test]
fn an_answer_that_comes_late_leaves_what_was_begun_meanwhile() {
    let mut console = console();
    console.keys("i=seat-022..seat-024<enter><enter>");
    console.answers = false;
    console.keys("y<esc><esc>");
    assert!(console.model.overlays.is_empty(), "{:?}", console.model.overlays);
    let pane = console.model.pane;
    // The same segment and another purpose, another plan of it, nothing at all.
    console.keys("b*");
    let record = Ok(Some(record(99)));
    console.act(Action::Done(Outcome::Installed(id("nav-core@2.1.0"), record.clone())));
    assert_eq!(console.model.chooser().map(|chooser| chooser.marks.ids.len()), Some(24));
    assert!(console.text().contains("nav-core@2.1.0"), "it is told: {}", console.text());
    console.keys("<esc>i=seat-001..seat-003<enter><enter>");
    assert!(matches!(console.model.overlays.last(), Some(Overlay::Plan(_))));
    console.act(Action::Done(Outcome::Installed(id("nav-core@2.1.0"), record.clone())));
    assert!(matches!(console.model.overlays.last(), Some(Overlay::Plan(_))));
    console.keys("<esc><esc>");
    console.act(Action::Done(Outcome::Installed(id("nav-core@2.1.0"), record)));
    assert_eq!(console.model.pane, pane);
    // A binding that was given up and begun anew.
    console.keys("b*<enter>y<esc>b*");
    console.act(Action::Done(Outcome::Bound(id("nav-core@2.1.0"), Ok(24))));
    assert_eq!(console.model.chooser().map(|chooser| chooser.marks.ids.len()), Some(24));
}

#[test]
fn a_refusal_that_comes_late_is_no_box_over_what_is_typed() {
    let why = || Say::plain(&"somebody else was faster ".repeat(8));
    let mut console = console();
    console.answers = false;
    console.keys("b*<enter>y<esc>f").keys("being moved");
    console.act(Action::Done(Outcome::Bound(id("nav-core@2.1.0"), Err(why()))));
    console.act(Action::Done(Outcome::Installed(id("nav-core@2.1.0"), Err(why()))));
    console.act(Action::Done(Outcome::Deleted(id("nav-core@2.1.0"), Err(why()))));
    console.keys(" away");
    let Some(Overlay::Confirm(confirm)) = console.model.overlays.last() else {
        panic!("{:?}", console.model.overlays)
    };
    assert_eq!(confirm.typed.as_ref().map(|typed| typed.value()), Some("being moved away"));
    assert!(console.text().contains("somebody else was faster"), "{}", console.text());
    // Whoever waits for it gets the whole of it.
    console.keys("<esc>b*<enter>y");
    console.act(Action::Done(Outcome::Bound(id("nav-core@2.1.0"), Err(why()))));
    assert!(matches!(console.model.overlays.last(), Some(Overlay::Message { .. })));
}

#[test]
fn what_changes_while_lists_are_on_their_way_is_read_again() {
    let mut console = console();
    (console.model.seats_of, console.answers) = (None, false);
    console.keys("b");
    let reads = |console: &Console| {
        console.effects.iter().filter(|e| matches!(e, Effect::LoadChooser { .. })).count()
    };
    let before = reads(&console);
    let prefix = id("nav-core@2.1.0").prefix;
    console.act(Action::Data(Box::new(Delta { bound: [(prefix, 3)].into(), ..Delta::default() })));
    assert_eq!(reads(&console), before + 1);
}

#[test]
fn what_others_change_goes_with_the_marks_and_an_old_question_takes_no_yes() {
    let mut console = console();
    // The first sixteen are bound: the first one shall go, the last one shall come.
    console.keys("b<space>G<space><enter>");
    let text = console.text();
    assert!(text.contains("- new: 1 (seat-024)") && text.contains("- no longer: 1 (seat-001)"), "{text}");
    console.answers = false;
    // Somebody else takes the second one out and the twentieth in.
    let others = (1..=16).filter(|n| *n != 2).chain([20]).map(seat_id).collect();
    let sets = SeatSets { bound: others, bound_seen: 50.into(), ..SeatSets::default() };
    console.act(Action::Done(Outcome::Seats(id("nav-core@2.1.0"), Ok(sets))));
    assert!(console.text().contains("Somebody changed the list"), "{}", console.text());
    console.keys("y<tab>y");
    assert_eq!(bound(&console), [], "what would be done is not what was shown");
    console.keys("<esc>");
    assert!(console.text().contains("meanwhile +1 -1"), "{}", console.text());
    console.keys("<enter>y");
    let wanted = (3..=16).chain([20, 24]).count();
    assert_eq!(bound(&console), [(wanted, 50)]);
    let chooser = console.model.chooser().unwrap();
    assert!(chooser.marks.ids.contains(&seat_id(20)) && !chooser.marks.ids.contains(&seat_id(2)));
}

#[test]
fn what_is_typed_before_the_lists_are_here_is_done_when_they_are() {
    let sets = |bound: usize| SeatSets {
        bound: (1..=bound).map(seat_id).collect(),
        bound_seen: 40.into(),
        ..SeatSets::default()
    };
    let slow = || {
        let mut console = console();
        console.act(Action::Resize(80, 24));
        (console.model.seats_of, console.answers) = (None, false);
        console
    };
    let answer = |sets: SeatSets| Action::Done(Outcome::Seats(id("nav-core@2.1.0"), Ok(sets)));
    let mut console = slow();
    console.keys("b*<space><enter>y");
    assert!(bound(&console).is_empty() && console.model.toast.is_none());
    console.act(answer(sets(0)));
    assert_eq!(bound(&console), [(23, 40)], "all of them, without the first");
    // An expression as well, and what is pasted.
    let mut console = slow();
    console.keys("b=seat-003<enter>");
    console.take(Typed::Paste("seat-005\nseat-007".to_owned()));
    console.act(answer(sets(0)));
    let marked: Vec<_> = console.model.chooser().unwrap().marks.ids.iter().cloned().collect();
    assert_eq!(marked, [3, 5, 7].map(seat_id));
    // Esc is no wish for later, and nothing is done where the lists do not come.
    let mut console = slow();
    console.keys("b*<esc>");
    console.act(answer(sets(4)));
    assert!(console.model.overlays.is_empty() && console.model.ahead.is_empty());
    let mut console = slow();
    console.keys("b*<enter>y");
    console.act(Action::Done(Outcome::Seats(id("nav-core@2.1.0"), Err(word!("toast-sent").into()))));
    assert!(bound(&console).is_empty() && console.model.ahead.is_empty());
}

#[test]
fn what_the_pane_showed_before_is_no_change_of_somebody() {
    let mut console = console();
    console.answers = false;
    console.keys("b");
    let sets =
        SeatSets { bound: (1..=20).map(seat_id).collect(), bound_seen: 50.into(), ..SeatSets::default() };
    console.act(Action::Done(Outcome::Seats(id("nav-core@2.1.0"), Ok(sets))));
    let chooser = console.model.chooser().unwrap();
    assert_eq!((chooser.meanwhile, chooser.marks.ids.len()), (Count::default(), 20));
}

#[test]
fn what_others_bind_shows_in_the_open_chooser() {
    let mut console = console();
    console.keys("b");
    console.effects.clear();
    let delta = Delta { bound: [("nav-core".parse().unwrap(), 3)].into(), ..Delta::default() };
    console.act(Action::Data(Box::new(delta)));
    let read = |effect: &Effect| matches!(effect, Effect::LoadChooser { .. });
    assert!(console.effects.iter().any(read), "{:?}", console.effects);
}

#[test]
fn a_retry_says_how_many_seats_and_asks() {
    let mut console = console();
    console.keys("4jr");
    let text = console.text();
    assert!(text.contains("once more?") && text.contains("segdeck installs retry"), "{text}");
    let retried = |console: &Console| {
        console
            .effects
            .iter()
            .any(|effect| matches!(effect, Effect::Change(Change::Control(_, Command::Retry, _))))
    };
    console.keys("<enter>");
    assert!(!retried(&console), "no is the default");
    console.keys("ry");
    assert!(retried(&console));
}

#[test]
fn every_key_that_why_names_does_what_it_says() {
    for (open, helps) in [
        ("w", &[ActionId::Install, ActionId::Bind][..]),
        ("Gw", &[ActionId::Delete]),
        ("4w", &[ActionId::Pause, ActionId::Cancel, ActionId::ForceFinish, ActionId::Freeze]),
    ] {
        for help in helps {
            let mut console = console();
            console.keys(open);
            let key = console.look.keymap.key(console.model.scopes(), *help).expect("a key");
            assert!(console.text().contains(&format!(" {key} ")), "{key}\n{}", console.text());
            let (overlays, effects) = (console.model.overlays.len(), console.effects.len());
            console.keys(&key);
            assert!(
                console.model.overlays.len() > overlays || console.effects.len() > effects,
                "{key} of {open} did nothing\n{}",
                console.text()
            );
        }
    }
}

#[test]
fn a_yes_that_is_not_possible_says_why() {
    let mut console = console();
    console.keys("i<enter>y");
    assert!(console.text().contains("There is nothing to do"), "{}", console.text());
    assert!(matches!(console.model.overlays.last(), Some(Overlay::Plan(_))));
}

#[test]
fn news_that_is_too_long_for_its_line_is_told_whole() {
    let mut console = Console::new(60, 15, fleet());
    console.keys("d");
    let text = console.text();
    assert!(
        text.contains("nav-core@2.1.0 is installed on 12 seats; uninstall it\n first:")
            && text.contains("unmark all"),
        "{text}"
    );
    console.keys("/nmae:x");
    let text = console.text();
    assert!(text.contains("did you mean name?") && text.contains("quotes"), "{text}");
}

#[test]
fn a_freeze_wants_a_reason_and_is_lifted_by_the_same_key() {
    let mut console = console();
    console.keys("f<enter>");
    assert!(console.text().contains("Type why first"), "{}", console.text());
    console.keys("night<enter>");
    assert!(console.effects.contains(&Effect::Change(Change::Freeze("night".to_owned()))));
    let freeze = crate::domain::Freeze {
        reason: "night".into(),
        by: "bob@bridge".into(),
        since: now(),
        unknown: Default::default(),
    };
    console.act(Action::Data(Box::new(Delta { freeze: Some(Some(freeze)), ..Delta::default() })));
    console.keys("f");
    assert!(console.text().contains("bob@bridge"), "{}", console.text());
    console.keys("y");
    assert_eq!(console.effects.last(), Some(&Effect::Change(Change::Unfreeze)));
}

#[test]
fn the_next_wave_is_asked_for_and_its_command_works_on_these_records() {
    let mut console = console();
    console.model.identity.program = "segdeck --config /etc/one.toml".to_owned();
    let counts = [(SeatState::Queued, 8), (SeatState::Succeeded, 2)];
    let mut waiting = install(3, "nav-core@2.1.0", InstallState::WaitingGate, &counts);
    waiting.turn = Some((1, 3));
    let installs = [(waiting.id, Some(Arc::new(waiting)))].into();
    console.act(Action::Data(Box::new(Delta { installs, ..Delta::default() })));
    console.keys("4N");
    let text = console.text();
    assert!(text.contains("Wave 2 of 3 is sent") && text.contains("2 of 10 seats done"), "{text}");
    assert!(text.contains("segdeck --config /etc/one.toml installs next"), "{text}");
    console.keys("<enter>");
    let sent = Effect::Change(Change::Control(record(3), Command::Next, None));
    assert!(!console.effects.contains(&sent), "no is the default");
    console.keys("Ny");
    assert!(console.effects.contains(&sent));
}
