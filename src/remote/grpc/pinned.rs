//! The platform that a connection's calls are meant for, and the refusal of another one.

use std::sync::{PoisonError, RwLock};

use tonic::metadata::{Ascii, MetadataMap, MetadataValue};
use tonic::{Code, Status};

use super::checked;

/// The metadata that names a platform, of calls and of refusals.
const METADATA: &str = "segdeck-platform";

/// Takes out of a call whom it is meant for.
pub(super) fn unmark(metadata: &mut MetadataMap) {
    metadata.remove(METADATA);
}

/// Shared by all calls of a connection.
#[derive(Debug, Default)]
pub(super) struct Pinned(RwLock<Option<MetadataValue<Ascii>>>);

impl Pinned {
    /// From now on; `None`: calls are meant for whoever gets them.
    pub(super) fn set(&self, platform: Option<&str>) {
        let value = platform.and_then(|platform| MetadataValue::try_from(platform).ok());
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = value;
    }

    fn get(&self) -> Option<MetadataValue<Ascii>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Says in a call whom it is meant for.
    pub(super) fn mark(&self, metadata: &mut MetadataMap) {
        if let Some(value) = self.get() {
            metadata.insert(METADATA, value);
        }
    }

    /// The identity of who refused a call because it is meant for another one.
    pub(super) fn other(&self, status: &Status) -> Option<String> {
        let pinned = self.get()?;
        let own = status.metadata().get(METADATA).filter(|_| status.code() == Code::FailedPrecondition)?;
        let own = own.to_str().ok().filter(|own| *own != pinned)?;
        checked::id(own.to_owned()).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(code: Code, own: &'static str) -> Status {
        let mut status = Status::new(code, "");
        status.metadata_mut().insert(METADATA, own.parse().unwrap());
        status
    }

    #[test]
    fn only_a_refusal_that_names_another_one_is_that() {
        let pinned = Pinned::default();
        assert_eq!(pinned.other(&refusal(Code::FailedPrecondition, "b")), None, "nobody was meant");
        pinned.set(Some("a"));
        assert_eq!(pinned.other(&refusal(Code::FailedPrecondition, "b")), Some("b".to_owned()));
        assert_eq!(
            pinned.other(&refusal(Code::FailedPrecondition, "a")),
            None,
            "it is refused for another reason"
        );
        assert_eq!(pinned.other(&refusal(Code::Unavailable, "b")), None);
        assert_eq!(pinned.other(&refusal(Code::FailedPrecondition, "a b")), None, "that is no identity");
        assert_eq!(pinned.other(&Status::failed_precondition("")), None);
    }
}
