//! Ctrl-Z and `fg`, in a real shell and without one.

use portable_pty::CommandBuilder;

use crate::terminal::Terminal;

#[test]
fn the_shell_gets_its_terminal_and_gives_it_back() {
    let home = tempfile::tempdir().unwrap();
    // What is found in the terminal's modes is of the console alone.
    std::fs::write(home.path().join(".inputrc"), "set enable-bracketed-paste off\n").unwrap();
    let mut command = CommandBuilder::new("bash");
    command.args(["--norc", "--noprofile", "-i"]);
    command.env_clear();
    command.env("PATH", "/usr/bin:/bin");
    command.env("PS1", "shell> ");
    command.env("HISTFILE", "");
    let mut shell = Terminal::run(command, home.path(), 100, 30);
    let segdeck = env!("CARGO_BIN_EXE_segdeck");
    shell.keys(&format!("'{segdeck}' demo\n"));
    shell.until("it leads", |screen| screen.contains("you lead") && screen.contains("LIVE"));

    // Often, as somebody does who is in a hurry; it asks once. Also while text is typed.
    shell.keys("/nav\x1a\x1a\x1a");
    shell.until("the shell has the terminal", |screen| screen.contains("Stopped"));
    assert!(shell.is_clean(), "the terminal is as it was found");
    let store = "store.path=$HOME/.local/share/segdeck-demo/segdeck.db";
    shell.keys(&format!("'{segdeck}' --set {store} controller status\n"));
    shell.until("the console has stepped down", |screen| screen.contains("nobody leads"));

    shell.keys("fg\n");
    shell.until("all is back", |screen| {
        screen.contains("you lead") && screen.contains("LIVE") && screen.contains("nav")
    });
    assert!(shell.is_alternate_screen());
    shell.keys("\r");
    shell.until("keys arrive", |screen| screen.contains("(1 of 2)"));
    shell.keys("q");
    shell.until("the shell is back", |screen| screen.contains("goes on with it"));
    assert!(shell.is_clean());
    shell.keys("exit\n");
    shell.exit_code();
}

#[test]
fn without_a_shell_it_stays() {
    let home = tempfile::tempdir().unwrap();
    let mut console = Terminal::start(home.path(), 100, 30);
    console.until("it is there", |screen| screen.contains("LIVE"));
    console.keys("\x1a");
    console.until("it says why it stays", |screen| screen.contains("No shell waits"));
    console.keys("q");
    assert_eq!(console.exit_code(), 0);
}
