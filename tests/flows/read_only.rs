//! A service of a read-only process: each change is refused by the service itself, whoever asks for it.

use std::sync::Arc;

use segdeck::controllers::Lead;
use segdeck::domain::install::Command;
use segdeck::domain::{RecordId, RemoteKind, Timestamp};
use segdeck::service::{
    Code, DeleteOptions, InstallOptions, Seen, Service, ServiceError, UploadRequest, Wanted,
};
use tokio_util::sync::CancellationToken;

use crate::common::site::{Driver, On, Site, keys_of, published, seat, seats, upload};

crate::on_both!(each_change_is_refused, it_does_not_stand, one_of_an_empty_store_writes_no_mark);

/// Read-only by its settings, and one that hands on to readers.
async fn lookers(site: &Site) -> [Service; 2] {
    let mut settings = site.settings.clone();
    settings.ui.read_only = true;
    let by_settings = site.service_with(&settings).await;
    [(*by_settings).clone(), site.service().await.looking_only()]
}

async fn each_change_is_refused(on: On) {
    let site = Site::new(on).await;
    let service = site.service().await;
    service.import_seats(&seats(3), None).await.unwrap();
    let driver = Driver::start(&service);
    let nav = upload(&service, &site.archive("nav", "1.0", "zip")).await;
    let geo = upload(&service, &site.archive("geo", "1.0", "zip")).await;
    published(&service, &nav).await;
    let one = Wanted::Seats([seat(1)].into());
    driver.stop().await;
    let install = service.install(&nav, &one, &InstallOptions::default()).await.unwrap().unwrap().record.id;
    service.freeze("night").await.unwrap();

    let file = UploadRequest { file: site.archive("new", "1.0", "zip"), ..UploadRequest::default() };
    let (revision, files) = (service.store.status().await.unwrap().revision, site.stored_files());
    for looker in lookers(&site).await {
        let refused = |what: &str, error: Option<ServiceError>| {
            let error = error.unwrap_or_else(|| panic!("{what} was done"));
            assert_eq!(error.code, Code::ReadOnly, "{what}: {error}");
            assert!(error.to_string().contains("ui.read_only"), "{what}: {error}");
        };
        let (none, options) = (CancellationToken::new(), InstallOptions::default());
        let seen = Seen::default();
        refused("upload", looker.upload(&file, |_| {}, &none).await.err());
        refused("delete", looker.delete(&geo, &DeleteOptions::default()).await.err());
        refused("bind", looker.bind(&nav, &[seat(1)].into(), None).await.err());
        let others = Wanted::Seats([seat(2)].into());
        refused("install", looker.install(&nav, &others, &options).await.err());
        refused("control", looker.control(install, Command::Pause, "", seen).await.err());
        refused("force", looker.force_finish(install, "gone", true, seen).await.err());
        refused("unfreeze", looker.unfreeze().await.err());
        refused("sync", looker.request_sync(RemoteKind::Sdp, false).await.err());
        refused("repair", looker.request_repair(RemoteKind::Sdp).await.err());
        refused("sweep", looker.request_sweep(true).await.err());
        refused("adopt", looker.adopt_storage("moved").await.err());
        refused("import", looker.import_seats(&seats(4), None).await.err());
        refused("remove", looker.remove_seat(&seat(3), seen).await.err());
        refused("forget", looker.forget_seat(&seat(3), "gone", seen).await.err());
        refused("rights", looker.rights().await.err());
        refused("writes", looker.writes().err());
        // It reads all the same.
        assert_eq!(looker.show_install(install).await.unwrap().record.id, install);
        assert_eq!(looker.plan(&nav, &others).await.unwrap().install_seat_list.len(), 1);
    }
    assert_eq!(service.store.status().await.unwrap().revision, revision);
    assert_eq!(site.stored_files(), files, "no byte was staged");
    service.unfreeze().await.unwrap();
    for looker in lookers(&site).await {
        assert_eq!(looker.freeze("again").await.unwrap_err().code, Code::ReadOnly);
    }
}

async fn it_does_not_stand(on: On) {
    let site = Site::new(on).await;
    for looker in lookers(&site).await {
        let mut driver = Driver::start(&Arc::new(looker));
        let stands = driver.running.lead.wait_for(|lead| *lead != Lead::Starting);
        let lead =
            tokio::time::timeout(std::time::Duration::from_secs(20), stands).await.unwrap().unwrap().clone();
        let Lead::NotStanding(why) = lead else { panic!("{lead:?}") };
        assert!(why.to_string().contains("read-only"), "{why}");
        driver.stop().await;
    }
}

async fn one_of_an_empty_store_writes_no_mark(on: On) {
    let site = Site::new(on).await;
    for looker in lookers(&site).await {
        looker.standing().await.unwrap();
        let file = UploadRequest { file: site.archive("geo", "1.0", "zip"), ..UploadRequest::default() };
        let refused = looker.upload(&file, |_| {}, &CancellationToken::new()).await.unwrap_err();
        assert_eq!(refused.code, Code::ReadOnly);
        let record = RecordId::new(Timestamp::UNIX_EPOCH);
        assert_eq!(looker.show_install(record).await.unwrap_err().code, Code::NotFound);
        assert_eq!(keys_of(&*looker.store).await, Vec::<String>::new());
        assert_eq!(site.stored_files(), 0);
        assert!(!site.dir.path().join("data/files").exists(), "no storage was made");
    }
}
