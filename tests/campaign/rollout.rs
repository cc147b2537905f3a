//! A rollout in waves on a whole site, some seats failing and some switched off, whose leader is killed twice: what
//! became of each seat, what the platform was asked for, and what it cost the store.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use segdeck::domain::{InstallLog, InstallState, SeatState, Timestamp, clock};
use segdeck::platform::{LedgerKind, generated_device};
use segdeck::service::{InstallOptions, InstallView, Rollout, Service, Wanted};
use segdeck::store::keys::{self, Named};
use segdeck::store::{self, Revision, WatchEvent};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::common::archive;
use crate::common::site::On;
use crate::crew::next_leader;
use crate::host::Host;
use crate::platform::Platform;
use crate::rounds;
use crate::running::Running;

/// Seats at work at once, as a share of all.
const AT_ONCE: usize = 10;
/// Of a hundred seats so many are switched off, and so many fail.
const OFFLINE: usize = 1;
const FAILING: &str = "0.02";
/// How long a seat is at work, on average: on a whole site, and where there are few.
const SECONDS_A_SEAT: [&str; 2] = ["4", "1"];
/// The leader dies when so many of a hundred seats are at their end.
const DEATHS: [usize; 2] = [20, 60];
/// How long a seat that is switched off is waited for.
const PICKUP: Duration = Duration::from_secs(15);
/// From so many seats on what is counted here says something of large sites.
const MANY: usize = 2_000;
/// Writes of any kind that a seat may cost.
const MOST_WRITES: f64 = 3.0;
/// Writes of the summary in a second: one a poll, which are a second apart but for what they take themselves, and
/// beside it the request or the end.
const MOST_SUMMARIES: usize = 3;
/// Bytes that a value may have.
const MOST_BYTES: usize = 256 * 1024;

/// What was written to the store, by kind of record.
#[derive(Debug, Default)]
struct Written {
    kinds: BTreeMap<String, (usize, usize)>,
    largest: usize,
    /// When the summary of the install was written, in the records' time.
    summaries: Vec<Timestamp>,
}

impl Written {
    fn puts(&self) -> usize {
        self.kinds.values().map(|(puts, _)| puts).sum()
    }

    /// Most writes of the summary in any second, and when the worst one began, in seconds after the first.
    fn most_summaries(&self) -> (usize, i64) {
        let second = Duration::from_secs(1);
        let from = |at: usize| {
            let until = clock::after(self.summaries[at], second);
            self.summaries[at..].iter().take_while(|written| **written < until).count()
        };
        let worst = (0..self.summaries.len()).max_by_key(|at| (from(*at), usize::MAX - at));
        worst.map_or((0, 0), |at| {
            let since = self.summaries[at].duration_since(self.summaries[0]).as_secs();
            (from(at), since)
        })
    }

    fn bytes(&self) -> usize {
        self.kinds.values().map(|(_, bytes)| bytes).sum()
    }
}

/// Looks on from this revision until the install has ended.
fn look_on(
    service: Arc<Service>,
    from: Revision,
) -> (JoinHandle<Written>, watch::Receiver<Option<InstallLog>>) {
    let (sender, latest) = watch::channel(None);
    let looking = tokio::spawn(async move {
        let mut written = Written::default();
        let mut changes = service.store.watch("", from).await.unwrap();
        loop {
            let batch = changes.recv().await.expect("the watch goes on").expect("nothing is compacted");
            for event in batch.events {
                let WatchEvent::Put(entry) = event else { continue };
                let kind = entry.key.parts().next().unwrap_or_default().to_owned();
                let (puts, bytes) = written.kinds.entry(kind).or_default();
                (*puts, *bytes) = (*puts + 1, *bytes + entry.key.as_str().len() + entry.value.len());
                written.largest = written.largest.max(entry.value.len());
                if let Named::InstallLog(_, _, None) = keys::parse(&entry.key) {
                    let log: InstallLog = store::decode(&entry).unwrap();
                    let ended = log.state.is_terminal();
                    written.summaries.push(log.updated_at);
                    _ = sender.send(Some(log));
                    if ended {
                        return written;
                    }
                }
            }
        }
    });
    (looking, latest)
}

fn at_their_end(log: &InstallLog) -> usize {
    log.counts.iter().filter(|(state, _)| state.is_terminal()).map(|(_, seats)| seats).sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn campaign() {
    let seats = rounds(600);
    let host = Host::new(On::Etcd);
    let devices: Vec<_> = (0..u32::try_from(seats).unwrap()).map(generated_device).collect();
    let offline: BTreeSet<IpAddr> =
        devices.iter().skip(50).step_by(100 / OFFLINE).map(|(_, ip)| *ip).collect();
    let named: Vec<String> = offline.iter().map(IpAddr::to_string).collect();
    let options =
        ["--seats", &seats.to_string(), "--seconds-per-seat", SECONDS_A_SEAT[usize::from(seats < MANY)]];
    let faults = ["--failure-rate", FAILING, "--offline", &named.join(",")];
    let platform = Platform::start(&host, &[options, faults].concat()).await;
    let at_once = (seats / AT_ONCE).max(1);
    let install = format!("[install]\nmax_concurrent_seats = {at_once}\npickup_deadline = \"{PICKUP:?}\"\n");
    host.configure("", &format!("{}{install}", platform.sections()));
    let csv: String = devices.iter().map(|(id, ip)| format!("{id},{ip},all\n")).collect();
    host.file("seats.csv", &format!("id,ip,group\n{csv}"));
    host.json(&["seat", "import", "seats.csv"]).await;
    archive::segment(host.path(), "nav", "1.0", "zip", 1_000);

    let mut started = 0;
    let mut hire = || {
        started += 1;
        // As in the settings: the shorter one of other campaigns would write more often.
        let pace = [("SEGDECK_CONTROLLERS__POLL_INTERVAL", "1s")];
        host.start_with(&format!("controller {started}"), &["controller"], &pace)
    };
    let mut crew: Vec<Running> = vec![hire(), hire()];
    let service = host.onlooker().await;
    host.json(&["segment", "upload", "nav-1.0.zip", "--wait"]).await;
    let id = "nav@1.0".parse().unwrap();
    let before = service.store.status().await.unwrap();
    let list = |text: &str| Some(segdeck::domain::strategy::list(text).unwrap());
    let rollout = Rollout { waves: list("1%,10%,100%"), ..Rollout::default() };
    let options = InstallOptions { rollout, ..InstallOptions::default() };
    let wanted = Wanted::Seats(devices.iter().map(|(id, _)| id.parse().unwrap()).collect());
    let (looking, mut latest) = look_on(Arc::clone(&service), before.revision + 1);
    let begun = Instant::now();
    let asked = service.install(&id, &wanted, &options).await.unwrap().unwrap();
    let planned = begun.elapsed();

    let mut epoch = 0;
    for share in DEATHS {
        let done = |log: &Option<InstallLog>| {
            log.as_ref().is_some_and(|log| at_their_end(log) * 100 >= seats * share)
        };
        latest.wait_for(done).await.expect("it goes on");
        let leader = next_leader(&service, epoch).await;
        epoch = leader.epoch;
        let at = crew.iter().position(|member| member.pid() == leader.pid).expect("one of ours leads");
        crew.remove(at).kill().await;
        crew.push(hire());
        println!("killed the leader at {share} %, {} s after the request", begun.elapsed().as_secs());
    }
    let written = looking.await.unwrap();
    let wall = begun.elapsed();
    let view = service.show_install(asked.record.id).await.unwrap();
    let after = service.store.status().await.unwrap();
    for member in crew {
        assert_eq!(member.terminate().await, 0);
    }

    println!(
        "{seats} seats, {at_once} at once, waves 1%, 10%, 100%, {FAILING} fail, {} are off",
        offline.len()
    );
    println!(
        "asked for in {planned:?}, ended {:?} after {} s: {:?}",
        view.log.state,
        wall.as_secs(),
        view.log.counts
    );
    let (asked_often, ideal, worked) = from_the_platform(&platform, at_once);
    println!(
        "at work for {worked:.0} s; the platform alone, always {at_once} at work: {ideal:.0} s; ratio {:.2}",
        worked / ideal
    );
    for (kind, (puts, bytes)) in &written.kinds {
        println!("{kind:>16}: {puts:>7} writes, {bytes:>11} bytes");
    }
    let (puts, bytes) = (written.puts(), written.bytes());
    println!(
        "{puts} writes ({:.2} a seat), {bytes} bytes ({} a seat), largest value {} bytes; etcd {} -> {} bytes",
        puts as f64 / seats as f64,
        bytes / seats,
        written.largest,
        before.size,
        after.size
    );
    let (most, at) = written.most_summaries();
    println!(
        "the summary was written {} times, at most {most} times in a second ({at} s after the first)",
        written.summaries.len()
    );
    counts_are_right(&view, &offline, &platform);
    assert!(asked_often.values().all(|times| *times == 1), "asked more than once: {asked_often:?}");
    assert_eq!(asked_often.len(), seats - offline.len(), "those that are off never began");
    assert!(written.largest <= MOST_BYTES, "{} bytes", written.largest);
    assert!(most <= MOST_SUMMARIES, "{most} writes of the summary in a second");
    // A few seats share what an install costs by itself.
    assert!(seats < MANY || (puts as f64) <= MOST_WRITES * seats as f64, "{puts} writes");
    platform.stop().await;
}

/// How often each device began; the seconds that their work takes when as many as may be are always at work; and the
/// seconds from the first begin to the last end.
fn from_the_platform(platform: &Platform, at_once: usize) -> (BTreeMap<String, usize>, f64, f64) {
    let database = rusqlite::Connection::open(platform.data.join("platform.db")).unwrap();
    let sum = "SELECT sum(changed_at - started_at), max(changed_at) - min(started_at) FROM work
               WHERE started_at IS NOT NULL";
    let (work, worked): (f64, f64) =
        database.query_row(sum, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    (platform.begun(LedgerKind::InstallStarted), work / 1000.0 / at_once as f64, worked / 1000.0)
}

/// What the install says of each seat is what the platform says of its device.
fn counts_are_right(view: &InstallView, offline: &BTreeSet<IpAddr>, platform: &Platform) {
    let in_state = |state: SeatState| -> BTreeSet<IpAddr> {
        view.seats.iter().filter(|seat| seat.state == state).filter_map(|seat| seat.ip).collect()
    };
    assert_eq!(view.log.state, InstallState::Partial);
    assert_eq!(&in_state(SeatState::TimedOut), offline, "those that are off, and no others, timed out");
    let database = rusqlite::Connection::open(platform.data.join("platform.db")).unwrap();
    let on_platform = |state: i64| -> BTreeSet<IpAddr> {
        let mut devices = database.prepare("SELECT device FROM work WHERE state = ?").unwrap();
        let devices = devices.query_map([state], |row| row.get::<_, String>(0)).unwrap();
        devices.map(|device| device.unwrap().parse().unwrap()).collect()
    };
    assert_eq!(in_state(SeatState::Succeeded), on_platform(4));
    assert_eq!(in_state(SeatState::Failed), on_platform(7));
    let accounted =
        [SeatState::Succeeded, SeatState::Failed, SeatState::TimedOut].map(|state| in_state(state).len());
    assert_eq!(accounted.iter().sum::<usize>(), view.seats.len());
    assert!(accounted[1] > 0, "some fail");
}
