//! Changes while the cache watches, and who is told of them.

use segdeck::domain::{InstallState, RemoteKind, Shard};
use segdeck::store::{Change, Op, keys};
use serde_json::json;

use crate::records::*;

#[tokio::test]
async fn changes_and_deletes_arrive_and_are_told_once() {
    let store = store();
    let (nav, seat_1) = (id("nav@1"), "seat-1".parse().unwrap());
    commit(&store, vec![put_segment("nav@1"), put_segment("old@1")]).await;
    let cache = start(&store);
    cache.live().await;
    let mut subscription = cache.cache.subscribe();
    assert_eq!(subscription.next().await, [Change::Reset]);

    let shard = Shard::of(&seat_1);
    commit(
        &store,
        vec![put(keys::segment(&nav), &segment(&nav, "one")), Op::Delete(keys::segment(&id("old@1")))],
    )
    .await;
    let revision = commit(
        &store,
        vec![
            put(keys::segment(&nav), &segment(&nav, "two")),
            put(keys::seat(&seat_1), &seat("seat-1")),
            put(keys::binding(&nav.prefix, shard), &json!({"seats": ["seat-1"]})),
            put(keys::installed(&nav, shard), &json!({"seats": ["seat-1"]})),
            put(keys::sync(RemoteKind::Store15s), &json!({})),
            put_leader(&store, &json!({"who": "a", "pid": 7, "session": record_id(), "since": "2026-01-02T03:04:05Z", "epoch": 3})).await,
            put(keys::epoch(), &json!(3)),
            put(keys::manifest(&nav), &json!({})),
        ],
    )
    .await;
    cache.shows(revision).await;
    assert_eq!(
        subscription.next().await,
        [
            Change::Segment(nav.clone()),
            Change::Segment(id("old@1")),
            Change::Seat(seat_1.clone()),
            Change::Bound(nav.prefix.clone()),
            Change::Installed(nav.clone()),
            Change::Sync(RemoteKind::Store15s),
            Change::Leader,
            Change::Meta,
        ]
    );
    cache.read(|rows| {
        assert_eq!(rows.segments.len(), 1);
        assert_eq!(rows.segments[&nav].name.raw(), "two");
        assert_eq!((rows.bound(&nav.prefix), rows.installed(&nav)), (1, 1));
        assert_eq!(rows.revision, revision);
        assert_eq!(rows.leader.as_ref().map(|leader| leader.epoch), Some(3));
    });
    // A copy of the records puts it back without a lease: that one leads nobody.
    let copied =
        json!({"who": "b", "pid": 8, "session": record_id(), "since": "2026-01-02T03:04:05Z", "epoch": 2});
    cache.shows(commit(&store, vec![put(keys::leader(), &copied)]).await).await;
    cache.read(|rows| assert_eq!(rows.leader, None));
    assert_eq!(subscription.next().await, [Change::Leader]);

    let gone = ["segments/", "seats/", "bindings/", "installed/", "sync/"]
        .map(|prefix| Op::DeletePrefix(prefix.into()));
    let revision = commit(&store, [gone.to_vec(), vec![Op::Delete(keys::leader())]].concat()).await;
    cache.shows(revision).await;
    cache.read(|rows| {
        assert!(
            rows.segments.is_empty()
                && rows.seats.is_empty()
                && rows.sync.is_empty()
                && rows.leader.is_none()
        );
        assert_eq!((rows.bound(&nav.prefix), rows.installed(&nav)), (0, 0));
        assert_eq!(rows.bound_counts().count() + rows.installed_counts().count(), 0);
    });
    assert_eq!(subscription.next().await.len(), 5);
}

#[tokio::test]
async fn an_install_is_one_row_of_two_records() {
    let store = store();
    let cache = start(&store);
    cache.live().await;
    let mut subscription = cache.cache.subscribe();
    subscription.next().await;
    let (nav, record) = (id("nav@1"), record_id());
    let change = Change::Install(record, nav.clone());

    let revision = commit(
        &store,
        vec![put(
            keys::install_record(&nav, record),
            &json!({"id": record, "segmentId": nav,
        "requestedBy": "anna@host", "requestedAt": "2026-01-02T03:04:05Z",
        "control": {"command": "run", "generation": 0}}),
        )],
    )
    .await;
    cache.shows(revision).await;
    assert_eq!(cache.read(|rows| rows.installs[&record].state), InstallState::Pending);

    let log = json!({"id": record, "segmentId": nav, "state": "failed", "percent": 100, "attempt": 1,
        "counts": {"failed": 2}, "updatedAt": "2026-01-02T03:06:05Z", "reason": "no disk"});
    let shard = keys::install_log_shard(&nav, record, Shard::all().next().unwrap());
    let revision = commit(
        &store,
        vec![
            put(keys::install_log(&nav, record), &log),
            put(shard, &json!({"seats": {}})),
            put(keys::active_installs(&nav.prefix), &json!({"installs": {}})),
        ],
    )
    .await;
    cache.shows(revision).await;
    cache.read(|rows| {
        let row = &rows.installs[&record];
        assert_eq!((row.state, row.reason.as_ref().unwrap().raw()), (InstallState::Failed, "no disk"));
        assert_eq!((row.requested_by.raw(), row.seats()), ("anna@host", 2));
    });
    assert_eq!(subscription.next().await, std::slice::from_ref(&change));

    let prefix = keys::install_records_of(&nav);
    let revision = commit(&store, vec![Op::DeletePrefix(prefix)]).await;
    cache.shows(revision).await;
    assert_eq!(cache.read(|rows| rows.installs.len()), 1, "its log is still there");
    let revision = commit(&store, vec![Op::DeletePrefix(keys::install_logs_of(&nav))]).await;
    cache.shows(revision).await;
    assert_eq!(cache.read(|rows| rows.installs.len()), 0);
    assert_eq!(subscription.next().await, [change]);
}

#[tokio::test]
async fn two_subscribers_each_hear_everything() {
    let store = store();
    let cache = start(&store);
    cache.live().await;
    let (mut one, mut other) = (cache.cache.subscribe(), cache.cache.subscribe());
    one.next().await;
    other.next().await;
    commit(&store, vec![put_segment("a@1")]).await;
    assert_eq!(one.next().await, [Change::Segment(id("a@1"))]);
    let revision = commit(&store, vec![put_segment("b@1")]).await;
    cache.shows(revision).await;
    assert_eq!(one.next().await, [Change::Segment(id("b@1"))]);
    assert_eq!(other.next().await, [Change::Segment(id("a@1")), Change::Segment(id("b@1"))]);
}
