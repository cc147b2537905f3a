//! Whatever is typed on whatever size of terminal: the console goes on.

use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::layout::Rect;

use super::super::effect::Action;
use super::super::view;
use super::fixture::{Console, fleet};
use super::upload_screens::ALL;

fn key() -> impl Strategy<Value = KeyEvent> {
    let code = prop_oneof![
        4 => proptest::sample::select("hjklgG1234/:?ovyuibdSrpcwyeLq*! nxseat-0".chars().collect::<Vec<_>>())
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

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn nothing_panics(
        sizes in proptest::collection::vec((1..140_u16, 1..50_u16), 1..4),
        keys in proptest::collection::vec(key(), 0..40),
        empty: bool,
    ) {
        let data = if empty { Default::default() } else { fleet() };
        let mut console = Console::new(80, 24, data);
        let step = keys.len() / sizes.len() + 1;
        for (index, key) in keys.into_iter().enumerate() {
            if index % step == 0 {
                let (width, height) = sizes[index / step];
                console.act(Action::Resize(width, height));
            }
            console.press(key);
            console.screen();
        }
    }

    #[test]
    fn nothing_panics_in_an_upload(
        sizes in proptest::collection::vec((1..140_u16, 1..50_u16), 1..4),
        begins in 0..3_usize,
        keys in proptest::collection::vec(key(), 0..40),
    ) {
        let mut console = Console::new(80, 24, fleet());
        console.keys(["u", ALL, &format!("{ALL}<enter>")][begins]);
        let step = keys.len() / sizes.len() + 1;
        for (index, key) in keys.into_iter().enumerate() {
            if index % step == 0 {
                let (width, height) = sizes[index / step];
                console.act(Action::Resize(width, height));
            }
            console.press(key);
            for cell in &console.screen().content {
                let steers = cell.symbol().chars().any(|c| c.is_control() || c == '\u{202e}');
                prop_assert!(!steers);
            }
        }
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
        let screen = console.screen();
        for cell in &screen.content {
            let steers = cell.symbol().chars().any(|c| c.is_control() || c == '\u{202e}');
            prop_assert!(!steers);
        }
    }
}
