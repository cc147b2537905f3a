//! Marked segments, and the same done to all of them.

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::fixture::{Console, fleet};
use super::screens::{at_sizes, at_sizes_of};
use crate::domain::words::Say;
use crate::ui::change::Change;
use crate::ui::effect::{Action, Effect, Outcome};
use crate::ui::model::batch::Errand;
use crate::ui::model::data::Delta;
use crate::ui::model::overlay::Overlay;

fn console() -> Console {
    Console::new(120, 40, fleet())
}

fn marked(console: &Console) -> Vec<String> {
    console.model.marks.ids.iter().map(ToString::to_string).collect()
}

fn ordered(console: &Console) -> Option<(Errand, Vec<String>)> {
    console.effects.iter().rev().find_map(|effect| match effect {
        Effect::Change(Change::Batch { errand, segments, .. }) => {
            Some((*errand, segments.iter().map(ToString::to_string).collect()))
        }
        _ => None,
    })
}

fn answer(console: &mut Console, id: &str, result: Result<(), &str>) {
    let outcome = Outcome::BatchOne(id.parse().unwrap(), result.map_err(Say::plain));
    console.act(Action::Done(outcome));
}

#[test]
fn marks_stay_with_their_ids_and_hidden_ones_are_counted() {
    let mut console = console();
    console.keys("<space>v<down><down>v");
    let before = marked(&console);
    assert_eq!(before.len(), 4, "{before:?}");
    console.keys("/weather<enter>");
    assert_eq!(marked(&console), before);
    assert!(console.text().contains("4 marked, 4 hidden"), "{}", console.text());
    console.keys("<esc>");
    assert!(!console.text().contains("hidden"), "{}", console.text());
    let gone = before.first().unwrap().parse().unwrap();
    console.act(Action::Data(Box::new(Delta { segments: [(gone, None)].into(), ..Delta::default() })));
    assert_eq!(marked(&console), before[1..], "what is gone is not marked any more");
}

#[test]
fn a_range_that_is_begun_is_given_up_by_esc() {
    let mut console = console();
    console.keys("v<down><down><esc>");
    assert_eq!(marked(&console), [""; 0]);
    assert!(console.model.marks.anchor.is_none());
}

#[test]
fn several_are_deleted_only_with_the_word() {
    let mut console = console();
    let all = console.model.segments.shown.len();
    console.keys("*d");
    let screen = console.text();
    assert!(screen.contains("Delete ") && screen.contains("left out"), "{screen}");
    console.keys("y<enter>");
    assert_eq!(ordered(&console), None, "a y is a letter of the word");
    console.keys("<backspace>delete<enter>");
    let (errand, segments) = ordered(&console).expect("it was ordered");
    assert_eq!(errand, Errand::Delete);
    assert!(segments.len() > 1 && segments.len() < all, "{segments:?}");
    assert!(!segments.contains(&"nav-core@2.10.0".to_owned()), "it is installed: {segments:?}");

    answer(&mut console, &segments[0], Ok(()));
    assert!(console.text().contains(&format!("1 of {}", segments.len())), "{}", console.text());
    assert!(!marked(&console).contains(&segments[0]));
    console.keys("<esc>");
    assert_eq!(console.effects.last(), Some(&Effect::StopBatch));
    assert!(console.text().contains("No more are begun"), "{}", console.text());
    answer(&mut console, &segments[1], Err("it is installed on 3 seats"));
    console.act(Action::Done(Outcome::BatchEnded));
    assert!(console.text().contains("it is installed on 3 seats"), "{}", console.text());
    console.keys("<esc>");
    assert!(console.model.overlays.is_empty());
    assert!(marked(&console).contains(&segments[1]), "what was refused stays marked");
}

#[test]
fn screens() {
    at_sizes("marked", &fleet(), "<space>v<down><down>v/weather<enter>");
    at_sizes("delete-marked", &fleet(), "*ddel");
    at_sizes("zh-delete-marked", &fleet(), "Z*ddel");
    at_sizes_of("batch", |width, height| {
        let mut console = Console::new(width, height, fleet());
        console.keys("*ddelete<enter>");
        let (_, segments) = ordered(&console).unwrap();
        answer(&mut console, &segments[0], Ok(()));
        answer(&mut console, &segments[1], Err("maps@2.0: it is installed on 3 seats; uninstall it first"));
        console.keys("<esc>");
        console
    });
}

#[test]
fn one_that_is_marked_is_asked_for_like_any_other() {
    let mut console = console();
    console.keys("/weather<enter><space>");
    assert_eq!(marked(&console).len(), 1);
    console.keys("<esc>gd");
    assert!(console.text().contains("Delete 1 segment?"), "{}", console.text());
    console.keys("<enter>");
    assert_eq!(ordered(&console), None, "no is the default");
    console.keys("dy");
    assert!(ordered(&console).is_some());
    answer(&mut console, "weather@0.3-rc.1", Ok(()));
    console.act(Action::Done(Outcome::BatchEnded));
    assert!(console.model.overlays.is_empty(), "nothing to read: it closes by itself");
    assert!(console.text().contains("Being deleted: 1."), "{}", console.text());
}

#[test]
fn those_that_failed_are_published_once_more() {
    let mut console = console();
    console.keys("*r");
    assert!(matches!(console.model.overlays.last(), Some(Overlay::Confirm(_))), "{}", console.text());
    console.keys("y");
    let (errand, segments) = ordered(&console).expect("it was ordered");
    assert_eq!(errand, Errand::Retry);
    let failed = |id: &String| {
        let row = console.model.data.segment(&id.parse().unwrap()).unwrap();
        row.create_state == crate::domain::CreateState::Failed
    };
    assert!(!segments.is_empty() && segments.iter().all(failed), "{segments:?}");
}

#[test]
fn ids_of_all_that_are_marked_are_copied() {
    let mut console = console();
    console.keys("<space><space>y");
    let ids = marked(&console).join("\n");
    assert_eq!(console.effects.last(), Some(&Effect::Copy(ids)));
}

#[test]
fn a_plan_for_very_many_seats_wants_a_word() {
    let mut console = console();
    console.model.identity.word_above = 5;
    console.keys("i*<enter>");
    assert!(console.text().contains("Type install:"), "{}", console.text());
    console.keys("y<enter>");
    console.press(KeyEvent::new(KeyCode::Char('c'), KeyModifiers::ALT));
    assert!(
        matches!(console.effects.last(), Some(Effect::Copy(command)) if command.contains("segdeck install"))
    );
    let sent = |console: &Console| {
        console.effects.iter().any(|effect| matches!(effect, Effect::Change(Change::Install { .. })))
    };
    assert!(!sent(&console));
    console.keys("<backspace>install<enter>");
    assert!(sent(&console));
}
