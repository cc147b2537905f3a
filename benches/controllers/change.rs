//! From a change to the row in another process's cache, beside a put and a bare watch in another process.
//!
//! Two processes watch: one with a cache, below one root, one with bare etcd-client, below another of as many
//! records. Changes are made one after the other, here and there in turn; both note when they have seen which
//! revision. Times are those since the start of the machine, which all processes share.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use etcd_client::WatchOptions;
use segdeck::domain::Clock;
use segdeck::store::{Cache, Change, EtcdStore, Freshness, Key, Op, SharedStore, Txn, TxnOutcome};
use tokio_util::sync::CancellationToken;

use crate::etcd::{self, Etcd};
use crate::journal::{self, OURS, Put};

/// Records on each side.
const RECORDS: usize = 5_000;

/// Changes on each side.
const CHANGES: usize = 2_000;

/// Between two changes.
const PAUSE: Duration = Duration::from_millis(2);

/// What a process watches with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Watching {
    Cache,
    Bare,
}

impl Watching {
    pub fn of(word: &str) -> Option<Self> {
        [Self::Cache, Self::Bare].into_iter().find(|one| one.word() == word)
    }

    fn word(self) -> &'static str {
        match self {
            Self::Cache => "watch-with-cache",
            Self::Bare => "watch-bare",
        }
    }

    /// Below which root.
    fn root(self) -> String {
        match self {
            Self::Cache => OURS.to_owned(),
            Self::Bare => String::from_utf8(journal::again(OURS.as_bytes())).unwrap(),
        }
    }
}

/// In a process of its own: notes what it sees until its input ends.
pub async fn watch(watching: Watching, endpoint: &str) {
    let ended = CancellationToken::new();
    let ends = ended.clone();
    std::thread::spawn(move || {
        let _ = std::io::stdin().read_line(&mut String::new());
        ends.cancel();
    });
    let mut seen: Vec<(i64, Duration)> = Vec::new();
    match watching {
        Watching::Cache => {
            let store: SharedStore = EtcdStore::open(&etcd::settings(&[endpoint], &watching.root())).unwrap();
            let cache = Cache::start(store, Clock::system(), ended.clone());
            cache
                .freshness()
                .wait_for(|freshness| matches!(freshness, Freshness::Live { .. }))
                .await
                .unwrap();
            assert_eq!(cache.read(|rows| rows.segments.len()), RECORDS);
            let mut changes = cache.subscribe();
            changes.next().await;
            println!("ready");
            while let Some(news) = ended.run_until_cancelled(changes.next()).await {
                let now = now();
                for change in news {
                    let Change::Segment(id) = change else { continue };
                    seen.push((cache.read(|rows| rows.segments[&id].mod_revision), now));
                }
            }
        }
        Watching::Bare => {
            let client = journal::connect(endpoint).await;
            let options = WatchOptions::new().with_prefix();
            let mut watch = client.watch_client().watch(watching.root(), Some(options)).await.unwrap();
            assert!(watch.message().await.unwrap().unwrap().created());
            println!("ready");
            while let Some(news) = ended.run_until_cancelled(watch.message()).await {
                let now = now();
                for event in news.unwrap().unwrap().events() {
                    seen.push((event.kv().unwrap().mod_revision(), now));
                }
            }
        }
    }
    let mut out = std::io::stdout().lock();
    for (revision, at) in seen {
        writeln!(out, "{revision} {}", at.as_nanos()).unwrap();
    }
}

pub async fn compare() {
    let etcd = Etcd::start();
    let raw = journal::connect(&etcd.endpoint()).await;
    let ours = records();
    journal::put_all(&raw, &ours).await;
    let bare: Vec<Put> = ours.iter().map(Put::again).collect();
    journal::put_all(&raw, &bare).await;
    let watchers = [Watching::Cache, Watching::Bare].map(|one| Watcher::start(one, &etcd.endpoint()));

    let store: SharedStore = EtcdStore::open(&etcd.settings(OURS)).unwrap();
    let mut sent = [Vec::new(), Vec::new()];
    for n in 0..CHANGES {
        // Not in key order, as changes come.
        let which = n.wrapping_mul(7_919) % RECORDS;
        let key = Key::from_stored(String::from_utf8(ours[which].key[OURS.len() + 1..].to_vec()).unwrap());
        let op = Op::Put(key, ours[which].value.clone().into(), None);
        let at = now();
        let TxnOutcome::Done(revision) =
            store.txn(Txn { compares: Vec::new(), ops: vec![op] }).await.unwrap()
        else {
            panic!("refused, and nothing was compared")
        };
        sent[0].push((revision, at));
        tokio::time::sleep(PAUSE).await;

        let put = &bare[which];
        let at = now();
        let answer = journal::kv(&raw).put(put.key.clone(), put.value.clone(), None).await.unwrap();
        sent[1].push((answer.header().unwrap().revision(), at));
        tokio::time::sleep(PAUSE).await;
    }
    println!(
        "a change seen in another process, {RECORDS} records on each side, {CHANGES} changes one after the other"
    );
    let [cache, watch] = watchers.map(Watcher::seen);
    let [cache, watch] = [(cache, &sent[0]), (watch, &sent[1])].map(|(seen, sent)| {
        let mut times: Vec<f64> = sent
            .iter()
            .map(|(revision, at)| {
                let (_, seen) = seen.iter().find(|(of, _)| of == revision).expect("it was seen");
                (*seen - *at).as_secs_f64() * 1_000.0
            })
            .collect();
        times.sort_by(f64::total_cmp);
        [times[times.len() / 2], times[times.len() * 99 / 100]]
    });
    println!("  raw put to watch         p50 {:.2} ms, p99 {:.2} ms", watch[0], watch[1]);
    println!(
        "  change to cached row     p50 {:.2} ms, p99 {:.2} ms; {:.2} and {:.2} x raw (goal 2 at p99)",
        cache[0],
        cache[1],
        cache[0] / watch[0],
        cache[1] / watch[1]
    );
}

/// Records of published segments.
fn records() -> Vec<Put> {
    (0..RECORDS)
        .map(|n| {
            let (prefix, version) = (format!("segment-{:05}", n / 4), format!("1.{}.0", n % 4));
            let value = serde_json::json!({
                "id": format!("{prefix}@{version}"), "prefix": prefix, "version": version,
                "name": format!("Software of {prefix}"), "type": "application", "description": "d".repeat(200),
                "vendor": "ACME Marine", "format": "zip", "container": "zip", "remote": "sdp",
                "fileName": format!("{prefix}.zip"), "fileSize": 123_456_789,
                "sha256": "0123456789abcdef".repeat(4), "md5": "0123456789abcdef".repeat(2),
                "storageKey": format!("segments/{prefix}/{version}/01ARZ3NDEKTSV4RRFFQ69G5FAV.zip"),
                "isLocal": true, "createdAt": "2026-01-02T03:04:05.678Z", "createdBy": "anna@bridge-1",
                "updatedAt": "2026-01-02T03:04:06.789Z",
                "createStatus": {"state": "succeeded", "time": "2026-01-02T03:04:06.789Z", "retryCount": 0,
                    "generation": 0},
                "remoteExtra": {"uid": format!("uid-{n:012}")},
            });
            let key = format!("{OURS}/segments/{prefix}/{version}").into_bytes();
            Put { key, value: value.to_string().into_bytes() }
        })
        .collect()
}

/// A process that watches.
struct Watcher {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Watcher {
    /// Returns when it watches.
    fn start(watching: Watching, endpoint: &str) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([watching.word(), endpoint])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (input, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let mut watcher = Self { child, input, output: BufReader::new(output) };
        let mut line = String::new();
        watcher.output.read_line(&mut line).unwrap();
        assert_eq!(line, "ready\n");
        watcher
    }

    /// Ends it; which revisions it saw, and when.
    fn seen(self) -> Vec<(i64, Duration)> {
        let Self { mut child, input, output } = self;
        drop(input);
        let seen = output
            .lines()
            .map(|line| {
                let line = line.unwrap();
                let (revision, at) = line.split_once(' ').unwrap();
                (revision.parse().unwrap(), Duration::from_nanos(at.parse().unwrap()))
            })
            .collect();
        assert!(child.wait().unwrap().success());
        seen
    }
}

/// Since the start of the machine.
fn now() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    Duration::try_from(now).unwrap()
}
