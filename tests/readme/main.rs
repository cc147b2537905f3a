//! The README promises nothing that is not there: its commands, settings, keys and links are those of the program.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may end early")]

mod shell;

use std::path::Path;

use shell::{blocks, calls};

/// Between these the key table stands.
const KEYS: [&str; 2] =
    ["<!-- keys: SEGDECK_UPDATE=1 cargo test --test readme -->\n", "<!-- end of keys -->"];

fn checkout() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn readme() -> String {
    std::fs::read_to_string(checkout().join("README.md")).unwrap()
}

#[test]
fn the_key_table_is_current() {
    let text = readme();
    let begin = text.find(KEYS[0]).expect("the begin of the key table") + KEYS[0].len();
    let end = text.find(KEYS[1]).expect("the end of the key table");
    let table = segdeck::ui::key_table();
    assert!(table.lines().count() > 20, "{table}");
    if std::env::var_os("SEGDECK_UPDATE").is_some() {
        let new = format!("{}{table}{}", &text[..begin], &text[end..]);
        std::fs::write(checkout().join("README.md"), new).unwrap();
    } else {
        assert_eq!(text[begin..end], table, "run: SEGDECK_UPDATE=1 cargo test --test readme");
    }
}

#[test]
fn every_command_is_understood() {
    let mut seen = 0;
    for file in ["README.md", "CONTRIBUTING.md"] {
        for block in blocks(&std::fs::read_to_string(checkout().join(file)).unwrap()) {
            for call in calls(&block) {
                seen += 1;
                let call: Vec<String> = call.into_iter().map(stands_for).collect();
                let understood = segdeck::cli::understands(&call);
                assert!(
                    understood.is_ok(),
                    "{file}: segdeck {}\n{}",
                    call.join(" "),
                    understood.unwrap_err()
                );
            }
        }
    }
    assert!(seen > 40, "only {seen} calls of segdeck were found");
    assert!(segdeck::cli::understands(&["segment".to_owned(), "uplaod".to_owned()]).is_err());
}

/// Something that can stand where the page has the name of an argument.
fn stands_for(word: String) -> String {
    match word.as_str() {
        "ID" => "nav-core@2.1.0".to_owned(),
        "RECORD" => "01M82F3FJXQMAWNJ3J61HX0FMP".to_owned(),
        "ADDR" => "127.0.0.1:7600".to_owned(),
        _ => word,
    }
}

#[test]
fn every_setting_is_known() {
    let defaults: toml::Table =
        std::fs::read_to_string(checkout().join("config/default.toml")).unwrap().parse().unwrap();
    let known = |name: &str| {
        let (section, key) = name.split_once('.').unwrap_or_default();
        defaults.get(section).is_some_and(|section| section.get(key).is_some())
    };
    assert!(!known("store.nonsense") && !known("store") && known("store.backend"));
    let text = readme();
    let table = text.split_once("| Setting | Default |").unwrap().1.split_once("\n\n").unwrap().0;
    let mut seen = 0;
    for row in table.lines().skip(2) {
        for name in row.split('|').nth(1).unwrap().split('`').skip(1).step_by(2) {
            seen += 1;
            assert!(known(name), "{name} is no setting");
        }
    }
    assert!(seen > 15, "only {seen} settings were found");
}

#[test]
fn every_example_of_a_settings_file_is_sound() {
    let text = readme();
    let example = text.split_once("```toml\n").unwrap().1.split_once("```").unwrap().0;
    let home = tempfile::tempdir().unwrap();
    // The secrets it names lie elsewhere here.
    let folder = home.path().join("segdeck");
    std::fs::create_dir(&folder).unwrap();
    for name in ["etcd-password", "ca.pem", "client.pem", "client.key", "sdp-token", "store-token"] {
        std::fs::write(folder.join(name), "x\n").unwrap();
    }
    let example = example.replace("/etc/segdeck", folder.to_str().unwrap());
    let file = home.path().join("segdeck.toml");
    std::fs::write(&file, example).unwrap();
    let run = std::process::Command::new(env!("CARGO_BIN_EXE_segdeck"))
        .arg("--config")
        .arg(&file)
        .args(["config", "check"])
        .env_clear()
        .env("HOME", home.path())
        .output()
        .unwrap();
    assert!(
        run.status.success(),
        "{}{}",
        String::from_utf8_lossy(&run.stdout),
        String::from_utf8_lossy(&run.stderr)
    );
}

#[test]
fn every_link_leads_somewhere() {
    for file in ["README.md", "CONTRIBUTING.md"] {
        let text = std::fs::read_to_string(checkout().join(file)).unwrap();
        let anchors: Vec<String> =
            text.lines().filter_map(|line| line.strip_prefix("## ")).map(anchor).collect();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(link, _)| link) {
            match link.strip_prefix('#') {
                Some(name) => {
                    assert!(anchors.iter().any(|anchor| anchor == name), "{file}: no heading {link}")
                }
                None => assert!(
                    link.starts_with("https://") || checkout().join(link).exists(),
                    "{file}: {link} is not there"
                ),
            }
        }
    }
}

/// How a heading is linked to.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|sign| sign.is_alphanumeric() || " -".contains(*sign));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}
