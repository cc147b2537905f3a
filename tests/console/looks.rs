//! Language and colours, switched while the console runs and kept for the next time.

use std::path::Path;

use portable_pty::CommandBuilder;

use super::terminal::Terminal;

/// The demo in this locale, in true colours.
fn start(home: &Path, locale: &str) -> Terminal {
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_segdeck"));
    command.arg("demo");
    command.env_clear();
    command.env("LANG", locale);
    command.env("COLORTERM", "truecolor");
    Terminal::run(command, home, 120, 40)
}

#[test]
fn the_language_follows_the_locale_is_switched_by_a_key_and_kept() {
    let home = tempfile::tempdir().unwrap();
    let mut console = start(home.path(), "zh_CN.UTF-8");
    console.until("it speaks Chinese", |screen| screen.contains("1 软件段") && screen.contains("实时"));
    console.keys("Z");
    console.until("it speaks English", |screen| screen.contains("1 Segments") && screen.contains("LIVE"));
    console.keys("q");
    assert_eq!(console.exit_code(), 0);

    let mut console = start(home.path(), "zh_CN.UTF-8");
    console.until("it still speaks English", |screen| screen.contains("1 Segments"));
    console.keys("Z");
    console.until("it speaks Chinese again", |screen| screen.contains("1 软件段"));
    console.keys("q");
    assert_eq!(console.exit_code(), 0);
}

#[test]
fn a_theme_of_the_operators_is_chosen_kept_and_shown_anew_while_it_is_edited() {
    let home = tempfile::tempdir().unwrap();
    let themes = home.path().join(".config/segdeck/themes");
    std::fs::create_dir_all(&themes).unwrap();
    let colour = |colour: &str| {
        let theme = format!("base = \"default\"\ncursor = {{ fg = \"#000000\", bg = \"{colour}\" }}\n");
        std::fs::write(themes.join("mine.toml"), theme).unwrap();
    };
    colour("#102030");
    // The first row of the segments, below the banner, the box and the names of the columns.
    let cursor = (2, 3);
    let mut console = start(home.path(), "C.UTF-8");
    console.until("the samples are there", |screen| screen.contains("Segments (2)"));
    console.keys("T");
    console.until("the themes are listed", |screen| screen.contains("mine") && screen.contains("dark"));
    console.keys("G");
    console.until_coloured("it is shown under the cursor", cursor, vt100::Color::Rgb(0x10, 0x20, 0x30));
    console.keys("\r");
    console.until("it is chosen", |screen| screen.contains("The theme is mine from now on."));
    colour("#405060");
    console.until_coloured("it is shown as edited", cursor, vt100::Color::Rgb(0x40, 0x50, 0x60));
    console.keys("q");
    assert_eq!(console.exit_code(), 0);

    let mut console = start(home.path(), "C.UTF-8");
    console.until("the samples are there", |screen| screen.contains("Segments (2)"));
    console.until_coloured("it was kept", cursor, vt100::Color::Rgb(0x40, 0x50, 0x60));
    console.keys("q");
    assert_eq!(console.exit_code(), 0);
}
