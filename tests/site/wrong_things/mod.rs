//! A process that a setting, a copy or a restore points to the wrong thing: what it says and does, a row of a table for
//! each way. In none of them a file or a record is lost.

mod asked;
mod bucket;
mod copied_records;
mod older;
mod platform;
mod world;

use std::path::Path;

use crate::common::archive;
use crate::common::etcd::Etcd;
use crate::common::site::On;
use crate::host::{Host, files_below};

use self::asked::ask;
use self::world::{World, folder};

/// What somebody must do who means it.
const ADOPT: &str = "segdeck storage adopt";

/// A wrong setting for one process: it does nothing, and the right ones find everything as it was.
async fn does_nothing(host: &Host, way: &str, wrong: &[&str], word: &str) {
    let world = World::begin(host).await;
    let mut row = ask(host, way, wrong).await;
    row.is_refused(word);
    world.is_untouched().await;
    row.does("nothing");
    world.ends_whole(row).await;
}

fn set(setting: &str, value: impl std::fmt::Display) -> String {
    format!("{setting}={value}")
}

fn storage(path: &Path) -> String {
    set("storage.url", format_args!("file://{}", path.display()))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_typo_in_the_prefix() {
    Host::test(On::Etcd, async |host| {
        let wrong = ["--set", "store.prefix=/segdek"];
        does_nothing(host, "a typo in `store.prefix`", &wrong, ADOPT).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_forgotten_backend() {
    Host::test(On::Etcd, async |host| {
        let wrong = ["--set", "store.backend=embedded"];
        does_nothing(host, "`store.backend` forgotten", &wrong, ADOPT).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_etcd() {
    Host::test(On::Etcd, async |host| {
        let other = Etcd::start();
        let endpoint = set("store.endpoints", format_args!("http://{}", other.endpoint()));
        does_nothing(host, "another, empty etcd", &["--set", &endpoint], ADOPT).await;
        // Somebody asked for a sync there, and it stays a question.
        let keys = other.ctl(&["get", "--prefix", "", "--keys-only"]);
        assert!(keys.contains("/site-") && !keys.contains("/segments/"), "{keys}");
        assert!(!keys.contains("meta/storage") && !keys.contains("meta/site"), "nor does it claim: {keys}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_empty_folder() {
    Host::test(On::Embedded, async |host| {
        let empty = host.path().join("empty");
        std::fs::create_dir(&empty).unwrap();
        let wrong = ["--set", &storage(&empty)];
        does_nothing(host, "an empty folder as `storage.url`", &wrong, "is it mounted?").await;
        assert_eq!(files_below(&empty), Vec::<std::path::PathBuf>::new(), "nor does it claim it");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_folder_of_another_site() {
    Host::test(On::Embedded, async |host| {
        let theirs = host.path().join("theirs");
        let (url, store) = (storage(&theirs), set("store.path", host.path().join("theirs.db").display()));
        let file = archive::segment(host.path(), "other", "1.0", "zip", 10_000);
        host.configure("", "[sdp]\nendpoint = \"http://127.0.0.1:1\"\n");
        let upload = ["--set", &url, "--set", &store, "segment", "upload", file.to_str().unwrap()];
        host.run(&upload).await.exits(0);
        let before = crate::stranger::age(&theirs);
        assert!(before.len() > 1, "their file and whose the storage is");
        does_nothing(host, "the folder of another site", &["--set", &url], "another shared storage").await;
        assert_eq!(crate::stranger::age(&theirs), before, "theirs are untouched as well");
    })
    .await;
}

/// The process is right, and the folder is a copy: everything that it does there comes back from the platform.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_of_the_files() {
    Host::test(On::Embedded, async |host| {
        let world = World::begin(host).await;
        let copy = host.path().join("copy");
        let mut cp = host.program("cp");
        cp.arg("-a").arg(folder(host)).arg(&copy);
        host.output(cp, &["cp"]).await.exits(0);
        let mut row = ask(host, "a copy of the files", &["--set", &storage(&copy)]).await;
        row.is_led();
        world.is_untouched_beside(&["/map/"]).await;
        row.does("works on the copy");
        world.ends_whole(row).await;
        // What was uploaded there lies in the right folder too.
        host.run(&["segment", "verify", "map@1.0", "-o", "json"]).await.exits(0);
    })
    .await;
}
