//! Links at each part of each path, for each thing that is done with a file, by each way to open folders: nothing is
//! done, what they lead to stays as it was, and the error names the link.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use futures::TryStreamExt as _;
use tokio_util::sync::CancellationToken;

use super::*;
use crate::storage::{Folder, Hashed, Identity, Listed, SharedStorage, Staged, StorageError, folder_url};

const STAGED: &str = "staging/01JAB3DQ4Y5Z6V7W8X9Y0Z1A2B";
const FINAL: &str = "segments/nav/1.0/01JAB3DQ4Y5Z6V7W8X9Y0Z1A2C.zip";
const TRASH: &str = "trash/01JAB3DQ4Y5Z6V7W8X9Y0Z1A2D.json";
const REVISION: &str = "segdeck-revision.json";
const IDENTITY: &str = "segdeck-storage.json";
const ID: &str = r#"{"id":"01JAB3DQ4Y5Z6V7W8X9Y0Z1A2E"}"#;

/// Every path that the storage goes to.
const PATHS: [&str; 5] = [STAGED, FINAL, TRASH, REVISION, IDENTITY];

/// A storage with a file at each of its paths, and beside it a folder that is none of ours with the same in it.
struct Case {
    dir: tempfile::TempDir,
    storage: SharedStorage,
}

impl Case {
    fn new(way: Way) -> Self {
        let dir = tempfile::tempdir().unwrap();
        for tree in ["ours", "theirs", "ours/elsewhere"] {
            for path in PATHS {
                let file = dir.path().join(tree).join(path);
                fs::create_dir_all(file.parent().unwrap()).unwrap();
                fs::write(file, if path == IDENTITY { ID } else { tree }).unwrap();
            }
        }
        let root = dir.path().join("ours");
        let storage = SharedStorage::folder(root.clone(), &folder_url(&root), way);
        Self { dir, storage }
    }

    /// Puts a link in the place of what lies there.
    fn link(&self, part: &str, kind: &str) {
        let at = self.dir.path().join("ours").join(part);
        if at.is_dir() {
            fs::remove_dir_all(&at).unwrap();
        } else {
            fs::remove_file(&at).unwrap();
        }
        let up = "../".repeat(part.split('/').count());
        let target = match kind {
            "absolute" => self.dir.path().join("theirs").join(part),
            "relative" => PathBuf::from(format!("{up}theirs/{part}")),
            "inside" => self.dir.path().join("ours/elsewhere").join(part),
            "process" => PathBuf::from("/proc/self/cwd"),
            "dangling" => self.dir.path().join("nowhere"),
            "loop" => at.clone(),
            other => panic!("{other}"),
        };
        symlink(target, at).unwrap();
    }

    fn all_files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        fn below(folder: &Path, found: &mut BTreeMap<PathBuf, Vec<u8>>) {
            for entry in fs::read_dir(folder).unwrap() {
                let entry = entry.unwrap();
                let kind = entry.file_type().unwrap();
                let content = if kind.is_symlink() {
                    fs::read_link(entry.path()).unwrap().into_os_string().into_encoded_bytes()
                } else if kind.is_file() {
                    fs::read(entry.path()).unwrap()
                } else {
                    Vec::new()
                };
                found.insert(entry.path(), content);
                if kind.is_dir() {
                    below(&entry.path(), found);
                }
            }
        }
        let mut found = BTreeMap::new();
        below(self.dir.path(), &mut found);
        found
    }
}

/// The paths that a thing goes to, and the thing.
const THINGS: [(&str, &[&str]); 13] = [
    ("stage", &["staging"]),
    ("promote from", &[STAGED]),
    ("promote to", &[FINAL]),
    ("read", &[STAGED, FINAL]),
    ("open", &[STAGED, FINAL]),
    ("hash", &[STAGED, FINAL]),
    ("stat", &[STAGED, FINAL]),
    ("delete", &[STAGED, FINAL, TRASH]),
    ("put", &[TRASH, REVISION]),
    ("get", &[TRASH, REVISION]),
    ("known identity", &[IDENTITY]),
    ("create identity", &[IDENTITY]),
    ("replace identity", &[IDENTITY]),
];

async fn try_to(thing: &str, storage: &SharedStorage, key: &str) -> Result<(), StorageError> {
    let hashed = Hashed { size: 4, sha256: String::new(), md5: None };
    let id = || serde_json::from_str::<Identity>(ID).unwrap();
    match thing {
        "stage" => {
            let content = futures::stream::iter([Ok(Bytes::from_static(b"mine"))]);
            storage.stage(content, 100, |_| {}, &CancellationToken::new()).await?.finish().await.map(drop)
        }
        "promote from" => {
            let staged = Staged { key: key.to_owned(), hashed };
            storage.promote(&staged, "segments/nav/1.0/01JAB3DQ4Y5Z6V7W8X9Y0Z1A2F.zip").await
        }
        "promote to" => storage.promote(&Staged { key: STAGED.to_owned(), hashed }, key).await,
        "read" => storage.read(key, 0).await?.try_collect::<Vec<_>>().await.map(drop),
        "open" => {
            let (storage, key) = (storage.clone(), key.to_owned());
            tokio::task::spawn_blocking(move || storage.open_blocking(&key).map(drop)).await.unwrap()
        }
        "hash" => storage.hash(key).await.map(drop),
        "stat" => storage.stat(key).await.map(drop),
        "delete" => storage.delete(key).await,
        "put" => storage.put_object(key, Bytes::from_static(b"mine")).await,
        "get" => storage.get_object(key, 100).await.map(drop),
        "known identity" => storage.known_identity().await.map(drop),
        "create identity" => storage.create_identity(&Identity::generate(None)).await.map(drop),
        "replace identity" => storage.replace_identity(&id(), &Identity::generate(None)).await.map(drop),
        other => panic!("{other}"),
    }
}

/// `segments/nav`: `segments`, `segments/nav`.
fn parts(path: &str) -> Vec<&str> {
    path.match_indices('/').map(|(at, _)| &path[..at]).chain([path]).collect()
}

#[tokio::test]
async fn nothing_is_done_across_a_link() {
    let links: BTreeSet<&str> = PATHS.into_iter().flat_map(parts).collect();
    let mut tried = 0;
    for way in [Way::Kernel, Way::Parts] {
        for link in &links {
            for kind in ["absolute", "relative", "inside", "process", "dangling", "loop"] {
                // One for all: nothing is ever done there.
                let case = Case::new(way);
                case.link(link, kind);
                let before = case.all_files();
                for (thing, keys) in THINGS {
                    for key in keys.iter().filter(|key| parts(key).contains(link)) {
                        let told = try_to(thing, &case.storage, key).await.unwrap_err();
                        let what = format!("{thing} {key} with a link ({kind}) at {link}, {way:?}");
                        let StorageError::Refused { path, why: Refusal::Link, .. } = &told else {
                            panic!("{what}: {told}");
                        };
                        assert_eq!(path, link, "{what}");
                        assert!(told.to_string().contains("is a link"), "{told}");
                        assert_eq!(case.all_files(), before, "{what}");
                        tried += 1;
                    }
                }
            }
        }
    }
    assert!(tried > 300, "{tried} cases were tried");
}

/// Without a link each of them is done: the table above would not fail otherwise.
#[tokio::test]
async fn all_of_it_is_done_where_there_is_no_link() {
    for way in [Way::Kernel, Way::Parts] {
        for (thing, keys) in THINGS {
            for key in keys {
                let case = Case::new(way);
                if thing == "promote to" {
                    fs::remove_file(case.dir.path().join("ours").join(key)).unwrap();
                }
                try_to(thing, &case.storage, key).await.unwrap();
            }
        }
    }
}

#[tokio::test]
async fn the_folder_that_was_named_may_be_a_link() {
    for way in [Way::Kernel, Way::Parts] {
        let case = Case::new(way);
        let named = case.dir.path().join("named");
        symlink("ours", &named).unwrap();
        let storage = SharedStorage::folder(named, "file:///named", way);
        assert_eq!(storage.stat(FINAL).await.unwrap().unwrap().size, 4);
        // It was resolved once: what it leads to later is another storage.
        fs::remove_file(case.dir.path().join("named")).unwrap();
        symlink("theirs", case.dir.path().join("named")).unwrap();
        storage.delete(FINAL).await.unwrap();
        assert!(case.dir.path().join("theirs").join(FINAL).exists());
        assert!(!case.dir.path().join("ours").join(FINAL).exists());
    }
}

#[tokio::test]
async fn a_list_tells_strangers_from_files_and_enters_no_link() {
    use std::os::unix::ffi::OsStringExt as _;
    for way in [Way::Kernel, Way::Parts] {
        let case = Case::new(way);
        let ours = case.dir.path().join("ours");
        let theirs = case.dir.path().join("theirs");
        for folder in ["staging", "segments", "segments/nav", "segments/nav/1.0", "trash"] {
            let at = ours.join(folder);
            fs::write(at.join("my file.zip"), "x").unwrap();
            fs::write(at.join(".nfs0001"), "x").unwrap();
            fs::write(at.join("a\u{1b}]52;c;eA==\u{7}"), "x").unwrap();
            fs::write(at.join(std::ffi::OsString::from_vec(vec![b'z', 0xff])), "x").unwrap();
            symlink(&theirs, at.join("evil")).unwrap();
            symlink(theirs.join(STAGED), at.join("01JAB3DQ4Y5Z6V7W8X9Y0Z1A2G")).unwrap();
            fs::create_dir(at.join(".snapshot")).unwrap();
            fs::write(at.join(".snapshot/01JAB3DQ4Y5Z6V7W8X9Y0Z1A2H"), "x").unwrap();
            let pipe = at.join("01JAB3DQ4Y5Z6V7W8X9Y0Z1A2J");
            rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, Mode::RUSR).unwrap();
        }
        // Where a file belongs, and where a folder belongs.
        fs::create_dir(ours.join("staging/01JAB3DQ4Y5Z6V7W8X9Y0Z1A2K")).unwrap();
        fs::write(ours.join("staging/01JAB3DQ4Y5Z6V7W8X9Y0Z1A2K/01JAB3DQ4Y5Z6V7W8X9Y0Z1A2M"), "x").unwrap();
        fs::write(ours.join("segments/nav/2.0"), "x").unwrap();

        let before = case.all_files();
        for (folder, file, odd_folders, more) in
            [(Folder::Staging, STAGED, 1, 1), (Folder::Segments, FINAL, 3, 1), (Folder::Trash, TRASH, 1, 0)]
        {
            let listed: Vec<Listed> = case.storage.list(folder).try_collect().await.unwrap();
            let files: Vec<_> = listed.iter().cloned().filter_map(Listed::file).collect();
            assert_eq!(files.iter().map(|file| file.key.as_str()).collect::<Vec<_>>(), [file]);
            assert_eq!(files[0].size, 4);
            let strangers = listed.iter().filter_map(|one| match one {
                Listed::Stranger(stranger) => Some(stranger),
                Listed::File(_) => None,
            });
            let strangers: Vec<_> = strangers.collect();
            assert_eq!(strangers.len(), odd_folders * 8 + more, "{strangers:#?}");
            assert_eq!(strangers.iter().filter(|one| one.link).count(), odd_folders * 2, "{strangers:#?}");
            for stranger in strangers {
                assert!(!stranger.path.contains(char::is_control), "{stranger:?}");
                assert!(stranger.path.starts_with(folder.as_str()), "{stranger:?}");
            }
        }
        assert_eq!(case.all_files(), before);
        assert!(!case.storage.is_empty().await.unwrap());
    }
}

#[tokio::test]
async fn a_folder_that_is_a_link_cannot_be_listed() {
    for way in [Way::Kernel, Way::Parts] {
        for folder in Folder::ALL {
            let case = Case::new(way);
            case.link(folder.as_str(), "absolute");
            let listed: Result<Vec<Listed>, _> = case.storage.list(folder).try_collect().await;
            let told = listed.unwrap_err();
            assert!(
                matches!(&told, StorageError::Refused { path, why: Refusal::Link, .. } if path == folder.as_str()),
                "{told}"
            );
        }
    }
}

/// A pipe without a writer would hold up whoever opens it.
#[tokio::test]
async fn what_is_no_file_is_not_read() {
    for way in [Way::Kernel, Way::Parts] {
        for thing in ["read", "open", "hash", "stat", "delete", "promote from"] {
            for kind in ["pipe", "folder"] {
                let case = Case::new(way);
                let at = case.dir.path().join("ours").join(STAGED);
                fs::remove_file(&at).unwrap();
                match kind {
                    "pipe" => rustix::fs::mkfifoat(rustix::fs::CWD, &at, Mode::RUSR | Mode::WUSR).unwrap(),
                    _ => fs::create_dir(&at).unwrap(),
                }
                let done = try_to(thing, &case.storage, STAGED);
                let told = tokio::time::timeout(std::time::Duration::from_secs(10), done).await.unwrap();
                assert!(
                    matches!(&told, Err(StorageError::Refused { path, why: Refusal::NoFile, .. }) if path == STAGED),
                    "{thing} {kind}: {told:?}"
                );
            }
        }
    }
}

#[tokio::test]
async fn a_final_file_is_never_replaced() {
    for way in [Way::Kernel, Way::Parts] {
        let case = Case::new(way);
        let before = case.all_files();
        let told = try_to("promote to", &case.storage, FINAL).await.unwrap_err();
        assert!(matches!(told, StorageError::Refused { why: Refusal::Taken, .. }), "{told}");
        assert_eq!(case.all_files(), before);
    }
}

/// What NFS does, which knows no rename that replaces nothing.
#[test]
fn a_second_name_replaces_nothing_either() {
    let dir = tempfile::tempdir().unwrap();
    let root = Root::new(dir.path().to_owned(), Way::Kernel);
    fs::write(dir.path().join("a"), "a").unwrap();
    fs::write(dir.path().join("b"), "b").unwrap();
    let [a, b, c] = ["a", "b", "c"].map(|name| root.place(name).unwrap());
    assert_eq!(a.link_new(&b).unwrap_err().kind(), ErrorKind::AlreadyExists);
    assert_eq!(fs::read(dir.path().join("b")).unwrap(), b"b");
    a.link_new(&c).unwrap();
    assert_eq!(fs::read(dir.path().join("c")).unwrap(), b"a");
    assert!(!dir.path().join("a").exists());
    // The name was given, and the answer was lost.
    fs::hard_link(dir.path().join("c"), dir.path().join("d")).unwrap();
    c.link_new(&root.place("d").unwrap()).unwrap();
    assert!(!dir.path().join("c").exists() && dir.path().join("d").exists());
}

/// Who deletes the last file of a version takes its empty folder away, and another may just be about to use it.
#[test]
fn a_folder_that_others_take_away_is_made_again() {
    let dir = tempfile::tempdir().unwrap();
    let root = Root::new(dir.path().to_owned(), Way::Kernel);
    let file = |side: &str, round: u32| format!("segments/nav/1.0/{side}-{round}.zip");
    std::thread::scope(|scope| {
        for side in ["a", "b"] {
            let root = &root;
            scope.spawn(move || {
                for round in 0..200 {
                    let staged = format!("staging/{side}-{round}");
                    root.made_place(&staged).unwrap().create().unwrap();
                    crate::storage::folder::promote(root, &staged, &file(side, round)).unwrap();
                    crate::storage::folder::delete(root, &file(side, round)).unwrap();
                }
            });
        }
    });
    assert_eq!(fs::read_dir(dir.path().join("segments")).unwrap().count(), 0, "empty folders go");
}

/// Two who come at once: while one makes the folder, it is there for the other or not, and nothing else.
#[test]
fn a_root_that_is_just_being_made_is_not_broken() {
    let dir = tempfile::tempdir().unwrap();
    for round in 0..500 {
        let root = Root::new(dir.path().join(round.to_string()), Way::Kernel);
        std::thread::scope(|scope| {
            scope.spawn(|| root.made().map(drop).unwrap());
            loop {
                match root.there() {
                    Ok(_) => break,
                    Err(error) if error.kind() == ErrorKind::NotFound => {}
                    Err(error) => panic!("{error}"),
                }
            }
        });
    }
}

#[tokio::test]
async fn who_only_looks_leaves_no_folder_behind() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("wrong");
    let storage = SharedStorage::folder(root.clone(), &folder_url(&root), Way::Kernel);
    assert!(storage.is_empty().await.unwrap());
    assert_eq!(storage.known_identity().await.unwrap(), None);
    assert_eq!(storage.stat(FINAL).await.unwrap(), None);
    assert_eq!(storage.get_object(REVISION, 10).await.unwrap(), None);
    storage.delete(FINAL).await.unwrap();
    assert!(matches!(storage.read(FINAL, 0).await, Err(StorageError::NotFound { .. })));
    let (old, new) = (Identity::generate(None), Identity::generate(None));
    assert!(!storage.replace_identity(&old, &new).await.unwrap());
    assert!(!root.exists());
}
