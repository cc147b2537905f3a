//! The record of a segment: one version of one packaged piece of software.

use serde::{Deserialize, Serialize};

use super::{FreeText, OperationId, Prefix, SegmentId, Timestamp, Unknown, Version};

/// Longest description a record keeps, in bytes; the manifest has the rest.
pub const MAX_DESCRIPTION: usize = 1024;

/// Longest reason a record keeps, in bytes.
pub const MAX_REASON: usize = 512;

/// The suffix of a segment file; it routes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Format {
    /// `.zip`, for SDP.
    Zip,
    /// `.mpk`, for the 15s store.
    Mpk,
}

impl Format {
    /// By the suffix of a file name, any case.
    pub fn of_file_name(name: &str) -> Option<Self> {
        let (_, suffix) = name.rsplit_once('.')?;
        [Self::Zip, Self::Mpk].into_iter().find(|format| format.as_str().eq_ignore_ascii_case(suffix))
    }

    /// `zip` or `mpk`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Zip => "zip",
            Self::Mpk => "mpk",
        }
    }

    /// The platform that takes this kind of file.
    pub fn remote(self) -> RemoteKind {
        match self {
            Self::Zip => RemoteKind::Sdp,
            Self::Mpk => RemoteKind::Store15s,
        }
    }
}

/// One of the two platforms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RemoteKind {
    /// The software deployment platform: keeps `.zip` segments and installs them.
    Sdp,
    /// The 15s software store: keeps `.mpk` segments; cannot install.
    Store15s,
}

impl RemoteKind {
    /// Both, in the order of the screens.
    pub const ALL: [Self; 2] = [Self::Sdp, Self::Store15s];

    /// As in keys, settings and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sdp => "sdp",
            Self::Store15s => "store15s",
        }
    }

    /// The suffix of the files this platform keeps.
    pub fn format(self) -> Format {
        match self {
            Self::Sdp => Format::Zip,
            Self::Store15s => Format::Mpk,
        }
    }

    /// Can it install on seats?
    pub fn deploys(self) -> bool {
        self == Self::Sdp
    }
}

impl std::fmt::Display for RemoteKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

impl std::str::FromStr for RemoteKind {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| format!("{text:?} is no remote; it is sdp or store15s"))
    }
}

/// Where the creation on the remote stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CreateState {
    /// Nothing tried yet in this generation.
    Pending,
    /// An attempt is under way or waits for its next try.
    Processing,
    /// It is there.
    Succeeded,
    /// Given up; `retry` begins a new generation.
    Failed,
}

impl CreateState {
    /// As in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Processing => "processing",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
        }
    }

    /// No controller will touch it again by itself.
    pub fn is_terminal(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed)
    }
}

/// The create status of a segment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateStatus {
    /// Where it stands.
    pub state: CreateState,
    /// When the state last changed.
    pub time: Timestamp,
    /// What the last failed attempt said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<FreeText>,
    /// Failed attempts of this generation that were followed, or will be, by another try.
    #[serde(default)]
    pub retry_count: u32,
    /// Not before this moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_retry_at: Option<Timestamp>,
    /// Rises with each `retry` by an operator.
    #[serde(default)]
    pub generation: u32,
    /// Fields of newer versions.
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// Where a deletion stands; a record without one is not being deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DeleteState {
    /// The remove controller is at it.
    Processing,
    /// Given up; asking again tries again.
    Failed,
}

impl DeleteState {
    /// As in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Processing => "processing",
            Self::Failed => "failed",
        }
    }
}

/// The delete status of a segment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeleteStatus {
    /// Where it stands.
    pub state: DeleteState,
    /// When the state last changed.
    pub time: Timestamp,
    /// What the remote said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<FreeText>,
    /// Failed attempts since it was asked for.
    #[serde(default)]
    pub retry_count: u32,
    /// Not before this moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_retry_at: Option<Timestamp>,
    /// Who asked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<FreeText>,
    /// The remote is to be left alone (`--local-only`).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub local_only: bool,
    /// It skips the trash: nothing of it can be brought back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub purge: bool,
    /// The remote does not have it any more: the file goes next, and nothing can fail this deletion now.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub remote_gone: bool,
    /// Fields of newer versions.
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// What a controller was about to do at a remote. While it stands, the outcome is not known: it is looked
/// up by its operation id before anything is sent again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Intent {
    /// The request id of the call.
    pub operation_id: OperationId,
    /// What kind of effect.
    pub effect: Effect,
    /// The leadership it was made under.
    pub epoch: u64,
    /// When it was written.
    pub since: Timestamp,
    /// When the call gives up by itself.
    pub deadline: Timestamp,
    /// Fields of newer versions.
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// An effect on a segment at its remote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Effect {
    /// Publish it.
    Create,
    /// Remove it.
    Delete,
}

/// A file that is not as it was stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum FileState {
    /// It is not in shared storage.
    Missing,
    /// It is there with other bytes.
    Altered,
}

impl FileState {
    /// As in records.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Altered => "altered",
        }
    }
}

/// What the remote knows of a segment.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RemoteExtra {
    /// The remote's own id of it.
    pub uid: String,
    /// Anything else worth keeping.
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// The record `segments/<prefix>/<version>`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Segment {
    /// `<prefix>@<version>`.
    pub id: SegmentId,
    /// The part that all versions share.
    pub prefix: Prefix,
    /// This one's version.
    pub version: Version,
    /// The human name.
    pub name: FreeText,
    /// What the manifest calls its type.
    #[serde(rename = "type", default, skip_serializing_if = "FreeText::is_empty")]
    pub kind: FreeText,
    /// At most [`MAX_DESCRIPTION`] bytes of it.
    #[serde(default, skip_serializing_if = "FreeText::is_empty")]
    pub description: FreeText,
    /// Who made it.
    #[serde(default, skip_serializing_if = "FreeText::is_empty")]
    pub vendor: FreeText,
    /// The suffix.
    pub format: Format,
    /// What the content was detected to be, e.g. `zip`.
    pub container: String,
    /// The platform it belongs to.
    pub remote: RemoteKind,
    /// The name the file came with, without folders.
    pub file_name: FreeText,
    /// In bytes.
    pub file_size: u64,
    /// Lower-case hex.
    pub sha256: String,
    /// Lower-case hex; absent while nobody has computed it yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub md5: Option<String>,
    /// Where the file lies in shared storage.
    pub storage_key: String,
    /// `prefix` or `prefix >=version`, one a line of the manifest.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requires: Vec<FreeText>,
    /// Prefixes that must not be beside it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conflicts: Vec<FreeText>,
    /// Architectures; empty: any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub archs: Vec<FreeText>,
    /// Uploaded here (`true`) or found on the remote by data sync (`false`).
    pub is_local: bool,
    /// What the last look at its file found, where that is not well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_state: Option<FileState>,
    /// When the record was made.
    pub created_at: Timestamp,
    /// Who uploaded it; `data sync` for what was found.
    pub created_by: FreeText,
    /// Last change of this record.
    pub updated_at: Timestamp,
    /// Where its creation on the remote stands.
    pub create_status: CreateStatus,
    /// Where its deletion stands, if one was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delete_status: Option<DeleteStatus>,
    /// When it was brought back from the trash: its remote may have it still.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restored_at: Option<Timestamp>,
    /// An effect whose outcome is not yet recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intent: Option<Intent>,
    /// What the remote knows of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote_extra: Option<RemoteExtra>,
    /// Fields of newer versions.
    #[serde(flatten)]
    pub unknown: Unknown,
}

impl Segment {
    /// Is a deletion under way?
    pub fn is_being_deleted(&self) -> bool {
        self.delete_status.as_ref().is_some_and(|status| status.state == DeleteState::Processing)
    }

    /// Is it for this architecture?
    pub fn runs_on(&self, arch: &str) -> bool {
        self.archs.is_empty() || self.archs.iter().any(|own| own.raw() == arch)
    }

    /// The remote's id of it, once published.
    pub fn uid(&self) -> Option<&str> {
        self.remote_extra.as_ref().map(|extra| extra.uid.as_str())
    }

    /// The remote has it under this id.
    pub fn set_uid(&mut self, uid: String) {
        let unknown = self.remote_extra.take().map(|extra| extra.unknown).unwrap_or_default();
        self.remote_extra = Some(RemoteExtra { uid, unknown });
    }
}
