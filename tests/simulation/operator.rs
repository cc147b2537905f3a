//! What operators do, by chance, and what they were told was done.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use segdeck::domain::install::Command;
use segdeck::domain::seat::SeatInput;
use segdeck::domain::{RecordId, RemoteKind, SeatId, SegmentId};
use segdeck::service::{DeleteOptions, InstallOptions, Service, UploadRequest, Wanted};
use segdeck::store::Revision;
use segdeck::store::keys::{self, Named};
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
    Delete(usize, bool),
    Bind(usize, BTreeSet<SeatId>),
    Install(usize, BTreeSet<SeatId>),
    Control(u64, Command),
    Retry(usize),
    Sync(RemoteKind, bool),
}

impl Act {
    pub fn upload(chance: &mut Chance, scene: &[usize]) -> Self {
        Self::Upload(*chance.pick(scene))
    }

    /// With one of the uploads that this site is about.
    pub fn by_chance(chance: &mut Chance, scene: &[usize]) -> Self {
        let upload = *chance.pick(scene);
        match chance.below(20) {
            0..5 => Self::Upload(upload),
            5..8 => Self::Delete(upload, chance.per_mille(200)),
            8 => Self::Bind(upload, some_seats(chance)),
            9..15 => Self::Install(upload, some_seats(chance)),
            15..18 => {
                let command = chance.pick(&[Command::Pause, Command::Run, Command::Cancel, Command::Retry]);
                Self::Control(chance.next(), *command)
            }
            18 => Self::Retry(upload),
            _ => {
                let remote = *chance.pick(&RemoteKind::ALL);
                Self::Sync(remote, chance.per_mille(300))
            }
        }
    }
}

fn some_seats(chance: &mut Chance) -> BTreeSet<SeatId> {
    (0..SEATS).filter(|_| chance.per_mille(450)).map(seat).collect()
}

/// The seats of the site are entered before anything else.
pub async fn enter_seats(service: &Service) {
    let inputs: Vec<SeatInput> = (0..SEATS)
        .map(|n| SeatInput {
            id: seat(n),
            ip: ip(n),
            group: String::new(),
            tags: vec![],
            note: String::new(),
        })
        .collect();
    service.import_seats(&inputs, None).await.unwrap();
}

/// Does it, and notes what was answered. Refusals are answers too, and leave nothing to check.
pub async fn act(service: Arc<Service>, act: Act, model: ModelStore, acks: Acks) {
    let done = match act {
        Act::Upload(n) => {
            let request = UploadRequest { file: uploads()[n].file.clone(), ..UploadRequest::default() };
            let uploaded = service.upload(&request, |_| {}, &CancellationToken::new()).await;
            uploaded.ok().map(|segment| Acked::Uploaded(segment.id, segment.storage_key))
        }
        Act::Delete(n, local_only) => {
            let options =
                DeleteOptions { local_only: local_only.then(|| "the simulation".to_owned()), seen: None };
            let deleted = service.delete(&uploads()[n].id, &options).await;
            deleted.ok().map(|segment| Acked::DeleteAsked(segment.id))
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
        Act::Control(n, command) => control(&service, n, command).await,
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
async fn control(service: &Service, n: u64, command: Command) -> Option<Acked> {
    let page = service.store.list_all(keys::INSTALL_LOGS).await.ok()?;
    let installs: Vec<(SegmentId, RecordId)> = page
        .entries
        .iter()
        .filter_map(|entry| match keys::parse(&entry.key) {
            Named::InstallLog(id, record, None) => Some((id, record)),
            _ => None,
        })
        .collect();
    // The latest ones are the likeliest to be open.
    let at = installs.len().checked_sub(1 + n as usize % installs.len().clamp(1, 3))?;
    let (id, record) = installs[at].clone();
    let view = service.control(record, command, "", None).await.ok()?;
    Some(Acked::Controlled(id, record, view.record.control.generation))
}
