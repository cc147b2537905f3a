//! A console in a test: a small fleet, keys typed into it, its effects caught and answered.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::tz::TimeZone;
use ratatui::buffer::Buffer;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::layout::Rect;

use super::super::change::Change;
use super::super::depth::Depth;
use super::super::effect::{Action, Effect, Outcome, PlanRequest};
use super::super::glyphs::Glyphs;
use super::super::keymap::Keymap;
use super::super::look::Look;
use super::super::model::chooser::SeatSets;
use super::super::model::data::{Data, Freshness};
use super::super::model::files::{Found, Listing};
use super::super::model::{Identity, Model};
use super::super::rows::{InstallRow, SeatRow, SegmentRow};
use super::super::terminal::{Decoder, Typed};
use super::super::theme::{self, Theme};
use super::super::{next_ahead, translate, update, view};
use crate::controllers::Lead;
use crate::domain::install::Command;
use crate::domain::matrix::{Lists, Matrix};
use crate::domain::plan::Plan;
use crate::domain::strategy::{Rules, Strategy};
use crate::domain::wave_plan::PlannedWave;
use crate::domain::words::{Language, Say, Words};
use crate::domain::{
    CreateState, DeleteState, Format, InstallState, RecordId, RemoteKind, SeatId, SeatState, SegmentId,
    Timestamp,
};
use crate::service::{Code, Container, Contents, Findings, Hashed, Manifest, ServiceError, Wanted};

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(super) fn now() -> Timestamp {
    at("2026-11-22T19:05:00Z")
}

pub(super) fn id(text: &str) -> SegmentId {
    text.parse().unwrap()
}

pub(super) fn seat_id(n: usize) -> SeatId {
    format!("seat-{n:03}").parse().unwrap()
}

pub(super) fn segment(text: &str, name: &str, state: CreateState) -> SegmentRow {
    SegmentRow {
        id: id(text),
        name: name.into(),
        kind: Arc::new("application".into()),
        vendor: Arc::new("ACME".into()),
        format: Format::Zip,
        remote: RemoteKind::Sdp,
        file_size: 12_345_678,
        is_local: true,
        created_at: at("2026-11-20T08:00:00Z"),
        created_by: Arc::new("ada@bridge".into()),
        updated_at: at("2026-11-22T18:59:30Z"),
        create_state: state,
        retry_count: 0,
        next_retry_at: None,
        create_reason: None,
        file_state: None,
        delete_state: None,
        delete_reason: None,
        is_published: state == CreateState::Succeeded,
        call: None,
        has_md5: true,
        removed_at: None,
        mod_revision: 1,
    }
}

pub(super) fn seat(n: usize) -> SeatRow {
    SeatRow {
        id: seat_id(n),
        ip: [10, 0, 0, u8::try_from(n).unwrap()].into(),
        group: if n <= 12 { "bridge" } else { "engine" }.into(),
        tags: if n.is_multiple_of(3) { BTreeSet::from(["spare".into()]) } else { BTreeSet::new() },
        note: "".into(),
        unknown: serde_json::Map::new(),
    }
}

pub(super) fn record(n: u64) -> RecordId {
    format!("01K{n:023}").parse().unwrap()
}

pub(super) fn install(n: u64, of: &str, state: InstallState, counts: &[(SeatState, usize)]) -> InstallRow {
    let counts: BTreeMap<_, _> = counts.iter().copied().collect();
    let mut row = InstallRow::new(record(n), id(of));
    row.state = state;
    row.percent = crate::domain::install::percent(&counts);
    row.counts = counts;
    row.attempt = 1;
    row.requested_by = "ada@bridge".into();
    row.requested_at = at("2026-11-22T18:30:00Z");
    row.updated_at = at("2026-11-22T19:04:00Z");
    row.finished_at = state.is_terminal().then_some(row.updated_at);
    row
}

/// Six segments, 24 seats, three installs.
pub(super) fn fleet() -> Data {
    let mut segments = vec![
        segment("nav-core@2.1.0", "Navigation core", CreateState::Succeeded),
        segment("nav-core@2.10.0", "Navigation core", CreateState::Succeeded),
        segment("nav-core@2.9.1", "Navigation core", CreateState::Succeeded),
        segment("导航-显示@4.2.0.0", "导航显示系统（全屏）", CreateState::Processing),
        segment(
            "radio@1.0",
            "Radio \x1b[31mset\u{202e} with a name that is far too long to be shown whole",
            CreateState::Failed,
        ),
        segment("weather@0.3-rc.1", "Weather", CreateState::Pending),
    ];
    segments[3].retry_count = 2;
    segments[3].create_reason = Some(Box::new("the platform is away".into()));
    segments[3].next_retry_at = Some(at("2026-11-22T19:05:10Z"));
    segments[4].create_reason = Some(Box::new("invalid argument: no such class".into()));
    segments[5].remote = RemoteKind::Store15s;
    segments[5].format = Format::Mpk;
    segments[2].delete_state = Some(DeleteState::Processing);
    segments.sort_by(|a, b| a.id.cmp(&b.id));
    let installs = vec![
        install(1, "nav-core@2.1.0", InstallState::Succeeded, &[(SeatState::Succeeded, 12)]),
        install(2, "radio@1.0", InstallState::Partial, &[(SeatState::Succeeded, 3), (SeatState::Failed, 1)]),
        install(
            3,
            "nav-core@2.10.0",
            InstallState::Running,
            &[(SeatState::Succeeded, 5), (SeatState::Running, 2), (SeatState::Queued, 1)],
        ),
    ];
    Data {
        freshness: Freshness::Live(4711),
        segments: segments.into_iter().map(Arc::new).collect(),
        seats: (1..=24).map(|n| Arc::new(seat(n))).collect(),
        installs: installs.into_iter().map(Arc::new).collect(),
        bound: [("nav-core".parse().unwrap(), 12), ("radio".parse().unwrap(), 4)].into(),
        installed: [(id("nav-core@2.1.0"), 12), (id("nav-core@2.10.0"), 5), (id("radio@1.0"), 3)].into(),
        ..Data::default()
    }
}

/// A console in a test.
pub(super) struct Console {
    pub(super) model: Model,
    pub(super) look: Look,
    /// What was asked of the world, in order.
    pub(super) effects: Vec<Effect>,
    /// Effects are answered as a willing service would.
    pub(super) answers: bool,
    /// After each key. It takes most of the time, and thousands of sequences can do without.
    pub(super) draws: bool,
}

impl Console {
    pub(super) fn new(width: u16, height: u16, data: Data) -> Self {
        let identity = Identity {
            store: "etcd 10.1.1.1:2379".to_owned(),
            user: "ada@bridge".to_owned(),
            banner: None,
            program: "segdeck".to_owned(),
            retry_limit: 5,
            total_deadline: std::time::Duration::from_secs(24 * 3600),
            word_above: 500,
            trash_keep: std::time::Duration::from_secs(7 * 24 * 3600),
            has_waves: false,
            zone: TimeZone::UTC,
            theme: "default".to_owned(),
            language: "en".to_owned(),
        };
        let mut model = Model::new(identity, now());
        model.lead = Lead::Leading { since: now(), epoch: 3 };
        let look = Look {
            words: Words::of(Language::English).by_clock(TimeZone::UTC),
            theme: std::sync::Arc::new(Theme::named("default", Depth::True, None).unwrap()),
            glyphs: Glyphs::UNICODE,
            keymap: Keymap::built_in().unwrap(),
        };
        let mut console = Self { model, look, effects: Vec::new(), answers: true, draws: true };
        console.act(Action::Resize(width, height));
        console.load(data);
        console
    }

    pub(super) fn load(&mut self, data: Data) {
        self.act(Action::Data(Box::new(super::super::model::data::Delta {
            freshness: Some(data.freshness.clone()),
            all: Some(Box::new(data)),
            ..Default::default()
        })));
    }

    pub(super) fn act(&mut self, action: Action) {
        let mut open = update(&mut self.model, action);
        while !open.is_empty() {
            self.effects.extend(open.iter().cloned());
            let answers: Vec<Outcome> = open.iter().filter(|_| self.answers).filter_map(answer).collect();
            open = answers
                .into_iter()
                .flat_map(|outcome| update(&mut self.model, Action::Done(outcome)))
                .collect();
        }
        if let Some(action) = next_ahead(&mut self.model, &self.look.keymap) {
            return self.act(action);
        }
        if !self.draws {
            return;
        }
        self.look.follow(&self.model);
        // As the running console does, drawing tells how long texts are.
        let area = Rect::new(0, 0, self.model.size.0, self.model.size.1);
        self.model.seen = view(&self.model, &self.look, area, &mut Buffer::empty(area)).extent;
    }

    /// Types keys as a terminal sends them; `<esc>`, `<enter>`, `<tab>`, `<down>`, `<up>`, `<space>` by name.
    pub(super) fn keys(&mut self, keys: &str) -> &mut Self {
        let mut rest = keys;
        while let Some(first) = rest.chars().next() {
            let named = [
                ("<esc>", KeyCode::Esc),
                ("<enter>", KeyCode::Enter),
                ("<tab>", KeyCode::Tab),
                ("<down>", KeyCode::Down),
                ("<up>", KeyCode::Up),
                ("<space>", KeyCode::Char(' ')),
                ("<backtab>", KeyCode::BackTab),
                ("<pagedown>", KeyCode::PageDown),
                ("<backspace>", KeyCode::Backspace),
            ];
            if let Some((name, code)) = named.into_iter().find(|(name, _)| rest.starts_with(name)) {
                self.press(KeyEvent::new(code, KeyModifiers::NONE));
                rest = &rest[name.len()..];
                continue;
            }
            for typed in Decoder::default().feed(first.to_string().as_bytes()) {
                if let Typed::Key(key) = typed {
                    self.press(key);
                }
            }
            rest = &rest[first.len_utf8()..];
        }
        self
    }

    pub(super) fn press(&mut self, key: KeyEvent) {
        self.take(Typed::Key(key));
    }

    pub(super) fn take(&mut self, typed: Typed) {
        self.act(translate(&self.model, &self.look.keymap, typed));
    }

    pub(super) fn screen(&self) -> Buffer {
        let area = Rect::new(0, 0, self.model.size.0, self.model.size.1);
        let mut buffer = Buffer::empty(area);
        view(&self.model, &self.look, area, &mut buffer);
        buffer
    }

    /// The screen without styles.
    pub(super) fn text(&self) -> String {
        let dumped = super::dump::dump(&self.screen());
        dumped.lines().filter(|line| !line.starts_with("    ~ ")).collect::<Vec<_>>().join("\n")
    }
}

/// A folder of samples, whatever is typed.
pub(super) fn listing(typed: &str) -> Listing {
    let cut = typed.rfind('/').map_or(0, |at| at + 1);
    let (folder, beginning) = typed.split_at(cut);
    let file = |name: &str, size| Found { name: name.to_owned(), is_folder: false, size };
    let all = [
        Found { name: "old".to_owned(), is_folder: true, size: 0 },
        file("nav-core-2.1.0.zip", 12_345_678),
        file("nav-core-3.0.0.zip", 12_445_678),
        file("导航-显示-4.3.0.0.zip", 7_300_000_000),
        file("crew-app-1.2.0.mpk", 4096),
        file("broken \x1b[31m\u{202e}.zip", 17),
    ];
    let found: Vec<_> = all.into_iter().filter(|found| found.name.starts_with(beginning)).collect();
    let common = match found.as_slice() {
        [only] => format!("{folder}{}", only.name),
        _ => typed.to_owned(),
    };
    Listing { typed: typed.to_owned(), folder: folder.to_owned(), common, found, ..Listing::default() }
}

/// What is found out of a file of [`listing`]; its name says who it is.
pub(super) fn findings(path: &str) -> Findings {
    let file_name = path.rsplit('/').next().unwrap_or(path);
    let (stem, suffix) = file_name.rsplit_once('.').unwrap_or((file_name, ""));
    let (prefix, version) = stem.rsplit_once('-').unwrap_or((stem, ""));
    let manifest = Manifest {
        prefix: Some(prefix.to_owned()),
        version: Some(version.to_owned()),
        name: Some(if prefix.starts_with('导') {
            "导航显示系统（全屏）".into()
        } else {
            "Navigation core".into()
        }),
        kind: "application".into(),
        vendor: "ACME \x1b[31m\u{202e}".into(),
        description: "Position, course\nand speed.".into(),
        archs: vec!["x86_64".into(), "aarch64".into()],
        requires: vec!["geo-base >=1.4".into(), "nav-core >=2.0".into()],
        conflicts: vec!["nav-legacy".into()],
        ..Manifest::default()
    };
    let contents = if prefix.contains("broken") {
        Err(ServiceError::new(
            Code::Invalid,
            Say::plain("segment.toml, line 2 (`version = 2.1`): expected a string"),
        ))
    } else {
        Ok(Contents {
            container: Container::Zip,
            manifest_files: vec!["segment.toml".to_owned()],
            manifest,
            manifest_whole: serde_json::Value::Null,
            not_understood: vec![Say::plain("line 9: \"hologram\" is no key that has an effect")],
            entries: 12,
            unpacked_size: 23_456_789,
        })
    };
    let (sha256, md5) = ("5e".repeat(32), Some("a0".repeat(16)));
    Findings {
        file: path.into(),
        file_name: file_name.to_owned(),
        format: Format::of_file_name(&format!("x.{suffix}")),
        container: Some(Container::Zip),
        hashed: Some(Hashed { size: 12_345_678, sha256, md5 }),
        contents,
    }
}

/// What a willing service answers.
fn answer(effect: &Effect) -> Option<Outcome> {
    let installed: BTreeSet<SeatId> = (1..=12).map(seat_id).collect();
    Some(match effect {
        Effect::LoadSeats { segment, .. } | Effect::LoadChooser { segment, .. } => Outcome::Seats(
            segment.clone(),
            Ok(SeatSets {
                bound: (1..=16).map(seat_id).collect(),
                bound_seen: 40.into(),
                installed,
                coming: BTreeSet::from([seat_id(13)]),
                going: BTreeSet::from([seat_id(2)]),
            }),
        ),
        Effect::LoadTrash => Outcome::Trash(Ok(super::trash::three())),
        Effect::Change(Change::Restore { segment, .. }) => Outcome::Restored(segment.clone(), Ok(())),
        Effect::Change(Change::Empty { segment, .. }) => Outcome::Emptying(segment.clone(), Ok(())),
        Effect::LoadMatrix => Outcome::Matrix(Ok(Arc::new(matrix(&installed)))),
        Effect::Plan(request) => {
            Outcome::Planned(Box::new(request.clone()), Ok(Box::new(planned(request, &installed))))
        }
        Effect::Change(Change::Install { request, .. }) => {
            Outcome::Installed(request.segment.clone(), Ok(Some(record(9))))
        }
        Effect::Change(Change::Freeze(_)) => Outcome::Frozen(true, Ok(())),
        Effect::Change(Change::Unfreeze) => Outcome::Frozen(false, Ok(())),
        Effect::Change(Change::Bind { segment, seats, .. }) => {
            Outcome::Bound(segment.clone(), Ok(seats.len()))
        }
        Effect::Change(Change::Delete(segment, _)) => Outcome::Deleted(segment.clone(), Ok(())),
        Effect::Change(Change::RetryCreate(segment, _)) => Outcome::Retried(segment.clone(), Ok(())),
        Effect::Change(Change::RetryAlike(record, ..)) => {
            Outcome::Controlled(*record, Command::Retry, Ok(()))
        }
        Effect::Change(Change::Control(record, command, _)) => Outcome::Controlled(*record, *command, Ok(())),
        Effect::Change(Change::ForceFinish { record, .. }) => Outcome::ForceFinished(*record, Ok(())),
        Effect::Change(Change::Sync { remote, .. }) => Outcome::SyncAsked(*remote, Ok(record(50))),
        Effect::ListFiles(typed) => Outcome::Listed(Box::new(listing(typed))),
        Effect::Inspect { number, file } => {
            Outcome::Inspected(*number, Ok(Arc::new(findings(&file.to_string_lossy()))))
        }
        Effect::AskTaken(ids) => Outcome::Taken(ids.iter().map(|id| (id.clone(), Ok(false))).collect()),
        Effect::ListThemes => Outcome::Themes(theme::names(None)),
        Effect::LoadTheme(name) => {
            Outcome::Theme(name.clone(), Theme::named(name, Depth::True, None).map(Arc::new))
        }
        Effect::LoadInstall(_)
        | Effect::LoadMore(_)
        | Effect::LoadRecords(_)
        | Effect::LoadTrail(_)
        | Effect::Remember(_)
        | Effect::Change(Change::Upload { .. })
        | Effect::Change(Change::Batch { .. })
        | Effect::StopBatch
        | Effect::StopInspect(_)
        | Effect::CancelUpload
        | Effect::Copy(_)
        | Effect::Notify(_)
        | Effect::Save(_)
        | Effect::Dump
        | Effect::Redraw
        | Effect::Suspend
        | Effect::FollowLog(_)
        | Effect::Export(..) => return None,
    })
}

/// A plan as a service makes it, where nothing is in the way.
fn planned(request: &PlanRequest, installed: &BTreeSet<SeatId>) -> Plan {
    let mut plan = Plan::between(request.segment.clone(), installed, &goal(&request.wanted, installed), 4711);
    let asked = request.rollout.clone();
    let rules = Rules {
        waves: asked.waves.unwrap_or_default(),
        max_failures: asked.max_failures.unwrap_or_default(),
        gates: asked.gates.unwrap_or_default(),
        at_once: asked.at_once.unwrap_or_default(),
    };
    plan.waves = PlannedWave::of(&Strategy::of(&rules).unwrap(), &plan);
    plan
}

/// The seats that shall have it.
fn goal(wanted: &Wanted, installed: &BTreeSet<SeatId>) -> BTreeSet<SeatId> {
    match wanted {
        Wanted::Seats(seats) => seats.clone(),
        Wanted::Change { add, remove } => &(installed | add) - remove,
        other => panic!("the console asks for no {other:?}"),
    }
}

/// `nav-core` is bound to the first sixteen seats and lies on the first twelve and one more; `radar` is bound to none.
fn matrix(installed: &BTreeSet<SeatId>) -> Matrix {
    let on = |seats: &BTreeSet<SeatId>| seats.iter().cloned().collect::<Vec<_>>();
    let nav = Lists {
        bound: (1..=16).map(seat_id).collect(),
        installed: vec![
            ("2.0.0".parse().unwrap(), vec![seat_id(20)]),
            ("2.1.0".parse().unwrap(), on(installed)),
        ],
    };
    let radar = Lists { bound: vec![], installed: vec![("1.4".parse().unwrap(), on(installed))] };
    Matrix::of(
        [("nav-core".parse().unwrap(), nav), ("radar".parse().unwrap(), radar)].into(),
        &BTreeSet::new(),
    )
}
