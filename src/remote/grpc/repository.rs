//! The client of `SegmentRepository`.

use std::sync::Arc;

use async_trait::async_trait;
use tonic::codec::Streaming;
use tonic::transport::Channel;

use super::channel::Connection;
use super::checked::{self, Broken};
use super::{MAX_MESSAGE, UNARY_DEADLINE, download, pinned, upload};
use crate::domain::{OperationId, Prefix, Version};
use crate::proto::find_segment_operation_response::Result as Remembered;
use crate::proto::segment_repository_client::SegmentRepositoryClient;
use crate::proto::{
    DeleteSegmentRequest, DownloadSegmentRequest, DownloadSegmentResponse, FindSegmentOperationRequest,
    FindSegmentRequest, GetPlatformRequest, ListSegmentsRequest,
};
use crate::remote::{
    FileStream, Meaning, NewSegment, Operation, RemoteError, RemotePage, RemoteSegment, SegmentRepository,
};

/// Segments of a page that are asked for: about 300 KiB.
const PAGE: u32 = 500;

/// A platform's repository.
pub(super) struct GrpcRepository(Arc<Connection>);

impl GrpcRepository {
    pub(super) fn new(connection: Arc<Connection>) -> Self {
        Self(connection)
    }
}

/// The generated client, with our limits.
pub(super) fn client(channel: Channel) -> SegmentRepositoryClient<Channel> {
    SegmentRepositoryClient::new(channel)
        .max_decoding_message_size(MAX_MESSAGE)
        .max_encoding_message_size(MAX_MESSAGE)
}

#[async_trait]
impl SegmentRepository for GrpcRepository {
    async fn create(
        &self,
        operation: &OperationId,
        segment: &NewSegment,
        file: FileStream,
    ) -> Result<RemoteSegment, RemoteError> {
        upload::create(&self.0, operation, segment, file).await
    }

    async fn find(&self, prefix: &Prefix, version: &Version) -> Result<Option<RemoteSegment>, RemoteError> {
        let call = format!("FindSegment {prefix}@{version}");
        let message = FindSegmentRequest {
            repository: self.0.repository(),
            prefix: prefix.to_string(),
            version: version.to_string(),
        };
        let send = |channel, request| async { client(channel).find_segment(request).await };
        let answer = match self.0.call(&call, UNARY_DEADLINE, message, send).await {
            Err(error) if error.meaning == Meaning::NotFound => return Ok(None),
            answer => answer?,
        };
        let found = checked::segment(answer.segment).map_err(|why| self.0.broken(&call, why))?;
        match found.id.prefix == *prefix && found.id.version == *version {
            true => Ok(Some(found)),
            false => Err(self.0.broken(&call, Broken::Other)),
        }
    }

    async fn list(&self, page_token: &str) -> Result<RemotePage, RemoteError> {
        let call = "ListSegments";
        let message = ListSegmentsRequest {
            repository: self.0.repository(),
            page_size: PAGE,
            page_token: page_token.to_owned(),
        };
        let send = |channel, request| async { client(channel).list_segments(request).await };
        let answer = self.0.call(call, UNARY_DEADLINE, message, send).await?;
        let next = checked::next_token(page_token, answer.next_page_token);
        let mut page =
            RemotePage { next: next.map_err(|why| self.0.broken(call, why))?, ..RemotePage::default() };
        for segment in answer.segments {
            // Without a usable uid there is nothing to report it by: the list cannot be trusted as a whole.
            let uid = checked::id(segment.uid.clone()).map_err(|why| self.0.broken(call, why))?;
            match checked::segment(Some(segment)) {
                Ok(segment) => page.segments.push(segment),
                Err(why) => page.unreadable.push((uid, why.to_string())),
            }
        }
        Ok(page)
    }

    async fn download(&self, uid: &str, offset: u64) -> Result<FileStream, RemoteError> {
        let call = format!("DownloadSegment {uid}");
        let message = DownloadSegmentRequest { repository: self.0.repository(), uid: uid.to_owned(), offset };
        let send = |channel, request| async { client(channel).download_segment(request).await };
        let stream: Streaming<DownloadSegmentResponse> =
            self.0.open(&call, UNARY_DEADLINE, download::DEADLINE, message, send).await?;
        download::receive(self.0.clone(), call, stream, offset).await
    }

    async fn delete(&self, operation: &OperationId, uid: &str) -> Result<(), RemoteError> {
        let message = DeleteSegmentRequest {
            request_id: operation.to_string(),
            repository: self.0.repository(),
            uid: uid.to_owned(),
        };
        let send = |channel, request| async { client(channel).delete_segment(request).await };
        self.0.call(&format!("DeleteSegment {uid}"), UNARY_DEADLINE, message, send).await.map(drop)
    }

    async fn find_operation(&self, operation: &OperationId) -> Result<Operation, RemoteError> {
        let call = format!("FindOperation {operation}");
        let message = FindSegmentOperationRequest {
            repository: self.0.repository(),
            request_id: operation.to_string(),
        };
        let send = |channel, request| async { client(channel).find_operation(request).await };
        match self.0.call(&call, UNARY_DEADLINE, message, send).await?.result {
            None => Ok(Operation::Unknown),
            Some(Remembered::CreatedUid(uid)) => {
                checked::id(uid).map(Operation::Created).map_err(|why| self.0.broken(&call, why))
            }
            Some(Remembered::DeletedUid(_)) => Ok(Operation::Deleted),
        }
    }

    async fn platform(&self) -> Result<Option<String>, RemoteError> {
        let call = "GetPlatform";
        let send = |channel, mut request: tonic::Request<GetPlatformRequest>| async {
            // The question who it is, is meant for whoever gets it.
            pinned::unmark(request.metadata_mut());
            client(channel).get_platform(request).await
        };
        match self.0.call(call, UNARY_DEADLINE, GetPlatformRequest {}, send).await {
            Ok(answer) => checked::id(answer.platform).map(Some).map_err(|why| self.0.broken(call, why)),
            Err(error) if error.code == "UNIMPLEMENTED" => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn pin(&self, platform: Option<&str>) {
        self.0.pinned.set(platform);
    }
}
