//! Puts the layers over each other, checks what counts, and fills in the default places.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Value;

use super::layer::{self, Layer};
use super::{DEFAULTS, Effective, Origin, Provenance, Settings, SettingsError, Sources, check};

/// See [`Settings::load`].
pub(super) fn load(sources: &Sources) -> Result<(Settings, Provenance), SettingsError> {
    let defaults = layer::built_in(DEFAULTS)?;
    let mut layers = Vec::new();
    match (&sources.config, &sources.user_config) {
        (Some(path), _) => layers.push(layer::file(&defaults, &sources.working_dir.join(path))?),
        (None, Some(path)) if path.exists() => layers.push(layer::file(&defaults, path)?),
        _ => {}
    }
    layers.push(layer::environment(&defaults, &sources.env)?);
    layers.push(layer::flags(&defaults, &sources.set)?);

    let mut effective = defaults.clone();
    for (key, mut value) in layers.into_iter().flatten() {
        absolute(&key, &mut value, &sources.working_dir)?;
        check_alone(&defaults, &key, &value)?;
        effective.insert(key, value);
    }
    places(&mut effective, sources.data_dir.as_deref())?;
    let mut settings = typed(&effective).map_err(|error| SettingsError::BuiltIn(error.to_string()))?;
    if let Some((key, expected)) = check::together(&settings) {
        let origin = effective.get(key).map_or(Origin::Default, |effective| effective.origin.clone());
        return Err(SettingsError::Wrong { origin, key: key.to_owned(), expected, found: None });
    }
    settings.data_dir.clone_from(&sources.data_dir);
    let file = sources.config_file().map(|file| sources.working_dir.join(file));
    settings.folder =
        file.as_deref().and_then(Path::parent).map(Path::to_owned).or_else(|| sources.looks.clone());
    Ok((settings, Provenance(effective)))
}

/// Tries a value among the defaults alone, so that what is wrong is this value's fault.
fn check_alone(defaults: &Layer, key: &str, value: &Effective) -> Result<(), SettingsError> {
    let mut trial = defaults.clone();
    trial.insert(key.to_owned(), value.clone());
    let wrong = |expected: String| {
        let found = (!layer::may_hold_secret(key)).then(|| layer::shown(&value.value.to_string()));
        SettingsError::Wrong { origin: value.origin.clone(), key: key.to_owned(), expected, found }
    };
    let settings = typed(&trial).map_err(|error| match check::expected(key) {
        Some(expected) => wrong(expected.to_owned()),
        None => wrong(format!("something else ({})", layer::shown(error.message()))),
    })?;
    if check::alone(key, &settings) {
        return Ok(());
    }
    Err(wrong(check::expected(key).unwrap_or("within its range").to_owned()))
}

fn typed(layer: &Layer) -> Result<Settings, toml::de::Error> {
    let mut table = toml::Table::new();
    for (key, effective) in layer {
        let Some((section, key)) = key.split_once('.') else { continue };
        let section = table.entry(section).or_insert_with(|| Value::Table(toml::Table::new()));
        if let Value::Table(section) = section {
            section.insert(key.to_owned(), effective.value.clone());
        }
    }
    Settings::deserialize(table)
}

/// A relative path counts from the file it stands in, or from the working directory.
fn absolute(key: &str, effective: &mut Effective, working_dir: &Path) -> Result<(), SettingsError> {
    let is_path = key == "store.path" || key.ends_with("_file");
    let Some(text) = effective.value.as_str().filter(|text| is_path && !text.is_empty()) else {
        return Ok(());
    };
    if text.starts_with('~') {
        return Err(SettingsError::Wrong {
            origin: effective.origin.clone(),
            key: key.to_owned(),
            expected: "a path; ~ is not understood here, write the whole path".to_owned(),
            found: Some(layer::shown(text)),
        });
    }
    let base = match &effective.origin {
        Origin::File { path, .. } => path.parent().unwrap_or(working_dir),
        _ => working_dir,
    };
    effective.value = Value::from(base.join(text).to_string_lossy().into_owned());
    Ok(())
}

/// Fills in the places in the data folder.
fn places(effective: &mut Layer, data_dir: Option<&Path>) -> Result<(), SettingsError> {
    let embedded =
        effective.get("store.backend").and_then(|backend| backend.value.as_str()) == Some("embedded");
    let in_data = |name: &str| -> Result<PathBuf, SettingsError> {
        data_dir.map(|folder| folder.join(name)).ok_or(SettingsError::NoDataFolder)
    };
    if let Some(path) = empty(effective, "store.path").filter(|_| embedded) {
        path.value = Value::from(in_data("segdeck.db")?.to_string_lossy().into_owned());
    }
    if let Some(url) = empty(effective, "storage.url") {
        let folder = in_data("files")?;
        let address = url::Url::from_file_path(&folder).map_err(|()| SettingsError::NoDataFolder)?;
        url.value = Value::from(String::from(address));
    }
    Ok(())
}

fn empty<'a>(layer: &'a mut Layer, key: &str) -> Option<&'a mut Effective> {
    layer.get_mut(key).filter(|effective| effective.value.as_str() == Some(""))
}
