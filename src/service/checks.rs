//! What stands in the way of a plan: the seats themselves, what else is on them, and what the platform says of them.

use std::collections::{BTreeMap, BTreeSet};

use super::{Code, Service, ServiceError};
use crate::domain::fits::{self, Said};
use crate::domain::plan::{Blocked, BlockedBy, Plan, Replaced, VersionChange};
use crate::domain::words::{Say, say, word};
use crate::domain::{FreeText, Prefix, Seat, SeatId, SeatOp, Segment, SegmentId, Timestamp};
use crate::settings::Outside;
use crate::store::Entry;

/// Lines of a plan that tell what cannot be read.
const DOUBTS: usize = 3;

/// Reasons by seat, in the order in which they are found.
#[derive(Default)]
pub(super) struct InTheWay(BTreeMap<SeatId, (BlockedBy, Say)>);

impl InTheWay {
    pub(super) fn add(&mut self, seat: &SeatId, by: BlockedBy, reason: Say) {
        let both = match self.0.remove(seat) {
            Some((first, reasons)) => (first, reasons.and(reason)),
            None => (by, reason),
        };
        self.0.insert(seat.clone(), both);
    }

    pub(super) fn blocked(self) -> Vec<Blocked> {
        self.0.into_iter().map(|(seat, (by, reason))| Blocked { seat, reason, by }).collect()
    }
}

impl Service {
    /// Finds out, and what the answer rests on: the unfinished installs of the prefixes that matter.
    pub(super) async fn look_around(
        &self,
        segment: &Segment,
        plan: &mut Plan,
        begins: Timestamp,
        in_the_way: &mut InTheWay,
    ) -> Result<BTreeMap<Prefix, Option<Entry>>, ServiceError> {
        let touched: BTreeSet<SeatId> = plan.touched().cloned().collect();
        if touched.is_empty() {
            return Ok(BTreeMap::new());
        }
        let seats = self.seats_by_id(&touched).await?;
        check_seats(segment, plan, &seats, in_the_way);
        self.check_windows(&seats, begins, plan, in_the_way)?;
        let others = self.check_others(segment, &touched, plan, in_the_way).await?;
        self.check_devices(segment, &seats, plan, in_the_way).await;
        Ok(others)
    }

    /// Seats outside their maintenance windows wait, or are in the way, as the settings say.
    fn check_windows(
        &self,
        seats: &BTreeMap<SeatId, Seat>,
        begins: Timestamp,
        plan: &mut Plan,
        in_the_way: &mut InTheWay,
    ) -> Result<(), ServiceError> {
        let settings = &self.settings.install;
        let windows = settings.windows().map_err(|why| ServiceError::new(Code::Usage, Say::plain(&why)))?;
        if windows.is_empty() {
            return Ok(());
        }
        let mut opens: BTreeMap<&FreeText, Timestamp> = BTreeMap::new();
        let mut closed = Vec::new();
        for (id, seat) in seats {
            let at = *opens.entry(&seat.group).or_insert_with(|| windows.opens(&seat.group, begins));
            if at > begins {
                closed.push((id, at));
            }
        }
        match (settings.outside, closed.iter().map(|(_, at)| at).min()) {
            (Outside::Refuse, _) => closed.iter().for_each(|(id, at)| {
                let reason = say!("block-outside", at = format!("{at:.0}"));
                in_the_way.add(id, BlockedBy::Checks, reason);
            }),
            (Outside::Wait, Some(first)) => plan.warnings.push(say!(
                "warn-wait-for-windows",
                n = closed.len(),
                at = format!("{first:.0}")
            )),
            (Outside::Wait, None) => {}
        }
        Ok(())
    }

    async fn check_others(
        &self,
        segment: &Segment,
        touched: &BTreeSet<SeatId>,
        plan: &mut Plan,
        in_the_way: &mut InTheWay,
    ) -> Result<BTreeMap<Prefix, Option<Entry>>, ServiceError> {
        let related = self.related(segment, touched).await?;
        let said = Said::from(segment);
        let others = related.doubts().into_iter().filter(|doubt| !said.doubts.contains(doubt));
        let doubts: Vec<&Say> = said.doubts.iter().chain(others).collect();
        plan.warnings.extend(doubts.iter().take(DOUBTS).map(|doubt| (*doubt).clone()));
        if let more @ 1.. = doubts.len().saturating_sub(DOUBTS) {
            plan.warnings.push(say!("warn-more-doubts", n = more));
        }
        let mut replaced: BTreeMap<SegmentId, BTreeSet<SeatId>> = BTreeMap::new();
        for seat in touched {
            let installs = plan.install_seat_list.contains(seat);
            let op = if installs { SeatOp::Install } else { SeatOp::Uninstall };
            let held = related.held(seat);
            for reason in fits::against(&said, op, &held) {
                in_the_way.add(seat, BlockedBy::Checks, reason);
            }
            let old = held.iter().map(|(old, _)| &old.id).find(|old| segment.id.is_other_version(old));
            if let Some(old) = old.filter(|_| installs) {
                replaced.entry(old.clone()).or_default().insert(seat.clone());
            }
        }
        let replaced = replaced.into_iter().map(|(old, seats)| Replaced {
            change: VersionChange::between(&old, &segment.id),
            segment_id: old,
            seats,
        });
        plan.replaced = replaced.collect();
        Ok(related.active)
    }

    async fn check_devices(
        &self,
        segment: &Segment,
        seats: &BTreeMap<SeatId, Seat>,
        plan: &mut Plan,
        in_the_way: &mut InTheWay,
    ) {
        let devices = match self.devices(segment.remote).await {
            None => return,
            Some(Ok(devices)) => devices,
            Some(Err(warning)) => return plan.warnings.push(warning),
        };
        for (id, seat) in seats {
            match devices.online.get(&seat.ip) {
                Some(true) => {}
                Some(false) => _ = plan.offline_seat_list.insert(id.clone()),
                None if devices.is_complete => {
                    let reason = say!("block-no-device", remote = segment.remote, ip = seat.ip.to_string());
                    in_the_way.add(id, BlockedBy::Checks, reason);
                }
                None => {}
            }
        }
    }
}

/// Is it there, and may it run this? What is on a seat that is there no more may still be taken off the list.
fn check_seats(segment: &Segment, plan: &Plan, seats: &BTreeMap<SeatId, Seat>, in_the_way: &mut InTheWay) {
    for id in &plan.install_seat_list {
        let Some(seat) = seats.get(id) else {
            in_the_way.add(id, BlockedBy::Unknown, word!("block-no-seat").into());
            continue;
        };
        if let Some(arch) = seat.arch().filter(|arch| !segment.runs_on(arch)) {
            let archs: Vec<String> = segment.archs.iter().map(|arch| arch.shown().into_string()).collect();
            let reason = say!("block-arch", archs = archs.join(", "), arch = arch);
            in_the_way.add(id, BlockedBy::Checks, reason);
        }
    }
}
