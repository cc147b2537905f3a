//! `segdeck config`, and where settings come from.

use crate::house::House;

#[test]
fn path_show_and_check() {
    let house = House::new();
    let path = house.run(&["config", "path"]).exits(0).out;
    assert_eq!(path.trim(), house.path().join(".config/segdeck/config.toml").to_str().unwrap());
    house.run(&["config", "check"]).exits(0);
    let shown =
        house.run(&["config", "show", "--set", "controllers.retry_limit=7", "-o", "json"]).exits(0).json();
    let setting = |key: &str| {
        shown["items"].as_array().unwrap().iter().find(|item| item["key"] == key).cloned().unwrap()
    };
    assert_eq!(setting("controllers.retry_limit")["value"], 7);
    assert_eq!(setting("controllers.retry_limit")["origin"], "--set");
    assert_eq!(setting("controllers.lease_ttl")["value"], "10s");
    // None of them needs a store: none was made.
    assert!(!house.path().join(".local").exists());
}

#[test]
fn file_environment_flag_in_this_order() {
    let house = House::new();
    house.file(".config/segdeck/config.toml", "[upload]\nmax_entries = 11\nmax_file_size = 12\n");
    let value = |command: &mut std::process::Command, key: &str| {
        let run: crate::house::Run = command.output().unwrap().into();
        let shown = run.exits(0).json();
        shown["items"].as_array().unwrap().iter().find(|item| item["key"] == key).cloned().unwrap()["value"]
            .clone()
    };
    let show = ["config", "show", "-o", "json"];
    assert_eq!(value(&mut house.command(&show), "upload.max_entries"), 11);
    let mut with_env = house.command(&show);
    with_env.env("SEGDECK_UPLOAD__MAX_ENTRIES", "22");
    assert_eq!(value(&mut with_env, "upload.max_entries"), 22);
    let mut with_flag = house.command(&["--set", "upload.max_entries=33", "config", "show", "-o", "json"]);
    with_flag.env("SEGDECK_UPLOAD__MAX_ENTRIES", "22");
    assert_eq!(value(&mut with_flag, "upload.max_entries"), 33);
    let other = house.file("other.toml", "[upload]\nmax_entries = 44\n");
    let shown = &["--config", other.to_str().unwrap(), "config", "show", "-o", "json"];
    assert_eq!(value(&mut house.command(shown), "upload.max_entries"), 44);
}

#[test]
fn an_unknown_key_is_named_with_its_line_and_the_nearest() {
    let house = House::new();
    house.file(".config/segdeck/config.toml", "[controllers]\nlease_ttl = \"10s\"\nretry_limt = 3\n");
    for command in [&["config", "check", "-o", "json"][..], &["segment", "list", "-o", "json"]] {
        house.run(command).refuses(1, "invalid", &["config.toml:3", "retry_limt", "controllers.retry_limit"]);
    }
    house.file(".config/segdeck/config.toml", "[store]\nbackend = \"etcd\n");
    house.run(&["config", "check", "-o", "json"]).refuses(1, "invalid", &["config.toml:2"]);
    house.run(&["--config", "absent.toml", "config", "check", "-o", "json"]).refuses(
        1,
        "invalid",
        &["absent.toml"],
    );
    // A broken file does not keep help and completions away.
    house.run(&["completions", "bash"]).exits(0);
}

#[test]
fn a_file_that_a_setting_names_must_be_there() {
    let house = House::new();
    let set = "sdp.token_file=/nowhere/token";
    house.run(&["config", "check", "--set", set, "-o", "json"]).refuses(
        1,
        "invalid",
        &["sdp.token_file", "/nowhere/token"],
    );
}

#[test]
fn themes_and_keys_are_checked_with_the_settings() {
    let house = House::new();
    let set = ["config", "check", "--set", "ui.theme=mine", "-o", "json"];
    house.run(&set).refuses(1, "invalid", &["no theme \"mine\"", "high-contrast", "themes/mine.toml"]);
    house.file(".config/segdeck/themes/mine.toml", "base = \"dark\"\ngood = { fg = \"gren\" }\n");
    house.run(&set).refuses(1, "invalid", &["themes/mine.toml:2", "\"gren\" is no colour"]);
    house.file(".config/segdeck/themes/mine.toml", "base = \"dark\"\ngood = { fg = \"green\" }\n");
    house.run(&set).exits(0);
    house.file(".config/segdeck/keymap.toml", "[panes]\nx = \"instal\"\n");
    house.run(&set).refuses(1, "invalid", &["keymap.toml:2", "no action \"instal\""]);
    // One run tells what is wrong with each file.
    house.file(".config/segdeck/themes/other.toml", "ground = 7\n");
    let files = [&set[..], &["--set", "sdp.token_file=/nowhere/token"]].concat();
    house.run(&files).refuses(1, "invalid", &["keymap.toml:2", "themes/other.toml:1", "/nowhere/token"]);
    house.file(".config/segdeck/themes/other.toml", "base = \"dark\"\n");
    house.file(".config/segdeck/keymap.toml", "[panes]\nx = \"install\"\n");
    house.run(&set).exits(0);
}
