//! What can be wrong with settings; every message names the place and what would be right.

use std::path::PathBuf;

use super::Origin;

use crate::domain::plainly;

/// What can be wrong with settings.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file cannot be read.
    #[error("settings file {}: {}", path.display(), plainly(error))]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// The file is no TOML.
    #[error("{origin}: {message}")]
    Syntax {
        /// File and line.
        origin: Origin,
        /// What the parser says.
        message: String,
    },
    /// No such setting.
    #[error("{origin}: there is no setting {key}{}", suggestion(nearest.as_deref()))]
    Unknown {
        /// Where it stands.
        origin: Origin,
        /// As it was written.
        key: String,
        /// The nearest known one.
        nearest: Option<String>,
    },
    /// A value that cannot be taken.
    #[error("{origin}: {key} must be {expected}{}", found.as_ref().map(|found| format!(", not {found}")).unwrap_or_default())]
    Wrong {
        /// Where it stands.
        origin: Origin,
        /// `section.key`
        key: String,
        /// What can be taken.
        expected: String,
        /// What is there; absent where it could hold a secret.
        found: Option<String>,
    },
    /// A `--set` that is no `section.key=value`.
    #[error("--set {text:?} is not written section.key=value")]
    BadSet {
        /// As it was given.
        text: String,
    },
    /// The host says no home folder, and a default place is needed.
    #[error(
        "this user has no home folder (HOME is not set): say where data shall lie with store.path and storage.url"
    )]
    NoDataFolder,
    /// The program's own list is broken.
    #[error("the built-in settings are broken: {0}")]
    BuiltIn(String),
}

fn suggestion(nearest: Option<&str>) -> String {
    nearest.map(|nearest| format!("; did you mean {nearest}?")).unwrap_or_default()
}
