//! Choosing seats: marks over the list of all seats, counted against what is.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::overlay::Load;
use super::table::Table;
use crate::domain::{SeatId, SegmentId};
use crate::ui::rows::SeatRow;

/// What the marks are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Seats that shall have the segment.
    Install,
    /// Seats its prefix is meant for.
    Bind,
}

/// The two lists a segment has now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SeatSets {
    /// Seats it is meant for.
    pub bound: BTreeSet<SeatId>,
    /// The revision of that list.
    pub bound_revision: i64,
    /// Seats that have it.
    pub installed: BTreeSet<SeatId>,
    /// Seats that an unfinished install puts it on.
    pub coming: BTreeSet<SeatId>,
    /// Seats that an unfinished install takes it off.
    pub going: BTreeSet<SeatId>,
}

/// Seats being chosen.
#[derive(Debug, Clone)]
pub struct Chooser {
    /// For which segment.
    pub segment: SegmentId,
    /// For what.
    pub purpose: Purpose,
    /// The seats.
    pub table: Table<SeatRow>,
    /// What the segment has now.
    pub sets: Load<SeatSets>,
    /// The wanted seats.
    pub marks: BTreeSet<SeatId>,
    /// Where a range began.
    pub anchor: Option<SeatId>,
    /// Numbers for the counter.
    pub count: Count,
}

/// The counter of a chooser.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// Marked seats.
    pub marked: usize,
    /// Those of them that the filter hides.
    pub hidden: usize,
    /// Marked and not in the list now.
    pub added: usize,
    /// In the list now and not marked.
    pub removed: usize,
}

impl Chooser {
    /// Nothing is known yet.
    pub fn new(segment: SegmentId, purpose: Purpose) -> Self {
        Self {
            segment,
            purpose,
            table: Table::default(),
            sets: Load::Loading,
            marks: BTreeSet::new(),
            anchor: None,
            count: Count::default(),
        }
    }

    /// The list the marks are compared with.
    pub fn now(&self) -> Option<&BTreeSet<SeatId>> {
        self.sets.ready().map(|sets| match self.purpose {
            Purpose::Install => &sets.installed,
            Purpose::Bind => &sets.bound,
        })
    }

    /// The lists have come: begin with what is.
    pub fn loaded(&mut self, sets: SeatSets) {
        self.sets = Load::Ready(sets);
        self.marks = self.now().cloned().unwrap_or_default();
        self.recount();
    }

    /// Begins anew with one of the lists.
    pub fn begin_with(&mut self, choose: impl Fn(&SeatSets) -> &BTreeSet<SeatId>) {
        if let Load::Ready(sets) = &self.sets {
            self.marks = choose(sets).clone();
            self.recount();
        }
    }

    /// Marks the seat under the cursor, or takes its mark away; ends a range.
    pub fn toggle(&mut self) {
        let Some(row) = self.table.current().map(Arc::clone) else { return };
        match self.anchor.take() {
            Some(anchor) => self.mark_range(&anchor),
            None => {
                if !self.marks.remove(&row.id) {
                    self.marks.insert(row.id.clone());
                }
                self.table.step(1);
            }
        }
        self.recount();
    }

    /// Begins a range, or marks everything from where it began to the cursor.
    pub fn range(&mut self) {
        match self.anchor.take() {
            Some(anchor) => self.mark_range(&anchor),
            None => self.anchor = self.table.current().map(|row| row.id.clone()),
        }
        self.recount();
    }

    /// Rows of the range that is being drawn up.
    pub fn range_rows(&self) -> Option<std::ops::RangeInclusive<usize>> {
        let anchor = self.anchor.as_ref()?;
        let from = self.table.shown.iter().position(|row| row.id == *anchor)?;
        Some(from.min(self.table.cursor)..=from.max(self.table.cursor))
    }

    fn mark_range(&mut self, anchor: &SeatId) {
        self.anchor = Some(anchor.clone());
        let rows = self.range_rows();
        self.anchor = None;
        if let Some(rows) = rows.and_then(|rows| self.table.shown.get(rows)) {
            self.marks.extend(rows.iter().map(|row| row.id.clone()));
        }
    }

    /// Marks everything shown; when it all is, takes those marks away.
    pub fn mark_shown(&mut self) {
        let all = self.table.shown.iter().all(|row| self.marks.contains(&row.id));
        for row in &self.table.shown {
            if all {
                self.marks.remove(&row.id);
            } else {
                self.marks.insert(row.id.clone());
            }
        }
        self.recount();
    }

    /// Turns the marks of everything shown around.
    pub fn invert(&mut self) {
        for row in &self.table.shown {
            if !self.marks.remove(&row.id) {
                self.marks.insert(row.id.clone());
            }
        }
        self.recount();
    }

    /// Counts anew, after marks or rows changed.
    pub fn recount(&mut self) {
        let shown = self.table.shown.iter().filter(|row| self.marks.contains(&row.id)).count();
        let (added, removed) = self.now().map_or((0, 0), |now| {
            let kept = self.marks.intersection(now).count();
            (self.marks.len() - kept, now.len() - kept)
        });
        self.count = Count { marked: self.marks.len(), hidden: self.marks.len() - shown, added, removed };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chooser(installed: &[u32]) -> Chooser {
        let mut chooser = Chooser::new("a@1".parse().unwrap(), Purpose::Install);
        let seat = |n: u32| format!("seat-{n}").parse::<SeatId>().unwrap();
        chooser.table.show(
            (0..6)
                .map(|n| {
                    Arc::new(SeatRow {
                        id: seat(n),
                        ip: [10, 0, 0, n as u8].into(),
                        group: "g".into(),
                        tags: BTreeSet::new(),
                        note: "".into(),
                        unknown: Default::default(),
                    })
                })
                .collect(),
        );
        let installed = installed.iter().map(|n| seat(*n)).collect();
        chooser.loaded(SeatSets { installed, ..SeatSets::default() });
        chooser
    }

    #[test]
    fn it_begins_with_what_is_installed() {
        let chooser = chooser(&[1, 2]);
        assert_eq!(chooser.count, Count { marked: 2, hidden: 0, added: 0, removed: 0 });
    }

    #[test]
    fn a_range_runs_from_its_beginning_to_the_cursor() {
        let mut chooser = chooser(&[0]);
        chooser.table.go(4);
        chooser.range();
        chooser.table.go(2);
        chooser.range();
        assert_eq!(chooser.count, Count { marked: 4, hidden: 0, added: 3, removed: 0 });
    }

    #[test]
    fn hidden_marks_are_counted_and_kept() {
        let mut chooser = chooser(&[0, 5]);
        let rows = chooser.table.shown[..2].to_vec();
        chooser.table.show(rows);
        chooser.mark_shown();
        assert_eq!(chooser.count, Count { marked: 3, hidden: 1, added: 1, removed: 0 });
        chooser.mark_shown();
        assert_eq!(chooser.count, Count { marked: 1, hidden: 1, added: 0, removed: 1 });
        chooser.invert();
        assert_eq!(chooser.count.marked, 3);
    }
}
