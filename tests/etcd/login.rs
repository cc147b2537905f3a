//! Users, rights and certificates.

use segdeck::settings::StoreSettings;
use segdeck::store::{EtcdStore, Key, Op, ReadStore, Store, StoreError, Txn, TxnOutcome};

use crate::etcd::{Etcd, Options, Tls};

const PASSWORD: &str = "correct-horse";

fn login(server: &Etcd, prefix: &str, password: &str) -> StoreSettings {
    StoreSettings {
        username: "console".into(),
        password_file: server.file(&format!("password-{password}"), &format!("{password}\n")),
        ..server.settings(prefix)
    }
}

async fn put(store: &EtcdStore, value: &'static str) -> Result<TxnOutcome, StoreError> {
    store.txn(Txn { compares: vec![], ops: vec![Op::Put(Key::from_stored("a"), value.into(), None)] }).await
}

/// The text of a refusal.
fn denied<T: std::fmt::Debug>(result: Result<T, StoreError>) -> String {
    match result {
        Err(error @ StoreError::Denied { .. }) => error.to_string(),
        other => panic!("not denied: {other:?}"),
    }
}

#[tokio::test]
async fn a_login_is_checked_and_renewed() {
    let mut server = Etcd::start();
    server.enable_auth("console", PASSWORD, "/login/");
    let store = EtcdStore::open(&login(&server, "/login", PASSWORD)).unwrap();
    assert!(matches!(put(&store, "1").await, Ok(TxnOutcome::Done(_))));
    let mut watch = store.watch("", 0).await.unwrap();
    put(&store, "2").await.unwrap();
    assert_eq!(watch.recv().await.unwrap().unwrap().events.len(), 1);

    // Tokens live in the server's memory: after a restart they are as good as expired.
    server.restart();
    // The read notices the broken connection; a transaction on it would rightly end in doubt.
    store.get(&Key::from_stored("a")).await.unwrap();
    assert!(matches!(put(&store, "3").await, Ok(TxnOutcome::Done(_))));
    let mut watch = store.watch("", 0).await.expect("the watch's own login is renewed too");
    let (lease, _) = store.lease_grant(std::time::Duration::from_secs(30)).await.unwrap();
    assert!(!store.lease_renew(lease).await.unwrap().is_zero());
    // A change of rights makes every token old.
    server.ctl(&["--user", "root:root", "user", "add", "other:other"]);
    assert!(matches!(put(&store, "4").await, Ok(TxnOutcome::Done(_))));
    assert_eq!(watch.recv().await.unwrap().unwrap().events.len(), 1);

    let wrong = EtcdStore::open(&login(&server, "/login", "wrong-horse")).unwrap();
    for text in
        [denied(put(&wrong, "5").await), denied(wrong.list_all("").await), denied(wrong.watch("", 0).await)]
    {
        assert!(text.contains("\"console\"") && text.contains("password_file"), "{text}");
        assert!(!text.contains("horse"), "{text}");
    }
    let elsewhere = EtcdStore::open(&login(&server, "/elsewhere", PASSWORD)).unwrap();
    assert!(denied(elsewhere.list_all("").await).contains("/elsewhere/"));
    assert!(denied(elsewhere.watch("", 0).await).contains("/elsewhere/"));
    let nobody = EtcdStore::open(&server.settings("/login")).unwrap();
    assert!(denied(put(&nobody, "6").await).contains("store.username"));
}

#[tokio::test]
async fn a_user_where_none_is_wanted_is_told() {
    let server = Etcd::start();
    let store = EtcdStore::open(&login(&server, "/login", PASSWORD)).unwrap();
    assert!(denied(put(&store, "1").await).contains("not enabled"));
}

#[tokio::test]
async fn certificates_are_checked_on_both_sides() {
    let server = Etcd::start_with(Options { tls: Some(Tls::generate("console")), ..Options::default() });
    let settings = server.settings("/tls");
    let store = EtcdStore::open(&settings).unwrap();
    assert!(matches!(put(&store, "1").await, Ok(TxnOutcome::Done(_))));
    let mut watch = store.watch("", 0).await.unwrap();
    put(&store, "2").await.unwrap();
    assert_eq!(watch.recv().await.unwrap().unwrap().events.len(), 1);

    let without = StoreSettings { cert_file: "".into(), key_file: "".into(), ..settings.clone() };
    let error = put(&EtcdStore::open(&without).unwrap(), "3").await.unwrap_err();
    assert!(matches!(error, StoreError::Denied { .. } | StoreError::Unavailable { .. }), "{error:?}");
    assert!(error.to_string().contains("store.cert_file"), "{error}");

    let strangers = Tls::generate("console");
    let strange_ca = StoreSettings { ca_file: strangers.ca.clone(), ..without };
    let error = put(&EtcdStore::open(&strange_ca).unwrap(), "4").await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable { .. }), "{error:?}");
    assert!(error.to_string().contains("store.ca_file"), "{error}");

    let mixed = StoreSettings { key_file: strangers.key.clone(), ..settings };
    assert!(
        matches!(EtcdStore::open(&mixed), Err(StoreError::Misconfigured(_))),
        "a key of another certificate"
    );
}
