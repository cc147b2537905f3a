//! Sends a file, goes on where an earlier try broke off, and gives up when it stands still.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::{Buf, Bytes};
use futures::{Stream, StreamExt, stream};
use tokio::sync::watch;

use super::channel::Connection;
use super::checked::{self, Broken};
use super::repository::client;
use super::{SLOWEST_STREAM, STALL_DEADLINE, UNARY_DEADLINE};
use crate::domain::OperationId;
use crate::proto::create_segment_request::Part;
use crate::proto::{CreateSegmentHeader, CreateSegmentRequest, GetUploadRequest};
use crate::remote::{FileStream, NewSegment, RemoteError, RemoteSegment};

/// Bytes of a chunk; the contract allows four times as many.
const CHUNK: usize = 256 * 1024;

/// Files below this are not worth the question how much of them is there already, in bytes.
const WORTH_RESUMING: u64 = 8 * 1024 * 1024;

/// Publishes a file.
pub(super) async fn create(
    connection: &Arc<Connection>,
    operation: &OperationId,
    segment: &NewSegment,
    file: FileStream,
) -> Result<RemoteSegment, RemoteError> {
    let call = format!("CreateSegment {}", segment.id);
    connection.freshen().await;
    let offset = kept(connection, operation, segment).await;
    let header = CreateSegmentHeader {
        request_id: operation.to_string(),
        repository: connection.repository(),
        prefix: segment.id.prefix.to_string(),
        version: segment.id.version.to_string(),
        name: segment.name.clone().cut(1024).raw().to_owned(),
        r#type: segment.kind.clone().cut(1024).raw().to_owned(),
        file_name: segment.file_name.clone().cut(1024).raw().to_owned(),
        file_size: segment.file_size,
        sha256: segment.sha256.clone(),
        offset,
    };
    let failed: Arc<Mutex<Option<RemoteError>>> = Arc::default();
    // Dropped with the stream of messages, so that its end is seen too.
    let (moved, moves) = watch::channel(0_u64);
    let messages = messages(header, file, offset, failed.clone(), moved);
    let deadline = STALL_DEADLINE + Duration::from_secs(segment.file_size / SLOWEST_STREAM);
    let request = connection.request(messages, deadline);
    let mut client = client(connection.channel());
    let answer = tokio::select! {
        biased;
        answer = client.create_segment(request) => answer,
        () = stalled(moves) => return Err(connection.late(&call, STALL_DEADLINE)),
    };
    // Whatever the platform made of a stream that broke off on our side, our reason is the one that counts.
    if let Some(error) = failed.lock().unwrap_or_else(PoisonError::into_inner).take() {
        return Err(error);
    }
    let answer = answer.map_err(|status| connection.error(&call, &status))?.into_inner();
    let created = checked::segment(answer.segment).map_err(|why| connection.broken(&call, why))?;
    match created.id == segment.id && created.sha256 == segment.sha256 {
        true => Ok(created),
        false => Err(connection.broken(&call, Broken::Other)),
    }
}

/// Where to go on. A platform that cannot say, or says nonsense, gets the file from its beginning.
async fn kept(connection: &Connection, operation: &OperationId, segment: &NewSegment) -> u64 {
    if segment.file_size < WORTH_RESUMING {
        return 0;
    }
    let message = GetUploadRequest {
        repository: connection.repository(),
        request_id: operation.to_string(),
        sha256: segment.sha256.clone(),
    };
    let send = |channel, request| async { client(channel).get_upload(request).await };
    match connection.call("GetUpload", UNARY_DEADLINE, message, send).await {
        Ok(answer) if answer.kept <= segment.file_size => answer.kept,
        _ => 0,
    }
}

/// Ends when nothing has moved for too long; the end of the stream counts as one move.
async fn stalled(mut moves: watch::Receiver<u64>) {
    let mut open = true;
    loop {
        let moved = async {
            match open {
                true => moves.changed().await.is_ok(),
                false => std::future::pending().await,
            }
        };
        match tokio::time::timeout(STALL_DEADLINE, moved).await {
            Ok(still) => open = still,
            Err(_) => return,
        }
    }
}

/// The header, then the file without its first `offset` bytes in chunks. A file that cannot be read ends the stream
/// early, and the platform refuses it; the reason is left in `failed`.
fn messages(
    header: CreateSegmentHeader,
    file: FileStream,
    offset: u64,
    failed: Arc<Mutex<Option<RemoteError>>>,
    moved: watch::Sender<u64>,
) -> impl Stream<Item = CreateSegmentRequest> + Send + 'static {
    let first = CreateSegmentRequest { part: Some(Part::Header(header)) };
    let source = Source { file, skip: offset, rest: Bytes::new() };
    let chunks = stream::unfold((source, failed, moved), |(mut source, failed, moved)| async move {
        let chunk = match source.chunk().await? {
            Ok(chunk) => chunk,
            Err(error) => {
                *failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                return None;
            }
        };
        moved.send_modify(|chunks| *chunks += 1);
        Some((CreateSegmentRequest { part: Some(Part::Chunk(chunk)) }, (source, failed, moved)))
    });
    stream::iter([first]).chain(chunks)
}

/// A file cut into chunks.
struct Source {
    file: FileStream,
    /// Bytes that the platform has already.
    skip: u64,
    /// What is left of the piece that was read last.
    rest: Bytes,
}

impl Source {
    async fn chunk(&mut self) -> Option<Result<Bytes, RemoteError>> {
        while self.rest.is_empty() {
            self.rest = match self.file.next().await? {
                Ok(piece) => piece,
                Err(error) => return Some(Err(error)),
            };
            let skipped = usize::try_from(self.skip).unwrap_or(usize::MAX).min(self.rest.len());
            self.rest.advance(skipped);
            self.skip -= skipped as u64;
        }
        Some(Ok(self.rest.split_to(self.rest.len().min(CHUNK))))
    }
}
