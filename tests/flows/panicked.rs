//! A step that panics leaves its record told and waiting, and harms no other.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use segdeck::domain::{Clock, CreateState, InstallState, RemoteKind};
use segdeck::service::{InstallOptions, Service, Wanted};
use tokio_util::sync::CancellationToken;

use crate::common::site::{Driver, On, Site, ended, eventually, published, seat, seats, upload};
use crate::odd_platform::Odd;

crate::on_both!(
    a_panic_is_told_on_the_record_and_counts_as_no_try,
    a_data_sync_that_panics_answers_who_asked,
    a_repair_that_panics_answers_who_asked
);

/// A service whose time can be moved on by seconds.
fn moved(service: &Service) -> (Arc<Service>, Arc<AtomicI64>) {
    let ahead = Arc::new(AtomicI64::new(0));
    let read = Arc::clone(&ahead);
    let clock = Clock::from_fn(move || {
        jiff::Timestamp::now() + jiff::SignedDuration::from_secs(read.load(Ordering::SeqCst))
    });
    (Arc::new(Service { clock, ..service.clone() }), ahead)
}

async fn a_panic_is_told_on_the_record_and_counts_as_no_try(on: On) {
    let site = Site::new(on).await;
    let (service, odd) = Odd::service(&*site.service().await);
    let (service, ahead) = moved(&service);
    service.import_seats(&seats(2), None).await.unwrap();
    odd.panics.store(true, Ordering::SeqCst);
    let driver = Driver::start(&service);
    let broken = upload(&service, &site.archive("odd", "1.0", "zip")).await;
    let nav = upload(&service, &site.archive("nav", "1.0", "zip")).await;
    published(&service, &nav).await;
    let shown = eventually(&service, "the panic is told", || async {
        let shown = service.show_segment(&broken).await.unwrap();
        shown.segment.create_status.reason.is_some().then_some(shown)
    })
    .await;
    let status = &shown.segment.create_status;
    assert!(status.reason.as_ref().unwrap().raw().contains("odd in create"), "{status:?}");
    assert_eq!((status.retry_count, status.state), (0, CreateState::Processing));
    assert_eq!(shown.explanation.unwrap().next_try_at, status.next_retry_at);

    let wanted = Wanted::Seats([seat(1)].into());
    let asked = service.install(&nav, &wanted, &InstallOptions::default()).await.unwrap().unwrap();
    let record = asked.record.id;
    let view = eventually(&service, "the install tells it", || async {
        let view = service.show_install(record).await.unwrap();
        let told = view.log.reason.as_ref().is_some_and(|why| why.raw().contains("odd in batch install"));
        told.then_some(view)
    })
    .await;
    assert_eq!((view.log.retry_count, view.log.state), (0, InstallState::Running));
    assert_eq!(view.explanation.unwrap().next_try_at, view.log.next_retry_at);

    assert_eq!(odd.creates.load(Ordering::SeqCst), 1, "what it wrote before brought it back at once");

    // A minute later, under whoever leads then, both go on.
    driver.stop().await;
    odd.panics.store(false, Ordering::SeqCst);
    ahead.store(61, Ordering::SeqCst);
    let driver = Driver::start(&service);
    published(&service, &broken).await;
    let view = ended(&service, record).await;
    assert_eq!(view.log.state, InstallState::Succeeded);
    assert_eq!(service.segment(&broken).await.unwrap().create_status.reason, None);
    driver.stop().await;
}

async fn a_data_sync_that_panics_answers_who_asked(on: On) {
    let site = Site::new(on).await;
    let (service, odd) = Odd::service(&*site.service().await);
    odd.panics.store(true, Ordering::SeqCst);
    let driver = Driver::start(&service);
    // The second comes while it is left alone, and is answered all the same.
    for _ in 0..2 {
        let request = service.request_sync(RemoteKind::Sdp, false).await.unwrap();
        let result = eventually(&service, "it is answered", || async {
            service.sync_result(RemoteKind::Sdp, request.id).await.unwrap()
        })
        .await;
        let error = result.error.unwrap();
        assert!(error.raw().contains("odd in list"), "{error:?}");
    }
    odd.panics.store(false, Ordering::SeqCst);
    let request = service.request_sync(RemoteKind::Sdp, false).await.unwrap();
    let result = eventually(&service, "it is answered", || async {
        service.sync_result(RemoteKind::Sdp, request.id).await.unwrap()
    })
    .await;
    assert_eq!(result.error, None);
    driver.stop().await;
}

async fn a_repair_that_panics_answers_who_asked(on: On) {
    let site = Site::new(on).await;
    let (service, odd) = Odd::service(&*site.service().await);
    let driver = Driver::start(&service);
    let nav = upload(&service, &site.archive("nav", "1.0", "zip")).await;
    published(&service, &nav).await;
    let key = service.segment(&nav).await.unwrap().storage_key;
    service.writes().unwrap().storage.delete(&key).await.unwrap();
    let totals = service.verify(&[], |_| {}, &CancellationToken::new()).await.unwrap();
    assert_eq!(totals.missing, 1);
    for panics in [true, true, false] {
        odd.panics.store(panics, Ordering::SeqCst);
        let request = service.request_repair(RemoteKind::Sdp).await.unwrap();
        let result = eventually(&service, "it is answered", || async {
            service.repair_result(RemoteKind::Sdp, request.id).await.unwrap()
        })
        .await;
        let told = result.error.is_some_and(|error| error.raw().contains("odd in download"));
        assert_eq!((told, result.outcome.refetched.len()), (panics, usize::from(!panics)));
    }
    assert_eq!(service.segment(&nav).await.unwrap().file_state, None);
    driver.stop().await;
}
