//! The same done to many segments: what is asked, and how far it has come.

use std::collections::BTreeSet;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::super::look::{Look, bytes};
use super::super::model::Model;
use super::super::model::batch::{Batch, BatchPlan, Errand};
use super::super::theme::Role;
use super::paint::{self, Piece};
use super::{Seen, long, question};
use crate::domain::SegmentId;
use crate::domain::words::{Say, Word, say, word};

/// So many segments are named in a question, and so many that are left out.
const NAMED: usize = 12;
const LEFT_OUT: usize = 4;

/// What is asked, what speaks for thinking twice, and the name of the button that does it.
pub(super) fn asked(model: &Model, look: &Look, plan: &BatchPlan) -> (Say, Vec<Say>, Word) {
    let n = plan.segments.len();
    let names: Vec<String> = plan.segments.iter().take(NAMED).map(ToString::to_string).collect();
    let mut facts = vec![say!("plain", text = names.join(", "))];
    if n > NAMED {
        facts.push(say!("batch-more", n = n - NAMED));
    }
    if plan.errand == Errand::Delete {
        let rows = plan.segments.iter().filter_map(|id| model.data.segment(id));
        facts.push(say!("batch-files", size = bytes(rows.map(|row| row.file_size).sum())));
        let gone: BTreeSet<&SegmentId> = plan.segments.iter().collect();
        let installs = model.data.installs.iter().filter(|row| gone.contains(&row.segment_id)).count();
        if installs > 0 {
            facts.push(say!("delete-installs", n = installs));
        }
        facts.push(question::goes_to_trash(model, look));
        facts.push(word!("delete-stays").into());
    }
    if !plan.left_out.is_empty() {
        facts.push(say!("batch-left-out", n = plan.left_out.len()));
        facts.extend(plan.left_out.iter().take(LEFT_OUT).map(|(_, reason)| reason.clone()));
    }
    match plan.errand {
        Errand::Delete => (say!("ask-batch-delete", n = n), facts, word!("button-delete")),
        Errand::Retry => (say!("ask-batch-retry", n = n), facts, word!("button-retry")),
    }
}

/// How far it has come.
pub(super) fn draw(look: &Look, open: &Batch, area: Rect, buffer: &mut Buffer, seen: &mut Seen) {
    let title = match open.errand {
        Errand::Delete => word!("title-batch-delete"),
        Errand::Retry => word!("title-batch-retry"),
    };
    let width = usize::from(super::super::layout::large(area).width.saturating_sub(4)).max(1);
    let answered = open.done + open.refused.len();
    let percent = (answered * 100).checked_div(open.all).and_then(|n| u8::try_from(n).ok()).unwrap_or(100);
    let words = look.say(&say!("batch-progress", n = answered, all = open.all));
    let room = width.saturating_sub(paint::width(&words) + 4).min(60);
    let bar: Vec<Piece> = vec![
        (format!(" {words}  "), look.style(Role::Title)),
        (paint::bar(percent, room, &look.glyphs), look.style(Role::Busy)),
    ];
    let mut lines = vec![bar];
    if open.ended && answered < open.all {
        let text = look.say(&say!("batch-stopped", n = open.all - answered));
        lines.push(vec![(format!(" {text}"), look.style(Role::Warn))]);
    } else if open.stopping && !open.ended {
        lines.push(vec![(format!(" {}", look.text(word!("batch-stopping"))), look.style(Role::Busy))]);
    }
    if !open.refused.is_empty() {
        lines.push(Vec::new());
        let text = look.say(&say!("batch-refused", n = open.refused.len()));
        lines.push(vec![(format!(" {text}"), look.style(Role::Bad))]);
    }
    for (_, why) in &open.refused {
        for line in paint::wrap(&look.say(why), width.saturating_sub(2)) {
            lines.push(vec![(format!("   {line}"), look.style(Role::Text))]);
        }
    }
    long::scrolled(buffer, area, &look.text(title), &lines, open.scroll, look, seen);
}
