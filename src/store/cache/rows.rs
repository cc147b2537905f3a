//! The rows themselves, and how one record changes them.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry as Slot;
use std::sync::Arc;

use super::Change;
use super::installs::InstallRow;
use super::parse::{Parsed, is_wanted};
use super::segment::SegmentRow;
use crate::domain::incarnation::IncarnationRecord;
use crate::domain::install::ActiveInstalls;
use crate::domain::sync::SyncRecord;
use crate::domain::{Freeze, Prefix, RecordId, RemoteKind, Seat, SeatId, SeenAt, SegmentId, Shard};
use crate::store::keys::{self, Named};
use crate::store::{Key, LeaderRecord, Revision};

/// The shown columns of all records, all of one revision.
#[derive(Debug, Default)]
pub struct Rows {
    /// The revision they show; 0 while the first list is on its way.
    pub revision: Revision,
    /// Segments.
    pub segments: BTreeMap<SegmentId, Arc<SegmentRow>>,
    /// What is left of segments that have no record any more, and that seats have.
    pub leftovers: BTreeMap<SegmentId, Arc<SegmentRow>>,
    /// Seats.
    pub seats: BTreeMap<SeatId, Arc<Seat>>,
    /// Installs, oldest first.
    pub installs: BTreeMap<RecordId, Arc<InstallRow>>,
    /// Unfinished installs of each prefix.
    pub active: BTreeMap<Prefix, ActiveInstalls>,
    /// Data sync of each remote.
    pub sync: BTreeMap<RemoteKind, SyncRecord>,
    /// Who drives the controllers.
    pub leader: Option<LeaderRecord>,
    /// No new task is sent to any seat.
    pub freeze: Option<Freeze>,
    /// Records that cannot be read, and why (safe to show).
    pub unreadable: BTreeMap<Key, String>,
    /// Which life of the records this is.
    pub(super) incarnation: Option<IncarnationRecord>,
    /// The cluster that they were read from.
    pub(super) cluster: Option<u64>,
    pub(super) bound: BTreeMap<Prefix, ShardCounts>,
    pub(super) installed: BTreeMap<SegmentId, ShardCounts>,
}

/// How many seats each shard of a list has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ShardCounts(Vec<(Shard, u32)>);

impl ShardCounts {
    /// All seats of the list.
    pub fn total(&self) -> usize {
        self.0.iter().map(|(_, seats)| *seats as usize).sum()
    }

    fn set(&mut self, shard: Shard, seats: u32) {
        match self.0.binary_search_by_key(&shard, |(shard, _)| *shard) {
            Ok(at) if seats == 0 => _ = self.0.remove(at),
            Ok(at) => self.0[at].1 = seats,
            Err(_) if seats == 0 => {}
            Err(at) => self.0.insert(at, (shard, seats)),
        }
    }
}

/// Sets one shard; a list without a seat is not kept.
fn set<K: Ord>(counts: &mut BTreeMap<K, ShardCounts>, key: K, shard: Shard, seats: u32) {
    match counts.entry(key) {
        Slot::Vacant(slot) if seats > 0 => slot.insert(ShardCounts::default()).set(shard, seats),
        Slot::Vacant(_) => {}
        Slot::Occupied(mut slot) => {
            slot.get_mut().set(shard, seats);
            if slot.get().0.is_empty() {
                slot.remove();
            }
        }
    }
}

impl Rows {
    /// What whoever looks at the rows has seen; absent before the first complete list.
    pub fn seen(&self) -> Option<SeenAt> {
        let incarnation = self.incarnation.as_ref().map(|record| record.seen_in(self.cluster));
        (self.revision > 0).then_some(SeenAt { revision: self.revision, incarnation })
    }

    /// A segment as people see it: its record, or what is left of it.
    pub fn segment(&self, id: &SegmentId) -> Option<&Arc<SegmentRow>> {
        self.segments.get(id).or_else(|| self.leftovers.get(id))
    }

    /// All of these, in order of their ids.
    pub fn shown_segments(&self) -> Vec<Arc<SegmentRow>> {
        if self.leftovers.is_empty() {
            return self.segments.values().cloned().collect();
        }
        let mut shown = self.leftovers.clone();
        shown.extend(self.segments.iter().map(|(id, row)| (id.clone(), Arc::clone(row))));
        shown.into_values().collect()
    }

    /// How many seats a prefix is bound to.
    pub fn bound(&self, prefix: &Prefix) -> usize {
        self.bound.get(prefix).map_or(0, ShardCounts::total)
    }

    /// How many seats have a segment.
    pub fn installed(&self, id: &SegmentId) -> usize {
        self.installed.get(id).map_or(0, ShardCounts::total)
    }

    /// Every prefix that is bound to a seat.
    pub fn bound_counts(&self) -> impl Iterator<Item = (&Prefix, usize)> {
        self.bound.iter().map(|(prefix, counts)| (prefix, counts.total()))
    }

    /// Every segment that is on a seat.
    pub fn installed_counts(&self) -> impl Iterator<Item = (&SegmentId, usize)> {
        self.installed.iter().map(|(id, counts)| (id, counts.total()))
    }

    /// Takes a record in and says what changed.
    pub(super) fn put(&mut self, parsed: Parsed, changes: &mut Vec<Change>) {
        if let Parsed::Unreadable(key, why) = parsed {
            // What was there before it became unreadable is not true any more.
            self.remove(&key, Revision::MAX, changes);
            if self.unreadable.get(&key) != Some(&why) {
                tracing::warn!(%key, %why, "a record cannot be read");
            }
            self.unreadable.insert(key, why);
            changes.push(Change::Meta);
            return;
        }
        if !self.unreadable.is_empty()
            && let Some(key) = parsed.key()
            && self.unreadable.remove(&key).is_some()
        {
            changes.push(Change::Meta);
        }
        let change = match parsed {
            Parsed::Segment(row) => {
                let id = row.id.clone();
                self.segments.insert(id.clone(), row);
                Change::Segment(id)
            }
            Parsed::Leftover(row) => {
                let id = row.id.clone();
                self.leftovers.insert(id.clone(), row);
                Change::Segment(id)
            }
            Parsed::Seat(seat) => {
                let id = seat.id.clone();
                self.seats.insert(id.clone(), Arc::new(seat));
                Change::Seat(id)
            }
            Parsed::Bound(prefix, shard, seats) => {
                set(&mut self.bound, prefix.clone(), shard, seats);
                Change::Bound(prefix)
            }
            Parsed::Installed(id, shard, seats) => {
                set(&mut self.installed, id.clone(), shard, seats);
                Change::Installed(id)
            }
            Parsed::Record(segment, record, revision) => {
                let id = record.id;
                self.install(id, &segment).put_record(record, revision);
                Change::Install(id, segment)
            }
            Parsed::Log(segment, log, revision) => {
                let id = log.id;
                self.install(id, &segment).put_log(log, revision);
                Change::Install(id, segment)
            }
            Parsed::InstallShard(id, segment) => Change::Install(id, segment),
            Parsed::Active(prefix, active) => {
                touched(&active, changes);
                if let Some(old) = self.active.insert(prefix, active) {
                    touched(&old, changes);
                }
                return;
            }
            Parsed::Sync(remote, sync) => {
                self.sync.insert(remote, sync);
                Change::Sync(remote)
            }
            Parsed::Leader(leader) => {
                self.leader = leader;
                Change::Leader
            }
            Parsed::Freeze(freeze) => {
                self.freeze = Some(freeze);
                Change::Freeze
            }
            Parsed::Incarnation(record) => {
                self.incarnation = Some(record);
                Change::Meta
            }
            Parsed::Meta => Change::Meta,
            Parsed::Ignored | Parsed::Unreadable(..) => return,
        };
        changes.push(change);
    }

    fn install(&mut self, id: RecordId, segment: &SegmentId) -> &mut InstallRow {
        let row = self.installs.entry(id).or_insert_with(|| Arc::new(InstallRow::new(id, segment.clone())));
        Arc::make_mut(row)
    }

    /// Takes a record out that was deleted at `revision`, and says what changed.
    pub(super) fn remove(&mut self, key: &Key, revision: Revision, changes: &mut Vec<Change>) {
        if is_wanted(key) && self.unreadable.remove(key).is_some() {
            changes.push(Change::Meta);
        }
        let change = match keys::parse(key) {
            Named::Segment(id) => self.segments.remove(&id).map(|_| Change::Segment(id)),
            Named::Leftover(id) => self.leftovers.remove(&id).map(|_| Change::Segment(id)),
            Named::Seat(id) => self.seats.remove(&id).map(|_| Change::Seat(id)),
            Named::Binding(prefix, shard) => {
                set(&mut self.bound, prefix.clone(), shard, 0);
                Some(Change::Bound(prefix))
            }
            Named::Installed(id, shard) => {
                set(&mut self.installed, id.clone(), shard, 0);
                Some(Change::Installed(id))
            }
            Named::InstallRecord(segment, id, None) => {
                self.without(id, revision, |row| &mut row.record_revision);
                Some(Change::Install(id, segment))
            }
            Named::InstallLog(segment, id, None) => {
                self.without(id, revision, |row| &mut row.log_revision);
                Some(Change::Install(id, segment))
            }
            Named::InstallRecord(segment, id, Some(_)) | Named::InstallLog(segment, id, Some(_)) => {
                Some(Change::Install(id, segment))
            }
            Named::ActiveInstalls(prefix) => {
                if let Some(old) = self.active.remove(&prefix) {
                    touched(&old, changes);
                }
                None
            }
            Named::Sync(remote) => self.sync.remove(&remote).map(|_| Change::Sync(remote)),
            Named::Leader => self.leader.take().map(|_| Change::Leader),
            // Also one that could not be read held everything up.
            Named::Freeze => {
                self.freeze = None;
                Some(Change::Freeze)
            }
            Named::Meta => {
                if *key == keys::incarnation() {
                    self.incarnation = None;
                }
                Some(Change::Meta)
            }
            Named::Other => None,
        };
        changes.extend(change);
    }

    /// An install without one of its two records; without both it is gone. Summaries are read a little later
    /// than the list they were found by, so a deletion may be older than what is here.
    fn without(&mut self, id: RecordId, revision: Revision, part: fn(&mut InstallRow) -> &mut Revision) {
        let Some(row) = self.installs.get_mut(&id).map(Arc::make_mut) else { return };
        let part = part(row);
        if *part <= revision {
            *part = 0;
        }
        if row.record_revision == 0 && row.log_revision == 0 {
            self.installs.remove(&id);
        }
    }

    /// Everything that is kept.
    pub(super) fn len(&self) -> usize {
        self.segments.len() + self.seats.len() + self.installs.len()
    }
}

/// A list of unfinished installs is news about each of them.
fn touched(active: &ActiveInstalls, changes: &mut Vec<Change>) {
    changes.extend(active.installs.iter().map(|(id, segment)| Change::Install(*id, segment.clone())));
}

impl Parsed {
    /// The key it was read from, where it could be marked unreadable.
    fn key(&self) -> Option<Key> {
        Some(match self {
            Self::Segment(row) => keys::segment(&row.id),
            Self::Leftover(row) => keys::leftover(&row.id),
            Self::Seat(seat) => keys::seat(&seat.id),
            Self::Bound(prefix, shard, _) => keys::binding(prefix, *shard),
            Self::Installed(id, shard, _) => keys::installed(id, *shard),
            Self::Record(id, record, _) => keys::install_record(id, record.id),
            Self::Log(id, log, _) => keys::install_log(id, log.id),
            Self::Active(prefix, _) => keys::active_installs(prefix),
            Self::Sync(remote, _) => keys::sync(*remote),
            Self::Leader(_) => keys::leader(),
            Self::Freeze(_) => keys::freeze(),
            Self::Incarnation(_) => keys::incarnation(),
            Self::InstallShard(..) | Self::Meta | Self::Unreadable(..) | Self::Ignored => return None,
        })
    }
}
