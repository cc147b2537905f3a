//! Who a storage is, in a folder and in a bucket: made once, changed one at a time, whatever a crash left.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use object_store::memory::InMemory;

use super::*;
use crate::storage::folder_url;

fn both() -> (tempfile::TempDir, [SharedStorage; 2]) {
    let dir = tempfile::tempdir().unwrap();
    let folder = SharedStorage::open(&folder_url(dir.path())).unwrap();
    (dir, [folder, SharedStorage::over(Arc::new(InMemory::new()), "s3://test")])
}

fn ulid() -> String {
    ulid::Ulid::generate().to_string()
}

fn names(dir: &tempfile::TempDir) -> Vec<String> {
    let entries = std::fs::read_dir(dir.path()).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[tokio::test]
async fn it_is_made_once_and_changed_by_who_knows_it() {
    let (dir, storages) = both();
    for storage in storages {
        assert_eq!(storage.known_identity().await.unwrap(), None);
        let first = Identity::generate(Some(ulid()));
        assert!(storage.create_identity(&first).await.unwrap());
        assert!(!storage.create_identity(&Identity::generate(None)).await.unwrap());
        assert_eq!(storage.known_identity().await.unwrap().unwrap(), first);

        let second = Identity { site: Some(ulid()), ..first.clone() };
        assert!(storage.replace_identity(&first, &second).await.unwrap());
        assert!(!storage.replace_identity(&first, &Identity::generate(None)).await.unwrap());
        assert_eq!(storage.known_identity().await.unwrap().unwrap(), second);

        let nonsense = Identity { site: Some("no ulid".to_owned()), ..second.clone() };
        assert!(storage.replace_identity(&second, &nonsense).await.is_err());
        assert_eq!(storage.known_identity().await.unwrap().unwrap(), second);
    }
    assert_eq!(names(&dir), [FILE], "nothing else is left");
}

#[tokio::test]
async fn what_newer_versions_write_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    let text = format!(r#"{{"id":"{}","since":{{"a":1}}}}"#, ulid());
    std::fs::write(dir.path().join(FILE), text).unwrap();
    let storage = SharedStorage::open(&folder_url(dir.path())).unwrap();
    let old = storage.known_identity().await.unwrap().unwrap();
    assert_eq!(old.site, None);
    let new = Identity { site: Some(ulid()), ..old.clone() };
    assert!(storage.replace_identity(&old, &new).await.unwrap());
    let there: serde_json::Value =
        serde_json::from_slice(&std::fs::read(dir.path().join(FILE)).unwrap()).unwrap();
    assert_eq!(there["since"]["a"], 1);
    assert_eq!(there["site"], new.site.unwrap());
}

/// Each change counts one further: as many as were told that theirs was written are counted in the end.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_changes_at_once_none_is_lost() {
    let (dir, storages) = both();
    for storage in storages {
        assert!(storage.create_identity(&Identity::generate(None)).await.unwrap());
        let workers = (0..4).map(|_| {
            let storage = storage.clone();
            tokio::spawn(async move {
                let mut written = 0;
                for _ in 0..25 {
                    let old = storage.known_identity().await.unwrap().unwrap();
                    let mut new = Identity { site: Some(ulid()), ..old.clone() };
                    let count = old.unknown.get("count").and_then(serde_json::Value::as_u64).unwrap_or(0);
                    new.unknown.insert("count".to_owned(), (count + 1).into());
                    match storage.replace_identity(&old, &new).await {
                        Ok(done) => written += u64::from(done),
                        Err(error) => assert!(matches!(error, StorageError::Unavailable { .. }), "{error}"),
                    }
                }
                written
            })
        });
        let written: u64 = futures::future::join_all(workers).await.into_iter().map(Result::unwrap).sum();
        let last = storage.known_identity().await.unwrap().unwrap();
        assert!(written > 4, "{written} changes were written");
        assert_eq!(last.unknown["count"], written);
    }
    assert_eq!(names(&dir), [FILE], "nothing else is left");
}

/// A crash leaves the name of the next one taken: by the same change or another, a moment or minutes ago.
#[tokio::test(start_paused = true)]
async fn what_a_crash_left_locks_nobody_out() {
    for (same, age, done) in [(true, 0, true), (true, 40, true), (false, 0, false), (false, 120, true)] {
        let dir = tempfile::tempdir().unwrap();
        let storage = SharedStorage::open(&folder_url(dir.path())).unwrap();
        let (old, new) = (Identity::generate(None), Identity::generate(Some(ulid())));
        assert!(storage.create_identity(&old).await.unwrap());
        let other = Identity::generate(Some(ulid()));
        let left = if same { &new } else { &other };
        let next = dir.path().join(format!("{FILE}.next"));
        std::fs::write(&next, left.text("").unwrap()).unwrap();
        let file = std::fs::File::options().write(true).open(&next).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(age)).unwrap();

        let changed = storage.replace_identity(&old, &new).await;
        let there = storage.known_identity().await.unwrap().unwrap();
        if done {
            assert!(changed.unwrap(), "{same} {age}");
            assert_eq!(there, new);
            assert_eq!(names(&dir), [FILE]);
        } else {
            assert!(matches!(changed, Err(StorageError::Unavailable { .. })), "{changed:?}");
            assert_eq!(there, old);
            assert!(next.exists(), "somebody may just be at it");
        }
    }
}

#[tokio::test]
async fn a_file_that_is_too_large_is_told_not_read() {
    let (dir, [folder, _]) = both();
    std::fs::write(dir.path().join(FILE), format!(r#"{{"id":"{}"{}}}"#, ulid(), " ".repeat(5000))).unwrap();
    assert!(matches!(folder.known_identity().await, Err(StorageError::Misconfigured(_))));
}
