//! Tokens, TLS, and a platform that is away.

use std::path::Path;
use std::time::{Duration, Instant};

use segdeck::domain::RemoteKind;
use segdeck::platform::{PlatformOptions, ServerTls, serve};
use segdeck::remote::grpc::{RemoteConfigError, connect_one};
use segdeck::remote::{Meaning, RemoteError, Remotes};
use segdeck::settings::RemoteSettings;
use tempfile::tempdir;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::rig::{Rig, Wish, settings};

/// Two folders: the platform's data, and the client's token.
async fn guarded(dir: &Path, token: &str) -> Rig {
    let token_file = dir.join("token");
    std::fs::write(&token_file, token).unwrap();
    let wish = Wish {
        change: Some(|options| {
            let file = options.data.parent().unwrap().join("server-token");
            std::fs::write(&file, "s3cret\n").unwrap();
            let args = <Line as clap::Parser>::try_parse_from([
                "platform",
                "--listen",
                "127.0.0.1:0",
                "--data",
                options.data.to_str().unwrap(),
                "--token-file",
                file.to_str().unwrap(),
            ]);
            options.token = args.unwrap().args.options().unwrap().token;
        }),
        token_file,
        ..Wish::default()
    };
    Rig::start_with(&dir.join("data"), wish).await
}

#[derive(clap::Parser)]
struct Line {
    #[command(flatten)]
    args: segdeck::platform::PlatformArgs,
}

#[tokio::test]
async fn a_token_is_needed_where_one_is_set() {
    let dir = tempdir().unwrap();
    let rig = guarded(dir.path(), "s3cret").await;
    rig.create("c", "a@1", b"x").await.unwrap();

    let without =
        connect_one(Remotes::default(), RemoteKind::Sdp, &settings(format!("http://{}", rig.address)));
    let without = without.unwrap();
    let error = without.repository(RemoteKind::Sdp).unwrap().list("").await.unwrap_err();
    assert_eq!((error.meaning, error.code.as_str()), (Meaning::NotAuthenticated, "UNAUTHENTICATED"));
    let error = without.deployment(RemoteKind::Sdp).unwrap().list_devices().await.unwrap_err();
    assert_eq!(error.meaning, Meaning::NotAuthenticated);
    rig.stop().await;
}

#[tokio::test]
async fn a_rotated_token_is_read_again_and_never_told() {
    let dir = tempdir().unwrap();
    let rig = guarded(dir.path(), "old-and-wr0ng").await;
    let error = rig.repository().list("").await.unwrap_err();
    assert_eq!(error.meaning, Meaning::NotAuthenticated);
    let error = rig.create("c", "a@1", b"x").await.unwrap_err();
    assert_eq!(error.meaning, Meaning::NotAuthenticated);
    assert!(!format!("{error} {error:?}").contains("wr0ng"));
    std::fs::write(dir.path().join("token"), "s3cret\n").unwrap();
    rig.repository().list("").await.unwrap();
    rig.create("c", "a@1", b"x").await.unwrap();
    rig.stop().await;
}

fn list(remotes: &Remotes) -> impl Future<Output = Result<(), RemoteError>> {
    let repository = remotes.repository(RemoteKind::Sdp).unwrap().clone();
    async move { repository.list("").await.map(drop) }
}

#[tokio::test]
async fn a_platform_that_is_away_is_named() {
    // Bound and dropped: nobody listens there.
    let address = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let remotes =
        connect_one(Remotes::default(), RemoteKind::Sdp, &settings(format!("http://{address}"))).unwrap();
    let started = Instant::now();
    let error = list(&remotes).await.unwrap_err();
    assert!(started.elapsed() < Duration::from_secs(6));
    assert_eq!((error.meaning, error.code.as_str()), (Meaning::Unclear, "UNAVAILABLE"));
    let told = error.to_string();
    assert!(told.contains(&address.to_string()) && told.contains("refused"), "{told}");
    let file = crate::rig::file(b"x");
    let new = crate::rig::segment("a@1", b"x");
    let repository = remotes.repository(RemoteKind::Sdp).unwrap();
    let error = repository.create(&crate::rig::operation("c"), &new, file).await.unwrap_err();
    assert_eq!((error.meaning, error.code.as_str()), (Meaning::Unclear, "UNAVAILABLE"));
}

#[tokio::test]
async fn a_platform_that_comes_back_is_found_again() {
    let dir = tempdir().unwrap();
    let rig = Rig::start(dir.path()).await;
    rig.repository().list("").await.unwrap();
    let (remotes, address) = (rig.remotes.clone(), rig.address);
    rig.stop().await;
    assert_eq!(list(&remotes).await.unwrap_err().meaning, Meaning::Unclear);
    let listener = TcpListener::bind(address).await.unwrap();
    let shutdown = CancellationToken::new();
    let serving = tokio::spawn(serve(PlatformOptions::new(dir.path()), listener, shutdown.clone()));
    list(&remotes).await.unwrap();
    shutdown.cancel();
    serving.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_platform_that_says_nothing_is_given_up() {
    // Accepts, and never answers a byte.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let silent = tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((connection, _)) = listener.accept().await {
            held.push(connection);
        }
    });
    let remotes =
        connect_one(Remotes::default(), RemoteKind::Sdp, &settings(format!("http://{address}"))).unwrap();
    let started = Instant::now();
    let error = list(&remotes).await.unwrap_err();
    assert_eq!(error.meaning, Meaning::Unclear);
    assert!(started.elapsed() < Duration::from_secs(13), "{:?}", started.elapsed());
    silent.abort();
}

/// An authority, and certificates for a server and a client, made on the spot.
fn certificates(dir: &Path) {
    use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
    let write = |name: String, text: String| std::fs::write(dir.join(name), text).unwrap();
    let mut authority = CertificateParams::new([]).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    write("ca.pem".to_owned(), authority.self_signed(&key).unwrap().pem());
    let issuer = Issuer::new(authority, key);
    for who in ["server", "client"] {
        let key = KeyPair::generate().unwrap();
        let signed = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap().signed_by(&key, &issuer);
        write(format!("{who}.pem"), signed.unwrap().pem());
        write(format!("{who}.key"), key.serialize_pem());
    }
}

#[tokio::test]
async fn tls_with_certificates_on_both_sides() {
    let dir = tempdir().unwrap();
    certificates(dir.path());
    let path = |name: &str| dir.path().join(name);
    let read = |name: &str| std::fs::read(path(name)).unwrap();
    let mut options = PlatformOptions::new(dir.path().join("data"));
    options.tls = Some(ServerTls {
        cert: read("server.pem"),
        key: read("server.key"),
        client_ca: Some(read("ca.pem")),
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let shutdown = CancellationToken::new();
    let serving = tokio::spawn(serve(options, listener, shutdown.clone()));
    let full = RemoteSettings {
        ca_file: path("ca.pem"),
        cert_file: path("client.pem"),
        key_file: path("client.key"),
        ..settings(format!("https://{address}"))
    };
    let try_with = |settings: &RemoteSettings| {
        let remotes = connect_one(Remotes::default(), RemoteKind::Sdp, settings).unwrap();
        async move { list(&remotes).await }
    };
    try_with(&full).await.unwrap();
    let nobody = RemoteSettings { cert_file: "".into(), key_file: "".into(), ..full.clone() };
    assert_eq!(try_with(&nobody).await.unwrap_err().meaning, Meaning::Unclear);
    let stranger = RemoteSettings { ca_file: path("client.pem"), ..full.clone() };
    assert_eq!(try_with(&stranger).await.unwrap_err().meaning, Meaning::Unclear);
    shutdown.cancel();
    serving.await.unwrap().unwrap();
}

#[test]
fn settings_that_cannot_work_are_told_before_any_call() {
    let dir = tempdir().unwrap();
    let connect =
        |settings: RemoteSettings| connect_one(Remotes::default(), RemoteKind::Sdp, &settings).err().unwrap();
    for endpoint in ["localhost:7600", "ftp://host", "http://", "http://user:pw@host:1", "not an address"] {
        let error = connect(settings(endpoint.to_owned()));
        assert!(matches!(error, RemoteConfigError::Endpoint { .. }), "{endpoint}: {error}");
    }
    let https = settings("https://host:1".to_owned());
    assert!(matches!(connect(https.clone()), RemoteConfigError::Tls { .. }));
    let missing = RemoteSettings { ca_file: dir.path().join("none"), ..https };
    assert!(matches!(connect(missing), RemoteConfigError::File { setting: "ca_file", .. }));
    let http = settings("http://host:1".to_owned());
    let token_file = dir.path().join("token");
    std::fs::write(&token_file, "two words\n").unwrap();
    let token = RemoteSettings { token_file, ..http.clone() };
    assert!(matches!(connect(token), RemoteConfigError::Token { .. }));
    let tls = RemoteSettings { ca_file: dir.path().join("token"), ..http };
    assert!(matches!(connect(tls), RemoteConfigError::Tls { .. }));
}
