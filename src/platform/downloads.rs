//! Sends a file in chunks, a few at a time in memory.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;

use crate::proto::download_segment_response::Part;
use crate::proto::{DownloadSegmentHeader, DownloadSegmentResponse, Segment};

/// Bytes of a chunk.
const CHUNK: usize = 256 * 1024;

/// Chunks read ahead.
const AHEAD: usize = 4;

/// What a download is.
pub(super) type Download = ReceiverStream<Result<DownloadSegmentResponse, Status>>;

/// Starts sending the file of `segment` from `offset` on.
pub(super) fn send(mut file: File, segment: Segment, offset: u64) -> Download {
    let (sender, receiver) = mpsc::channel(AHEAD);
    tokio::task::spawn_blocking(move || {
        let header = DownloadSegmentHeader { total_size: segment.file_size, sha256: segment.sha256, offset };
        let mut item = Ok(DownloadSegmentResponse { part: Some(Part::Header(header)) });
        let mut left = segment.file_size - offset;
        let mut sought = file.seek(SeekFrom::Start(offset)).map(drop);
        // A receiver that is gone ends the loop.
        while sender.blocking_send(item).is_ok() && left > 0 {
            item = match std::mem::replace(&mut sought, Ok(())).and_then(|()| read(&mut file, left)) {
                Ok(chunk) => {
                    left -= chunk.len() as u64;
                    Ok(DownloadSegmentResponse { part: Some(Part::Chunk(chunk)) })
                }
                Err(error) => {
                    left = 0;
                    Err(Status::data_loss(format!("the file cannot be read any more: {error}")))
                }
            };
        }
    });
    ReceiverStream::new(receiver)
}

fn read(file: &mut File, left: u64) -> std::io::Result<Bytes> {
    let want = usize::try_from(left).unwrap_or(usize::MAX).min(CHUNK);
    let mut chunk = Vec::with_capacity(want);
    file.take(want as u64).read_to_end(&mut chunk)?;
    match chunk.len() == want {
        true => Ok(chunk.into()),
        false => Err(std::io::ErrorKind::UnexpectedEof.into()),
    }
}
