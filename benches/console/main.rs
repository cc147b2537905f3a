//! What an operator feels: the real binary in a real pseudo-terminal, beside fzf and csvlens with the same rows.
//!
//! `cargo bench --bench console [-- PART]`, where a part is `keys`, `quiet`, `install` or `unread`, all of them if
//! not said, or `moves`, which is a part of `keys` in several rounds. 100,000 segments in an etcd of its own. fzf and
//! csvlens are taken from the path where they are there.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a failed step is a failed run
#![allow(missing_docs, unreachable_pub, reason = "nothing is outside of a benchmark")]

#[path = "../../tests/common/archive.rs"]
#[allow(dead_code, unreachable_pub, reason = "each user takes its own part of it")]
mod archive;
mod busy;
#[path = "../../tests/common/etcd.rs"]
mod etcd;
mod figures;
mod keys;
mod pty;
mod quiet;
mod rivals;
#[path = "../common/segments.rs"]
mod segments;

use segdeck::store::{EtcdStore, SharedStore};

/// Root of all keys.
const ROOT: &str = "/bench";

const RECORDS: usize = 100_000;

fn main() {
    // Cargo hands `--bench` over too.
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let wanted = |part: &str| words.is_empty() || words.iter().any(|word| word == part);
    let folder = tempfile::tempdir().unwrap();
    let server = etcd::Etcd::start();
    if wanted("install") {
        busy::install(&server, folder.path());
    }
    if wanted("unread") {
        busy::unread(&server, folder.path());
    }
    let moves = words.iter().any(|word| word == "moves");
    if !wanted("keys") && !wanted("quiet") && !moves {
        return;
    }
    fill(&server);
    if wanted("keys") || moves {
        let rows = rivals::write_rows(folder.path(), RECORDS);
        let mut programs = vec![rivals::segdeck(&server.endpoint(), folder.path())];
        programs.extend(rivals::others(&rows));
        if moves {
            keys::moves(&programs);
        }
        if wanted("keys") {
            keys::compare(&programs, RECORDS);
        }
    }
    if wanted("quiet") {
        quiet::measure(&server.endpoint(), folder.path());
    }
}

#[tokio::main]
async fn fill(server: &etcd::Etcd) {
    let store: SharedStore = EtcdStore::open(&server.settings(ROOT)).unwrap();
    segments::fill(&store, RECORDS).await;
}
