//! A table's state: which rows pass the filter, in which order, and where the cursor stands.
//!
//! Rows are shared; the cursor stays with its id when rows come, go and move.

use std::cmp::Ordering;
use std::sync::Arc;

use tui_input::Input;

use super::columns::Column;
use super::filter::{self, Filtered};
use crate::domain::filter::Filter;
use crate::domain::words::Say;

/// A row that knows its name.
pub trait Row {
    /// What it is known by.
    type Id: Clone + Ord + std::fmt::Debug;
    /// Its columns.
    type Column: Column;
    /// The column that a table of them is sorted by at first.
    const FIRST: Self::Column;
    /// Its name.
    fn id(&self) -> &Self::Id;
}

impl<R: Row + Filtered> Table<R> {
    /// Takes the text of the filter as it is typed. Where it only narrows the last one the rows shown are looked
    /// at alone and stay in order; otherwise nothing is done, and `false` asks for all rows.
    pub fn narrow(&mut self) -> bool {
        let Ok(read) = filter::read::<R>(self.filter.value()) else { return false };
        if !read.narrows(&self.passing) {
            return false;
        }
        self.passing = read;
        self.filter_error = None;
        let mut rows = std::mem::take(&mut self.shown);
        rows.retain(|row| self.passes(row));
        self.show(rows);
        true
    }

    /// Understands the text of the filter; where that is not possible, the last one stays in force.
    pub fn read_filter(&mut self) {
        match filter::read::<R>(self.filter.value()) {
            Ok(read) => {
                self.passing = read;
                self.filter_error = None;
            }
            Err(error) => self.filter_error = Some(error),
        }
    }

    /// Does this row pass the filter?
    pub fn passes(&self, row: &R) -> bool {
        filter::passes(&self.passing, row)
    }
}

/// A table's state.
#[derive(Debug, Clone)]
pub struct Table<R: Row> {
    /// The rows that pass the filter, in order.
    pub shown: Vec<Arc<R>>,
    /// Index of the cursor.
    pub cursor: usize,
    /// Index of the first row on the screen.
    pub offset: usize,
    /// The column it is sorted by.
    pub sort: R::Column,
    /// Greatest first.
    pub descending: bool,
    /// The columns that are shown.
    pub columns: Vec<R::Column>,
    /// The text of the filter.
    pub filter: Input,
    /// The filter as it was last understood.
    pub passing: Filter,
    /// Why the text of the filter cannot be understood; the rows are those of the last one that could.
    pub filter_error: Option<Say>,
    chosen: Option<R::Id>,
}

impl<R: Row> Default for Table<R> {
    fn default() -> Self {
        let sort = R::FIRST;
        Self {
            shown: Vec::new(),
            cursor: 0,
            offset: 0,
            sort,
            descending: sort.begins_descending(),
            columns: R::Column::SHOWN.to_vec(),
            filter: Input::default(),
            passing: Filter::default(),
            filter_error: None,
            chosen: None,
        }
    }
}

impl<R: Row> Table<R> {
    /// The row under the cursor.
    pub fn current(&self) -> Option<&Arc<R>> {
        self.shown.get(self.cursor)
    }

    /// Takes new rows, in order; the cursor stays with its id, or near where it was.
    pub fn show(&mut self, rows: Vec<Arc<R>>) {
        self.shown = rows;
        self.find_cursor();
    }

    /// Moves one row to where it belongs now. `old` is how it was shown before, `new` how it shall be
    /// shown; `None`: not at all.
    pub fn replace(&mut self, old: Option<&R>, new: Option<Arc<R>>, compare: impl Fn(&R, &R) -> Ordering) {
        if let Some(old) = old
            && let Ok(at) = self.shown.binary_search_by(|row| compare(row, old))
        {
            match &new {
                Some(new) if compare(new, old) == Ordering::Equal => {
                    self.shown[at] = Arc::clone(new);
                    return;
                }
                _ => _ = self.shown.remove(at),
            }
            if at < self.cursor {
                self.cursor -= 1;
            }
        }
        if let Some(new) = new
            && let Err(at) = self.shown.binary_search_by(|row| compare(row, &new))
        {
            let chosen = self.chosen.as_ref() == Some(new.id());
            self.shown.insert(at, new);
            if chosen {
                self.cursor = at;
            } else if at <= self.cursor && self.shown.len() > 1 {
                self.cursor += 1;
            }
        }
        self.keep_cursor();
        self.chosen = self.current().map(|row| row.id().clone());
    }

    /// Puts the cursor on a row; `false` when it is not shown.
    pub fn select(&mut self, id: &R::Id) -> bool {
        let found = self.shown.iter().position(|row| row.id() == id);
        if let Some(at) = found {
            self.cursor = at;
            self.chosen = Some(id.clone());
        }
        found.is_some()
    }

    /// Puts the cursor on a row as soon as it is shown.
    pub fn want(&mut self, id: R::Id) {
        if !self.select(&id) {
            self.chosen = Some(id);
        }
    }

    /// Moves the cursor by rows, stopping at both ends.
    pub fn step(&mut self, by: isize) {
        self.go(self.cursor.saturating_add_signed(by));
    }

    /// Moves the cursor to a row, or to the last one.
    pub fn go(&mut self, to: usize) {
        self.cursor = to;
        self.keep_cursor();
        self.chosen = self.current().map(|row| row.id().clone());
    }

    /// Scrolls so that the cursor is among `height` rows on the screen.
    pub fn scroll(&mut self, height: usize) {
        let height = height.max(1);
        let last = self.shown.len().saturating_sub(height);
        self.offset = self.offset.min(self.cursor).max((self.cursor + 1).saturating_sub(height)).min(last);
    }

    fn find_cursor(&mut self) {
        let known = self.chosen.clone().filter(|id| self.current().is_none_or(|row| row.id() != id));
        if let Some(id) = known {
            self.select(&id);
        }
        self.keep_cursor();
    }

    fn keep_cursor(&mut self) {
        self.cursor = self.cursor.min(self.shown.len().saturating_sub(1));
        if self.chosen.is_none() {
            self.chosen = self.current().map(|row| row.id().clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Debug, Clone, PartialEq)]
    struct Thing(u32, u32);

    impl Row for Thing {
        type Id = u32;
        type Column = crate::ui::model::columns::SeatColumn;
        const FIRST: Self::Column = Self::Column::Id;
        fn id(&self) -> &u32 {
            &self.0
        }
    }

    fn by_value(a: &Thing, b: &Thing) -> Ordering {
        a.1.cmp(&b.1).then(a.0.cmp(&b.0))
    }

    fn table(rows: &[Thing]) -> Table<Thing> {
        let mut rows: Vec<_> = rows.iter().cloned().map(Arc::new).collect();
        rows.sort_by(|a, b| by_value(a, b));
        let mut table = Table::default();
        table.show(rows);
        table
    }

    #[test]
    fn the_cursor_stays_with_its_row() {
        let mut table = table(&[Thing(1, 10), Thing(2, 20), Thing(3, 30)]);
        table.step(1);
        table.replace(None, Some(Arc::new(Thing(4, 5))), by_value);
        assert_eq!(table.current().unwrap().0, 2);
        table.replace(Some(&Thing(2, 20)), Some(Arc::new(Thing(2, 99))), by_value);
        assert_eq!((table.current().unwrap().0, table.cursor), (2, 3));
    }

    #[test]
    fn the_offset_keeps_the_cursor_on_the_screen() {
        let mut table = table(&(0..100).map(|n| Thing(n, n)).collect::<Vec<_>>());
        table.go(99);
        table.scroll(10);
        assert_eq!(table.offset, 90);
        table.step(-15);
        table.scroll(10);
        assert_eq!(table.offset, 84);
    }

    proptest! {
        #[test]
        fn moving_one_row_gives_what_sorting_all_gives(
            start in proptest::collection::btree_map(0..20_u32, 0..50_u32, 0..20),
            changes in proptest::collection::vec((0..20_u32, proptest::option::of(0..50_u32)), 0..40),
            at in 0..20_usize,
        ) {
            let mut rows = start.clone();
            let mut moved = table(&start.iter().map(|(id, value)| Thing(*id, *value)).collect::<Vec<_>>());
            moved.go(at);
            for (id, value) in changes {
                let chosen = moved.current().map(|row| row.0);
                let old = rows.get(&id).map(|value| Thing(id, *value));
                match value {
                    Some(value) => _ = rows.insert(id, value),
                    None => _ = rows.remove(&id),
                }
                moved.replace(old.as_ref(), value.map(|value| Arc::new(Thing(id, value))), by_value);
                if let Some(chosen) = chosen && rows.contains_key(&chosen) {
                    prop_assert_eq!(moved.current().map(|row| row.0), Some(chosen));
                }
            }
            let sorted = table(&rows.iter().map(|(id, value)| Thing(*id, *value)).collect::<Vec<_>>());
            prop_assert_eq!(moved.shown, sorted.shown);
        }
    }
}
