//! The demo without its console.

use super::*;

fn global() -> Global {
    Global { output: Default::default(), config: None, set: Vec::new(), read_only: false }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_demo_is_filled_once_and_shared_by_a_second_console() {
    let home = tempfile::tempdir().unwrap();
    let demo = prepare(&global(), home.path()).await.unwrap();
    let all = ListRequest { per_page: 100, ..ListRequest::default() };
    assert_eq!(demo.service.list_seats(&all).await.unwrap().total, 36);
    let segments = demo.service.list_segments(&all).await.unwrap();
    let ids: Vec<String> = segments.items.iter().map(|segment| segment.id.to_string()).collect();
    assert_eq!(ids, ["geo-base@1.4.0", "nav-core@2.0.0"]);
    let devices = demo.service.remotes.deployment(RemoteKind::Sdp).unwrap().list_devices().await.unwrap();
    assert_eq!(devices.known.len(), 36);

    // A second console beside the first one uses its platform.
    let second = prepare(&global(), home.path()).await.unwrap();
    assert_eq!(second.server.address, demo.server.address);
    second.stop().await;

    // What the operator deleted stays deleted; what they have stays.
    demo.service.forget_seat(&"seat-036".parse().unwrap(), "test", None).await.unwrap();
    demo.stop().await;
    let again = prepare(&global(), home.path()).await.unwrap();
    assert_eq!(again.service.list_seats(&all).await.unwrap().total, 35);
    assert_eq!(again.service.list_segments(&all).await.unwrap().total, 2);
    again.stop().await;
}

/// It makes its own data all the same; its console only looks at them.
#[tokio::test(flavor = "multi_thread")]
async fn a_read_only_demo_is_filled_and_then_only_looked_at() {
    let home = tempfile::tempdir().unwrap();
    let global = Global { set: vec!["ui.read_only=true".to_owned()], ..global() };
    let demo = prepare(&global, home.path()).await.unwrap();
    let all = ListRequest { per_page: 100, ..ListRequest::default() };
    assert_eq!(demo.service.list_seats(&all).await.unwrap().total, 36);
    assert_eq!(demo.service.list_segments(&all).await.unwrap().total, 2);
    let refused = demo.service.forget_seat(&"seat-036".parse().unwrap(), "test", None).await.unwrap_err();
    assert_eq!(refused.code, crate::service::Code::ReadOnly);
    demo.stop().await;
}
