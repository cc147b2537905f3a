//! Choosing seats, up to the plan.

use std::collections::BTreeSet;

use super::super::actions::ActionId;
use super::super::effect::Effect;
use super::super::model::chooser::{Chooser, Purpose, SeatSets};
use super::super::model::overlay::{Button, Load, Overlay, PlanConfirm, Scroll};
use super::super::model::{Model, Pane, Tone};
use super::super::words::word;
use super::data;
use crate::domain::{SeatId, SegmentId};
use crate::service::UNINSTALL_NEEDS_WORD;

/// Opens the chooser for the selected segment; the seats are asked for.
pub(super) fn choose(model: &mut Model, purpose: Purpose, effects: &mut Vec<Effect>) {
    let Some(segment) = model.subject_segment().map(|row| row.id.clone()) else {
        model.tell(Tone::Bad, word!("reason-no-segment"));
        return;
    };
    let mut chooser = Chooser::new(segment.clone(), purpose);
    if model.pane == Pane::Seats {
        // What the operator looks at is what he goes on with.
        chooser.table = model.seats.clone();
    }
    // The lists that the pane shows are at hand at once, so that keys typed ahead find them.
    if let Some(of) = model.seats_of.as_ref().filter(|of| of.segment == segment)
        && let Load::Ready(sets) = &of.sets
    {
        chooser.loaded(sets.clone());
    }
    model.overlays.push(Overlay::Seats(Box::new(chooser)));
    data::refresh_chooser(model);
    let active = model.data.active(&segment.prefix).map(|install| install.id).collect();
    effects.push(Effect::LoadChooser { segment, active });
}

/// Marks in the chooser; from the pane of the seats it opens first.
pub(super) fn mark(model: &mut Model, id: ActionId, effects: &mut Vec<Effect>) {
    if model.chooser().is_none() {
        choose(model, Purpose::Install, effects);
    }
    let Some(chooser) = model.chooser_mut() else { return };
    if chooser.sets.ready().is_none() {
        model.tell(Tone::Plain, word!("toast-still-loading"));
        return;
    }
    match id {
        ActionId::Mark => chooser.toggle(),
        ActionId::Range => chooser.range(),
        ActionId::MarkShown => chooser.mark_shown(),
        _ => chooser.invert(),
    }
}

/// Begins the marks anew with one of the lists.
pub(super) fn begin_with(model: &mut Model, choose: impl Fn(&SeatSets) -> &BTreeSet<SeatId>) {
    if let Some(chooser) = model.chooser_mut() {
        chooser.begin_with(choose);
    }
}

/// Enter in the chooser: bind, or see the plan.
pub(super) fn done(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(Overlay::Seats(chooser)) = model.overlays.last() else { return };
    let Some(sets) = chooser.sets.ready() else { return };
    let (segment, wanted) = (chooser.segment.clone(), chooser.marks.clone());
    match chooser.purpose {
        Purpose::Bind => {
            effects.push(Effect::Bind { segment, seats: wanted, revision: sets.bound_revision });
            super::sent(model);
        }
        Purpose::Install => {
            let command = command(&segment, &wanted, sets);
            effects.push(Effect::Plan { segment: segment.clone(), wanted: wanted.clone() });
            model.overlays.push(Overlay::Plan(Box::new(PlanConfirm {
                segment,
                wanted,
                command,
                plan: Load::Loading,
                button: Button::No,
                word: None,
                sent: false,
                scroll: Scroll::default(),
            })));
        }
    }
}

/// The same install on a command line, in the shortest of its forms.
fn command(segment: &SegmentId, wanted: &BTreeSet<SeatId>, sets: &SeatSets) -> String {
    let list =
        |seats: &mut dyn Iterator<Item = &SeatId>| seats.map(SeatId::as_str).collect::<Vec<_>>().join(",");
    let seats = if wanted.is_empty() {
        "--none".to_owned()
    } else if *wanted == sets.bound {
        "--bound".to_owned()
    } else {
        format!("--seats {}", list(&mut wanted.iter()))
    };
    let many = sets.installed.difference(wanted).count() > UNINSTALL_NEEDS_WORD;
    format!("segdeck install {segment} {seats}{}", if many { " --yes" } else { "" })
}
