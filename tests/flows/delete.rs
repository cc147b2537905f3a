//! Delete: refused while in use, complete afterwards.

use segdeck::domain::RemoteKind;
use segdeck::service::{Code, DeleteOptions, InstallOptions, Wanted};

use crate::common::site::{Driver, On, Site, ended, eventually, keys_of, published, seat, seats, upload};

crate::on_both!(a_delete_leaves_the_trail_and_the_trash, a_version_leaves_the_others_their_binding);

async fn a_delete_leaves_the_trail_and_the_trash(on: On) {
    let site = Site::new(on).await;
    let service = site.service().await;
    let driver = Driver::start(&service);
    service.import_seats(&seats(3), None).await.unwrap();
    let nav = upload(&service, &site.archive("nav", "1.0", "zip")).await;
    published(&service, &nav).await;
    let wanted = Wanted::Seats([seat(1), seat(2)].into());
    service.bind(&nav, &[seat(1)].into(), None).await.unwrap();
    let asked = service.install(&nav, &wanted, &InstallOptions::default()).await.unwrap().unwrap();
    let busy = service.delete(&nav, &DeleteOptions::default()).await.unwrap_err();
    assert_eq!(busy.code, Code::InUse, "being installed: {busy}");
    ended(&service, asked.record.id).await;
    let installed = service.delete(&nav, &DeleteOptions::default()).await.unwrap_err();
    assert_eq!(installed.code, Code::InUse);
    assert!(installed.message.to_string().contains("seat-00001"), "{installed}");
    let remove = service.install(&nav, &Wanted::None, &InstallOptions::default()).await.unwrap().unwrap();
    ended(&service, remove.record.id).await;

    service.delete(&nav, &DeleteOptions::default()).await.unwrap();
    eventually(&service, "deleted", || async { (!service.exists(&nav).await.unwrap()).then_some(()) }).await;
    let left: Vec<String> = keys_of(&*service.store)
        .await
        .into_iter()
        .filter(|key| {
            !["audit/", "seat-history/", "tombstones/", "seats/", "meta/", "sync/", "trash/"]
                .iter()
                .any(|kept| key.starts_with(kept))
        })
        .collect();
    assert_eq!(left, Vec::<String>::new());
    assert_eq!(site.stored_files(), 1, "its file belongs to the trash now");
    let sdp = service.remotes.repository(RemoteKind::Sdp).unwrap();
    assert!(sdp.list("").await.unwrap().segments.is_empty());
    assert_eq!(service.delete(&nav, &DeleteOptions::default()).await.unwrap_err().code, Code::NotFound);
    // The id is free at once.
    let again = upload(&service, &site.archive("nav", "1.0", "zip")).await;
    published(&service, &again).await;
    driver.stop().await;
}

async fn a_version_leaves_the_others_their_binding(on: On) {
    let site = Site::new(on).await;
    let service = site.service().await;
    let driver = Driver::start(&service);
    service.import_seats(&seats(2), None).await.unwrap();
    let old = upload(&service, &site.archive("nav", "1.0", "zip")).await;
    let new = upload(&service, &site.archive("nav", "2.0", "zip")).await;
    service.bind(&old, &[seat(2)].into(), None).await.unwrap();
    service.delete(&old, &DeleteOptions::default()).await.unwrap();
    eventually(&service, "deleted", || async { (!service.exists(&old).await.unwrap()).then_some(()) }).await;
    assert_eq!(service.bound(&new).await.unwrap().1, [seat(2)].into());
    driver.stop().await;
}
