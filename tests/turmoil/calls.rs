//! The clients alone: what a call comes to when the network or the platform goes away under it.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::{StreamExt as _, stream};
use segdeck::domain::{OperationId, RemoteKind};
use segdeck::platform::{LedgerKind, SimulatedOptions, ledger};
use segdeck::remote::grpc::{KEEPALIVE, KEEPALIVE_TIMEOUT, UNARY_DEADLINE};
use segdeck::remote::{
    Deployment, FileStream, Meaning, NewSegment, Operation, RemoteError, RemoteSegment, SegmentRepository,
};
use sha2::{Digest as _, Sha256};
use tokio::time::{Instant, sleep, timeout};

use super::network::{forget_connections, open, open_without_keepalive};
use super::stage::{self, HERE, PLATFORM, Stage};

/// How finely time passes.
const TICK: Duration = Duration::from_millis(10);

/// A client on the stage.
struct Client {
    repository: Arc<dyn SegmentRepository>,
    deployment: Arc<dyn Deployment>,
    stage: Stage,
}

fn on_stage<T: 'static>(act: impl AsyncFnOnce(Client) -> T + 'static) -> T {
    on_stage_over(open, act)
}

fn on_stage_over<T: 'static>(
    open: segdeck::remote::grpc::Open,
    act: impl AsyncFnOnce(Client) -> T + 'static,
) -> T {
    stage::play(7, TICK, SimulatedOptions::default(), async move |stage| {
        let remotes = stage::remotes(open);
        let client = Client {
            repository: Arc::clone(remotes.repository(RemoteKind::Sdp).unwrap()),
            deployment: Arc::clone(remotes.deployment(RemoteKind::Sdp).unwrap()),
            stage,
        };
        // The connection is there before anything happens to it.
        client.deployment.list_devices().await.unwrap();
        act(client).await
    })
}

impl Client {
    async fn create(&self, bytes: &[u8]) -> Result<RemoteSegment, RemoteError> {
        self.repository.create(&operation(), &segment(bytes), file(bytes)).await
    }

    /// Asks until there is an answer; how long that took.
    async fn until_answered(&self, longest: Duration) -> Option<Duration> {
        let begun = Instant::now();
        while begun.elapsed() < longest {
            if self.deployment.list_devices().await.is_ok() {
                return Some(begun.elapsed());
            }
            sleep(Duration::from_secs(1)).await;
        }
        None
    }

    fn created(&self) -> usize {
        let ledger = ledger(self.stage.data()).unwrap();
        ledger.iter().filter(|entry| entry.kind == LedgerKind::Create && !entry.repeated).count()
    }

    /// Bytes of an upload that broke off.
    fn kept(&self) -> Option<u64> {
        let mut partial = std::fs::read_dir(self.stage.data().join("partial")).unwrap();
        Some(partial.next()?.unwrap().metadata().unwrap().len())
    }
}

fn operation() -> OperationId {
    OperationId::derive(&["create", "nav@1", "1"])
}

fn segment(bytes: &[u8]) -> NewSegment {
    NewSegment {
        id: "nav@1".parse().unwrap(),
        name: "nav".into(),
        kind: "application".into(),
        file_name: "nav.zip".into(),
        file_size: bytes.len() as u64,
        sha256: Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}

fn file(bytes: &[u8]) -> FileStream {
    let pieces: Vec<_> = bytes.chunks(300_001).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    stream::iter(pieces).boxed()
}

/// Bytes that differ from place to place.
fn noise(size: u32) -> Vec<u8> {
    (0..size).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8).collect()
}

fn files(data: &Path) -> usize {
    std::fs::read_dir(data.join("files")).unwrap().count()
}

/// A silent connection is found out by its pings, and given up.
const FOUND_OUT: Duration =
    Duration::from_secs(KEEPALIVE.as_secs() + KEEPALIVE_TIMEOUT.as_secs() + 2 * UNARY_DEADLINE.as_secs());

#[test]
fn a_channel_recovers_after_a_partition() {
    on_stage(async |client| {
        turmoil::partition(HERE, PLATFORM);
        let error = client.deployment.list_devices().await.unwrap_err();
        assert_eq!(error.meaning, Meaning::Unclear, "{error}");
        sleep(Duration::from_secs(60)).await;
        turmoil::repair(HERE, PLATFORM);
        let took = client.until_answered(FOUND_OUT).await;
        println!("answered again {took:?} after the partition");
        assert!(took.is_some(), "not answered within {FOUND_OUT:?}");
    });
}

#[test]
fn a_channel_recovers_when_its_connection_was_forgotten() {
    on_stage(async |client| {
        forget_connections();
        let took = client.until_answered(FOUND_OUT).await;
        println!("answered again {took:?} after the connection was forgotten");
        assert!(took.is_some(), "not answered within {FOUND_OUT:?}");
    });
}

/// That the test above can fail.
#[test]
fn a_channel_without_pings_never_recovers() {
    on_stage_over(open_without_keepalive, async |client| {
        forget_connections();
        assert_eq!(client.until_answered(Duration::from_secs(600)).await, None);
    });
}

#[test]
fn a_channel_recovers_when_the_platform_was_gone() {
    on_stage(async |client| {
        client.stage.crash().await;
        let error = client.deployment.list_devices().await.unwrap_err();
        assert_eq!(error.meaning, Meaning::Unclear, "{error}");
        client.stage.bounce().await;
        assert!(client.until_answered(Duration::from_secs(30)).await.is_some());
    });
}

#[test]
fn a_hold_longer_than_the_deadline_is_unknown_and_not_failed() {
    on_stage(async |client| {
        let bytes = noise(10_000);
        turmoil::hold(HERE, PLATFORM);
        let error = client.create(&bytes).await.unwrap_err();
        assert_eq!(error.meaning, Meaning::Unclear, "{error}");
        turmoil::release(HERE, PLATFORM);
        client.until_answered(FOUND_OUT).await.unwrap();
        // Whatever the call came to that was held, there is one segment in the end.
        let created = client.create(&bytes).await.unwrap();
        assert_eq!(
            client.repository.find_operation(&operation()).await.unwrap(),
            Operation::Created(created.uid)
        );
        assert_eq!((client.created(), files(client.stage.data())), (1, 1));
    });
}

#[test]
fn a_lost_answer_is_unknown_and_found_by_its_request_id() {
    on_stage(async |client| {
        turmoil::partition_oneway(PLATFORM, HERE);
        let error = client.create(&noise(10_000)).await.unwrap_err();
        assert_eq!(error.meaning, Meaning::Unclear, "{error}");
        assert_eq!(client.created(), 1, "it was done");
        turmoil::repair_oneway(PLATFORM, HERE);
        client.until_answered(FOUND_OUT).await.unwrap();
        let found = client.repository.find_operation(&operation()).await.unwrap();
        assert!(matches!(found, Operation::Created(_)), "{found:?}");
    });
}

#[test]
fn what_was_acknowledged_survives_a_crash() {
    on_stage(async |client| {
        let bytes = noise(10_000);
        let created = client.create(&bytes).await.unwrap();
        let devices = ["10.0.0.1".parse().unwrap()];
        let install = OperationId::derive(&["install", "1"]);
        let task = client.deployment.batch_install(&install, &created.uid, &devices).await.unwrap();
        client.stage.crash().await;
        client.stage.bounce().await;
        client.until_answered(FOUND_OUT).await.unwrap();
        let again = client.deployment.batch_install(&install, &created.uid, &devices).await.unwrap();
        assert_eq!(again, task);
        assert_eq!(client.create(&bytes).await.unwrap().uid, created.uid);
        sleep(Duration::from_secs(10)).await;
        assert!(client.deployment.get_task(&task).await.unwrap().done);
        assert_eq!((client.created(), files(client.stage.data())), (1, 1));
    });
}

/// The file once more, with rubbish where the platform has it already: what is asked for twice would show.
fn rest(bytes: &[u8], kept: u64) -> FileStream {
    let mut rest = bytes.to_vec();
    rest[..usize::try_from(kept).unwrap()].fill(0);
    file(&rest)
}

/// Begins a large upload, lets `disturb` happen when some of it has come, and goes on in a second call.
async fn upload_in_two(client: Client, disturb: impl AsyncFnOnce(&Client)) {
    let bytes = noise(24_000_000);
    let (operation, segment) = (operation(), segment(&bytes));
    let mut first = client.repository.create(&operation, &segment, file(&bytes));
    // The platform writes what comes at once.
    while client.kept().is_none_or(|kept| kept < 9_000_000) {
        let ended = timeout(Duration::from_millis(20), &mut first).await;
        assert!(ended.is_err(), "it ended before it was disturbed: {ended:?}");
    }
    tokio::join!(
        async {
            let error = timeout(Duration::from_secs(200), first).await;
            if let Ok(Err(error)) = error {
                assert!(matches!(error.meaning, Meaning::Unclear | Meaning::Later(_)), "{error}");
            }
        },
        disturb(&client)
    );
    client.until_answered(FOUND_OUT).await.unwrap();
    let kept = client.kept().unwrap();
    assert!((9_000_000..24_000_000).contains(&kept), "{kept}");
    println!("goes on at {kept} of 24000000 bytes");
    let created = client.repository.create(&operation, &segment, rest(&bytes, kept)).await.unwrap();
    let mut got = Vec::new();
    let mut file = client.repository.download(&created.uid, 0).await.unwrap();
    while let Some(chunk) = file.next().await {
        got.extend_from_slice(&chunk.unwrap());
    }
    assert!(got == bytes);
    assert_eq!((client.created(), files(client.stage.data()), client.kept()), (1, 1, None));
}

#[test]
fn an_upload_goes_on_after_a_partition() {
    on_stage(async |client| {
        upload_in_two(client, async |_| {
            turmoil::partition(HERE, PLATFORM);
            sleep(Duration::from_secs(100)).await;
            turmoil::repair(HERE, PLATFORM);
        })
        .await;
    });
}

#[test]
fn an_upload_goes_on_after_a_crash() {
    on_stage(async |client| {
        upload_in_two(client, async |client| {
            client.stage.crash().await;
            client.stage.bounce().await;
        })
        .await;
    });
}

#[test]
fn an_upload_that_was_cancelled_goes_on() {
    on_stage(async |client| {
        let bytes = noise(24_000_000);
        let (operation, segment) = (operation(), segment(&bytes));
        {
            let mut first = client.repository.create(&operation, &segment, file(&bytes));
            while client.kept().is_none_or(|kept| kept < 9_000_000) {
                timeout(Duration::from_millis(20), &mut first).await.unwrap_err();
            }
        }
        sleep(Duration::from_secs(1)).await;
        let kept = client.kept().unwrap();
        assert!((9_000_000..24_000_000).contains(&kept), "{kept}");
        client.repository.create(&operation, &segment, rest(&bytes, kept)).await.unwrap();
        assert_eq!((client.created(), client.kept()), (1, None));
    });
}

#[test]
fn a_download_goes_on_where_it_broke_off() {
    on_stage(async |client| {
        let bytes = noise(24_000_000);
        let created = client.create(&bytes).await.unwrap();
        let mut got = Vec::new();
        let mut file = client.repository.download(&created.uid, 0).await.unwrap();
        let error = loop {
            if got.len() > 9_000_000 {
                turmoil::partition(HERE, PLATFORM);
            }
            match file.next().await {
                Some(Ok(chunk)) => got.extend_from_slice(&chunk),
                Some(Err(error)) => break error,
                None => panic!("it ended with {} bytes", got.len()),
            }
        };
        assert_eq!(error.meaning, Meaning::Unclear, "{error}");
        turmoil::repair(HERE, PLATFORM);
        client.until_answered(FOUND_OUT).await.unwrap();
        println!("goes on at {} of 24000000 bytes", got.len());
        let mut file = client.repository.download(&created.uid, got.len() as u64).await.unwrap();
        // Cancelled after the first piece: it goes on from there as well.
        got.extend_from_slice(&file.next().await.unwrap().unwrap());
        drop(file);
        let mut file = client.repository.download(&created.uid, got.len() as u64).await.unwrap();
        while let Some(chunk) = file.next().await {
            got.extend_from_slice(&chunk.unwrap());
        }
        assert!(got == bytes);
    });
}
