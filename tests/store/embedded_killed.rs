//! A process that is killed while it commits: what it was told is done is there, and the file is whole.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use segdeck::store::SharedStore;

use crate::conformance::{commit, keys_below, names, put};
use crate::embedded_bench::{Folder, sql};

/// Set in the child: the store's file.
const FILE: &str = "SEGDECK_TEST_STORE";
/// Set in the child: what its keys begin with.
const ROUND: &str = "SEGDECK_TEST_ROUND";

/// Not a test of its own: what the child of the test below runs until it is killed. Four tasks write pairs
/// of records, so that commits come in groups, and print the number of each that was answered.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child() {
    let Some(file) = std::env::var_os(FILE) else { return };
    let round = std::env::var(ROUND).unwrap();
    let store: SharedStore = segdeck::store::embedded::EmbeddedStore::open(Path::new(&file)).await.unwrap();
    let tasks: Vec<_> = (0..4)
        .map(|task| {
            let (store, round) = (store.clone(), round.clone());
            tokio::spawn(async move {
                for n in 0..100_000 {
                    let name = format!("{round}-{task}-{n:06}");
                    let value = vec![b'x'; 3_000];
                    let pair =
                        vec![put(format!("left/{name}"), &value), put(format!("right/{name}"), &value)];
                    commit(&store, pair).await;
                    println!("\nanswered {name}");
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

fn start(file: &Path, round: usize) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "embedded_killed::child", "--nocapture"])
        .env(FILE, file)
        .env(ROUND, round.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_answered_outlives_the_kill() {
    let folder = Folder::new();
    let mut answered: Vec<String> = Vec::new();
    for round in 0..6 {
        let mut child = start(&folder.file, round);
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut heard = 0;
        for line in lines {
            let line = line.unwrap();
            if let Some(name) = line.strip_prefix("answered ") {
                answered.push(format!("left/{name}"));
                heard += 1;
            }
            // Killed at another moment each time; what it printed until then is read to the end.
            if heard == 10 + 17 * round {
                child.kill().unwrap();
            }
        }
        child.wait().unwrap();
        let store = folder.open().await;
        let left = keys_below(&store, "left/").await;
        let right = store.list_all("right/").await.unwrap().entries;
        let halves: Vec<String> = names(&right).iter().map(|key| key.replace("right/", "left/")).collect();
        assert_eq!(left, halves, "no pair is torn");
        let lost: Vec<&String> = answered.iter().filter(|key| left.binary_search(key).is_err()).collect();
        assert!(lost.is_empty(), "lost in round {round}: {lost:?}");
        assert!(heard >= 10 + 17 * round);
        let check: String =
            sql(&folder.file).query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(check, "ok");
        commit(&store, vec![put("after", round.to_string())]).await;
    }
    println!("{} answered pairs over six kills", answered.len());
}
