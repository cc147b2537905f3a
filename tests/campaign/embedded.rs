//! Two processes commit to one embedded store, and one of them is killed: what it was told is done is there, and
//! the file is whole.

use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Instant;

use segdeck::store::embedded::EmbeddedStore;
use segdeck::store::{Key, Op, SharedStore, Txn, TxnOutcome};

use crate::chance::Chance;
use crate::rounds;

/// Set in the child: the store's file.
const FILE: &str = "SEGDECK_TEST_STORE";
/// Set in the child: what its keys begin with.
const NAME: &str = "SEGDECK_TEST_NAME";

/// Kills in one file; then comes a new one, so that looking through it stays short.
const KILLS_A_FILE: usize = 25;

async fn commit(store: &SharedStore, ops: Vec<Op>) {
    match store.txn(Txn { compares: Vec::new(), ops }).await.unwrap() {
        TxnOutcome::Done(_) => {}
        refused @ TxnOutcome::Refused { .. } => panic!("without a compare: {refused:?}"),
    }
}

/// Not a test of its own: what a child of the campaign runs until it is killed. Four tasks write pairs of
/// records, so that commits come in groups, and print the number of each that was answered.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child() {
    let Some(file) = std::env::var_os(FILE) else { return };
    let name = std::env::var(NAME).unwrap();
    let store: SharedStore = EmbeddedStore::open(Path::new(&file)).await.unwrap();
    let tasks: Vec<_> = (0..4)
        .map(|task| {
            let (store, name) = (store.clone(), name.clone());
            tokio::spawn(async move {
                for n in 0..100_000 {
                    let name = format!("{name}-{task}-{n:06}");
                    let put = |side: &str| {
                        Op::Put(Key::from_stored(format!("{side}/{name}")), vec![b'x'; 3_000].into(), None)
                    };
                    commit(&store, vec![put("left"), put("right")]).await;
                    println!("\nanswered {name}");
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

/// A child, and what it says.
struct Writer {
    child: Child,
    name: String,
    said: mpsc::Receiver<String>,
}

impl Writer {
    fn start(file: &Path, name: String) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "embedded::child", "--nocapture"])
            .env(FILE, file)
            .env(NAME, &name)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (sender, said) = mpsc::channel();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // It never waits for us: what it says is taken at once.
        std::thread::spawn(move || {
            let answered = |line: String| line.strip_prefix("answered ").map(str::to_owned);
            lines.map_while(Result::ok).filter_map(answered).try_for_each(|name| sender.send(name))
        });
        Self { child, name, said }
    }

    /// Waits for so many answers.
    fn hear(&self, count: usize, answered: &mut Vec<String>) {
        answered.extend((0..count).map(|_| self.said.recv().expect("it writes until it is killed")));
    }

    /// Kills it; everything that it said until then.
    fn kill(mut self, answered: &mut Vec<String>) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        answered.extend(self.said.iter());
    }
}

/// What is below a prefix, without the first part of its key.
async fn names(store: &SharedStore, side: &str, writer: &str) -> Vec<String> {
    let prefix = format!("{side}/");
    let page = store.list_all(&format!("{prefix}{writer}-")).await.unwrap();
    page.entries.iter().map(|entry| entry.key.as_str().trim_start_matches(&prefix).to_owned()).collect()
}

fn file_of(folder: &tempfile::TempDir) -> PathBuf {
    folder.path().join("store.db")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn campaign() {
    let kills = rounds(6);
    let begun = Instant::now();
    let mut chance = Chance::new(1);
    let (mut answers, mut beside) = (0, 0);
    let mut folder = tempfile::tempdir().unwrap();
    let mut writers: VecDeque<Writer> = VecDeque::new();
    for kill in 0..kills {
        if kill % KILLS_A_FILE == 0 {
            writers.drain(..).for_each(|writer| writer.kill(&mut Vec::new()));
            folder = tempfile::tempdir().unwrap();
        }
        while writers.len() < 2 {
            let number = kill * 2 + writers.len();
            writers.push_back(Writer::start(&file_of(&folder), format!("writer-{number}")));
        }
        let writer = writers.pop_front().unwrap();
        let (name, mut answered, mut others) = (writer.name.clone(), Vec::new(), Vec::new());
        // Killed at another moment each time, while the other one goes on.
        writer.hear(1 + chance.below(60) as usize, &mut answered);
        writers[0].hear(1, &mut others);
        writer.kill(&mut answered);
        writers[0].hear(5, &mut others);

        let store: SharedStore = EmbeddedStore::open(&file_of(&folder)).await.unwrap();
        let left = names(&store, "left", &name).await;
        assert_eq!(left, names(&store, "right", &name).await, "no pair is torn");
        let lost: Vec<&String> = answered.iter().filter(|name| left.binary_search(name).is_err()).collect();
        assert!(lost.is_empty(), "lost by kill {kill}: {lost:?}");
        let other = names(&store, "left", &writers[0].name).await;
        assert!(others.iter().all(|name| other.binary_search(name).is_ok()), "lost while kill {kill}");
        commit(&store, vec![Op::Put(Key::from_stored("after"), kill.to_string().into(), None)]).await;
        let database = rusqlite::Connection::open(file_of(&folder)).unwrap();
        database.busy_timeout(std::time::Duration::from_secs(5)).unwrap();
        let check: String = database.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(check, "ok");
        answers += answered.len();
        beside += others.len();
    }
    writers.drain(..).for_each(|writer| writer.kill(&mut Vec::new()));
    println!(
        "{kills} kills in {} s: {answers} acknowledged pairs of those killed and {beside} of those beside them, \
         0 lost, {kills} clean reopens",
        begun.elapsed().as_secs()
    );
}
