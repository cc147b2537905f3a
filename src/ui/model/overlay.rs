//! What lies over the panes: a stack of these, the top one gets the keys.

use std::collections::BTreeSet;

use tui_input::Input;

use super::Pane;
use super::batch::{Batch, BatchPlan, Errand};
use super::chooser::Chooser;
use super::command_line::flag;
use super::files::FileChooser;
use super::install_detail::InstallDetail;
use super::matrix::MatrixView;
use super::palette::Palette;
use super::rollout::{self, RolloutForm, RuleTexts};
use super::theming::ThemeChooser;
use super::trash::TrashView;
use crate::domain::audit::AuditEntry;
use crate::domain::plan::Plan;
use crate::domain::seat_choice::Chosen;
use crate::domain::words::Say;
use crate::domain::{RecordId, RemoteKind, SeatId, SeenAt, SegmentId};
use crate::service::Seen;
use crate::service::{LeaveOut, SeatShown, SegmentView, TrashShown};
use crate::ui::effect::PlanRequest;

/// Something on its way.
#[derive(Debug, Clone, PartialEq)]
pub enum Load<T> {
    /// Asked for.
    Loading,
    /// Here.
    Ready(T),
    /// It did not come; why, in plain words.
    Failed(Say),
}

impl<T> Load<T> {
    /// What is here.
    pub fn ready(&self) -> Option<&T> {
        match self {
            Self::Ready(value) => Some(value),
            Self::Loading | Self::Failed(_) => None,
        }
    }
}

/// What lies over the panes.
#[derive(Debug, Clone)]
pub enum Overlay {
    /// All keys.
    Help(Scroll),
    /// The filter of what lies below is being typed.
    Filter,
    /// Files to upload are being chosen.
    Files(Box<FileChooser>),
    /// The upload; it itself is in the model, where it goes on when this is closed.
    Upload,
    /// Seats are being chosen.
    Seats(Box<Chooser>),
    /// Seats are named by an expression, over the chooser.
    Choice(Choice),
    /// An install's plan waits for the word.
    Plan(Box<PlanConfirm>),
    /// How its seats are taken is being typed, over the plan.
    Rollout(Box<RolloutForm>),
    /// A question with yes and no.
    Confirm(Confirm),
    /// Data sync, both remotes.
    Sync(SyncWatch),
    /// One install, seat by seat.
    Install(Box<InstallDetail>),
    /// Seats against segments.
    Matrix(Box<MatrixView>),
    /// What was deleted and can be brought back.
    Trash(Box<TrashView>),
    /// The log.
    Log(Scroll),
    /// What is known of the selected thing.
    Why(Box<Asked>),
    /// The records of the selected thing, as they lie in the store.
    Records(Reading<String>),
    /// Who did what to it.
    Trail(Reading<AuditEntry>),
    /// Columns are being chosen.
    Columns(ColumnChooser),
    /// A theme is being chosen.
    Themes(ThemeChooser),
    /// The same is done to many segments.
    Batch(Batch),
    /// All actions and all things, by a few letters.
    Palette(Palette),
    /// Something longer than a line.
    Message {
        /// Its heading.
        title: Say,
        /// What there is to say.
        text: Say,
        /// How far it is scrolled.
        scroll: Scroll,
    },
}

impl Overlay {
    /// How far it is scrolled, if it is a long text to read and nothing else.
    pub fn scroll_mut(&mut self) -> Option<&mut Scroll> {
        match self {
            Self::Help(scroll)
            | Self::Log(scroll)
            | Self::Message { scroll, .. }
            | Self::Batch(Batch { scroll, .. })
            | Self::Records(Reading { scroll, .. })
            | Self::Trail(Reading { scroll, .. }) => Some(scroll),
            Self::Why(asked) => Some(&mut asked.scroll),
            _ => None,
        }
    }
}

/// How far a long text is scrolled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Scroll(pub usize);

/// A thing that actions are about.
pub use crate::service::Thing as Subject;

/// A thing of which all is to be told.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The thing.
    pub subject: Subject,
    /// What its row does not know.
    pub more: Load<More>,
    /// How far it is scrolled.
    pub scroll: Scroll,
}

/// What the row of a thing does not know.
#[derive(Debug, Clone)]
pub enum More {
    /// Its record.
    Segment(Box<SegmentView>),
    /// What is on it, what is meant for it, and what happened there.
    Seat(Box<SeatShown>),
    /// Nothing.
    Install,
}

/// Something long that is read of a thing.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading<T> {
    /// The thing.
    pub subject: Subject,
    /// What was found, in order.
    pub found: Load<Vec<T>>,
    /// How far it is scrolled.
    pub scroll: Scroll,
}

impl<T> Reading<T> {
    /// It is on its way.
    pub fn of(subject: Subject) -> Self {
        Self { subject, found: Load::Loading, scroll: Scroll::default() }
    }

    /// Takes it in, if it is about the same thing.
    pub fn take(&mut self, subject: &Subject, found: Result<Vec<T>, Say>) {
        if self.subject == *subject {
            self.found = match found {
                Ok(found) => Load::Ready(found),
                Err(why) => Load::Failed(why),
            };
        }
    }
}

/// Which button Enter presses.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Button {
    /// The one that does nothing; the default.
    #[default]
    No,
    /// The one that does it.
    Yes,
}

/// An expression that names seats.
#[derive(Debug, Clone, Default)]
pub struct Choice {
    /// As it is typed.
    pub input: Input,
    /// What it would do.
    pub chosen: Chosen,
}

/// Columns of a pane are being chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ColumnChooser {
    /// Of this pane.
    pub pane: Pane,
    /// The chosen one.
    pub cursor: usize,
}

/// A plan that waits for the word.
#[derive(Debug, Clone)]
pub struct PlanConfirm {
    /// What is asked for.
    pub request: PlanRequest,
    /// How its seats are taken, as it was typed.
    pub rules: RuleTexts,
    /// The same on a command line, without what was chosen here.
    pub command: String,
    /// What would be done.
    pub plan: Load<Plan>,
    /// Which button Enter presses.
    pub button: Button,
    /// What must be typed, and what is, where a button would be too easy.
    pub word: Option<(&'static str, Input)>,
    /// It was said; the answer is on its way.
    pub sent: bool,
    /// What it rests on has changed since.
    pub is_outdated: bool,
    /// How far the list is scrolled.
    pub scroll: Scroll,
}

impl PlanConfirm {
    /// The command that asks for the same.
    pub fn command_line(&self) -> String {
        let LeaveOut { blocked, offline } = self.request.leave_out;
        let mut flags = rollout::flags(&self.rules, &self.request.rollout);
        for (_, flag) in
            [(blocked, " --skip-blocked"), (offline, " --skip-offline")].into_iter().filter(|(on, _)| *on)
        {
            flags += flag;
        }
        let id = self.request.segment.to_string();
        self.command.replacen(&id, &(id.clone() + &flags), 1)
    }
}

/// A question with yes and no.
#[derive(Debug, Clone)]
pub struct Confirm {
    /// What is asked.
    pub ask: Ask,
    /// Which button Enter presses.
    pub button: Button,
    /// The revision of what was shown when it was asked.
    pub seen: Seen,
    /// What the answer must say, where a button would be too easy: why, or a word.
    pub typed: Option<Input>,
}

impl Confirm {
    /// Asks; no is the default.
    pub fn new(ask: Ask, seen: Seen) -> Self {
        let typed = ask.needs().map(|_| Input::default());
        Self { ask, button: Button::No, seen, typed }
    }

    /// The commands that do the same, a line each; none for what only a console does.
    pub fn commands(&self) -> Vec<String> {
        let typed = self.typed.as_ref().map(|typed| typed.value().trim()).unwrap_or_default();
        let reason = || flag("reason", typed);
        match &self.ask {
            Ask::Delete(id) => vec![format!("segdeck segment delete {id}")],
            Ask::Restore(shown) => vec![format!("segdeck trash restore {}", shown.entry.id)],
            Ask::Empty(shown) => vec![format!("segdeck trash empty {} --yes", shown.entry.id)],
            Ask::Batch(plan) => {
                let does = match plan.errand {
                    Errand::Delete => "delete",
                    Errand::Retry => "retry",
                };
                plan.segments.iter().map(|id| format!("segdeck segment {does} {id}")).collect()
            }
            Ask::Bind(plan) => vec![plan.command.clone()],
            Ask::Retry { record, alike, .. } => {
                let only = alike.as_ref().map(|reason| flag("only", reason)).unwrap_or_default();
                vec![format!("segdeck installs retry {record}{only}")]
            }
            Ask::Cancel(record) => vec![format!("segdeck installs cancel {record}")],
            Ask::NextWave(record) => vec![format!("segdeck installs next {record}")],
            Ask::ForceFinish(record) => {
                vec![format!("segdeck installs force-finish {record}{} --yes", reason())]
            }
            Ask::Freeze => vec![format!("segdeck freeze{}", reason())],
            Ask::Unfreeze => vec!["segdeck unfreeze".to_owned()],
            Ask::Held { remotes, .. } => {
                remotes.iter().map(|remote| format!("segdeck sync --remote {remote} --yes")).collect()
            }
            Ask::CancelUpload | Ask::Quit => Vec::new(),
        }
    }
}

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub enum Ask {
    /// Delete a segment?
    Delete(SegmentId),
    /// Bring an entry of the trash back?
    Restore(Box<TrashShown>),
    /// Delete an entry of the trash for good?
    Empty(Box<TrashShown>),
    /// Do the same to many segments?
    Batch(BatchPlan),
    /// Replace the seats that a segment is meant for?
    Bind(BindPlan),
    /// Try seats of an install once more?
    Retry {
        /// The install.
        record: RecordId,
        /// Those alone that ended for a reason like this one.
        alike: Option<String>,
        /// So many.
        seats: usize,
    },
    /// Cancel an install?
    Cancel(RecordId),
    /// Begin the next wave of an install, whatever its gate says?
    NextWave(RecordId),
    /// Give an install up, and say why?
    ForceFinish(RecordId),
    /// Send nothing new to any seat, and why?
    Freeze,
    /// Send again?
    Unfreeze,
    /// Remove what data sync holds?
    Held {
        /// Of these platforms.
        remotes: Vec<RemoteKind>,
        /// So many segments.
        removals: usize,
    },
    /// Cancel the upload under way?
    CancelUpload,
    /// Quit in the middle of an upload?
    Quit,
}

/// Whom a segment shall be meant for.
#[derive(Debug, Clone, PartialEq)]
pub struct BindPlan {
    /// The segment.
    pub segment: SegmentId,
    /// The whole list.
    pub seats: BTreeSet<SeatId>,
    /// As what the list was seen.
    pub seen: SeenAt,
    /// Those of them that are new.
    pub added: BTreeSet<SeatId>,
    /// Those that are no longer in it.
    pub removed: BTreeSet<SeatId>,
    /// The same as a command.
    pub command: String,
    /// So many change that a button would be too easy.
    pub is_large: bool,
}

/// What must be typed before a question counts as answered with yes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Any words that say why.
    Reason,
    /// This word.
    Word(&'static str),
}

impl Ask {
    /// What must be typed; `None`: a button is enough.
    pub fn needs(&self) -> Option<Needs> {
        match self {
            Self::ForceFinish(_) | Self::Freeze => Some(Needs::Reason),
            Self::Bind(plan) if plan.is_large => Some(Needs::Word(BIND_WORD)),
            Self::Batch(plan) if plan.errand == Errand::Delete && plan.segments.len() > 1 => {
                Some(Needs::Word(DELETE_WORD))
            }
            Self::Empty(_) => Some(Needs::Word(EMPTY_WORD)),
            Self::Held { removals, .. } if *removals > 1 => Some(Needs::Word(REMOVE_WORD)),
            _ => None,
        }
    }
}

/// What must be typed before several segments are removed.
const REMOVE_WORD: &str = "remove";

/// What must be typed before an entry of the trash is gone for good.
const EMPTY_WORD: &str = "empty";

/// What must be typed before several segments are deleted.
const DELETE_WORD: &str = "delete";

/// What must be typed before very many seats change their bindings.
const BIND_WORD: &str = "bind";

/// Data sync of both remotes, watched.
#[derive(Debug, Clone, PartialEq)]
pub struct SyncWatch {
    /// By remote: the request that was taken, or why not.
    pub requests: Vec<(RemoteKind, Load<RecordId>)>,
}
