//! Two processes upload the same segment at once.

use crate::common::archive;
use crate::common::site::On;
use crate::host::Host;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn etcd() {
    Host::test(On::Etcd, one_wins).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn embedded() {
    Host::test(On::Embedded, one_wins).await;
}

async fn one_wins(host: &Host) {
    host.configure("", "");
    for version in ["1.0", "2.0", "3.0"] {
        let file = archive::segment(host.path(), "nav", version, "zip", 5 << 20);
        let upload = ["segment", "upload", file.to_str().unwrap(), "-o", "json"];
        let (one, other) = tokio::join!(host.run(&upload), host.run(&upload));
        let (won, lost) = if one.code == 0 { (one, other) } else { (other, one) };
        let segment = format!("nav@{version}");
        let record = won.exits(0).json();
        lost.refuses(3, "exists", &[&segment]);
        let shown = host.json(&["segment", "show", &segment]).await;
        assert_eq!(shown["storageKey"], record["storageKey"], "the loser changed nothing");
    }
    assert_eq!(host.stored_files().len(), 3, "no loser's file is left");
}
