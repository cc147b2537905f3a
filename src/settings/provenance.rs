//! Where the value of each setting came from, for `config show` and for error messages.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use crate::domain::Shown;

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Built in.
    Default,
    /// A settings file.
    File {
        /// Which one.
        path: PathBuf,
        /// Its line, from 1.
        line: usize,
    },
    /// An environment variable.
    Env(String),
    /// `--set`.
    Flag,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { path, line } => write!(f, "{}:{line}", Shown::from(&*path.to_string_lossy())),
            Self::Env(name) => f.write_str(name),
            Self::Flag => f.write_str("--set"),
        }
    }
}

/// A setting as it counts.
#[derive(Debug, Clone, PartialEq)]
pub struct Effective {
    /// Its value; durations as text, as in a settings file.
    pub value: toml::Value,
    /// Where it came from.
    pub origin: Origin,
}

/// Every setting by its name `section.key`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Provenance(pub(super) BTreeMap<String, Effective>);

impl Provenance {
    /// One setting by `section.key`.
    pub fn of(&self, key: &str) -> Option<&Effective> {
        self.0.get(key)
    }

    /// All of them, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Effective)> {
        self.0.iter().map(|(key, effective)| (key.as_str(), effective))
    }
}
