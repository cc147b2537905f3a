//! Maintenance windows: what is asked for outside of them waits, or is refused.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use segdeck::domain::schedule::Schedule;
use segdeck::domain::{Clock, InstallState, SeatId, SeatState, SegmentId, Timestamp};
use segdeck::service::{Code, InstallOptions, LeaveOut, Rollout, Service, Wanted};
use segdeck::settings::Outside;

use crate::common::site::{Driver, On, Site, ended, eventually, in_state, published, seat, seats, upload};
use crate::install::simulated;

crate::on_both!(seats_outside_their_windows_wait_until_they_open, or_they_are_refused);

/// A Tuesday.
const NOON: &str = "2026-11-24T12:00:00Z";
const NIGHT: &str = "2026-11-24T22:00:00Z";

/// A service whose time stands still until it is set.
async fn standing(site: &Site) -> (Arc<Service>, Arc<AtomicI64>) {
    let seconds = Arc::new(AtomicI64::new(at(NOON).as_second()));
    let read = Arc::clone(&seconds);
    let mut service = Service::clone(&*site.service().await);
    service.clock = Clock::from_fn(move || Timestamp::from_second(read.load(Ordering::SeqCst)).unwrap());
    (Arc::new(service), seconds)
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn all() -> Wanted {
    Wanted::Seats((1..=8).map(seat).collect())
}

/// Seats 1 and 5 are of group-1, which works at noon; the others are at night.
async fn site(on: On, outside: Outside) -> Site {
    let mut site = Site::with_platform(on, |options| options.executor = simulated(0.0, 0.02)).await;
    let install = &mut site.settings.install;
    install.windows = "*: 0 22 * * * 6h; group-1: 0 12 * * mon-fri 1h".to_owned();
    install.outside = outside;
    install.total_deadline = Duration::from_secs(3_600);
    site
}

async fn segment(site: &Site, service: &Arc<Service>) -> SegmentId {
    service.import_seats(&seats(8), None).await.unwrap();
    let nav = upload(service, &site.archive("nav", "1.0", "zip")).await;
    let driver = Driver::start(service);
    published(service, &nav).await;
    driver.stop().await;
    nav
}

fn at_noon() -> BTreeSet<SeatId> {
    [seat(1), seat(5)].into()
}

async fn seats_outside_their_windows_wait_until_they_open(on: On) {
    let site = site(on, Outside::Wait).await;
    let (service, seconds) = standing(&site).await;
    let nav = segment(&site, &service).await;
    let plan = service.plan(&nav, &all()).await.unwrap();
    assert!(plan.blocked.is_empty());
    let told = "6 seat(s) wait for their maintenance windows, the first opens at 2026-11-24T22:00:00Z";
    assert!(plan.warnings.iter().any(|warning| warning.to_string() == told), "{:?}", plan.warnings);

    let driver = Driver::start(&service);
    let asked = service.install(&nav, &all(), &InstallOptions::default()).await.unwrap().unwrap();
    let view = eventually(&service, "it waits", || async {
        let view = service.show_install(asked.record.id).await.unwrap();
        (view.log.state == InstallState::Scheduled).then_some(view)
    })
    .await;
    assert_eq!(in_state(&view, SeatState::Succeeded).into_iter().collect::<BTreeSet<_>>(), at_noon());
    assert_eq!(view.log.opens_at, Some(at(NIGHT)));
    let why = view.explanation.unwrap();
    assert_eq!(why.waits_for.to_string(), format!("for its maintenance window: it opens at {NIGHT}"));
    assert_eq!(why.deadline, Some(at("2026-11-24T23:00:00Z")), "the time before is not its own");
    driver.stop().await;

    // Still nothing at a time that is over the deadline, counted from noon.
    let next = upload(&service, &site.archive("radar", "1.0", "zip")).await;
    seconds.store(at("2026-11-24T21:59:59Z").as_second(), Ordering::SeqCst);
    let driver = Driver::start(&service);
    published(&service, &next).await;
    let view = service.show_install(asked.record.id).await.unwrap();
    assert_eq!(in_state(&view, SeatState::Queued).len(), 6);
    driver.stop().await;

    seconds.store(at(NIGHT).as_second(), Ordering::SeqCst);
    let driver = Driver::start(&service);
    assert_eq!(ended(&service, asked.record.id).await.log.state, InstallState::Succeeded);
    driver.stop().await;
}

async fn or_they_are_refused(on: On) {
    let site = site(on, Outside::Refuse).await;
    let (service, _) = standing(&site).await;
    let nav = segment(&site, &service).await;
    let plan = service.plan(&nav, &all()).await.unwrap();
    assert_eq!(plan.blocked.len(), 6);
    let why = "outside its maintenance windows, the next opens at 2026-11-24T22:00:00Z";
    assert!(plan.blocked.iter().all(|blocked| blocked.reason.to_string() == why), "{:?}", plan.blocked);
    let refused = service.install(&nav, &all(), &InstallOptions::default()).await.unwrap_err();
    assert_eq!(refused.code, Code::Conflict);

    // What begins when they are open is taken.
    let schedule = Schedule { start_at: Some(at("2026-11-24T23:00:00Z")), ..Schedule::default() };
    let rollout = Rollout { schedule, ..Rollout::default() };
    let night = Wanted::Seats([seat(2), seat(3)].into());
    let options = InstallOptions { rollout, ..InstallOptions::default() };
    let asked = service.install(&nav, &night, &options).await.unwrap().unwrap();
    let cancel = segdeck::domain::install::Command::Cancel;
    service.control(asked.record.id, cancel, "", None).await.unwrap();

    let driver = Driver::start(&service);
    ended(&service, asked.record.id).await;
    let leave_out = LeaveOut { blocked: true, offline: false };
    let options = InstallOptions { leave_out, ..InstallOptions::default() };
    let asked = service.install(&nav, &all(), &options).await.unwrap().unwrap();
    assert_eq!((asked.install_seat_list, asked.skipped.len()), (at_noon(), 6));
    assert_eq!(ended(&service, asked.record.id).await.log.state, InstallState::Succeeded);
    driver.stop().await;
}
