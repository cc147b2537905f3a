//! Pages of lists, sorted and filtered; filter, total and page come from one revision.

mod cell;
mod collect;
mod columns;
#[cfg(test)]
mod tests;

use futures::{StreamExt, TryStreamExt};
use serde::Serialize;

use self::collect::Collector;
use self::columns::{Listable, Row};
use super::{Code, Service, ServiceError};
use crate::domain::filter::Filter;
use crate::domain::incarnation::Incarnation;
use crate::domain::words::Say;
use crate::domain::{InstallLog, Seat, Segment};
use crate::store::keys::{self, Named};
use crate::store::{self, Entry, Key, ListQuery, StoreError};

/// Summaries of installs that are read at once.
const AT_ONCE: usize = 32;

/// A list that is compacted away under our eyes so often is given up.
const TRIES: usize = 3;

/// Which page of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct ListRequest {
    /// From 1.
    pub page: usize,
    /// Items a page.
    pub per_page: usize,
    /// By a column; by id where absent.
    pub sort: Option<Sort>,
    /// In the filter language; empty: everything.
    pub filter: String,
}

impl Default for ListRequest {
    fn default() -> Self {
        Self { page: 1, per_page: 50, sort: None, filter: String::new() }
    }
}

/// A sort order, `COL` or `COL:desc`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sort {
    /// A field of the record.
    pub column: String,
    /// Greatest first.
    pub descending: bool,
}

/// A page of a list; the JSON of every list command.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Listed<T> {
    /// The revision all of it comes from.
    pub revision: i64,
    /// The life of the records that this revision is of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub incarnation: Option<Incarnation>,
    /// Items that pass the filter.
    pub total: usize,
    /// From 1.
    pub page: usize,
    /// Items a page.
    pub per_page: usize,
    /// This page's; empty past the end.
    pub items: Vec<T>,
    /// Keys of records that cannot be read, at most 100; absent where all can.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unreadable: Vec<String>,
}

impl<T> Listed<T> {
    /// The same page with its items shown otherwise.
    pub(super) fn map<U>(self, shown: impl FnMut(T) -> U) -> Listed<U> {
        let Self { revision, incarnation, total, page, per_page, items, unreadable } = self;
        Listed {
            revision,
            incarnation,
            total,
            page,
            per_page,
            items: items.into_iter().map(shown).collect(),
            unreadable,
        }
    }
}

impl Service {
    /// Segments.
    ///
    /// # Errors
    /// `usage` for an unknown column or a filter that cannot be read, `unavailable` for the store.
    pub async fn list_segments(&self, request: &ListRequest) -> Result<Listed<Segment>, ServiceError> {
        self.listed(request, Part::of(keys::SEGMENTS), Read::Whole, |_: &Segment| true).await
    }

    /// Seats.
    ///
    /// # Errors
    /// As [`Service::list_segments`].
    pub async fn list_seats(&self, request: &ListRequest) -> Result<Listed<Seat>, ServiceError> {
        self.listed(request, Part::of(keys::SEATS), Read::Whole, |_: &Seat| true).await
    }

    /// Install logs, newest first where no sort is given.
    ///
    /// # Errors
    /// As [`Service::list_segments`].
    pub async fn list_installs(&self, request: &ListRequest) -> Result<Listed<InstallLog>, ServiceError> {
        self.listed(request, Part::of(keys::INSTALL_LOGS), Read::Summaries, |_: &InstallLog| true).await
    }

    /// What is `wanted` of a part of the store, filtered, sorted, a page of it.
    pub(super) async fn listed<T: Listable>(
        &self,
        request: &ListRequest,
        part: Part<'_>,
        read: Read,
        wanted: impl Fn(&T) -> bool,
    ) -> Result<Listed<T>, ServiceError> {
        if let Some(sort) = &request.sort
            && !T::COLUMNS.contains(&sort.column.as_str())
        {
            let why = format!("there is no column {:?}; there are {}", sort.column, T::COLUMNS.join(", "));
            return Err(ServiceError::new(Code::Usage, Say::plain(&why)));
        }
        let filter = Filter::parse(&request.filter, T::COLUMNS)
            .map_err(|error| ServiceError::new(Code::Usage, Say::plain(&error.to_string())))?;
        // Before the list: what steps back in between is refused then, and not taken for seen.
        let incarnation = self.incarnation().await?;
        let mut tries = 1;
        loop {
            match self.collected(request, &filter, &part, read, &wanted).await {
                Err(StoreError::Compacted { .. }) if tries < TRIES => tries += 1,
                listed => return Ok(Listed { incarnation, ..listed? }),
            }
        }
    }

    async fn collected<T: Listable>(
        &self,
        request: &ListRequest,
        filter: &Filter,
        part: &Part<'_>,
        read: Read,
        wanted: &impl Fn(&T) -> bool,
    ) -> Result<Listed<T>, StoreError> {
        let mut collector = Collector::new::<T>(request);
        let mut query = ListQuery {
            keys_only: read == Read::Summaries,
            after: part.after.clone(),
            ..ListQuery::prefix(part.prefix)
        };
        loop {
            let page = self.store.list(&query).await?;
            let more = query.turn(&page);
            let entries = match read {
                Read::Whole => page.entries,
                Read::Summaries => self.summaries(page.entries, page.revision).await?,
            };
            for entry in &entries {
                let Ok(record) = store::decode::<T>(entry) else {
                    collector.cannot_read(entry);
                    continue;
                };
                if wanted(&record) && filter.matches(&Row(&record)) {
                    collector.take(&record, entry);
                }
            }
            if !more {
                return collector.page(page.revision);
            }
        }
    }

    /// The summaries among these keys, without the shards below them, as of the revision of the keys. Each
    /// is the first key of those that begin as it does.
    async fn summaries(&self, keys: Vec<Entry>, revision: i64) -> Result<Vec<Entry>, StoreError> {
        let summaries = keys
            .into_iter()
            .filter(|entry| matches!(keys::parse(&entry.key), Named::InstallLog(_, _, None)))
            .map(|entry| async move {
                let query =
                    ListQuery { limit: 1, revision: Some(revision), ..ListQuery::prefix(entry.key.as_str()) };
                Ok::<_, StoreError>(self.store.list(&query).await?.entries.into_iter().next())
            });
        let found: Vec<Option<Entry>> =
            futures::stream::iter(summaries).buffered(AT_ONCE).try_collect().await?;
        Ok(found.into_iter().flatten().collect())
    }
}

/// Which keys a list reads.
pub(super) struct Part<'a> {
    /// Those that begin so.
    pub prefix: &'a str,
    /// And come after this one.
    pub after: Option<Key>,
}

impl<'a> Part<'a> {
    fn of(prefix: &'a str) -> Self {
        Self { prefix, after: None }
    }
}

/// What is read of the keys below a prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Read {
    /// Every record.
    Whole,
    /// Records that have shards below them, without the shards.
    Summaries,
}
