//! Data sync of both remotes: what was asked, and what came of it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::super::look::Look;
use super::super::model::Model;
use super::super::model::overlay::{Load, Scroll, SyncWatch};
use super::super::theme::Role;
use super::super::update::held_remotes;
use super::paint::{self, Piece};
use super::{Seen, long};
use crate::controllers::Lead;
use crate::domain::sync::{NAMED_SEATS, SyncItem, SyncOutcome};
use crate::domain::words::{Say, say, word};
use crate::domain::{RecordId, RemoteKind};
use crate::ui::standing;

/// Most items of a kind that are named.
const NAMED: usize = 50;

/// The box.
pub(super) fn draw(
    model: &Model,
    look: &Look,
    watch: &SyncWatch,
    area: Rect,
    buffer: &mut Buffer,
    seen: &mut Seen,
) {
    let mut lines: Vec<Vec<Piece>> = Vec::new();
    let width = usize::from(super::super::layout::large(area).width.saturating_sub(6)).max(1);
    for (remote, load) in &watch.requests {
        lines.push(vec![(format!(" {}", look.text(standing::remote(*remote))), look.style(Role::Title))]);
        let mut add = |text: String, role: Role| {
            for line in paint::wrap(&text, width) {
                lines.push(vec![(format!("   {line}"), look.style(role))]);
            }
        };
        match load {
            Load::Loading => add(look.text(word!("sync-asking")), Role::Busy),
            Load::Failed(error) => add(look.say(error), Role::Bad),
            Load::Ready(request) => answer(model, look, *remote, *request, &mut add),
        }
        lines.push(Vec::new());
    }
    if !held_remotes(model, watch).is_empty() {
        lines.push(vec![(format!(" {}", look.text(word!("sync-confirm-hint"))), look.style(Role::Warn))]);
    }
    long::scrolled(buffer, area, &look.text(word!("title-sync")), &lines, Scroll::default(), look, seen);
}

fn answer(
    model: &Model,
    look: &Look,
    remote: RemoteKind,
    request: RecordId,
    add: &mut impl FnMut(String, Role),
) {
    let result = model.data.sync.get(&remote).and_then(|record| record.result.as_ref());
    let Some(result) = result.filter(|result| result.request == Some(request)) else {
        let nobody =
            model.data.leader.is_none() && !matches!(model.lead, Lead::Leading { .. } | Lead::Following(_));
        return if nobody {
            add(look.text(word!("sync-nobody")), Role::Warn);
        } else {
            add(look.text(word!("sync-running")), Role::Busy);
        };
    };
    if let Some(error) = &result.error {
        return add(look.say(&say!("sync-failed", reason = error)), Role::Bad);
    }
    let SyncOutcome { added, removed, held, refetched, failed } = &result.outcome;
    if [added, removed, held, refetched, failed].iter().all(|items| items.is_empty()) {
        return add(look.text(word!("sync-equal")), Role::Good);
    }
    let mut kind = |count: Say, items: &[SyncItem], role: Role| {
        if items.is_empty() {
            return;
        }
        add(look.say(&count), role);
        for item in items.iter().take(NAMED) {
            let reason =
                item.reason.as_ref().map(|reason| format!(": {}", reason.shown())).unwrap_or_default();
            add(format!("  {}{reason}", item.id), Role::Text);
            if let Some(seats) = item.seats_in_short(NAMED_SEATS) {
                let seats = say!("sync-item-seats", n = item.seat_count, seats = seats);
                add(format!("    {}", look.say(&seats)), Role::Warn);
            }
        }
    };
    kind(say!("sync-added", n = added.len()), added, Role::Good);
    kind(say!("sync-removed", n = removed.len()), removed, Role::Warn);
    kind(say!("sync-held", n = held.len()), held, Role::Danger);
    kind(say!("sync-refetched", n = refetched.len()), refetched, Role::Good);
    kind(say!("sync-item-failed", n = failed.len()), failed, Role::Bad);
}
