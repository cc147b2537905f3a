//! What is on a seat: its history, the way back to the version before, and what the platform says of it.

use std::collections::BTreeSet;
use std::sync::Mutex;

use segdeck::domain::{InstallState, OperationId, RemoteKind, SeatId, SeatOp, SegmentId};
use segdeck::service::{
    Code, DeleteOptions, InstallOptions, SeatFound, SeatTotals, SeatVerified, Service, Wanted,
};
use tokio_util::sync::CancellationToken;

use crate::common::site::{Driver, On, Site, ended, eventually, id, published, seat, seats, upload};
use crate::install::simulated;

crate::on_both!(a_seat_goes_back_to_what_was_there_before, the_platform_is_asked_what_is_there);

fn some(numbers: &[usize]) -> BTreeSet<SeatId> {
    numbers.iter().map(|n| seat(*n)).collect()
}

async fn done(service: &Service, of: &SegmentId, wanted: &Wanted) {
    let asked = service.install(of, wanted, &InstallOptions::default()).await.unwrap().unwrap();
    assert_eq!(ended(service, asked.record.id).await.log.state, InstallState::Succeeded, "{of}");
}

fn add(numbers: &[usize]) -> Wanted {
    Wanted::Change { add: some(numbers), remove: [].into() }
}

async fn a_seat_goes_back_to_what_was_there_before(on: On) {
    let site = Site::with_platform(on, |options| options.executor = simulated(0.0, 0.02)).await;
    let service = site.service().await;
    let driver = Driver::start(&service);
    service.import_seats(&seats(7), None).await.unwrap();
    for version in ["1.0", "2.0", "3.0"] {
        let nav = upload(&service, &site.archive("nav", version, "zip")).await;
        published(&service, &nav).await;
    }
    let [one, two, three] = ["nav@1.0", "nav@2.0", "nav@3.0"].map(id);
    done(&service, &one, &add(&[1, 2])).await;
    done(&service, &two, &add(&[2, 3])).await;
    done(&service, &three, &add(&[1, 2, 3, 4])).await;

    let plainly = InstallOptions::default();
    let wanted = Wanted::Seats(some(&[1, 2, 3, 4, 5]));
    let plan = service.plan_rollback(&three, Some(&wanted), &plainly).await.unwrap();
    let back: Vec<_> = plan.items.iter().map(|it| (&it.segment_id, &it.install_seat_list)).collect();
    assert_eq!(back, [(&one, &some(&[1])), (&two, &some(&[2, 3]))]);
    let cannot: Vec<_> = plan.without.iter().map(|it| (it.seat.clone(), it.reason.to_string())).collect();
    let unknown = "its history tells of no version of nav before nav@3.0";
    assert_eq!(
        cannot,
        [(seat(4), unknown.to_owned()), (seat(5), "nav@3.0 is not installed there".to_owned())]
    );
    assert_eq!(plan.blocked(), 2);
    let everywhere = service.plan_rollback(&three, None, &plainly).await.unwrap();
    assert_eq!((everywhere.items, everywhere.without.len()), (plan.items.clone(), 1));

    for (id, wanted) in plan.installs() {
        done(&service, id, &wanted).await;
    }
    assert_eq!(service.show_segment(&one).await.unwrap().installed_seats, some(&[1]));
    assert_eq!(service.show_segment(&two).await.unwrap().installed_seats, some(&[2, 3]));
    assert_eq!(service.show_segment(&three).await.unwrap().installed_seats, some(&[4]));

    // The history of a seat tells all of it.
    let shown = service.show_seat(&seat(2)).await.unwrap();
    assert_eq!((shown.installed, shown.bound.len()), ([two.clone()].into(), 0));
    let told: Vec<_> = shown.history.iter().map(|event| (&event.segment_id, event.op)).collect();
    assert_eq!(told, [&two, &three, &two, &one].map(|id| (id, SeatOp::Install)));
    let none = service.show_seat(&"ghost".parse().unwrap()).await.unwrap_err();
    assert_eq!(none.code, Code::NotFound);

    // A version that is gone cannot come back.
    done(&service, &three, &add(&[1])).await;
    service.delete(&one, &DeleteOptions::default()).await.unwrap();
    eventually(&service, "it is gone", || async { service.segment(&one).await.err() }).await;
    let plan = service.plan_rollback(&three, Some(&Wanted::Seats(some(&[1]))), &plainly).await.unwrap();
    assert!(plan.items.is_empty());
    assert!(
        plan.without[0].reason.to_string().starts_with("there is no segment nav@1.0"),
        "{:?}",
        plan.without
    );
    driver.stop().await;
}

/// A call that Segdeck knows nothing of.
fn behind_its_back(what: &str) -> OperationId {
    OperationId::derive(&["somebody else", what])
}

async fn found(service: &Service, adopt: bool) -> (SeatTotals, Vec<SeatVerified>) {
    let all = Mutex::new(Vec::new());
    let told = |found| all.lock().unwrap().push(found);
    let totals =
        service.verify_seats(&BTreeSet::new(), adopt, told, &CancellationToken::new()).await.unwrap();
    let mut all = all.into_inner().unwrap();
    all.sort_by(|a: &SeatVerified, b| a.seat.cmp(&b.seat));
    (totals, all)
}

async fn the_platform_is_asked_what_is_there(on: On) {
    let site = Site::with_platform(on, |options| options.executor = simulated(0.0, 0.02)).await;
    let service = site.service().await;
    let driver = Driver::start(&service);
    service.import_seats(&seats(4), None).await.unwrap();
    let nav = upload(&service, &site.archive("nav", "1.0", "zip")).await;
    published(&service, &nav).await;
    done(&service, &nav, &add(&[1, 2, 3])).await;
    let (totals, _) = found(&service, false).await;
    assert_eq!((totals.total, totals.ok), (4, 4));

    let uid = service.segment(&nav).await.unwrap().uid().unwrap().to_owned();
    let deployment = service.remotes.deployment(RemoteKind::Sdp).unwrap();
    let ip = |n: u8| std::net::IpAddr::from([10, 0, 0, n]);
    let off = deployment.batch_uninstall(&behind_its_back("off"), &uid, &[ip(1)]).await.unwrap();
    let on_it = deployment.batch_install(&behind_its_back("on"), &uid, &[ip(4)]).await.unwrap();
    for task in [off, on_it] {
        while !deployment.get_task(&task).await.unwrap().done {
            tokio::task::yield_now().await;
        }
    }
    let (totals, seats) = found(&service, false).await;
    assert_eq!((totals.ok, totals.differs, totals.adopted), (2, 2, 0));
    assert_eq!((seats[0].state, &seats[0].missing), (SeatFound::Differs, &[nav.clone()].into()));
    assert_eq!((seats[3].state, &seats[3].unrecorded), (SeatFound::Differs, &[nav.clone()].into()));
    assert_eq!(service.show_segment(&nav).await.unwrap().installed_seats, some(&[1, 2, 3]), "only looked");

    let (totals, _) = found(&service, true).await;
    assert_eq!((totals.differs, totals.adopted), (2, 2));
    assert_eq!(service.show_segment(&nav).await.unwrap().installed_seats, some(&[2, 3, 4]));
    let history = service.show_seat(&seat(4)).await.unwrap().history;
    assert_eq!((history.len(), history[0].op), (1, SeatOp::Install));
    assert!(history[0].is_found() && history[0].segment_id == nav);
    let history = service.show_seat(&seat(1)).await.unwrap().history;
    assert_eq!((history.len(), history[0].op, history[1].op), (2, SeatOp::Uninstall, SeatOp::Install));
    let (totals, _) = found(&service, true).await;
    assert_eq!((totals.ok, totals.adopted), (4, 0));
    assert_eq!(service.show_seat(&seat(4)).await.unwrap().history.len(), 1, "told once");

    // The way back leads from what was adopted, and to it.
    let next = upload(&service, &site.archive("nav", "2.0", "zip")).await;
    published(&service, &next).await;
    done(&service, &next, &add(&[4])).await;
    let plan = service.plan_rollback(&next, None, &InstallOptions::default()).await.unwrap();
    assert_eq!((&plan.items[0].segment_id, &plan.items[0].install_seat_list), (&nav, &some(&[4])));
    for (id, wanted) in plan.installs() {
        done(&service, id, &wanted).await;
    }

    // What an install works on is not judged.
    let waiting = service.install(&nav, &add(&[1]), &InstallOptions::default()).await.unwrap().unwrap();
    let (totals, _) = found(&service, true).await;
    assert_eq!(totals.ok + totals.busy, 4);
    ended(&service, waiting.record.id).await;

    let unknown = ["ghost".parse().unwrap()].into();
    let refused = service.verify_seats(&unknown, false, |_| {}, &CancellationToken::new()).await.unwrap_err();
    assert_eq!(refused.code, Code::NotFound);
    driver.stop().await;
}
