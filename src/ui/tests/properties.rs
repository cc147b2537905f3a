//! Whatever is typed on whatever size of terminal: the console goes on.

use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::layout::Rect;

use super::super::effect::Action;
use super::super::terminal::{Mouse, MouseDoes, Typed};
use super::super::view;
use super::fixture::{Console, fleet};
use super::upload_screens::ALL;

pub(super) fn typed() -> impl Strategy<Value = Typed> {
    let does = prop_oneof![Just(MouseDoes::Click), Just(MouseDoes::WheelDown), Just(MouseDoes::WheelUp)];
    let mouse = (does, (0..142_u16, 0..52_u16)).prop_map(|(does, at)| Typed::Mouse(Mouse { does, at }));
    prop_oneof![9 => key().prop_map(Typed::Key), 1 => mouse]
}

fn key() -> impl Strategy<Value = KeyEvent> {
    let code = prop_oneof![
        4 => proptest::sample::select("hjklgG1234/:?ovyuibdSMrpcwyeLqTZ*! nxseat-0RNJACFfmEPX=".chars().collect::<Vec<_>>())
            .prop_map(KeyCode::Char),
        1 => proptest::sample::select(vec![
            KeyCode::Enter, KeyCode::Esc, KeyCode::Tab, KeyCode::BackTab, KeyCode::Up, KeyCode::Down,
            KeyCode::PageUp, KeyCode::PageDown, KeyCode::Home, KeyCode::End, KeyCode::Backspace,
            KeyCode::Left, KeyCode::Right, KeyCode::Char('导'), KeyCode::F(5),
        ]),
    ];
    (code, any::<bool>()).prop_map(|(code, control)| {
        KeyEvent::new(
            code,
            if control && code == KeyCode::Char('c') { KeyModifiers::CONTROL } else { KeyModifiers::NONE },
        )
    })
}

/// Sizes of a terminal, one after the other.
fn sizes() -> impl Strategy<Value = Vec<(u16, u16)>> {
    proptest::collection::vec((1..140_u16, 1..50_u16), 1..4)
}

/// Presses keys, each size for its share of them, and looks at every screen.
fn pressed(console: &mut Console, keys: Vec<Typed>, sizes: &[(u16, u16)], look: impl Fn(&Buffer)) {
    let share = keys.len() / sizes.len() + 1;
    for (keys, (width, height)) in keys.chunks(share).zip(sizes) {
        console.act(Action::Resize(*width, *height));
        for typed in keys {
            console.take(typed.clone());
            look(&console.screen());
        }
    }
}

fn steers_nothing(screen: &Buffer) {
    for cell in &screen.content {
        let steers = cell.symbol().chars().any(|c| c.is_control() || c == '\u{202e}');
        assert!(!steers, "{:?}", cell.symbol());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn nothing_panics(
        sizes in sizes(),
        keys in proptest::collection::vec(typed(), 0..40),
        empty: bool,
    ) {
        let data = if empty { Default::default() } else { fleet() };
        let mut console = Console::new(80, 24, data);
        pressed(&mut console, keys, &sizes, |_| ());
    }

    #[test]
    fn nothing_panics_in_an_upload(
        sizes in sizes(),
        begins in 0..3_usize,
        keys in proptest::collection::vec(typed(), 0..40),
    ) {
        let mut console = Console::new(80, 24, fleet());
        console.keys(["u", ALL, &format!("{ALL}<enter>")][begins]);
        pressed(&mut console, keys, &sizes, steers_nothing);
    }

    #[test]
    fn a_frame_stays_inside_its_area(width in 1..140_u16, height in 1..50_u16, keys in "[1234iuSwL?:/]{0,3}", uploads: bool) {
        let mut console = Console::new(width, height, fleet());
        if uploads {
            console.keys(ALL).keys("<tab>");
        }
        console.keys(&keys);
        let area = Rect::new(0, 0, width, height);
        let mut buffer = Buffer::empty(area);
        let seen = view(&console.model, &console.look, area, &mut buffer);
        prop_assert!(seen.cursor.is_none_or(|at| area.contains(at)), "{:?}", seen.cursor);
    }

    #[test]
    fn no_control_character_reaches_the_screen(keys in "[1234iuwL?:/d]{0,4}") {
        let mut console = Console::new(120, 40, fleet());
        console.keys(&keys);
        steers_nothing(&console.screen());
    }
}
