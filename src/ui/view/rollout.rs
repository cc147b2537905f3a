//! How an install takes its seats: a line a rule, and a word on the one that is typed.
//!
//! ```text
//! +- How the seats are taken --------------------------------+
//! |  Waves       1,10%,100%                                  |
//! |  Failures    0,2%                                        |
//! |  ...                                                     |
//! |                                                          |
//! |  Up to where each wave goes: seats, or a part of all ... |
//! +----------------------------------------------------------+
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::super::layout::{above, centred, take_first};
use super::super::look::Look;
use super::super::model::Model;
use super::super::model::rollout::RolloutForm;
use super::super::theme::Role;
use super::{Seen, paint, status};
use crate::domain::words::{Word, word};
use crate::service::Rule;

/// Cells of a rule's name.
const LABEL: usize = 14;

/// Lines below the fields: an empty one, and what is said of the field.
const BELOW: u16 = 4;

/// The form.
pub(super) fn draw(
    model: &Model,
    look: &Look,
    form: &RolloutForm,
    area: Rect,
    buffer: &mut Buffer,
    seen: &mut Seen,
) {
    let fields = u16::try_from(form.fields.len()).unwrap_or(u16::MAX);
    let place = centred(above(area), 76, fields + BELOW + 2);
    paint::clear(buffer, place);
    let mut rest = paint::frame(buffer, place, &look.text(word!("title-rollout")), true, look);
    // Where not all of them fit, the one that is typed in must.
    let fit = usize::from(rest.height.saturating_sub(1)).max(1);
    let skip = (form.at + 1).saturating_sub(fit);
    for (at, (rule, field)) in Rule::ALL.into_iter().zip(&form.fields).enumerate().skip(skip) {
        if rest.height == 0 {
            return;
        }
        let mut line = take_first(&mut rest);
        line.width = line.width.saturating_sub(1);
        let name = paint::padded(&format!(" {} ", look.text(name(rule))), LABEL);
        if at == form.at {
            status::field(buffer, line, &name, field, look, seen);
            continue;
        }
        let wrong = form.wrong(at, model.now, &model.identity).is_some();
        let taken = paint::text(buffer, line, &name, look.style(Role::Key), &look.glyphs).min(line.width);
        let value = Rect { x: line.x + taken, width: line.width - taken, ..line };
        let (text, role) = match field.value() {
            "" => (look.text(unsaid(rule)), Role::Dim),
            text => (text.to_owned(), if wrong { Role::Bad } else { Role::Text }),
        };
        paint::text(buffer, value, &text, look.style(role), &look.glyphs);
    }
    if rest.height > 1 {
        take_first(&mut rest);
    }
    let (says, role) = match (form.wrong(form.at, model.now, &model.identity), Rule::ALL.get(form.at)) {
        (Some(why), _) => (look.say(&why), Role::Bad),
        (None, Some(rule)) => (look.text(help(*rule)), Role::Dim),
        (None, None) => return,
    };
    for text in paint::wrap(&says, usize::from(rest.width.saturating_sub(2)).max(1)) {
        if rest.height > 0 {
            paint::text(buffer, take_first(&mut rest), &format!(" {text}"), look.style(role), &look.glyphs);
        }
    }
}

fn name(rule: Rule) -> Word {
    match rule {
        Rule::Waves => word!("rollout-waves"),
        Rule::MaxFailures => word!("rollout-max-failures"),
        Rule::Gates => word!("rollout-gates"),
        Rule::AtOnce => word!("rollout-at-once"),
        Rule::Canary => word!("rollout-canary"),
        Rule::StartAt => word!("rollout-start-at"),
        Rule::ExpireAt => word!("rollout-expire-at"),
    }
}

/// What counts where nothing is typed.
fn unsaid(rule: Rule) -> Word {
    match rule {
        Rule::Waves | Rule::MaxFailures | Rule::Gates | Rule::AtOnce => word!("rollout-default"),
        Rule::Canary => word!("rollout-canary-none"),
        Rule::StartAt => word!("rollout-start-at-none"),
        Rule::ExpireAt => word!("rollout-expire-at-none"),
    }
}

fn help(rule: Rule) -> Word {
    match rule {
        Rule::Waves => word!("rollout-waves-help"),
        Rule::MaxFailures => word!("rollout-max-failures-help"),
        Rule::Gates => word!("rollout-gates-help"),
        Rule::AtOnce => word!("rollout-at-once-help"),
        Rule::Canary => word!("rollout-canary-help"),
        Rule::StartAt => word!("rollout-start-at-help"),
        Rule::ExpireAt => word!("rollout-expire-at-help"),
    }
}
