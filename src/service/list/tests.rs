//! Lists on a real embedded store.

use std::sync::Arc;

use serde_json::json;

use super::*;
use crate::domain::{Clock, RecordId, SegmentId, Timestamp};
use crate::remote::Remotes;
use crate::settings::Settings;
use crate::storage::SharedStorage;
use crate::store::{Key, Op, Txn};

struct House {
    service: Service,
    _folder: tempfile::TempDir,
}

async fn house() -> House {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings::defaults(folder.path()).unwrap();
    let service = Service {
        store: store::open(&settings.store, folder.path()).await.unwrap().into(),
        storage: SharedStorage::open(&settings.storage.url).unwrap().into(),
        remotes: Remotes::default(),
        settings: Arc::new(settings),
        clock: Clock::system(),
        actor: crate::domain::audit::Actor { user: "ops".into(), host: "here".into(), ssh_client: None },
    };
    House { service, _folder: folder }
}

fn segment(id: &str, size: u64) -> serde_json::Value {
    let id: SegmentId = id.parse().unwrap();
    json!({
        "id": id, "prefix": id.prefix, "version": id.version, "name": format!("name of {id}"), "format": "zip",
        "container": "zip", "remote": "sdp", "fileName": "x.zip", "fileSize": size, "sha256": "00",
        "storageKey": "k", "isLocal": true, "createdAt": "2026-01-01T00:00:00Z", "createdBy": "ops@here",
        "updatedAt": "2026-01-01T00:00:00Z",
        "createStatus": {"state": "succeeded", "time": "2026-01-01T00:00:00Z"}
    })
}

async fn put(service: &Service, records: impl IntoIterator<Item = (Key, serde_json::Value)>) {
    let mut records = records.into_iter().peekable();
    while records.peek().is_some() {
        let mut txn = Txn::new();
        for (key, value) in records.by_ref().take(90) {
            txn.ops.push(Op::Put(key, serde_json::to_vec(&value).unwrap().into(), None));
        }
        service.writes().unwrap().store.txn(txn).await.unwrap();
    }
}

async fn put_segments(service: &Service, segments: impl IntoIterator<Item = (String, u64)>) {
    let records = segments
        .into_iter()
        .map(|(id, size)| (keys::segment(&id.parse().unwrap()), segment(&id, size)))
        .collect::<Vec<_>>();
    put(service, records).await;
}

fn request(page: usize, per_page: usize, sort: Option<(&str, bool)>, filter: &str) -> ListRequest {
    let sort = sort.map(|(column, descending)| Sort { column: column.to_owned(), descending });
    ListRequest { page, per_page, sort, filter: filter.to_owned() }
}

fn ids(listed: &Listed<Segment>) -> Vec<String> {
    listed.items.iter().map(|segment| segment.id.to_string()).collect()
}

#[tokio::test]
async fn versions_sort_as_versions_and_numbers_as_numbers() {
    let house = house().await;
    let segments = [("b@1.10.0", 5), ("b@1.9.0", 40), ("a@2.0.0", 300), ("b@1.9.0-rc.1", 7)];
    put_segments(&house.service, segments.map(|(id, size)| (id.to_owned(), size))).await;
    let list = async |sort, filter: &str| {
        ids(&house.service.list_segments(&request(1, 50, sort, filter)).await.unwrap())
    };
    assert_eq!(list(None, "").await, ["a@2.0.0", "b@1.9.0-rc.1", "b@1.9.0", "b@1.10.0"]);
    assert_eq!(list(Some(("fileSize", true)), "").await, ["a@2.0.0", "b@1.9.0", "b@1.9.0-rc.1", "b@1.10.0"]);
    assert_eq!(list(Some(("version", true)), "").await, ["a@2.0.0", "b@1.10.0", "b@1.9.0", "b@1.9.0-rc.1"]);
    assert_eq!(list(None, "b !rc").await, ["b@1.9.0", "b@1.10.0"]);
    assert_eq!(list(None, "version:1.9 createStatus.state:succ").await, ["b@1.9.0-rc.1", "b@1.9.0"]);
}

#[tokio::test]
async fn every_page_is_the_right_slice_of_the_whole() {
    let house = house().await;
    let count = 6_100_usize;
    put_segments(&house.service, (0..count).map(|n| (format!("s{n}@1"), (n * 7919 % count) as u64))).await;
    let whole = house.service.list_segments(&request(1, count, Some(("fileSize", false)), "")).await.unwrap();
    assert_eq!((whole.total, whole.items.len()), (count, count));
    assert!(whole.items.windows(2).all(|pair| pair[0].file_size < pair[1].file_size));
    for page in [1, 2, 61, 122, 123] {
        let listed =
            house.service.list_segments(&request(page, 50, Some(("fileSize", false)), "")).await.unwrap();
        let wanted: Vec<String> = ids(&whole).into_iter().skip((page - 1) * 50).take(50).collect();
        assert_eq!((ids(&listed), listed.total, listed.page, listed.per_page), (wanted, count, page, 50));
    }
}

#[tokio::test]
async fn unknown_columns_are_wrong_usage() {
    let house = house().await;
    for request in [request(1, 50, Some(("size", false)), ""), request(1, 50, None, "nmae:x")] {
        let error = house.service.list_segments(&request).await.unwrap_err();
        assert_eq!(error.code, Code::Usage, "{error}");
    }
    let error = house.service.list_segments(&request(1, 50, Some(("size", false)), "")).await.unwrap_err();
    assert!(error.to_string().contains("fileSize"), "{error}");
}

#[tokio::test]
async fn installs_come_newest_first_without_their_shards() {
    let house = house().await;
    let id: SegmentId = "a@1".parse().unwrap();
    let mut records = Vec::new();
    let mut newest = Vec::new();
    for second in 0..40_i64 {
        let record = RecordId::new(Timestamp::from_second(1_000 + second).unwrap());
        let log = json!({
            "id": record, "segmentId": id, "state": if second % 2 == 0 { "running" } else { "failed" },
            "percent": second, "attempt": 1, "updatedAt": "2026-01-01T00:00:00Z"
        });
        records.push((keys::install_log(&id, record), log));
        for shard in crate::domain::Shard::all() {
            records.push((keys::install_log_shard(&id, record, shard), json!({"seats": {}})));
        }
        newest.insert(0, record);
    }
    put(&house.service, records).await;
    let listed = house.service.list_installs(&request(1, 50, None, "")).await.unwrap();
    assert_eq!(listed.items.iter().map(|log| log.id).collect::<Vec<_>>(), newest);
    let failed =
        house.service.list_installs(&request(1, 5, Some(("percent", true)), "state:failed")).await.unwrap();
    assert_eq!(failed.total, 20);
    assert_eq!(failed.items.iter().map(|log| log.percent).collect::<Vec<_>>(), [39, 37, 35, 33, 31]);
}
