//! Everything there is of a thing: its records, and who did what to it.

use serde_json::json;

use super::fixture::*;
use super::screens::at_sizes_of;
use crate::domain::audit::AuditEntry;
use crate::ui::effect::{Action, Effect, Outcome};
use crate::ui::model::overlay::Subject;

fn subject() -> Subject {
    Subject::Segment(id("nav-core@2.1.0"))
}

fn entry(action: &str, result: &str) -> AuditEntry {
    serde_json::from_value(json!({
        "id": record(7), "at": now(), "who": {"user": "ada", "host": "bridge"}, "action": action,
        "object": "nav-core@2.1.0", "result": result, "after": {"seats": ["seat-001"], "note": "\u{1b}[31mred"},
    }))
    .unwrap()
}

fn records(width: u16, height: u16) -> Console {
    let mut console = Console::new(width, height, fleet());
    console.keys("J");
    let lines = ["segments/nav-core/2.1.0  (revision 12)", "{", "  \"name\": \"导航 \u{1b}[31m\"", "}"];
    let lines = lines.map(str::to_owned).to_vec();
    console.act(Action::Done(Outcome::Records(subject(), Ok(lines))));
    console
}

fn trail(width: u16, height: u16) -> Console {
    let mut console = Console::new(width, height, fleet());
    console.keys("A");
    let entries = vec![entry("segment.delete", "refused"), entry("segment.upload", "done")];
    console.act(Action::Done(Outcome::Trail(subject(), Ok(entries))));
    console
}

#[test]
fn records_and_trail_are_shown() {
    at_sizes_of("records", records);
    at_sizes_of("trail", trail);
    assert!(!records(120, 40).text().contains('\u{1b}'));
    assert!(trail(120, 40).text().contains("segment.delete"));
}

#[test]
fn they_are_asked_for_once_and_late_answers_are_left() {
    let mut console = Console::new(120, 40, fleet());
    console.keys("J");
    let asked = |console: &Console| {
        console.effects.iter().filter(|effect| matches!(effect, Effect::LoadRecords(_))).count()
    };
    assert_eq!(asked(&console), 1);
    assert!(console.text().contains("Reading the store"), "{}", console.text());
    let other = Subject::Segment(id("radio@1.0"));
    console.act(Action::Done(Outcome::Records(other, Ok(vec!["of another".to_owned()]))));
    assert!(!console.text().contains("of another"));
    console.act(Action::Done(Outcome::Records(subject(), Err("it is gone".to_owned()))));
    assert!(console.text().contains("it is gone"));
    console.keys("<esc>");
    console.act(Action::Done(Outcome::Records(subject(), Ok(vec!["too late".to_owned()]))));
    assert!(console.model.overlays.is_empty());
}
