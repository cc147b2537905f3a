//! One install, seat by seat: a table over what the service tells of it.

use std::sync::Arc;

use super::columns::InstallSeatColumn;
use super::overlay::Load;
use super::sort;
use super::table::Table;
use crate::domain::reasons::{Alike, alike, masked};
use crate::domain::words::Say;
use crate::domain::{RecordId, SeatId, SeatState, Timestamp};
use crate::service::{InstallView, SeatView};

/// One install, seat by seat.
#[derive(Debug, Clone)]
pub struct InstallDetail {
    /// The install.
    pub record: RecordId,
    /// Its seats, wave by wave, in order of their ids.
    pub seats: Load<Vec<Arc<SeatView>>>,
    /// Those that are shown.
    pub table: Table<SeatView>,
    /// Why seats failed, equal reasons as one.
    pub reasons: Vec<Alike>,
    /// The running seat that has told nothing for the longest time, and since when.
    pub silent: Option<(SeatId, Timestamp)>,
    /// They were asked for since they last changed.
    pub asked: bool,
}

impl InstallDetail {
    /// Nothing is known of it yet.
    pub fn new(record: RecordId) -> Self {
        Self {
            record,
            seats: Load::Loading,
            table: Table::default(),
            reasons: Vec::new(),
            silent: None,
            asked: false,
        }
    }

    /// The seat under the cursor.
    pub fn current(&self) -> Option<&SeatView> {
        self.table.current().map(|seat| &**seat)
    }

    /// Seats that a retry for a reason like this one takes up.
    pub fn alike(&self, reason: &str) -> usize {
        let mask = masked(reason);
        let fits = |seat: &&Arc<SeatView>| seat.state.is_retryable() && masked(seat.message.raw()) == mask;
        self.seats.ready().map_or(0, |seats| seats.iter().filter(fits).count())
    }

    /// Takes its seats in, and what can be said of all of them together.
    pub fn take(&mut self, view: Result<InstallView, Say>) {
        self.seats = match view {
            Ok(view) => {
                let seats = view.seats;
                let failed = seats.iter().filter(|seat| {
                    matches!(seat.state, SeatState::Failed | SeatState::TimedOut | SeatState::Unknown)
                });
                self.reasons = alike(failed.map(|seat| (&seat.seat, &seat.message)));
                let running = seats.iter().filter(|seat| seat.state == SeatState::Running);
                self.silent = running
                    .min_by_key(|seat| seat.updated_at)
                    .map(|seat| (seat.seat.clone(), seat.updated_at));
                // Where all are in one wave its number says nothing.
                self.table.set_shown(InstallSeatColumn::Wave, seats.iter().any(|seat| seat.wave.is_some()));
                Load::Ready(seats.into_iter().map(Arc::new).collect())
            }
            Err(error) => Load::Failed(error),
        };
        self.refresh();
    }

    /// Filters and sorts its seats anew.
    pub fn refresh(&mut self) {
        self.table.read_filter();
        let all = self.seats.ready().map(Vec::as_slice).unwrap_or_default();
        let mut rows: Vec<_> = all.iter().filter(|seat| self.table.passes(seat)).cloned().collect();
        sort::install_seats(&mut rows, self.table.sort, self.table.descending);
        self.table.show(rows);
    }

    /// Lines above its seats, at most: progress, facts, counts, and a reason a line.
    pub fn head(&self) -> usize {
        3 + self.reasons.len().min(SHOWN_REASONS)
    }
}

/// So many reasons have a line.
pub const SHOWN_REASONS: usize = 3;
