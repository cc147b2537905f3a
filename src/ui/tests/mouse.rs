//! The mouse, where it is switched on.

use super::fixture::{Console, fleet};
use crate::ui::effect::Action;
use crate::ui::model::Pane;
use crate::ui::terminal::{Mouse, MouseDoes};

/// Column and row of a text on the screen.
fn find(console: &Console, text: &str) -> (u16, u16) {
    let screen = console.text();
    let (row, line) = screen.lines().enumerate().find(|(_, line)| line.contains(text)).expect(text);
    let column = line.split(text).next().unwrap().chars().count();
    (column as u16, row as u16)
}

fn mouse(console: &mut Console, does: MouseDoes, at: (u16, u16)) {
    console.act(Action::Mouse(Mouse { does, at }));
}

#[test]
fn a_click_goes_to_a_row_of_any_pane() {
    let mut console = Console::new(120, 40, fleet());
    let at = find(&console, "radio@1.0 ");
    mouse(&mut console, MouseDoes::Click, at);
    assert_eq!(console.model.segments.current().unwrap().id.to_string(), "radio@1.0");
    let at = find(&console, "seat-005");
    mouse(&mut console, MouseDoes::Click, at);
    assert_eq!(console.model.pane, Pane::Seats);
    assert_eq!(console.model.seats.current().unwrap().id.to_string(), "seat-005");
    // The frame and the empty lines below the rows move no cursor.
    mouse(&mut console, MouseDoes::Click, (1, 20));
    mouse(&mut console, MouseDoes::Click, (0, 0));
    assert_eq!(console.model.pane, Pane::Segments);
    assert_eq!(console.model.segments.current().unwrap().id.to_string(), "radio@1.0");
    mouse(&mut console, MouseDoes::Click, (5000, 5000));
}

#[test]
fn the_wheel_moves_what_is_under_it_or_on_top() {
    let mut console = Console::new(120, 40, fleet());
    let at = find(&console, "seat-002");
    mouse(&mut console, MouseDoes::WheelDown, at);
    assert_eq!((console.model.pane, console.model.seats.cursor), (Pane::Seats, 3));
    mouse(&mut console, MouseDoes::WheelUp, at);
    assert_eq!(console.model.seats.cursor, 0);
    console.keys("1?");
    console.screen();
    mouse(&mut console, MouseDoes::WheelDown, at);
    assert_eq!(console.model.pane, Pane::Segments, "what lies below does not move");
}

#[test]
fn a_click_marks_a_seat_that_is_chosen() {
    let mut console = Console::new(80, 24, fleet());
    console.keys("i");
    let marked = |console: &Console| console.model.chooser().unwrap().marks.ids.len();
    let before = marked(&console);
    let at = find(&console, "seat-014");
    mouse(&mut console, MouseDoes::Click, at);
    assert_eq!(marked(&console), before + 1);
    mouse(&mut console, MouseDoes::Click, at);
    assert_eq!(marked(&console), before);
    assert_eq!(console.model.chooser().unwrap().table.current().unwrap().id.to_string(), "seat-014");
    // A question takes keys only.
    console.keys("<esc>Gkd");
    let at = find(&console, "[ Delete ]");
    mouse(&mut console, MouseDoes::Click, at);
    assert!(console.text().contains("[ Delete ]"));
}
