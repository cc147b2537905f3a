//! Whose the shared storage is: only records and a storage that name each other are used together.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use segdeck::controllers::Lead;
use segdeck::service::{Code, DeleteOptions, InTrash, ListRequest, Service, StorageShown, UploadRequest};
use segdeck::settings::{Backend, Settings};
use segdeck::store::{self, Txn, keys};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::common::site::{Driver, On, Site, eventually, published, seats, upload};

crate::on_both!(
    an_empty_store_takes_no_storage_over,
    records_of_an_older_program_are_taken_over,
    two_copies_of_older_records_do_not_both_get_it,
    a_storage_that_holds_files_without_an_owner_is_left_alone,
    an_adoption_ends_the_other_site,
    the_sweep_leaves_a_landslide_to_an_operator,
);

/// Another store on the same host, as a typo in its address makes it.
fn other_store(site: &Site) -> Settings {
    let mut settings = site.settings.clone();
    match settings.store.backend {
        Backend::Etcd => settings.store.prefix = "/segdek".to_owned(),
        Backend::Embedded => settings.store.path = site.dir.path().join("data/segdek.db"),
    }
    settings
}

/// Files in shared storage were written two hours ago.
fn age(site: &Site) -> Vec<PathBuf> {
    fn files(dir: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
            match entry.path() {
                path if path.is_dir() => files(&path, found),
                path => found.push(path),
            }
        }
    }
    let mut found = Vec::new();
    files(&site.dir.path().join("data/files"), &mut found);
    // The leader's own note; it comes and goes with who leads.
    found.retain(|file| !file.ends_with("segdeck-revision.json"));
    let then = SystemTime::now() - Duration::from_secs(7200);
    for file in &found {
        std::fs::File::options().append(true).open(file).unwrap().set_modified(then).unwrap();
    }
    found
}

async fn refused(service: &Arc<Service>, word: &str) {
    let mut driver = Driver::start(service);
    let lead = driver.running.lead.wait_for(|lead| matches!(lead, Lead::NotStanding(_)));
    let why = tokio::time::timeout(Duration::from_secs(10), lead).await.expect("in time").unwrap().clone();
    assert!(matches!(&why, Lead::NotStanding(why) if why.to_string().contains(word)), "{why:?}");
    driver.stop().await;
}

async fn an_empty_store_takes_no_storage_over(on: On) {
    let site = Site::new(on).await;
    let service = site.service().await;
    let mut driver = Driver::start(&service);
    driver.leads().await;
    let nav = upload(&service, &site.archive("nav", "1.0", "zip")).await;
    published(&service, &nav).await;
    driver.stop().await;
    let files = age(&site);

    let stranger = site.service_with(&other_store(&site)).await;
    refused(&stranger, "segdeck storage adopt").await;
    let file = site.archive("map", "1.0", "zip");
    let request = UploadRequest { file, ..UploadRequest::default() };
    let error = stranger.upload(&request, |_| {}, &CancellationToken::new()).await.unwrap_err();
    assert_eq!(error.code, Code::Conflict, "{error}");
    stranger.import_seats(&seats(1), None).await.unwrap();
    assert_eq!(stranger.list_segments(&ListRequest::default()).await.unwrap().total, 0, "looking is free");
    assert_eq!(age(&site), files, "not a file came or went");
    assert!(stranger.store.get(&keys::storage()).await.unwrap().1.is_none(), "nor was it claimed");
}

/// The records and the storage as a program before this one left them.
async fn as_before(service: &Service, site: &Site) {
    let storage: Value =
        store::decode(&service.store.get(&keys::storage()).await.unwrap().1.unwrap()).unwrap();
    let txn = Txn::new().delete(keys::site()).put(keys::format(), &json!({ "format": 1 })).unwrap();
    service.writes().unwrap().store.txn(txn).await.unwrap();
    let id = site.dir.path().join("data/files/segdeck-storage.json");
    std::fs::write(id, json!({ "id": storage["id"] }).to_string()).unwrap();
}

async fn shown(service: &Service) -> StorageShown {
    StorageShown::read(&*service.store, &service.storage).await.unwrap()
}

async fn records_of_an_older_program_are_taken_over(on: On) {
    let site = Site::new(on).await;
    let service = site.service().await;
    let nav = upload(&service, &site.archive("nav", "1.0", "zip")).await;
    as_before(&service, &site).await;
    let mut driver = Driver::start(&service);
    driver.leads().await;
    published(&service, &nav).await;
    let shown = shown(&service).await;
    assert!(shown.site.is_some() && shown.site == shown.owner, "{shown:?}");
    assert_eq!(shown.storage, shown.found);
    let format: Value = store::decode(&service.store.get(&keys::format()).await.unwrap().1.unwrap()).unwrap();
    assert_eq!(format["format"], 2, "older programs look only from now on");
    driver.stop().await;
}

async fn two_copies_of_older_records_do_not_both_get_it(on: On) {
    let site = Site::new(on).await;
    let service = site.service().await;
    let nav = upload(&service, &site.archive("nav", "1.0", "zip")).await;
    as_before(&service, &site).await;
    let copy = site.service_with(&other_store(&site)).await;
    for entry in service.store.list_all("").await.unwrap().entries {
        let value: Value = store::decode(&entry).unwrap();
        copy.writes().unwrap().store.txn(Txn::new().put(entry.key, &value).unwrap()).await.unwrap();
    }
    let mut driver = Driver::start(&service);
    driver.leads().await;
    published(&service, &nav).await;
    refused(&copy, "belongs to another site").await;
    driver.stop().await;
}

async fn a_storage_that_holds_files_without_an_owner_is_left_alone(on: On) {
    let site = Site::new(on).await;
    let folder = site.dir.path().join("data/files/segments/nav/1.0");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("01J00000000000000000000000.zip"), b"somebody's").unwrap();
    let files = age(&site);
    let service = site.service().await;
    refused(&service, "segdeck-storage.json").await;
    assert_eq!(age(&site), files);
}

async fn an_adoption_ends_the_other_site(on: On) {
    let site = Site::new(on).await;
    let service = site.service().await;
    let nav = upload(&service, &site.archive("nav", "1.0", "zip")).await;
    let files = age(&site);

    let new = site.service_with(&other_store(&site)).await;
    assert_eq!(new.adopt_storage(" ").await.unwrap_err().code, Code::Usage);
    let adopted = new.adopt_storage("the old store burnt down").await.unwrap();
    assert_eq!(shown(&new).await.owner, Some(adopted.site));
    refused(&service, "belongs to another site").await;
    let error = service.delete(&nav, &DeleteOptions::default()).await.unwrap_err();
    assert_eq!(error.code, Code::Conflict, "{error}");

    let mut driver = Driver::start(&new);
    driver.leads().await;
    let request = new.request_sweep(false).await.unwrap();
    let result = eventually(&new, "swept", || async { new.sweep_result(request.id).await.unwrap() }).await;
    assert_eq!((result.moved, result.held), (0, 1), "{result:?}");
    assert_eq!(age(&site), files, "what the new owner does not know is not taken away by itself");
    // An operator's word moves it to the trash, from where it can be had again.
    let request = new.request_sweep(true).await.unwrap();
    let result = eventually(&new, "swept", || async { new.sweep_result(request.id).await.unwrap() }).await;
    assert_eq!((result.moved, result.held), (1, 0), "{result:?}");
    let restored = new.restore(&InTrash::Segment(nav.clone())).await.unwrap();
    assert_eq!(restored.id, nav);
    published(&new, &nav).await;
    driver.stop().await;
}

async fn the_sweep_leaves_a_landslide_to_an_operator(on: On) {
    let site = Site::new(on).await;
    let service = site.service().await;
    for n in 0..3 {
        upload(&service, &site.archive(&format!("map-{n}"), "1.0", "zip")).await;
    }
    let orphan = |n: usize| {
        let folder = site.dir.path().join(format!("data/files/segments/lost-{n}/1.0"));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(format!("01J0000000000000000000000{n}.zip")), b"lost").unwrap();
    };
    (0..3).for_each(orphan);
    age(&site);
    let mut driver = Driver::start(&service);
    driver.leads().await;
    let swept = async |confirm| {
        let request = service.request_sweep(confirm).await.unwrap();
        let result =
            eventually(&service, "swept", || async { service.sweep_result(request.id).await.unwrap() });
        let result = result.await;
        (result.moved, result.held)
    };
    eventually(&service, "three are few", || async {
        let trash = service.list_trash(&ListRequest::default()).await.unwrap();
        (trash.total == 3).then_some(())
    })
    .await;
    orphan(3);
    age(&site);
    assert_eq!(service.sweep_preview().await.unwrap().orphans, 1);
    assert_eq!(swept(false).await, (0, 1), "three went within a week: a fourth is too many");
    assert_eq!(swept(true).await, (1, 0));
    driver.stop().await;
}
