//! An install under way: how fast, how long still, why seats failed, who is silent, and its end.

use std::sync::Arc;

use serde_json::json;

use super::fixture::*;
use super::screens::at_sizes_of;
use crate::domain::{InstallState, SeatOp, SeatState, Timestamp};
use crate::service::{InstallView, SeatView};
use crate::ui::effect::{Action, Effect, Exported, Outcome};
use crate::ui::model::data::Delta;

const SEATS: usize = 40;

fn seconds(after: i64) -> Timestamp {
    Timestamp::from_millisecond(now().as_millisecond() + after * 1_000).unwrap()
}

/// The third install with so many seats done; four failed, one is off.
fn standing(done: usize) -> Delta {
    let left = SEATS - done - 5;
    let counts = [
        (SeatState::Succeeded, done),
        (SeatState::Running, left.min(6)),
        (SeatState::Queued, left.saturating_sub(6)),
        (SeatState::WaitingOnline, 1),
        (SeatState::Failed, 4),
    ];
    let state = if left == 0 { InstallState::Partial } else { InstallState::Running };
    let row = install(3, "nav-core@2.10.0", state, &counts);
    Delta { installs: [(row.id, Some(Arc::new(row)))].into(), ..Delta::default() }
}

pub(super) fn view() -> InstallView {
    let of = |n: usize| {
        let (state, message) = match n {
            1..=4 => (SeatState::Failed, ["disk full: 12 MiB left", "no answer"][n % 2]),
            5 => (SeatState::WaitingOnline, ""),
            6..=20 => (SeatState::Succeeded, "installed"),
            21..=26 => (SeatState::Running, "unpacking"),
            _ => (SeatState::Queued, ""),
        };
        // What differs from seat to seat is one reason all the same.
        let message = message.replace("12", &n.to_string());
        SeatView {
            seat: seat_id(n),
            ip: None,
            op: SeatOp::Install,
            wave: None,
            state,
            percent: if state == SeatState::Running { 40 } else { 0 },
            message: message.into(),
            updated_at: if n == 23 { seconds(-90) } else { now() },
        }
    };
    let record = record(3);
    InstallView {
        record: serde_json::from_value(json!({
            "id": record, "segmentId": "nav-core@2.10.0", "requestedBy": "ada@bridge", "requestedAt": now(),
            "control": {"command": "run", "generation": 1},
        }))
        .unwrap(),
        install_seat_list: (1..=SEATS).map(seat_id).collect(),
        uninstall_seat_list: Default::default(),
        log: serde_json::from_value(json!({
            "id": record, "segmentId": "nav-core@2.10.0", "state": "running", "percent": 50, "attempt": 1,
            "updatedAt": now(),
        }))
        .unwrap(),
        seats: (1..=SEATS).map(of).collect(),
        explanation: None,
        skipped: Vec::new(),
    }
}

/// The box is open; a seat came to its end every two seconds for a minute.
fn watched(width: u16, height: u16) -> Console {
    let mut console = Console::new(width, height, fleet());
    console.keys("4<enter>");
    for step in 0..=30 {
        console.model.now = seconds(2 * step);
        console.act(Action::Data(Box::new(standing(usize::try_from(step).unwrap() / 2 + 1))));
    }
    console.act(Action::Done(Outcome::Install(record(3), Ok(Box::new(view())))));
    console
}

#[test]
fn an_install_is_watched() {
    at_sizes_of("install-watched", watched);
    let screen = watched(120, 40).text();
    for part in ["2 seats:", "disk full: # MiB left", "15 a minute", "left", "seat-023", "1 offline", "█"] {
        assert!(screen.contains(part), "{part}\n{screen}");
    }
}

#[test]
fn every_seat_can_be_reached_below_the_reasons() {
    for (width, height) in [(120, 40), (80, 24), (60, 15), (20, 5)] {
        let mut console = watched(width, height);
        console.keys("G");
        assert!(console.text().contains("seat-040"), "{width}x{height}\n{}", console.text());
    }
}

#[test]
fn seats_of_an_install_are_filtered_and_sorted() {
    let mut console = watched(120, 40);
    console.keys("/failed");
    let text = console.text();
    assert!(text.contains("/failed (4)") && !text.contains("seat-006"), "{text}");
    console.keys("<enter>j");
    assert_eq!(console.model.install_detail().unwrap().current().unwrap().seat, seat_id(2));
    console.keys("E");
    let Some(Effect::Export(_, rows, _)) = console.effects.last() else { panic!("not exported") };
    assert!(matches!(rows, Exported::InstallSeats(rows) if rows.len() == 4), "{rows:?}");
    // News keep the filter and the cursor; Esc takes the filter away, then the box.
    console.act(Action::Done(Outcome::Install(record(3), Ok(Box::new(view())))));
    console.keys("<esc>");
    let open = console.model.install_detail().unwrap();
    assert_eq!((open.table.shown.len(), &open.current().unwrap().seat), (SEATS, &seat_id(2)));
    // What goes on comes after what failed; what is done stands last. The order is kept for the next one.
    console.keys("oo");
    console.keys("<esc><enter>");
    console.act(Action::Done(Outcome::Install(record(3), Ok(Box::new(view())))));
    let open = console.model.install_detail().unwrap();
    let states: Vec<_> = open.table.shown.iter().map(|seat| seat.state).collect();
    assert_eq!(states[..5], [[SeatState::Failed; 4].as_slice(), &[SeatState::Running]].concat());
    assert_eq!(states.last(), Some(&SeatState::Succeeded));
    // All the way round to the first column's reverse the cursor is far down; by state its seat failed, and the
    // others that did are on the screen as well.
    console.keys("G").keys("g").keys(&"o".repeat(13));
    let offset = |console: &Console| console.model.install_detail().unwrap().table.offset;
    assert!(offset(&console) > 0);
    console.keys("o");
    assert_eq!(offset(&console), 0);
    console.keys("/wave:1");
    assert_eq!(console.model.install_detail().unwrap().table.shown.len(), 0);
    console.keys("<esc>/nothing:1");
    assert!(console.text().contains("nothing"), "{}", console.text());
}

#[test]
fn the_end_of_ones_own_install_is_told_once() {
    let told = |user: &str| {
        let mut console = Console::new(120, 40, fleet());
        console.model.identity.user = user.to_owned();
        console.act(Action::Data(Box::new(standing(10))));
        console.act(Action::Data(Box::new(standing(SEATS - 5))));
        console.act(Action::Data(Box::new(standing(SEATS - 5))));
        console.effects.iter().filter(|effect| matches!(effect, Effect::Notify(_))).count()
    };
    assert_eq!(told("ada@bridge"), 1);
    assert_eq!(told("bob@ops"), 0, "an install of somebody else");
}
