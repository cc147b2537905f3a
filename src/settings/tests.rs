//! Settings from all their sources, and what is said about wrong ones.

use std::ffi::OsString;

use super::*;

/// A folder with a settings file, and the sources that read it.
struct Site {
    dir: tempfile::TempDir,
    sources: Sources,
}

fn site(file: &str) -> Site {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("config.toml");
    std::fs::write(&path, file).unwrap();
    let sources = Sources {
        user_config: Some(path),
        data_dir: Some(dir.path().join("data")),
        working_dir: dir.path().join("work"),
        ..Sources::default()
    };
    Site { dir, sources }
}

fn env(pairs: &[(&str, &str)]) -> Vec<(OsString, OsString)> {
    pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()
}

/// What is said of this file; the folder's name is cut off.
fn complaint(file: &str) -> String {
    let site = site(file);
    let said = Settings::load(&site.sources).unwrap_err().to_string();
    said.replace(&format!("{}/", site.dir.path().display()), "")
}

fn complaint_of_flag(flag: &str) -> String {
    let mut site = site("");
    site.sources.set = vec![flag.to_owned()];
    Settings::load(&site.sources).unwrap_err().to_string()
}

#[test]
fn nothing_configured_is_the_list_and_places_in_the_data_folder() {
    let settings = Settings::defaults(Path::new("/data dir/segdeck")).unwrap();
    assert_eq!(settings.store.backend, Backend::Embedded);
    assert_eq!(settings.store.path, Path::new("/data dir/segdeck/segdeck.db"));
    assert_eq!(settings.storage.url, "file:///data%20dir/segdeck/files");
    assert_eq!(settings.controllers.lease_ttl, Duration::from_secs(10));
    assert_eq!(settings.controllers.retry_limit, 5);
    assert_eq!(settings.sync.max_delete_percent, 10);
    assert_eq!(settings.data_dir(), Some(Path::new("/data dir/segdeck")));
    assert!(!settings.ui.mouse);
}

#[test]
fn every_default_passes_its_own_check() {
    let (settings, provenance) = Settings::load(&Sources::only(Path::new("/d"))).unwrap();
    assert!(provenance.iter().count() >= 40);
    for (key, effective) in provenance.iter() {
        assert!(check::alone(key, &settings), "{key}");
        assert_eq!(effective.origin, Origin::Default);
    }
}

#[test]
fn later_sources_win_and_each_value_knows_where_it_came_from() {
    let mut site = site("[controllers]\nlease_ttl = \"20s\"\nretry_limit = 7\n\n[ui]\nmouse = true\n");
    site.sources.env = env(&[
        ("SEGDECK_CONTROLLERS__RETRY_LIMIT", "8"),
        ("SEGDECK_STORE__ENDPOINTS", "http://a:1, http://b:2"),
        ("SEGDECK_UI__MOUSE", "false"),
        ("SEGDECK_LOG", "debug"),
        ("PATH", "/bin"),
    ]);
    site.sources.set = vec!["ui.mouse=true".into(), "ui.theme=dark".into()];
    let (settings, provenance) = Settings::load(&site.sources).unwrap();
    assert_eq!(settings.controllers.lease_ttl, Duration::from_secs(20));
    assert_eq!(settings.controllers.retry_limit, 8);
    assert_eq!(settings.store.endpoints, ["http://a:1", "http://b:2"]);
    assert!(settings.ui.mouse);
    assert_eq!(settings.ui.theme, "dark");
    let origin = |key: &str| provenance.of(key).unwrap().origin.to_string();
    assert!(origin("controllers.lease_ttl").ends_with("config.toml:2"));
    assert_eq!(origin("controllers.retry_limit"), "SEGDECK_CONTROLLERS__RETRY_LIMIT");
    assert_eq!(origin("ui.mouse"), "--set");
    assert_eq!(origin("ui.glyphs"), "default");
}

#[test]
fn an_unknown_setting_is_named_with_its_line_and_the_nearest_known_one() {
    assert_eq!(
        complaint("# a\n[controllers]\nlease_tll = \"20s\"\n"),
        "config.toml:3: there is no setting controllers.lease_tll; did you mean controllers.lease_ttl?"
    );
    assert_eq!(
        complaint("\n[sync]\nlease_ttl = \"20s\"\n"),
        "config.toml:3: there is no setting sync.lease_ttl; did you mean controllers.lease_ttl?"
    );
    assert_eq!(
        complaint("\n[storag]\nurl = \"\"\n"),
        "config.toml:2: there is no setting storag.url; did you mean storage.url?"
    );
    assert_eq!(
        complaint("retry_limit = 3"),
        "config.toml:1: there is no setting retry_limit; did you mean controllers.retry_limit?"
    );
    assert_eq!(
        complaint("[store]\nendpoint = [\"http://a:1\"]\n"),
        "config.toml:2: there is no setting store.endpoint; did you mean store.endpoints?"
    );
    assert_eq!(complaint("[x]\nquite-other = 3"), "config.toml:1: there is no setting x.quite-other");
    assert_eq!(
        complaint_of_flag("ui.langage=en"),
        "--set: there is no setting ui.langage; did you mean ui.language?"
    );
    let mut site = site("");
    site.sources.env = env(&[("SEGDECK_STORE__PREFX", "/x")]);
    assert_eq!(
        Settings::load(&site.sources).unwrap_err().to_string(),
        "SEGDECK_STORE__PREFX: there is no setting store.prefx; did you mean SEGDECK_STORE__PREFIX?"
    );
}

#[test]
fn a_wrong_value_is_named_with_what_is_expected() {
    for (file, said) in [
        ("[ui]\nmouse = 1", "config.toml:2: ui.mouse must be true or false, not 1"),
        ("[ui]\n\nlanguage = \"fr\"", "config.toml:3: ui.language must be auto, en or zh-CN, not \"fr\""),
        (
            "[store]\nbackend = \"redis\"",
            "config.toml:2: store.backend must be embedded or etcd, not \"redis\"",
        ),
        (
            "[controllers]\nlease_ttl = 10",
            "config.toml:2: controllers.lease_ttl must be a text in quotes, not 10",
        ),
        (
            "[controllers]\nlease_ttl = \"1s\"",
            "config.toml:2: controllers.lease_ttl must be a duration from 2s to 1h, not \"1s\"",
        ),
        (
            "[controllers]\nlease_ttl = \"soon\"",
            "config.toml:2: controllers.lease_ttl must be a duration from 2s to 1h, not \"soon\"",
        ),
        (
            "[sync]\nmax_delete_percent = 101",
            "config.toml:2: sync.max_delete_percent must be a number from 0 to 100, not 101",
        ),
        (
            "[sync]\nmax_delete_percent = 300",
            "config.toml:2: sync.max_delete_percent must be a number from 0 to 100, not 300",
        ),
        (
            "[sync]\nmax_delete_percent = -1",
            "config.toml:2: sync.max_delete_percent must be a number from 0 to 100, not -1",
        ),
        ("[store]\nendpoints = [1]", "config.toml:2: store.endpoints must be a list of texts"),
        (
            "[store]\nca_file = \"~/ca.pem\"",
            "config.toml:2: store.ca_file must be a path; ~ is not understood here, write the whole path, not ~/ca.pem",
        ),
        (
            "[store]\nbackend = \"etcd\"",
            "config.toml:2: store.backend must be embedded, or store.endpoints must name the servers of etcd",
        ),
        (
            "[sdp]\ncert_file = \"/c\"",
            "config.toml:2: sdp.cert_file must be empty, or sdp.key_file must name its key",
        ),
        (
            "[store]\nusername = \"u\"",
            "config.toml:2: store.username must be empty, or store.password_file must name the file with its password",
        ),
    ] {
        assert_eq!(complaint(file), said);
    }
    assert!(complaint("[ui]\nmouse = \n").starts_with("config.toml:2: "));
    assert!(complaint("[ui]\nmouse = true\nmouse = true\n").starts_with("config.toml:3: "));
    assert_eq!(
        complaint_of_flag("upload.max_entries=many"),
        "--set: upload.max_entries must be a whole number, not \"many\""
    );
    assert_eq!(complaint_of_flag("mouse"), "--set \"mouse\" is not written section.key=value");
}

#[test]
fn an_address_with_a_password_is_refused_without_repeating_it() {
    for key in ["sdp.endpoint", "store.endpoints", "storage.url", "store15s.endpoint"] {
        let said = complaint_of_flag(&format!("{key}=https://me:hunter2@host"));
        assert!(said.starts_with(&format!("--set: {key} must be ")) && !said.contains("hunter2"), "{said}");
    }
    let said = complaint("[sdp]\nendpoint = [\"https://me:hunter2@host\"]");
    assert_eq!(said, "config.toml:2: sdp.endpoint must be a text in quotes");
    for bad in ["host:1", "ftp://host", "http://host/path", "http://"] {
        assert!(complaint_of_flag(&format!("sdp.endpoint={bad}")).contains("http://host:port"), "{bad}");
    }
}

#[test]
fn relative_paths_count_from_where_they_are_written() {
    let mut site = site("[sdp]\ntoken_file = \"token\"\n[store]\npath = \"/abs/s.db\"\n");
    site.sources.set = vec!["store15s.token_file=other".into()];
    let (settings, _) = Settings::load(&site.sources).unwrap();
    assert_eq!(settings.sdp.token_file, site.dir.path().join("token"));
    assert_eq!(settings.store15s.token_file, site.dir.path().join("work/other"));
    assert_eq!(settings.store.path, Path::new("/abs/s.db"));
}

#[test]
fn a_file_after_config_must_be_there_the_users_need_not() {
    let mut site = site("[ui]\ntheme = \"users\"\n");
    site.sources.config = Some("missing.toml".into());
    assert!(matches!(Settings::load(&site.sources), Err(SettingsError::Read { .. })));
    site.sources.config = None;
    site.sources.user_config = Some(site.dir.path().join("none.toml"));
    let (settings, _) = Settings::load(&site.sources).unwrap();
    assert_eq!((settings.ui.theme.as_str(), settings.folder()), ("default", Some(site.dir.path())));
}

#[test]
fn without_a_home_folder_places_must_be_said() {
    let mut sources = Sources::default();
    assert!(matches!(Settings::load(&sources), Err(SettingsError::NoDataFolder)));
    sources.set = vec!["store.path=/s.db".into(), "storage.url=s3://b".into()];
    let (settings, _) = Settings::load(&sources).unwrap();
    assert_eq!(settings.data_dir(), None);
    assert_eq!(settings.store.path, Path::new("/s.db"));
}

#[test]
fn a_file_that_is_no_settings_file_is_refused() {
    let site = site("");
    let path = site.sources.user_config.clone().unwrap();
    std::fs::write(&path, vec![b'#'; 2 << 20]).unwrap();
    assert!(matches!(Settings::load(&site.sources), Err(SettingsError::Read { .. })));
    std::fs::write(&path, [0xff, 0xfe]).unwrap();
    assert!(matches!(Settings::load(&site.sources), Err(SettingsError::Read { .. })));
}
