//! A user who may only look: the console finds that out by itself, and when it changes.

use portable_pty::CommandBuilder;

use super::etcd::Etcd;
use super::terminal::Terminal;

#[test]
fn who_may_only_look_is_told_before_anything_is_tried() {
    let server = Etcd::start();
    server.enable_auth("operator", "secret", "/rights/");
    let root = ["--user", "root:root"];
    let ctl = |words: &[&str]| server.ctl(&[&root, words].concat());
    ctl(&["role", "add", "look"]);
    ctl(&["role", "grant-permission", "--prefix=true", "look", "read", "/rights/"]);
    ctl(&["user", "add", "guest:guest"]);
    ctl(&["user", "grant-role", "guest", "look"]);

    let home = tempfile::tempdir().unwrap();
    let password = server.file("guest", "guest\n");
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_segdeck"));
    command.env_clear();
    for set in [
        "store.backend=etcd",
        "store.prefix=/rights",
        "store.username=guest",
        &format!("store.endpoints=http://{}", server.endpoint()),
        &format!("store.password_file={}", password.display()),
        &format!("storage.url=file://{}", home.path().display()),
    ] {
        command.args(["--set", set]);
    }
    let mut console = Terminal::run(command, home.path(), 120, 40);
    console.until("it says so", |screen| screen.contains("READ-ONLY"));
    console.keys("u");
    console.until("it tells why", |screen| screen.contains("lets its user only look"));

    // It is asked again when the store comes back.
    ctl(&["user", "grant-role", "guest", "console"]);
    let mut server = server;
    server.restart();
    console.until("it may now", |screen| !screen.contains("READ-ONLY"));
    console.keys("u");
    console.until("the files are shown", |screen| screen.contains("Enter") && !screen.contains("only look"));
    console.keys("\x03");
    assert_eq!(console.exit_code(), 0);
}
