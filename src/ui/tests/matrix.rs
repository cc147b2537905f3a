//! Seats against segments: walked through, narrowed, and mended.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::super::effect::{Action, Effect, Outcome};
use super::super::model::data::Delta;
use super::super::model::overlay::Overlay;
use super::fixture::{Console, fleet, id, seat_id};
use super::screens::at_sizes;
use crate::domain::matrix::Matrix;
use crate::domain::words::Say;
use crate::service::Wanted;

fn console() -> Console {
    Console::new(120, 40, fleet())
}

fn planned(console: &Console) -> Vec<(String, Wanted)> {
    let plans = console.effects.iter().filter_map(|effect| match effect {
        Effect::Plan(request) => Some((request.segment.to_string(), request.wanted.clone())),
        _ => None,
    });
    plans.collect()
}

#[test]
fn screens() {
    at_sizes("matrix", &fleet(), "M");
    at_sizes("matrix-drift", &fleet(), "Mdjl");
    at_sizes("zh-matrix", &fleet(), "ZMd");
}

#[test]
fn a_cell_that_differs_is_mended_by_a_plan() {
    let mut console = console();
    console.keys("Md");
    assert!(console.text().contains("seat-013"), "{}", console.text());
    assert!(!console.text().contains("seat-001 "), "as it is meant to be: {}", console.text());
    console.keys("<enter>");
    let add = Wanted::Change { add: [seat_id(13)].into(), remove: BTreeSet::new() };
    assert_eq!(planned(&console), [("nav-core@2.10.0".to_owned(), add)], "the newest that can be installed");
    assert!(console.text().contains("segdeck install nav-core@2.10.0 --add seat-013"), "{}", console.text());
    console.keys("<esc>G<enter>");
    let remove = Wanted::Change { add: BTreeSet::new(), remove: [seat_id(20)].into() };
    assert_eq!(planned(&console)[1], ("nav-core@2.0.0".to_owned(), remove));
}

#[test]
fn what_is_as_it_is_meant_to_be_has_nothing_to_mend() {
    let mut console = console();
    console.keys("M<enter>");
    assert!(planned(&console).is_empty());
    assert!(console.text().contains("Here all is as it is meant to be."), "{}", console.text());
    console.keys("l");
    assert!(console.text().contains("no seat is bound to it"), "{}", console.text());
    console.model.read_only = Some(crate::domain::words::word!("reason-no-seats").into());
    console.keys("dG<enter>");
    assert!(planned(&console).is_empty(), "read only");
}

#[test]
fn it_is_read_again_when_a_list_changes_and_the_cursor_stays() {
    let mut console = console();
    console.keys("Mdjj");
    let at = |console: &Console| match console.model.overlays.last() {
        Some(Overlay::Matrix(view)) => view.seat().cloned(),
        _ => None,
    };
    assert_eq!(at(&console), Some(seat_id(15)));
    let asked = |console: &Console| console.effects.iter().filter(|it| **it == Effect::LoadMatrix).count();
    assert_eq!(asked(&console), 1);
    console.answers = false;
    let installed = [(id("nav-core@2.1.0"), 13)].into();
    console.act(Action::Data(Box::new(Delta { installed, ..Delta::default() })));
    assert_eq!(asked(&console), 2);
    assert_eq!(at(&console), Some(seat_id(15)), "the old one stays on the screen");
    console.act(Action::Done(Outcome::Matrix(Ok(Arc::new(Matrix::default())))));
    assert!(console.text().contains("Nothing differs"), "{}", console.text());
    console.act(Action::Done(Outcome::Matrix(Err(Say::plain("etcd is away")))));
    assert!(console.text().contains("etcd is away"));
}
