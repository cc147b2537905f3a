//! Screens as they are drawn, styles included.

use super::super::effect::{Action, Outcome};
use super::super::model::data::{Data, Freshness};
use super::dump::dump;
use super::fixture::{Console, at, fleet, now};
use crate::controllers::Lead;
use crate::domain::segment::FileState;
use crate::domain::words::{Say, word};
use crate::telemetry::LogLine;

pub(super) fn shot(name: &str, console: &Console) {
    insta::with_settings!({ snapshot_path => "snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, dump(&console.screen()));
    });
}

const SIZES: [(u16, u16); 5] = [(200, 50), (120, 40), (80, 24), (60, 15), (20, 5)];

pub(super) fn at_sizes(name: &str, data: &Data, keys: &str) {
    at_sizes_of(name, |width, height| {
        let mut console = Console::new(width, height, data.clone());
        console.keys(keys);
        console
    });
}

pub(super) fn at_sizes_of(name: &str, console: impl Fn(u16, u16) -> Console) {
    for (width, height) in SIZES {
        shot(&format!("{name}-{width}x{height}"), &console(width, height));
    }
}

#[test]
fn panes() {
    at_sizes("segments", &fleet(), "");
    at_sizes("versions", &fleet(), "2");
    at_sizes("seats", &fleet(), "3");
    at_sizes("installs", &fleet(), "4");
}

#[test]
fn two_panes_where_it_is_high() {
    for (name, keys) in [("segments", ""), ("versions", "2"), ("seats", "3"), ("installs", "4")] {
        let mut console = Console::new(90, 34, fleet());
        console.keys(keys);
        shot(&format!("{name}-90x34"), &console);
    }
}

#[test]
fn states_without_rows() {
    at_sizes("loading", &Data::default(), "");
    at_sizes("empty", &Data { freshness: Freshness::Live(1), ..Data::default() }, "");
    let away = Freshness::Stale(now(), Say::plain("etcd 10.1.1.1:2379 does not answer"));
    at_sizes("away", &Data { freshness: away.clone(), ..Data::default() }, "");
    at_sizes("stale", &Data { freshness: away, ..fleet() }, "");
    at_sizes("nothing-matches", &fleet(), "/xyz<enter>");
}

#[test]
fn overlays() {
    at_sizes("help", &fleet(), "?");
    at_sizes("palette", &fleet(), ":in");
    at_sizes("filter", &fleet(), "/nav");
    at_sizes("choose-seats", &fleet(), "i/bridge<enter><down><space>v<down><down>");
    at_sizes("choose-by-name", &fleet(), "i=group:bridge !seat-003 seat-x");
    at_sizes("columns", &fleet(), "C<down><space><down><down><space>o");
    at_sizes("plan", &fleet(), "iG<space><enter>");
    at_sizes("plan-word", &fleet(), "i**<enter>un");
    at_sizes("delete", &fleet(), "Gkd");
    at_sizes("cancel", &fleet(), "4c");
    at_sizes("why", &fleet(), "Gw");
    at_sizes("why-install", &fleet(), "4w");
    at_sizes("force-finish", &fleet(), "4F");
    at_sizes("sync", &fleet(), "S");
    at_sizes("install", &fleet(), "4<enter>");
}

#[test]
fn in_chinese() {
    for (name, keys) in [
        ("segments", ""),
        ("versions", "2"),
        ("seats", "3"),
        ("installs", "4"),
        ("help", "?"),
        ("palette", ":in"),
        ("choose-seats", "i/bridge<enter><down><space>"),
        ("plan", "iG<space><enter>"),
        ("plan-word", "i**<enter>un"),
        ("columns", "C<down>"),
        ("install", "4<enter>"),
        ("why-install", "4w"),
        ("cancel", "4c"),
        ("force-finish", "4F"),
        ("delete", "Gkd"),
        ("why", "Gw"),
        ("sync", "S"),
        ("themes", "T<down>"),
        ("upload-review", super::upload_screens::ALL),
    ] {
        at_sizes(&format!("zh-{name}"), &fleet(), &format!("Z{keys}"));
    }
    at_sizes("zh-empty", &Data { freshness: Freshness::Live(1), ..Data::default() }, "Z");
}

#[test]
fn a_theme_is_chosen_over_what_it_colours() {
    at_sizes("themes", &fleet(), "T<down><down>");
    let mut console = Console::new(80, 24, fleet());
    console.answers = false;
    console.keys("T");
    console.act(Action::Done(Outcome::Themes(vec!["default".to_owned(), "mine".to_owned()])));
    console.keys("<down>");
    let why = Say::plain("/home/ada/.config/segdeck/themes/mine.toml:3: \"texxt\" is no role");
    console.act(Action::Done(Outcome::Theme("mine".to_owned(), Err(why))));
    shot("themes-broken", &console);
}

#[test]
fn files_that_are_not_well() {
    let mut data = fleet();
    for (row, state) in [(0, FileState::Missing), (1, FileState::Altered), (2, FileState::Altered)] {
        std::sync::Arc::make_mut(&mut data.segments[row]).file_state = Some(state);
    }
    let mut console = Console::new(80, 24, data);
    shot("files-not-well", &console);
    console.keys("w");
    shot("files-not-well-why", &console);
    console.keys("<esc>/fileState:missing<enter>");
    assert_eq!(console.model.segments.shown.len(), 1);
}

#[test]
fn log_read_only_and_others_who_lead() {
    at_sizes_of("read-only", |width, height| {
        let mut console = Console::new(width, height, fleet());
        console.model.read_only = Some(word!("reason-read-only").into());
        console.keys("u");
        console
    });
    at_sizes_of("read-only-why", |width, height| {
        let mut console = Console::new(width, height, fleet());
        console.model.read_only = Some(word!("reason-read-only").into());
        console.keys("w");
        console
    });
    at_sizes_of("read-only-demo", |width, height| {
        let mut console = demo_not_leading(width, height);
        console.keys("u");
        console
    });
    at_sizes_of("log", |width, height| {
        let mut console = demo_not_leading(width, height);
        console.keys("L");
        console
    });
}

/// A read-only demo that may not lead, with lines in its log.
fn demo_not_leading(width: u16, height: u16) -> Console {
    let mut console = Console::new(width, height, fleet());
    console.model.read_only = Some(word!("reason-read-only").into());
    console.model.identity.banner =
        Some(crate::ui::demo_banner(36, "/home/ada/.local/share/segdeck-demo/samples/"));
    console.act(Action::Lead(Lead::NotStanding(Say::plain("no remote is configured"))));
    let line = |time: &str, level, text: &str| {
        std::sync::Arc::new(LogLine { time: at(time), level, target: "segdeck", text: text.into() })
    };
    console.act(Action::Log(vec![
        line("2026-11-22T19:01:00Z", tracing::Level::INFO, "began to lead"),
        line("2026-11-22T19:02:00Z", tracing::Level::WARN, "sdp: \x1b[2J away"),
    ]));
    console
}

#[test]
fn without_colours_and_in_ascii() {
    let mut console = Console::new(80, 24, fleet());
    console.look.theme = std::sync::Arc::new(
        super::super::theme::Theme::named("default", crate::ui::depth::Depth::None, None).unwrap(),
    );
    console.look.glyphs = super::super::glyphs::Glyphs::ASCII;
    console.keys("4");
    shot("ascii", &console);
}

#[test]
fn how_seats_are_taken_and_a_freeze() {
    let rules = "i=seat-013..seat-024<enter><enter>w1,50%<tab>0<tab>ask<tab>x";
    at_sizes("rollout", &fleet(), rules);
    at_sizes("zh-rollout", &fleet(), &format!("Z{rules}"));
    let waves = "i=seat-013..seat-024<enter><enter>w1,50%<tab>0<tab>ask<tab>2<enter>";
    at_sizes("plan-waves", &fleet(), waves);
    at_sizes("zh-plan-waves", &fleet(), &format!("Z{waves}"));
    at_sizes("freeze", &fleet(), "frelease night");
    let freeze = crate::domain::Freeze {
        reason: "release night".into(),
        by: "bob@bridge".into(),
        since: now(),
        unknown: Default::default(),
    };
    let frozen = Data { freeze: Some(freeze), ..fleet() };
    at_sizes("unfreeze", &frozen, "f");
    at_sizes("zh-unfreeze", &frozen, "Zf");
}
