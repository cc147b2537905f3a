//! Seats against segments: what is meant to be on each seat beside what is there.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{Prefix, SeatId, SegmentId, Version};

/// Every seat that a segment is bound to or installed on, in as little memory as it takes: a site has 20,000 seats
/// with some dozens of segments each.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Matrix {
    /// The columns, in order.
    columns: Vec<Column>,
    /// What the cells name.
    versions: Vec<Named>,
    /// The cells of a seat, in order of their columns; empty ones are absent.
    rows: BTreeMap<SeatId, Vec<Packed>>,
}

/// A version that cells name.
#[derive(Debug, Clone, PartialEq)]
struct Named {
    version: Version,
    /// Its platform does not list it any more.
    removed: bool,
}

/// A segment's column.
#[derive(Debug, Clone, PartialEq)]
struct Column {
    prefix: Prefix,
    /// Some seat is bound to it: where nobody says what is meant to be, nothing drifts.
    is_bound: bool,
    drifts: usize,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Packed {
    column: u32,
    version: Option<u32>,
    bound: bool,
}

/// What is meant to be on a seat, and what is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell<'a> {
    /// The version that is installed.
    pub version: Option<&'a Version>,
    /// The platform does not list that version any more.
    pub removed: bool,
    /// The segment is bound to the seat.
    pub bound: bool,
    /// The two do not agree.
    pub drift: Option<Drift>,
}

/// How a seat is not as it is meant to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Drift {
    /// Bound, and not installed.
    Missing,
    /// Installed, and not bound; or removed from the platform, and not bound.
    Extra,
}

impl Drift {
    /// As in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Extra => "extra",
        }
    }
}

/// The lists of a prefix, as they are read.
#[derive(Debug, Clone, Default)]
pub struct Lists {
    /// Bound seats.
    pub bound: Vec<SeatId>,
    /// Installed seats, version by version.
    pub installed: Vec<(Version, Vec<SeatId>)>,
}

impl Matrix {
    /// From all lists. `removed`: what the platform does not list any more.
    pub fn of(lists: BTreeMap<Prefix, Lists>, removed: &BTreeSet<SegmentId>) -> Self {
        let mut matrix = Self::default();
        for (prefix, Lists { bound, installed }) in lists {
            let column = number(matrix.columns.len());
            let is_bound = !bound.is_empty();
            for seat in bound {
                matrix.cell_mut(seat, column).bound = true;
            }
            for (version, seats) in installed {
                let named = number(matrix.versions.len());
                let id = SegmentId::new(prefix.clone(), version);
                matrix.versions.push(Named { removed: removed.contains(&id), version: id.version });
                for seat in seats {
                    matrix.cell_mut(seat, column).version = Some(named);
                }
            }
            matrix.columns.push(Column { prefix, is_bound, drifts: 0 });
        }
        let Self { columns, rows, versions } = &mut matrix;
        for cell in rows.values().flatten() {
            if let Some(column) = columns.get_mut(cell.column as usize) {
                column.drifts += usize::from(drift(column, versions, *cell).is_some());
            }
        }
        matrix
    }

    /// The lists come column by column, so a seat's cell is its last one or a new one.
    fn cell_mut(&mut self, seat: SeatId, column: u32) -> &mut Packed {
        let row = self.rows.entry(seat).or_default();
        if row.last().is_none_or(|last| last.column != column) {
            row.push(Packed { column, version: None, bound: false });
        }
        let last = row.len() - 1;
        &mut row[last]
    }

    /// How many columns there are.
    pub fn columns(&self) -> usize {
        self.columns.len()
    }

    /// The prefix of a column.
    pub fn prefix(&self, column: usize) -> Option<&Prefix> {
        self.columns.get(column).map(|column| &column.prefix)
    }

    /// The column of a prefix, or the next one where it has none.
    pub fn column_of(&self, prefix: &Prefix) -> usize {
        self.columns.partition_point(|column| column.prefix < *prefix)
    }

    /// Seats that are not as they are meant to be in a column.
    pub fn drifts(&self, column: usize) -> usize {
        self.columns.get(column).map_or(0, |column| column.drifts)
    }

    /// Is anything on this seat not as it is meant to be?
    pub fn is_drifting(&self, seat: &SeatId) -> bool {
        self.cells(seat).any(|(_, cell)| cell.drift.is_some())
    }

    /// A cell; `None`: neither bound nor installed.
    pub fn cell(&self, seat: &SeatId, column: usize) -> Option<Cell<'_>> {
        let row = self.rows.get(seat)?;
        let at = row.binary_search_by_key(&number(column), |cell| cell.column).ok()?;
        self.unpacked(row[at]).map(|(_, cell)| cell)
    }

    /// The cells of a seat with their columns.
    pub fn cells(&self, seat: &SeatId) -> impl Iterator<Item = (usize, Cell<'_>)> {
        self.rows.get(seat).into_iter().flatten().filter_map(|cell| self.unpacked(*cell))
    }

    /// What is not as it is meant to be: seat by seat, the segment's prefix, its cell, and the version that is there.
    pub fn drifting(&self) -> impl Iterator<Item = (&SeatId, &Prefix, Cell<'_>, Option<SegmentId>)> {
        self.rows.keys().flat_map(move |seat| {
            self.cells(seat).filter_map(move |(column, cell)| {
                let prefix = self.prefix(column)?;
                let there = cell.version.map(|version| SegmentId::new(prefix.clone(), version.clone()));
                cell.drift.map(|_| (seat, prefix, cell, there))
            })
        })
    }

    fn unpacked(&self, cell: Packed) -> Option<(usize, Cell<'_>)> {
        let column = self.columns.get(cell.column as usize)?;
        let named = cell.version.and_then(|named| self.versions.get(named as usize));
        let drift = drift(column, &self.versions, cell);
        let (version, removed) =
            (named.map(|named| &named.version), named.is_some_and(|named| named.removed));
        Some((cell.column as usize, Cell { version, removed, bound: cell.bound, drift }))
    }
}

fn drift(column: &Column, versions: &[Named], cell: Packed) -> Option<Drift> {
    let is_removed = |named: u32| versions.get(named as usize).is_some_and(|named| named.removed);
    match (cell.bound, cell.version) {
        (true, None) => Some(Drift::Missing),
        (false, Some(named)) if column.is_bound || is_removed(named) => Some(Drift::Extra),
        _ => None,
    }
}

/// Four thousand million segments are enough.
fn number(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seat_drifts_where_what_is_there_is_not_what_is_meant() {
        let seat = |n: u32| -> SeatId { format!("seat-{n}").parse().unwrap() };
        let lists = |bound: &[u32], installed: &[(&str, &[u32])]| Lists {
            bound: bound.iter().map(|n| seat(*n)).collect(),
            installed: installed
                .iter()
                .map(|(version, seats)| (version.parse().unwrap(), seats.iter().map(|n| seat(*n)).collect()))
                .collect(),
        };
        let matrix = Matrix::of(
            [
                ("nav".parse().unwrap(), lists(&[1, 2], &[("1.0", &[1]), ("2.0", &[3])])),
                ("radar".parse().unwrap(), lists(&[], &[("7", &[1, 2])])),
                ("sonar".parse().unwrap(), lists(&[], &[("3", &[4])])),
            ]
            .into(),
            &BTreeSet::from(["sonar@3".parse().unwrap()]),
        );
        let (nav, radar) = (matrix.column_of(&"nav".parse().unwrap()), 1);
        assert_eq!((nav, matrix.prefix(radar).unwrap().as_str(), matrix.columns()), (0, "radar", 3));
        let said = |n: u32, column| {
            let cell = matrix.cell(&seat(n), column)?;
            Some((cell.version.map(Version::as_str), cell.bound, cell.drift))
        };
        assert_eq!(said(1, nav), Some((Some("1.0"), true, None)));
        assert_eq!(said(2, nav), Some((None, true, Some(Drift::Missing))));
        assert_eq!(said(3, nav), Some((Some("2.0"), false, Some(Drift::Extra))));
        assert_eq!(said(1, radar), Some((Some("7"), false, None)), "nobody says what is meant to be");
        assert_eq!(said(3, radar), None);
        assert_eq!(said(4, 2), Some((Some("3"), false, Some(Drift::Extra))), "removed from its platform");
        assert_eq!((matrix.drifts(nav), matrix.drifts(radar)), (2, 0));
        assert_eq!([1, 2, 3, 4].map(|n| matrix.is_drifting(&seat(n))), [false, true, true, true]);
        let told: Vec<_> = matrix
            .drifting()
            .map(|(seat, _, cell, there)| (seat.clone(), cell.drift, cell.removed, there))
            .collect();
        let there = |id: &str| Some(id.parse().unwrap());
        let (missing, extra) = (Some(Drift::Missing), Some(Drift::Extra));
        assert_eq!(
            told,
            [
                (seat(2), missing, false, None),
                (seat(3), extra, false, there("nav@2.0")),
                (seat(4), extra, true, there("sonar@3"))
            ]
        );
    }
}
