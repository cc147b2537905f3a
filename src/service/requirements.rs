//! Is there what a segment requires? Asked for a warning: nothing is refused for it, as the other may come later.

use serde::Serialize;

use super::{Service, ServiceError};
use crate::domain::words::{Say, say};
use crate::domain::{CreateState, FreeText, Prefix, Requirement, Segment, SegmentId, version};
use crate::store::{self, keys};

/// Most versions that a reason names.
const NAMED: usize = 3;

/// A requirement that is not met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MissingRequirement {
    /// As the manifest writes it: `prefix` or `prefix >=version`.
    pub requirement: FreeText,
    /// What is missing, a sentence without a full stop.
    pub reason: Say,
}

/// A segment that may meet a requirement.
#[derive(Debug, Clone)]
pub struct Offered {
    /// Who it is.
    pub id: SegmentId,
    /// It is on its platform.
    pub is_published: bool,
    /// It is on its way out.
    pub is_being_deleted: bool,
}

impl From<Segment> for Offered {
    fn from(segment: Segment) -> Self {
        Self {
            is_published: segment.create_status.state == CreateState::Succeeded,
            is_being_deleted: segment.is_being_deleted(),
            id: segment.id,
        }
    }
}

impl MissingRequirement {
    /// What is wrong with a requirement, if anything, where `offered` is all there is of its prefix.
    pub fn of(text: &FreeText, offered: impl FnOnce(&Prefix) -> Vec<Offered>) -> Option<Self> {
        let reason = match text.raw().parse::<Requirement>() {
            Err(error) => Some(error.say()),
            Ok(requirement) => lacking(&requirement, offered(&requirement.prefix)),
        };
        reason.map(|reason| Self { requirement: text.clone(), reason })
    }
}

impl Service {
    /// Which of these requirements no published segment meets, in their order.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn missing_requirements(
        &self,
        requires: &[FreeText],
    ) -> Result<Vec<MissingRequirement>, ServiceError> {
        let mut missing = Vec::new();
        for text in requires {
            let offered = match text.raw().parse::<Requirement>() {
                Ok(requirement) => self.offered(&requirement.prefix).await?,
                Err(_) => Vec::new(),
            };
            missing.extend(MissingRequirement::of(text, |_| offered));
        }
        Ok(missing)
    }

    async fn offered(&self, prefix: &Prefix) -> Result<Vec<Offered>, ServiceError> {
        let page = self.store.list_all(&keys::segments_of(prefix)).await?;
        Ok(page.entries.iter().filter_map(store::decode_or_warn::<Segment>).map(Offered::from).collect())
    }
}

/// What is wrong with the versions there are.
fn lacking(requirement: &Requirement, mut offered: Vec<Offered>) -> Option<Say> {
    // On its way out it is as good as gone.
    offered.retain(|segment| !segment.is_being_deleted);
    let prefix = &requirement.prefix;
    if offered.is_empty() {
        return Some(say!("requires-no-segment", prefix = prefix));
    }
    let fits = |segment: &&Offered| requirement.met_by(&segment.id.version);
    let fitting: Vec<&Offered> = offered.iter().filter(fits).collect();
    if fitting.is_empty() {
        return Some(say!("requires-only", segments = newest(&offered.iter().collect::<Vec<_>>())));
    }
    let published = |segment: &&Offered| segment.is_published;
    (!fitting.iter().any(published)).then(|| say!("requires-not-published", segments = newest(&fitting)))
}

/// The newest few, newest first, and how many more.
fn newest(segments: &[&Offered]) -> Say {
    let mut sorted = segments.to_vec();
    sorted.sort_by(|a, b| version::compare(b.id.version.as_str(), a.id.version.as_str()));
    let named: Vec<String> = sorted.iter().take(NAMED).map(|segment| segment.id.to_string()).collect();
    let named = named.join(", ");
    match segments.len().saturating_sub(NAMED) {
        0 => Say::plain(&named),
        more => say!("and-more", list = named, n = more),
    }
}
