//! An operator asks for seats; the install controller does it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::commit::{Audited, seats_changed, try_again};
use super::plan::Grounds;
use super::seat_lists::SeatLists;
use super::seen::Seen;
use super::{Code, InstallView, Rollout, Service, ServiceError, Wanted};
use crate::domain::install::{ActiveInstalls, Control, InstallSeats};
use crate::domain::plan::{Blocked, BlockedBy, Plan, Skipped};
use crate::domain::strategy::{Gate, Strategy};
use crate::domain::wave_plan::PlannedWave;
use crate::domain::words::{Say, Word, say, word};
use crate::domain::{InstallLog, InstallRecord, InstallState, RecordId, SeatId, SeatState, SegmentId, shard};
use crate::store::{Entry, Revision, Txn, keys};

/// Uninstalling from more seats than this needs an explicit word.
pub const UNINSTALL_NEEDS_WORD: usize = 10;

/// Prefixes beside its own whose unfinished installs a request compares; a transaction holds so many.
pub(super) const GUARDED: usize = 60;

/// Blocked seats that a refusal names.
const NAMED: usize = 3;

/// How to install.
#[derive(Debug, Clone, Default)]
pub struct InstallOptions {
    /// The plan must have been made at this revision: nothing it rests on has changed since.
    pub seen: Seen,
    /// The explicit word for uninstalling from more than [`UNINSTALL_NEEDS_WORD`] seats.
    pub confirmed: bool,
    /// How the seats are taken.
    pub rollout: Rollout,
    /// Seats that are left out.
    pub leave_out: LeaveOut,
}

/// Which seats of a plan are left out of its install: they stay as they are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LeaveOut {
    /// Those that are blocked, whatever the reason.
    pub blocked: bool,
    /// Those that the platform cannot reach now.
    pub offline: bool,
}

impl LeaveOut {
    /// The seats of a plan that are left out, each with the reason.
    pub fn of(self, plan: &Plan) -> BTreeMap<SeatId, Say> {
        let mut out = BTreeMap::new();
        if self.offline {
            let offline = || word!("left-out-offline").into();
            out.extend(plan.offline_seat_list.iter().map(|seat| (seat.clone(), offline())));
        }
        if self.blocked {
            out.extend(plan.blocked.iter().map(|it| (it.seat.clone(), it.reason.clone())));
        }
        out
    }
}

/// What became of a request.
enum Asked {
    /// The difference was empty.
    Nothing,
    /// It is recorded, without these seats.
    Record(RecordId, Vec<Skipped>),
}

impl Service {
    /// Plans and writes the install record, in one transaction. `None`: nothing to do, nothing written.
    ///
    /// # Errors
    /// As [`Service::plan`]; blocked seats: `notFound` for unknown, `inUse` for busy ones; `conflict` when
    /// somebody else changed what the plan rests on, when the word is missing, or when all is left out.
    pub async fn install(
        &self,
        id: &SegmentId,
        wanted: &Wanted,
        options: &InstallOptions,
    ) -> Result<Option<InstallView>, ServiceError> {
        let what = say!("what-plan", id = id);
        match try_again(what, || self.try_install(id, wanted, options)).await? {
            Asked::Nothing => Ok(None),
            Asked::Record(record, skipped) => {
                let view = self.show_install_of(id, record).await?;
                Ok(Some(InstallView { skipped, ..view }))
            }
        }
    }

    /// What [`Service::install`] would do with these options, in its waves and without the seats that are left out.
    ///
    /// # Errors
    /// As [`Service::plan`]; `usage` when the rules of its rollout make no sense.
    pub async fn plan_install(
        &self,
        id: &SegmentId,
        wanted: &Wanted,
        options: &InstallOptions,
    ) -> Result<Plan, ServiceError> {
        let begins = options.rollout.schedule.begins(self.clock.now());
        let mut grounds = self.plan_grounds(id, wanted, begins, None).await?;
        grounds.plan.leave_out(options.leave_out.of(&grounds.plan));
        let strategy = self.strategy(&options.rollout, &grounds).await?;
        grounds.plan.warnings.extend(gate_for_nothing(&strategy, &grounds.plan));
        Ok(Plan { waves: PlannedWave::of(&strategy, &grounds.plan), ..grounds.plan })
    }

    async fn try_install(
        &self,
        id: &SegmentId,
        wanted: &Wanted,
        options: &InstallOptions,
    ) -> Result<Option<Asked>, ServiceError> {
        let life = self.same_life(options.seen).await?;
        let now = self.clock.now();
        let begins = options.rollout.schedule.begins(now);
        let mut grounds = self.plan_grounds(id, wanted, begins, None).await?;
        if let Some(seen) = options.seen.map(|seen| seen.revision).filter(|seen| grounds.changed_at() > *seen)
        {
            return Err(self.overtaken(seen, say!("what-plan", id = id), id.prefix.as_str()).await);
        }
        grounds.plan.leave_out(options.leave_out.of(&grounds.plan));
        grounds.allow(options)?;
        if grounds.plan.is_empty() {
            refuse_nothing_left(&grounds.plan.skipped)?;
            return Ok(Some(Asked::Nothing));
        }
        let strategy = self.strategy(&options.rollout, &grounds).await?;
        grounds.plan.warnings.extend(gate_for_nothing(&strategy, &grounds.plan));
        if !self.catch_up(&mut grounds, &BTreeSet::new()).await? {
            return Ok(None);
        }
        let skipped = std::mem::take(&mut grounds.plan.skipped);
        let (record, log) = self.new_install(&grounds, strategy);
        let record_key = keys::install_record(id, record.id);
        let active_key = keys::active_installs(&id.prefix);
        let mut active = grounds.active.as_ref().map(|(_, active)| active.clone()).unwrap_or_default();
        active.installs.insert(record.id, id.clone());

        let mut txn = grounds
            .unchanged(Txn::new())
            .still(active_key.clone(), grounds.active.as_ref().map(|(entry, _)| entry))
            .put(record_key, &record)?
            .put(keys::install_log(id, record.id), &log)?
            .put(active_key, &active)?;
        let mut install = shard::split(&grounds.plan.install_seat_list);
        let mut uninstall = shard::split(&grounds.plan.uninstall_seat_list);
        for shard in crate::domain::Shard::all() {
            let seats = InstallSeats {
                install_seat_list: install.remove(&shard).unwrap_or_default(),
                uninstall_seat_list: uninstall.remove(&shard).unwrap_or_default(),
                unknown: Default::default(),
            };
            if !seats.install_seat_list.is_empty() || !seats.uninstall_seat_list.is_empty() {
                txn = txn.put(keys::install_record_shard(id, record.id, shard), &seats)?;
            }
        }
        let installed = grounds.installed.joined();
        let goal = &(&installed | &grounds.plan.install_seat_list) - &grounds.plan.uninstall_seat_list;
        let (before, mut after) = seats_changed(&installed, &goal);
        if let Some(after) = after.as_object_mut() {
            after.insert("record".into(), json!(record.id));
            if !skipped.is_empty() {
                let first: Vec<&SeatId> = skipped.iter().take(10).map(|skipped| &skipped.seat).collect();
                after.insert("leftOut".into(), json!({ "count": skipped.len(), "first": first }));
            }
        }
        let audited = Audited { action: "install.request", object: &id.to_string(), before, after };
        Ok(self.commit(life.guard(txn), audited).await?.map(|_| Asked::Record(record.id, skipped)))
    }

    /// Installs of the prefix that began or ended since the plan was made leave it as it is where they are of other
    /// seats; `false`: it is to be made anew. So many can begin at once, however long it takes to plan.
    /// `own`: seats that must be of no other, also where the plan leaves them as they are.
    pub(super) async fn catch_up(
        &self,
        grounds: &mut Grounds,
        own: &BTreeSet<SeatId>,
    ) -> Result<bool, ServiceError> {
        let Grounds { plan, active, .. } = grounds;
        let id = &plan.segment_id;
        let now = self.read::<ActiveInstalls>(&keys::active_installs(&id.prefix)).await?;
        let revision = |of: &Option<(Entry, _)>| of.as_ref().map(|(entry, _)| entry.mod_revision);
        if revision(&now) == revision(active) {
            return Ok(true);
        }
        let known = active.take().map(|(_, active)| active.installs).unwrap_or_default();
        for (record, of) in now.iter().flat_map(|(_, active)| &active.installs) {
            if known.contains_key(record) {
                continue;
            }
            let (install, uninstall) = self.install_seats(of, *record).await?;
            if plan.touched().chain(own).any(|seat| install.contains(seat) || uninstall.contains(seat)) {
                return Ok(false);
            }
        }
        *active = now;
        let have = self.seat_lists(&keys::installed_of(id)).await?.joined();
        Ok(plan.install_seat_list.is_disjoint(&have) && plan.uninstall_seat_list.is_subset(&have))
    }

    fn new_install(&self, grounds: &Grounds, strategy: Strategy) -> (InstallRecord, InstallLog) {
        let now = self.clock.now();
        let id = RecordId::new(now);
        let segment_id = grounds.plan.segment_id.clone();
        let record = InstallRecord {
            id,
            segment_id: segment_id.clone(),
            strategy,
            requested_by: self.actor.label(),
            requested_at: now,
            uid: grounds.uid.clone(),
            control: Control::default(),
            unknown: Default::default(),
        };
        let log = InstallLog {
            id,
            segment_id,
            state: InstallState::Pending,
            percent: 0,
            tasks: Vec::new(),
            counts: BTreeMap::from([(SeatState::Queued, grounds.plan.touched().count())]),
            attempt: 1,
            followed: 0,
            chunks: 0,
            retry_count: 0,
            next_retry_at: None,
            started_at: None,
            opens_at: None,
            updated_at: now,
            finished_at: None,
            reason: None,
            intent: None,
            wave: 0,
            waves: 0,
            wave_ended_at: None,
            gate_opens_at: None,
            accepted: 0,
            unknown: Default::default(),
        };
        (record, log)
    }
}

/// Where a gate was asked for, and all seats fall in one wave.
fn gate_for_nothing(strategy: &Strategy, plan: &Plan) -> Option<Say> {
    let seats = plan.touched().count();
    let asked = strategy.waves.iter().any(|wave| wave.gate != Gate::Open);
    (asked && seats > 0 && strategy.turns(seats).len() == 1).then(|| say!("warn-one-wave", n = seats))
}

/// Who asks for seats that are all left out would take it for done.
pub(super) fn refuse_nothing_left(skipped: &[Skipped]) -> Result<(), ServiceError> {
    let Some(Skipped { seat, reason }) = skipped.first() else { return Ok(()) };
    let why = say!("nothing-left", n = skipped.len(), seat = seat, reason = reason.clone());
    Err(ServiceError::new(Code::Conflict, why))
}

impl Grounds {
    /// The latest change of what the plan rests on. The installed lists are not of it: only an unfinished install
    /// moves a seat there, and its seats are not in this plan. So a rollout that runs holds up no other.
    fn changed_at(&self) -> Revision {
        let active = self.active.as_ref().map_or(0, |(entry, _)| entry.mod_revision);
        let others = self.others.values().flatten().map(|entry| entry.mod_revision).max().unwrap_or(0);
        let bound = self.bound.as_ref().map_or(0, SeatLists::changed_at);
        self.segment.mod_revision.max(active).max(others).max(bound)
    }

    /// May this plan be carried out?
    fn allow(&self, options: &InstallOptions) -> Result<(), ServiceError> {
        let id = &self.plan.segment_id;
        if !self.plan.blocked.is_empty() {
            return Err(self.refusal(word!("blocked-lists-them")));
        }
        let uninstall = self.plan.uninstall_seat_list.len();
        if uninstall > UNINSTALL_NEEDS_WORD && !options.confirmed {
            return Err(ServiceError::new(
                Code::Conflict,
                say!("uninstall-needs-word", id = id, n = uninstall),
            ));
        }
        Ok(())
    }

    /// Why a plan with blocked seats is not carried out: seats that do not exist first, then those that will be free
    /// again, then the others, with what may be done about them.
    pub(super) fn refusal(&self, advice: Word) -> ServiceError {
        let of = |wanted: fn(&BlockedBy) -> bool| -> Vec<&Blocked> {
            self.plan.blocked.iter().filter(|it| wanted(&it.by)).collect()
        };
        let unknown = of(|by| matches!(by, BlockedBy::Unknown));
        let busy = of(|by| matches!(by, BlockedBy::Install(_)));
        let checked = of(|by| matches!(by, BlockedBy::Checks));
        if !unknown.is_empty() {
            let named: Vec<&str> = unknown.iter().take(10).map(|it| it.seat.as_str()).collect();
            let why = say!("seats-unknown", n = unknown.len(), seats = named.join(", "));
            return ServiceError::new(Code::NotFound, why);
        }
        if let Some(Blocked { seat, by: BlockedBy::Install(record), .. }) = busy.first() {
            let why = say!("seats-are-busy", record = *record, n = busy.len(), seat = seat);
            return ServiceError::new(Code::InUse, why);
        }
        let named = checked.iter().take(NAMED);
        let named = named.map(|it| say!("seat-because", seat = &it.seat, reason = it.reason.clone()));
        let (n, of) = (checked.len(), self.plan.touched().count());
        let why = match named.reduce(|first, then| say!("listed", first = first, then = then)) {
            Some(seats) => {
                say!("seats-are-blocked-named", n = n, of = of, seats = seats, advice = advice)
            }
            None => say!("seats-are-blocked", n = n, of = of, advice = advice),
        };
        ServiceError::new(Code::Conflict, why)
    }
}
