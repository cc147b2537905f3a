//! A platform that answers at once: segments in memory, no network, no delay.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use futures::{StreamExt as _, TryStreamExt as _};
use segdeck::domain::{OperationId, Prefix, Version};
use segdeck::remote::{
    FileStream, NewSegment, Operation, RemoteError, RemotePage, RemoteSegment, SegmentRepository,
};

/// Segments of a page, as the reference platform has them.
const PAGE: usize = 500;

/// See the module.
#[derive(Default)]
pub struct AtOnce {
    segments: Mutex<BTreeMap<String, (RemoteSegment, Bytes)>>,
    created: AtomicUsize,
}

impl AtOnce {
    /// It keeps these already.
    pub fn with(segments: impl IntoIterator<Item = (RemoteSegment, Bytes)>) -> Self {
        let segments = segments.into_iter().map(|segment| (segment.0.uid.clone(), segment)).collect();
        Self { segments: Mutex::new(segments), ..Self::default() }
    }
}

#[async_trait]
impl SegmentRepository for AtOnce {
    async fn create(
        &self,
        _operation: &OperationId,
        segment: &NewSegment,
        file: FileStream,
    ) -> Result<RemoteSegment, RemoteError> {
        let size: usize =
            file.map_ok(|chunk| chunk.len()).try_fold(0, |all, one| async move { Ok(all + one) }).await?;
        assert_eq!(size as u64, segment.file_size);
        let uid = format!("uid-{:012}", self.created.fetch_add(1, Ordering::Relaxed));
        Ok(RemoteSegment {
            uid,
            id: segment.id.clone(),
            file_name: segment.file_name.clone(),
            file_size: segment.file_size,
            sha256: segment.sha256.clone(),
        })
    }

    async fn find(&self, _prefix: &Prefix, _version: &Version) -> Result<Option<RemoteSegment>, RemoteError> {
        Ok(None)
    }

    async fn list(&self, page_token: &str) -> Result<RemotePage, RemoteError> {
        let segments = self.segments.lock().unwrap();
        let after = segments.range(page_token.to_owned()..).filter(|(uid, _)| uid.as_str() > page_token);
        let page: Vec<RemoteSegment> = after.take(PAGE).map(|(_, (segment, _))| segment.clone()).collect();
        let next = if page.len() == PAGE { page[PAGE - 1].uid.clone() } else { String::new() };
        Ok(RemotePage { segments: page, unreadable: Vec::new(), next })
    }

    async fn download(&self, uid: &str, offset: u64) -> Result<FileStream, RemoteError> {
        let bytes = self.segments.lock().unwrap()[uid].1.slice(usize::try_from(offset).unwrap()..);
        Ok(futures::stream::iter([Ok(bytes)]).boxed())
    }

    async fn delete(&self, _operation: &OperationId, _uid: &str) -> Result<(), RemoteError> {
        Ok(())
    }

    async fn find_operation(&self, _operation: &OperationId) -> Result<Operation, RemoteError> {
        Ok(Operation::Unknown)
    }
}
