//! A platform in this process, on a port of its own, with a clock that only the test moves.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use bytes::Bytes;
use futures::{StreamExt, stream};
use segdeck::domain::{Clock, OperationId, RemoteKind, Timestamp};
use segdeck::platform::{Faults, PlatformError, PlatformOptions, Simulated, SimulatedOptions, serve};
use segdeck::remote::grpc::connect_one;
use segdeck::remote::{
    Deployment, FileStream, NewSegment, RemoteError, RemoteSegment, Remotes, SegmentRepository,
};
use segdeck::settings::RemoteSettings;
use sha2::{Digest, Sha256};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub struct Rig {
    pub dir: PathBuf,
    pub address: SocketAddr,
    pub faults: Arc<Faults>,
    pub simulated: Arc<Simulated>,
    pub remotes: Remotes,
    now: Arc<AtomicI64>,
    shutdown: CancellationToken,
    serving: JoinHandle<Result<(), PlatformError>>,
}

/// How the rig's platform shall be.
#[derive(Clone, Default)]
pub struct Wish {
    pub simulated: SimulatedOptions,
    pub change: Option<fn(&mut PlatformOptions)>,
    pub token_file: PathBuf,
    pub start_ms: i64,
}

pub fn settings(endpoint: String) -> RemoteSettings {
    RemoteSettings {
        endpoint,
        ca_file: PathBuf::new(),
        cert_file: PathBuf::new(),
        key_file: PathBuf::new(),
        token_file: PathBuf::new(),
    }
}

impl Rig {
    pub async fn start(dir: &Path) -> Self {
        Self::start_with(dir, Wish::default()).await
    }

    pub async fn start_with(dir: &Path, wish: Wish) -> Self {
        let now = Arc::new(AtomicI64::new(1_800_000_000_000 + wish.start_ms));
        let simulated = Arc::new(Simulated::new(wish.simulated));
        let mut options = PlatformOptions::new(dir);
        let ticking = now.clone();
        options.clock =
            Clock::from_fn(move || Timestamp::from_millisecond(ticking.load(Ordering::SeqCst)).unwrap());
        options.executor = simulated.clone();
        if let Some(change) = wish.change {
            change(&mut options);
        }
        let faults = options.faults.clone();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shutdown = CancellationToken::new();
        let serving = tokio::spawn(serve(options, listener, shutdown.clone()));
        let mut remote = settings(format!("http://{address}"));
        remote.token_file = wish.token_file;
        let mut remotes = Remotes::default();
        for kind in RemoteKind::ALL {
            remotes = connect_one(remotes, kind, &remote).unwrap();
        }
        Self { dir: dir.to_owned(), address, faults, simulated, remotes, now, shutdown, serving }
    }

    /// Lets time pass.
    pub fn pass(&self, ms: i64) {
        self.now.fetch_add(ms, Ordering::SeqCst);
    }

    pub fn elapsed(&self) -> i64 {
        self.now.load(Ordering::SeqCst) - 1_800_000_000_000
    }

    pub fn repository(&self) -> &Arc<dyn SegmentRepository> {
        self.remotes.repository(RemoteKind::Sdp).unwrap()
    }

    pub fn deployment(&self) -> &Arc<dyn Deployment> {
        self.remotes.deployment(RemoteKind::Sdp).unwrap()
    }

    /// Publishes `bytes` as `id`.
    pub async fn create(&self, op: &str, id: &str, bytes: &[u8]) -> Result<RemoteSegment, RemoteError> {
        self.repository().create(&operation(op), &segment(id, bytes), file(bytes)).await
    }

    /// Stops it and waits until its folder is free.
    pub async fn stop(self) {
        self.shutdown.cancel();
        self.serving.await.unwrap().unwrap();
    }

    /// How many files it keeps.
    pub fn files(&self, folder: &str) -> usize {
        std::fs::read_dir(self.dir.join(folder)).unwrap().count()
    }
}

pub fn operation(text: &str) -> OperationId {
    OperationId::derive(&[text])
}

pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

pub fn segment(id: &str, bytes: &[u8]) -> NewSegment {
    NewSegment {
        id: id.parse().unwrap(),
        name: "导航核心".into(),
        kind: "application".into(),
        file_name: "nav.zip".into(),
        file_size: bytes.len() as u64,
        sha256: sha256(bytes),
    }
}

/// A file in pieces of an odd size.
pub fn file(bytes: &[u8]) -> FileStream {
    let pieces: Vec<_> = bytes.chunks(300_001).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    stream::iter(pieces).boxed()
}

/// A file that cannot be read beyond `good` bytes.
pub fn torn(bytes: &[u8], good: usize, error: RemoteError) -> FileStream {
    let mut pieces = vec![Ok(Bytes::copy_from_slice(&bytes[..good]))];
    pieces.push(Err(error));
    stream::iter(pieces).boxed()
}

/// Bytes that no packing makes smaller.
pub fn noise(size: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    (0..size)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state as u8
        })
        .collect()
}

pub async fn collect(mut stream: FileStream) -> Result<Vec<u8>, RemoteError> {
    let mut all = Vec::new();
    while let Some(chunk) = stream.next().await {
        all.extend_from_slice(&chunk?);
    }
    Ok(all)
}

pub fn ips(range: std::ops::Range<u32>) -> Vec<IpAddr> {
    range.map(|index| segdeck::platform::generated_device(index).1).collect()
}

pub fn set(ips: &[IpAddr]) -> BTreeSet<IpAddr> {
    ips.iter().copied().collect()
}
