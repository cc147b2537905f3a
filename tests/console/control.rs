//! An install is paused, goes on, is tried again and cancelled; what is known of it is read. By keys alone.

use super::line_with;
use super::terminal::Terminal;

/// A demo whose samples are published, with the cursor on one of them.
fn demo(home: &std::path::Path) -> Terminal {
    let console = Terminal::start(home, 120, 40);
    console.until("the samples are published", |screen| {
        screen.contains("LIVE")
            && line_with(screen, &["geo-base@1.4.0", "ready"])
            && line_with(screen, &["nav-core@2.0.0", "ready"])
    });
    console
}

/// Installs what the cursor is on, on every seat.
fn install(console: &mut Terminal) {
    console.keys("i");
    console.until("seats can be chosen", |screen| screen.contains("0 seats wanted"));
    console.keys("*\r");
    console.until("the plan is shown", |screen| screen.contains("install on 36"));
    console.keys("y");
    console.until("the install is there", |screen| screen.contains("Installs (1)"));
    console.keys("4");
}

/// The only screen that was written with this suffix.
fn dumped(folder: &std::path::Path, suffix: &str) -> String {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let found: Vec<_> = files.filter(|path| path.extension().is_some_and(|own| own == suffix)).collect();
    let [file] = found.as_slice() else { panic!("{found:?}") };
    std::fs::read_to_string(file).unwrap()
}

#[test]
fn an_install_is_paused_goes_on_and_its_failures_are_tried_again() {
    let home = tempfile::tempdir().unwrap();
    let mut console = demo(home.path());
    install(&mut console);
    console.keys("p");
    console.until("it is paused", |screen| line_with(screen, &["geo-base@1.4.0", "paused"]));
    console.keys("p");
    console
        .until("it goes on to its end", |screen| line_with(screen, &["geo-base@1.4.0", "partial", "100%"]));
    console.keys("\r");
    console.until("what failed is told together", |screen| {
        screen.contains("Install of geo-base@1.4.0") && screen.contains(" seats: ")
    });
    console.keys("/state:failed\r");
    console.until("the failed ones alone are shown", |screen| {
        screen.contains("/state:failed") && !line_with(screen, &["seat-", "done", "100%"])
    });
    console.keys("e");
    console.until("they are exported", |screen| screen.contains("segdeck-install-seats-"));
    let exported = dumped(home.path(), "csv");
    let mut lines = exported.lines();
    assert!(lines.next().is_some_and(|head| head.starts_with("seat,ip,op,")), "{exported}");
    assert!(lines.clone().count() > 0 && lines.all(|line| line.contains(",failed,")), "{exported}");
    console.keys("\x1b");
    console.until("all are shown again", |screen| !screen.contains("/state:failed"));
    console.keys("r");
    console.until("it asks, with their number", |screen| screen.contains("once more?"));
    console.keys("y");
    console.until("the failed ones are tried again", |screen| screen.contains("attempt 2"));
    console.keys("A");
    console.until("who did what is told", |screen| {
        screen.contains("Who did what to") && line_with(screen, &["install.pause", "done"])
    });
    console.keys("\x1b");
    console.until("the box is closed", |screen| !screen.contains("Who did what to"));
    console.keys("J");
    console.until("its records are shown", |screen| {
        screen.contains("Records of") && line_with(screen, &["\"segmentId\": \"geo-base@1.4.0\""])
    });
    console.keys("\x1b");
    console.until("the box is closed", |screen| !screen.contains("Records of"));
    console.keys("P");
    console.until("the screen is written", |screen| screen.contains("The screen is in"));
    let written: Vec<String> = ["txt", "ansi"].map(|suffix| dumped(home.path(), suffix)).into();
    assert!(written.iter().all(|text| text.contains("Install of geo-base@1.4.0")), "{written:?}");
    assert!(!written[0].contains('\x1b') && written[1].contains('\x1b'));
    console.keys("\x1b");
    console.until("the install is closed", |screen| !screen.contains("Install of"));
    console.keys("q");
    assert_eq!(console.exit_code(), 0);
    assert!(console.is_clean());
}

#[test]
fn keys_typed_faster_than_lists_come_are_done_in_order() {
    let home = tempfile::tempdir().unwrap();
    let mut console = Terminal::start(home.path(), 80, 24);
    console.until("the samples are published", |screen| {
        screen.contains("LIVE") && line_with(screen, &["nav-core@2.0.0", "ready"])
    });
    // All seats but the first, at once after another segment: none of its lists is on the screen.
    console.keys("j");
    console.keys("b* \ry");
    console.until("all of it was done", |screen| screen.contains("nav-core is now meant for 35 seats"));
    console.keys("q");
    assert_eq!(console.exit_code(), 0);
}

#[test]
fn several_segments_are_marked_and_deleted_with_the_word() {
    let home = tempfile::tempdir().unwrap();
    let mut console = demo(home.path());
    console.keys("*");
    console.until("both are marked", |screen| screen.contains("2 marked"));
    console.keys("d");
    console.until("it asks", |screen| screen.contains("Delete 2 segments?"));
    console.keys("y\r");
    console.until("a y is not enough", |screen| screen.contains("Type delete to go on"));
    console.keys("\x7fdelete\r");
    console.until("they are gone", |screen| screen.contains("Segments (0)"));
    console.keys("q");
    assert_eq!(console.exit_code(), 0);
}

#[test]
fn a_cancelled_install_asks_first_and_ends() {
    let home = tempfile::tempdir().unwrap();
    let mut console = demo(home.path());
    install(&mut console);
    console.keys("c");
    console.until("it asks", |screen| screen.contains("Cancel"));
    console.keys("\x1b");
    console.until("nothing was done", |screen| !line_with(screen, &["geo-base@1.4.0", "cancel"]));
    console.keys("c");
    console.until("it asks again", |screen| screen.contains("Cancel"));
    console.keys("y");
    console.until("it is cancelled", |screen| line_with(screen, &["geo-base@1.4.0", "cancelled"]));
    console.keys("q");
    assert_eq!(console.exit_code(), 0);
}

#[test]
fn seats_are_bound_after_a_question() {
    let home = tempfile::tempdir().unwrap();
    let mut console = demo(home.path());
    console.keys("b");
    console.until("seats can be chosen", |screen| screen.contains("0 seats wanted"));
    console.keys("=seat-001..seat-009 !seat-005\r");
    console.until("eight are marked", |screen| screen.contains("8 seats wanted"));
    console.keys("\r");
    console.until("it asks, with the command", |screen| {
        screen.contains("Bind geo-base?") && screen.contains("demo.toml") && screen.contains("--seats")
    });
    console.keys("\x1b");
    console.until("nothing was done", |screen| !screen.contains("Bind geo-base?"));
    console.keys("\ry");
    console.until("they are bound", |screen| screen.contains("geo-base is now meant for 8 seats"));
    console.keys("q");
    assert_eq!(console.exit_code(), 0);
}

#[test]
fn a_rollout_is_asked_for_frozen_and_let_through() {
    let home = tempfile::tempdir().unwrap();
    let mut console = demo(home.path());
    console.keys("i");
    console.until("seats can be chosen", |screen| screen.contains("0 seats wanted"));
    console.keys("=seat-001..seat-006\r");
    console.until("six are marked", |screen| screen.contains("6 seats wanted"));
    console.keys("\r");
    console.until("the plan is shown", |screen| screen.contains("install on 6"));
    console.keys("w1,100%\t6\task\r");
    console.until("the plan tells its waves", |screen| {
        screen.contains("wave 1: 1 seat") && screen.contains("--waves 1,100% --max-failures 6 --gates ask")
    });
    console.keys("y");
    console.until("the first wave is over", |screen| line_with(screen, &["geo-base@1.4.0", "waiting"]));
    console.keys("4f");
    console.until("a freeze wants a reason", |screen| screen.contains("Type why"));
    console.keys("night\r");
    console.until("it is frozen", |screen| screen.contains("FROZEN"));
    console.keys("w");
    console.until("why tells of the gate", |screen| {
        screen.contains("Why:") && screen.contains("Begin the next wave")
    });
    console.keys("N");
    console.until("the next wave is asked for", |screen| screen.contains("is sent without waiting"));
    console.keys("y");
    console.until("the next wave is let through", |screen| screen.contains("The next wave begins"));
    console.keys("f");
    console.until("it asks", |screen| screen.contains("Send seats again?"));
    console.keys("y");
    console.until("it is lifted", |screen| !screen.contains("FROZEN"));
    console.keys("\x1b");
    console.until("the install comes to its end", |screen| line_with(screen, &["geo-base@1.4.0", "100%"]));
    console.keys("q");
    assert_eq!(console.exit_code(), 0);
}
