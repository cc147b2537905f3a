//! Columns of the tables: which there are, which are shown, and by which one the rows are sorted.

use serde::{Deserialize, Serialize};

use tui_input::Input;

use super::filter::Filtered;
use super::table::{Row, Table};
use crate::domain::words::{Say, Word};
use crate::ui::rows::SegmentRow;

/// A column of a table.
pub trait Column: Copy + PartialEq + std::fmt::Debug + 'static {
    /// All, in the order they are shown in; the first one always is.
    const ALL: &'static [Self];
    /// Those that are shown until somebody chooses others.
    const SHOWN: &'static [Self];
    /// Its name in the memory of the console.
    fn name(self) -> &'static str;
    /// Its heading.
    fn title(self) -> Word;
    /// Does the greatest come first when it is chosen to sort by?
    fn begins_descending(self) -> bool;
}

macro_rules! columns {
    ($(#[$doc:meta])* $set:ident: $($variant:ident $name:literal $title:literal $shown:ident $begins:ident $what:literal),* $(,)?) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $set { $(#[doc = $what] $variant),* }

        impl Column for $set {
            const ALL: &'static [Self] = &[$(Self::$variant),*];
            const SHOWN: &'static [Self] = columns!(@shown [] $($variant $shown)*);

            fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            fn title(self) -> Word {
                match self { $(Self::$variant => crate::domain::words::word!($title)),* }
            }

            fn begins_descending(self) -> bool {
                match self { $(Self::$variant => columns!(@descends $begins)),* }
            }
        }
    };
    (@shown [$($in:ident)*]) => { &[$(Self::$in),*] };
    (@shown [$($in:ident)*] $variant:ident shown $($rest:tt)*) => { columns!(@shown [$($in)* $variant] $($rest)*) };
    (@shown [$($in:ident)*] $variant:ident hidden $($rest:tt)*) => { columns!(@shown [$($in)*] $($rest)*) };
    (@descends up) => { false };
    (@descends down) => { true };
}

columns! {
    /// Of the segments and of the versions.
    SegmentColumn:
    Id "id" "column-id" shown up "Prefix, then version.",
    Name "name" "column-name" shown up "The human name.",
    Kind "type" "fact-type" hidden up "Its type.",
    Vendor "vendor" "fact-vendor" hidden up "Who made it.",
    Remote "remote" "column-remote" shown up "The platform.",
    State "state" "column-state" shown up "Where it stands.",
    Installed "installed" "column-installed" shown down "Seats that have it.",
    Bound "bound" "column-bound" shown down "Seats it is meant for.",
    Size "fileSize" "column-size" shown down "Bytes.",
    By "createdBy" "column-by" hidden up "Who uploaded it.",
    Updated "updatedAt" "column-updated" shown down "Last change.",
}

impl SegmentColumn {
    /// Those of the versions that are shown until somebody chooses others.
    pub const VERSIONS: [Self; 5] = [Self::Id, Self::State, Self::Installed, Self::Size, Self::Updated];

    /// Do numbers beside the row decide?
    pub fn counts(self) -> bool {
        matches!(self, Self::Installed | Self::Bound)
    }
}

columns! {
    /// Of the seats; the last three are about the selected segment.
    SeatColumn:
    Id "id" "column-seat" shown up "Its id.",
    Group "group" "column-group" shown up "Its group.",
    Ip "ip" "column-ip" shown up "Its address.",
    Tags "tags" "column-tags" shown up "Its tags.",
    Note "note" "fact-note" hidden up "What somebody noted.",
    Bound "bound" "column-bound-short" shown down "The segment is meant for it.",
    Installed "installed" "column-installed-short" shown down "It has the segment.",
    Wanted "wanted" "column-wanted-short" shown down "It shall have the segment.",
}

impl SeatColumn {
    /// Is it about the selected segment?
    pub fn is_of_segment(self) -> bool {
        matches!(self, Self::Bound | Self::Installed | Self::Wanted)
    }
}

columns! {
    /// Of the installs.
    InstallColumn:
    Segment "segmentId" "column-segment" shown up "What is installed.",
    Requested "requestedAt" "column-requested" shown down "When it was asked for.",
    State "state" "column-state" shown up "Where it stands.",
    Bar "progress" "column-progress" shown down "How far it is, as a bar.",
    Percent "percent" "column-percent" shown up "How far it is.",
    Seats "seats" "column-counts" shown down "How many seats it is about.",
    Attempt "attempt" "fact-attempts" hidden down "Which attempt it is.",
    By "requestedBy" "column-by" shown up "Who asked for it.",
    Reason "reason" "fact-reason" hidden up "Why it ended, or what it waits for.",
}

columns! {
    /// Of the seats of one install.
    InstallSeatColumn:
    Seat "seat" "column-seat" shown up "Its id, wave by wave.",
    State "state" "column-state" shown up "Where it stands.",
    Percent "percent" "column-percent" shown up "How far it is, with a bar.",
    Message "message" "column-message" shown up "What the platform said last.",
    Op "op" "column-op" shown up "Install or uninstall.",
    Wave "wave" "column-wave" hidden up "The wave it is in.",
    Ip "ip" "column-ip" shown up "Its address.",
    Updated "updatedAt" "column-updated" shown down "Last change.",
}

/// How the columns of a table are arranged, by their names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Arrangement {
    /// The columns that are shown.
    pub columns: Vec<String>,
    /// The one that the rows are sorted by.
    pub sort: String,
    /// Greatest first.
    pub descending: bool,
}

/// One column in the list of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listed {
    /// Its heading.
    pub title: Word,
    /// It is shown.
    pub shown: bool,
    /// The rows are sorted by it: greatest first?
    pub sorted: Option<bool>,
}

/// A table, whatever its rows are: what can be done with its columns, its filter and its cursor.
pub trait AnyTable {
    /// All columns.
    fn listed(&self) -> Vec<Listed>;
    /// Shows a column, or hides it; the first one stays.
    fn toggle(&mut self, index: usize);
    /// Sorts by a column; by the one it is sorted by, the other way round.
    fn sort_by(&mut self, index: usize);
    /// Sorts by the next of the shown columns; after each column its reverse.
    fn sort_by_next(&mut self);
    /// How it is arranged.
    fn arrangement(&self) -> Arrangement;
    /// Arranges it; names that are not known count for nothing.
    fn arrange(&mut self, by: &Arrangement);
    /// The text of its filter.
    fn filter(&self) -> &Input;
    /// The text of its filter, to change it.
    fn filter_mut(&mut self) -> &mut Input;
    /// Why that text cannot be understood.
    fn filter_error(&self) -> Option<&Say>;
    /// Takes the text of the filter as it is typed, if its rows need not be looked at anew: [`Table::narrow`].
    fn narrow(&mut self) -> bool;
    /// How many rows are shown.
    fn count(&self) -> usize;
    /// Index of the row under the cursor.
    fn cursor(&self) -> usize;
    /// Moves the cursor to a row, or to the last one, and keeps it there.
    fn go(&mut self, to: usize);
}

impl<R: Row + Filtered> AnyTable for Table<R> {
    fn listed(&self) -> Vec<Listed> {
        let listed = |column: &R::Column| Listed {
            title: column.title(),
            shown: self.columns.contains(column),
            sorted: (self.sort == *column).then_some(self.descending),
        };
        R::Column::ALL.iter().map(listed).collect()
    }

    fn toggle(&mut self, index: usize) {
        let Some(column) = R::Column::ALL.get(index).filter(|_| index > 0) else { return };
        self.set_shown(*column, !self.columns.contains(column));
    }

    fn sort_by(&mut self, index: usize) {
        let Some(column) = R::Column::ALL.get(index) else { return };
        self.descending = if self.sort == *column { !self.descending } else { column.begins_descending() };
        self.sort = *column;
        self.offset = 0;
    }

    fn sort_by_next(&mut self) {
        // What comes first now is to be seen, as far as the cursor stays on the screen.
        self.offset = 0;
        if self.descending == self.sort.begins_descending() {
            self.descending = !self.descending;
            return;
        }
        let at = self.columns.iter().position(|column| *column == self.sort);
        let next = at.map_or(0, |at| at + 1) % self.columns.len().max(1);
        if let Some(column) = self.columns.get(next) {
            self.sort = *column;
            self.descending = column.begins_descending();
        }
    }

    fn arrangement(&self) -> Arrangement {
        Arrangement {
            columns: self.columns.iter().map(|column| column.name().to_owned()).collect(),
            sort: self.sort.name().to_owned(),
            descending: self.descending,
        }
    }

    fn arrange(&mut self, by: &Arrangement) {
        let named = |column: &&R::Column| by.columns.iter().any(|name| name == column.name());
        let columns: Vec<_> = R::Column::ALL
            .iter()
            .enumerate()
            .filter(|(at, column)| *at == 0 || named(column))
            .map(|(_, column)| *column)
            .collect();
        if !by.columns.is_empty() {
            self.columns = columns;
        }
        if let Some(sort) = R::Column::ALL.iter().find(|column| column.name() == by.sort) {
            self.sort = *sort;
            self.descending = by.descending;
        }
    }

    fn filter(&self) -> &Input {
        &self.filter
    }

    fn filter_mut(&mut self) -> &mut Input {
        &mut self.filter
    }

    fn filter_error(&self) -> Option<&Say> {
        self.filter_error.as_ref()
    }

    fn narrow(&mut self) -> bool {
        Self::narrow(self)
    }

    fn count(&self) -> usize {
        self.shown.len()
    }

    fn cursor(&self) -> usize {
        self.cursor
    }

    fn go(&mut self, to: usize) {
        Self::go(self, to);
    }
}

impl<R: Row> Table<R> {
    /// Shows a column, or hides it, in their own order whichever was chosen first.
    pub fn set_shown(&mut self, column: R::Column, shown: bool) {
        self.columns = R::Column::ALL
            .iter()
            .filter(|other| if **other == column { shown } else { self.columns.contains(other) })
            .copied()
            .collect();
    }
}

impl Table<SegmentRow> {
    /// The table of the versions as it begins: newest first, without what is the same for all.
    pub fn of_versions() -> Self {
        let mut table = Self::default();
        table.columns = SegmentColumn::VERSIONS.to_vec();
        table.descending = true;
        table
    }
}
