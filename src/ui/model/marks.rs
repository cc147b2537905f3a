//! Marked rows of a table. Marks stay with their ids, also while a filter hides their rows.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use super::table::{Row, Table};

/// Marked rows.
#[derive(Debug, Clone)]
pub struct Marks<Id> {
    /// What is marked.
    pub ids: BTreeSet<Id>,
    /// Where a range began.
    pub anchor: Option<Id>,
    hidden: usize,
}

impl<Id> Default for Marks<Id> {
    fn default() -> Self {
        Self { ids: BTreeSet::new(), anchor: None, hidden: 0 }
    }
}

impl<Id: Clone + Ord> Marks<Id> {
    /// Those of the marked rows that the filter hides, as last counted.
    pub fn hidden(&self) -> usize {
        self.hidden
    }

    /// Marks the row under the cursor, or takes its mark away; ends a range.
    pub fn toggle<R: Row<Id = Id>>(&mut self, table: &mut Table<R>) {
        if self.anchor.is_some() {
            self.end_range(table);
        } else if let Some(id) = table.current().map(|row| row.id().clone()) {
            self.flip(&id);
            table.step(1);
        }
    }

    /// Marks this one, or takes its mark away.
    pub fn flip(&mut self, id: &Id) {
        if !self.ids.remove(id) {
            self.ids.insert(id.clone());
        }
    }

    /// Begins a range, or marks everything from where it began to the cursor.
    pub fn range<R: Row<Id = Id>>(&mut self, table: &Table<R>) {
        if self.anchor.is_some() {
            self.end_range(table);
        } else {
            self.anchor = table.current().map(|row| row.id().clone());
        }
    }

    /// Rows of the range that is being drawn up.
    pub fn range_rows<R: Row<Id = Id>>(&self, table: &Table<R>) -> Option<RangeInclusive<usize>> {
        let anchor = self.anchor.as_ref()?;
        let from = table.shown.iter().position(|row| row.id() == anchor)?;
        Some(from.min(table.cursor)..=from.max(table.cursor))
    }

    fn end_range<R: Row<Id = Id>>(&mut self, table: &Table<R>) {
        let rows = self.range_rows(table);
        self.anchor = None;
        if let Some(rows) = rows.and_then(|rows| table.shown.get(rows)) {
            self.ids.extend(rows.iter().map(|row| row.id().clone()));
        }
    }

    /// Marks everything shown; when it all is, takes those marks away.
    pub fn mark_shown<R: Row<Id = Id>>(&mut self, table: &Table<R>) {
        if table.shown.iter().all(|row| self.ids.contains(row.id())) {
            table.shown.iter().for_each(|row| _ = self.ids.remove(row.id()));
        } else {
            self.ids.extend(table.shown.iter().map(|row| row.id().clone()));
        }
    }

    /// Turns the marks of everything shown around.
    pub fn invert<R: Row<Id = Id>>(&mut self, table: &Table<R>) {
        for row in &table.shown {
            self.flip(row.id());
        }
    }

    /// Counts the hidden ones anew, after marks or rows changed.
    pub fn recount<R: Row<Id = Id>>(&mut self, table: &Table<R>) {
        let all_shown = self.ids.is_empty() || table.passing.is_empty();
        self.hidden = if all_shown {
            0
        } else {
            let shown = table.shown.iter().filter(|row| self.ids.contains(row.id())).count();
            self.ids.len() - shown
        };
    }
}
