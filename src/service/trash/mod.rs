//! The trash, as operators look into it.

mod empty;
mod restore;

use std::collections::BTreeSet;
use std::time::Duration;

use serde::Serialize;

use super::list::{Part, Read};
use super::{Code, ListRequest, Listed, Service, ServiceError, Sort};
use crate::domain::words::say;
use crate::domain::{RecordId, SegmentId, Timestamp, TrashContent, TrashEntry};
use crate::store::{self, Entry, ListQuery, ReadStore, keys};

/// An entry as `trash list` shows it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TrashShown {
    /// The entry.
    #[serde(flatten)]
    pub entry: TrashEntry,
    /// When it goes by itself; absent: never.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

/// How much lies in the trash.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TrashSize {
    /// Entries.
    pub entries: usize,
    /// Bytes of their files.
    pub bytes: u64,
}

impl TrashSize {
    /// Counts it.
    ///
    /// # Errors
    /// `unavailable` for the store.
    pub async fn read(store: &dyn ReadStore) -> Result<Self, ServiceError> {
        let mut size = Self::default();
        let mut query = ListQuery::prefix(keys::TRASH);
        loop {
            let page = store.list(&query).await?;
            for entry in page.entries.iter().filter_map(store::decode_or_warn::<TrashEntry>) {
                size.entries += 1;
                size.bytes = size.bytes.saturating_add(entry.file_size);
            }
            if !query.turn(&page) {
                return Ok(size);
            }
        }
    }
}

/// Which entry: by its own id, or by the segment's where only one has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InTrash {
    /// Its own id.
    Entry(RecordId),
    /// The segment it was.
    Segment(SegmentId),
}

impl std::str::FromStr for InTrash {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        if text.contains('@') {
            return text
                .parse()
                .map(Self::Segment)
                .map_err(|error: crate::domain::NameError| error.to_string());
        }
        text.parse().map(Self::Entry).map_err(|why: crate::domain::words::Say| why.to_string())
    }
}

impl std::fmt::Display for InTrash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Entry(id) => id.fmt(f),
            Self::Segment(id) => id.fmt(f),
        }
    }
}

impl Service {
    /// What lies in the trash, newest first where no sort is given.
    ///
    /// # Errors
    /// As [`Service::list_segments`].
    pub async fn list_trash(&self, request: &ListRequest) -> Result<Listed<TrashShown>, ServiceError> {
        let part = Part { prefix: keys::TRASH, after: None };
        let newest = || Sort { column: "at".to_owned(), descending: true };
        let request =
            ListRequest { sort: Some(request.sort.clone().unwrap_or_else(newest)), ..request.clone() };
        let listed = self.listed(&request, part, Read::Whole, |_: &TrashEntry| true).await?;
        let keep = self.settings.trash.keep;
        Ok(listed.map(|entry| TrashShown { expires_at: entry.expires_at(keep), entry }))
    }

    /// How many of these keys of entries are left.
    ///
    /// # Errors
    /// `unavailable` for the store.
    pub async fn trash_left(&self, keys: &BTreeSet<String>) -> Result<usize, ServiceError> {
        let mut left = 0;
        let mut query = ListQuery { keys_only: true, ..ListQuery::prefix(keys::TRASH) };
        loop {
            let page = self.store.list(&query).await?;
            left += page.entries.iter().filter(|entry| keys.contains(entry.key.as_str())).count();
            if !query.turn(&page) {
                return Ok(left);
            }
        }
    }

    /// Finds an entry.
    ///
    /// # Errors
    /// `notFound`; `conflict` where several entries are of the segment, naming them.
    pub(super) async fn in_trash(&self, which: &InTrash) -> Result<(Entry, TrashEntry), ServiceError> {
        let gone = || ServiceError::new(Code::NotFound, say!("trash-no-entry", which = which.to_string()));
        match which {
            InTrash::Entry(id) => self.read(&keys::trash(*id)).await?.ok_or_else(gone),
            InTrash::Segment(segment) => {
                let page = self.store.list_all(keys::TRASH).await?;
                let entries = page.entries.into_iter().filter_map(|entry| {
                    let decoded = store::decode_or_warn::<TrashEntry>(&entry)?;
                    (decoded.segment_id == *segment).then_some((entry, decoded))
                });
                let mut found: Vec<_> = entries.collect();
                match found.len() {
                    0 => Err(gone()),
                    1 => found.pop().ok_or_else(gone),
                    n => {
                        let ids: Vec<String> = found.iter().map(|(_, entry)| entry.id.to_string()).collect();
                        let why = say!("trash-several", id = segment, n = n, entries = ids.join(", "));
                        Err(ServiceError::new(Code::Conflict, why))
                    }
                }
            }
        }
    }

    /// What lies beside the file of an entry.
    ///
    /// # Errors
    /// `notFound` where it is gone, `failed` where it cannot be read.
    pub(crate) async fn trash_content(&self, id: RecordId) -> Result<TrashContent, ServiceError> {
        let key = TrashContent::key(id);
        let bytes = self.storage.get_object(&key, TrashContent::MAX_BYTES).await?;
        let bytes = bytes.ok_or_else(|| {
            ServiceError::new(Code::NotFound, say!("trash-no-content", url = self.storage.url(), key = &key))
        })?;
        serde_json::from_slice(&bytes).map_err(|error| {
            let why =
                say!("trash-bad-content", url = self.storage.url(), key = &key, error = error.to_string());
            ServiceError::new(Code::Failed, why)
        })
    }

    /// How long entries are kept; zero: until an operator empties them.
    pub(crate) fn trash_keep(&self) -> Duration {
        self.settings.trash.keep
    }
}
