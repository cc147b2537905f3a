//! What keys do: the model after them, and what was asked of the world.

use std::sync::Arc;

use super::super::change::Change;
use super::super::depth::Depth;
use super::super::effect::{Action, Effect, Outcome};
use super::super::memory::{Choice, Memory};
use super::super::model::Pane;
use super::super::model::chooser::Purpose;
use super::super::model::data::{Data, Delta, Freshness};
use super::super::model::overlay::Overlay;
use super::super::theme::{Role, Theme};
use super::fixture::{Console, fleet, id, install, record, seat_id, segment};
use crate::domain::install::Command;
use crate::domain::words::{Say, word};
use crate::domain::{CreateState, DeleteState, InstallState, SeatState};
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

fn console() -> Console {
    Console::new(80, 24, fleet())
}

#[test]
fn versions_follow_the_selection_newest_first() {
    let mut console = console();
    console.keys("<enter>");
    let versions: Vec<_> =
        console.model.versions.shown.iter().map(|row| row.id.version.to_string()).collect();
    assert_eq!(versions, ["2.10.0", "2.9.1", "2.1.0"]);
    assert_eq!(console.model.at, Some(id("nav-core@2.1.0")), "the same segment is selected there");
    console.keys("gd");
    assert!(console.text().contains("2.10.0 is installed"), "{}", console.text());
}

#[test]
fn a_filter_is_live_kept_by_enter_and_cleared_by_esc() {
    let mut console = console();
    console.keys("/radio");
    assert_eq!(console.model.segments.shown.len(), 1);
    console.keys("<enter>");
    assert!(console.model.overlays.is_empty());
    assert_eq!(console.model.segments.shown.len(), 1);
    console.keys("<esc>");
    assert_eq!(console.model.segments.shown.len(), 6);
}

#[test]
fn what_a_filter_found_stays_selected_when_the_filter_goes() {
    let mut console = console();
    let before = console.model.at.clone();
    console.keys("/radio<esc>");
    assert_eq!(console.model.at, before, "nothing was chosen");
    console.keys("/radio<enter>");
    let found = console.model.at.clone();
    assert_ne!(found, before);
    console.keys("<esc>");
    assert_eq!((console.model.segments.shown.len(), console.model.at.clone()), (6, found));
}

#[test]
fn the_language_is_switched_while_running_and_kept() {
    let mut console = console();
    console.keys("Z");
    assert!(console.text().contains("简体中文"), "{}", console.text());
    console.keys("<down>");
    assert!(console.text().contains("软件段") && console.text().contains("实时"), "{}", console.text());
    let chosen = Choice::of("zh-CN", "en");
    assert_eq!(console.model.memory.language, chosen);
    assert!(console.effects.contains(&Effect::Remember(Memory { language: chosen, ..Memory::default() })));
    console.keys("Z");
    assert_eq!(console.model.memory.language, None, "what the setting says needs no memory");
    assert!(console.text().contains("LIVE"));
}

#[test]
fn a_theme_is_shown_under_the_cursor_and_stays_with_enter_alone() {
    let mut console = console();
    let before = console.look.theme.style(Role::Cursor);
    console.keys("T<down><down>");
    let light = Theme::named("light", Depth::True, None).unwrap().style(Role::Cursor);
    assert_ne!(before, light);
    assert_eq!(console.look.theme.style(Role::Cursor), light);
    console.keys("<esc>");
    assert_eq!(console.look.theme.style(Role::Cursor), before);
    assert_eq!(console.model.memory, Memory::default());
    console.keys("T<down><down><enter>");
    assert_eq!(console.look.theme.style(Role::Cursor), light);
    assert_eq!(console.model.memory.theme, Choice::of("light", "default"));
    assert!(console.model.overlays.is_empty());

    // While it is edited: read anew, and a mistake leaves the colours as they are.
    console.effects.clear();
    console.act(Action::Done(Outcome::ThemesChanged));
    assert_eq!(console.effects, [Effect::LoadTheme("light".to_owned())]);
    console.act(Action::Done(Outcome::Theme("light".to_owned(), Err(Say::plain("light.toml:3: no")))));
    assert!(console.text().contains("light.toml:3"));
    assert_eq!(console.look.theme.style(Role::Cursor), light);
}

#[test]
fn other_seats_of_the_same_number_are_read_again() {
    let mut console = console();
    console.keys("3");
    let asked = |console: &Console| {
        console.effects.iter().filter(|effect| matches!(effect, Effect::LoadSeats { .. })).count()
    };
    let before = asked(&console);
    let bound = [("nav-core".parse().unwrap(), 12)].into();
    console.act(Action::Data(Box::new(Delta { bound, ..Delta::default() })));
    assert_eq!(asked(&console), before + 1);
    let installed = [(id("nav-core@2.1.0"), 12)].into();
    console.act(Action::Data(Box::new(Delta { installed, ..Delta::default() })));
    assert_eq!(asked(&console), before + 2);
    let installed = [(id("radio@1.0"), 3)].into();
    console.act(Action::Data(Box::new(Delta { installed, ..Delta::default() })));
    assert_eq!(asked(&console), before + 2, "another segment's seats are not on the screen");
}

#[test]
fn what_could_not_be_read_is_read_when_the_store_is_back() {
    let mut console = console();
    console.keys("3");
    let away = || Freshness::Stale(super::fixture::now(), Say::plain("the store is away"));
    console.act(Action::Freshness(away()));
    console.act(Action::Done(Outcome::Seats(id("nav-core@2.1.0"), Err(Say::plain("the store is away")))));
    let before = console.effects.len();
    console.act(Action::Freshness(Freshness::Live(4712)));
    assert!(matches!(console.effects[before..], [Effect::LoadSeats { .. }]), "{:?}", console.effects);
    console.act(Action::Freshness(Freshness::Live(4713)));
    assert_eq!(console.effects.len(), before + 1, "once");
}

#[test]
fn trying_a_failed_deletion_again_asks_first() {
    let mut data = fleet();
    let at = data.segments.iter().position(|row| row.id == id("radio@1.0")).unwrap();
    let mut row = (*data.segments[at]).clone();
    row.delete_state = Some(DeleteState::Failed);
    data.segments[at] = Arc::new(row);
    let mut console = Console::new(80, 24, data);
    console.keys("/radio<enter>r");
    let deletes = |console: &Console| {
        console.effects.iter().any(|effect| matches!(effect, Effect::Change(Change::Delete(..))))
    };
    assert!(!deletes(&console), "{:?}", console.effects);
    console.keys("y");
    assert!(deletes(&console), "{:?}", console.effects);
}

#[test]
fn help_opens_once_and_the_screen_is_drawn_anew_on_demand() {
    let mut console = console();
    console.keys("??");
    assert!(console.model.overlays.is_empty());
    console.press(KeyEvent::new(KeyCode::Char('l'), KeyModifiers::CONTROL));
    assert_eq!(console.effects.last(), Some(&Effect::Redraw));
}

#[test]
fn marking_in_the_pane_of_the_seats_opens_the_chooser_there() {
    let mut console = console();
    console.keys("3jj<space>");
    let chooser = console.model.chooser().unwrap();
    assert!(!chooser.marks.ids.contains(&seat_id(3)), "it was installed there and is unmarked now");
    assert_eq!(chooser.count.removed, 1);
}

#[test]
fn deleting_asks_and_no_is_the_default() {
    let mut console = console();
    console.keys("Gkd");
    assert!(console.text().contains("Delete weather@0.3-rc.1?"), "{}", console.text());
    console.keys("<enter>");
    assert!(!console.effects.iter().any(|effect| matches!(effect, Effect::Change(Change::Delete(..)))));
}

#[test]
fn what_is_ordered_rests_on_what_was_shown_when_it_was_asked() {
    let mut console = console();
    let seen =
        |revision: i64| Action::Data(Box::new(Delta { seen: Some(revision.into()), ..Delta::default() }));
    console.act(seen(7));
    console.keys("Gkd");
    console.act(seen(8));
    console.keys("y");
    let weather = "weather@0.3-rc.1".parse().unwrap();
    assert_eq!(console.effects.last(), Some(&Effect::Change(Change::Delete(weather, Some(7.into())))));
}

#[test]
fn what_is_not_possible_says_why() {
    let mut console = console();
    console.keys("d");
    assert!(console.text().contains("installed on 12 seats"), "{}", console.text());
    console.keys("/weather<enter>i");
    assert!(console.text().contains("15s store, which cannot install"), "{}", console.text());
    console.model.read_only = Some(word!("reason-read-only").into());
    console.keys("u");
    assert!(console.text().contains("read-only"));
    assert!(console.model.overlays.is_empty());
}

#[test]
fn an_install_is_paused_resumed_cancelled_and_retried() {
    let mut console = console();
    console.keys("4p");
    assert_eq!(
        console.effects.last(),
        Some(&Effect::Change(Change::Control(record(3), Command::Pause, None)))
    );
    let mut paused = install(3, "nav-core@2.10.0", InstallState::Paused, &[(SeatState::Queued, 1)]);
    paused.command = Command::Pause;
    let installs = [(paused.id, Some(Arc::new(paused)))].into();
    console.act(Action::Data(Box::new(Delta { installs, ..Delta::default() })));
    console.keys("p");
    assert_eq!(console.effects.last(), Some(&Effect::Change(Change::Control(record(3), Command::Run, None))));
    console.keys("cy");
    assert_eq!(
        console.effects.last(),
        Some(&Effect::Change(Change::Control(record(3), Command::Cancel, None)))
    );
    console.keys("jry");
    assert_eq!(
        console.effects.last(),
        Some(&Effect::Change(Change::Control(record(2), Command::Retry, None)))
    );
}

#[test]
fn the_selection_stays_with_its_segment_when_rows_come_and_go() {
    let mut console = console();
    console.keys("jj");
    let before = console.model.at.clone();
    let new = segment("aaa@1", "first", CreateState::Pending);
    let segments = [(new.id.clone(), Some(Arc::new(new)))].into();
    console.act(Action::Data(Box::new(Delta { segments, ..Delta::default() })));
    assert_eq!(console.model.at, before);
    assert_eq!(console.model.segments.cursor, 3);
}

#[test]
fn an_open_install_is_read_again_when_it_moves() {
    let mut console = console();
    console.keys("4<enter>");
    assert_eq!(console.effects.last(), Some(&Effect::LoadInstall(record(3))));
    let asked = |console: &Console| {
        console.effects.iter().filter(|effect| matches!(effect, Effect::LoadInstall(_))).count()
    };
    console.keys("j");
    assert_eq!(asked(&console), 1);
    let mut row = install(3, "nav-core@2.10.0", InstallState::Running, &[(SeatState::Running, 1)]);
    row.updated_at = super::fixture::now();
    let installs = [(row.id, Some(Arc::new(row)))].into();
    console.act(Action::Data(Box::new(Delta { installs, ..Delta::default() })));
    assert_eq!(asked(&console), 2);
}

#[test]
fn the_palette_does_what_it_names() {
    let mut console = console();
    console.keys(":why<enter>");
    assert!(matches!(console.model.overlays.as_slice(), [Overlay::Why(..)]));
}

#[test]
fn seats_are_named_by_an_expression_or_a_pasted_list() {
    let mut console = console();
    console.keys("i=seat-014..seat-016 !seat-002 seat-099");
    assert!(console.text().contains("marks 3, unmarks 1; unknown: seat-099"), "{}", console.text());
    let marked = |console: &Console| console.model.chooser().unwrap().marks.ids.len();
    assert_eq!(marked(&console), 12, "nothing is marked while it is typed");
    console.keys("<enter>");
    assert_eq!(marked(&console), 12 + 3 - 1);
    assert!(console.text().contains("unknown, so left out: seat-099"), "{}", console.text());
    console.keys("=<esc>");
    assert!(matches!(console.model.overlays.last(), Some(Overlay::Seats(_))));

    console.act(Action::Paste("seat-020\r\nseat-021\n\nseat-022\n".to_owned()));
    assert_eq!(marked(&console), 14 + 3);
    console.keys("=");
    console.act(Action::Paste("seat-023\nseat-1\nseat-2\nseat-3\nseat-4\nseat-5\n".to_owned()));
    assert_eq!(marked(&console), 18);
    assert!(matches!(console.model.overlays.last(), Some(Overlay::Message { .. })), "five are listed");
}

#[test]
fn columns_are_chosen_sorted_by_and_kept_for_the_next_time() {
    let mut console = Console::new(120, 40, fleet());
    let ids = |console: &Console| -> Vec<String> {
        console.model.segments.shown.iter().map(|row| row.id.to_string()).collect()
    };
    let began = ids(&console);
    // The name goes, the vendor comes; then by the size, the greatest first.
    console.keys("C<down><space><down><down><space>");
    assert!(console.text().contains("Vendor"), "{}", console.text());
    console.keys("C");
    assert!(console.model.overlays.is_empty());
    assert!(!console.text().contains("Name"), "{}", console.text());
    console.keys("Cg<space><esc>");
    assert!(console.text().contains("nav-core@2.1.0"), "the id stays");
    console.keys("Cgo<esc>");
    assert_eq!(ids(&console), began.iter().rev().cloned().collect::<Vec<_>>(), "the other way round");
    let memory = console.model.memory.clone();
    assert_eq!(memory.panes["segments"].sort, "id");
    assert!(memory.panes["segments"].columns.contains(&"vendor".to_owned()));
    assert!(console.effects.contains(&Effect::Remember(memory.clone())));

    let mut next = Console::new(120, 40, Data::default());
    next.model.remember(memory);
    next.load(fleet());
    assert_eq!(ids(&next), ids(&console));
    assert_eq!(next.model.segments.columns, console.model.segments.columns);
    next.keys("Cg<down><space><down><down><space>go<esc>");
    assert!(next.model.memory.panes.is_empty(), "as it was at first: {:?}", next.model.memory);
}

#[test]
fn seats_are_sorted_by_what_the_segment_has_on_them() {
    let mut console = Console::new(80, 24, fleet());
    console.keys("3CGo<esc>");
    let first = |console: &Console| console.model.seats.shown[0].id.clone();
    assert_eq!(first(&console), seat_id(1));
    console.keys("o");
    assert_eq!(first(&console), seat_id(2), "what it is being taken off stands with those that have it not");
    // In the chooser by its marks.
    console.keys("<esc>3i");
    console.keys("o");
    assert!(console.model.chooser().is_some());
    console.keys("oooooooooooooo");
}

#[test]
fn every_column_of_every_pane_sorts() {
    let mut console = Console::new(200, 50, fleet());
    for pane in ["1", "2", "3", "4"] {
        console.keys(pane).keys("C");
        for _ in 0..12 {
            console.keys("<down><space>oo");
        }
        console.keys("<esc>");
    }
    assert_eq!(console.model.segments.shown.len(), 6);
}

#[test]
fn the_palette_goes_to_any_id_whatever_the_filter_hides() {
    let mut console = console();
    console.keys("/weather<enter>:ncor210");
    assert!(console.text().contains("nav-core@2.10.0"), "{}", console.text());
    console.keys("<enter>");
    assert_eq!(console.model.at, Some(id("nav-core@2.10.0")));
    assert!(console.model.overlays.is_empty() && console.model.segments.filter.value().is_empty());
    console.keys(":seat017<enter>");
    assert_eq!(
        (console.model.pane, console.model.seats.current().unwrap().id.clone()),
        (Pane::Seats, seat_id(17))
    );
    console.keys(&format!(":{}<enter>", record(2)));
    assert!(
        matches!(console.model.overlays.last(), Some(Overlay::Install(open)) if open.record == record(2))
    );
}

#[test]
fn the_palette_finds_an_action_by_what_it_does_in_the_operators_language() {
    let mut console = console();
    console.keys("Z:绑定");
    console.keys("<enter>");
    assert!(
        console.model.chooser().is_some_and(|chooser| chooser.purpose == Purpose::Bind),
        "{}",
        console.text()
    );
}

#[test]
fn giving_an_install_up_asks_for_the_reason() {
    let mut console = console();
    console.keys("4F<enter>");
    assert!(console.text().contains("Type why"), "{}", console.text());
    let sent = |console: &Console| {
        console.effects.iter().find_map(|effect| match effect {
            Effect::Change(Change::ForceFinish { reason, .. }) => Some(reason.clone()),
            _ => None,
        })
    };
    assert_eq!(sent(&console), None, "without a reason nothing is sent");
    console.keys("y, gone<enter>");
    assert_eq!(sent(&console).as_deref(), Some("y, gone"));
    assert!(console.model.overlays.is_empty());
}
