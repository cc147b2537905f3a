//! The best so many of a stream of records: what the wanted page and those before it hold, and no more, so
//! that the first pages of 100,000 records cost the memory of the first pages.

use std::cmp::Ordering;

use bytes::Bytes;

use super::cell::Cell;
use super::columns::Listable;
use super::{ListRequest, Listed, Sort};
use crate::store::{self, Entry, Revision, StoreError};

/// So many records beyond the wanted ones are let in before the worst are thrown out.
const SLACK: usize = 1_000;

/// So many keys of records that cannot be read are told.
const UNREADABLE: usize = 100;

/// Where a record stands: by the wanted column, then by its id.
type Place = (Cell<'static>, Cell<'static>);

/// Takes every record, keeps the best.
pub(super) struct Collector<'a> {
    request: &'a ListRequest,
    newest_first: bool,
    wanted: usize,
    kept: Vec<(Place, Entry)>,
    total: usize,
    unreadable: Vec<String>,
}

impl<'a> Collector<'a> {
    pub(super) fn new<T: Listable>(request: &'a ListRequest) -> Self {
        let wanted = request.page.max(1).saturating_mul(request.per_page.max(1));
        Self {
            request,
            newest_first: T::NEWEST_FIRST,
            wanted,
            kept: Vec::new(),
            total: 0,
            unreadable: Vec::new(),
        }
    }

    /// Tells of a record that cannot be read; the others are listed all the same.
    pub(super) fn cannot_read(&mut self, entry: &Entry) {
        if self.unreadable.len() < UNREADABLE {
            self.unreadable.push(entry.key.to_string());
        }
    }

    /// Takes a record that passed the filter.
    pub(super) fn take<T: Listable>(&mut self, record: &T, entry: &Entry) {
        self.total += 1;
        let column = |column: &str| record.cell(column).into_owned();
        let first = self.request.sort.as_ref().map_or(Cell::Absent, |sort| column(&sort.column));
        // A copy of its own: a value may be a slice of the whole answer it came in.
        let entry = Entry { value: Bytes::copy_from_slice(&entry.value), ..entry.clone() };
        self.kept.push(((first, column(T::COLUMNS[0])), entry));
        if self.kept.len() >= self.wanted.saturating_mul(2).saturating_add(SLACK) {
            self.prune();
        }
    }

    /// Sorts what is kept and reads the wanted page of it.
    pub(super) fn page<T: Listable>(mut self, revision: Revision) -> Result<Listed<T>, StoreError> {
        let (page, per_page) = (self.request.page.max(1), self.request.per_page.max(1));
        let order = self.order();
        self.kept.sort_unstable_by(|(a, _), (b, _)| order(a, b));
        let items = self
            .kept
            .iter()
            .skip((page - 1).saturating_mul(per_page))
            .take(per_page)
            .map(|(_, entry)| store::decode(entry))
            .collect::<Result<_, _>>()?;
        Ok(Listed {
            revision,
            incarnation: None,
            total: self.total,
            page,
            per_page,
            items,
            unreadable: self.unreadable,
        })
    }

    fn prune(&mut self) {
        let order = self.order();
        self.kept.select_nth_unstable_by(self.wanted, |(a, _), (b, _)| order(a, b));
        self.kept.truncate(self.wanted);
    }

    fn order(&self) -> impl Fn(&Place, &Place) -> Ordering + use<> {
        let descending = matches!(&self.request.sort, Some(Sort { descending: true, .. }));
        let newest_first = self.newest_first;
        let turned = |order: Ordering, turn: bool| if turn { order.reverse() } else { order };
        move |a, b| turned(a.0.cmp(&b.0), descending).then_with(|| turned(a.1.cmp(&b.1), newest_first))
    }
}
