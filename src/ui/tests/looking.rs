//! Everything there is of a thing: its records, and who did what to it.

use serde_json::json;

use super::fixture::*;
use super::screens::at_sizes_of;
use crate::domain::audit::AuditEntry;
use crate::domain::words::Say;
use crate::service::{SeatShown, SegmentView};
use crate::ui::effect::{Action, Effect, Outcome};
use crate::ui::model::overlay::{More, Subject};

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
    console.act(Action::Done(Outcome::Records(subject(), Err(Say::plain("it is gone")))));
    assert!(console.text().contains("it is gone"));
    console.keys("<esc>");
    console.act(Action::Done(Outcome::Records(subject(), Ok(vec!["too late".to_owned()]))));
    assert!(console.model.overlays.is_empty());
}

#[test]
fn why_tells_what_only_the_record_or_the_history_knows() {
    let segment = json!({
        "id": "nav-core@2.1.0", "prefix": "nav-core", "version": "2.1.0", "name": "Navigation core",
        "type": "application", "description": "Position,\u{1b}[31m course and speed", "vendor": "ACME", "format": "zip",
        "container": "zip", "remote": "sdp", "fileName": "nav.zip", "fileSize": 12, "sha256": "5e".repeat(32),
        "storageKey": "segments/x", "requires": ["geo-base >=1.4"], "conflicts": [], "archs": ["x86_64"],
        "isLocal": true, "createdAt": now(), "createdBy": "ada", "updatedAt": now(),
        "createStatus": {"state": "succeeded", "time": now(), "retryCount": 0, "generation": 0},
        "remoteExtra": {"uid": "01ABC"},
    });
    let view = SegmentView {
        segment: serde_json::from_value(segment).unwrap(),
        seats: Default::default(),
        installed_seats: Default::default(),
        installed_seat_count: 0,
        explanation: None,
        revision: 1,
        incarnation: None,
    };
    let event = |segment: &str, message: &str, state: &str| {
        json!({ "at": now(), "record": record(1), "attempt": 1, "segmentId": segment, "op": "install",
                "state": state, "message": message })
    };
    let history =
        [event("nav-core@2.1.0", "", "succeeded"), event("radio@1.0", "exit status \u{1b}[31m3", "failed")];
    let shown = SeatShown {
        seat: serde_json::from_value(json!({ "id": "seat-001", "ip": "10.0.0.1" })).unwrap(),
        installed: [id("nav-core@2.1.0")].into(),
        removed: Default::default(),
        bound: ["nav-core".parse().unwrap()].into(),
        history: history.map(|event| serde_json::from_value(event).unwrap()).into(),
    };
    at_sizes_of("why-record", |width, height| {
        let mut console = Console::new(width, height, fleet());
        console.keys("w");
        console.act(Action::Done(Outcome::More(subject(), Ok(More::Segment(Box::new(view.clone()))))));
        console
    });
    at_sizes_of("why-seat", |width, height| {
        let mut console = Console::new(width, height, fleet());
        console.keys("3w");
        let subject = Subject::Seat(seat_id(1));
        console.act(Action::Done(Outcome::More(subject, Ok(More::Seat(Box::new(shown.clone()))))));
        assert!(!console.text().contains('\u{1b}'));
        console
    });
}
