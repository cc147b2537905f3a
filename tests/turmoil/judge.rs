//! What must hold in the end, each by its name: the records, the platform's ledger and the seats say the same.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use segdeck::domain::install::SeatLog;
use segdeck::domain::seat::SeatList;
use segdeck::domain::{CreateState, RecordId, RemoteKind, SeatId, SeatState, SegmentId};
use segdeck::platform::{LedgerEntry, LedgerKind, generated_device};
use segdeck::remote::{RemoteSegment, Remotes};
use segdeck::store::keys::{self, Named};
use segdeck::store::{self, Entry};

use super::script::{Acked, Played, logs, segments};
use super::site::{SEATS, seat};

type Found = Vec<String>;

/// What the platform has and did.
pub struct Truth {
    pub ledger: Vec<LedgerEntry>,
    objects: BTreeMap<RemoteKind, Vec<RemoteSegment>>,
    /// The uids on each device.
    installed: BTreeMap<IpAddr, Vec<String>>,
}

impl Truth {
    pub async fn ask(remotes: &Remotes, ledger: Vec<LedgerEntry>) -> Self {
        let mut objects = BTreeMap::new();
        for remote in RemoteKind::ALL {
            let page = remotes.repository(remote).unwrap().list("").await.unwrap();
            assert_eq!(page.next, "", "a small list is one page");
            objects.insert(remote, page.segments);
        }
        let mut installed = BTreeMap::new();
        for n in 0..SEATS {
            let ip = generated_device(n).1;
            let deployment = remotes.deployment(RemoteKind::Sdp).unwrap();
            installed.insert(ip, deployment.list_installed(ip).await.unwrap());
        }
        Self { ledger, objects, installed }
    }

    /// What was really done of these kinds.
    fn done<'a>(&'a self, kinds: &'a [LedgerKind]) -> impl Iterator<Item = &'a LedgerEntry> {
        self.ledger.iter().filter(|entry| kinds.contains(&entry.kind) && !entry.repeated)
    }
}

/// Looks at one thing that must hold.
type Invariant = fn(&Played, &Truth) -> Found;

/// All of them.
const ALL: &[(&str, Invariant)] = &[
    ("everything becomes terminal", |played, _| played.open.clone()),
    ("no acknowledged request is lost", nothing_acknowledged_is_lost),
    ("at most one remote object per record", one_object_per_record),
    ("every task has somebody who follows it", every_task_is_followed),
    ("no attempt starts twice on a seat", nothing_starts_twice),
    ("installed equals what the seats have", installed_equals_the_seats),
    ("the platform's list equals the records", objects_equal_records),
];

/// Everything that does not hold.
pub fn broken(played: &Played, truth: &Truth) -> Vec<String> {
    ALL.iter()
        .flat_map(|(name, check)| check(played, truth).into_iter().map(move |what| format!("{name}: {what}")))
        .collect()
}

fn nothing_acknowledged_is_lost(played: &Played, _: &Truth) -> Found {
    let segments = segments(&played.site);
    let segment = |id: &SegmentId| segments.iter().find(|segment| segment.id == *id);
    let lost = |acked: &&Acked| match acked {
        // One that failed says so.
        Acked::Delete(id) => segment(id).is_some_and(|segment| segment.delete_status.is_none()),
        Acked::Install(id, record) => {
            segment(id).is_some() && played.site.model.record(&keys::install_log(id, *record)).is_none()
        }
        Acked::Sync(remote) => played.site.model.record(&keys::sync(*remote)).is_none(),
    };
    played.acked.iter().filter(lost).map(|acked| format!("{acked:?}")).collect()
}

/// Each segment of the site is uploaded once, and so created once at most.
fn one_object_per_record(_: &Played, truth: &Truth) -> Found {
    let mut created = BTreeMap::<&str, Vec<&str>>::new();
    for entry in truth.done(&[LedgerKind::Create]) {
        created.entry(&entry.what).or_default().push(&entry.request_id);
    }
    created.iter().filter(|(_, by)| by.len() > 1).map(|made| format!("{made:?}")).collect()
}

/// The install, the attempt and the chunk of a task's request id.
fn parts(request: &str) -> Option<(RecordId, &str)> {
    let (_, rest) = request.split_once(':')?;
    let (record, rest) = rest.split_once(':')?;
    Some((record.parse().ok()?, rest.split(':').next()?))
}

/// Installs of which a record has said at some time that nobody knows what became of a seat.
fn once_in_doubt(played: &Played) -> BTreeSet<RecordId> {
    let of = |entry: &Entry| match keys::parse(&entry.key) {
        Named::InstallLog(_, record, Some(_)) => {
            let log: SeatLog = store::decode(entry).unwrap();
            log.seats.values().any(|seat| seat.state == SeatState::Unknown).then_some(record)
        }
        _ => None,
    };
    played.site.model.journal(0, |commits| {
        let changes = commits.iter().flat_map(|commit| &commit.changes);
        changes.filter_map(|change| change.after.as_ref().and_then(of)).collect()
    })
}

fn every_task_is_followed(played: &Played, truth: &Truth) -> Found {
    let logs = logs(&played.site);
    let in_doubt = once_in_doubt(played);
    let taken = truth.done(&[LedgerKind::BatchInstall, LedgerKind::BatchUninstall]);
    let alone = taken.filter(|entry| {
        let of = parts(&entry.request_id).and_then(|(record, _)| logs.iter().find(|log| log.id == record));
        // An install goes with its segment.
        of.is_some_and(|log| {
            !in_doubt.contains(&log.id)
                && !log.tasks.iter().any(|task| task.operation_id.as_str() == entry.request_id)
        })
    });
    alone.map(|entry| format!("{entry:?}")).collect()
}

fn nothing_starts_twice(_: &Played, truth: &Truth) -> Found {
    let mut started = BTreeMap::<_, usize>::new();
    for entry in truth.done(&[LedgerKind::InstallStarted, LedgerKind::UninstallStarted]) {
        if let Some((record, attempt)) = parts(&entry.request_id) {
            *started.entry((record, attempt, entry.kind, &entry.what)).or_default() += 1;
        }
    }
    started.iter().filter(|(_, times)| **times > 1).map(|twice| format!("{twice:?}")).collect()
}

/// But for seats of which the records say that nobody knows, or that it was broken off.
fn installed_equals_the_seats(played: &Played, truth: &Truth) -> Found {
    let model = &played.site.model;
    let mut in_doubt = BTreeSet::<(String, SeatId)>::new();
    for entry in model.below(keys::INSTALL_LOGS) {
        if let Named::InstallLog(id, _, Some(_)) = keys::parse(&entry.key) {
            let log: SeatLog = store::decode(&entry).unwrap();
            let open = log.seats.into_iter().filter(|(_, progress)| !progress.state.is_good());
            in_doubt.extend(open.map(|(seat, _)| (id.prefix.to_string(), seat)));
        }
    }
    let mut found = Found::new();
    for segment in segments(&played.site) {
        let lists = model.below(&keys::installed_of(&segment.id));
        let listed: BTreeSet<SeatId> =
            lists.iter().flat_map(|entry| store::decode::<SeatList>(entry).unwrap().seats).collect();
        for n in 0..SEATS {
            let (id, uids) = (seat(n), &truth.installed[&generated_device(n).1]);
            let has = segment.uid().is_some_and(|uid| uids.iter().any(|has| has == uid));
            let is_known = !in_doubt.contains(&(segment.id.prefix.to_string(), id.clone()));
            if is_known && has != listed.contains(&id) {
                found.push(format!("{}: {id} has it: {has}, but the list says otherwise", segment.id));
            }
        }
    }
    found
}

fn objects_equal_records(played: &Played, truth: &Truth) -> Found {
    let segments = segments(&played.site);
    let mut found = Found::new();
    for (remote, objects) in &truth.objects {
        for object in objects {
            let record = segments.iter().find(|segment| segment.id == object.id);
            // A creation that nobody could confirm failed, and can be retried: it is found then.
            let is_known = record.is_some_and(|segment| match segment.uid() {
                Some(uid) => uid == object.uid,
                None => segment.create_status.state == CreateState::Failed,
            });
            if !is_known {
                found.push(format!("{} of {remote} is nobody's", object.id));
            }
        }
        let gone = segments.iter().filter(|segment| {
            segment.remote == *remote
                && segment.create_status.state == CreateState::Succeeded
                // A deletion that failed says so; it may have been done all the same.
                && segment.delete_status.is_none()
                && !objects.iter().any(|object| segment.uid() == Some(object.uid.as_str()))
        });
        found.extend(gone.map(|segment| format!("{} is not on {remote}", segment.id)));
    }
    found
}
