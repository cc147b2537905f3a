//! A site with two versions of a segment, and what of it must be there whatever happens.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use segdeck::domain::RemoteKind;
use segdeck::remote::grpc;
use segdeck::settings::Backend;
use segdeck::store;
use serde_json::Value;

use super::asked::{Row, swept_text, synced_text};
use crate::common::archive;
use crate::host::{Host, files_below};
use crate::platform::Platform;
use crate::stranger::age;

/// What leaders write into the storage for themselves.
const LEADERS: &str = "segdeck-revision.json";

/// The site.
pub(super) struct World<'a> {
    host: &'a Host,
    pub(super) platform: Platform,
    before: Snapshot,
}

impl<'a> World<'a> {
    /// Both versions published, bound to a seat; everything lies there for two hours.
    pub(super) async fn begin(host: &'a Host) -> Self {
        Self::begin_with(host, async || {}).await
    }

    /// The same; `between` comes after the first version and before the second, when nobody has the store open.
    pub(super) async fn begin_with(host: &'a Host, between: impl AsyncFnOnce()) -> Self {
        let platform = Platform::start(host, &["--seats", "2"]).await;
        host.configure("sweep_interval = \"1m\"", &platform.sections());
        host.file("seats.csv", "id,ip\nseat-1,10.0.0.1\n");
        host.json(&["seat", "import", "seats.csv"]).await;
        let publish = async |version| {
            let file = archive::segment(host.path(), "nav", version, "zip", 10_000);
            host.json(&["segment", "upload", file.to_str().unwrap(), "--wait"]).await;
        };
        publish("1.0").await;
        host.json(&["bind", "set", "nav@1.0", "--seats", "seat-1"]).await;
        between().await;
        publish("2.0").await;
        let before = Snapshot::take(host).await;
        assert_eq!((before.files.len(), before.there.len()), (3, 2), "two files, and whose they are");
        for (part, least) in [("segments/", 2), ("manifests/", 2), ("bindings/", 1)] {
            assert_eq!(before.records.keys().filter(|key| key.starts_with(part)).count(), least, "{part}");
        }
        let world = Self { host, platform, before };
        world.grow_old();
        world
    }

    /// Two hours go by for the storage: its files are old enough for a sweep, its leaders long gone.
    pub(super) fn grow_old(&self) {
        let leaders = folder(self.host).join(LEADERS);
        if let Ok(word) = std::fs::read(&leaders) {
            let mut word: Value = serde_json::from_slice(&word).unwrap();
            word["at"] = "2026-01-02T03:04:05Z".into();
            std::fs::write(&leaders, word.to_string()).unwrap();
        }
        age(&folder(self.host));
    }

    /// Not a file or record came, went or changed.
    pub(super) async fn is_untouched(&self) {
        self.is_untouched_beside(&[]).await;
    }

    /// The same, but for what was added below these.
    pub(super) async fn is_untouched_beside(&self, added: &[&str]) {
        let now = Snapshot::take(self.host).await;
        let before = |place: &str| !added.iter().any(|added| place.contains(added));
        let files: BTreeMap<_, _> = now.files.into_iter().filter(|(place, _)| before(place)).collect();
        assert_eq!(files, self.before.files);
        let records: BTreeMap<_, _> = now.records.into_iter().filter(|(key, _)| before(key)).collect();
        assert_eq!(records, self.before.records);
        assert!(now.there.is_superset(&self.before.there));
    }

    /// Everything of before is as it was; there may be more beside it.
    pub(super) async fn is_there(&self) {
        assert_eq!(self.before.is_in(&Snapshot::take(self.host).await), Vec::<String>::new());
    }

    /// The right settings drive again: everything of before is there, or was fetched again. Prints the row and ends.
    pub(super) async fn ends_whole(self, mut row: Row) {
        let host = self.host;
        let mut controller = host.start("right", &["controller"]);
        controller.hears(": leading").await;
        let synced = host.run(&["sync", "--timeout", "30s", "-o", "json"]).await.exits(0).json();
        let swept = host.run(&["storage", "sweep", "--timeout", "30s", "-o", "json"]).await;
        let verify = ["segment", "verify", "--repair", "--timeout", "30s", "-o", "json"];
        let verified = host.run(&verify).await.exits(0).json();
        assert!(verified["total"].as_u64().unwrap() >= 2, "{verified}");
        assert_eq!(controller.terminate().await, 0);
        let now = Snapshot::take(host).await;
        let again = self.before.is_in(&now);
        row.does(format!("afterwards: sync {}", synced_text(&synced)));
        row.does(format!("sweep {}", swept_text(&swept.json())));
        if !again.is_empty() {
            row.does(format!("as before from the platform: {}", again.join(" ")));
        }
        row.print(host);
        self.platform.stop().await;
    }
}

/// The shared storage of a host.
pub(super) fn folder(host: &Host) -> PathBuf {
    host.path().join(".local/share/segdeck/files")
}

/// Files, records, and what the platform has.
struct Snapshot {
    /// By their place in shared storage.
    files: BTreeMap<String, Vec<u8>>,
    records: BTreeMap<String, Value>,
    /// Uids.
    there: BTreeSet<String>,
}

impl Snapshot {
    /// Taken while nobody changes anything.
    async fn take(host: &Host) -> Self {
        let folder = folder(host);
        let place = |path: &PathBuf| {
            path.strip_prefix(&folder).unwrap().to_str().unwrap().trim_start_matches('/').to_owned()
        };
        let files = files_below(&folder)
            .iter()
            .map(|path| (place(path), std::fs::read(path).unwrap()))
            .filter(|(place, _)| place != LEADERS)
            .collect();
        let remotes = grpc::connect(&host.settings()).unwrap();
        let list = remotes.repository(RemoteKind::Sdp).unwrap().list("").await.unwrap();
        let there = list.segments.into_iter().map(|segment| segment.uid).collect();
        Self { files, records: records(host).await, there }
    }

    /// Fails unless all of it is in `now`; names the segments whose file was fetched again.
    #[track_caller]
    fn is_in(&self, now: &Self) -> Vec<String> {
        let mut again = Vec::new();
        for (key, before) in &self.records {
            let after = now.records.get(key).unwrap_or_else(|| panic!("{key} is lost"));
            if before == after {
                continue;
            }
            for field in ["id", "prefix", "version", "format", "fileSize", "sha256"] {
                assert_eq!(before[field], after[field], "{field} of {key}");
            }
            assert_eq!(before["remoteExtra"]["uid"], after["remoteExtra"]["uid"], "{key}");
            assert_eq!(after["createStatus"]["state"], "succeeded", "{key}");
            assert_ne!(
                before["storageKey"], after["storageKey"],
                "{key} changed for no reason: {before} {after}"
            );
            again.push(before["id"].as_str().unwrap().to_owned());
        }
        for (place, bytes) in &self.files {
            if now.files.get(place) == Some(bytes) {
                continue;
            }
            // Somebody took it away: then its segment has another one with the same content.
            let owner = self.records.iter().find(|(_, value)| value["storageKey"] == *place.as_str());
            let (key, _) = owner.unwrap_or_else(|| panic!("{place} is lost"));
            let after = now.records[key]["storageKey"].as_str().unwrap();
            assert_eq!(now.files.get(after), Some(bytes), "{place} is lost");
        }
        assert!(now.there.is_superset(&self.there), "{:?} became {:?}", self.there, now.there);
        again
    }
}

/// What the records say of segments. An embedded store is copied first: who has it open could not have it restored.
async fn records(host: &Host) -> BTreeMap<String, Value> {
    let mut settings = host.settings().store;
    let copy = tempfile::tempdir().unwrap();
    if settings.backend == Backend::Embedded {
        copy_store(&host.path().join(".local/share/segdeck"), copy.path());
        settings.path.clear();
    }
    let store = store::open(&settings, copy.path()).await.unwrap();
    let mut records = BTreeMap::new();
    for part in ["segments/", "manifests/", "bindings/"] {
        for entry in store.list_all(part).await.unwrap().entries {
            records.insert(entry.key.to_string(), serde_json::from_slice(&entry.value).unwrap());
        }
    }
    records
}

/// The database with all that belongs to it; nobody has it open.
pub(super) fn copy_store(from: &std::path::Path, to: &std::path::Path) {
    for name in ["segdeck.db", "segdeck.db-wal", "segdeck.db-shm"] {
        let (from, to) = (from.join(name), to.join(name));
        if from.exists() {
            std::fs::copy(from, to).unwrap();
        } else {
            std::fs::remove_file(to).ok();
        }
    }
}
