//! Receives a file: header first, then exactly the bytes it announces, never standing still for long.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt;
use futures::stream;
use tonic::codec::Streaming;

use super::STALL_DEADLINE;
use super::channel::Connection;
use crate::proto::DownloadSegmentResponse;
use crate::proto::download_segment_response::Part;
use crate::remote::{FileStream, RemoteError};

/// What the server is told: a day. The client itself gives up a stream that stands still.
pub(super) const DEADLINE: Duration = Duration::from_secs(86_400);

/// A download under way.
struct Download {
    connection: Arc<Connection>,
    call: String,
    stream: Streaming<DownloadSegmentResponse>,
    /// Bytes still to come.
    left: u64,
}

/// Reads the header; then the bytes from `offset` on. The stream ends without an error only if all of them came.
pub(super) async fn receive(
    connection: Arc<Connection>,
    call: String,
    stream: Streaming<DownloadSegmentResponse>,
    offset: u64,
) -> Result<FileStream, RemoteError> {
    let mut download = Download { connection, call, stream, left: 0 };
    let header = match download.part().await? {
        Some(Part::Header(header)) => header,
        _ => return Err(download.broken("the first message is no header")),
    };
    if header.offset != offset || header.total_size < offset {
        return Err(download.broken("the header announces another part of the file"));
    }
    download.left = header.total_size - offset;
    let chunks = stream::unfold(Some(download), |download| async move {
        let mut download = download?;
        match download.chunk().await {
            Ok(Some(chunk)) => Some((Ok(chunk), Some(download))),
            Ok(None) => None,
            Err(error) => Some((Err(error), None)),
        }
    });
    Ok(chunks.boxed())
}

impl Download {
    async fn part(&mut self) -> Result<Option<Part>, RemoteError> {
        match tokio::time::timeout(STALL_DEADLINE, self.stream.message()).await {
            Err(_) => Err(self.connection.late(&self.call, STALL_DEADLINE)),
            Ok(Err(status)) => Err(self.connection.error(&self.call, &status)),
            Ok(Ok(None)) => Ok(None),
            Ok(Ok(Some(DownloadSegmentResponse { part: Some(part) }))) => Ok(Some(part)),
            Ok(Ok(Some(DownloadSegmentResponse { part: None }))) => {
                Err(self.broken("a message has neither header nor chunk"))
            }
        }
    }

    async fn chunk(&mut self) -> Result<Option<Bytes>, RemoteError> {
        match self.part().await? {
            None if self.left == 0 => Ok(None),
            None => Err(self.broken("the stream ended before the end of the file")),
            Some(Part::Header(_)) => Err(self.broken("a second header came")),
            Some(Part::Chunk(chunk)) if chunk.is_empty() => Err(self.broken("an empty chunk came")),
            Some(Part::Chunk(chunk)) => {
                self.left = match self.left.checked_sub(chunk.len() as u64) {
                    Some(left) => left,
                    None => return Err(self.broken("more came than the header announced")),
                };
                Ok(Some(chunk))
            }
        }
    }

    fn broken(&self, why: &str) -> RemoteError {
        self.connection.broken(&self.call, why)
    }
}
