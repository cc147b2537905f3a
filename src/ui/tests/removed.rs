//! A segment that is gone from its platform and still on seats: shown as that, and taken off them, nothing else.

use std::sync::Arc;

use super::super::effect::Effect;
use super::super::model::overlay::Overlay;
use super::fixture::{Console, fleet, id, now};

/// The radio has no record any more; three seats have it.
fn console() -> Console {
    let mut data = fleet();
    for row in &mut data.segments {
        if row.id == id("radio@1.0") {
            Arc::make_mut(row).removed_at = Some(now());
        }
    }
    let mut console = Console::new(120, 40, data);
    console.keys("/radio<enter>");
    console
}

#[test]
fn it_is_marked_and_explained() {
    let mut console = console();
    let row = console.text();
    let row = row.lines().find(|line| line.contains("radio@1.0")).unwrap();
    assert!(row.contains("removed") && !row.contains("failed"), "{row}");
    console.keys("w");
    assert!(console.text().contains("has no record any more"), "{}", console.text());
    console.keys("<esc><esc>/state:removed<enter>");
    assert_eq!(console.model.segments.shown.len(), 1);
}

#[test]
fn it_can_only_be_uninstalled() {
    for key in ["d", "b", "r"] {
        let mut console = console();
        console.keys(key);
        assert!(console.model.overlays.is_empty(), "{key}: {}", console.text());
        let changes = |effect: &&Effect| matches!(effect, Effect::Change(_));
        assert_eq!(console.effects.iter().find(changes), None, "{key}");
    }
    let mut console = console();
    console.keys("i");
    assert!(matches!(console.model.overlays.last(), Some(Overlay::Seats(_))), "{}", console.text());
}
