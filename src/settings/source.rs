//! Where settings may come from. Gathered once from the process; tests hand in their own.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use directories::ProjectDirs;

/// Everything that [`super::Settings::load`] looks at.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// The file after `--config`; it must exist.
    pub config: Option<PathBuf>,
    /// The file in the user's configuration folder; it may be absent.
    pub user_config: Option<PathBuf>,
    /// Where the operator's themes and keys lie when no settings file is read.
    pub looks: Option<PathBuf>,
    /// The environment.
    pub env: Vec<(OsString, OsString)>,
    /// Each `section.key=value` after a `--set`.
    pub set: Vec<String>,
    /// The data folder; none where the host says no home folder.
    pub data_dir: Option<PathBuf>,
    /// What relative paths of variables and flags count from.
    pub working_dir: PathBuf,
}

impl Sources {
    /// The sources of this process: its environment and the user's folders.
    pub fn of_process() -> Self {
        let dirs = ProjectDirs::from("", "", "segdeck");
        Self {
            user_config: dirs.as_ref().map(|dirs| dirs.config_dir().join("config.toml")),
            env: std::env::vars_os().collect(),
            data_dir: dirs.map(|dirs| dirs.data_dir().to_owned()),
            working_dir: std::env::current_dir().unwrap_or_default(),
            ..Self::default()
        }
    }

    /// The data folder of the demo, apart from the real one.
    pub fn demo_data_dir() -> Option<PathBuf> {
        ProjectDirs::from("", "", "segdeck-demo").map(|dirs| dirs.data_dir().to_owned())
    }

    /// Nothing but the defaults, in this data folder.
    pub fn only(data_dir: &Path) -> Self {
        Self { data_dir: Some(data_dir.to_owned()), ..Self::default() }
    }

    /// The file that is read, if any: for `config path`.
    pub fn config_file(&self) -> Option<&Path> {
        self.config.as_deref().or(self.user_config.as_deref())
    }
}
