//! What an install would do, without doing it.

use std::collections::{BTreeMap, BTreeSet};

use super::checks::InTheWay;
use super::seat_lists::SeatLists;
use super::{Code, Service, ServiceError};
use crate::domain::install::ActiveInstalls;
use crate::domain::plan::{BlockedBy, Plan};
use crate::domain::words::{Say, Word, say, word};
use crate::domain::{CreateState, Prefix, RecordId, Seat, SeatId, Segment, SegmentId, Timestamp};
use crate::store::{self, Entry, keys};

/// Which seats shall have the segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// The whole list.
    Seats(BTreeSet<SeatId>),
    /// Every seat of a group.
    Group(String),
    /// The bound seats.
    Bound,
    /// None: uninstall everywhere.
    None,
    /// Changes to the installed list.
    Change {
        /// New seats.
        add: BTreeSet<SeatId>,
        /// Seats to take it off.
        remove: BTreeSet<SeatId>,
    },
}

/// A plan and everything it rests on.
pub(super) struct Grounds {
    /// The plan.
    pub plan: Plan,
    /// The segment's record, or what is left of it.
    pub segment: Entry,
    /// What the platform calls it, where only that is left.
    pub uid: Option<String>,
    /// The installed seats.
    pub installed: SeatLists,
    /// The bound seats, where the plan rests on them.
    pub bound: Option<SeatLists>,
    /// The unfinished installs of the prefix.
    pub active: Option<(Entry, ActiveInstalls)>,
    /// The unfinished installs of other prefixes that matter to it.
    pub others: BTreeMap<Prefix, Option<Entry>>,
}

impl Service {
    /// Compares installed with wanted. Seats that cannot be touched come back as blocked: unknown ones, those
    /// another install of the prefix works on, those whose architecture the segment is not for, that lack what it
    /// requires or have what it conflicts with (or whose segments require what goes), those the platform does not
    /// know.
    ///
    /// # Errors
    /// `notFound` for an unknown id or group; `conflict` when the segment cannot be installed now (not
    /// published, being deleted, its remote cannot deploy).
    pub async fn plan(&self, id: &SegmentId, wanted: &Wanted) -> Result<Plan, ServiceError> {
        Ok(self.plan_grounds(id, wanted, self.clock.now(), None).await?.plan)
    }

    /// A plan with what it rests on. Its revision is the earliest of all reads: a record changed later is
    /// newer than it. `begins`: when its seats would be worked on. `own`: the install that asks, which is in nobody's
    /// way.
    pub(super) async fn plan_grounds(
        &self,
        id: &SegmentId,
        wanted: &Wanted,
        begins: Timestamp,
        own: Option<RecordId>,
    ) -> Result<Grounds, ServiceError> {
        let mut got = self.store.get_many(&[keys::segment(id), keys::incarnation()]).await?;
        let (revision, life) = (got.revision, got.entries.pop().flatten());
        let (entry, segment, uid) = match got.entries.pop().flatten() {
            Some(entry) => {
                let segment: Segment = store::decode(&entry)?;
                installable(&segment)?;
                (entry, segment, None)
            }
            None => {
                let Some((entry, left)) = self.leftover(id).await? else {
                    return Err(self.no_segment(id).await);
                };
                let uid = left.segment.uid().unwrap_or_default().to_owned();
                (entry, left.segment, Some(uid))
            }
        };
        // Before the installed lists: what ends between the two still stands in its seats' way, and is not done twice.
        let active = self.read::<ActiveInstalls>(&keys::active_installs(&id.prefix)).await?;
        let installed = self.seat_lists(&keys::installed_of(id)).await?;
        let have = installed.joined();
        let bound = match wanted {
            Wanted::Bound => Some(self.seat_lists(&keys::bindings_of(&id.prefix)).await?),
            _ => None,
        };
        let wanted = match &bound {
            Some(bound) => bound.joined(),
            None => self.wanted_seats(id, wanted, &have).await?,
        };
        let mut plan = Plan::between(id.clone(), &have, &wanted, revision);
        if uid.is_some() && !plan.install_seat_list.is_empty() {
            return Err(ServiceError::new(Code::Conflict, say!("plan-removed", id = id)));
        }
        plan.incarnation = self.life_of(life.as_ref());
        let mut in_the_way = InTheWay::default();
        let unfinished = active.iter().flat_map(|(_, active)| &active.installs);
        for (record, of) in unfinished.filter(|(record, _)| Some(**record) != own) {
            let (install, uninstall) = self.install_seats(of, *record).await?;
            for seat in plan.touched().filter(|seat| install.contains(*seat) || uninstall.contains(*seat)) {
                in_the_way.add(seat, BlockedBy::Install(*record), say!("block-install", record = *record));
            }
        }
        let others = self.look_around(&segment, &mut plan, begins, &mut in_the_way).await?;
        plan.blocked = in_the_way.blocked();
        Ok(Grounds { plan, segment: entry, uid, installed, bound, active, others })
    }

    pub(super) async fn wanted_seats(
        &self,
        id: &SegmentId,
        wanted: &Wanted,
        installed: &BTreeSet<SeatId>,
    ) -> Result<BTreeSet<SeatId>, ServiceError> {
        Ok(match wanted {
            Wanted::Seats(seats) => seats.clone(),
            Wanted::None => BTreeSet::new(),
            Wanted::Bound => self.seat_lists(&keys::bindings_of(&id.prefix)).await?.joined(),
            Wanted::Change { add, remove } => &(installed | add) - remove,
            Wanted::Group(group) => {
                let page = self.store.list_all(keys::SEATS).await?;
                let mut seats = BTreeSet::new();
                for entry in &page.entries {
                    let seat: Seat = store::decode(entry)?;
                    if seat.group.raw() == group {
                        seats.insert(seat.id);
                    }
                }
                if seats.is_empty() {
                    let group = format!("{group:?}");
                    return Err(ServiceError::new(Code::NotFound, say!("no-seat-in-group", group = group)));
                }
                seats
            }
        })
    }
}

/// May this segment be installed now?
pub(super) fn installable(segment: &Segment) -> Result<(), ServiceError> {
    let id = &segment.id;
    let refuse = |why: Say| Err(ServiceError::new(Code::Conflict, why));
    if !segment.remote.deploys() {
        return refuse(say!("plan-cannot-deploy", id = id, remote = segment.remote));
    }
    if segment.is_being_deleted() {
        return refuse(say!("is-being-deleted", id = id));
    }
    match segment.create_status.state {
        CreateState::Succeeded => Ok(()),
        CreateState::Failed => {
            let reason = segment.create_status.reason.clone().unwrap_or_default();
            refuse(say!("plan-not-created", id = id, reason = &reason))
        }
        state => refuse(say!("plan-not-published", id = id, state = create_state(state))),
    }
}

/// A state as records have it, in words.
pub(super) fn create_state(state: CreateState) -> Word {
    match state {
        CreateState::Pending => word!("create-state-pending"),
        CreateState::Processing => word!("create-state-processing"),
        CreateState::Succeeded => word!("create-state-succeeded"),
        CreateState::Failed => word!("create-state-failed"),
    }
}
