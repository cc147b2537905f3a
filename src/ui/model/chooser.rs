//! Choosing seats: marks over the list of all seats, counted against what is.

use std::collections::BTreeSet;

use super::marks::Marks;
use super::overlay::Load;
use super::table::Table;
use crate::domain::{SeatId, SeenAt, SegmentId};
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
    /// As what that list was seen.
    pub bound_seen: SeenAt,
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
    pub marks: Marks<SeatId>,
    /// What they change.
    pub count: Count,
    /// What changed in the list while they were set.
    pub meanwhile: Count,
    /// The binding was asked for; the answer is on its way.
    pub is_sent: bool,
    /// The lists were read since it was opened; before, they are those that a pane showed.
    is_read: bool,
}

/// How one list of seats differs from another.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// So many are new.
    pub added: usize,
    /// So many are gone.
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
            marks: Marks::default(),
            count: Count::default(),
            meanwhile: Count::default(),
            is_sent: false,
            is_read: false,
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
        self.marks.ids = self.now().cloned().unwrap_or_default();
        self.recount();
    }

    /// The lists were read. A mark is a wish against what was shown: what has changed since goes with it, and is told,
    /// so that nothing of others is undone unseen. What a pane showed before may be older than the chooser.
    pub fn answered(&mut self, sets: SeatSets) {
        let Some(before) = self.now().cloned() else {
            self.is_read = true;
            return self.loaded(sets);
        };
        self.sets = Load::Ready(sets);
        let now = self.now().cloned().unwrap_or_default();
        let added: Vec<_> = now.difference(&before).cloned().collect();
        let removed: Vec<_> = before.difference(&now).collect();
        if std::mem::replace(&mut self.is_read, true) {
            self.meanwhile.added += added.len();
            self.meanwhile.removed += removed.len();
        }
        self.marks.ids.extend(added);
        for seat in removed {
            self.marks.ids.remove(seat);
        }
        self.recount();
    }

    /// These seats are no longer there: nobody can wish for them. Those that are in a list leave it by themselves.
    pub fn gone(&mut self, seats: &[SeatId]) {
        for seat in seats {
            let is_listed = self.now().is_some_and(|now| now.contains(seat));
            if !is_listed && self.marks.ids.remove(seat) {
                self.meanwhile.removed += 1;
            }
        }
    }

    /// Begins anew with one of the lists.
    pub fn begin_with(&mut self, choose: impl Fn(&SeatSets) -> &BTreeSet<SeatId>) {
        if let Load::Ready(sets) = &self.sets {
            self.marks.ids = choose(sets).clone();
            self.recount();
        }
    }

    /// Counts anew, after marks or rows changed.
    pub fn recount(&mut self) {
        self.marks.recount(&self.table);
        let marked = &self.marks.ids;
        let (added, removed) = self.now().map_or((0, 0), |now| {
            let kept = marked.intersection(now).count();
            (marked.len() - kept, now.len() - kept)
        });
        self.count = Count { added, removed };
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

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

    fn count(chooser: &mut Chooser) -> (usize, usize, Count) {
        chooser.recount();
        (chooser.marks.ids.len(), chooser.marks.hidden(), chooser.count)
    }

    #[test]
    fn it_begins_with_what_is_installed() {
        let mut chooser = chooser(&[1, 2]);
        assert_eq!(count(&mut chooser), (2, 0, Count { added: 0, removed: 0 }));
    }

    #[test]
    fn a_range_runs_from_its_beginning_to_the_cursor() {
        let mut chooser = chooser(&[0]);
        chooser.table.go(4);
        chooser.marks.range(&chooser.table);
        chooser.table.go(2);
        chooser.marks.range(&chooser.table);
        assert_eq!(count(&mut chooser), (4, 0, Count { added: 3, removed: 0 }));
    }

    #[test]
    fn hidden_marks_are_counted_and_kept() {
        let mut chooser = chooser(&[0, 5]);
        chooser.table.filter = "seat-0 ".into();
        chooser.table.read_filter();
        let rows = chooser.table.shown[..2].to_vec();
        chooser.table.show(rows);
        chooser.marks.mark_shown(&chooser.table);
        assert_eq!(count(&mut chooser), (3, 1, Count { added: 1, removed: 0 }));
        chooser.marks.mark_shown(&chooser.table);
        assert_eq!(count(&mut chooser), (1, 1, Count { added: 0, removed: 1 }));
        chooser.marks.invert(&chooser.table);
        assert_eq!(chooser.marks.ids.len(), 3);
    }
}
