//! Keys one after the other, as an operator's own keymap may have them.

use super::fixture::*;
use super::screens::at_sizes_of;
use crate::ui::keymap::Keymap;

fn console(width: u16, height: u16) -> Console {
    let folder = tempfile::tempdir().unwrap();
    let own = "[panes]\n\"x i\" = \"install\"\n\"x d\" = \"delete\"\n\"x l x\" = \"installs\"\n";
    std::fs::write(folder.path().join("keymap.toml"), own).unwrap();
    let mut console = Console::new(width, height, fleet());
    console.look.keymap = Keymap::with_own(Some(folder.path())).unwrap();
    console
}

#[test]
fn what_may_follow_is_shown() {
    at_sizes_of("pending", |width, height| {
        let mut console = console(width, height);
        console.keys("x");
        console
    });
    let mut console = console(120, 40);
    console.keys("x");
    let screen = console.text();
    assert!(screen.contains("And then") && screen.contains("l x"), "{screen}");
}

#[test]
fn the_last_key_does_it_and_a_wrong_one_does_nothing() {
    let mut console = console(120, 40);
    console.keys("xl");
    assert_eq!(console.model.pending.len(), 2);
    console.keys("x");
    assert!(console.model.pending.is_empty());
    assert_eq!(console.model.pane, crate::ui::model::Pane::Installs);
    for wrong in ["xq", "x<esc>", "xlz"] {
        console.keys(wrong);
        assert!(console.model.pending.is_empty() && !console.model.quit, "{wrong}");
        assert_eq!(console.model.pane, crate::ui::model::Pane::Installs, "{wrong}");
    }
    console.keys("1xi");
    assert!(console.model.chooser().is_some(), "{}", console.text());
}
