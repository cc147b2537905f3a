//! Sends a file in chunks, a few at a time in memory. A caller who is slow holds no thread.

use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;

use super::blocking::Blocking;
use crate::proto::download_segment_response::Part;
use crate::proto::{DownloadSegmentHeader, DownloadSegmentResponse, Segment};

/// Bytes of a chunk.
const CHUNK: usize = 256 * 1024;

/// Chunks read ahead.
const AHEAD: usize = 4;

/// What a download is.
pub(super) type Download = ReceiverStream<Result<DownloadSegmentResponse, Status>>;

/// Starts sending the file of `segment` from `offset` on.
pub(super) fn send(blocking: Blocking, file: File, segment: Segment, offset: u64) -> Download {
    let (sender, receiver) = mpsc::channel(AHEAD);
    tokio::spawn(async move {
        let header = DownloadSegmentHeader { total_size: segment.file_size, sha256: segment.sha256, offset };
        let mut item = Ok(DownloadSegmentResponse { part: Some(Part::Header(header)) });
        let mut left = segment.file_size - offset;
        let file = Arc::new(file);
        // A receiver that is gone ends the loop.
        while sender.send(item).await.is_ok() && left > 0 {
            let reading = Arc::clone(&file);
            let at = segment.file_size - left;
            item = match blocking.run(move || read(&reading, at, left)).await {
                Ok(Ok(chunk)) => {
                    left -= chunk.len() as u64;
                    Ok(DownloadSegmentResponse { part: Some(Part::Chunk(chunk)) })
                }
                Ok(Err(error)) => {
                    left = 0;
                    Err(Status::data_loss(format!("the file cannot be read any more: {error}")))
                }
                Err(status) => {
                    left = 0;
                    Err(status)
                }
            };
        }
    });
    ReceiverStream::new(receiver)
}

fn read(file: &File, at: u64, left: u64) -> std::io::Result<Bytes> {
    let want = usize::try_from(left).unwrap_or(usize::MAX).min(CHUNK);
    let mut chunk = vec![0; want];
    file.read_exact_at(&mut chunk, at)?;
    Ok(chunk.into())
}
