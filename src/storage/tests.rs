//! The paths of a bucket, run against an object store in memory, and the folder's beside it.

use std::io::{Read, Seek, SeekFrom};

use futures::{Stream, TryStreamExt, stream};
use object_store::memory::InMemory;
use tokio_util::io::ReaderStream;
use tokio_util::sync::CancellationToken;

use super::*;

fn bucket() -> SharedStorage {
    SharedStorage::over(Arc::new(InMemory::new()), "s3://test")
}

/// A folder by each way to open what lies in it, and a bucket.
fn all() -> (tempfile::TempDir, [SharedStorage; 3]) {
    let dir = tempfile::tempdir().unwrap();
    let folder = SharedStorage::open(&folder_url(&dir.path().join("made/by us"))).unwrap();
    let path = dir.path().join("part by part");
    let by_parts = SharedStorage::folder(path.clone(), &folder_url(&path), Way::Parts);
    (dir, [folder, by_parts, bucket()])
}

fn bytes(size: usize) -> Vec<u8> {
    (0..size).map(|at| u8::try_from((at * 7 + at / 251) % 256).unwrap()).collect()
}

fn pieces(content: &[u8]) -> impl Stream<Item = std::io::Result<Bytes>> + Send + use<> {
    let content = Bytes::copy_from_slice(content);
    let pieces = (0..content.len()).step_by(256 << 10);
    stream::iter(pieces.map(move |at| Ok(content.slice(at..content.len().min(at + (256 << 10))))))
}

async fn staged(storage: &SharedStorage, content: &[u8]) -> Staged {
    let never = CancellationToken::new();
    let staging = storage.stage(pieces(content), u64::MAX, |_| {}, &never).await.unwrap();
    staging.finish().await.unwrap()
}

async fn list(storage: &SharedStorage, folder: Folder) -> Vec<StoredFile> {
    storage.list(folder).map_ok(|listed| listed.file().unwrap()).try_collect().await.unwrap()
}

async fn read(storage: &SharedStorage, key: &str, offset: u64) -> Vec<u8> {
    let chunks: Vec<Bytes> = storage.read(key, offset).await.unwrap().try_collect().await.unwrap();
    chunks.concat()
}

#[tokio::test]
async fn a_file_is_staged_promoted_read_and_deleted() {
    let (_dir, storages) = all();
    for storage in storages {
        let content = bytes(3 * 1024 * 1024 + 17);
        let staged = staged(&storage, &content).await;
        assert_eq!(staged.hashed.size, content.len() as u64);
        assert_eq!(list(&storage, Folder::Staging).await.len(), 1);

        let id = "导航@1.0+b".parse().unwrap();
        let key = SharedStorage::final_key(&id, Format::Zip, Timestamp::now());
        storage.promote(&staged, &key).await.unwrap();
        assert!(list(&storage, Folder::Staging).await.is_empty());
        let files = list(&storage, Folder::Segments).await;
        assert_eq!(
            (files.len(), files[0].key.as_str(), files[0].size),
            (1, key.as_str(), staged.hashed.size)
        );
        assert_eq!(storage.stat(&key).await.unwrap().unwrap(), files[0]);

        assert!(read(&storage, &key, 0).await == content);
        assert!(read(&storage, &key, 1_000_001).await == content[1_000_001..]);
        assert!(read(&storage, &key, staged.hashed.size).await.is_empty());
        assert!(read(&storage, &key, u64::MAX).await.is_empty());

        storage.delete(&key).await.unwrap();
        storage.delete(&key).await.unwrap();
        assert_eq!(storage.stat(&key).await.unwrap(), None);
        assert!(matches!(storage.read(&key, 0).await, Err(StorageError::NotFound { .. })));
        assert!(matches!(storage.promote(&staged, &key).await, Err(StorageError::NotFound { .. })));
        assert!(list(&storage, Folder::Segments).await.is_empty());
    }
}

#[tokio::test]
async fn both_hashes_are_right_and_an_empty_file_is_a_file() {
    let (_dir, storages) = all();
    for storage in storages {
        let abc = staged(&storage, b"abc").await;
        let hashed = Hashed {
            size: 3,
            sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad".into(),
            md5: Some("900150983cd24fb0d6963f7d28e17f72".into()),
        };
        assert_eq!(abc.hashed, hashed);
        assert_eq!(storage.hash(&abc.key).await.unwrap(), hashed, "read back");
        let empty = staged(&storage, b"").await;
        let md5 = "d41d8cd98f00b204e9800998ecf8427e";
        assert_eq!((empty.hashed.size, empty.hashed.md5.as_deref()), (0, Some(md5)));
        assert!(read(&storage, &empty.key, 0).await.is_empty());
    }
}

#[tokio::test]
async fn the_md5_of_a_large_file_in_a_folder_is_left_out() {
    let (_dir, [folder, _, bucket]) = all();
    let content = vec![7; (64 << 20) + 1];
    let large = [staged(&folder, &content).await, staged(&bucket, &content).await];
    assert_eq!(large[0].hashed.sha256, large[1].hashed.sha256);
    assert_eq!(large[0].hashed.md5, None);
    assert_eq!(folder.hash(&large[0].key).await.unwrap(), large[1].hashed);
    let smaller = staged(&folder, &content[1..]).await;
    assert_eq!(smaller.hashed, staged(&bucket, &content[1..]).await.hashed);
    assert!(smaller.hashed.md5.is_some());
}

#[tokio::test]
async fn a_file_that_was_copied_and_given_up_is_gone_a_moment_later() {
    let dir = tempfile::tempdir().unwrap();
    let storage = SharedStorage::open(&folder_url(dir.path())).unwrap();
    let content = vec![7; 100 << 20];
    let never = CancellationToken::new();
    let staging = storage.stage(pieces(&content), u64::MAX, |_| {}, &never).await.unwrap();
    assert_eq!(list(&storage, Folder::Staging).await[0].size, staging.size, "all of it can be read");
    drop(staging);
    let gone = async {
        while !list(&storage, Folder::Staging).await.is_empty() {
            tokio::task::yield_now().await;
        }
    };
    // What was written is made to last before it is looked whether anybody wants it.
    gone.await;
}

#[tokio::test]
async fn a_file_over_the_limit_is_refused_and_gone() {
    let (_dir, storages) = all();
    for storage in storages {
        let content = bytes(2 << 20);
        let staged = storage.stage(pieces(&content), (2 << 20) - 1, |_| {}, &CancellationToken::new()).await;
        assert!(matches!(staged, Err(StorageError::TooLarge { .. })), "{staged:?}");
        assert!(list(&storage, Folder::Staging).await.is_empty());
    }
}

#[tokio::test]
async fn a_cancel_leaves_nothing_even_while_the_source_is_silent() {
    let (_dir, storages) = all();
    for storage in storages {
        let (mut input, source) = tokio::io::duplex(64 * 1024);
        let cancel = CancellationToken::new();
        let stop = cancel.clone();
        let feed = tokio::spawn(async move {
            // More than one piece goes in, then nothing more comes, and the pipe stays open.
            tokio::io::AsyncWriteExt::write_all(&mut input, &bytes(1_200_000)).await.unwrap();
            std::future::pending::<()>().await;
        });
        let staged =
            storage.stage(ReaderStream::new(source), u64::MAX, move |_| stop.cancel(), &cancel).await;
        assert!(matches!(staged, Err(StorageError::Cancelled)), "{staged:?}");
        assert!(list(&storage, Folder::Staging).await.is_empty());
        feed.abort();
    }
}

#[tokio::test]
async fn a_dropped_upload_leaves_nothing_a_moment_later() {
    let (_dir, storages) = all();
    for storage in storages {
        // Its folder is there: the upload may be dropped before it has made anything, and then a list would fail.
        storage.create_identity(&Identity::generate(None)).await.unwrap();
        let (mut input, source) = tokio::io::duplex(2 << 20);
        tokio::io::AsyncWriteExt::write_all(&mut input, &bytes(1_200_000)).await.unwrap();
        let (tell, begun) = tokio::sync::oneshot::channel();
        let tell = std::sync::Mutex::new(Some(tell));
        let uploading = storage.clone();
        let upload = tokio::spawn(async move {
            let heard = |_| {
                if let Some(tell) = tell.lock().unwrap().take() {
                    tell.send(()).unwrap();
                }
            };
            uploading.stage(ReaderStream::new(source), u64::MAX, heard, &CancellationToken::new()).await
        });
        begun.await.unwrap();
        upload.abort();
        assert!(upload.await.unwrap_err().is_cancelled());
        let gone = async {
            while !list(&storage, Folder::Staging).await.is_empty() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(10), gone).await.unwrap();
    }
}

#[tokio::test]
async fn a_source_that_breaks_leaves_nothing() {
    let broken = || {
        let whole = std::iter::repeat_with(|| Ok(Bytes::from_static(&[7; 512]))).take(5000);
        stream::iter(whole.chain([Err(std::io::Error::other("unplugged"))]))
    };
    let (_dir, storages) = all();
    for storage in storages {
        let staged = storage.stage(broken(), u64::MAX, |_| {}, &CancellationToken::new()).await;
        assert!(matches!(staged, Err(StorageError::Source(_))), "{staged:?}");
        assert!(list(&storage, Folder::Staging).await.is_empty());
    }
}

#[tokio::test]
async fn the_blocking_reader_seeks() {
    let (_dir, storages) = all();
    for storage in storages {
        let content = bytes(5 << 20);
        let staged = staged(&storage, &content).await;
        tokio::task::spawn_blocking(move || {
            let mut reader = storage.open_blocking(&staged.key).unwrap();
            reader.seek(SeekFrom::End(-10)).unwrap();
            let mut tail = Vec::new();
            reader.read_to_end(&mut tail).unwrap();
            assert_eq!(tail, content[content.len() - 10..]);
            reader.seek(SeekFrom::Start(1_000)).unwrap();
            let mut all = Vec::new();
            reader.read_to_end(&mut all).unwrap();
            assert!(all == content[1_000..]);
            assert!(reader.seek(SeekFrom::Current(-i64::MAX)).is_err());
            assert!(matches!(storage.open_blocking("staging/none"), Err(StorageError::NotFound { .. })));
        })
        .await
        .unwrap();
    }
}

#[tokio::test]
async fn a_large_object_is_copied_through_when_it_must_be() {
    let storage = bucket();
    let content = bytes(9 << 20);
    let mut staged = staged(&storage, &content).await;
    staged.hashed.size = 6 << 30; // claims to be more than one copy request can move
    storage.promote(&staged, "segments/a/1/x.zip").await.unwrap();
    assert!(read(&storage, "segments/a/1/x.zip", 0).await == content);
    assert!(list(&storage, Folder::Staging).await.is_empty());
}

/// Says who the storage is, or hears who it is already.
async fn named(storage: SharedStorage) -> String {
    storage.create_identity(&Identity::generate(None)).await.unwrap();
    storage.known_identity().await.unwrap().unwrap().id
}

#[tokio::test]
async fn of_two_who_come_at_once_the_first_says_who_the_storage_is() {
    for _ in 0..20 {
        let dir = tempfile::tempdir().unwrap();
        let url = folder_url(dir.path());
        let (a, b) = (SharedStorage::open(&url).unwrap(), SharedStorage::open(&url).unwrap());
        let (a_id, b_id) = tokio::join!(tokio::spawn(named(a)), tokio::spawn(named(b)));
        assert_eq!(a_id.unwrap(), b_id.unwrap());
    }
    let storage = bucket();
    let (a, b) = tokio::join!(named(storage.clone()), named(storage));
    assert_eq!(a, b);
}

#[tokio::test]
async fn a_broken_identity_is_told_not_replaced() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("segdeck-storage.json");
    std::fs::write(&file, "{}").unwrap();
    let storage = SharedStorage::open(&folder_url(dir.path())).unwrap();
    assert!(matches!(storage.known_identity().await, Err(StorageError::Misconfigured(_))));
    assert_eq!(std::fs::read_to_string(file).unwrap(), "{}");
}

#[test]
fn a_client_of_a_bucket_is_made_without_a_network() {
    let storage = SharedStorage::open("s3://fleet/segdeck").unwrap();
    assert_eq!(format!("{storage:?}"), "SharedStorage { url: \"s3://fleet/segdeck\", .. }");
}

#[tokio::test]
async fn small_objects_are_written_whole_and_read_back() {
    let (dir, storages) = all();
    let trash = format!("trash/{}.json", ulid::Ulid::generate());
    for storage in storages {
        for key in [trash.as_str(), "segdeck-revision.json"] {
            assert_eq!(storage.get_object(key, 10).await.unwrap(), None);
            storage.put_object(key, Bytes::from_static(b"first")).await.unwrap();
            storage.put_object(key, Bytes::from_static(b"second")).await.unwrap();
            assert_eq!(storage.get_object(key, 6).await.unwrap().unwrap(), "second");
            let large = storage.get_object(key, 5).await;
            assert!(matches!(large, Err(StorageError::Refused { why: Refusal::TooLarge, .. })), "{large:?}");
        }
        assert_eq!(list(&storage, Folder::Trash).await[0].key, trash);
        assert!(list(&storage, Folder::Staging).await.is_empty());
        assert!(!storage.is_empty().await.unwrap());
        storage.delete(&trash).await.unwrap();
        storage.delete(&trash).await.unwrap();
        assert!(storage.is_empty().await.unwrap());
        for key in ["segdeck-storage.json", "staging/x", "segments/a/1/x.zip", "trash/x.json", "trash/../x"] {
            assert!(storage.put_object(key, Bytes::new()).await.is_err(), "{key}");
            assert!(storage.get_object(key, 10).await.is_err(), "{key}");
        }
    }
    drop(dir);
}

#[tokio::test]
async fn a_bucket_has_strangers_too() {
    let store = Arc::new(InMemory::new());
    let storage = SharedStorage::over(store.clone(), "s3://test");
    let staged = staged(&storage, b"abc").await;
    for key in ["staging/my file.zip", "staging/a/b"] {
        object_store::ObjectStoreExt::put(&*store, &Path::from(key), "x".into()).await.unwrap();
    }
    let listed: Vec<Listed> = storage.list(Folder::Staging).try_collect().await.unwrap();
    let files: Vec<_> = listed.iter().cloned().filter_map(Listed::file).collect();
    assert_eq!((listed.len(), files.len(), files[0].key.as_str()), (3, 1, staged.key.as_str()));
}
