//! News of the records: taken in, and the tables that show them moved along.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::super::effect::Effect;
use super::super::model::chooser::{Chooser, SeatSets};
use super::super::model::data::{Data, Delta, Freshness};
use super::super::model::list::List;
use super::super::model::overlay::Overlay;
use super::super::model::pace::Pace;
use super::super::model::sort;
use super::super::model::table::Table;
use super::super::model::{Model, Pane};
use super::super::rows::{InstallRow, SeatRow, SegmentRow};
use super::{matrix, seats, trash, upload};
use crate::domain::words::{Say, say};
use crate::domain::{RecordId, SeatId};

/// From so many changed rows on a table is built anew instead of moving one row after the other.
const MANY: usize = 64;

/// Takes news in.
pub(super) fn apply(model: &mut Model, delta: Delta, effects: &mut Vec<Effect>) {
    let anew = delta.all.is_some();
    // Also while its first lists are on their way: what is read may be older than this.
    let chooser = model.chooser().filter(|chooser| {
        anew || delta.bound.contains_key(&chooser.segment.prefix)
            || delta.installed.contains_key(&chooser.segment)
            || delta.installs.iter().any(|(id, row)| begins_or_ends(model, *id, row.as_deref(), chooser))
    });
    let old_lists = chooser.map(|chooser| chooser.segment.clone());
    if let Some(upload) = &mut model.upload {
        upload::forget(upload, &delta);
    }
    let mut gone: Vec<SeatId> =
        delta.seats.iter().filter(|(_, row)| row.is_none()).map(|(id, _)| id.clone()).collect();
    if let Some(all) = delta.all {
        // Trust is told apart from what is trusted.
        let freshness = std::mem::replace(&mut model.data.freshness, Freshness::Loading(0));
        let before = std::mem::replace(&mut model.data, Data { freshness, ..*all });
        if model.chooser().is_some() {
            let now = &model.data.seats;
            let is_gone = |id: &SeatId| now.binary_search_by(|row| row.id.cmp(id)).is_err();
            gone.extend(before.seats.iter().map(|row| row.id.clone()).filter(is_gone));
        }
    }
    if let Some(chooser) = model.chooser_mut() {
        chooser.gone(&gone);
    }
    model.data.seen = delta.seen.or(model.data.seen);
    if let Some(freshness) = delta.freshness {
        model.data.freshness = freshness;
    }
    model.data.sync.extend(delta.sync);
    if let Some(freeze) = delta.freeze {
        model.data.freeze = freeze;
    }
    if let Some(unreadable) = delta.unreadable {
        model.data.unreadable = unreadable;
    }
    if let Some(leader) = delta.leader {
        model.data.leader = leader;
    }
    // Other seats may be as many as before: that a list changed counts, not its length.
    if let Some(of) = &mut model.seats_of {
        let moved = delta.bound.contains_key(&of.segment.prefix) || delta.installed.contains_key(&of.segment);
        of.asked &= !anew && !moved;
    }
    let column = model.segments.sort;
    let counts = !delta.bound.is_empty() || !delta.installed.is_empty();
    if anew || counts || !delta.seats.is_empty() {
        matrix::changed(model);
    }
    // What is deleted goes into the trash, and what comes may have lain there.
    let known = |id| model.data.segment(id).is_some();
    if anew || delta.segments.iter().any(|(id, row)| row.is_some() != known(id)) {
        trash::changed(model);
    }
    model.data.bound.extend(delta.bound);
    model.data.installed.extend(delta.installed);
    let rebuild = anew || (counts && column.counts()) || delta.segments.len() > MANY;
    let segments = !delta.segments.is_empty();
    for (id, row) in delta.segments {
        let old = model.data.segment(&id).map(Arc::clone);
        Data::put(&mut model.data.segments, &id, |row| &row.id, row.clone());
        if !rebuild {
            move_segment(model, old.as_deref(), row);
        }
    }
    let known = &model.data;
    if !model.marks.ids.is_empty() && (anew || segments) {
        model.marks.ids.retain(|id| known.segment(id).is_some());
        model.marks.recount(&model.segments);
    }
    if rebuild {
        refresh_segments(model);
    }
    if anew || segments || (counts && model.versions.sort.counts()) {
        refresh_versions(model);
    }
    let seats = !delta.seats.is_empty();
    for (id, row) in delta.seats {
        Data::put(&mut model.data.seats, &id, |row| &row.id, row);
    }
    if anew || seats {
        refresh_seats(model);
        refresh_chooser(model);
    }
    if anew {
        let data = &model.data;
        model.paces.retain(|id, _| data.install(*id).is_some_and(|row| !row.state.is_terminal()));
    }
    for (id, row) in &delta.installs {
        match row.as_ref().filter(|row| !row.state.is_terminal()) {
            Some(row) => {
                let ended = u64::try_from(row.ended()).unwrap_or(u64::MAX);
                model.paces.entry(*id).or_insert_with(Pace::of_seats).note(model.now, ended);
            }
            None => _ = model.paces.remove(id),
        }
    }
    let installs = !delta.installs.is_empty();
    for overlay in &mut model.overlays {
        // Also its seats may have moved: what is open is read again.
        if let Overlay::Install(detail) = overlay {
            detail.asked &= !anew && !delta.installs.contains_key(&detail.record);
        }
    }
    for (id, row) in delta.installs {
        Data::put(&mut model.data.installs, &id, |row| &row.id, row);
    }
    if anew || installs {
        refresh_installs(model);
    }
    if let Some(segment) = old_lists {
        seats::read(model, segment, effects);
    }
}

/// Is it an install of the prefix that seats are chosen for, and new or at its end? How it gets on in between changes
/// what is installed, which tells itself.
fn begins_or_ends(model: &Model, id: RecordId, row: Option<&InstallRow>, chooser: &Chooser) -> bool {
    let open = |row: &InstallRow| !row.state.is_terminal();
    let before = model.data.install(id);
    let of = row.or(before.map(|row| &**row));
    of.is_some_and(|row| row.segment_id.prefix == chooser.segment.prefix)
        && row.is_some_and(open) != before.is_some_and(|row| open(row))
}

/// Installs that this operator asked for and that end with this news: what to call them with.
pub(super) fn ended(model: &Model, delta: &Delta) -> Vec<Say> {
    let ended = delta.installs.iter().filter_map(|(id, row)| {
        let row = row.as_ref().filter(|row| row.state.is_terminal())?;
        let before = model.data.install(*id)?;
        let own = row.requested_by.raw() == model.identity.user;
        (own && !before.state.is_terminal()).then(|| {
            let (good, all) = (row.good(), row.seats());
            say!("notice-install", id = &row.segment_id, good = good, n = all)
        })
    });
    ended.collect()
}

/// Takes in how far the records can be trusted.
pub(super) fn trust(model: &mut Model, freshness: Freshness) {
    let live = |freshness: &Freshness| matches!(freshness, Freshness::Live(_));
    if live(&freshness) && !live(&model.data.freshness) {
        // What could not be read meanwhile can be now, and what changed meanwhile told nobody.
        if let Some(of) = &mut model.seats_of {
            of.asked = false;
        }
        for overlay in &mut model.overlays {
            if let Overlay::Install(detail) = overlay {
                detail.asked = false;
            }
        }
    }
    if let Some(upload) = &mut model.upload {
        upload::trust(upload, &freshness);
    }
    model.data.freshness = freshness;
}

fn move_segment(model: &mut Model, old: Option<&SegmentRow>, new: Option<Arc<SegmentRow>>) {
    let (column, descending) = (model.segments.sort, model.segments.descending);
    let data = &model.data;
    let new = new.filter(|row| model.segments.passes(row));
    model.segments.replace(old, new, |a, b| sort::segments(a, b, column, descending, data));
}

/// Filters and sorts the rows of a list anew.
pub(super) fn refresh(model: &mut Model, list: List) {
    match list {
        List::Pane(Pane::Segments) => refresh_segments(model),
        List::Pane(Pane::Versions) => refresh_versions(model),
        List::Pane(Pane::Seats) => refresh_seats(model),
        List::Pane(Pane::Installs) => refresh_installs(model),
        List::Chooser => refresh_chooser(model),
        List::InstallSeats => {
            if let Some(detail) = model.install_detail_mut() {
                detail.refresh();
            }
        }
    }
}

/// Filters and sorts the segments anew.
pub(crate) fn refresh_segments(model: &mut Model) {
    model.segments.read_filter();
    let table = &model.segments;
    let (column, descending) = (model.segments.sort, model.segments.descending);
    let data = &model.data;
    let mut rows: Vec<_> = data.segments.iter().filter(|row| table.passes(row)).cloned().collect();
    sort::sort_segments(&mut rows, column, descending, data);
    model.segments.show(rows);
    model.marks.recount(&model.segments);
}

/// Shows the versions of the selected prefix, newest first.
pub(super) fn refresh_versions(model: &mut Model) {
    let Some(at) = &model.at else {
        model.versions.show(Vec::new());
        return;
    };
    model.versions.read_filter();
    let (data, table) = (&model.data, &model.versions);
    let mut rows: Vec<_> =
        data.versions(&at.prefix).iter().filter(|row| table.passes(row)).cloned().collect();
    let (column, descending) = (table.sort, table.descending);
    sort::sort_segments(&mut rows, column, descending, data);
    model.versions.show(rows);
}

/// Filters and sorts the seats anew.
pub(super) fn refresh_seats(model: &mut Model) {
    let sets = model.seats_of.as_ref().and_then(|of| of.sets.ready());
    show_seats(&mut model.seats, &model.data, sets, None);
}

/// Filters and sorts the seats of the chooser anew, if one is open.
pub(super) fn refresh_chooser(model: &mut Model) {
    for overlay in &mut model.overlays {
        if let Overlay::Seats(chooser) = overlay {
            show_seats(&mut chooser.table, &model.data, chooser.sets.ready(), Some(&chooser.marks.ids));
            chooser.recount();
        }
    }
}

fn show_seats(
    table: &mut Table<SeatRow>,
    data: &Data,
    sets: Option<&SeatSets>,
    marks: Option<&BTreeSet<SeatId>>,
) {
    table.read_filter();
    let (column, descending) = (table.sort, table.descending);
    // Looked up once for each seat, not at each comparison.
    let ranked = |row: &Arc<SeatRow>| {
        let rank = sets.map_or(0, |sets| sort::rank(&row.id, column, sets, marks));
        (if descending { u8::MAX - rank } else { rank }, Arc::clone(row))
    };
    let mut rows: Vec<_> = data.seats.iter().filter(|row| table.passes(row)).map(ranked).collect();
    let descending = descending && !column.is_of_segment();
    rows.sort_by(|(a, left), (b, right)| a.cmp(b).then_with(|| sort::seats(left, right, column, descending)));
    table.show(rows.into_iter().map(|(_, row)| row).collect());
}

/// Filters and sorts the installs anew.
pub(super) fn refresh_installs(model: &mut Model) {
    model.installs.read_filter();
    let table = &model.installs;
    let mut rows: Vec<_> = model.data.installs.iter().filter(|row| table.passes(row)).cloned().collect();
    let (column, descending) = (model.installs.sort, model.installs.descending);
    rows.sort_by(|a, b| sort::installs(a, b, column, descending));
    model.installs.show(rows);
}
