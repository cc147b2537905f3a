//! The five fields of cron: minute, hour, day of the month, month, day of the week.

use jiff::civil::Date;

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/// When something begins, to the minute; a bit a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cron {
    minutes: u64,
    hours: u64,
    days: u64,
    months: u64,
    weekdays: u64,
    /// As in cron: where both the day of the month and that of the week are named, either is enough.
    either_day: bool,
}

impl Cron {
    /// Reads the five fields.
    pub(super) fn parse(fields: [&str; 5]) -> Result<Self, String> {
        let [minute, hour, day, month, weekday] = fields;
        let weekdays = field(weekday, 0, 7, &DAYS)?;
        Ok(Self {
            minutes: field(minute, 0, 59, &[])?,
            hours: field(hour, 0, 23, &[])?,
            days: field(day, 1, 31, &[])?,
            months: field(month, 1, 12, &MONTHS)?,
            // Sunday is 0 and 7.
            weekdays: (weekdays | weekdays >> 7) & 0x7f,
            either_day: !day.starts_with('*') && !weekday.starts_with('*'),
        })
    }

    /// Does it begin on this day?
    pub(super) fn is_on(&self, date: Date) -> bool {
        let has = |bits: u64, at: i8| bits >> at & 1 == 1;
        let day = has(self.days, date.day());
        let weekday = has(self.weekdays, date.weekday().to_sunday_zero_offset());
        has(self.months, date.month()) && if self.either_day { day || weekday } else { day && weekday }
    }

    /// Hours and minutes at which it begins on its days, in order.
    pub(super) fn times(&self) -> impl Iterator<Item = (i8, i8)> {
        let (hours, minutes) = (self.hours, self.minutes);
        let of = |bits: u64, count: i8| (0..count).filter(move |at| bits >> at & 1 == 1);
        of(hours, 24).flat_map(move |hour| of(minutes, 60).map(move |minute| (hour, minute)))
    }
}

/// `*`, `*/5`, `3`, `1-5`, `1-10/2`, names where there are any, and lists of these.
fn field(text: &str, least: u64, most: u64, names: &[&str]) -> Result<u64, String> {
    let wrong = || format!("{text:?} is no list of numbers from {least} to {most} such as 1,5-10,*/15");
    let value = |text: &str| {
        let named = names.iter().position(|name| text.eq_ignore_ascii_case(name));
        let first = if most == 12 { 1 } else { 0 };
        let value = named.map(|at| at as u64 + first).or_else(|| text.parse().ok());
        value.filter(|value| (least..=most).contains(value)).ok_or_else(wrong)
    };
    let mut bits = 0;
    for part in text.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => {
                (range, step.parse::<usize>().ok().filter(|step| *step > 0).ok_or_else(wrong)?)
            }
            None => (part, 1),
        };
        let (from, to) = match range.split_once('-') {
            _ if range == "*" => (least, most.min(if names.len() == 7 { 6 } else { most })),
            Some((from, to)) => (value(from)?, value(to)?),
            None if step > 1 => (value(range)?, most),
            None => (value(range)?, value(range)?),
        };
        if from > to {
            return Err(wrong());
        }
        (from..=to).step_by(step).for_each(|at| bits |= 1 << at);
    }
    Ok(bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<Cron, String> {
        let fields: Vec<&str> = text.split_whitespace().collect();
        Cron::parse(fields.try_into().unwrap())
    }

    #[test]
    fn fields_are_read_as_cron_reads_them() {
        let on = |text: &str, date: &str| parsed(text).unwrap().is_on(date.parse().unwrap());
        // 2026-11-29 is a Sunday.
        assert!(
            on("0 2 * * SUN", "2026-11-29") && on("0 2 * * 0", "2026-11-29") && on("0 2 * * 7", "2026-11-29")
        );
        assert!(!on("0 2 * * 1-5", "2026-11-29") && on("0 2 * * mon-fri", "2026-11-27"));
        assert!(on("0 0 1,15 * *", "2026-11-15") && !on("0 0 1,15 * *", "2026-11-14"));
        assert!(on("0 0 * nov *", "2026-11-14") && !on("0 0 * 12 *", "2026-11-14"));
        assert!(on("0 0 14 * sun", "2026-11-14") && on("0 0 14 * sun", "2026-11-29"), "either is enough");
        assert!(on("0 0 */2 * *", "2026-11-03") && !on("0 0 */2 * *", "2026-11-04"));
        let times: Vec<_> = parsed("0,30 22-23 * * *").unwrap().times().collect();
        assert_eq!(times, [(22, 0), (22, 30), (23, 0), (23, 30)]);
        assert_eq!(parsed("*/20 4 * * *").unwrap().times().count(), 3);
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for text in [
            "60 0 * * *",
            "0 24 * * *",
            "0 0 0 * *",
            "0 0 * 13 *",
            "0 0 * * 8",
            "0 0 * * noday",
            "5-1 0 * * *",
            "*/0 0 * * *",
            ", 0 * * *",
            "-1 0 * * *",
            "1- 0 * * *",
            "a 0 * * *",
            "99999999999999999999 0 * * *",
        ] {
            assert!(parsed(text).is_err(), "{text}");
        }
    }
}
