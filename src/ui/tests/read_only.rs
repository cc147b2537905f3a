//! Whatever is typed, clicked or pasted into a console that only looks, from every pane and every box: no change leaves
//! it, and no box waits for one.
//!
//! `SEGDECK_SEQUENCES=20000` plays so many sequences. Each is played a second time where changes are allowed: a run in
//! which too few of them change anything says nothing, and fails.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestCaseError, TestRng, TestRunner};

use super::fixture::*;
use super::properties::typed;
use super::upload_screens::ALL;
use super::{states, watching};
use crate::domain::words::{Say, word};
use crate::domain::{Freeze, InstallState, SeatState};
use crate::ui::actions::ACTIONS;
use crate::ui::change::Change;
use crate::ui::effect::{Action, Effect, Outcome};
use crate::ui::model::batch::Errand;
use crate::ui::model::chooser::Purpose;
use crate::ui::model::data::Delta;
use crate::ui::model::overlay::{Ask, Load, Overlay};
use crate::ui::model::{Model, Pane, Tone};
use crate::ui::terminal::Typed;

/// Sequences of a usual run.
const SEQUENCES: u32 = 320;

/// At least so many of a hundred must change something where that is allowed.
const LEAST: u32 = 25;

/// From so many on each kind of change must have been reached.
const MANY: u32 = 2_000;

/// A box, or a question in one. What is new here needs a beginning below.
fn name(overlay: Option<&Overlay>) -> &'static str {
    match overlay {
        None => "panes",
        Some(overlay) => match overlay {
            Overlay::Help(_) => "help",
            Overlay::Filter => "filter",
            Overlay::Files(_) => "files",
            Overlay::Upload => "upload",
            Overlay::Seats(chooser) if chooser.purpose == Purpose::Bind => "seats to bind",
            Overlay::Seats(_) => "seats",
            Overlay::Choice(_) => "choice",
            Overlay::Plan(_) => "plan",
            Overlay::Rollout(_) => "rollout",
            Overlay::Sync(_) => "sync",
            Overlay::Install(_) => "install",
            Overlay::Matrix(_) => "matrix",
            Overlay::Trash(_) => "trash",
            Overlay::Log(_) => "log",
            Overlay::Why(_) => "why",
            Overlay::Records(_) => "records",
            Overlay::Trail(_) => "trail",
            Overlay::Columns(_) => "columns",
            Overlay::Themes(_) => "themes",
            Overlay::Batch(_) => "batch",
            Overlay::Palette(_) => "palette",
            Overlay::Message { .. } => "message",
            Overlay::Confirm(confirm) => match &confirm.ask {
                Ask::Delete(_) => "delete?",
                Ask::Restore(_) => "restore?",
                Ask::Empty(_) => "empty?",
                Ask::Batch(plan) if plan.errand == Errand::Delete => "delete many?",
                Ask::Batch(_) => "retry many?",
                Ask::Bind(_) => "bind?",
                Ask::Retry { alike: None, .. } => "retry?",
                Ask::Retry { .. } => "retry alike?",
                Ask::Cancel(_) => "cancel?",
                Ask::NextWave(_) => "next wave?",
                Ask::ForceFinish(_) => "force finish?",
                Ask::Freeze => "freeze?",
                Ask::Unfreeze => "unfreeze?",
                Ask::Held { .. } => "held?",
                Ask::CancelUpload => "cancel upload?",
                Ask::Quit => "quit?",
            },
        },
    }
}

/// A sequence begins here: what it is called, what is known before, and the keys that lead there.
type Beginning = (&'static str, fn(&mut Console), &'static str);

fn nothing(_: &mut Console) {}

const BEGINNINGS: &[Beginning] = &[
    ("panes", nothing, "1"),
    ("panes", nothing, "2"),
    ("panes", nothing, "3"),
    ("panes", nothing, "4"),
    ("help", nothing, "?"),
    ("filter", nothing, "/"),
    ("files", nothing, "u"),
    ("upload", nothing, ALL),
    ("upload", nothing, "u/seg/nav-core-7.0.zip<enter><tab>"),
    ("upload", sending, ""),
    ("cancel upload?", sending, "<esc>"),
    ("quit?", sending, "<enter>q"),
    ("seats", nothing, "i"),
    ("seats to bind", nothing, "b"),
    ("choice", nothing, "i="),
    ("plan", nothing, "i*<enter>"),
    ("rollout", nothing, "i*<enter>w"),
    ("bind?", nothing, "b*<enter>"),
    ("delete?", nothing, "Gd"),
    ("delete many?", nothing, "*d"),
    ("retry many?", nothing, "*r"),
    ("retry?", nothing, "4jr"),
    ("retry alike?", failed, "R"),
    ("cancel?", nothing, "4c"),
    ("next wave?", gated, "4N"),
    ("force finish?", nothing, "4F"),
    ("freeze?", nothing, "f"),
    ("unfreeze?", frozen, "f"),
    ("sync", nothing, "S"),
    ("held?", held, "<enter>"),
    ("install", nothing, "4<enter>"),
    ("matrix", nothing, "M"),
    ("matrix", nothing, "Md"),
    ("trash", nothing, "X"),
    ("restore?", nothing, "X<enter>"),
    ("empty?", nothing, "Xd"),
    ("log", nothing, "L"),
    ("why", nothing, "w"),
    ("records", nothing, "J"),
    ("trail", nothing, "A"),
    ("columns", nothing, "C"),
    ("themes", nothing, "T"),
    ("batch", nothing, "*ddelete<enter>"),
    ("palette", nothing, ":"),
    ("message", complained, ""),
];

/// Two files on their way.
fn sending(console: &mut Console) {
    console.keys(ALL).keys("<enter>");
}

fn held(console: &mut Console) {
    console.keys("S");
    let items =
        ["radio", "weather"].map(|name| serde_json::json!({ "uid": name, "id": format!("{name}@1.0") }));
    let outcome = serde_json::json!({ "added": [], "removed": [], "held": items, "failed": [] });
    let ended = serde_json::json!({ "request": record(50), "at": now(), "outcome": outcome });
    console.act(Action::Data(Box::new(states::synced(ended))));
}

fn frozen(console: &mut Console) {
    let freeze =
        Freeze { reason: "night".into(), by: "bob@bridge".into(), since: now(), unknown: Default::default() };
    console.act(Action::Data(Box::new(Delta { freeze: Some(Some(freeze)), ..Delta::default() })));
}

fn gated(console: &mut Console) {
    let mut waiting = install(3, "nav-core@2.1.0", InstallState::WaitingGate, &[(SeatState::Queued, 8)]);
    waiting.turn = Some((1, 3));
    let installs = [(waiting.id, Some(std::sync::Arc::new(waiting)))].into();
    console.act(Action::Data(Box::new(Delta { installs, ..Delta::default() })));
}

/// An install at its end, seat by seat, with the cursor on one that failed.
fn failed(console: &mut Console) {
    console.keys("4j<enter>");
    console.act(Action::Done(Outcome::Install(record(2), Ok(Box::new(watching::view())))));
}

fn complained(console: &mut Console) {
    let why = Say::plain(&"the store is away; ".repeat(20));
    console.act(Action::Done(Outcome::Saved(Err(why))));
}

/// What comes in.
#[derive(Debug, Clone)]
enum Step {
    Typed(Typed),
    /// Keys by name, e.g. an entry of the palette.
    Keys(String),
    /// The upload under way is at its end: the next file would follow.
    Uploaded,
}

fn step() -> impl Strategy<Value = Step> {
    let keys = proptest::sample::select(vec![
        "y",
        "<enter>",
        "<space>",
        "*",
        "*<enter>",
        "*<enter>y",
        "3<enter>",
        "3<space>",
        "Md<enter>y",
        "<tab><enter>",
        "delete<enter>",
        "empty<enter>",
        "remove<enter>",
        "bind<enter>",
        "night<enter>",
        "uninstall<enter>",
        "<esc>",
    ]);
    let offered: Vec<&str> = ACTIONS.iter().filter(|row| row.offered).map(|row| row.name).collect();
    let entry = proptest::sample::select(offered).prop_map(|name| Step::Keys(format!(":{name}<enter>")));
    let pasted = proptest::sample::select(vec![
        "delete",
        "remove",
        "night",
        "y",
        "seat-001\nseat-002\nseat-020",
        "/seg/nav-core-9.0.zip",
        "\n",
    ]);
    prop_oneof![
        8 => typed().prop_map(Step::Typed),
        5 => keys.prop_map(|keys| Step::Keys(keys.to_owned())),
        3 => entry,
        1 => pasted.prop_map(|text| Step::Typed(Typed::Paste(text.to_owned()))),
        1 => Just(Step::Uploaded),
    ]
}

fn take(console: &mut Console, step: &Step) {
    match step {
        Step::Typed(typed) => console.take(typed.clone()),
        Step::Keys(keys) => _ = console.keys(keys),
        Step::Uploaded => {
            let running = console.model.upload.as_ref().and_then(|upload| upload.running());
            if let Some(number) = running.map(|running| running.number) {
                console.act(Action::Done(Outcome::Uploaded(number, Ok(id("nav-core@7.0")))));
            }
        }
    }
}

/// When the console only looks.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Looks {
    FromTheStart,
    Then,
    Never,
}

fn begun((called, before, keys): &Beginning, looks: Looks) -> Console {
    let mut console = Console::new(100, 30, fleet());
    let why = || Some(word!("reason-read-only").into());
    if looks == Looks::FromTheStart {
        console.model.read_only = why();
    }
    before(&mut console);
    console.keys(keys);
    if looks != Looks::FromTheStart {
        assert_eq!(name(console.model.overlays.last()), *called, "{}", console.text());
        // What was begun while that was allowed is no matter of this.
        console.effects.clear();
    }
    if looks == Looks::Then {
        console.model.read_only = why();
    }
    console
}

fn changes(console: &Console) -> Vec<Change> {
    let change = |effect: &Effect| match effect {
        Effect::Change(change) => Some(change.clone()),
        _ => None,
    };
    console.effects.iter().filter_map(change).collect()
}

/// So many boxes wait for the answer to a change.
fn waiting(console: &Console) -> usize {
    let waits = |overlay: &Overlay| match overlay {
        Overlay::Plan(plan) => usize::from(plan.sent),
        Overlay::Seats(chooser) => usize::from(chooser.is_sent),
        Overlay::Batch(batch) => usize::from(!batch.ended),
        Overlay::Sync(watch) => {
            watch.requests.iter().filter(|(_, request)| matches!(request, Load::Loading)).count()
        }
        _ => 0,
    };
    console.model.overlays.iter().map(waits).sum::<usize>() + usize::from(console.model.uploads())
}

fn only_looks(console: &mut Console, from: &Model, steps: &[Step]) -> Result<(), TestCaseError> {
    (console.model, console.effects) = (from.clone(), Vec::new());
    let before = waiting(console);
    for step in steps {
        take(console, step);
        prop_assert_eq!(changes(console), vec![]);
        prop_assert!(waiting(console) <= before, "something waits\n{}", console.text());
    }
    Ok(())
}

/// The kind of a change, without what is changed.
fn kind(change: &Change) -> String {
    let whole = format!("{change:?}");
    whole.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned()
}

#[test]
fn no_sequence_changes_anything() {
    let asked = std::env::var("SEGDECK_SEQUENCES").ok().and_then(|count| count.parse().ok());
    let each = asked.unwrap_or(SEQUENCES).div_ceil(u32::try_from(BEGINNINGS.len()).unwrap());
    let (played, changing, kinds) = (Cell::new(0_u32), Cell::new(0_u32), RefCell::new(BTreeSet::new()));
    for (at, beginning) in BEGINNINGS.iter().enumerate() {
        let config = ProptestConfig { cases: each, failure_persistence: None, ..ProptestConfig::default() };
        // The same sequences each time: how many of them change something is a number to rely on.
        let mut seed = [0; 32];
        seed[0] = u8::try_from(at).unwrap();
        let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed));
        let [then, from_the_start, free] =
            [Looks::Then, Looks::FromTheStart, Looks::Never].map(|looks| begun(beginning, looks).model);
        let console = RefCell::new(Console { draws: false, ..Console::new(100, 30, fleet()) });
        let done = runner.run(&proptest::collection::vec(step(), 1..24), |steps| {
            let mut console = console.borrow_mut();
            only_looks(&mut console, &then, &steps)?;
            only_looks(&mut console, &from_the_start, &steps)?;
            (console.model, console.effects) = (free.clone(), Vec::new());
            steps.iter().for_each(|step| take(&mut console, step));
            let changed = changes(&console);
            played.set(played.get() + 1);
            changing.set(changing.get() + u32::from(!changed.is_empty()));
            kinds.borrow_mut().extend(changed.iter().map(kind));
            Ok(())
        });
        if let Err(error) = done {
            panic!("from {} {:?}: {error}", beginning.0, beginning.2);
        }
    }
    let (played, changing, kinds) = (played.get(), changing.get(), kinds.into_inner());
    println!("{played} sequences, {changing} of them change something where that is allowed: {kinds:?}");
    assert!(changing * 100 >= played * LEAST, "void: {changing} of {played}");
    assert!(played < MANY || kinds.len() == 14, "void: only {kinds:?}");
}

#[test]
fn every_box_is_a_beginning() {
    let all: BTreeSet<&str> = BEGINNINGS.iter().map(|(name, ..)| *name).collect();
    // As many as `name` knows.
    assert_eq!(all.len(), 39, "{all:?}");
    for beginning in BEGINNINGS {
        begun(beginning, Looks::Then);
    }
}

#[test]
fn what_leads_to_a_change_alone_says_why_at_once() {
    let why = "Nothing can be changed here: this console is read-only.";
    for keys in ["3<enter>", "3<space>", "3v", "3*", "3!", "i", "b", "u", "S", "f", ":install<enter>"] {
        let mut console = begun(&BEGINNINGS[0], Looks::FromTheStart);
        console.keys(keys);
        assert!(console.model.overlays.is_empty(), "{keys}: {}", console.text());
        assert!(console.text().contains(why), "{keys}: {}", console.text());
    }
    // A box that shows something opens; what changes from there says why.
    let mut console = begun(&BEGINNINGS[0], Looks::FromTheStart);
    console.keys("Md<enter>");
    assert!(console.text().contains(why) && console.model.overlays.len() == 1, "{}", console.text());
    for key in ["<enter>", "r", "d"] {
        let mut console = begun(&BEGINNINGS[0], Looks::FromTheStart);
        console.keys("X").keys(key);
        assert!(console.text().contains(why) && console.model.overlays.len() == 1, "{}", console.text());
    }
}

/// The rights are taken away while the plan is on the screen: its yes is answered, and the box waits for nothing.
#[test]
fn a_yes_that_came_too_late_is_answered() {
    let mut console = Console::new(120, 40, fleet());
    console.keys("i*<enter>");
    let why = Say::plain("the store lets its user only look");
    console.act(Action::Rights(Some(why.clone())));
    console.effects.clear();
    console.keys("y");
    assert_eq!(changes(&console), []);
    assert_eq!(name(console.model.overlays.last()), "seats", "as after any refusal: {}", console.text());
    let toast = console.model.toast.as_ref().expect("the reason is told");
    assert_eq!((toast.tone, &toast.say), (Tone::Bad, &why));
    assert_eq!(console.model.pane, Pane::Segments);
}

/// The file on its way is let to its end; no other follows, and each says why.
#[test]
fn an_upload_begins_no_further_file() {
    let mut console = Console::new(120, 40, fleet());
    sending(&mut console);
    let sent = changes(&console).len();
    console.act(Action::Rights(Some(Say::plain("the store lets its user only look"))));
    take(&mut console, &Step::Uploaded);
    assert_eq!((changes(&console).len(), console.model.uploads()), (sent, false));
    assert!(console.text().contains("only look"), "{}", console.text());
}
