//! The trash: shown, restored from and emptied.

use std::sync::Arc;
use std::time::Duration;

use super::super::actions::ActionId;
use super::super::change::Change;
use super::super::effect::{Action, Effect, Outcome};
use super::super::model::data::Delta;
use super::super::model::overlay::Overlay;
use super::super::model::trash::TrashPage;
use super::fixture::{Console, fleet, id, now, record, segment};
use super::screens::{at_sizes, at_sizes_of, shot};
use crate::domain::trash::{Cause, TrashEntry};
use crate::domain::words::{Say, say};
use crate::domain::{CreateState, RecordId, RemoteKind, SegmentId, clock};
use crate::service::TrashShown;

/// An entry of the trash, put there so many hours ago.
fn trashed(n: u64, of: &str, cause: Cause, hours: u64) -> TrashShown {
    let at = clock::before(now(), Duration::from_secs(hours * 3600));
    let swept = cause == Cause::Sweep;
    let entry = TrashEntry {
        id: record(n),
        segment_id: id(of),
        name: if swept { "" } else { "Charts \x1b[31mof\u{202e} the north" }.into(),
        cause,
        at,
        by: if cause == Cause::Delete { "ada@bridge" } else { cause.actor() }.into(),
        reason: swept.then(|| "no record names it".into()),
        remote: RemoteKind::Sdp,
        uid: None,
        storage_key: format!("segments/{of}"),
        file_size: 12_345_678,
        sha256: (!swept).then(|| "5e".repeat(32)),
        emptying: false,
        unknown: Default::default(),
    };
    TrashShown { expires_at: entry.expires_at(Duration::from_secs(7 * 24 * 3600)), entry }
}

/// Three entries, one of each cause: what a willing service answers.
pub(super) fn three() -> TrashPage {
    let entries = vec![
        trashed(73, "charts-北@3.0", Cause::Delete, 1),
        trashed(72, "tides@1.2.0", Cause::Sync, 30),
        trashed(71, "old-tool@0.9", Cause::Sweep, 100),
    ];
    TrashPage { total: entries.len(), entries }
}

fn console(keys: &str) -> Console {
    let mut console = Console::new(80, 24, fleet());
    console.keys(keys);
    console
}

/// A console whose trash is this.
fn holding(page: TrashPage, width: u16, height: u16) -> Console {
    let mut console = Console::new(width, height, fleet());
    console.answers = false;
    console.keys("X");
    console.act(Action::Done(Outcome::Trash(Ok(page))));
    console
}

fn many(n: u64, more: usize) -> TrashPage {
    let entries: Vec<TrashShown> =
        (0..n).map(|at| trashed(1_000 - at, &format!("chart@{at}"), Cause::Delete, at)).collect();
    TrashPage { total: entries.len() + more, entries }
}

/// One that is being emptied.
fn on_its_way_out() -> TrashPage {
    let mut page = many(2, 0);
    page.entries[0].entry.emptying = true;
    page
}

fn reads(console: &Console) -> usize {
    console.effects.iter().filter(|effect| **effect == Effect::LoadTrash).count()
}

fn changes(console: &Console) -> Vec<Change> {
    let change = |effect: &Effect| match effect {
        Effect::Change(change) => Some(change.clone()),
        _ => None,
    };
    console.effects.iter().filter_map(change).collect()
}

fn at(console: &Console) -> Option<RecordId> {
    console.model.overlays.iter().find_map(|open| match open {
        Overlay::Trash(view) => view.current().map(|shown| shown.entry.id),
        _ => None,
    })
}

#[test]
fn screens() {
    at_sizes("trash", &fleet(), "X");
    at_sizes("zh-trash", &fleet(), "ZXj");
    at_sizes_of("trash-empty", |width, height| holding(TrashPage::default(), width, height));
    at_sizes_of("trash-more", |width, height| {
        let mut console = holding(many(500, 734), width, height);
        console.keys("<pagedown>");
        console
    });
    for (name, keys) in [("trash-restore", "X<enter>"), ("trash-restore-file", "XGr"), ("trash-gone", "Xdem")]
    {
        shot(&format!("{name}-80x24"), &console(keys));
        shot(&format!("zh-{name}-80x24"), &console(&format!("Z{keys}")));
    }
    shot("trash-emptying-80x24", &holding(on_its_way_out(), 80, 24));
    let mut plain = console("");
    plain.look.theme = Arc::new(
        super::super::theme::Theme::named("default", super::super::depth::Depth::None, None).unwrap(),
    );
    plain.look.glyphs = super::super::glyphs::Glyphs::ASCII;
    plain.keys("X");
    shot("trash-ascii", &plain);
}

#[test]
fn an_entry_is_restored_after_a_question_whose_default_is_no() {
    let mut console = Console::new(120, 40, fleet());
    console.keys("Xj<enter>");
    let text = console.text();
    let command = format!("segdeck trash restore {}", record(72));
    assert!(text.contains("Restore tides@1.2.0?") && text.contains(&command), "{text}");
    console.keys("c");
    assert!(console.effects.contains(&Effect::Copy(command)));
    console.keys("<enter>");
    assert_eq!(changes(&console), [], "no is the default");
    let before = reads(&console);
    console.keys("ry");
    let restore = Change::Restore { entry: record(72), segment: id("tides@1.2.0") };
    assert_eq!(changes(&console), [restore]);
    assert!(
        console.text().contains("tides@1.2.0 is back and is being published again"),
        "{}",
        console.text()
    );
    assert_eq!(reads(&console), before + 1, "what is left is read");
    assert!(matches!(console.model.overlays.last(), Some(Overlay::Trash(_))));
}

#[test]
fn an_entry_is_gone_for_good_after_a_word_alone() {
    let mut console = Console::new(120, 40, fleet());
    console.keys("Xd");
    let text = console.text();
    assert!(text.contains("for good?") && text.contains("Nothing of it can be brought back"), "{text}");
    assert!(text.contains(&format!("segdeck trash empty {} --yes", record(73))), "{text}");
    console.keys("<enter>y<enter>");
    assert_eq!(changes(&console), []);
    let before = reads(&console);
    console.keys("<backspace>empty<enter>");
    assert_eq!(changes(&console), [Change::Empty { entry: record(73), segment: id("charts-北@3.0") }]);
    assert!(console.text().contains("is being emptied from the trash"), "{}", console.text());
    assert_eq!(reads(&console), before + 1);
}

#[test]
fn it_is_read_again_when_it_may_have_changed_and_the_cursor_stays() {
    let mut console = holding(many(3, 0), 120, 40);
    assert_eq!(reads(&console), 1);
    console.keys("j");
    assert_eq!((reads(&console), at(&console)), (1, Some(record(999))));
    let news = |id: SegmentId, row| {
        Action::Data(Box::new(Delta { segments: [(id, row)].into(), ..Delta::default() }))
    };
    // One that changes was no entry before and is none after; one that goes may be one now.
    let ready = segment("radio@1.0", "Radio", CreateState::Succeeded);
    console.act(news(ready.id.clone(), Some(Arc::new(ready))));
    assert_eq!(reads(&console), 1);
    console.act(news(id("radio@1.0"), None));
    assert_eq!(reads(&console), 2);
    let mut page = many(3, 0);
    page.entries.insert(0, trashed(1_001, "radio@1.0", Cause::Delete, 0));
    console.act(Action::Done(Outcome::Trash(Ok(page))));
    assert_eq!(at(&console), Some(record(999)), "the cursor stays with its entry");
    console.keys("G");
    console.act(Action::Done(Outcome::Trash(Ok(many(1, 0)))));
    assert_eq!(at(&console), Some(record(1_000)), "or goes to the last one");
    // While something is being emptied nobody tells when it is gone.
    console.act(Action::Done(Outcome::Trash(Ok(on_its_way_out()))));
    assert_eq!(reads(&console), 3);
    console.keys("<esc>X");
    assert_eq!(reads(&console), 4, "it is opened anew");
    console.act(Action::Done(Outcome::Trash(Err(Say::plain("etcd is away")))));
    assert!(console.text().contains("etcd is away"), "{}", console.text());
    console.keys("<esc>");
    console.act(Action::Done(Outcome::Trash(Ok(many(1, 0)))));
    assert!(console.model.overlays.is_empty() && reads(&console) == 4);
}

#[test]
fn what_is_not_possible_says_why() {
    let mut console = holding(on_its_way_out(), 120, 40);
    for key in ["<enter>", "d"] {
        console.keys(key);
        assert!(console.text().contains("is being emptied from the trash"), "{}", console.text());
        assert_eq!(console.model.overlays.len(), 1);
    }
    let exists = TrashPage { total: 1, entries: vec![trashed(1, "radio@1.0", Cause::Delete, 1)] };
    let mut console = holding(exists, 120, 40);
    console.keys("r");
    assert!(console.text().contains("radio@1.0 exists; delete it first"), "{}", console.text());
    console.keys("d");
    assert_eq!(console.model.overlays.len(), 2, "it can be emptied all the same");
    for (page, key) in [(TrashPage::default(), "r"), (TrashPage::default(), "d")] {
        let mut console = holding(page, 120, 40);
        console.keys(key);
        assert!(console.text().contains("Nothing is selected."), "{}", console.text());
    }
    let mut console = self::console("");
    console.act(Action::Do(ActionId::Restore));
    assert!(console.text().contains("Choose an entry of the trash first."), "{}", console.text());
}

#[test]
fn a_refusal_is_told_whole_to_whoever_waits_for_it() {
    let why = || say!("restore-no-file", id = "tides@1.2.0", url = "file:///srv/segments", key = "tides");
    let mut console = holding(many(1, 0), 80, 24);
    let refused = || Action::Done(Outcome::Restored(id("tides@1.2.0"), Err(why())));
    console.act(refused());
    let text = console.text();
    assert!(text.contains("It was not restored") && text.contains("segment again"), "{text}");
    // Whoever types something else meanwhile keeps on typing.
    console.keys("<esc>dem");
    console.act(refused());
    assert!(matches!(console.model.overlays.last(), Some(Overlay::Confirm(_))));
    assert!(console.text().contains("It was not restored"), "{}", console.text());
}

#[test]
fn what_is_deleted_is_said_to_go_to_the_trash_and_how_long_it_stays_there() {
    for (keys, of) in [("Gd", "导航-显示"), ("*d", "segments?")] {
        let mut console = Console::new(120, 40, fleet());
        console.keys(keys);
        let text = console.text();
        assert!(text.contains(of) && text.contains("go to the trash: until 2026-11-29"), "{text}");
    }
    let mut console = Console::new(120, 40, fleet());
    console.model.identity.trash_keep = Duration::ZERO;
    console.keys("Gd");
    assert!(console.text().contains("until it is emptied"), "{}", console.text());
}
