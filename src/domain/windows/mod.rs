//! When seats may be worked on: maintenance windows and blackout days, by the group of a seat.
//!
//! `bridge: 0 22 * * sat,sun 6h Europe/Berlin; *: 0 2 * * * 3h` are windows, `*: 2026-12-24..2027-01-02 Europe/Berlin`
//! are blackout days. `*` is every group without one of its own; a group that neither names is open at any time.

mod cron;

use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use self::cron::Cron;
use super::{FreeText, Timestamp, clock, span};

/// The longest window: more of them make a longer one.
const LONGEST: Duration = Duration::from_secs(7 * 24 * 3600);

/// How far the next opening is looked for; in five years every day of every month has been every weekday or is none.
const HORIZON: i32 = 5 * 366;

/// The maintenance windows and blackout days of a site.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Windows {
    windows: Vec<Window>,
    blackouts: Vec<Blackout>,
}

#[derive(Debug, Clone, PartialEq)]
struct Window {
    group: Group,
    begins: Cron,
    length: Duration,
    zone: TimeZone,
}

#[derive(Debug, Clone, PartialEq)]
struct Blackout {
    group: Group,
    /// From its midnight on.
    from: Timestamp,
    /// Until this midnight.
    until: Timestamp,
}

/// Whom a rule is for.
#[derive(Debug, Clone, PartialEq)]
enum Group {
    /// All without a rule of their own.
    Others,
    Named(String),
}

impl Windows {
    /// Reads the settings; both may be empty.
    ///
    /// # Errors
    /// Which entry is wrong, and how one is written.
    pub fn parse(windows: &str, blackouts: &str) -> Result<Self, String> {
        Ok(Self { windows: listed(windows, window)?, blackouts: listed(blackouts, blackout)? })
    }

    /// Every seat is open at any time.
    pub fn is_empty(&self) -> bool {
        self.windows.is_empty() && self.blackouts.is_empty()
    }

    /// The first moment from `now` on at which seats of a group may be worked on; `now` itself: they are open. One that
    /// lies years ahead is as good as never.
    pub fn opens(&self, group: &FreeText, now: Timestamp) -> Timestamp {
        let group = group.raw();
        let windows: Vec<&Window> = of_group(&self.windows, group, |window| &window.group).collect();
        let blackouts: Vec<&Blackout> = of_group(&self.blackouts, group, |day| &day.group).collect();
        if windows.is_empty() {
            return after_blackouts(&blackouts, now);
        }
        let first = windows.iter().filter_map(|window| window.opens(&blackouts, now)).min();
        first.unwrap_or_else(|| clock::after(now, Duration::from_secs(HORIZON as u64 * 24 * 3600)))
    }
}

/// The rules with the name of a group, or those of all others.
fn of_group<'a, T>(
    rules: &'a [T],
    group: &'a str,
    whom: impl Fn(&T) -> &Group + Copy + 'a,
) -> impl Iterator<Item = &'a T> {
    let is_named = move |rule: &&T| matches!(whom(rule), Group::Named(name) if name == group);
    let named = rules.iter().any(|rule| is_named(&rule));
    rules.iter().filter(move |rule| if named { is_named(rule) } else { *whom(rule) == Group::Others })
}

/// The first moment from `at` on that is on no blackout day.
fn after_blackouts(blackouts: &[&Blackout], mut at: Timestamp) -> Timestamp {
    while let Some(over) = blackouts.iter().find(|day| day.from <= at && at < day.until) {
        at = over.until;
    }
    at
}

impl Window {
    /// The first moment from `now` on that lies in it.
    fn opens(&self, blackouts: &[&Blackout], now: Timestamp) -> Option<Timestamp> {
        // One that has begun before may be open still.
        let first = clock::before(now, self.length).to_zoned(self.zone.clone()).date();
        let mut date = first;
        for _ in 0..HORIZON {
            if self.begins.is_on(date) {
                for (hour, minute) in self.begins.times() {
                    // An hour that a change of the clocks leaves out is taken as the one after it.
                    let begins = date.at(hour, minute, 0, 0).to_zoned(self.zone.clone()).ok()?.timestamp();
                    let opens = after_blackouts(blackouts, begins.max(now));
                    if opens < clock::after(begins, self.length) {
                        return Some(opens);
                    }
                }
            }
            date = date.tomorrow().ok()?;
        }
        None
    }
}

fn listed<T>(text: &str, one: impl Fn(&str) -> Result<T, String>) -> Result<Vec<T>, String> {
    let entries = text.split(';').map(str::trim).filter(|entry| !entry.is_empty());
    entries.map(|entry| one(entry).map_err(|why| format!("{entry:?}: {why}"))).collect()
}

/// `GROUP: ...`; a group's name may hold a colon itself.
fn of_whom(entry: &str) -> Result<(Group, Vec<&str>), String> {
    let (group, rest) = entry.rsplit_once(':').ok_or("it begins with a group and a colon, or *:")?;
    let group = match group.trim() {
        "*" => Group::Others,
        "" => return Err("it begins with a group and a colon, or *:".to_owned()),
        name => Group::Named(name.to_owned()),
    };
    Ok((group, rest.split_whitespace().collect()))
}

fn zone(name: Option<&&str>) -> Result<TimeZone, String> {
    name.map_or(Ok(TimeZone::UTC), |name| {
        TimeZone::get(name)
            .map_err(|_| format!("{name:?} is no time zone this host knows, like Europe/Berlin"))
    })
}

fn window(entry: &str) -> Result<Window, String> {
    let (group, words) = of_whom(entry)?;
    let [minute, hour, day, month, weekday, length, ref rest @ ..] = words[..] else {
        return Err(
            "write minute hour day month weekday, how long, and a time zone: 0 22 * * sat 6h UTC".to_owned()
        );
    };
    if rest.len() > 1 {
        return Err(format!("{:?} is too much", rest[1]));
    }
    let length = span::parse(length)?;
    if length.is_zero() || length > LONGEST {
        return Err("a window lasts from 1 minute to 7 days".to_owned());
    }
    let begins = Cron::parse([minute, hour, day, month, weekday])?;
    let window = Window { group, begins, length, zone: zone(rest.first())? };
    match window.opens(&[], Timestamp::UNIX_EPOCH) {
        Some(_) => Ok(window),
        None => Err("there is no such day".to_owned()),
    }
}

fn blackout(entry: &str) -> Result<Blackout, String> {
    let (group, words) = of_whom(entry)?;
    let wrong = || "write days and a time zone: 2026-12-24..2027-01-02 Europe/Berlin".to_owned();
    let (days, rest) = words.split_first().ok_or_else(wrong)?;
    let (first, last) = days.split_once("..").unwrap_or((days, days));
    let date = |text: &str| text.parse::<Date>().map_err(|_| wrong());
    let (first, last, zone) = (date(first)?, date(last)?, zone(rest.first())?);
    if first > last || rest.len() > 1 {
        return Err(wrong());
    }
    let midnight = |date: Date| date.to_zoned(zone.clone()).map(|at| at.timestamp()).map_err(|_| wrong());
    let (from, until) = (midnight(first)?, midnight(last.tomorrow().map_err(|_| wrong())?)?);
    Ok(Blackout { group, from, until })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[track_caller]
    fn opens(windows: &str, blackouts: &str, group: &str, now: &str, then: &str) {
        let site = Windows::parse(windows, blackouts).unwrap();
        assert_eq!(site.opens(&FreeText::from(group), at(now)), at(then), "{windows} {blackouts} {group}");
    }

    #[test]
    fn a_seat_is_open_within_the_windows_of_its_group() {
        let nights = "*: 0 22 * * * 6h; bridge: 30 1 * * sun 90m";
        opens(nights, "", "", "2026-11-24T23:00:00Z", "2026-11-24T23:00:00Z");
        opens(nights, "", "", "2026-11-24T03:59:59Z", "2026-11-24T03:59:59Z");
        opens(nights, "", "", "2026-11-24T04:00:00Z", "2026-11-24T22:00:00Z");
        opens(nights, "", "bridge", "2026-11-24T23:00:00Z", "2026-11-29T01:30:00Z");
        opens(nights, "", "bridge", "2026-11-29T02:59:59Z", "2026-11-29T02:59:59Z");
        opens(nights, "", "bridge", "2026-11-29T03:00:00Z", "2026-12-06T01:30:00Z");
        opens("bridge: 0 1 * * * 1h", "", "engine", "2026-11-29T12:00:00Z", "2026-11-29T12:00:00Z");
        opens("a: b: 0 1 * * * 1h", "", "a: b", "2026-11-29T12:00:00Z", "2026-11-30T01:00:00Z");
        opens("", "", "", "2026-11-29T12:00:00Z", "2026-11-29T12:00:00Z");
    }

    #[test]
    fn a_window_opens_by_the_clocks_of_its_zone() {
        let night = "*: 0 2 * * * 1h Europe/Berlin";
        opens(night, "", "", "2026-11-24T00:30:00Z", "2026-11-24T01:00:00Z");
        opens(night, "", "", "2026-07-24T00:30:00Z", "2026-07-24T00:30:00Z");
        // That night has no two o'clock.
        opens(night, "", "", "2026-03-28T22:00:00Z", "2026-03-29T01:00:00Z");
    }

    #[test]
    fn nothing_is_open_on_a_blackout_day() {
        let days = "*: 2026-12-24..2026-12-26; bridge: 2026-12-31 Europe/Berlin";
        opens("", days, "", "2026-12-25T12:00:00Z", "2026-12-27T00:00:00Z");
        opens("", days, "bridge", "2026-12-25T12:00:00Z", "2026-12-25T12:00:00Z");
        opens("", days, "bridge", "2026-12-31T12:00:00Z", "2026-12-31T23:00:00Z");
        let nights = "*: 0 22 * * * 6h";
        opens(nights, days, "", "2026-12-23T23:00:00Z", "2026-12-23T23:00:00Z");
        // The window of the 26th is open still when the day is over.
        opens(nights, days, "", "2026-12-24T01:00:00Z", "2026-12-27T00:00:00Z");
        opens("*: 0 12 * * * 1h", days, "", "2026-12-24T01:00:00Z", "2026-12-27T12:00:00Z");
    }

    #[test]
    fn what_makes_no_sense_is_refused_with_its_entry() {
        for text in [
            "0 22 * * * 6h",
            ": 0 22 * * * 6h",
            "*: 0 22 * * *",
            "*: 0 22 * * * 0s",
            "*: 0 22 * * * 8d",
            "*: 0 22 * * * 6h Nowhere/City",
            "*: 0 22 * * * 6h UTC UTC",
            "*: 0 22 31 2 * 6h",
            "*: 0 25 * * * 6h",
        ] {
            let why = Windows::parse(text, "").unwrap_err();
            assert!(why.starts_with(&format!("{text:?}: ")), "{why}");
        }
        for text in
            ["*: 2026-12-32", "*: 2026-12-26..2026-12-24", "*:", "2026-12-24", "*: 2026-12-24 UTC UTC"]
        {
            assert!(Windows::parse("", text).is_err(), "{text}");
        }
    }
}
