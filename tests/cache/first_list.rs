//! What the first list brings, and what it leaves alone.

use segdeck::domain::{CreateState, DeleteState, Format, InstallState, RemoteKind, SeatState, Shard};
use segdeck::store::{Change, Freshness, Key, ListQuery, Pace, keys};
use serde_json::json;

use crate::records::*;
use crate::tampered::Tampered;

#[tokio::test]
async fn every_kind_of_record_is_there() {
    let store = store();
    let (nav, geo) = (id("nav-core@2.1.0"), id("导航@4.2.0.0"));
    let record = record_id();
    let shards: Vec<Shard> = Shard::all().take(3).collect();
    let mut hostile = segment(&nav, "\u{1b}[31mred\u{202e}");
    hostile["createStatus"] = json!({"state": "processing", "time": "2026-01-02T03:04:05Z", "retryCount": 3,
        "reason": "no \u{7} answer", "nextRetryAt": "2026-01-02T03:05:05Z", "later": 1});
    hostile["remoteExtra"] = json!({"uid": "u-1"});
    hostile["ofTomorrow"] = json!([1, {"a": null}]);
    let mut going = segment(&geo, "Geo");
    going["deleteStatus"] = json!({"state": "failed", "time": "2026-01-02T03:04:05Z", "reason": "in use",
        "retryCount": 7});
    let mut ops = vec![
        put(keys::segment(&nav), &hostile),
        put(keys::segment(&geo), &going),
        put(keys::seat(&"seat-1".parse().unwrap()), &seat("seat-1")),
        put(keys::binding(&nav.prefix, shards[0]), &json!({"seats": ["a", "b"]})),
        put(keys::binding(&nav.prefix, shards[2]), &json!({"seats": ["c"]})),
        put(keys::installed(&nav, shards[1]), &json!({"seats": ["a", "b", "c", "d"]})),
        put(keys::installed(&geo, shards[1]), &json!({"seats": []})),
        put(
            keys::install_record(&nav, record),
            &json!({"id": record, "segmentId": nav,
            "requestedBy": "anna@host", "requestedAt": "2026-01-02T03:04:05Z",
            "control": {"command": "pause", "generation": 2, "reason": "lunch"}}),
        ),
        put(
            keys::install_log(&nav, record),
            &json!({"id": record, "segmentId": nav, "state": "running",
            "percent": 40, "counts": {"succeeded": 4, "running": 6}, "attempt": 1,
            "updatedAt": "2026-01-02T03:06:05Z"}),
        ),
        put(keys::active_installs(&nav.prefix), &json!({"installs": {record.to_string(): nav}})),
        put(keys::sync(RemoteKind::Sdp), &json!({})),
        put_leader(
            &store,
            &json!({"who": "anna@host", "pid": 7, "session": record_id(), "since": "2026-01-02T03:04:05Z", "epoch": 3}),
        )
        .await,
        put(keys::manifest(&nav), &json!({"big": "x".repeat(200_000)})),
        put(keys::audit(record), &json!("not ours")),
    ];
    for shard in Shard::all() {
        ops.push(put(
            keys::install_log_shard(&nav, record, shard),
            &json!({"seats": {}, "pad": "x".repeat(20_000)}),
        ));
    }
    // Pages smaller than the list, and one prefix after the other, at the revision of the first.
    ops.extend((0..50).map(|n| put_segment(&format!("many-{n:02}@1"))));
    let revision = commit(&store, ops).await;
    let (store, tamper) = Tampered::over(store);
    let cache = start_at(Pace { first_page: 7, page: 10, ..Pace::default() }, &store);
    assert_eq!(cache.live().await, Freshness::Live { revision });

    cache.read(|rows| {
        assert_eq!(rows.revision, revision);
        assert_eq!(rows.segments.len(), 52);
        let row = &rows.segments[&nav];
        assert_eq!(row.name.raw(), "\u{1b}[31mred\u{202e}", "what is hostile is kept, and typed as such");
        assert_eq!(
            (row.kind.raw(), row.vendor.raw(), row.created_by.raw()),
            ("application", "ACME", "anna@host")
        );
        assert_eq!(
            (row.format, row.remote, row.file_size, row.is_local),
            (Format::Zip, RemoteKind::Sdp, 1234, true)
        );
        assert_eq!((row.create_state, row.retry_count, row.is_published), (CreateState::Processing, 3, true));
        assert_eq!(row.create_reason.as_ref().unwrap().raw(), "no \u{7} answer");
        assert_eq!(row.next_retry_at.unwrap().to_string(), "2026-01-02T03:05:05Z");
        assert_eq!((row.delete_state, row.delete_reason.as_ref()), (None, None));
        assert_eq!(rows.segments[&geo].delete_state, Some(DeleteState::Failed));
        assert_eq!(rows.segments[&geo].retry_count, 7);
        assert!(!rows.segments[&geo].is_published);
        assert_eq!(rows.seats.values().next().unwrap().group.raw(), "g");
        assert_eq!((rows.bound(&nav.prefix), rows.bound(&geo.prefix)), (3, 0));
        assert_eq!((rows.installed(&nav), rows.installed(&geo)), (4, 0));
        assert_eq!(rows.installed_counts().count(), 1);
        let install = &rows.installs[&record];
        assert_eq!((install.state, install.percent, install.generation), (InstallState::Running, 40, 2));
        assert_eq!(install.counts[&SeatState::Succeeded], 4);
        assert_eq!(install.requested_by.raw(), "anna@host");
        assert_eq!(install.reason.as_ref().unwrap().raw(), "lunch");
        assert_eq!(rows.active[&nav.prefix].installs.len(), 1);
        assert!(rows.sync.contains_key(&RemoteKind::Sdp));
        assert_eq!(rows.leader.as_ref().unwrap().epoch, 3);
        assert_eq!(rows.unreadable.len(), 0, "{:?}", rows.unreadable);
    });
    // Neither manifests nor the shards of installs were read.
    assert!(tamper.bytes_read() < 60_000, "{} bytes", tamper.bytes_read());
    let all = store.list(&ListQuery::prefix(keys::INSTALL_LOGS)).await.unwrap();
    assert!(all.entries.len() > 30);
}

#[tokio::test]
async fn rows_show_while_the_first_list_is_on_its_way() {
    let store = store();
    let revision = commit(&store, (0..40).map(|n| put_segment(&format!("a-{n:02}@1"))).collect()).await;
    let (store, tamper) = Tampered::over(store);
    let lists = tamper.hold_lists(3);
    let cache = start_at(Pace { first_page: 5, page: 10, ..Pace::default() }, &store);
    let mut subscription = cache.cache.subscribe();
    assert_eq!(subscription.next().await, [Change::Reset]);
    let loading = cache.freshness(|f| matches!(f, Freshness::Loading { rows } if *rows >= 15)).await;
    assert_eq!(loading, Freshness::Loading { rows: 15 }, "what comes is shown, the rest is awaited");
    assert_eq!(cache.read(|rows| (rows.segments.len(), rows.revision)), (15, 0));
    assert_eq!(subscription.next().await, [Change::Reset]);
    lists.add_permits(1000);
    assert_eq!(cache.live().await, Freshness::Live { revision });
    assert_eq!(cache.read(|rows| rows.segments.len()), 40);
    assert_eq!(subscription.next().await, [Change::Reset]);
}

#[tokio::test]
async fn what_cannot_be_read_is_marked_and_heals() {
    let store = store();
    let (bad, odd) = (id("bad@1"), keys::seat(&"seat-1".parse().unwrap()));
    commit(
        &store,
        vec![
            put_segment("good@1"),
            put(keys::segment(&bad), &json!({"name": "\u{1b}[2J"})),
            put(odd.clone(), &seat("seat-2")),
            put(Key::from_stored("segments/..hidden/1"), &json!({})),
            put(Key::from_stored("of-tomorrow/x"), &json!({})),
        ],
    )
    .await;
    let cache = start(&store);
    cache.live().await;
    let marks = cache.read(|rows| rows.unreadable.clone());
    let names: Vec<&str> = marks.keys().map(Key::as_str).collect();
    assert_eq!(names, ["seats/seat-1", "segments/..hidden/1", "segments/bad/1"]);
    assert_eq!(cache.read(|rows| (rows.segments.len(), rows.seats.len())), (1, 0));

    let mut subscription = cache.cache.subscribe();
    subscription.next().await;
    let raw = segdeck::store::Op::Put(keys::segment(&id("good@1")), "{\"state\": \"\u{1b}".into(), None);
    let revision = commit(&store, vec![put_segment("bad@1"), segdeck::store::Op::Delete(odd), raw]).await;
    cache.shows(revision).await;
    cache.read(|rows| {
        assert!(rows.segments.contains_key(&bad));
        assert!(!rows.segments.contains_key(&id("good@1")), "what became unreadable is not shown as it was");
        let names: Vec<&str> = rows.unreadable.keys().map(Key::as_str).collect();
        assert_eq!(names, ["segments/..hidden/1", "segments/good/1"]);
        assert!(rows.unreadable.values().all(|why| !why.contains('\u{1b}')), "{:?}", rows.unreadable);
    });
    let changes = subscription.next().await;
    assert_eq!(changes, [Change::Segment(bad), Change::Segment(id("good@1")), Change::Meta]);
}
