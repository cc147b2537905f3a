//! What the console asks of the world, and what comes back. Both are data: they can be printed and replayed. What
//! changes anything is a [`Change`], of a type of its own.

use std::path::PathBuf;
use std::sync::Arc;

use super::change::Change;
use super::memory::Memory;
use super::model::chooser::SeatSets;
use super::model::data::{Delta, Freshness};
use super::model::files::Listing;
use super::model::list::List;
use super::model::overlay::{More, Subject};
use super::model::trash::TrashPage;
use super::rows::{InstallRow, SeatRow, SegmentRow};
use super::terminal::{Mouse, Typed};
use super::theme::Theme;
use crate::controllers::Lead;
use crate::domain::audit::AuditEntry;
use crate::domain::install::Command;
use crate::domain::matrix::Matrix;
use crate::domain::plan::Plan;
use crate::domain::words::Say;
use crate::domain::{RecordId, RemoteKind, SegmentId};
use crate::service::{
    Findings, InspectProgress, InstallView, LeaveOut, Rollout, SeatView, UploadProgress, Wanted,
};
use crate::telemetry::LogLine;
use ratatui::crossterm::event::KeyEvent;

use super::actions::ActionId;

/// Everything that can change the model.
#[derive(Debug, Clone)]
pub enum Action {
    /// An action of the table.
    Do(ActionId),
    /// A key that no action is bound to; for a text field.
    Key(KeyEvent),
    /// A key that others must follow.
    Begin(KeyEvent),
    /// A key that does not follow what was begun: it is as if none had been pressed.
    Stop,
    /// Pasted text.
    Paste(String),
    /// More was pasted than is taken.
    TooLong,
    /// Typed for a box whose lists are still on their way.
    Ahead(Typed),
    /// The mouse.
    Mouse(Mouse),
    /// The terminal's new size.
    Resize(u16, u16),
    /// News of the records.
    Data(Box<Delta>),
    /// News of the trust in them.
    Freshness(Freshness),
    /// News of what the store lets its user do: why nothing may be changed, if so.
    Rights(Option<Say>),
    /// News of the leadership.
    Lead(Lead),
    /// The last lines of the log.
    Log(Vec<Arc<LogLine>>),
    /// An effect has an answer.
    Done(Outcome),
}

/// What shall be done outside of the model.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Change records, files or seats.
    Change(Change),
    /// Read the seats of a segment and of its unfinished installs; only the latest request counts.
    LoadSeats {
        /// The segment.
        segment: SegmentId,
        /// Its unfinished installs.
        active: Vec<RecordId>,
    },
    /// The same for the open chooser.
    LoadChooser {
        /// The segment.
        segment: SegmentId,
        /// Its unfinished installs.
        active: Vec<RecordId>,
    },
    /// Read all bound and installed seats; only the latest request counts, at most one in five seconds.
    LoadMatrix,
    /// Read the newest entries of the trash; only the latest request counts, at most one in two seconds.
    LoadTrash,
    /// Send new lines of the log, or stop that.
    FollowLog(bool),
    /// Read an install, seat by seat; only the latest request counts, at most two a second.
    LoadInstall(RecordId),
    /// Read what the row of a thing does not know.
    LoadMore(Subject),
    /// Read the records of a thing as they lie in the store.
    LoadRecords(Subject),
    /// Read who did what to it.
    LoadTrail(Subject),
    /// Find what a path could become; only the latest request counts.
    ListFiles(String),
    /// Read a file and look into it.
    Inspect {
        /// The answers name it.
        number: u32,
        /// The file.
        file: PathBuf,
    },
    /// Nobody wants to know any more.
    StopInspect(u32),
    /// Which of these ids are taken? Only the latest request counts.
    AskTaken(Vec<SegmentId>),
    /// End the upload: a file that was not uploaded is no change.
    CancelUpload,
    /// Compute a plan.
    Plan(PlanRequest),
    /// Begin no more of a batch.
    StopBatch,
    /// Put a text on the clipboard of the operator's terminal.
    Copy(String),
    /// Call the operator, who may look elsewhere, as the settings want it.
    Notify(Say),
    /// Find out which themes there are.
    ListThemes,
    /// Read a theme; only the latest request counts.
    LoadTheme(String),
    /// Keep what was chosen for the next time; only the latest request counts.
    Remember(Memory),
    /// Write a text that the clipboard may not take to a file in the current folder.
    Save(String),
    /// Draw the whole screen: something else wrote on it.
    Redraw,
    /// Step down, leave the terminal to the shell and stop.
    Suspend,
    /// Write what the screen shows to files in the current folder.
    Dump,
    /// Write rows to a file in the current folder.
    Export(List, Exported, Form),
}

/// What is planned, and then asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanRequest {
    /// The segment.
    pub segment: SegmentId,
    /// Which seats shall have it.
    pub wanted: Wanted,
    /// Which of them are left out.
    pub leave_out: LeaveOut,
    /// How they are taken.
    pub rollout: Rollout,
}

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// For a spreadsheet.
    Csv,
    /// For a program.
    Json,
}

/// Rows to write to a file.
#[derive(Debug, Clone, PartialEq)]
pub enum Exported {
    /// Segments with their numbers of installed and bound seats.
    Segments(Vec<(Arc<SegmentRow>, usize, usize)>),
    /// Seats.
    Seats(Vec<Arc<SeatRow>>),
    /// Installs.
    Installs(Vec<Arc<InstallRow>>),
    /// Seats of an install.
    InstallSeats(Vec<Arc<SeatView>>),
}

/// Why a file was not uploaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotUploaded {
    /// Its end was asked for; nothing of it is left.
    Cancelled,
    /// It failed, and why.
    Failed(Say),
}

/// What became of an effect; errors are ready to be told.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// Of [`Effect::LoadSeats`].
    Seats(SegmentId, Result<SeatSets, Say>),
    /// Of [`Effect::LoadMatrix`].
    Matrix(Result<Arc<Matrix>, Say>),
    /// Of [`Effect::LoadTrash`].
    Trash(Result<TrashPage, Say>),
    /// Of [`Effect::LoadInstall`].
    Install(RecordId, Result<Box<InstallView>, Say>),
    /// Of [`Effect::ListFiles`].
    Listed(Box<Listing>),
    /// The reading of a file moved on.
    Inspecting(u32, InspectProgress),
    /// Of [`Effect::Inspect`].
    Inspected(u32, Result<Arc<Findings>, Say>),
    /// Of [`Effect::AskTaken`].
    Taken(Vec<(SegmentId, Result<bool, Say>)>),
    /// The upload of a file moved on.
    Uploading(u32, UploadProgress),
    /// Of [`Change::Upload`].
    Uploaded(u32, Result<SegmentId, NotUploaded>),
    /// Of [`Effect::Plan`].
    Planned(Box<PlanRequest>, Result<Box<Plan>, Say>),
    /// Of [`Change::Install`]; `None`: nothing to do.
    Installed(SegmentId, Result<Option<RecordId>, Say>),
    /// Of [`Change::Bind`]: how many seats.
    Bound(SegmentId, Result<usize, Say>),
    /// Of [`Change::Delete`].
    Deleted(SegmentId, Result<(), Say>),
    /// Of [`Change::Restore`].
    Restored(SegmentId, Result<(), Say>),
    /// Of [`Change::Empty`]: it is marked, the leader does it.
    Emptying(SegmentId, Result<(), Say>),
    /// Of [`Change::Batch`]: one of the segments.
    BatchOne(SegmentId, Result<(), Say>),
    /// Of [`Change::Batch`]: none is on its way any more.
    BatchEnded,
    /// Of [`Change::RetryCreate`].
    Retried(SegmentId, Result<(), Say>),
    /// Of [`Change::Control`].
    Controlled(RecordId, Command, Result<(), Say>),
    /// Of [`Change::ForceFinish`].
    ForceFinished(RecordId, Result<(), Say>),
    /// Of [`Change::Freeze`] (`true`) and [`Change::Unfreeze`].
    Frozen(bool, Result<(), Say>),
    /// Of [`Change::Sync`]: the request that was taken.
    SyncAsked(RemoteKind, Result<RecordId, Say>),
    /// Of [`Effect::Save`]: the file.
    Saved(Result<PathBuf, Say>),
    /// Of [`Effect::ListThemes`].
    Themes(Vec<String>),
    /// Of [`Effect::LoadTheme`].
    Theme(String, Result<Arc<Theme>, Say>),
    /// The operator's themes have changed.
    ThemesChanged,
    /// Of [`Effect::Remember`], when it did not work.
    NotRemembered(Say),
    /// Of [`Effect::Suspend`]: there is no shell that could let the console go on.
    NoShell,
    /// Of [`Effect::Export`]: the file.
    Exported(Result<PathBuf, Say>),
    /// The screen is in this file.
    Dumped(Result<PathBuf, Say>),
    /// Of [`Effect::LoadMore`].
    More(Subject, Result<More, Say>),
    /// The records of a thing, line by line.
    Records(Subject, Result<Vec<String>, Say>),
    /// Who did what to it, newest first.
    Trail(Subject, Result<Vec<AuditEntry>, Say>),
}
