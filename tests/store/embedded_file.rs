//! The embedded store's file: modes, foreign and damaged files, a full disk, and how far it grows.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use segdeck::store::embedded::{EmbeddedStore, Generation, Options};
use segdeck::store::{ListQuery, SharedStore, StoreError, Txn};

use crate::conformance::{
    commit, delete, delete_prefix, is_absent, key, keys_below, put, read, told_until, watch_error,
};
use crate::embedded_bench::{Folder, sql};

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap_or_else(|error| panic!("{}: {error}", path.display())).permissions().mode()
        & 0o7777
}

fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

const FILES: [&str; 4] = ["", "-wal", "-shm", ".wake"];

#[tokio::test]
async fn its_files_are_the_owners_alone() {
    let folder = Folder::new();
    set_mode(folder.folder.path(), 0o770);
    let store = folder.open().await;
    commit(&store, vec![put("a", "1")]).await;
    for suffix in FILES {
        assert_eq!(mode(&folder.beside(suffix)), 0o600, "{suffix}");
    }
}

#[tokio::test]
async fn in_a_shared_folder_its_files_are_the_groups() {
    let folder = Folder::new();
    set_mode(folder.folder.path(), 0o2770);
    let store = folder.open().await;
    commit(&store, vec![put("a", "1")]).await;
    for suffix in FILES {
        assert_eq!(mode(&folder.beside(suffix)), 0o660, "{suffix}");
    }
}

#[tokio::test]
async fn a_missing_folder_is_created() {
    let folder = Folder::new();
    let file = folder.folder.path().join("some/where/store.db");
    let store: SharedStore = EmbeddedStore::open(&file).await.unwrap();
    commit(&store, vec![put("a", "1")]).await;
    assert_eq!(mode(file.parent().unwrap()), 0o700);
    assert_eq!(store.name(), file.display().to_string());
}

async fn refusal(file: &Path) -> StoreError {
    EmbeddedStore::open(file).await.err().unwrap_or_else(|| panic!("{} was opened", file.display()))
}

#[tokio::test]
async fn what_is_not_a_store_is_left_alone() {
    let folder = Folder::new();
    let text = folder.folder.path().join("notes.txt");
    std::fs::write(
        &text,
        "Not a database, but longer than the header of one, which has a hundred bytes. ".repeat(3),
    )
    .unwrap();
    let other = folder.folder.path().join("other.db");
    sql(&other).execute_batch("CREATE TABLE theirs (a); INSERT INTO theirs VALUES (1)").unwrap();
    for file in [text, other] {
        let before = std::fs::read(&file).unwrap();
        let error = refusal(&file).await;
        assert!(
            matches!(&error, StoreError::Misconfigured(text) if text.contains("not a store")),
            "{error:?}"
        );
        assert_eq!(std::fs::read(&file).unwrap(), before);
    }
    let error = refusal(folder.folder.path()).await;
    assert!(matches!(&error, StoreError::Misconfigured(text) if text.contains("folder")), "{error:?}");
}

#[tokio::test]
async fn a_newer_layout_is_left_alone() {
    let folder = Folder::new();
    drop(folder.open().await);
    sql(&folder.file).execute_batch("PRAGMA user_version = 2").unwrap();
    let error = refusal(&folder.file).await;
    assert!(matches!(&error, StoreError::Misconfigured(text) if text.contains("newer")), "{error:?}");
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_named() {
    if rustix::process::geteuid().is_root() {
        return; // no folder is closed to root
    }
    let folder = Folder::new();
    set_mode(folder.folder.path(), 0o500);
    let error = refusal(&folder.file).await;
    assert!(matches!(error, StoreError::Denied { .. }), "{error:?}");
}

#[tokio::test]
async fn a_damaged_file_is_told() {
    let folder = Folder::new();
    let store = folder.open().await;
    for n in 0..20 {
        commit(&store, (0..100).map(|m| put(format!("d/{n}/{m}"), vec![b'x'; 500])).collect()).await;
    }
    drop(store);
    sql(&folder.file).query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    let mut bytes = std::fs::read(&folder.file).unwrap();
    assert!(bytes.len() > 500_000);
    bytes[100_000..400_000].fill(0xA5);
    std::fs::write(&folder.file, bytes).unwrap();
    let store = folder.open().await;
    let error = store.list_all("d/").await.unwrap_err();
    assert!(error.to_string().contains("damaged"), "{error}");
    assert!(matches!(error, StoreError::Unavailable { .. }), "{error:?}");
}

#[tokio::test]
async fn a_full_disk_is_told_and_nothing_half_written() {
    let folder = Folder::new();
    let options = Options { most_pages: Some(300), ..Options::default() };
    let store: SharedStore = EmbeddedStore::open_with(&folder.file, options).await.unwrap();
    let mut written = 0;
    let error = loop {
        let ops = (0..5).map(|n| put(format!("f/{written:04}/{n}"), vec![b'x'; 20_000])).collect();
        match store.txn(Txn { ops, ..Txn::new() }).await {
            Ok(_) => written += 1,
            Err(error) => break error,
        }
        assert!(written < 100, "300 pages hold no ten megabytes");
    };
    assert!(
        matches!(&error, StoreError::NoSpace { reason, .. } if reason.to_string().contains("full")),
        "{error:?}"
    );
    assert!(written > 0);
    assert_eq!(
        keys_below(&store, "f/").await.len(),
        written * 5,
        "what was answered, and nothing of the rest"
    );
    // With space again, all goes on.
    drop(store);
    let store = folder.open().await;
    assert_eq!(keys_below(&store, "f/").await.len(), written * 5);
    commit(&store, vec![delete_prefix("f/"), put("large", vec![b'x'; 200_000])]).await;
    let check: String = sql(&folder.file).query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(check, "ok");
}

#[tokio::test]
async fn the_past_is_forgotten_by_itself() {
    let folder = Folder::new();
    let generation = Generation { revisions: 50, bytes: i64::MAX };
    let options = Options { generation, ..Options::default() };
    let store: SharedStore = EmbeddedStore::open_with(&folder.file, options).await.unwrap();
    let first = commit(&store, vec![put("h/lasting", "1")]).await;
    let mut slow = store.watch("h/", first).await.unwrap();
    for n in 0..600 {
        commit(&store, vec![put(format!("h/{}", n % 7), n.to_string())]).await;
    }
    let last = commit(&store, vec![delete_prefix("h/5")]).await;
    let rows: i64 =
        sql(&folder.file).query_row("SELECT count(*) FROM changes", [], |row| row.get(0)).unwrap();
    assert!(rows < 130, "two generations and what lives: {rows} rows");
    assert_eq!(keys_below(&store, "h/").await, ["h/0", "h/1", "h/2", "h/3", "h/4", "h/6", "h/lasting"]);
    assert_eq!(read(&store, "h/0").await.value, "595");
    assert!(is_absent(&store, "h/5").await);
    let old = store.list(&ListQuery { revision: Some(last - 101), ..ListQuery::prefix("h/") }).await;
    assert!(matches!(old, Err(StoreError::Compacted { .. })), "{old:?}");
    let recent = ListQuery { revision: Some(last - 49), ..ListQuery::prefix("h/") };
    assert_eq!(store.list(&recent).await.unwrap().entries.len(), 8);
    assert!(matches!(watch_error(&store, "h/", first).await, StoreError::Compacted { .. }));
    // A watcher that does not keep up is told so, in the end and once.
    let mut told = Vec::new();
    while let Some(batch) = slow.recv().await {
        told.push(batch);
        if matches!(told.last(), Some(Ok(batch)) if batch.revision >= last) {
            break;
        }
    }
    let (end, before) = told.split_last().unwrap();
    assert!(before.iter().all(Result::is_ok));
    assert!(matches!(end, Ok(_) | Err(StoreError::Compacted { .. })), "{end:?}");
}

#[tokio::test]
async fn a_watch_from_the_compacted_revision_sees_its_deletions() {
    let folder = Folder::new();
    let store = folder.open().await;
    let born = commit(&store, vec![put("d/a", "1"), put("d/b", "1")]).await;
    let gone = commit(&store, vec![delete("d/a")]).await;
    store.compact(gone).await.unwrap();
    // Each commit removes what it finds forgotten.
    let after = commit(&store, vec![put("d/b", "2")]).await;
    let mut watch = store.watch("d/", gone).await.unwrap();
    let wanted = [(gone, "-d/a".to_owned()), (after, "+d/b=2".to_owned())];
    assert_eq!(told_until(&mut watch, after).await, wanted);
    // And it goes too, when a later one is compacted.
    store.compact(after).await.unwrap();
    commit(&store, vec![put("d/c", "1")]).await;
    let rows: Vec<i64> = {
        let sql = sql(&folder.file);
        let mut rows = sql.prepare("SELECT id >> 20 FROM changes ORDER BY id").unwrap();
        rows.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    assert_eq!(rows, [born, after, after + 1], "the older change of d/b goes with the next");
}

#[tokio::test]
async fn bytes_fill_a_generation_too() {
    let folder = Folder::new();
    let options =
        Options { generation: Generation { revisions: i64::MAX, bytes: 1_000_000 }, ..Options::default() };
    let store: SharedStore = EmbeddedStore::open_with(&folder.file, options).await.unwrap();
    for n in 0..100 {
        commit(&store, vec![put("big", vec![b'0' + n % 10; 100_000])]).await;
    }
    let size = store.status().await.unwrap().size;
    let live: i64 =
        sql(&folder.file).query_row("SELECT sum(length(value)) FROM changes", [], |row| row.get(0)).unwrap();
    assert!(live < 2_500_000, "{live} bytes of ten million are kept");
    println!("{size} bytes on disk");
    assert_eq!(store.get(&key("big")).await.unwrap().1.unwrap().value.len(), 100_000);
}

#[tokio::test]
async fn a_file_that_was_replaced_is_not_written() {
    let folder = Folder::new();
    let store = folder.open().await;
    commit(&store, vec![put("a", "1")]).await;
    std::fs::rename(&folder.file, folder.beside(".old")).unwrap();
    for _ in 0..2 {
        let refused = store.txn(Txn { ops: vec![put("a", "2")], ..Txn::new() }).await;
        let text = refused.unwrap_err().to_string();
        assert!(text.contains("moved"), "{text}");
        assert!(store.get(&key("a")).await.is_err(), "nor read");
        // Nor when there is another one.
        std::fs::write(&folder.file, "").unwrap();
    }
    std::fs::rename(folder.beside(".old"), &folder.file).unwrap();
    assert_eq!(read(&store, "a").await.value, "1", "put back, it is the one it was");
    commit(&store, vec![put("a", "3")]).await;
}

#[tokio::test]
async fn a_page_of_large_values_ends_early() {
    let folder = Folder::new();
    let store = folder.open().await;
    for n in 0..20 {
        commit(&store, (0..5).map(|m| put(format!("p/{n:02}/{m}"), vec![b'x'; 250_000])).collect()).await;
    }
    let page = store.list(&ListQuery::prefix("p/")).await.unwrap();
    assert!(
        page.more && page.entries.len() > 50 && page.entries.len() < 100,
        "{} at once",
        page.entries.len()
    );
    assert_eq!(store.list_all("p/").await.unwrap().entries.len(), 100);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_may_create_it_at_once() {
    for _ in 0..5 {
        let folder = Folder::new();
        let opening: Vec<_> = (0..8)
            .map(|n| {
                let file = folder.file.clone();
                tokio::spawn(async move {
                    let store: SharedStore = EmbeddedStore::open(&file).await.unwrap();
                    commit(&store, vec![put(format!("by/{n}"), "x")]).await;
                })
            })
            .collect();
        for one in opening {
            one.await.unwrap();
        }
        assert_eq!(keys_below(&folder.open().await, "by/").await.len(), 8);
    }
}
