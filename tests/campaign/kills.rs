//! The leader is killed in the middle of publishes, installs and deletes: at named points, and anywhere. Some are
//! frozen first until another one leads, and wake up late. The platform is killed as well.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use segdeck::domain::{InstallState, SeatId};
use segdeck::platform::generated_device;
use segdeck::service::Service;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::chance::Chance;
use crate::common::site::On;
use crate::crew::Crew;
use crate::host::Host;
use crate::operators::{Operator, SEATS};
use crate::platform::Platform;
use crate::rounds;
use crate::seen::Seen;
use crate::truth::{self, Site};

/// Operators of a site.
const OPERATORS: usize = 5;

/// Sites at once, at most: nearly all of a fail-over is waiting for a lease.
const SITES: usize = 6;

/// How long after the last kill everything may take to come to its end.
const PATIENCE: Duration = Duration::from_secs(120);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn campaign() {
    let kills = rounds(8);
    let sites = SITES.min(kills.div_ceil(20));
    let seed = std::env::var("SEGDECK_SEED").map_or(1, |seed| seed.parse().unwrap());
    println!("{kills} kills on {sites} sites, seed {seed}");
    let begun = Instant::now();
    let mut chance = Chance::new(seed);
    let mut running = JoinSet::new();
    for number in 0..sites {
        let share = kills / sites + usize::from(number < kills % sites);
        let chance = chance.fork();
        running.spawn(async move { one_site(number, share, chance).await });
    }
    let (mut froze, mut crashes) = (0, 0);
    let (mut died, mut did) = (BTreeMap::<&str, usize>::new(), BTreeMap::<String, usize>::new());
    let mut broken: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    while let Some(site) = running.join_next().await {
        let Survived { site, died: where_died, froze: frozen, crashes: platforms } = site.unwrap();
        froze += frozen;
        crashes += platforms;
        where_died.into_iter().for_each(|(point, times)| *died.entry(point).or_default() += times);
        for entry in &site.ledger {
            let repeated = if entry.repeated { "repeated " } else { "" };
            *did.entry(format!("{repeated}{}", entry.kind.as_str())).or_default() += 1;
        }
        *did.entry("requests acknowledged".to_owned()).or_default() += site.told.len();
        for (number, (_, _, check)) in truth::ALL.iter().enumerate() {
            broken.entry(number).or_default().extend(check(&site));
        }
    }
    println!("died at: {died:?}; {froze} frozen until another one led; platforms died {crashes} times");
    println!("platforms and operators: {did:?}");
    let mut counts = BTreeMap::from([("lost", 0), ("double", 0), ("unfinished", 0)]);
    for (number, (count, name, _)) in truth::ALL.iter().enumerate() {
        let found = &broken[&number];
        *counts.get_mut(count).unwrap() += found.len();
        println!("{:>4} | {name}", if found.is_empty() { "ok".to_owned() } else { found.len().to_string() });
        found.iter().take(10).for_each(|what| println!("     |   {what}"));
    }
    let all: usize = died.values().sum();
    println!(
        "{all} kills in {} s: {} lost, {} double, {} unfinished",
        begun.elapsed().as_secs(),
        counts["lost"],
        counts["double"],
        counts["unfinished"]
    );
    assert_eq!(all, kills);
    assert!(broken.values().all(Vec::is_empty), "see above");
}

/// What is left of a site.
struct Survived {
    site: Site,
    /// Leaders, by where they died.
    died: BTreeMap<&'static str, usize>,
    /// Leaders that were frozen.
    froze: usize,
    /// Deaths of the platform.
    crashes: usize,
}

/// One site with its share of the kills; what is left of it.
async fn one_site(number: usize, kills: usize, mut chance: Chance) -> Survived {
    let host = Host::new(On::Etcd);
    let seats = SEATS * OPERATORS;
    let options = ["--seats", &seats.to_string(), "--seconds-per-seat", "0.3"];
    let platform = Platform::start(&host, &options).await;
    // Chunks of a few seats: several tasks for each install.
    let rest = format!("{}[install]\nmax_concurrent_seats = 3\n", platform.sections());
    // A platform that is away is no reason to give up.
    host.configure("retry_interval = \"200ms\"\nretry_limit = 100\n", &rest);
    let onlooker = host.onlooker().await;
    let addresses: BTreeMap<SeatId, _> = (0..u32::try_from(seats).unwrap())
        .map(generated_device)
        .map(|(id, ip)| (id.parse().unwrap(), ip))
        .collect();
    let csv: String = addresses.iter().map(|(id, ip)| format!("{id},{ip},all\n")).collect();
    host.file("seats.csv", &format!("id,ip,group\n{csv}"));
    host.json(&["seat", "import", "seats.csv"]).await;

    let (told, stop) = (Arc::new(Mutex::new(Vec::new())), CancellationToken::new());
    let mut operators = JoinSet::new();
    for number in 0..OPERATORS {
        let operator = Operator {
            service: Arc::clone(&onlooker),
            folder: host.path().to_owned(),
            chance: chance.fork(),
            number,
            told: Arc::clone(&told),
            stop: stop.clone(),
        };
        operators.spawn(operator.work());
    }
    // Two processes on one site, three on the next.
    let mut crew = Crew::start(&host, Arc::clone(&onlooker), chance.fork(), 2 + number % 2);
    let mut weather = chance.fork();
    let ((), (platform, crashes)) = tokio::join!(
        async {
            for done in 1..=kills {
                crew.kill_leader().await;
                if done % 20 == 0 {
                    println!("site {number}: {done} of {kills} kills");
                }
            }
            stop.cancel();
        },
        async {
            let (mut platform, mut crashes) = (platform, 0);
            loop {
                let pause = tokio::time::sleep(weather.millis(500, 8_000));
                tokio::select! {
                    () = stop.cancelled() => break (platform, crashes),
                    () = pause => platform = platform.crash(&host, &options).await,
                }
                crashes += 1;
            }
        }
    );
    let (died, froze) = (std::mem::take(&mut crew.died), crew.froze);
    let last = crew.calm().await;
    while let Some(operator) = operators.join_next().await {
        operator.unwrap();
    }
    let unfinished = unfinished(&onlooker).await;
    assert_eq!(last.terminate().await, 0);
    let seen = Seen::read(&onlooker).await;
    let (objects, on_devices) = on_platform(&platform);
    let stored = host.path().join(".local/share/segdeck/files");
    let relative = |path: std::path::PathBuf| path.strip_prefix(&stored).unwrap().display().to_string();
    let site = Site {
        seen,
        told: told.lock().unwrap().clone(),
        unfinished,
        ledger: platform.ledger(),
        objects,
        on_devices,
        addresses,
        files: host.stored_files().into_iter().map(relative).collect(),
        retry_limit: onlooker.settings.controllers.retry_limit,
    };
    platform.stop().await;
    Survived { site, died, froze, crashes }
}

/// Waits until every record is at its end; what is not after a long while.
async fn unfinished(onlooker: &Service) -> Vec<String> {
    let until = Instant::now() + PATIENCE;
    loop {
        let mut watch = onlooker.store.watch("", 0).await.unwrap();
        let seen = Seen::read(onlooker).await;
        let segments = seen.there.values().filter(|segment| {
            !segment.create_status.state.is_terminal()
                || segment.is_being_deleted()
                || segment.intent.is_some()
        });
        let installs = seen.installs.values().filter(|log| {
            let open = matches!(log.state, InstallState::Succeeded) && log.intent.is_some();
            !log.state.is_terminal() || open
        });
        let open: Vec<String> = segments
            .map(|segment| serde_json::to_string(segment).unwrap())
            .chain(installs.map(|log| serde_json::to_string(log).unwrap()))
            .collect();
        if open.is_empty() || Instant::now() > until {
            return open;
        }
        let _ = tokio::time::timeout(Duration::from_secs(1), watch.recv()).await;
    }
}

type OnPlatform = (
    BTreeMap<String, segdeck::domain::SegmentId>,
    std::collections::BTreeSet<(std::net::IpAddr, segdeck::domain::SegmentId)>,
);

/// What the platform has, and what is on its devices: as its own database says.
fn on_platform(platform: &Platform) -> OnPlatform {
    let path = platform.data.join("platform.db");
    let database =
        rusqlite::Connection::open_with_flags(path, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let column = |row: &rusqlite::Row<'_>, at: usize| row.get::<_, String>(at).unwrap();
    let id = |row: &rusqlite::Row<'_>| format!("{}@{}", column(row, 1), column(row, 2)).parse().unwrap();
    let mut objects =
        database.prepare("SELECT uid, prefix, version FROM segments WHERE deleted_at IS NULL").unwrap();
    let objects = objects.query_map([], |row| Ok((column(row, 0), id(row)))).unwrap();
    let mut installed = database.prepare("SELECT device, prefix, version FROM installed").unwrap();
    let installed = installed.query_map([], |row| Ok((column(row, 0).parse().unwrap(), id(row)))).unwrap();
    (objects.map(Result::unwrap).collect(), installed.map(Result::unwrap).collect())
}
