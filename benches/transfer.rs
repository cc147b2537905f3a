//! Publish and download of 1 GiB over loopback gRPC, beside a raw tonic stream of the same messages in the same run.
//!
//! `cargo bench --bench transfer [MIB]`; 1024 MiB unless told otherwise. Client and server are processes of their
//! own, so that each one's peak of memory is its own. Once with both ends on disk, as in production, and once in
//! memory (`/dev/shm`), which shows what the disk costs. The raw server throws away what it gets and sends
//! zeroes; once as tonic comes, once with our windows and frames, and once so that the receiver hashes too, as
//! both ends of a transfer must: on two cores that is the most that can be had.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a failed step is a failed run

use std::io::{BufRead, BufReader, Read, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use bytes::Bytes;
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt, stream};
use segdeck::domain::{OperationId, RemoteKind};
use segdeck::platform::{self, PlatformOptions};
use segdeck::proto::segment_repository_client::SegmentRepositoryClient;
use segdeck::proto::segment_repository_server::{SegmentRepository, SegmentRepositoryServer};
use segdeck::proto::{
    CreateSegmentHeader, CreateSegmentRequest, CreateSegmentResponse, DeleteSegmentRequest,
    DeleteSegmentResponse, DownloadSegmentRequest, DownloadSegmentResponse, FindSegmentOperationRequest,
    FindSegmentOperationResponse, FindSegmentRequest, FindSegmentResponse, GetPlatformRequest,
    GetPlatformResponse, GetUploadRequest, GetUploadResponse, ListSegmentsRequest, ListSegmentsResponse,
    create_segment_request, download_segment_response,
};
use segdeck::remote::{FileStream, NewSegment, Remotes, grpc};
use segdeck::settings::RemoteSettings;
use segdeck::storage::{SharedStorage, folder_url};
use sha2::{Digest, Sha256};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Endpoint, Server};
use tonic::{Request, Response, Status, Streaming};

/// Each figure is the best of so many.
const ROUNDS: usize = 3;

/// Bytes of a chunk, as client and platform send them.
const CHUNK: usize = 256 << 10;

/// HTTP/2 windows and frames, as client and platform ask for them.
const STREAM_WINDOW: u32 = 1 << 20;
const CONNECTION_WINDOW: u32 = 8 << 20;
const FRAME: u32 = 256 << 10;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["serve", what, folder, ..] => serve(what, Path::new(folder)),
        ["call", what, address, folder, mib, ..] => {
            call(what, address.parse().unwrap(), Path::new(folder), mib.parse().unwrap());
        }
        _ => compare(words.iter().find_map(|text| text.parse().ok()).unwrap_or(1024)),
    }
}

/// What a client says of a call.
#[derive(Debug, Clone, Copy)]
struct Told {
    /// Millions of bytes a second.
    speed: f64,
    /// The most memory it has had, in MiB.
    peak: u64,
}

fn compare(mib: u64) {
    let disk = tempfile::tempdir().unwrap();
    let memory = tempfile::tempdir_in("/dev/shm").unwrap();
    for (name, folder) in [("on disk", disk.path()), ("in memory", memory.path())] {
        println!("{mib} MiB {name}:");
        let mut all: Vec<[Told; 9]> = Vec::new();
        let (mut peak, mut written) = (0, 0.0_f64);
        for _ in 0..ROUNDS {
            let place = tempfile::tempdir_in(folder).unwrap();
            let ask = |server: &Process, what| server.ask(what, place.path(), mib);
            written = written.max(write_alone(&place.path().join("alone"), mib));
            let raw = Process::serve("raw", place.path());
            let (up, down) = (ask(&raw, "raw-up"), ask(&raw, "raw-down"));
            drop(raw);
            let tuned = Process::serve("tuned", place.path());
            let (tuned_up, tuned_down) = (ask(&tuned, "tuned-up"), ask(&tuned, "tuned-down"));
            drop(tuned);
            let hashed = Process::serve("hashed", place.path());
            let (hashed_up, hashed_down) = (ask(&hashed, "hashed-up"), ask(&hashed, "hashed-down"));
            drop(hashed);
            let platform = Process::serve("platform", place.path());
            ask(&platform, "make");
            let publish = ask(&platform, "publish");
            let discard = ask(&platform, "discard");
            let download = ask(&platform, "download");
            peak = peak.max(platform.peak());
            all.push([up, tuned_up, hashed_up, publish, down, tuned_down, hashed_down, discard, download]);
        }
        let best: Vec<f64> =
            (0..9).map(|at| all.iter().map(|told| told[at].speed).fold(0.0, f64::max)).collect();
        let memory: Vec<u64> = (0..9).map(|at| all.iter().map(|told| told[at].peak).max().unwrap()).collect();
        let line = |name: &str, at: usize, raw: usize| {
            let (speed, memory) = (best[at], memory[at]);
            let [to_raw, to_tuned, to_hashed] = [0, 1, 2].map(|more| speed / best[raw + more]);
            println!(
                "  {name:28} {speed:6.0} MB/s, {to_raw:.2} of raw, {to_tuned:.2} with our settings, {to_hashed:.2} hashed, at most {memory} MiB"
            );
        };
        line("raw stream to the server", 0, 0);
        line("the same with our settings", 1, 0);
        line("and hashed by the server", 2, 0);
        line("publish", 3, 0);
        line("raw stream from the server", 4, 4);
        line("the same with our settings", 5, 4);
        line("and hashed by the client", 6, 4);
        line("download, thrown away", 7, 4);
        line("download into shared storage", 8, 4);
        let alone = "a file written and synced";
        println!("  {alone:28} {written:6.0} MB/s: no disk takes files faster than this");
        println!("  the platform: at most {peak} MiB of memory");
    }
}

/// Millions of bytes a second of a file that is written and synced, with nothing else to do.
fn write_alone(path: &Path, mib: u64) -> f64 {
    let chunk = vec![0; 1 << 20];
    let begun = Instant::now();
    let mut file = std::fs::File::create(path).unwrap();
    (0..mib).for_each(|_| file.write_all(&chunk).unwrap());
    file.sync_all().unwrap();
    let seconds = begun.elapsed().as_secs_f64();
    std::fs::remove_file(path).unwrap();
    (mib << 20) as f64 / 1e6 / seconds
}

/// A server in a process of its own; ends with this.
struct Process {
    child: Child,
    address: String,
}

impl Process {
    fn serve(what: &str, folder: &Path) -> Self {
        let me = std::env::current_exe().unwrap();
        let mut child = Command::new(me)
            .args(["serve", what])
            .arg(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut address = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut address).unwrap();
        Self { child, address: address.trim().to_owned() }
    }

    fn ask(&self, what: &str, folder: &Path, mib: u64) -> Told {
        let me = std::env::current_exe().unwrap();
        let done = Command::new(me)
            .args(["call", what, &self.address])
            .arg(folder)
            .arg(mib.to_string())
            .output()
            .unwrap();
        assert!(done.status.success(), "{what}: {done:?}");
        let said = String::from_utf8(done.stdout).unwrap();
        let (seconds, peak) = said.trim().split_once(' ').unwrap();
        let seconds: f64 = seconds.parse().unwrap();
        Told { speed: (mib << 20) as f64 / 1e6 / seconds, peak: peak.parse().unwrap() }
    }

    fn peak(&self) -> u64 {
        peak(&self.child.id().to_string())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Its input ends, and it with it.
        drop(self.child.stdin.take());
        assert!(self.child.wait().unwrap().success());
    }
}

/// Serves until its input ends, which the address is told before.
#[tokio::main]
async fn serve(what: &str, folder: &Path) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let shutdown = CancellationToken::new();
    let stop = shutdown.clone();
    std::thread::spawn(move || {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        stop.cancel();
    });
    println!("{address}");
    std::io::stdout().flush().unwrap();
    if what == "platform" {
        platform::serve(PlatformOptions::new(folder.join("platform")), listener, shutdown).await.unwrap();
        return;
    }
    let mut server = Server::builder();
    if what != "raw" {
        server = server
            .initial_stream_window_size(STREAM_WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW)
            .max_frame_size(FRAME);
    }
    server
        .add_service(SegmentRepositoryServer::new(Raw { hashes: what == "hashed" }))
        .serve_with_incoming_shutdown(
            TcpIncoming::from(listener).with_nodelay(Some(true)),
            shutdown.cancelled_owned(),
        )
        .await
        .unwrap();
}

/// One transfer; prints its seconds and the most memory of this process.
#[tokio::main]
async fn call(what: &str, address: SocketAddr, folder: &Path, mib: u64) {
    let size = mib << 20;
    let storage = SharedStorage::open(&folder_url(&folder.join("files"))).unwrap();
    let endpoint = RemoteSettings {
        endpoint: format!("http://{address}"),
        ca_file: Default::default(),
        cert_file: Default::default(),
        key_file: Default::default(),
        token_file: Default::default(),
    };
    let remotes = grpc::connect_one(Remotes::default(), RemoteKind::Sdp, &endpoint).unwrap();
    let repository = remotes.repository(RemoteKind::Sdp).unwrap();
    // A connection is not what is measured.
    let mut raw = None;
    if ["raw", "tuned", "hashed"].iter().any(|kind| what.starts_with(kind)) {
        let mut endpoint = Endpoint::from_shared(format!("http://{address}")).unwrap().tcp_nodelay(true);
        if !what.starts_with("raw") {
            endpoint = endpoint
                .initial_stream_window_size(STREAM_WINDOW)
                .initial_connection_window_size(CONNECTION_WINDOW)
                .max_frame_size(FRAME);
        }
        raw = Some(SegmentRepositoryClient::new(endpoint.connect().await.unwrap()));
    } else {
        repository.list("").await.unwrap();
    }
    let described = folder.join("described");
    let begun = Instant::now();
    match what {
        "make" => {
            let noise = zeroes(size).map(Ok);
            let never = CancellationToken::new();
            let staged =
                storage.stage(noise, u64::MAX, |_| {}, &never).await.unwrap().finish().await.unwrap();
            storage.promote(&staged, "segments/bench/1/file.zip").await.unwrap();
            std::fs::write(&described, staged.hashed.sha256).unwrap();
        }
        "raw-up" | "tuned-up" | "hashed-up" => {
            let chunks = zeroes(size)
                .map(|chunk| CreateSegmentRequest { part: Some(create_segment_request::Part::Chunk(chunk)) });
            let header = create_segment_request::Part::Header(CreateSegmentHeader::default());
            let header = stream::iter([CreateSegmentRequest { part: Some(header) }]);
            raw.unwrap().create_segment(header.chain(chunks)).await.unwrap();
        }
        "raw-down" | "tuned-down" | "hashed-down" => {
            let ask = DownloadSegmentRequest { offset: size, ..Default::default() };
            let mut chunks = raw.unwrap().download_segment(ask).await.unwrap().into_inner();
            let mut digest = Sha256::new();
            while let Some(message) = chunks.message().await.unwrap() {
                if let Some(download_segment_response::Part::Chunk(chunk)) = message.part
                    && what == "hashed-down"
                {
                    digest.update(&chunk);
                }
            }
            std::hint::black_box(digest.finalize());
        }
        "publish" => {
            let file = storage.read("segments/bench/1/file.zip", 0).await.unwrap();
            let file: FileStream = file.map_err(|error| panic!("{error}")).boxed();
            let segment = NewSegment {
                id: "bench@1".parse().unwrap(),
                name: "bench".into(),
                kind: Default::default(),
                file_name: "bench.zip".into(),
                file_size: size,
                sha256: std::fs::read_to_string(&described).unwrap(),
            };
            repository.create(&OperationId::derive(&["bench"]), &segment, file).await.unwrap();
        }
        _ => {
            let uid = repository.list("").await.unwrap().segments[0].uid.clone();
            let mut chunks = repository.download(&uid, 0).await.unwrap();
            if what == "discard" {
                while chunks.next().await.transpose().unwrap().is_some() {}
            } else {
                let bytes = chunks.map(|chunk| chunk.map_err(std::io::Error::other));
                let never = CancellationToken::new();
                let staging = storage.stage(bytes, u64::MAX, |_| {}, &never).await.unwrap();
                let staged = staging.finish().await.unwrap();
                assert_eq!(staged.hashed.sha256, std::fs::read_to_string(&described).unwrap());
                storage.delete(&staged.key).await.unwrap();
            }
        }
    }
    println!("{} {}", begun.elapsed().as_secs_f64(), peak("self"));
}

fn zeroes(size: u64) -> impl futures::Stream<Item = Bytes> + Send + Unpin {
    let chunk = Bytes::from(vec![0; CHUNK]);
    let left = usize::try_from(size).unwrap();
    stream::iter((0..left.div_ceil(CHUNK)).map(move |at| chunk.slice(..CHUNK.min(left - at * CHUNK))))
}

/// The most memory a process has had, in MiB.
fn peak(process: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() >> 10
}

/// Takes and sends bytes, and nothing else, or hashes what it takes.
struct Raw {
    hashes: bool,
}

#[tonic::async_trait]
impl SegmentRepository for Raw {
    async fn create_segment(
        &self,
        request: Request<Streaming<CreateSegmentRequest>>,
    ) -> Result<Response<CreateSegmentResponse>, Status> {
        let mut stream = request.into_inner();
        let mut digest = Sha256::new();
        while let Some(message) = stream.message().await? {
            if let Some(create_segment_request::Part::Chunk(chunk)) = message.part
                && self.hashes
            {
                digest.update(&chunk);
            }
        }
        std::hint::black_box(digest.finalize());
        Ok(Response::new(CreateSegmentResponse::default()))
    }

    type DownloadSegmentStream = BoxStream<'static, Result<DownloadSegmentResponse, Status>>;

    async fn download_segment(
        &self,
        request: Request<DownloadSegmentRequest>,
    ) -> Result<Response<Self::DownloadSegmentStream>, Status> {
        let chunks = zeroes(request.into_inner().offset).map(|chunk| {
            Ok(DownloadSegmentResponse { part: Some(download_segment_response::Part::Chunk(chunk)) })
        });
        Ok(Response::new(chunks.boxed()))
    }

    async fn get_platform(
        &self,
        _: Request<GetPlatformRequest>,
    ) -> Result<Response<GetPlatformResponse>, Status> {
        Err(Status::unimplemented("not measured"))
    }

    async fn get_upload(&self, _: Request<GetUploadRequest>) -> Result<Response<GetUploadResponse>, Status> {
        Err(Status::unimplemented("raw"))
    }

    async fn find_segment(
        &self,
        _: Request<FindSegmentRequest>,
    ) -> Result<Response<FindSegmentResponse>, Status> {
        Err(Status::unimplemented("raw"))
    }

    async fn list_segments(
        &self,
        _: Request<ListSegmentsRequest>,
    ) -> Result<Response<ListSegmentsResponse>, Status> {
        Err(Status::unimplemented("raw"))
    }

    async fn delete_segment(
        &self,
        _: Request<DeleteSegmentRequest>,
    ) -> Result<Response<DeleteSegmentResponse>, Status> {
        Err(Status::unimplemented("raw"))
    }

    async fn find_operation(
        &self,
        _: Request<FindSegmentOperationRequest>,
    ) -> Result<Response<FindSegmentOperationResponse>, Status> {
        Err(Status::unimplemented("raw"))
    }
}
