//! Create, find, list, download, delete.

use std::collections::BTreeSet;
use std::sync::Arc;

use segdeck::domain::RemoteKind;
use segdeck::platform::{Action, Fault, FaultCall, LedgerKind, Moment, ledger};
use segdeck::remote::{Meaning, Operation, RemoteError};
use tempfile::tempdir;
use tokio::sync::Notify;
use tonic::Code;

use crate::rig::{Rig, collect, file, noise, operation, segment, sha256, torn};

#[tokio::test]
async fn a_segment_lives_its_life() {
    let dir = tempdir().unwrap();
    let rig = Rig::start(dir.path()).await;
    let bytes = noise(3_000_000);
    let created = rig.create("c1", "nav-core@2.1.0", &bytes).await.unwrap();
    assert_eq!((created.file_size, created.sha256.as_str()), (3_000_000, sha256(&bytes).as_str()));
    let id = &created.id;
    assert_eq!(rig.repository().find(&id.prefix, &id.version).await.unwrap().as_ref(), Some(&created));
    let page = rig.repository().list("").await.unwrap();
    assert_eq!((page.segments, page.next.as_str()), (vec![created.clone()], ""));
    assert!(page.unreadable.is_empty());

    for offset in [0, 1, 262_144, 2_999_999, 3_000_000] {
        let rest = rig.repository().download(&created.uid, offset).await.unwrap();
        assert!(collect(rest).await.unwrap() == bytes[offset as usize..], "from {offset}");
    }
    let beyond = rig.repository().download(&created.uid, 3_000_001).await.err().unwrap();
    assert_eq!((beyond.meaning, beyond.code.as_str()), (Meaning::Refused, "OUT_OF_RANGE"));

    rig.repository().delete(&operation("d1"), &created.uid).await.unwrap();
    assert_eq!(rig.repository().find(&id.prefix, &id.version).await.unwrap(), None);
    assert_eq!(rig.files("files"), 0);
    let gone = rig.repository().delete(&operation("d2"), &created.uid).await.unwrap_err();
    assert_eq!(gone.meaning, Meaning::NotFound);
    let gone = rig.repository().download(&created.uid, 0).await.err().unwrap();
    assert_eq!(gone.meaning, Meaning::NotFound);
    assert_eq!(rig.repository().find_operation(&operation("d1")).await.unwrap(), Operation::Deleted);
    assert_eq!(rig.repository().find_operation(&operation("d2")).await.unwrap(), Operation::Unknown);

    let again = rig.create("c2", "nav-core@2.1.0", &bytes).await.unwrap();
    assert_ne!(again.uid, created.uid, "a uid is never used again");
    rig.stop().await;
}

#[tokio::test]
async fn the_two_repositories_are_apart() {
    let dir = tempdir().unwrap();
    let rig = Rig::start(dir.path()).await;
    let created = rig.create("c1", "a@1", b"x").await.unwrap();
    let store = rig.remotes.repository(RemoteKind::Store15s).unwrap();
    assert!(store.list("").await.unwrap().segments.is_empty());
    assert_eq!(store.delete(&operation("d"), &created.uid).await.unwrap_err().meaning, Meaning::NotFound);
    assert_eq!(store.find_operation(&operation("c1")).await.unwrap(), Operation::Unknown);
    let other = store.create(&operation("c1"), &segment("a@1", b"y"), file(b"y")).await.unwrap();
    assert_ne!(other.uid, created.uid);
    rig.stop().await;
}

#[tokio::test]
async fn a_repository_that_is_not_kept_is_refused() {
    let dir = tempdir().unwrap();
    let wish = crate::rig::Wish {
        change: Some(|options| options.repositories = [RemoteKind::Store15s].into()),
        ..Default::default()
    };
    let rig = Rig::start_with(dir.path(), wish).await;
    let error = rig.create("c1", "a@1", b"x").await.unwrap_err();
    assert_eq!((error.meaning, error.code.as_str()), (Meaning::Refused, "FAILED_PRECONDITION"));
    assert!(error.to_string().contains("does not keep SDP"), "{error}");
    assert_eq!(rig.repository().list("").await.unwrap_err().meaning, Meaning::Refused);
    rig.stop().await;
}

#[tokio::test]
async fn repeating_repeats_the_answer_and_not_the_effect() {
    let dir = tempdir().unwrap();
    let rig = Rig::start(dir.path()).await;
    let first = rig.create("c1", "a@1", b"x").await.unwrap();
    assert_eq!(rig.create("c1", "a@1", b"x").await.unwrap(), first);
    let other = rig.create("c1", "a@1", b"y").await.unwrap_err();
    assert_eq!((other.meaning, other.code.as_str()), (Meaning::Refused, "INVALID_ARGUMENT"));
    let exists = rig.create("c2", "a@1", b"x").await.unwrap_err();
    assert_eq!(exists.meaning, Meaning::Exists);

    rig.repository().delete(&operation("d1"), &first.uid).await.unwrap();
    rig.repository().delete(&operation("d1"), &first.uid).await.unwrap();
    assert_eq!(rig.create("c1", "a@1", b"x").await.unwrap(), first, "also after the effect was undone");
    assert_eq!(rig.files("files"), 0);

    let entries = ledger(dir.path()).unwrap();
    let told: Vec<_> = entries.iter().map(|entry| (entry.kind, entry.repeated)).collect();
    use LedgerKind::{Create, Delete};
    assert_eq!(told, [(Create, false), (Create, true), (Delete, false), (Delete, true), (Create, true)]);
    rig.stop().await;
}

#[tokio::test]
async fn a_repeated_create_of_a_large_file_is_answered() {
    let dir = tempdir().unwrap();
    let rig = Rig::start(dir.path()).await;
    let bytes = noise(20_000_000);
    let first = rig.create("c1", "a@1", &bytes).await.unwrap();
    // The server answers without reading the file: the client must take that for an answer.
    for _ in 0..3 {
        assert_eq!(rig.create("c1", "a@1", &bytes).await.unwrap(), first);
        assert_eq!(rig.create("c2", "a@1", &bytes).await.unwrap_err().meaning, Meaning::Exists);
    }
    rig.stop().await;
}

#[tokio::test]
async fn a_lost_answer_is_found_by_its_request_id() {
    let dir = tempdir().unwrap();
    let rig = Rig::start(dir.path()).await;
    let lose =
        |call| Fault { call, moment: Moment::After, action: Action::Answer(Code::Unavailable), times: 1 };
    rig.faults.add(lose(FaultCall::Create));
    assert_eq!(rig.create("c1", "a@1", b"x").await.unwrap_err().meaning, Meaning::Unclear);
    let Operation::Created(uid) = rig.repository().find_operation(&operation("c1")).await.unwrap() else {
        panic!("the platform forgot");
    };
    assert_eq!(rig.create("c1", "a@1", b"x").await.unwrap().uid, uid);
    rig.faults.add(lose(FaultCall::Delete));
    assert_eq!(rig.repository().delete(&operation("d1"), &uid).await.unwrap_err().meaning, Meaning::Unclear);
    assert_eq!(rig.repository().find_operation(&operation("d1")).await.unwrap(), Operation::Deleted);
    rig.stop().await;
}

#[tokio::test]
async fn refusals_come_as_often_as_ordered_and_are_not_remembered() {
    let dir = tempdir().unwrap();
    let rig = Rig::start(dir.path()).await;
    let (call, moment) = (FaultCall::Create, Moment::Before);
    rig.faults.add(Fault { call, moment, action: Action::Answer(Code::ResourceExhausted), times: 2 });
    for _ in 0..2 {
        assert_eq!(rig.create("c1", "a@1", b"x").await.unwrap_err().meaning, Meaning::Later(None));
    }
    assert_eq!(rig.repository().find_operation(&operation("c1")).await.unwrap(), Operation::Unknown);
    rig.create("c1", "a@1", b"x").await.unwrap();
    rig.stop().await;
}

#[tokio::test]
async fn what_does_not_fit_its_header_leaves_nothing() {
    let dir = tempdir().unwrap();
    let rig = Rig::start(dir.path()).await;
    let bytes = noise(1_000_000);
    let mut wrong = segment("a@1", &bytes);
    wrong.sha256 = sha256(b"something else");
    let error = rig.repository().create(&operation("c1"), &wrong, file(&bytes)).await.unwrap_err();
    assert_eq!((error.meaning, error.code.as_str()), (Meaning::Unclear, "DATA_LOSS"));
    assert_eq!((rig.files("files"), rig.files("partial")), (0, 0));

    let mut short = segment("a@1", &bytes);
    short.file_size = 999_999;
    let error = rig.repository().create(&operation("c2"), &short, file(&bytes)).await.unwrap_err();
    assert_eq!((error.meaning, error.code.as_str()), (Meaning::Refused, "INVALID_ARGUMENT"));
    let mut long = segment("a@1", &bytes);
    long.file_size = 1_000_001;
    let error = rig.repository().create(&operation("c3"), &long, file(&bytes)).await.unwrap_err();
    assert_eq!((error.meaning, error.code.as_str()), (Meaning::Later(None), "ABORTED"));
    assert_eq!(rig.files("files"), 0);
    assert!(rig.repository().list("").await.unwrap().segments.is_empty());
    assert_eq!(rig.repository().find_operation(&operation("c1")).await.unwrap(), Operation::Unknown);
    assert!(ledger(dir.path()).unwrap().is_empty());
    rig.stop().await;
}

fn unreadable() -> RemoteError {
    RemoteError {
        meaning: Meaning::Later(None),
        remote: RemoteKind::Sdp,
        endpoint: "shared storage".to_owned(),
        call: "read".to_owned(),
        code: "torn".to_owned(),
        message: "the disk is gone".into(),
    }
}

#[tokio::test]
async fn an_upload_that_broke_off_is_resumed() {
    let dir = tempdir().unwrap();
    let rig = Rig::start(dir.path()).await;
    let bytes = noise(12_000_000);
    let new = segment("a@1", &bytes);
    let broken = torn(&bytes, 9_000_000, unreadable());
    let error = rig.repository().create(&operation("c1"), &new, broken).await.unwrap_err();
    assert_eq!(error.code, "torn", "our own reason counts, not what the platform made of it");
    assert_eq!((rig.files("files"), rig.files("partial")), (0, 1));
    let kept = std::fs::read_dir(dir.path().join("partial")).unwrap().next().unwrap().unwrap();
    assert_eq!(kept.metadata().unwrap().len(), 9_000_000);
    // A first half that is rubbish proves that it is not asked for again.
    let mut rest = vec![0; 9_000_000];
    rest.extend_from_slice(&bytes[9_000_000..]);
    let created = rig.repository().create(&operation("c1"), &new, file(&rest)).await.unwrap();
    let got = collect(rig.repository().download(&created.uid, 0).await.unwrap()).await.unwrap();
    assert!(got == bytes);
    assert_eq!(rig.files("partial"), 0);
    rig.stop().await;
}

#[tokio::test]
async fn a_damaged_beginning_heals_with_the_next_try() {
    let dir = tempdir().unwrap();
    let rig = Rig::start(dir.path()).await;
    let bytes = noise(9_000_000);
    let new = segment("a@1", &bytes);
    let broken = torn(&bytes, 8_500_000, unreadable());
    rig.repository().create(&operation("c1"), &new, broken).await.unwrap_err();
    let kept = std::fs::read_dir(dir.path().join("partial")).unwrap().next().unwrap().unwrap().path();
    std::fs::write(kept, vec![7; 8_500_000]).unwrap();
    let error = rig.repository().create(&operation("c1"), &new, file(&bytes)).await.unwrap_err();
    assert_eq!(error.code, "DATA_LOSS");
    rig.repository().create(&operation("c1"), &new, file(&bytes)).await.unwrap();
    rig.stop().await;
}

#[tokio::test]
async fn a_later_try_takes_over_from_one_that_hangs() {
    let dir = tempdir().unwrap();
    let rig = Arc::new(Rig::start(dir.path()).await);
    // The first sends nothing after its header, as a client whose host has died.
    let hanging = rig.clone();
    let reached = Arc::new(Notify::new());
    let header_sent = reached.clone();
    let first = tokio::spawn(async move {
        let never = futures::stream::once(async move {
            header_sent.notify_one();
            std::future::pending().await
        });
        let file = futures::StreamExt::boxed(never);
        hanging.repository().create(&operation("c1"), &segment("a@1", b"x"), file).await
    });
    reached.notified().await;
    let created = rig.create("c1", "a@1", b"x").await.unwrap();
    let replaced = first.await.unwrap();
    // It may also have come so late that it gets the remembered answer.
    match replaced {
        Err(error) => assert_eq!((error.meaning, error.code.as_str()), (Meaning::Later(None), "ABORTED")),
        Ok(segment) => assert_eq!(segment, created),
    }
    let done = ledger(dir.path()).unwrap();
    assert_eq!(done.iter().filter(|entry| !entry.repeated).count(), 1);
    Arc::into_inner(rig).unwrap().stop().await;
}

#[tokio::test]
async fn a_list_keeps_its_promise_while_segments_come_and_go() {
    let dir = tempdir().unwrap();
    let rig = Rig::start(dir.path()).await;
    // More than a page of the client, straight into the database: creating them one by one takes long.
    rig.create("c", "first@1", b"x").await.unwrap();
    let fill = rusqlite::Connection::open(dir.path().join("platform.db")).unwrap();
    fill.execute_batch(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200)
         INSERT INTO segments (repository, uid, prefix, version, name, type, file_name, file_size, sha256, created_at)
         SELECT 'SDP', 'u' || i, 'p' || i, '1', '', '', 'f.zip', 1, (SELECT sha256 FROM segments), 0 FROM n",
    )
    .unwrap();
    drop(fill);
    let first = rig.repository().list("").await.unwrap();
    assert_eq!(first.segments.len(), 500);
    rig.repository().delete(&operation("d1"), &first.segments[3].uid).await.unwrap();
    rig.repository().delete(&operation("d2"), "u700").await.unwrap();
    rig.create("c2", "late@1", b"x").await.unwrap();
    let second = rig.repository().list(&first.next).await.unwrap();
    let third = rig.repository().list(&second.next).await.unwrap();
    assert_eq!(third.next, "");
    let all: Vec<_> =
        [&first, &second, &third].iter().flat_map(|page| &page.segments).map(|s| s.uid.clone()).collect();
    let distinct: BTreeSet<_> = all.iter().cloned().collect();
    assert_eq!(distinct.len(), all.len(), "none twice");
    for i in (1..=1200).filter(|i| *i != 700) {
        assert!(distinct.contains(&format!("u{i}")), "u{i} was there all the time");
    }
    let error = rig.repository().list("rubbish").await.unwrap_err();
    assert_eq!(error.code, "INVALID_ARGUMENT");
    rig.stop().await;
}
