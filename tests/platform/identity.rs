//! Which platform answers: the reference platform's identity, and calls that are meant for another one.

use segdeck::remote::{Meaning, Operation};
use tempfile::tempdir;

use crate::rig::{Rig, Wish, collect, file, ips, noise, operation, segment};

#[tokio::test]
async fn it_goes_with_the_data() {
    let dir = tempdir().unwrap();
    let rig = Rig::start(&dir.path().join("a")).await;
    let first = rig.repository().platform().await.unwrap().unwrap();
    assert!((1..=128).contains(&first.len()) && first.bytes().all(|byte| byte.is_ascii_graphic()));
    rig.stop().await;
    // Another address, the same data.
    let rig = Rig::start(&dir.path().join("a")).await;
    assert_eq!(rig.repository().platform().await.unwrap(), Some(first.clone()));
    rig.stop().await;
    std::fs::rename(dir.path().join("a"), dir.path().join("moved")).unwrap();
    let rig = Rig::start(&dir.path().join("moved")).await;
    assert_eq!(rig.repository().platform().await.unwrap(), Some(first.clone()));
    rig.stop().await;
    let rig = Rig::start(&dir.path().join("a")).await;
    assert_ne!(rig.repository().platform().await.unwrap().unwrap(), first);
    rig.stop().await;
}

#[tokio::test]
async fn what_is_meant_for_another_one_has_no_effect() {
    let dir = tempdir().unwrap();
    let rig = Rig::start(dir.path()).await;
    let own = rig.repository().platform().await.unwrap().unwrap();
    let there = rig.create("c1", "a@1", b"x").await.unwrap();
    rig.repository().pin(Some("another"));
    let told = |error: segdeck::remote::RemoteError| {
        assert_eq!((error.meaning, error.code.as_str()), (Meaning::OtherPlatform, "FAILED_PRECONDITION"));
        assert!(error.to_string().contains(&own), "{error}");
    };
    told(rig.create("c2", "b@1", b"y").await.unwrap_err());
    // One that is worth resuming asks first how much is there.
    let large = noise(9 << 20);
    told(rig.repository().create(&operation("c3"), &segment("c@1", &large), file(&large)).await.unwrap_err());
    told(rig.repository().list("").await.unwrap_err());
    told(rig.repository().find(&there.id.prefix, &there.id.version).await.unwrap_err());
    told(rig.repository().delete(&operation("d1"), &there.uid).await.unwrap_err());
    told(rig.repository().find_operation(&operation("c1")).await.unwrap_err());
    match rig.repository().download(&there.uid, 0).await {
        Ok(stream) => told(collect(stream).await.unwrap_err()),
        Err(error) => told(error),
    }
    // Both services are one platform, and the pin is that of both.
    let seats = ips(0..2);
    told(rig.deployment().batch_install(&operation("i1"), &there.uid, &seats).await.unwrap_err());
    told(rig.deployment().batch_uninstall(&operation("u1"), &there.uid, &seats).await.unwrap_err());
    told(rig.deployment().list_devices().await.unwrap_err());
    told(rig.deployment().get_task("t").await.unwrap_err());
    told(rig.deployment().cancel_task(&operation("x1"), "t").await.unwrap_err());
    told(rig.deployment().list_installed(seats[0]).await.unwrap_err());
    told(rig.deployment().find_operation(&operation("i1")).await.unwrap_err());
    // Who it is, is asked of whoever answers.
    assert_eq!(rig.repository().platform().await.unwrap(), Some(own.clone()));

    rig.repository().pin(Some(&own));
    let listed = rig.repository().list("").await.unwrap().segments;
    assert_eq!(listed.iter().map(|segment| &segment.uid).collect::<Vec<_>>(), [&there.uid]);
    assert_eq!(rig.repository().find_operation(&operation("c2")).await.unwrap(), Operation::Unknown);
    assert_eq!(rig.deployment().find_operation(&operation("i1")).await.unwrap(), Operation::Unknown);
    assert_eq!((rig.files("files"), rig.files("partial")), (1, 0));
    rig.repository().pin(None);
    rig.repository().list("").await.unwrap();
    rig.stop().await;
}

#[tokio::test]
async fn one_of_before_ignores_whom_a_call_is_meant_for() {
    let dir = tempdir().unwrap();
    let wish = || Wish { change: Some(|options| options.anonymous = true), ..Wish::default() };
    let rig = Rig::start_with(dir.path(), wish()).await;
    assert_eq!(rig.repository().platform().await.unwrap(), None);
    rig.repository().pin(Some("another"));
    rig.create("c1", "a@1", b"x").await.unwrap();
    assert_eq!(rig.repository().list("").await.unwrap().segments.len(), 1);
    rig.deployment().list_devices().await.unwrap();
    rig.stop().await;
}
