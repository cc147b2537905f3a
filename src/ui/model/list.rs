//! Which list gets the keys, and its table.

use super::columns::{AnyTable, Arrangement};
use super::overlay::Overlay;
use super::table::Table;
use super::{Model, Pane};
use crate::service::SeatView;
use crate::ui::memory::Memory;
use crate::ui::rows::{InstallRow, SeatRow, SegmentRow};

/// A list on the screen that is walked through, filtered and sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// That of a pane.
    Pane(Pane),
    /// The seats that are being chosen.
    Chooser,
    /// The seats of an install.
    InstallSeats,
}

impl List {
    /// Its name in the memory of the console; none for what begins the same each time.
    pub fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::Pane(Pane::Segments) => "segments",
            Self::Pane(Pane::Versions) => "versions",
            Self::Pane(Pane::Seats) => "seats",
            Self::Pane(Pane::Installs) => "installs",
            Self::InstallSeats => "installSeats",
            Self::Chooser => return None,
        })
    }

    /// How it is arranged until somebody arranges it.
    pub fn first_arrangement(self) -> Arrangement {
        match self {
            Self::Pane(Pane::Segments) => Table::<SegmentRow>::default().arrangement(),
            Self::Pane(Pane::Versions) => Table::of_versions().arrangement(),
            Self::Pane(Pane::Seats) | Self::Chooser => Table::<SeatRow>::default().arrangement(),
            Self::Pane(Pane::Installs) => Table::<InstallRow>::default().arrangement(),
            Self::InstallSeats => Table::<SeatView>::default().arrangement(),
        }
    }
}

impl Model {
    /// The list that gets the keys.
    pub fn list(&self) -> List {
        let over = self.overlays.iter().rev().find_map(|overlay| match overlay {
            Overlay::Seats(_) => Some(List::Chooser),
            Overlay::Install(_) => Some(List::InstallSeats),
            _ => None,
        });
        over.unwrap_or(List::Pane(self.pane))
    }

    /// The table of a list; that of the pane where the other one is not open.
    pub fn table(&self, list: List) -> &dyn AnyTable {
        match (list, self.chooser(), self.install_detail()) {
            (List::Chooser, Some(chooser), _) => return &chooser.table,
            (List::InstallSeats, _, Some(detail)) => return &detail.table,
            _ => {}
        }
        let pane = if let List::Pane(pane) = list { pane } else { self.pane };
        match pane {
            Pane::Segments => &self.segments,
            Pane::Versions => &self.versions,
            Pane::Seats => &self.seats,
            Pane::Installs => &self.installs,
        }
    }

    /// The table of a list, to change it.
    pub fn table_mut(&mut self, list: List) -> &mut dyn AnyTable {
        let open = self.overlays.iter_mut().rev().find_map(|overlay| match (list, overlay) {
            (List::Chooser, Overlay::Seats(chooser)) => Some(&mut chooser.table as &mut dyn AnyTable),
            (List::InstallSeats, Overlay::Install(detail)) => Some(&mut detail.table as &mut dyn AnyTable),
            _ => None,
        });
        let pane = if let List::Pane(pane) = list { pane } else { self.pane };
        open.unwrap_or(match pane {
            Pane::Segments => &mut self.segments,
            Pane::Versions => &mut self.versions,
            Pane::Seats => &mut self.seats,
            Pane::Installs => &mut self.installs,
        })
    }

    /// Takes what was chosen last time.
    pub fn remember(&mut self, memory: Memory) {
        for list in Pane::ALL.map(List::Pane) {
            if let Some(arrangement) = list.name().and_then(|name| memory.panes.get(name)) {
                self.table_mut(list).arrange(arrangement);
            }
        }
        self.memory = memory.clone();
        self.remembered = memory;
    }
}
