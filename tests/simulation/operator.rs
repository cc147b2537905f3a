//! What operators do, by chance, and what they were told was done.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use segdeck::domain::install::Command;
use segdeck::domain::seat::SeatInput;
use segdeck::domain::{InstallLog, RecordId, RemoteKind, SeatId, SegmentId, Shard};
use segdeck::service::{DeleteOptions, InTrash, InstallOptions, Service, UploadRequest, Wanted};
use segdeck::store::keys::{self, Named};
use segdeck::store::{self, Compare, Revision};
use tokio_util::sync::CancellationToken;

use super::chance::Chance;
use super::model_store::ModelStore;
use super::site::{SEATS, ip, seat, uploads};

/// A request that was answered with success.
#[derive(Debug, Clone)]
pub struct Ack {
    /// Of the store, when the answer came.
    pub revision: Revision,
    pub what: Acked,
}

#[derive(Debug, Clone)]
#[allow(dead_code, reason = "shown where a seed fails")]
pub enum Acked {
    Uploaded(SegmentId, String),
    DeleteAsked(SegmentId),
    Asked(SegmentId, RecordId),
    Bound(SegmentId, BTreeSet<SeatId>),
    Controlled(SegmentId, RecordId, u32),
    SyncAsked(RemoteKind, RecordId),
}

/// All of them, in order.
pub type Acks = Arc<Mutex<Vec<Ack>>>;

/// One thing to do.
#[derive(Debug, Clone)]
pub enum Act {
    Upload(usize),
    Delete(usize, How),
    /// Brings a deleted one back.
    Restore(usize),
    /// Empties the trash of one.
    Empty(usize),
    Bind(usize, BTreeSet<SeatId>),
    Install(usize, BTreeSet<SeatId>),
    /// Takes it off all seats.
    Clean(usize),
    /// Puts it on some seats, and takes it off others.
    Change(usize, BTreeSet<SeatId>, BTreeSet<SeatId>),
    Control(Which, Command),
    ForceFinish(Which),
    Retry(usize),
    Sync(RemoteKind, bool),
    /// A scrapped seat leaves every list.
    Forget(usize),
    /// All seats are entered again, in these groups.
    Seats(u64),
    /// Nothing new is sent from now on, or it is again.
    Freeze(bool),
}

/// How something is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    Wholly,
    LocalOnly,
    /// Past the trash.
    Purged,
}

/// Which install.
#[derive(Debug, Clone, Copy)]
pub enum Which {
    /// One of the latest.
    Late(u64),
    This(RecordId),
}

impl Act {
    pub fn upload(chance: &mut Chance, scene: &[usize]) -> Self {
        Self::Upload(*chance.pick(scene))
    }

    /// With one of the uploads that this site is about.
    pub fn by_chance(chance: &mut Chance, scene: &[usize]) -> Self {
        let upload = *chance.pick(scene);
        match chance.below(40) {
            0..5 => Self::Upload(upload),
            5..9 => Self::delete(chance, upload),
            9..11 => Self::Bind(upload, some_seats(chance)),
            11..20 => Self::Install(upload, some_seats(chance)),
            20..23 => Self::change(chance, upload),
            23..28 => Self::control(chance, None),
            28 => Self::ForceFinish(Which::Late(chance.next())),
            29 => Self::Retry(upload),
            30..32 => Self::Forget(chance.below(SEATS as u64) as usize),
            32 => Self::Seats(chance.below(3)),
            33 => Self::Freeze(true),
            34 => Self::Freeze(false),
            35 => Self::Clean(upload),
            36..38 => Self::Restore(upload),
            38 => Self::Empty(upload),
            _ => {
                let remote = *chance.pick(&RemoteKind::ALL);
                Self::Sync(remote, chance.per_mille(300))
            }
        }
    }

    /// What comes in the way of a transaction that compares this.
    pub fn rival(chance: &mut Chance, scene: &[usize], compare: &Compare) -> Option<Self> {
        let key = match compare {
            Compare::ModRevision(key, _) | Compare::CreateRevision(key, _) => key,
            // With another version of the prefix.
            Compare::OnlyBelow(_, key) => {
                let only = keys::parse(key);
                let other = uploads().iter().position(|upload| {
                    matches!(&only, Named::Segment(id) if upload.id.prefix == id.prefix && upload.id != *id)
                });
                return Some(Self::Upload(other.unwrap_or_else(|| *chance.pick(scene))));
            }
            // With one more install.
            Compare::NoneSince(..) => {
                let upload = *chance.pick(scene);
                return Some(Self::change(chance, upload));
            }
        };
        // With an upload of the same id or prefix, if the record names one.
        let of = |chance: &mut Chance, named: &dyn Fn(&SegmentId) -> bool| {
            let there: Vec<usize> = scene.iter().copied().filter(|n| named(&uploads()[*n].id)).collect();
            if there.is_empty() { *chance.pick(scene) } else { *chance.pick(&there) }
        };
        Some(match keys::parse(key) {
            Named::Segment(id) => {
                let upload = of(chance, &|it| *it == id);
                match chance.below(5) {
                    0 => Self::Upload(upload),
                    1 => Self::Retry(upload),
                    2 => Self::Install(upload, some_seats(chance)),
                    _ => Self::delete(chance, upload),
                }
            }
            Named::Installed(id, shard) => match chance.below(4) {
                0..2 => {
                    let beside: Vec<usize> = (0..SEATS).filter(|n| Shard::of(&seat(*n)) == shard).collect();
                    Self::Forget(if beside.is_empty() { 0 } else { *chance.pick(&beside) })
                }
                2 => Self::ForceFinish(Which::Late(0)),
                _ => {
                    let upload = of(chance, &|it| it.prefix == id.prefix);
                    Self::change(chance, upload)
                }
            },
            Named::InstallRecord(_, record, _) | Named::InstallLog(_, record, _) => {
                if chance.per_mille(300) {
                    Self::ForceFinish(Which::This(record))
                } else {
                    Self::control(chance, Some(record))
                }
            }
            Named::Binding(prefix, _) => {
                let upload = of(chance, &|it| it.prefix == prefix);
                if chance.per_mille(700) {
                    Self::Bind(upload, some_seats(chance))
                } else {
                    Self::delete(chance, upload)
                }
            }
            Named::ActiveInstalls(prefix) => {
                let upload = of(chance, &|it| it.prefix == prefix);
                if chance.per_mille(600) {
                    Self::change(chance, upload)
                } else {
                    Self::ForceFinish(Which::Late(0))
                }
            }
            // With what takes its last seat, or what brings it back.
            Named::Leftover(id) => {
                let upload = of(chance, &|it| *it == id);
                if chance.per_mille(500) { Self::Clean(upload) } else { Self::Upload(upload) }
            }
            Named::Sync(remote) => Self::Sync(remote, chance.per_mille(500)),
            Named::Seat(_) => Self::Forget(chance.below(SEATS as u64) as usize),
            Named::Other if key.as_str().starts_with(keys::TOMBSTONES) => {
                let upload = *chance.pick(scene);
                Self::delete(chance, upload)
            }
            Named::Other => Self::ForceFinish(Which::Late(0)),
            Named::Freeze => Self::Freeze(true),
            // These are not an operator's to change.
            Named::Leader | Named::Meta => return None,
        })
    }

    fn delete(chance: &mut Chance, upload: usize) -> Self {
        let how = match chance.below(10) {
            0 | 1 => How::LocalOnly,
            2 => How::Purged,
            _ => How::Wholly,
        };
        Self::Delete(upload, how)
    }

    fn change(chance: &mut Chance, upload: usize) -> Self {
        let (add, mut remove) = (some_seats(chance), some_seats(chance));
        remove.retain(|seat| !add.contains(seat));
        Self::Change(upload, add, remove)
    }

    fn control(chance: &mut Chance, record: Option<RecordId>) -> Self {
        let retry = Command::Retry;
        let command = *chance.pick(&[Command::Pause, Command::Run, Command::Cancel, retry, retry]);
        Self::Control(record.map_or_else(|| Which::Late(chance.next()), Which::This), command)
    }
}

fn some_seats(chance: &mut Chance) -> BTreeSet<SeatId> {
    (0..SEATS).filter(|_| chance.per_mille(450)).map(seat).collect()
}

/// The seats of the site are entered before anything else.
pub async fn enter_seats(service: &Service) {
    service.import_seats(&all_seats(0), None).await.unwrap();
}

fn all_seats(group: u64) -> Vec<SeatInput> {
    let input = |n| SeatInput {
        id: seat(n),
        ip: ip(n),
        group: format!("group-{group}"),
        tags: vec![],
        note: String::new(),
    };
    (0..SEATS).map(input).collect()
}

/// Does it, and notes what was answered. Refusals are answers too, and leave nothing to check.
pub async fn act(service: Arc<Service>, act: Act, model: ModelStore, acks: Acks) {
    let done = match act {
        Act::Upload(n) => {
            let request = UploadRequest { file: uploads()[n].file.clone(), ..UploadRequest::default() };
            let uploaded = service.upload(&request, |_| {}, &CancellationToken::new()).await;
            uploaded.ok().map(|segment| Acked::Uploaded(segment.id, segment.storage_key))
        }
        Act::Delete(n, how) => {
            let options = DeleteOptions {
                local_only: (how == How::LocalOnly).then(|| "the simulation".to_owned()),
                purge: how == How::Purged,
                seen: None,
            };
            let deleted = service.delete(&uploads()[n].id, &options).await;
            deleted.ok().map(|segment| Acked::DeleteAsked(segment.id))
        }
        Act::Restore(n) => {
            let restored = service.restore(&InTrash::Segment(uploads()[n].id.clone())).await;
            restored.ok().map(|segment| Acked::Uploaded(segment.id, segment.storage_key))
        }
        Act::Empty(n) => {
            let _ = service.empty_trash(Some(&InTrash::Segment(uploads()[n].id.clone())), None).await;
            None
        }
        Act::Bind(n, seats) => {
            let id = uploads()[n].id.clone();
            service.bind(&id, &seats, None).await.ok().map(|bound| Acked::Bound(id, bound))
        }
        Act::Install(n, seats) => {
            let id = uploads()[n].id.clone();
            let asked = service.install(&id, &Wanted::Seats(seats), &InstallOptions::default()).await;
            asked.ok().flatten().map(|view| Acked::Asked(id, view.record.id))
        }
        Act::Clean(n) => {
            let id = uploads()[n].id.clone();
            let asked = service.install(&id, &Wanted::None, &InstallOptions::default()).await;
            asked.ok().flatten().map(|view| Acked::Asked(id, view.record.id))
        }
        Act::Change(n, add, remove) => {
            let id = uploads()[n].id.clone();
            let wanted = Wanted::Change { add, remove };
            let asked = service.install(&id, &wanted, &InstallOptions::default()).await;
            asked.ok().flatten().map(|view| Acked::Asked(id, view.record.id))
        }
        Act::Control(which, command) => control(&service, which, command).await,
        Act::ForceFinish(which) => {
            if let Some((_, record)) = find(&service, which, false).await {
                let _ = service.force_finish(record, "the simulation", true, None).await;
            }
            None
        }
        Act::Forget(n) => {
            let _ = service.forget_seat(&seat(n), "the simulation", None).await;
            None
        }
        Act::Seats(group) => {
            let _ = service.import_seats(&all_seats(group), None).await;
            None
        }
        Act::Freeze(true) => {
            // One that is there is put anew, for another reason.
            if service.freeze("the simulation").await.is_err() && service.unfreeze().await.is_ok() {
                let _ = service.freeze("the simulation, again").await;
            }
            None
        }
        Act::Freeze(false) => {
            let _ = service.unfreeze().await;
            None
        }
        Act::Retry(n) => {
            let _ = service.retry_create(&uploads()[n].id, None).await;
            None
        }
        Act::Sync(remote, confirm) => {
            let asked = service.request_sync(remote, confirm).await;
            asked.ok().map(|request| Acked::SyncAsked(remote, request.id))
        }
    };
    if let Some(what) = done {
        acks.lock().unwrap().push(Ack { revision: model.revision(), what });
    }
}

/// A command for some install that there is.
async fn control(service: &Service, which: Which, command: Command) -> Option<Acked> {
    let (id, record) = find(service, which, command == Command::Retry).await?;
    let view = service.control(record, command, "", None).await.ok()?;
    Some(Acked::Controlled(id, record, view.record.control.generation))
}

/// One that can be retried, or one that is open; any where there is none.
async fn find(service: &Service, which: Which, retry: bool) -> Option<(SegmentId, RecordId)> {
    let page = service.store.list_all(keys::INSTALL_LOGS).await.ok()?;
    let installs = page.entries.iter().filter_map(|entry| match keys::parse(&entry.key) {
        Named::InstallLog(id, record, None) => {
            let log: InstallLog = store::decode(entry).ok()?;
            let failed = log.counts.keys().any(|state| state.is_retryable());
            Some((id, record, if retry { failed } else { !log.state.is_terminal() }))
        }
        _ => None,
    });
    let installs: Vec<(SegmentId, RecordId, bool)> = installs.collect();
    let found = match which {
        Which::Late(n) => {
            let suited: Vec<_> = installs.iter().filter(|(.., suited)| *suited).collect();
            let some = if suited.is_empty() { installs.iter().collect() } else { suited };
            let at = some.len().checked_sub(1 + n as usize % some.len().clamp(1, 3))?;
            some[at]
        }
        Which::This(this) => installs.iter().find(|(_, record, _)| *record == this)?,
    };
    Some((found.0.clone(), found.1))
}
