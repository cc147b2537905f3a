//! Pure types and rules. What belongs here: what is true of segments, seats and installs whatever the
//! store, the network or the screen. What does not: tokio, etcd, ratatui, and any clock but the one handed in.

pub mod audit;
pub mod clock;
mod control;
pub mod explain;
pub mod filter;
pub mod fits;
pub mod freeze;
pub mod ids;
pub mod incarnation;
pub mod install;
pub mod leftover;
pub mod matrix;
pub mod moment;
pub mod pin;
pub mod plan;
pub mod reasons;
pub mod removals;
pub mod requirement;
pub mod schedule;
pub mod seat;
pub mod seat_choice;
pub mod seat_file;
pub mod segment;
pub mod shard;
pub mod span;
pub mod strategy;
pub mod sweep;
pub mod sync;
pub mod text;
pub mod trash;
mod values;
pub mod version;
pub mod wave_plan;
pub mod windows;
pub mod words;

pub use clock::{Clock, Timestamp};
pub use filter::{Columns, Filter, FilterError};
pub use freeze::Freeze;
pub use ids::{NameError, OperationId, Prefix, RecordId, SeatId, SegmentId, Version};
pub use incarnation::SeenAt;
pub use install::{InstallLog, InstallRecord, InstallState, SeatOp, SeatProgress, SeatState};
pub use requirement::{Requirement, RequirementError};
pub use seat::Seat;
pub use segment::{CreateState, DeleteState, Format, RemoteKind, Segment};
pub use shard::Shard;
pub use text::{FreeText, Shown, is_deceptive, plainly};
pub use trash::{TrashContent, TrashEntry};

/// Fields of a record that this version of the program does not know; kept through a rewrite.
pub type Unknown = serde_json::Map<String, serde_json::Value>;
