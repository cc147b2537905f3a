//! Seats against segments, on the screen.

use std::sync::Arc;

use super::overlay::Load;
use crate::domain::SeatId;
use crate::domain::matrix::{Cell, Matrix};

/// The matrix, and where in it the operator is.
#[derive(Debug, Clone)]
pub struct MatrixView {
    /// All of it.
    pub matrix: Load<Arc<Matrix>>,
    /// It was asked for since it last changed.
    pub asked: bool,
    /// Only seats and segments that are not as they are meant to be.
    pub drift_only: bool,
    /// Cells of the rows that differ.
    pub drifts: usize,
    /// The rows that are shown.
    pub seats: Vec<SeatId>,
    /// The columns that are shown.
    pub columns: Vec<usize>,
    /// Row and column of the cursor.
    pub cursor: (usize, usize),
    /// The first row and column on the screen.
    pub offset: (usize, usize),
}

impl Default for MatrixView {
    /// Nothing is known yet.
    fn default() -> Self {
        Self {
            matrix: Load::Loading,
            asked: false,
            drift_only: false,
            drifts: 0,
            seats: Vec::new(),
            columns: Vec::new(),
            cursor: (0, 0),
            offset: (0, 0),
        }
    }
}

impl MatrixView {
    /// The seat of the cursor.
    pub fn seat(&self) -> Option<&SeatId> {
        self.seats.get(self.cursor.0)
    }

    /// The column of the cursor.
    pub fn column(&self) -> Option<usize> {
        self.columns.get(self.cursor.1).copied()
    }

    /// What lies under the cursor; `None`: nothing does.
    pub fn cell(&self) -> Option<Cell<'_>> {
        self.matrix.ready()?.cell(self.seat()?, self.column()?)
    }

    /// Takes it in; the cursor stays with its seat and its segment.
    pub fn take(&mut self, matrix: Arc<Matrix>, seats: impl Iterator<Item = SeatId>) {
        let prefix = match (&self.matrix, self.column()) {
            (Load::Ready(old), Some(column)) => old.prefix(column).cloned(),
            _ => None,
        };
        let wanted = prefix.map(|prefix| matrix.column_of(&prefix));
        self.matrix = Load::Ready(matrix);
        self.show(seats, wanted);
    }

    /// Puts the rows and columns together; `wanted`: the column that the cursor shall be in.
    pub fn show(&mut self, seats: impl Iterator<Item = SeatId>, wanted: Option<usize>) {
        let at = self.seat().cloned();
        let wanted = wanted.or(self.column());
        let Load::Ready(matrix) = &self.matrix else { return };
        let drift_only = self.drift_only;
        self.seats = seats.filter(|seat| !drift_only || matrix.is_drifting(seat)).collect();
        let drifting = |seat| matrix.cells(seat).filter(|(_, cell)| cell.drift.is_some()).count();
        self.drifts = self.seats.iter().map(drifting).sum();
        self.columns = (0..matrix.columns()).filter(|at| !drift_only || matrix.drifts(*at) > 0).collect();
        let row = at.and_then(|at| self.seats.iter().position(|seat| *seat == at));
        let column = wanted.map(|wanted| self.columns.partition_point(|column| *column < wanted));
        self.cursor = (row.unwrap_or(0), column.unwrap_or(0));
        self.scroll((usize::MAX, usize::MAX));
    }

    /// Brings the cursor onto the screen, which shows so many rows and columns.
    pub fn scroll(&mut self, (rows, columns): (usize, usize)) {
        let along = |cursor: usize, offset: usize, count: usize, shown: usize| {
            let (cursor, shown) = (cursor.min(count.saturating_sub(1)), shown.max(1));
            let first = (cursor + 1).saturating_sub(shown);
            (cursor, offset.min(cursor).max(first).min(count.saturating_sub(shown)))
        };
        let (row, top) = along(self.cursor.0, self.offset.0, self.seats.len(), rows);
        let (column, left) = along(self.cursor.1, self.offset.1, self.columns.len(), columns);
        (self.cursor, self.offset) = ((row, column), (top, left));
    }
}
