//! Settings: defaults < file < environment < flags. `config/default.toml` is the list of all of them.

mod check;
mod error;
mod layer;
mod load;
mod provenance;
mod source;
mod span;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::domain::strategy::{self, Rules};
use crate::domain::sync::Hold;
use crate::domain::windows::Windows;
use crate::domain::words::Say;

pub use error::SettingsError;
pub use provenance::{Effective, Origin, Provenance};
pub use source::Sources;

/// All settings with their defaults and what they mean; also the list of the known ones.
pub const DEFAULTS: &str = include_str!("../../config/default.toml");

/// Everything that can be set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Where records lie.
    pub store: StoreSettings,
    /// Where files lie.
    pub storage: StorageSettings,
    /// The software deployment platform.
    pub sdp: RemoteSettings,
    /// The 15s software store.
    pub store15s: RemoteSettings,
    /// The background loops.
    pub controllers: ControllerSettings,
    /// Data sync.
    pub sync: SyncSettings,
    /// What was deleted.
    pub trash: TrashSettings,
    /// The audit trail.
    pub audit: AuditSettings,
    /// Installs.
    pub install: InstallSettings,
    /// Who is told what happened.
    pub notices: NoticeSettings,
    /// What an upload may be.
    pub upload: UploadSettings,
    /// The console.
    pub ui: UiSettings,
    /// See [`Settings::data_dir`].
    #[serde(skip)]
    data_dir: Option<PathBuf>,
    /// See [`Settings::folder`].
    #[serde(skip)]
    folder: Option<PathBuf>,
}

impl Settings {
    /// Puts the sources together, checks every value, and says where each came from. An empty `store.path`
    /// or `storage.url` is filled in with its place in the data folder.
    ///
    /// # Errors
    /// Which setting, in which file and line or variable, is unknown or wrong, and what is expected.
    pub fn load(sources: &Sources) -> Result<(Self, Provenance), SettingsError> {
        load::load(sources)
    }

    /// The built-in settings, with everything in `data_dir`.
    ///
    /// # Errors
    /// As [`Settings::load`]; not with the built-in list of this program.
    pub fn defaults(data_dir: &Path) -> Result<Self, SettingsError> {
        Self::load(&Sources::only(data_dir)).map(|(settings, _)| settings)
    }

    /// The folder for what Segdeck keeps on this host: the embedded store, files, the log. None where the
    /// host says no home folder and nothing needed one.
    pub fn data_dir(&self) -> Option<&Path> {
        self.data_dir.as_deref()
    }

    /// The folder of the settings file, whether there is one or not; the operator's themes lie in it.
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }
}

/// Which engine keeps the records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Backend {
    /// A file on this host.
    Embedded,
    /// A team's etcd.
    Etcd,
}

/// `[store]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoreSettings {
    /// The engine.
    pub backend: Backend,
    /// The embedded store's file; empty: `segdeck.db` in the user's data folder.
    pub path: PathBuf,
    /// etcd's client addresses.
    pub endpoints: Vec<String>,
    /// Root of all keys in etcd.
    pub prefix: String,
    /// etcd user; empty: none.
    pub username: String,
    /// File that holds the password.
    pub password_file: PathBuf,
    /// Certificate authority of the servers.
    pub ca_file: PathBuf,
    /// Our certificate.
    pub cert_file: PathBuf,
    /// Its key.
    pub key_file: PathBuf,
}

/// `[storage]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StorageSettings {
    /// `file:///...` or `s3://bucket/prefix`; empty: `files/` in the user's data folder.
    pub url: String,
}

/// `[sdp]` and `[store15s]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemoteSettings {
    /// `http://host:port` or `https://host:port`; empty: not configured.
    pub endpoint: String,
    /// Certificate authority of the server.
    pub ca_file: PathBuf,
    /// Our certificate.
    pub cert_file: PathBuf,
    /// Its key.
    pub key_file: PathBuf,
    /// File that holds a bearer token.
    pub token_file: PathBuf,
}

/// `[controllers]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ControllerSettings {
    /// May this process drive?
    pub enabled: bool,
    /// How long a silent leader stays leader.
    #[serde(with = "span")]
    pub lease_ttl: Duration,
    /// Tries after the first.
    pub retry_limit: u32,
    /// Between two tries.
    #[serde(with = "span")]
    pub retry_interval: Duration,
    /// Between two looks at a running task.
    #[serde(with = "span")]
    pub poll_interval: Duration,
    /// Between two data syncs; 0: on demand only.
    #[serde(with = "span")]
    pub sync_interval: Duration,
    /// Between two sweeps.
    #[serde(with = "span")]
    pub sweep_interval: Duration,
}

/// `[sync]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SyncSettings {
    /// More removals of a week than this part of the records wait for a confirmation.
    pub max_delete_percent: u8,
    /// Which removals always wait for one.
    pub hold: Hold,
}

/// `[trash]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrashSettings {
    /// How long it can be brought back; 0: until an operator empties the trash.
    #[serde(with = "span")]
    pub keep: Duration,
}

/// `[audit]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditSettings {
    /// Older entries go; 0: none by age.
    #[serde(with = "span")]
    pub max_age: Duration,
    /// The oldest beyond this many go; 0: any number stays.
    pub max_entries: usize,
}

/// `[install]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InstallSettings {
    /// A seat that nobody has begun within this ends `timedOut`.
    #[serde(with = "span")]
    pub pickup_deadline: Duration,
    /// A running seat without news for this long ends `timedOut`.
    #[serde(with = "span")]
    pub progress_deadline: Duration,
    /// The whole install.
    #[serde(with = "span")]
    pub total_deadline: Duration,
    /// Seats in work at once.
    pub max_concurrent_seats: usize,
    /// Up to where each wave of an install goes, e.g. `1,10%,100%`; empty: all seats in one.
    pub waves: String,
    /// How many seats of each wave may fail before it stops, e.g. `0,2%`; empty: any number.
    pub max_failures: String,
    /// What must be after each wave, e.g. `ask,10m,open`; empty: nothing.
    pub gates: String,
    /// Maintenance windows by group, as [`Windows::parse`] reads them; empty: any time.
    pub windows: String,
    /// Blackout days by group; empty: none.
    pub blackouts: String,
    /// What becomes of seats outside of them.
    pub outside: Outside,
}

/// What becomes of seats that are asked for outside their maintenance windows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outside {
    /// They wait.
    Wait,
    /// They are blocked.
    Refuse,
}

impl InstallSettings {
    /// When seats may be worked on.
    ///
    /// # Errors
    /// What cannot be understood.
    pub fn windows(&self) -> Result<Windows, String> {
        Windows::parse(&self.windows, &self.blackouts)
    }

    /// How the seats of an install are taken, if its operator asks for nothing else.
    ///
    /// # Errors
    /// What cannot be understood.
    pub fn rules(&self) -> Result<Rules, Say> {
        Ok(Rules {
            waves: strategy::list(&self.waves)?,
            max_failures: strategy::list(&self.max_failures)?,
            gates: strategy::list(&self.gates)?,
            at_once: Vec::new(),
        })
    }
}

/// `[notices]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeSettings {
    /// A program and its arguments; it gets a notice as JSON on its standard input. Empty: none.
    pub command: Vec<String>,
    /// An address that a notice is posted to. Empty: none.
    pub webhook: String,
    /// Certificate authority of its server; empty: those that the system trusts.
    pub webhook_ca_file: PathBuf,
    /// File that holds a bearer token for it.
    pub webhook_token_file: PathBuf,
    /// What is told.
    pub of: Vec<NoticeEvent>,
    /// How long one try may take.
    #[serde(with = "span")]
    pub timeout: Duration,
}

/// What a notice can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum NoticeEvent {
    /// An install is at its end.
    Ended,
    /// Too many seats of a wave failed: an install waits for an operator.
    Stopped,
    /// A segment could not be published, or not deleted, and is not tried again by itself.
    Failed,
    /// Data sync removed segments that are gone on their platform.
    Removed,
    /// Data sync holds such removals until an operator confirms them.
    Held,
}

impl NoticeEvent {
    /// As in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ended => "ended",
            Self::Stopped => "stopped",
            Self::Failed => "failed",
            Self::Removed => "removed",
            Self::Held => "held",
        }
    }
}

/// `[upload]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UploadSettings {
    /// Bytes of the file.
    pub max_file_size: u64,
    /// Bytes of everything in it.
    pub max_unpacked_size: u64,
    /// How many times its own size it may unpack to.
    pub max_ratio: u64,
    /// Files and folders in it.
    pub max_entries: u64,
    /// Bytes of a zip archive's directory.
    pub max_directory_size: u64,
    /// Bytes of a name in it, its folders included.
    pub max_name_length: u64,
    /// Folders within folders.
    pub max_depth: u64,
}

/// `[ui]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UiSettings {
    /// `auto`, `en` or `zh-CN`.
    pub language: String,
    /// Name of a theme.
    pub theme: String,
    /// `unicode` or `ascii`.
    pub glyphs: String,
    /// Does the mouse work in the console?
    pub mouse: bool,
    /// What calls the operator when an install that they asked for has ended: `off`, `bell` or `message`.
    pub notify: String,
    /// A plan for more seats than this wants a word typed in the console.
    pub word_above: usize,
    /// Does the console leave everything as it is?
    pub read_only: bool,
    /// Shortest time between two frames.
    #[serde(with = "span")]
    pub frame_interval: Duration,
}
