//! Data sync by command: what was made on the platform comes here, what was removed there goes here.

use futures::StreamExt as _;
use segdeck::domain::{FreeText, OperationId, RemoteKind, SegmentId};
use segdeck::remote::{FileStream, NewSegment};
use segdeck::service::Service;
use sha2::{Digest as _, Sha256};

use crate::common::archive;
use crate::common::site::id;
use crate::host::Host;

pub(crate) const SYNC: [&str; 5] = ["sync", "--remote", "sdp", "-o", "json"];

/// Two segments come and go, beside nothing else on the platform.
pub(crate) async fn both_ways(host: &Host, onlooker: &Service) {
    let (one, two) = (id("elsewhere-a@1.0"), id("elsewhere-b@1.0"));
    let uids = [create_there(host, onlooker, &one).await, create_there(host, onlooker, &two).await];
    let dry = host.run(&[&SYNC[..], &["--dry-run"]].concat()).await.exits(2).json();
    let synced = host.run(&SYNC).await.exits(0).json();
    assert_eq!(synced["items"][0]["added"], dry["items"][0]["added"]);
    for (segment, uid) in [&one, &two].into_iter().zip(&uids) {
        let shown = host.json(&["segment", "show", &segment.to_string()]).await;
        assert_eq!((&shown["isLocal"], &shown["remoteExtra"]["uid"]), (&false.into(), &uid.as_str().into()));
        assert_eq!(shown["createStatus"]["state"], "succeeded");
    }
    assert_eq!(host.stored_files().len(), 2);

    remove_there(onlooker, &uids[0]).await;
    let synced = host.run(&SYNC).await.exits(0).json();
    assert_eq!(synced["items"][0]["removed"][0]["id"], one.to_string());
    gone(host, &one).await;
    assert_eq!(host.stored_files().len(), 2, "its file belongs to the trash");

    // An empty list is more likely a mistake than the truth: it waits for a word.
    remove_there(onlooker, &uids[1]).await;
    let held = host.run(&SYNC).await.exits(3).json();
    assert_eq!(held["items"][0]["held"][0]["id"], two.to_string());
    host.json(&["segment", "show", &two.to_string()]).await;
    let synced = host.run(&[&SYNC[..], &["--yes"]].concat()).await.exits(0).json();
    assert_eq!(synced["items"][0]["removed"][0]["id"], two.to_string());
    gone(host, &two).await;
    let trash = host.json(&["trash", "list"]).await;
    assert!(trash["items"].as_array().unwrap().iter().all(|entry| entry["cause"] == "sync"), "{trash}");
    assert_eq!((host.stored_files().len(), &trash["total"]), (2, &2.into()));
}

async fn gone(host: &Host, segment: &SegmentId) {
    let segment = segment.to_string();
    host.run(&["segment", "show", &segment, "-o", "json"]).await.refuses(4, "notFound", &[&segment]);
}

/// Creates a segment on the platform without us; its uid.
pub(crate) async fn create_there(host: &Host, onlooker: &Service, segment: &SegmentId) -> String {
    let file =
        archive::segment(host.path(), segment.prefix.as_str(), segment.version.as_str(), "zip", 100_000);
    let bytes = std::fs::read(file).unwrap();
    let header = NewSegment {
        id: segment.clone(),
        name: FreeText::from("made elsewhere"),
        kind: FreeText::default(),
        file_name: FreeText::from("elsewhere.zip"),
        file_size: bytes.len() as u64,
        sha256: Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect(),
    };
    let stream: FileStream = futures::stream::iter([Ok(bytes.into())]).boxed();
    let operation = OperationId::derive(&["elsewhere", &segment.to_string()]);
    let sdp = onlooker.remotes.repository(RemoteKind::Sdp).unwrap();
    sdp.create(&operation, &header, stream).await.unwrap().uid
}

/// Takes it off the platform without us.
pub(crate) async fn remove_there(onlooker: &Service, uid: &str) {
    let sdp = onlooker.remotes.repository(RemoteKind::Sdp).unwrap();
    sdp.delete(&OperationId::derive(&["gone", uid]), uid).await.unwrap();
}
