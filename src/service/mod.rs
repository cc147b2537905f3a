//! What an operator can ask for, one file a use case. The console and the commands call the same.
//! Every change is one guarded transaction with its audit entry in it.
//!
//! What does not belong here: driving a record to its goal (`controllers`), and how an answer looks.

mod access;
mod audit;
mod bind;
mod checks;
mod commit;
mod control;
mod delete;
mod devices;
mod error;
mod exists;
mod force_finish;
mod format;
mod freeze;
mod incarnation;
mod inspect;
mod install;
mod installs;
mod leftovers;
mod list;
mod matrix;
mod plan;
mod platforms;
mod raw;
mod related;
mod repair;
mod requirements;
mod retry;
mod retry_install;
mod rights;
mod rollback;
mod rollout;
mod seat_history;
mod seat_lists;
mod seat_show;
mod seat_verify;
mod seats;
mod seen;
mod show;
mod site;
mod source;
mod standing;
mod sweep;
mod sync;
mod trash;
mod upload;
mod verify;
mod versions;

use std::sync::Arc;

pub use access::{Files, Records, Writes};
pub use audit::AuditQuery;
pub(crate) use commit::{Audited, brief};
pub use control::retryable_seats;
pub use delete::DeleteOptions;
pub use error::{Code, ServiceError};
pub use format::FORMAT;
pub use inspect::{Findings, InspectProgress, inspect};
pub use install::{InstallOptions, LeaveOut, UNINSTALL_NEEDS_WORD};
pub use installs::{InstallView, SeatView};
pub use leftovers::Removed;
pub(crate) use leftovers::settle;
pub use list::{ListRequest, Listed, Sort};
pub use plan::Wanted;
pub(crate) use platforms::{Met, NotMet, meet, other_platform, pin_of};
pub use platforms::{PlatformAdopted, PlatformShown, PlatformState, show_platform};
pub use raw::{RawRecord, Thing};
pub(crate) use repair::Amiss;
pub use requirements::{MissingRequirement, Offered};
pub use rights::Rights;
pub use rollback::Rollback;
pub use rollout::{Canary, Rollout, Rule};
pub(crate) use seat_history::histories;
pub(crate) use seat_lists::SeatLists;
pub use seat_show::SeatShown;
pub use seat_verify::{SeatFound, SeatTotals, SeatVerified};
pub use seats::ImportResult;
pub use seen::Seen;
pub use show::SegmentView;
pub use site::{Adopted, StorageShown};
pub use standing::Standing;
pub(crate) use sweep::SweepFound;
pub use sweep::{Orphan, SweepPreview};
pub(crate) use sync::{CONFLICT, Here, Tombstone, list_remote, on_seats};
pub use trash::{InTrash, TrashShown, TrashSize};
pub(crate) use upload::{Checked, Incoming};
pub use upload::{Expected, UploadProgress, UploadRequest};
pub use verify::{FileFound, Verified, VerifyProgress, VerifyTotals};

pub use crate::archive::{Container, Contents, Manifest, Overrides, Resolved};
pub use crate::storage::Hashed;

use crate::domain::Clock;
use crate::domain::audit::Actor;
use crate::remote::Remotes;
use crate::settings::Settings;

/// Everything the use cases work with. Cheap to clone.
#[derive(Clone)]
pub struct Service {
    /// Records, to read; [`Service::writes`] has what changes them.
    pub store: Records,
    /// Files, to read; the same.
    pub storage: Files,
    /// The configured platforms.
    pub remotes: Remotes,
    /// All settings.
    pub settings: Arc<Settings>,
    /// The time.
    pub clock: Clock,
    /// Who acts.
    pub actor: Actor,
}
