//! `SegmentRepository` as the contract has it.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tonic::{Request, Response, Status, Streaming};

use super::faults::{FaultCall, Moment};
use super::ledger::LedgerKind;
use super::operations::{self, Asked};
use super::state::State;
use super::uploads::{self, Received};
use super::{downloads, request, segments, tasks};
use crate::proto::create_segment_request::Part;
use crate::proto::find_segment_operation_response::Result as Remembered;
use crate::proto::segment_repository_server::SegmentRepository;
use crate::proto::{
    CreateSegmentHeader, CreateSegmentRequest, CreateSegmentResponse, DeleteSegmentRequest,
    DeleteSegmentResponse, DownloadSegmentRequest, FindSegmentOperationRequest, FindSegmentOperationResponse,
    FindSegmentRequest, FindSegmentResponse, GetPlatformRequest, GetPlatformResponse, GetUploadRequest,
    GetUploadResponse, ListSegmentsRequest, ListSegmentsResponse, Segment,
};

/// Largest chunk, in bytes.
const MAX_CHUNK: usize = 1024 * 1024;

/// Chunks of one upload in memory.
const AHEAD: usize = 4;

/// Uploads at once; each holds up to [`AHEAD`] chunks and as many that are being written.
const MAX_UPLOADS: usize = 64;

/// An upload that has not moved for this long is ended.
const IDLE: Duration = Duration::from_secs(60);

/// The service.
#[derive(Clone)]
pub(super) struct RepositoryService(pub(super) Arc<State>);

type Answer<T> = Result<Response<T>, Status>;

#[tonic::async_trait]
impl SegmentRepository for RepositoryService {
    async fn create_segment(
        &self,
        request: Request<Streaming<CreateSegmentRequest>>,
    ) -> Answer<CreateSegmentResponse> {
        let mut stream = request.into_inner();
        let Some(Part::Header(header)) = next(&mut stream).await? else {
            return Err(Status::invalid_argument("the first message must be a header"));
        };
        let (_, asked) = request::create(&self.0, &header)?;
        self.0.options.faults.at(FaultCall::Create, Moment::Before).await?;
        let segment = self.create(header, asked, &mut stream).await?;
        self.0.options.faults.at(FaultCall::Create, Moment::After).await?;
        Ok(Response::new(CreateSegmentResponse { segment: Some(segment) }))
    }

    async fn get_upload(&self, request: Request<GetUploadRequest>) -> Answer<GetUploadResponse> {
        let request = request.into_inner();
        let scope = request::scope(request::repository(&self.0, request.repository)?);
        let request_id = request::request_id(request.request_id)?;
        request::sha256(&request.sha256)?;
        let kept = self.0.files.kept(scope, &request_id, &request.sha256);
        let kept = kept.map_err(|error| super::failure::Failure::Disk("look at the upload", error))?;
        Ok(Response::new(GetUploadResponse { kept }))
    }

    async fn find_segment(&self, request: Request<FindSegmentRequest>) -> Answer<FindSegmentResponse> {
        let request = request.into_inner();
        let scope = request::scope(request::repository(&self.0, request.repository)?);
        request::segment_id(&request.prefix, &request.version)?;
        self.0.options.faults.at(FaultCall::Find, Moment::Before).await?;
        let FindSegmentRequest { prefix, version, .. } = request;
        let found = self
            .0
            .database
            .run(move |tx| {
                segments::find(tx, scope, &prefix, &version)?.ok_or_else(|| {
                    Status::not_found(format!("{scope} has no segment {prefix}@{version}")).into()
                })
            })
            .await?;
        Ok(Response::new(FindSegmentResponse { segment: Some(found) }))
    }

    async fn list_segments(&self, request: Request<ListSegmentsRequest>) -> Answer<ListSegmentsResponse> {
        let request = request.into_inner();
        let scope = request::scope(request::repository(&self.0, request.repository)?);
        let after = request::page_token(scope, &request.page_token)?;
        let size = request::page_size(request.page_size, 500);
        self.0.options.faults.at(FaultCall::List, Moment::Before).await?;
        // One more than asked says whether there is another page.
        let mut page = self.0.database.run(move |tx| segments::page(tx, scope, after, size + 1)).await?;
        let more = page.len() > size as usize;
        page.truncate(size as usize);
        let next_page_token = match (more, page.last()) {
            (true, Some((seq, _))) => format!("{scope}.{seq}"),
            _ => String::new(),
        };
        let segments = page.into_iter().map(|(_, segment)| segment).collect();
        Ok(Response::new(ListSegmentsResponse { segments, next_page_token }))
    }

    type DownloadSegmentStream = downloads::Download;

    async fn download_segment(
        &self,
        request: Request<DownloadSegmentRequest>,
    ) -> Answer<Self::DownloadSegmentStream> {
        let request = request.into_inner();
        let scope = request::scope(request::repository(&self.0, request.repository)?);
        let uid = request::id("uid", request.uid)?;
        self.0.options.faults.at(FaultCall::Download, Moment::Before).await?;
        let wanted = uid.clone();
        let found = self.0.database.run(move |tx| segments::by_uid(tx, scope, &wanted)).await?;
        let segment = found.ok_or_else(|| Status::not_found(format!("{scope} has no segment {uid}")))?;
        if request.offset > segment.file_size {
            let size = segment.file_size;
            return Err(Status::out_of_range(format!("the file has {size} bytes, not {}", request.offset)));
        }
        let file = std::fs::File::open(self.0.files.whole(&segment.uid))
            .map_err(|error| Status::data_loss(format!("the file of {uid} cannot be read: {error}")))?;
        Ok(Response::new(downloads::send(self.0.options.blocking, file, segment, request.offset)))
    }

    async fn delete_segment(&self, request: Request<DeleteSegmentRequest>) -> Answer<DeleteSegmentResponse> {
        let request = request.into_inner();
        let scope = request::scope(request::repository(&self.0, request.repository)?);
        let uid = request::id("uid", request.uid)?;
        let asked = Asked {
            scope,
            request_id: request::request_id(request.request_id)?,
            kind: LedgerKind::Delete,
            content: uid.clone(),
            what: uid.clone(),
        };
        self.0.options.faults.at(FaultCall::Delete, Moment::Before).await?;
        let state = self.0.clone();
        let removed = uid.clone();
        self.0
            .transact(move |tx, now| {
                if operations::recall(tx, &asked, now)?.is_none() {
                    segments::delete(tx, scope, &uid, now)?;
                    tasks::segment_deleted(tx, &state.work, &uid, now)?;
                    operations::remember(tx, &asked, &uid, now)?;
                }
                Ok(())
            })
            .await?;
        // The record is what counts; a file that stays is removed at the next start.
        if let Err(error) = self.0.files.remove(&removed) {
            tracing::warn!(%error, uid = removed, "the file of a deleted segment stays for now");
        }
        self.0.options.faults.at(FaultCall::Delete, Moment::After).await?;
        Ok(Response::new(DeleteSegmentResponse {}))
    }

    async fn find_operation(
        &self,
        request: Request<FindSegmentOperationRequest>,
    ) -> Answer<FindSegmentOperationResponse> {
        let request = request.into_inner();
        let scope = request::scope(request::repository(&self.0, request.repository)?);
        let request_id = request::request_id(request.request_id)?;
        self.0.options.faults.at(FaultCall::FindOperation, Moment::Before).await?;
        let found = self.0.database.run(move |tx| operations::find(tx, scope, &request_id)).await?;
        let result = found.map(|(kind, uid)| match kind == LedgerKind::Create.as_str() {
            true => Remembered::CreatedUid(uid),
            false => Remembered::DeletedUid(uid),
        });
        Ok(Response::new(FindSegmentOperationResponse { result }))
    }

    async fn get_platform(&self, _: Request<GetPlatformRequest>) -> Answer<GetPlatformResponse> {
        match self.0.identity() {
            Some(platform) => Ok(Response::new(GetPlatformResponse { platform })),
            None => Err(Status::unimplemented("this server has no identity")),
        }
    }
}

impl RepositoryService {
    async fn create(
        &self,
        header: CreateSegmentHeader,
        asked: Asked,
        stream: &mut Streaming<CreateSegmentRequest>,
    ) -> Result<Segment, Status> {
        let state = &self.0;
        if state.uploads.count() >= MAX_UPLOADS {
            return Err(Status::resource_exhausted("too many uploads at once"));
        }
        let turn = state.uploads.enter(asked.scope, &asked.request_id).await?;
        if let Some(done) = self.recall(&header, &asked).await? {
            return Ok(done);
        }
        let replaced = turn.replaced.clone();
        let partial = state.files.partial(asked.scope, &asked.request_id, &header.sha256);
        let (sender, chunks) = mpsc::channel(AHEAD);
        let (path, offset, whole) = (partial.clone(), header.offset, header.file_size);
        let blocking = state.options.blocking;
        // A task of its own: what has come is kept also when the caller hangs up.
        let writer = tokio::spawn(uploads::receive(blocking, turn, path, offset, whole, chunks));
        let mut size = offset;
        let ended = loop {
            let part = tokio::select! {
                biased;
                () = replaced.cancelled() => break Err(uploads::taken_over()),
                part = next(stream) => part,
            };
            match part {
                Ok(Some(Part::Chunk(chunk))) if !chunk.is_empty() && chunk.len() <= MAX_CHUNK => {
                    size += chunk.len() as u64;
                    if size > whole {
                        break Err(Status::invalid_argument(format!(
                            "more than file_size, {whole} bytes, came"
                        )));
                    }
                    // A writer that is gone has failed; it says why below.
                    if sender.send(chunk).await.is_err() {
                        break Ok(());
                    }
                }
                Ok(Some(Part::Chunk(_))) => {
                    break Err(Status::invalid_argument("a chunk must have 1 to 1,048,576 bytes"));
                }
                Ok(Some(Part::Header(_))) => break Err(Status::invalid_argument("a second header came")),
                Ok(None) => break Ok(()),
                Err(status) => break Err(status),
            }
        };
        drop(sender);
        let received = writer.await.map_err(|error| Status::internal(error.to_string()))?;
        ended?;
        let received = received?;
        if received.size < whole {
            let size = received.size;
            return Err(Status::aborted(format!("the stream ended after {size} of {whole} bytes")));
        }
        if received.sha256 != header.sha256 {
            let found = &received.sha256;
            let status = Status::data_loss(format!("the bytes that came have sha256 {found}"));
            if let Err(error) = std::fs::remove_file(&partial) {
                tracing::warn!(%error, "a wrong upload stays for now");
            }
            return Err(status);
        }
        let state = self.0.clone();
        // On its own thread, so that a caller who hangs up cannot stop it half-way.
        blocking.run(move || commit(&state, received, &partial, &header, &asked)).await?
    }

    /// The answer of an earlier call, or a refusal that needs no upload.
    async fn recall(&self, header: &CreateSegmentHeader, asked: &Asked) -> Result<Option<Segment>, Status> {
        let (asked, prefix, version) = (asked.clone(), header.prefix.clone(), header.version.clone());
        let now = self.0.now();
        self.0
            .database
            .run(move |tx| match operations::recall(tx, &asked, now)? {
                Some(uid) => segments::ever(tx, asked.scope, &uid),
                None => segments::refuse_existing(tx, asked.scope, &prefix, &version).map(|()| None),
            })
            .await
    }
}

/// Makes a complete upload a segment.
fn commit(
    state: &State,
    received: Received,
    partial: &std::path::Path,
    header: &CreateSegmentHeader,
    asked: &Asked,
) -> Result<Segment, Status> {
    let uid = ulid::Ulid::generate().to_string();
    let disk = |error| super::failure::Failure::Disk("keep the file", error);
    state.files.finish(partial, &uid).map_err(disk)?;
    let now = state.now();
    let done = state.database.transact(|tx| {
        segments::insert(tx, asked.scope, &uid, header, now)?;
        operations::remember(tx, asked, &uid, now)?;
        segments::ever(tx, asked.scope, &uid)
    });
    if let Err(super::failure::Failure::Refused(_)) = &done {
        state.files.remove(&uid).map_err(disk)?;
    }
    // Only now may the next call with this request id look.
    drop(received.turn);
    done?.ok_or_else(|| Status::internal("the segment is not where it was just put"))
}

/// The next part of an upload.
async fn next(stream: &mut Streaming<CreateSegmentRequest>) -> Result<Option<Part>, Status> {
    let message = tokio::time::timeout(IDLE, stream.message())
        .await
        .map_err(|_| Status::aborted("nothing came for a minute; what came is kept"))??;
    match message {
        None => Ok(None),
        Some(CreateSegmentRequest { part: Some(part) }) => Ok(Some(part)),
        Some(CreateSegmentRequest { part: None }) => {
            Err(Status::invalid_argument("a message has neither header nor chunk"))
        }
    }
}
