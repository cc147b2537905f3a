//! Questions with yes and no; no is the default.

use std::collections::BTreeSet;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::super::actions::ActionId;
use super::super::layout::{above, centred, take_last};
use super::super::look::{Look, bytes};
use super::super::model::Model;
use super::super::model::overlay::{Ask, Button, Confirm, Needs, Overlay};
use super::super::theme::Role;
use super::super::update::held_remotes;
use super::paint::{self, Piece};
use super::{Seen, batch, status, trash};
use crate::domain::words::{Say, Word, say, word};
use crate::domain::{SeatId, clock};
use crate::ui::standing;

/// So many seats of a list are named.
const NAMED: usize = 12;

/// So many commands are shown.
const COMMANDS: usize = 3;

/// And so many lines of each.
const COMMAND_LINES: usize = 4;

/// The question.
pub(super) fn draw(
    model: &Model,
    look: &Look,
    confirm: &Confirm,
    area: Rect,
    buffer: &mut Buffer,
    seen: &mut Seen,
) {
    let (question, facts, yes) = asked(model, look, &confirm.ask);
    let width = area.width.min(72);
    let room = usize::from(width.saturating_sub(4)).max(3);
    let mut lines: Vec<(String, Role)> = Vec::new();
    if let Ask::Bind(plan) = &confirm.ask
        && model.has_changed_since(plan)
    {
        let changed = look.text(word!("bind-changed"));
        lines.extend(paint::wrap(&changed, room).into_iter().map(|line| (line, Role::Warn)));
    }
    if matches!(confirm.ask, Ask::Empty(_)) {
        let gone = look.text(word!("empty-for-good"));
        lines.extend(paint::wrap(&gone, room).into_iter().map(|line| (line, Role::Danger)));
    }
    for fact in &facts {
        lines.extend(paint::wrap(&look.say(fact), room).into_iter().map(|line| (line, Role::Text)));
    }
    let commands = confirm.commands();
    if !commands.is_empty() {
        let key = look.keymap.key(model.scopes(), ActionId::CopyCommand).unwrap_or_default();
        lines.push((String::new(), Role::Text));
        lines.push((look.say(&say!("ask-command", key = key)), Role::Dim));
        for command in commands.iter().take(COMMANDS) {
            let command = model.identity.as_typed(command);
            let (mut shown, is_cut) = paint::beginning(&command, room - 2, COMMAND_LINES);
            if is_cut && let Some(last) = shown.last_mut() {
                *last = paint::fit(&format!("{last}{}", " ".repeat(room)), room - 2, look.glyphs.ellipsis);
            }
            lines.extend(shown.into_iter().map(|line| (format!("  {line}"), Role::Dim)));
        }
        if commands.len() > COMMANDS {
            lines.push((
                format!(" {}", look.say(&say!("plan-more", n = commands.len() - COMMANDS))),
                Role::Dim,
            ));
        }
    }
    let high = u16::try_from(lines.len()).unwrap_or(u16::MAX).saturating_add(5);
    let place = centred(above(area), width, high);
    paint::clear(buffer, place);
    let mut inside = paint::frame(buffer, place, &look.say(&question), true, look);
    let bottom = if inside.height > 1 { take_last(&mut inside) } else { inside };
    let room = usize::from(inside.height);
    if lines.len() > room {
        if room > 1 {
            let more = say!("question-more-lines", n = lines.len() - room + 1);
            lines.truncate(room - 1);
            lines.push((look.say(&more), Role::Warn));
        } else if let Some((first, _)) = lines.first_mut() {
            let cells = usize::from(inside.width.saturating_sub(1));
            let more = format!("{first} {}", look.glyphs.ellipsis);
            *first = paint::fit(&more, cells, look.glyphs.ellipsis);
        }
    }
    let gap = u16::from(usize::from(inside.height) > lines.len());
    for ((line, role), y) in lines.iter().zip(inside.top() + gap..inside.bottom()) {
        let line_place = Rect { y, height: 1, ..inside };
        paint::text(buffer, line_place, &format!(" {line}"), look.style(*role), &look.glyphs);
    }
    match (&confirm.typed, confirm.ask.needs()) {
        (Some(typed), Some(needs)) => {
            let label = look.say(&match needs {
                Needs::Reason => word!("force-type-reason").into(),
                Needs::Word(word) => say!("ask-type-word", word = word),
            });
            status::field(buffer, bottom, &format!(" {label} "), typed, look, seen);
        }
        _ => buttons(buffer, bottom, look, yes, confirm.button, Role::Danger),
    }
}

/// Some of these seats, for whoever wonders which they are.
fn named(look: &Look, seats: &BTreeSet<SeatId>) -> String {
    let some: Vec<_> = seats.iter().take(NAMED).map(SeatId::as_str).collect();
    let more = if seats.len() > NAMED { look.glyphs.ellipsis } else { "" };
    format!("{}{more}", some.join(" "))
}

/// What is deleted can be brought back, and how long.
pub(super) fn goes_to_trash(model: &Model, look: &Look) -> Say {
    let keep = model.identity.trash_keep;
    if keep.is_zero() {
        return word!("delete-trash-kept").into();
    }
    say!("delete-trash", until = look.full_moment(clock::after(model.now, keep)))
}

/// Two buttons; the one that does nothing first.
pub(super) fn buttons(buffer: &mut Buffer, line: Rect, look: &Look, yes: Word, chosen: Button, role: Role) {
    let style = |button: Button, role: Role| {
        if chosen == button { look.style(Role::ButtonChosen) } else { look.style(role) }
    };
    let pieces: [Piece; 4] = [
        (" ".to_owned(), look.style(Role::Text)),
        (format!("[ {} ]", look.text(word!("button-no"))), style(Button::No, Role::Button)),
        ("  ".to_owned(), look.style(Role::Text)),
        (format!("[ {} ]", look.text(yes)), style(Button::Yes, role)),
    ];
    paint::line(buffer, line, &pieces, &look.glyphs);
}

/// What is asked, what speaks for thinking twice, and the name of the button that does it.
fn asked(model: &Model, look: &Look, ask: &Ask) -> (Say, Vec<Say>, Word) {
    match ask {
        Ask::Delete(id) => {
            let mut facts = Vec::new();
            if let Some(row) = model.data.segment(id) {
                facts.push(say!("delete-remote", remote = standing::remote(row.remote)));
                facts.push(say!("delete-file", size = bytes(row.file_size)));
            }
            let installs = model.data.installs.iter().filter(|install| install.segment_id == *id).count();
            if installs > 0 {
                facts.push(say!("delete-installs", n = installs));
            }
            let bound = model.data.bound(&id.prefix);
            if bound > 0 && model.data.versions(&id.prefix).len() == 1 {
                facts.push(say!("delete-binding", prefix = id.prefix.as_str(), n = bound));
            }
            facts.push(goes_to_trash(model, look));
            facts.push(word!("delete-stays").into());
            (say!("ask-delete", id = id), facts, word!("button-delete"))
        }
        Ask::Restore(shown) => trash::asked_to_restore(look, shown),
        Ask::Empty(shown) => trash::asked_to_empty(look, shown),
        Ask::Batch(plan) => batch::asked(model, look, plan),
        Ask::Bind(plan) => {
            let mut facts =
                vec![say!("bind-to", n = plan.seats.len(), prefix = plan.segment.prefix.as_str())];
            if !plan.added.is_empty() {
                facts.push(say!("bind-new", n = plan.added.len(), seats = named(look, &plan.added)));
            }
            if !plan.removed.is_empty() {
                facts.push(say!("bind-gone", n = plan.removed.len(), seats = named(look, &plan.removed)));
            }
            facts.push(word!("bind-what").into());
            let prefix = plan.segment.prefix.as_str();
            (say!("ask-bind", prefix = prefix), facts, word!("button-bind"))
        }
        Ask::Retry { record, alike, seats } => {
            let id = model.data.install(*record).map(|row| row.segment_id.to_string()).unwrap_or_default();
            let mut facts = vec![say!("retry-seats", n = *seats)];
            if let Some(reason) = alike {
                facts.push(say!("retry-alike", reason = reason));
            }
            (say!("ask-retry", id = id), facts, word!("button-retry"))
        }
        Ask::Cancel(record) => {
            let mut facts = Vec::new();
            if let Some(row) = model.data.install(*record) {
                let open = row.seats() - row.good() - row.bad();
                facts.push(say!("cancel-open", n = open));
                facts.push(say!("cancel-done", n = row.good()));
            }
            let id = model.data.install(*record).map(|row| row.segment_id.to_string()).unwrap_or_default();
            (say!("ask-cancel", id = id), facts, word!("button-cancel"))
        }
        Ask::NextWave(record) => {
            let row = model.data.install(*record);
            let mut facts = Vec::new();
            if let Some(row) = row
                && let Some((wave, waves)) = row.turn
            {
                facts.push(say!("next-wave-which", wave = wave + 1, waves = waves));
                facts.push(say!("next-wave-so-far", good = row.good(), bad = row.bad(), of = row.seats()));
            }
            let id = row.map(|row| row.segment_id.to_string()).unwrap_or_default();
            (say!("ask-next-wave", id = id), facts, word!("button-next-wave"))
        }
        Ask::ForceFinish(record) => {
            let mut facts = Vec::new();
            let mut id = String::new();
            if let Some(row) = model.data.install(*record) {
                id = row.segment_id.to_string();
                facts.push(say!("force-open", n = row.seats() - row.good() - row.bad()));
            }
            facts.push(word!("force-stays").into());
            (say!("ask-force-finish", id = id), facts, word!("button-no"))
        }
        Ask::Freeze => {
            let running = model.data.installs.iter().filter(|row| !row.state.is_terminal()).count();
            let facts = vec![word!("freeze-what").into(), say!("freeze-running", n = running)];
            (word!("ask-freeze").into(), facts, word!("button-no"))
        }
        Ask::Unfreeze => {
            let frozen = model.data.freeze.as_ref();
            let who = |freeze: &crate::domain::Freeze| {
                say!(
                    "freeze-by",
                    who = &freeze.by,
                    since = look.full_moment(freeze.since),
                    reason = &freeze.reason
                )
            };
            (word!("ask-unfreeze").into(), frozen.map(who).into_iter().collect(), word!("button-unfreeze"))
        }
        Ask::Held { .. } => {
            let mut facts = Vec::new();
            let watch = model.overlays.iter().rev().find_map(|open| match open {
                Overlay::Sync(watch) => Some(watch),
                _ => None,
            });
            for (remote, held) in watch.map(|watch| held_remotes(model, watch)).unwrap_or_default() {
                facts.push(say!("held-n", remote = standing::remote(remote), n = held));
            }
            facts.push(word!("held-what").into());
            facts.push(goes_to_trash(model, look));
            (word!("ask-held").into(), facts, word!("button-remove"))
        }
        Ask::CancelUpload => {
            let facts = vec![word!("cancel-upload-nothing-left").into(), word!("cancel-upload-stays").into()];
            (word!("ask-cancel-upload").into(), facts, word!("button-cancel-upload"))
        }
        Ask::Quit => (word!("ask-quit").into(), vec![word!("quit-upload").into()], word!("button-quit")),
    }
}
