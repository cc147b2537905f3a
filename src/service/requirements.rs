//! Is there what a segment requires? Asked for a warning: nothing is refused for it, as the other may come later.

use serde::Serialize;

use super::{Service, ServiceError};
use crate::domain::{CreateState, FreeText, Requirement, Segment, version};
use crate::store::{self, keys};

/// Most versions that a reason names.
const NAMED: usize = 3;

/// A requirement that is not met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MissingRequirement {
    /// As the manifest writes it: `prefix` or `prefix >=version`.
    pub requirement: FreeText,
    /// What is missing, a sentence without a full stop, safe for a terminal.
    pub reason: String,
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
            let reason = match text.raw().parse::<Requirement>() {
                Err(error) => Some(error.to_string()),
                Ok(requirement) => {
                    let page = self.store.list_all(&keys::segments_of(&requirement.prefix)).await?;
                    lacking(&requirement, page.entries.iter().filter_map(store::decode_or_warn).collect())
                }
            };
            missing.extend(reason.map(|reason| MissingRequirement { requirement: text.clone(), reason }));
        }
        Ok(missing)
    }
}

/// What is wrong with the versions there are.
fn lacking(requirement: &Requirement, mut segments: Vec<Segment>) -> Option<String> {
    // On its way out it is as good as gone.
    segments.retain(|segment| !segment.is_being_deleted());
    let prefix = &requirement.prefix;
    if segments.is_empty() {
        return Some(format!("there is no segment {prefix}"));
    }
    let fits = |segment: &&Segment| requirement.met_by(&segment.version);
    let fitting: Vec<&Segment> = segments.iter().filter(fits).collect();
    if fitting.is_empty() {
        return Some(format!("there is only {}", newest(&segments.iter().collect::<Vec<_>>())));
    }
    let published = |segment: &&Segment| segment.create_status.state == CreateState::Succeeded;
    (!fitting.iter().any(published)).then(|| format!("not published yet: {}", newest(&fitting)))
}

/// The newest few, newest first, and how many more.
fn newest(segments: &[&Segment]) -> String {
    let mut sorted = segments.to_vec();
    sorted.sort_by(|a, b| version::compare(b.version.as_str(), a.version.as_str()));
    let named: Vec<String> = sorted.iter().take(NAMED).map(|segment| segment.id.to_string()).collect();
    let more = match segments.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    named.join(", ") + &more
}
