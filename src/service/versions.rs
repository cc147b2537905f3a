//! All versions of a segment's prefix, newest first.

use super::{Listed, Service, ServiceError};
use crate::domain::{Segment, SegmentId, version};
use crate::store::{self, keys};

impl Service {
    /// All segments with the prefix of `id`, newest version first, on one page.
    ///
    /// # Errors
    /// `notFound` for an unknown id.
    pub async fn versions(&self, id: &SegmentId) -> Result<Listed<Segment>, ServiceError> {
        let incarnation = self.incarnation().await?;
        self.segment_entry(id).await?;
        let page = self.store.list_all(&keys::segments_of(&id.prefix)).await?;
        let mut items: Vec<Segment> = page.entries.iter().map(store::decode).collect::<Result<_, _>>()?;
        items.sort_by(|a, b| version::compare(b.version.as_str(), a.version.as_str()));
        Ok(Listed {
            revision: page.revision,
            incarnation,
            total: items.len(),
            page: 1,
            per_page: items.len(),
            items,
            unreadable: Vec::new(),
        })
    }
}
