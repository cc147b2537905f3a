//! Two operators at one record: the slower one is told who was faster, and the audit trail who did what.

use std::sync::Arc;
use std::time::Duration;

use segdeck::domain::audit::Actor;
use segdeck::domain::install::Command;
use segdeck::domain::seat::SeatInput;
use segdeck::service::{
    AuditQuery, Code, DeleteOptions, InstallOptions, ListRequest, Service, ServiceError, Wanted,
};
use segdeck::store::keys;

use crate::common::site::{Driver, On, Site, ended, eventually, published, seat, seats, upload};
use crate::install::simulated;

crate::on_both!(
    the_slower_one_hears_who_was_faster,
    progress_is_nobodys_change,
    the_trail_is_searched_and_pruned
);

async fn operators(site: &Site) -> [Arc<Service>; 2] {
    let mut services = Vec::new();
    for user in ["alice", "bob"] {
        let service = (*site.service().await).clone();
        let actor = Actor { user: user.into(), ..service.actor.clone() };
        services.push(Arc::new(Service { actor, ..service }));
    }
    services.try_into().unwrap_or_else(|_| unreachable!("two"))
}

async fn now(service: &Service) -> i64 {
    service.store.status().await.unwrap().revision
}

#[track_caller]
fn overtaken<T: std::fmt::Debug>(answer: Result<T, ServiceError>, action: &str) {
    let error = answer.unwrap_err();
    assert_eq!(error.code, Code::Conflict, "{error}");
    assert!(error.to_string().contains("by alice@test"), "{error}");
    assert!(error.to_string().contains(action), "{error}");
}

async fn the_slower_one_hears_who_was_faster(on: On) {
    let site = Site::with_platform(on, |options| options.executor = simulated(0.0, 0.05)).await;
    let [alice, bob] = operators(&site).await;
    // What controllers do bears the name of whoever leads; here it may be the last change.
    let driver = Driver::start(&alice);
    let seen = now(&bob).await;
    alice.import_seats(&seats(4), None).await.unwrap();

    let changed: Vec<SeatInput> =
        seats(4).into_iter().map(|seat| SeatInput { note: "moved".into(), ..seat }).collect();
    overtaken(bob.import_seats(&changed, Some(seen.into())).await, "seat.import");
    overtaken(bob.remove_seat(&seat(4), Some(seen.into())).await, "seat.import");
    overtaken(bob.forget_seat(&seat(4), "scrapped", Some(seen.into())).await, "seat.import");
    let seen = now(&bob).await;
    bob.remove_seat(&seat(4), Some(seen.into())).await.unwrap();

    let nav = upload(&alice, &site.archive("nav", "1.0", "zip")).await;
    published(&alice, &nav).await;
    let seen = now(&bob).await;
    alice.bind(&nav, &[seat(1)].into(), None).await.unwrap();
    overtaken(bob.bind(&nav, &[seat(2)].into(), Some(seen.into())).await, "bind.set");

    let wanted = Wanted::Seats([seat(1)].into());
    let asked = alice.install(&nav, &wanted, &InstallOptions::default()).await.unwrap().unwrap();
    let options = InstallOptions { seen: Some(seen.into()), confirmed: false, ..InstallOptions::default() };
    overtaken(bob.install(&nav, &Wanted::Seats([seat(2)].into()), &options).await, "install.request");
    ended(&alice, asked.record.id).await;

    let off = alice.install(&nav, &Wanted::None, &InstallOptions::default()).await.unwrap().unwrap();
    ended(&alice, off.record.id).await;
    let seen = now(&bob).await;
    // Deleted and uploaded anew under the same id: not what was looked at.
    alice.delete(&nav, &DeleteOptions::default()).await.unwrap();
    eventually(&alice, "deleted", || async { (!alice.exists(&nav).await.unwrap()).then_some(()) }).await;
    upload(&alice, &site.archive("nav", "1.0", "zip")).await;
    let stale = DeleteOptions { seen: Some(seen.into()), ..DeleteOptions::default() };
    overtaken(bob.delete(&nav, &stale).await, "segment.");
    published(&bob, &nav).await;
    bob.delete(&nav, &DeleteOptions { seen: Some(now(&bob).await.into()), ..DeleteOptions::default() })
        .await
        .unwrap();
    driver.stop().await;
}

async fn progress_is_nobodys_change(on: On) {
    let site = Site::with_platform(on, |options| options.executor = simulated(0.0, 0.3)).await;
    let [alice, bob] = operators(&site).await;
    let driver = Driver::start(&alice);
    alice.import_seats(&seats(8), None).await.unwrap();
    let nav = upload(&alice, &site.archive("nav", "1.0", "zip")).await;
    published(&alice, &nav).await;
    let wanted = Wanted::Seats((1..=8).map(seat).collect());
    let asked = alice.install(&nav, &wanted, &InstallOptions::default()).await.unwrap().unwrap();
    let record = asked.record.id;
    let seen = now(&bob).await;
    eventually(&bob, "it went on", || async {
        let (_, entry) = bob.store.get(&keys::install_log(&nav, record)).await.unwrap();
        (entry.unwrap().mod_revision > seen).then_some(())
    })
    .await;
    alice.control(record, Command::Pause, "", Some(seen.into())).await.unwrap();
    overtaken(bob.control(record, Command::Cancel, "", Some(seen.into())).await, "install.pause");
    bob.control(record, Command::Cancel, "", Some(now(&bob).await.into())).await.unwrap();
    ended(&bob, record).await;
    driver.stop().await;
}

async fn the_trail_is_searched_and_pruned(on: On) {
    let mut site = Site::new(on).await;
    site.settings.audit.max_entries = 100;
    site.settings.controllers.sweep_interval = Duration::from_secs(1);
    let [alice, bob] = operators(&site).await;
    for round in 0..60 {
        let inputs: Vec<SeatInput> =
            seats(2).into_iter().map(|seat| SeatInput { note: format!("{round}"), ..seat }).collect();
        alice.import_seats(&inputs, None).await.unwrap();
        let inputs: Vec<SeatInput> =
            seats(2).into_iter().map(|seat| SeatInput { note: format!("{round} b"), ..seat }).collect();
        bob.import_seats(&inputs, None).await.unwrap();
    }
    let find = async |query: AuditQuery| bob.list_audit(&query, &ListRequest::default()).await.unwrap().total;
    let by = |user: &str| AuditQuery { user: Some(user.into()), ..AuditQuery::default() };
    let about = |object: &str| AuditQuery { object: Some(object.into()), ..AuditQuery::default() };
    assert_eq!(find(AuditQuery::default()).await, 120);
    assert_eq!((find(by("alice")).await, find(by("bob@test")).await, find(by("ali")).await), (60, 60, 0));
    assert_eq!(find(about(seat(2).as_str())).await, 120, "an import is about each of its seats");
    assert_eq!(find(about("seat-")).await, 0, "half a name is no name");
    let mut all = Vec::new();
    let whole = AuditQuery::default();
    let unreadable: Vec<String> = bob
        .export_audit::<ServiceError>(&whole, |some| {
            all.extend_from_slice(some);
            Ok(())
        })
        .await
        .unwrap();
    assert!(unreadable.is_empty());
    assert!(all.is_sorted_by_key(|entry| entry.at) && all.len() == 120);
    let (middle, end) = (all[60].at, all[119].at);
    let since = AuditQuery { since: Some(middle), ..AuditQuery::default() };
    let until = AuditQuery { until: Some(middle), ..AuditQuery::default() };
    assert_eq!(find(since).await + find(until).await, 120);

    let driver = Driver::start(&bob);
    let left = eventually(&bob, "pruned", || async {
        let all = ListRequest { per_page: 200, ..ListRequest::default() };
        let listed = bob.list_audit(&AuditQuery::default(), &all).await.unwrap();
        listed.items.iter().any(|entry| entry.action == "audit.prune").then_some(listed)
    })
    .await;
    // Beside what the controllers themselves wrote since.
    let imports = left.items.iter().filter(|entry| entry.action == "seat.import").count();
    assert!(imports <= 100, "{imports} are left");
    assert!(left.items.iter().any(|entry| entry.at == end), "the newest stay");
    assert!(left.items.iter().all(|entry| entry.at > all[19].at), "the oldest are gone");
    driver.stop().await;
}
