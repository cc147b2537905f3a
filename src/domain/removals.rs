//! How much data sync may remove without being asked: what it removed in the last week counts, not one run.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::sync::{Hold, SyncItem};
use super::words::{Say, say, word};
use super::{FreeText, Timestamp, clock};

/// How long a removal counts.
const WEEK: Duration = Duration::from_secs(7 * 24 * 3600);

/// What falls into the same hour is counted together, so that a week has 169 numbers at most.
const HOUR: i64 = 3600;

/// Most numbers that are kept, also where clocks have jumped.
const MOST: usize = 200;

/// Longest list of uids that is written down before they go, in bytes; the record has its limit.
const MAX_BEGUN: usize = 60 * 1024;

/// What data sync removed without being asked, by the hour.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Removals {
    /// Oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    hours: Vec<Removed>,
    /// The uids of a run that has begun to remove, counted already. After a crash, those that are still here are
    /// taken off again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    begun: Vec<String>,
}

/// The removals of an hour.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Removed {
    since: Timestamp,
    count: usize,
}

impl Removals {
    /// Nothing was removed lately.
    pub fn is_empty(&self) -> bool {
        self.hours.is_empty() && self.begun.is_empty()
    }

    /// How many were removed in the last week; an hour counts as long as any part of it does.
    pub fn recent(&self, now: Timestamp) -> usize {
        self.hours
            .iter()
            .filter(|hour| clock::after(hour.since, WEEK) >= hour_of(now))
            .map(|hour| hour.count)
            .sum()
    }

    /// These are about to go: they count from now on.
    pub fn begin<'a>(&mut self, uids: impl Iterator<Item = &'a str>, now: Timestamp) {
        let hour = hour_of(now);
        self.hours.retain(|one| clock::after(one.since, WEEK) >= hour);
        let mut bytes = 0;
        let mut count = 0;
        for uid in uids {
            count += 1;
            bytes += uid.len() + 3;
            if bytes <= MAX_BEGUN {
                self.begun.push(uid.to_owned());
            }
        }
        match self.hours.iter_mut().find(|one| one.since == hour) {
            Some(one) => one.count += count,
            None => self.hours.push(Removed { since: hour, count }),
        }
        self.hours.sort_by_key(|one| one.since);
        while self.hours.len() > MOST {
            let oldest = self.hours.remove(0);
            if let Some(next) = self.hours.first_mut() {
                next.count += oldest.count;
            }
        }
    }

    /// The run has come to an end, its own or a crash's: what of it is still here does not count. `true`: there was
    /// something to settle.
    pub fn settle(&mut self, is_here: impl Fn(&str) -> bool) -> bool {
        let begun = std::mem::take(&mut self.begun);
        let mut stayed = begun.iter().filter(|uid| is_here(uid)).count();
        for hour in self.hours.iter_mut().rev() {
            let off = stayed.min(hour.count);
            hour.count -= off;
            stayed -= off;
        }
        self.hours.retain(|hour| hour.count > 0);
        !begun.is_empty()
    }
}

fn hour_of(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second() - at.as_second().rem_euclid(HOUR)).unwrap_or(at)
}

/// What removals are measured by.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The setting `sync.hold`.
    pub hold: Hold,
    /// The setting `sync.max_delete_percent`.
    pub max_percent: u8,
    /// The platform was adopted, and what it lacks was not confirmed yet.
    pub adopted: bool,
    /// An operator has confirmed them.
    pub confirmed: bool,
    /// Removed in the last week without being asked.
    pub recent: usize,
    /// Records with a uid.
    pub records: usize,
    /// Segments of the platform's list.
    pub listed: usize,
}

/// Which of those that are gone there go here too, and which wait for an operator, each with the reason.
pub fn weigh(gone: Vec<SyncItem>, limits: &Limits) -> (Vec<SyncItem>, Vec<SyncItem>) {
    if limits.confirmed {
        return (gone, Vec::new());
    }
    let (mut go, mut held) = (Vec::new(), Vec::new());
    for item in gone {
        match reason_of(&item, limits) {
            Some(why) => held.push(because(item, why)),
            None => go.push(item),
        }
    }
    if let Some(why) = beyond(go.len(), limits) {
        held.extend(go.drain(..).map(|item| because(item, why.clone())));
        held.sort_by(|one, other| one.uid.cmp(&other.uid));
    }
    (go, held)
}

fn because(item: SyncItem, why: Say) -> SyncItem {
    SyncItem { reason: Some(FreeText::from(why)), ..item }
}

/// Why this one waits, whatever becomes of the others.
fn reason_of(item: &SyncItem, limits: &Limits) -> Option<Say> {
    if limits.adopted {
        return Some(word!("held-adopted").into());
    }
    if limits.listed == 0 {
        return Some(word!("held-empty").into());
    }
    match limits.hold {
        Hold::All => Some(word!("held-all").into()),
        Hold::Installed if item.seat_count > 0 => Some(say!("held-installed", n = item.seat_count)),
        Hold::Installed | Hold::None => None,
    }
}

/// Why this many wait: they and those of the last week are more than three, and more than the share of all.
fn beyond(count: usize, limits: &Limits) -> Option<Say> {
    let Limits { recent, records, max_percent, .. } = *limits;
    let week = recent + count;
    // Those of the last week were records then.
    let is_too_many = week > 3 && week * 100 > (records + recent) * usize::from(max_percent);
    (count > 0 && is_too_many).then(|| {
        say!(
            "held-limit",
            n = week,
            all = records + recent,
            percent = usize::from(max_percent),
            recent = recent
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        hold: Hold::None,
        max_percent: 10,
        adopted: false,
        confirmed: false,
        recent: 0,
        records: 100,
        listed: 90,
    };

    fn gone(count: usize) -> Vec<SyncItem> {
        (0..count).map(|n| SyncItem::new(&format!("u{n:03}"), &format!("a@{n}").parse().unwrap())).collect()
    }

    fn goes(count: usize, limits: Limits) -> usize {
        let (go, held) = weigh(gone(count), &limits);
        assert_eq!(go.len() + held.len(), count);
        assert!(held.iter().all(|item| item.reason.as_ref().unwrap().raw().contains("segdeck sync --yes")));
        go.len()
    }

    #[test]
    fn a_landslide_is_held() {
        assert_eq!(goes(0, Limits { listed: 0, ..LIMITS }), 0);
        assert_eq!(
            goes(1, Limits { listed: 0, records: 1, ..LIMITS }),
            0,
            "an empty list removes nothing by itself"
        );
        assert_eq!(goes(3, Limits { records: 4, listed: 1, ..LIMITS }), 3, "three are few");
        assert_eq!(goes(11, LIMITS), 0);
        assert_eq!(goes(10, LIMITS), 10);
        assert_eq!(goes(11, Limits { confirmed: true, ..LIMITS }), 11);
    }

    #[test]
    fn so_is_one_that_comes_bit_by_bit() {
        assert_eq!(goes(3, Limits { recent: 3, records: 20, ..LIMITS }), 0, "six of 23");
        assert_eq!(goes(3, Limits { recent: 6, records: 94, ..LIMITS }), 3, "nine of 100");
        assert_eq!(goes(3, Limits { recent: 9, records: 91, ..LIMITS }), 0, "twelve of 100");
        assert_eq!(goes(1, Limits { recent: 3, records: 2, ..LIMITS }), 0);
        assert_eq!(goes(0, Limits { recent: 50, records: 2, ..LIMITS }), 0);
    }

    #[test]
    fn what_is_installed_waits_where_that_is_set() {
        let seats = ["s1", "s2"].map(|seat| seat.parse().unwrap()).into();
        let mut some = gone(2);
        some[0] = some[0].clone().on(&seats);
        let (go, held) = weigh(some.clone(), &Limits { hold: Hold::Installed, ..LIMITS });
        assert_eq!((go[0].uid.as_str(), held[0].uid.as_str()), ("u001", "u000"));
        assert!(held[0].reason.as_ref().unwrap().raw().contains("2 seats"), "{held:?}");
        assert_eq!(weigh(some.clone(), &Limits { hold: Hold::All, ..LIMITS }).1.len(), 2);
        assert_eq!(weigh(some, &LIMITS).0.len(), 2);
        assert_eq!(goes(2, Limits { adopted: true, ..LIMITS }), 0);
    }

    fn at(hours: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + hours * 3600).unwrap()
    }

    #[test]
    fn a_week_slides() {
        let mut removals = Removals::default();
        let mut remove = |count: usize, hour: i64| {
            let uids: Vec<String> = (0..count).map(|n| format!("u{n}")).collect();
            removals.begin(uids.iter().map(String::as_str), at(hour));
            removals.settle(|_| false);
            removals.clone()
        };
        remove(3, 0);
        remove(2, 24);
        let all = remove(1, 24);
        assert_eq!(all.hours.len(), 2);
        assert_eq!(all.recent(at(25)), 6);
        assert_eq!(all.recent(at(7 * 24)), 6);
        assert_eq!(all.recent(at(7 * 24 + 1)), 3);
        assert_eq!(all.recent(at(8 * 24 + 1)), 0);
        assert_eq!(remove(1, 8 * 24 + 1).hours.len(), 1, "what does not count is not kept");
        for hour in 0..3_000 {
            remove(1, 8 * 24 + hour * 24 * 30);
            remove(1, 8 * 24 + hour);
        }
        assert!(remove(1, 0).hours.len() <= MOST);
    }

    #[test]
    fn what_a_crash_left_here_does_not_count() {
        let mut removals = Removals::default();
        removals.begin(["u1", "u2", "u3"].into_iter(), at(0));
        assert_eq!(removals.recent(at(0)), 3);
        assert!(removals.settle(|uid| uid != "u1"));
        assert_eq!(removals.recent(at(0)), 1);
        assert!(!removals.settle(|_| true));
        removals.begin(["u2"].into_iter(), at(1));
        removals.settle(|_| true);
        assert_eq!(removals.recent(at(1)), 1);
    }
}
