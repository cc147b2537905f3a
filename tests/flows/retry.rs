//! What a retry must pass before it is taken: the same as an install of its seats.

use std::time::Duration;

use segdeck::domain::install::Command;
use segdeck::domain::schedule::Schedule;
use segdeck::domain::{Clock, InstallState, RecordId, SegmentId, clock};
use segdeck::service::{Code, InstallOptions, Rollout, Service, Wanted};

use crate::checks::{ask, done, off, on, segment};
use crate::common::site::{Driver, On, Site, ended, seat, seats};
use crate::install::simulated;

crate::on_both!(
    a_retry_passes_the_checks_of_an_install,
    a_retry_takes_off_no_version_that_came_since,
    what_has_expired_is_not_retried,
);

/// An install that was given up before a seat of it was begun. Nobody drives when it is asked for.
async fn given_up(service: &std::sync::Arc<Service>, id: &SegmentId, wanted: &Wanted) -> RecordId {
    let record = ask(service, id, wanted).await;
    service.control(record, Command::Cancel, "", None).await.unwrap();
    let driver = Driver::start(service);
    assert_eq!(ended(service, record).await.log.state, InstallState::Cancelled);
    driver.stop().await;
    record
}

async fn a_retry_passes_the_checks_of_an_install(backend: On) {
    let mut site = Site::with_platform(backend, |options| options.executor = simulated(0.0, 0.02)).await;
    let service = site.service().await;
    service.import_seats(&seats(3), None).await.unwrap();
    let driver = Driver::start(&service);
    let geo = segment(&site, &service, "geo@1.0", "").await;
    let radar = segment(&site, &service, "radar@1.0", "").await;
    let nav = segment(&site, &service, "nav@1.0", "requires = [\"geo\"]\nconflicts = [\"radar\"]").await;
    done(&service, &geo, &on(&[1, 2, 3])).await;
    driver.stop().await;
    let record = given_up(&service, &nav, &on(&[1, 2, 3])).await;
    let driver = Driver::start(&service);
    done(&service, &geo, &off(&[1])).await;
    done(&service, &radar, &on(&[2])).await;
    driver.stop().await;

    let before = service.show_install(record).await.unwrap();
    let refused = service.control(record, Command::Retry, "", None).await.unwrap_err();
    assert_eq!(refused.code, Code::Conflict);
    for told in [
        "2 of 3 seats are blocked",
        "seat-00001: it needs geo, which is not installed",
        "seat-00002: it conflicts with radar@1.0 (installed)",
        "a retry cannot leave seats out",
    ] {
        assert!(refused.message.to_string().contains(told), "{refused}");
    }
    assert_eq!(service.show_install(record).await.unwrap(), before);

    // A seat that is gone is told first.
    service.forget_seat(&seat(3), "scrapped", None).await.unwrap();
    let refused = service.control(record, Command::Retry, "", None).await.unwrap_err();
    assert_eq!(refused.code, Code::NotFound);
    assert!(refused.message.to_string().contains("unknown: seat-00003"), "{refused}");
    service.import_seats(&seats(3), None).await.unwrap();

    // Mended; a platform that is away is no reason to refuse it.
    let driver = Driver::start(&service);
    done(&service, &geo, &on(&[1, 3])).await;
    done(&service, &radar, &off(&[2])).await;
    driver.stop().await;
    site.platform.stop().await;
    service.control(record, Command::Retry, "", None).await.unwrap();
    // Unfinished again, it is in nobody's way but others'.
    service.control(record, Command::Cancel, "", None).await.unwrap();
    let refused = service.install(&nav, &on(&[1]), &InstallOptions::default()).await.unwrap_err();
    assert_eq!(refused.code, Code::InUse);
}

async fn a_retry_takes_off_no_version_that_came_since(backend: On) {
    let site = Site::with_platform(backend, |options| options.executor = simulated(0.0, 0.02)).await;
    let service = site.service().await;
    service.import_seats(&seats(2), None).await.unwrap();
    let driver = Driver::start(&service);
    let old = segment(&site, &service, "nav@1.0", "").await;
    let new = segment(&site, &service, "nav@2.0", "").await;
    driver.stop().await;
    let record = given_up(&service, &old, &on(&[1, 2])).await;
    let driver = Driver::start(&service);
    let came = ask(&service, &new, &on(&[1])).await;
    ended(&service, came).await;
    driver.stop().await;
    let refused = service.control(record, Command::Retry, "", None).await.unwrap_err();
    assert_eq!(refused.code, Code::Conflict);
    let told = format!("seat-00001: nav@2.0 came there since (install {came})");
    assert!(refused.message.to_string().contains(&told), "{refused}");

    // What was there when it was asked for was meant to go.
    let record = given_up(&service, &old, &on(&[1])).await;
    service.control(record, Command::Retry, "", None).await.unwrap();
    let driver = Driver::start(&service);
    assert_eq!(ended(&service, record).await.log.state, InstallState::Succeeded);
    driver.stop().await;
}

async fn what_has_expired_is_not_retried(backend: On) {
    let site = Site::with_platform(backend, |options| options.executor = simulated(0.0, 0.02)).await;
    let service = site.service().await;
    service.import_seats(&seats(1), None).await.unwrap();
    let driver = Driver::start(&service);
    let nav = segment(&site, &service, "nav@1.0", "").await;
    driver.stop().await;
    let expire_at = clock::after(service.clock.now(), Duration::from_secs(3_600));
    let schedule = Schedule { expire_at: Some(expire_at), ..Schedule::default() };
    let options =
        InstallOptions { rollout: Rollout { schedule, ..Rollout::default() }, ..InstallOptions::default() };
    let record = service.install(&nav, &on(&[1]), &options).await.unwrap().unwrap().record.id;
    service.control(record, Command::Cancel, "", None).await.unwrap();
    let driver = Driver::start(&service);
    ended(&service, record).await;
    driver.stop().await;
    let later = Service { clock: Clock::from_fn(move || expire_at), ..(*service).clone() };
    let refused = later.control(record, Command::Retry, "", None).await.unwrap_err();
    assert_eq!(refused.code, Code::Conflict);
    assert!(
        refused.message.to_string().contains(&format!("expired at {expire_at}; ask for a new install")),
        "{refused}"
    );
    service.control(record, Command::Retry, "", None).await.unwrap();
}
