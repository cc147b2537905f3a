//! The state of the console: a plain tree of data, changed by `update` alone, read by `view`.
//!
//! What is focused follows from what is open; nothing stores it.

pub mod batch;
pub mod chooser;
pub mod columns;
pub mod command_line;
pub mod data;
pub mod files;
pub mod filter;
pub mod install_detail;
pub mod list;
pub mod marks;
pub mod matrix;
pub mod overlay;
pub mod pace;
pub mod palette;
pub mod rollout;
pub mod sort;
pub mod table;
pub mod theming;
pub mod trash;
pub mod upload;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use chooser::SeatSets;
use data::Data;
use install_detail::InstallDetail;
use jiff::tz::TimeZone;
use marks::Marks;
use overlay::{BindPlan, Load, Overlay, Subject};
use pace::Pace;
use ratatui::crossterm::event::KeyEvent;
use table::Table;
use theming::Theming;
use upload::{Focus, Stage, Upload};

use super::actions::{ActionId, Scope};
use super::memory::Memory;
use super::rows::{InstallRow, SeatRow, SegmentRow};
use super::terminal::Typed;
use crate::controllers::Lead;
use crate::domain::explain::Around;
use crate::domain::words::{Language, Say, say};
use crate::domain::{RecordId, SegmentId, Timestamp};
use crate::telemetry::LogLine;

/// The four panes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pane {
    /// All segments.
    Segments,
    /// Versions of the selected one's prefix.
    Versions,
    /// Seats, with what the selected segment has on them.
    Seats,
    /// Installs, newest first.
    Installs,
}

impl Pane {
    /// In the order of Tab.
    pub const ALL: [Self; 4] = [Self::Segments, Self::Versions, Self::Seats, Self::Installs];
}

/// What kind of news a toast is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// It worked.
    Good,
    /// Good to know.
    Plain,
    /// It did not work.
    Bad,
}

/// A line about what just happened; the next key takes it away.
#[derive(Debug, Clone, PartialEq)]
pub struct Toast {
    /// Good or bad news.
    pub tone: Tone,
    /// The line.
    pub say: Say,
}

/// Something typed before it can be done.
#[derive(Debug, Clone)]
pub enum Ahead {
    /// As it came: what it does follows from where it is taken in.
    Typed(Typed),
    /// This.
    Do(ActionId),
}

/// What never changes while the console runs.
#[derive(Debug, Clone)]
pub struct Identity {
    /// What the store is known by.
    pub store: String,
    /// `user@host`.
    pub user: String,
    /// A line above everything, e.g. where the demo keeps its state.
    pub banner: Option<Say>,
    /// How a command is called that works on the same records: the program and its global flags.
    pub program: String,
    /// `controllers.retry_limit`
    pub retry_limit: u32,
    /// `install.total_deadline`
    pub total_deadline: Duration,
    /// `ui.word_above`
    pub word_above: usize,
    /// `trash.keep`
    pub trash_keep: Duration,
    /// `install.waves` names several
    pub has_waves: bool,
    /// Where the operator's clock is set.
    pub zone: TimeZone,
    /// `ui.theme`
    pub theme: String,
    /// `ui.language`
    pub language: String,
}

impl Identity {
    /// Commands, a line each, as they are to be typed for the records of this console.
    pub fn as_typed(&self, commands: &str) -> String {
        const PROGRAM: &str = "segdeck ";
        let typed = commands.split('\n').map(|line| match line.strip_prefix(PROGRAM) {
            Some(rest) => format!("{} {rest}", self.program),
            None => line.to_owned(),
        });
        typed.collect::<Vec<_>>().join("\n")
    }
}

/// The seats of a segment, as last asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct SeatsOf {
    /// Which segment.
    pub segment: SegmentId,
    /// Its unfinished installs at that time.
    pub active: Vec<RecordId>,
    /// They were asked for since they last changed.
    pub asked: bool,
    /// The lists.
    pub sets: Load<SeatSets>,
}

/// The state of the console.
#[derive(Debug, Clone)]
pub struct Model {
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    /// The time of the last event.
    pub now: Timestamp,
    /// Who and where.
    pub identity: Identity,
    /// Nothing may be changed, and why.
    pub read_only: Option<Say>,
    /// What is known of the records.
    pub data: Data,
    /// Who drives the controllers.
    pub lead: Lead,
    /// The last lines of the log.
    pub log: Vec<Arc<LogLine>>,
    /// New lines of it are sent.
    pub log_followed: bool,
    /// The pane that keys go to when nothing lies over it.
    pub pane: Pane,
    /// The segment that all panes speak of.
    pub at: Option<SegmentId>,
    /// The segments.
    pub segments: Table<SegmentRow>,
    /// Versions of the selected prefix.
    pub versions: Table<SegmentRow>,
    /// Marked segments, in either pane.
    pub marks: Marks<SegmentId>,
    /// The seats.
    pub seats: Table<SeatRow>,
    /// The installs.
    pub installs: Table<InstallRow>,
    /// How fast unfinished installs get on.
    pub paces: BTreeMap<RecordId, Pace>,
    /// The seats of the selected segment.
    pub seats_of: Option<SeatsOf>,
    /// Keys pressed that others must follow.
    pub pending: Vec<KeyEvent>,
    /// What was typed for a box whose lists are still on their way, in order.
    pub ahead: VecDeque<Ahead>,
    /// What lies over the panes; the last one is on top.
    pub overlays: Vec<Overlay>,
    /// What just happened.
    pub toast: Option<Toast>,
    /// Files that are looked over or uploaded.
    pub upload: Option<Upload>,
    /// The folder where files were last chosen, as it was typed.
    pub upload_folder: String,
    /// Files whose reading is under way, by their numbers.
    pub reading: BTreeSet<u32>,
    /// The next file of an upload gets this number.
    pub next_file: u32,
    /// The language that all words are shown in.
    pub language: Language,
    /// The colours.
    pub theme: Theming,
    /// What was chosen, for the next time.
    pub memory: Memory,
    /// What of it was kept.
    pub remembered: Memory,
    /// What the last frame showed of a long text.
    pub seen: Extent,
    /// The console ends.
    pub quit: bool,
}

/// How long a text on the screen is, and how much of it is shown. Only drawing knows it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Extent {
    /// Lines of the text.
    pub lines: usize,
    /// Lines of the screen for it.
    pub rows: usize,
}

impl Model {
    /// Nothing is known yet.
    pub fn new(identity: Identity, now: Timestamp) -> Self {
        let theme = Theming { asked: identity.theme.clone(), ..Theming::default() };
        Self {
            size: (80, 24),
            now,
            identity,
            read_only: None,
            data: Data::default(),
            lead: Lead::Starting,
            log: Vec::new(),
            log_followed: false,
            pane: Pane::Segments,
            at: None,
            segments: Table::default(),
            versions: Table::of_versions(),
            marks: Marks::default(),
            seats: Table::default(),
            installs: Table::default(),
            paces: BTreeMap::new(),
            seats_of: None,
            pending: Vec::new(),
            ahead: VecDeque::new(),
            overlays: Vec::new(),
            toast: None,
            upload: None,
            upload_folder: String::new(),
            reading: BTreeSet::new(),
            next_file: 0,
            language: Language::default(),
            theme,
            memory: Memory::default(),
            remembered: Memory::default(),
            seen: Extent::default(),
            quit: false,
        }
    }

    /// What the next key is looked up in, the narrowest first.
    pub fn scopes(&self) -> &'static [Scope] {
        match self.overlays.last() {
            None => &[Scope::Panes, Scope::List, Scope::Global],
            Some(Overlay::Filter | Overlay::Choice(_) | Overlay::Palette(_)) => &[Scope::Text],
            Some(Overlay::Files(files)) if files.cursor.is_some() => &[Scope::Files, Scope::Text],
            Some(Overlay::Files(_)) => &[Scope::Text],
            Some(Overlay::Rollout(_)) => &[Scope::Fields, Scope::Text],
            Some(Overlay::Upload) if self.types_in_upload() => &[Scope::Fields, Scope::Text],
            Some(Overlay::Upload) => &[Scope::Upload, Scope::List, Scope::Overlay],
            Some(Overlay::Plan(plan)) if plan.takes_text() => &[Scope::Text],
            Some(Overlay::Plan(_)) => &[Scope::Confirm, Scope::List],
            Some(Overlay::Confirm(confirm)) if confirm.typed.is_some() => &[Scope::Text],
            Some(Overlay::Confirm(_)) => &[Scope::Confirm],
            Some(Overlay::Seats(_)) => &[Scope::Chooser, Scope::List, Scope::Overlay],
            Some(Overlay::Columns(_)) => &[Scope::Columns, Scope::List, Scope::Overlay],
            Some(Overlay::Why(..)) => &[Scope::Why, Scope::List, Scope::Overlay],
            Some(Overlay::Install(_)) => &[Scope::Detail, Scope::List, Scope::Overlay],
            Some(Overlay::Matrix(_)) => &[Scope::Matrix, Scope::List, Scope::Overlay],
            Some(Overlay::Trash(_)) => &[Scope::Trash, Scope::List, Scope::Overlay],
            Some(
                Overlay::Help(_)
                | Overlay::Log(_)
                | Overlay::Records(_)
                | Overlay::Trail(_)
                | Overlay::Sync(_)
                | Overlay::Themes(_)
                | Overlay::Batch(_)
                | Overlay::Message { .. },
            ) => &[Scope::List, Scope::Overlay],
        }
    }

    /// The segment that the panes speak of.
    pub fn segment(&self) -> Option<&SegmentRow> {
        self.data.segment(self.at.as_ref()?).map(|row| &**row)
    }

    /// The thing that actions are about.
    pub fn subject(&self) -> Option<Subject> {
        self.overlay_subject().or_else(|| match self.pane {
            Pane::Segments | Pane::Versions => self.segment().map(|row| Subject::Segment(row.id.clone())),
            Pane::Seats => self.seats.current().map(|row| Subject::Seat(row.id.clone())),
            Pane::Installs => self.installs.current().map(|row| Subject::Install(row.id)),
        })
    }

    /// The thing that the topmost overlay is about which is about one.
    fn overlay_subject(&self) -> Option<Subject> {
        self.overlays.iter().rev().find_map(|overlay| match overlay {
            Overlay::Install(detail) => Some(Subject::Install(detail.record)),
            Overlay::Matrix(view) => view.seat().cloned().map(Subject::Seat),
            Overlay::Seats(chooser) => Some(Subject::Segment(chooser.segment.clone())),
            Overlay::Why(asked) => Some(asked.subject.clone()),
            Overlay::Records(open) => Some(open.subject.clone()),
            Overlay::Trail(open) => Some(open.subject.clone()),
            _ => None,
        })
    }

    /// The marked segments that actions are about, in place of the one under the cursor.
    pub fn marked(&self) -> Option<&BTreeSet<SegmentId>> {
        let here = matches!(self.pane, Pane::Segments | Pane::Versions) && self.overlay_subject().is_none();
        Some(&self.marks.ids).filter(|ids| here && !ids.is_empty())
    }

    /// What explanations of unfinished records need beside them.
    pub fn around(&self) -> Around<'_> {
        Around {
            leader: self.data.leader.as_ref().map(|leader| &leader.who),
            frozen: self.data.freeze.is_some(),
            retry_limit: self.identity.retry_limit,
            total_deadline: self.identity.total_deadline,
            now: self.now,
        }
    }

    /// The install that actions are about.
    pub fn install(&self) -> Option<&InstallRow> {
        match self.subject()? {
            Subject::Install(record) => self.data.install(record).map(|row| &**row),
            Subject::Segment(_) | Subject::Seat(_) => None,
        }
    }

    /// The segment that actions are about, also below an overlay.
    pub fn subject_segment(&self) -> Option<&SegmentRow> {
        match self.subject()? {
            Subject::Segment(id) => self.data.segment(&id).map(|row| &**row),
            // In the matrix no segment but that of the cell is meant.
            Subject::Seat(_) if self.overlays.iter().any(|open| matches!(open, Overlay::Matrix(_))) => None,
            Subject::Seat(_) => self.segment(),
            Subject::Install(record) => {
                let install = self.data.install(record)?;
                self.data.segment(&install.segment_id).map(|row| &**row)
            }
        }
    }

    /// The topmost chooser of seats.
    pub fn chooser(&self) -> Option<&chooser::Chooser> {
        self.overlays.iter().rev().find_map(|overlay| match overlay {
            Overlay::Seats(chooser) => Some(&**chooser),
            _ => None,
        })
    }

    /// The topmost chooser of seats, to change it.
    pub fn chooser_mut(&mut self) -> Option<&mut chooser::Chooser> {
        self.overlays.iter_mut().rev().find_map(|overlay| match overlay {
            Overlay::Seats(chooser) => Some(&mut **chooser),
            _ => None,
        })
    }

    /// Are the lists of the box on top still on their way? Keys for it wait: done now they would be lost, and those
    /// behind them would act on something else.
    pub fn awaits_lists(&self) -> bool {
        matches!(self.overlays.last(), Some(Overlay::Seats(open)) if matches!(open.sets, Load::Loading))
    }

    /// Did the list change since it was shown what binding would do?
    pub fn has_changed_since(&self, plan: &BindPlan) -> bool {
        let sets =
            self.chooser().filter(|open| open.segment == plan.segment).and_then(|open| open.sets.ready());
        sets.is_some_and(|sets| sets.bound_seen != plan.seen)
    }

    /// The open install, seat by seat.
    pub fn install_detail(&self) -> Option<&InstallDetail> {
        self.overlays.iter().rev().find_map(|overlay| match overlay {
            Overlay::Install(detail) => Some(&**detail),
            _ => None,
        })
    }

    /// The open install, to change it.
    pub fn install_detail_mut(&mut self) -> Option<&mut InstallDetail> {
        self.overlays.iter_mut().rev().find_map(|overlay| match overlay {
            Overlay::Install(detail) => Some(&mut **detail),
            _ => None,
        })
    }

    /// A field of a file to upload gets the keys.
    fn types_in_upload(&self) -> bool {
        matches!(&self.upload, Some(Upload { stage: Stage::Review(Focus::Field { .. }), .. }))
    }

    /// What the controllers of this console leave open when it ends while they lead.
    pub fn left_open(&self) -> Option<Say> {
        let installs = self.data.installs.iter().filter(|row| !row.state.is_terminal()).count();
        let segments = self.data.segments.iter().filter(|row| row.is_in_motion()).count();
        let leads = matches!(self.lead, Lead::Leading { .. });
        (leads && installs + segments > 0)
            .then(|| say!("left-open", installs = installs, segments = segments))
    }

    /// A file is on its way.
    pub fn uploads(&self) -> bool {
        self.upload.as_ref().is_some_and(|upload| upload.running().is_some())
    }

    /// Tells a line.
    pub fn tell(&mut self, tone: Tone, say: impl Into<Say>) {
        self.toast = Some(Toast { tone, say: say.into() });
    }
}

impl overlay::PlanConfirm {
    /// A word must be typed first.
    pub fn takes_text(&self) -> bool {
        self.word.is_some() && self.plan.ready().is_some() && !self.sent
    }
}
