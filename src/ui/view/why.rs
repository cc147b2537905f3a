//! Why something is not where it should be: everything its row knows, and what can be done now.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::super::actions::{ActionId, Scope};
use super::super::layout::large;
use super::super::look::{Look, bytes};
use super::super::model::Model;
use super::super::model::overlay::{Asked, Load, More, Overlay, Subject};
use super::super::theme::Role;
use super::facts::Facts;
use super::{Seen, long, paint};
use crate::domain::explain::{Explanation, WaitsFor};
use crate::domain::segment::FileState;
use crate::domain::words::{say, word};
use crate::domain::{FreeText, RecordId, SeatId, SeatOp, Segment, SegmentId};
use crate::service::{SeatShown, SeatView};
use crate::ui::standing;

/// So many of the last things that happened on a seat are told.
const EVENTS: usize = 12;

/// What helps a segment, and what tells more of it.
const SEGMENT_HELPS: &[ActionId] = &[
    ActionId::Retry,
    ActionId::Delete,
    ActionId::Install,
    ActionId::Bind,
    ActionId::Records,
    ActionId::Trail,
];

/// What tells more of a thing.
const READS: &[ActionId] = &[ActionId::Records, ActionId::Trail];

/// The same of an install.
const INSTALL_HELPS: &[ActionId] = &[
    ActionId::Retry,
    ActionId::NextWave,
    ActionId::Pause,
    ActionId::Cancel,
    ActionId::Freeze,
    ActionId::ForceFinish,
    ActionId::Records,
    ActionId::Trail,
];

/// The box.
pub(super) fn draw(
    model: &Model,
    look: &Look,
    asked: &Asked,
    area: Rect,
    buffer: &mut Buffer,
    seen: &mut Seen,
) {
    let width = usize::from(large(area).width.saturating_sub(2));
    let mut facts = Facts::new(look, width);
    let (name, helps): (String, &[ActionId]) = match &asked.subject {
        Subject::Segment(id) => {
            segment(model, &mut facts, id);
            (id.to_string(), SEGMENT_HELPS)
        }
        Subject::Install(record) => {
            install(model, &mut facts, *record);
            (record.to_string(), INSTALL_HELPS)
        }
        Subject::Seat(id) => {
            seat(model, &mut facts, id);
            (id.to_string(), READS)
        }
    };
    match &asked.more {
        Load::Ready(More::Segment(view)) => of_record(&mut facts, &view.segment),
        Load::Ready(More::Seat(shown)) => of_seat(&mut facts, shown),
        Load::Ready(More::Install) => {}
        Load::Loading => facts.add(word!("fact-more"), look.text(word!("records-loading")), Role::Busy),
        Load::Failed(why) => facts.add(word!("fact-more"), look.say(why), Role::Bad),
    }
    facts.lines.push(Vec::new());
    if let Some(why) = &model.read_only {
        for line in paint::wrap(&look.say(why), width.saturating_sub(1)) {
            facts.lines.push(vec![(format!(" {line}"), look.style(Role::Warn))]);
        }
    }
    for id in helps {
        let Some(key) = look.keymap.key(&[Scope::Why], *id) else { continue };
        let (key, does) = (format!(" {key:<4}"), look.text(id.row().doc));
        match id.enabled(model) {
            Ok(()) => {
                facts.lines.push(vec![(key, look.style(Role::Key)), (does, look.style(Role::Text))]);
            }
            // Said above.
            Err(reason) if model.read_only.as_ref() == Some(&reason) => {
                facts.lines.push(vec![(key + &does, look.style(Role::Dim))]);
            }
            Err(_) => {}
        }
    }
    let title = look.say(&say!("title-why", what = name));
    long::scrolled(buffer, area, &title, &facts.lines, asked.scroll, look, seen);
}

fn segment(model: &Model, facts: &mut Facts<'_>, id: &SegmentId) {
    let look = facts.look;
    let Some(row) = model.data.segment(id) else {
        return facts.add(word!("fact-state"), look.text(word!("fact-gone")), Role::Warn);
    };
    let (state, role) = standing::segment(row);
    facts.add(word!("fact-state"), look.text(state), role);
    if row.removed_at.is_some() {
        return facts.add(word!("fact-reason"), look.say(&say!("segment-is-removed", id = id)), Role::Bad);
    }
    if let Some(state) = row.file_state {
        let says = match state {
            FileState::Missing => say!("fact-file-missing", id = id),
            FileState::Altered => say!("fact-file-altered", id = id),
        };
        facts.add(word!("fact-file-found"), look.say(&says), Role::Bad);
    }
    if let Some(reason) = row.delete_reason.as_ref().or(row.create_reason.as_ref()) {
        facts.add(word!("fact-reason"), reason.shown().into_string(), Role::Bad);
    }
    let why = row.facts().explain(&model.around());
    match &why {
        Some(why) => explained(facts, why, false),
        None if row.retry_count > 0 => {
            facts.add(word!("fact-attempts"), row.retry_count.to_string(), Role::Text);
        }
        None => {}
    }
    facts.add(word!("fact-name"), row.name.shown().into_string(), Role::Text);
    facts.add(word!("fact-type"), row.kind.shown().into_string(), Role::Text);
    facts.add(word!("fact-vendor"), row.vendor.shown().into_string(), Role::Text);
    facts.add(word!("fact-remote"), look.text(standing::remote(row.remote)), Role::Text);
    facts.add(word!("fact-file"), format!("{} {}", row.format.as_str(), bytes(row.file_size)), Role::Text);
    let origin = if row.is_local { word!("fact-local") } else { word!("fact-found") };
    facts.add(word!("fact-origin"), look.text(origin), Role::Text);
    facts.add(
        word!("fact-seats"),
        look.say(&say!(
            "fact-seat-counts",
            installed = model.data.installed(id),
            bound = model.data.bound(&id.prefix)
        )),
        Role::Text,
    );
    let created =
        look.say(&say!("install-by", who = &*row.created_by, at = look.full_moment(row.created_at)));
    facts.add(word!("fact-created"), created, Role::Text);
    if why.is_none() {
        facts.add(word!("fact-updated"), look.full_moment(row.updated_at), Role::Text);
    }
}

/// What only the record knows of a segment.
fn of_record(facts: &mut Facts<'_>, segment: &Segment) {
    let list = |texts: &[FreeText]| {
        texts.iter().map(|text| text.shown().into_string()).collect::<Vec<_>>().join(", ")
    };
    facts.add(word!("fact-description"), segment.description.shown().into_string(), Role::Text);
    facts.add(word!("fact-requires"), list(&segment.requires), Role::Text);
    facts.add(word!("fact-conflicts"), list(&segment.conflicts), Role::Text);
    facts.add(word!("fact-archs"), list(&segment.archs), Role::Text);
    facts.add(word!("fact-sha256"), segment.sha256.as_str(), Role::Dim);
    facts.add(word!("fact-md5"), segment.md5.clone().unwrap_or_default(), Role::Dim);
    facts.add(word!("fact-uid"), segment.uid().unwrap_or_default(), Role::Dim);
}

/// What is on a seat, what is meant for it, and what happened there last.
fn of_seat(facts: &mut Facts<'_>, shown: &SeatShown) {
    let look = facts.look;
    let installed: Vec<_> = shown.installed.iter().map(ToString::to_string).collect();
    facts.add(word!("fact-on-it"), installed.join(" "), Role::Good);
    let bound: Vec<_> = shown.bound.iter().map(|prefix| prefix.as_str()).collect();
    facts.add(word!("fact-bound-to-it"), bound.join(" "), Role::Text);
    for (at, event) in shown.history.iter().take(EVENTS).enumerate() {
        let (state, role) = standing::seat(event.state);
        let op = look.text(match event.op {
            SeatOp::Install => word!("op-install"),
            SeatOp::Uninstall => word!("op-uninstall"),
        });
        let (when, state) = (look.full_moment(event.at), look.text(state));
        let says = format!("{when} {op} {} {state} {}", event.segment_id, event.message.shown());
        if at == 0 {
            facts.add(word!("fact-history"), says.trim_end(), role);
        } else {
            facts.more(says.trim_end(), role);
        }
    }
}

fn install(model: &Model, facts: &mut Facts<'_>, record: RecordId) {
    let look = facts.look;
    let Some(row) = model.data.install(record) else {
        return facts.add(word!("fact-state"), look.text(word!("fact-gone")), Role::Warn);
    };
    let (state, role) = standing::install(row);
    facts.add(word!("fact-state"), format!("{} {}%", look.text(state), row.percent), role);
    if let Some(reason) = &row.reason {
        facts.add(word!("fact-reason"), reason.shown().into_string(), Role::Warn);
    }
    let usual = model.data.usual(&row.segment_id.prefix);
    let why = row.facts().explain_beside(usual, &model.around());
    if let Some(why) = &why {
        explained(facts, why, true);
    }
    facts.add(word!("fact-segment"), row.segment_id.to_string(), Role::Text);
    if let Some(seat) = chosen_seat(model, record) {
        let (state, role) = standing::seat(seat.state);
        let says = format!("{} {} {}", seat.seat, look.text(state), seat.message.shown());
        facts.add(word!("column-seat"), says.trim_end(), role);
    }
    for (state, seats) in &row.counts {
        let (name, role) = standing::seat(*state);
        facts.add(name, seats.to_string(), role);
    }
    facts.add(word!("fact-attempts"), row.attempt.to_string(), Role::Text);
    let asked =
        look.say(&say!("install-by", who = &row.requested_by, at = look.full_moment(row.requested_at)));
    facts.add(word!("fact-created"), asked, Role::Text);
    if why.is_none() {
        facts.add(word!("fact-updated"), look.full_moment(row.updated_at), Role::Text);
    }
    if let Some(at) = row.schedule.expire_at.filter(|_| !row.state.is_terminal()) {
        facts.add(word!("rollout-expire-at"), look.full_moment(at), Role::Text);
    }
    if let Some(at) = row.finished_at {
        facts.add(word!("fact-finished"), look.full_moment(at), Role::Text);
    }
}

/// What it waits for, and how long.
fn explained(facts: &mut Facts<'_>, why: &Explanation, of_install: bool) {
    let look = facts.look;
    let (waits_for, role) = match &why.waits_for {
        WaitsFor::Leader => (word!("waits-leader").into(), Role::Warn),
        WaitsFor::Turn => (word!("waits-turn").into(), Role::Text),
        WaitsFor::Following(command) => (say!("waits-following", command = command.verb()), Role::Text),
        WaitsFor::NextTry(at) => (say!("waits-next-try", at = look.full_moment(*at)), Role::Text),
        WaitsFor::Answer(remote, operation) => {
            let remote = look.text(standing::remote(*remote));
            (say!("waits-answer", remote = remote, operation = operation.to_string()), Role::Text)
        }
        WaitsFor::Seats { open, of } => (say!("waits-seats", n = *open, of = *of), Role::Text),
        WaitsFor::Online { open, of } => (say!("waits-online", n = *open, of = *of), Role::Text),
        WaitsFor::Start(at) => (say!("waits-start", at = look.full_moment(*at)), Role::Text),
        WaitsFor::Window(at) => (say!("waits-window", at = look.full_moment(*at)), Role::Text),
        WaitsFor::Thaw => (word!("waits-thaw").into(), Role::Warn),
        WaitsFor::Gate { wave, waves, until: None } => {
            (say!("waits-gate", wave = *wave, waves = *waves), Role::Warn)
        }
        WaitsFor::Gate { wave, waves, until: Some(at) } => {
            let at = look.full_moment(*at);
            (say!("waits-gate-until", wave = *wave, waves = *waves, at = at), Role::Text)
        }
        WaitsFor::Paused { open, of } => (say!("waits-paused", n = *open, of = *of), Role::Warn),
    };
    facts.add(word!("fact-waits-for"), look.say(&waits_for), role);
    if why.waits_for != WaitsFor::Leader {
        facts.add(word!("fact-owner"), why.owner.shown().into_string(), Role::Text);
    }
    // Of an install these are the tries of a call, which nobody asks about while the first one is under way.
    if !of_install || why.attempt > 1 || why.next_try_at.is_some() {
        let tries = say!("fact-n-of-m", n = why.attempt, of = why.attempts);
        facts.add(word!("fact-try"), look.say(&tries), Role::Text);
    }
    if let Some(at) = why.next_try_at {
        facts.add(word!("fact-next-try"), look.full_moment(at), Role::Text);
    }
    if let Some(at) = why.deadline {
        facts.add(word!("fact-deadline"), look.full_moment(at), Role::Text);
    }
    if let Some(usual) = why.usual {
        let seconds = |n: u64| look.span(Duration::from_secs(n));
        let mean = seconds(usual.mean_seconds);
        let (says, role) = match usual.overdue_seconds {
            Some(over) => (say!("usual-overdue", mean = mean, over = seconds(over)), Role::Warn),
            None => (say!("usual-in-time", mean = mean), Role::Text),
        };
        facts.add(word!("fact-usual"), look.say(&says), role);
    }
    facts.add(word!("fact-progress"), look.full_moment(why.last_progress_at), Role::Text);
}

/// The seat under the cursor where the install is open: its message is longer than a column.
fn chosen_seat(model: &Model, record: RecordId) -> Option<&SeatView> {
    model.overlays.iter().find_map(|overlay| match overlay {
        Overlay::Install(open) if open.record == record => open.current(),
        _ => None,
    })
}

fn seat(model: &Model, facts: &mut Facts<'_>, id: &SeatId) {
    let look = facts.look;
    let Ok(at) = model.data.seats.binary_search_by(|row| row.id.cmp(id)) else {
        return facts.add(word!("fact-state"), look.text(word!("fact-gone")), Role::Warn);
    };
    let row = &model.data.seats[at];
    facts.add(word!("column-ip"), row.ip.to_string(), Role::Text);
    facts.add(word!("column-group"), row.group.shown().into_string(), Role::Text);
    let tags: Vec<_> = row.tags.iter().map(|tag| tag.shown().into_string()).collect();
    facts.add(word!("column-tags"), tags.join(" "), Role::Text);
    facts.add(word!("fact-note"), row.note.shown().into_string(), Role::Text);
    let of = model.seats_of.as_ref();
    if let Some((of, sets)) = of.and_then(|of| Some((of, of.sets.ready()?))) {
        let about = |list: &std::collections::BTreeSet<SeatId>| list.contains(id);
        let mut says = Vec::new();
        if about(&sets.bound) {
            says.push(look.text(word!("fact-is-bound")));
        }
        if about(&sets.installed) {
            says.push(look.text(word!("fact-is-installed")));
        }
        if about(&sets.coming) {
            says.push(look.text(word!("fact-is-coming")));
        }
        if about(&sets.going) {
            says.push(look.text(word!("fact-is-going")));
        }
        if says.is_empty() {
            says.push(look.text(word!("fact-has-not")));
        }
        facts.add(word!("fact-segment"), format!("{}: {}", of.segment, says.join(", ")), Role::Text);
    }
}
