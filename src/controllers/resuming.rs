//! A download that goes on where it broke off, as long as it gets on.

use std::time::Duration;

use bytes::Bytes;
use futures::{Stream, StreamExt as _};

use crate::remote::{FileStream, Meaning, RemoteError, SegmentRepository};

/// How often a broken download is taken up again without having got on, before it counts as failed.
const RESUMES: u32 = 5;

/// What counts as getting on, in bytes. Less would let a remote that breaks off at every chunk go on for ever.
const GOT_ON: u64 = 1024 * 1024;

/// The first pause; each further one is twice as long. A platform that starts anew is back within their sum, 6 s.
const PAUSE: Duration = Duration::from_millis(200);

struct State {
    stream: Option<FileStream>,
    /// Bytes so far.
    offset: u64,
    /// Where it broke off before it last got on.
    mark: u64,
    resumes: u32,
    ended: bool,
}

/// The bytes of a file of the remote. Refusals end it at once; everything else when it no longer gets on.
pub(super) fn resuming<'a>(
    repository: &'a dyn SegmentRepository,
    uid: &'a str,
) -> impl Stream<Item = Result<Bytes, RemoteError>> + 'a {
    let state = State { stream: None, offset: 0, mark: 0, resumes: 0, ended: false };
    futures::stream::unfold(state, move |mut state| async move {
        while !state.ended {
            let failed = match &mut state.stream {
                Some(stream) => match stream.next().await {
                    Some(Ok(chunk)) => {
                        state.offset += chunk.len() as u64;
                        return Some((Ok(chunk), state));
                    }
                    None => return None,
                    Some(Err(error)) => error,
                },
                None => match repository.download(uid, state.offset).await {
                    Ok(stream) => {
                        state.stream = Some(stream);
                        continue;
                    }
                    Err(error) => error,
                },
            };
            state.stream = None;
            if state.offset - state.mark >= GOT_ON {
                state.mark = state.offset;
                state.resumes = 0;
            }
            if state.resumes == RESUMES || !matches!(failed.meaning, Meaning::Unclear | Meaning::Later(_)) {
                state.ended = true;
                return Some((Err(failed), state));
            }
            tokio::time::sleep(PAUSE * 2_u32.pow(state.resumes)).await;
            state.resumes += 1;
        }
        None
    })
}
