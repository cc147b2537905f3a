//! The platforms of a simulated site, as `proto/` describes them, and the ledger of all they were asked and did.
//!
//! State outlives every fault: what breaks are the calls (see `calls`), never what was done.

mod calls;
mod deployment;
mod devices;
mod ledger;
mod repository;

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard};

use bytes::Bytes;
use segdeck::domain::{RemoteKind, SegmentId};
use segdeck::remote::Operation;
use tokio::time::Instant;

pub use calls::Line;
pub use devices::{Device, Run, TaskState};
pub use ledger::{Deed, Failure, WHO, What};

use super::chance::Chance;
use super::model_store::ModelStore;

/// How the platform takes to a segment, all its life long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// Takes it.
    Sound,
    /// Fails in doubt each time, and never does it.
    Unclear,
    /// Says that it never will.
    Refuses,
    /// Says later, each time.
    Busy,
}

/// A segment the platform has, or had.
#[derive(Clone)]
pub struct Object {
    pub id: SegmentId,
    pub file_name: String,
    pub bytes: Bytes,
    pub sha256: String,
    /// Made under this request id; none for what appeared behind our back.
    pub operation: Option<String>,
    pub gone: Option<Instant>,
}

impl std::fmt::Debug for Object {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { id, sha256, operation, gone, .. } = self;
        write!(f, "{id} of {sha256:.8} made by {operation:?}, gone: {gone:?}")
    }
}

pub struct State {
    pub objects: BTreeMap<(RemoteKind, String), Object>,
    /// What is remembered, by request id and space of them.
    pub operations: BTreeMap<(Option<RemoteKind>, String), Operation>,
    pub tasks: BTreeMap<String, TaskState>,
    pub devices: BTreeMap<IpAddr, Device>,
    pub moods: BTreeMap<SegmentId, Mood>,
    /// These are never deleted on request.
    pub kept: BTreeSet<SegmentId>,
    pub deeds: Vec<Deed>,
    pub failures: Vec<Failure>,
    /// When a list said that nothing is there.
    pub lies: Vec<Instant>,
    pub chance: Chance,
    /// Deeds are dated by the store's revision.
    model: ModelStore,
    next: u64,
}

/// See the module.
#[derive(Clone)]
pub struct Platform(Arc<Mutex<State>>);

impl Platform {
    pub fn new(chance: Chance, model: ModelStore) -> Self {
        Self(Arc::new(Mutex::new(State {
            objects: BTreeMap::new(),
            operations: BTreeMap::new(),
            tasks: BTreeMap::new(),
            devices: BTreeMap::new(),
            moods: BTreeMap::new(),
            kept: BTreeSet::new(),
            deeds: Vec::new(),
            failures: Vec::new(),
            lies: Vec::new(),
            chance,
            model,
            next: 1,
        })))
    }

    /// The state, with everything done that is due by now.
    pub fn lock(&self) -> MutexGuard<'_, State> {
        let mut state = self.0.lock().unwrap();
        state.run_devices(Instant::now());
        state
    }

    /// A segment appears behind our back.
    pub fn appear(&self, kind: RemoteKind, id: &SegmentId, bytes: Bytes, sha256: &str) {
        let mut state = self.lock();
        if state.living(kind, id).is_none() {
            let uid = state.name("uid");
            let file_name = format!("{}-{}.{}", id.prefix, id.version, kind.format().as_str());
            let object = Object {
                id: id.clone(),
                file_name,
                bytes,
                sha256: sha256.to_owned(),
                operation: None,
                gone: None,
            };
            state.objects.insert((kind, uid), object);
        }
    }

    /// A segment disappears behind our back.
    pub fn disappear(&self, kind: RemoteKind, id: &SegmentId) {
        let mut state = self.lock();
        if let Some(uid) = state.living(kind, id) {
            state.take_away(kind, &uid);
        }
    }

    /// Forgets a task, against the contract; its devices go on.
    pub fn forget_task(&self) {
        let mut state = self.lock();
        let known: Vec<String> =
            state.tasks.iter().filter(|(_, task)| !task.forgotten).map(|(id, _)| id.clone()).collect();
        if !known.is_empty() {
            let task = state.chance.pick(&known).clone();
            state.tasks.get_mut(&task).unwrap().forgotten = true;
        }
    }
}

impl State {
    fn name(&mut self, what: &str) -> String {
        self.next += 1;
        format!("{what}-{}", self.next)
    }

    /// The uid of what is there now under an id.
    pub fn living(&self, kind: RemoteKind, id: &SegmentId) -> Option<String> {
        let mut there = self.objects.iter().filter(|((of, _), object)| *of == kind && object.gone.is_none());
        there.find(|(_, object)| object.id == *id).map(|((_, uid), _)| uid.clone())
    }

    pub fn is_there(&self, kind: RemoteKind, uid: &str) -> bool {
        self.objects.get(&(kind, uid.to_owned())).is_some_and(|object| object.gone.is_none())
    }

    fn take_away(&mut self, kind: RemoteKind, uid: &str) {
        if let Some(object) = self.objects.get_mut(&(kind, uid.to_owned())) {
            object.gone = Some(Instant::now());
        }
    }

    fn note(&mut self, operation: &str, what: What) {
        let revision = self.model.revision();
        self.deeds.push(Deed { revision, at: Instant::now(), operation: operation.to_owned(), what });
    }
}
