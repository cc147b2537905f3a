//! Equal reasons as one: a thousand seats that fail for one reason are one line, also when each names its own
//! number, address or path.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{FreeText, SeatId, SeatState};

/// Seats that failed alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Alike {
    /// The reason; what differs from seat to seat stands as `#`.
    pub reason: String,
    /// How many.
    pub count: usize,
    /// In order.
    pub seats: Vec<SeatId>,
}

/// The seats of an install that a retry would take up, by why they ended. Those that an operator ended have no reason
/// of their own.
pub fn failures<'a>(seats: impl Iterator<Item = (&'a SeatId, SeatState, &'a FreeText)>) -> Vec<Alike> {
    let has_reason = |state: SeatState, message: &FreeText| {
        state.is_retryable() && !(state == SeatState::Cancelled && message.is_empty())
    };
    let failed = seats.filter(|(_, state, message)| has_reason(*state, message));
    alike(failed.map(|(seat, _, message)| (seat, message)))
}

/// Groups seats by their reasons, the largest group first.
pub fn alike<'a>(failed: impl Iterator<Item = (&'a SeatId, &'a FreeText)>) -> Vec<Alike> {
    let mut groups: BTreeMap<String, (&FreeText, bool, Vec<SeatId>)> = BTreeMap::new();
    for (seat, reason) in failed {
        let (first, same, seats) =
            groups.entry(masked(reason.raw())).or_insert_with(|| (reason, true, Vec::new()));
        *same &= *first == reason;
        seats.push(seat.clone());
    }
    let mut alike: Vec<Alike> = groups
        .into_iter()
        .map(|(mask, (first, same, seats))| Alike {
            reason: if same { first.raw().to_owned() } else { mask },
            count: seats.len(),
            seats,
        })
        .collect();
    alike.sort_by_key(|alike| std::cmp::Reverse(alike.seats.len()));
    alike
}

/// A reason without what differs from seat to seat: words with a digit, and what joins them. What is masked once
/// stays as it is.
pub fn masked(reason: &str) -> String {
    let mut mask = String::with_capacity(reason.len());
    let mut rest = reason;
    while let Some(first) = rest.chars().next() {
        let end = match rest.find(|c: char| !c.is_alphanumeric()) {
            Some(0) => first.len_utf8(),
            Some(end) => end,
            None => rest.len(),
        };
        let (word, after) = rest.split_at(end);
        if word.contains(|c: char| c.is_ascii_digit()) {
            // An address or a time is one thing: `10.0.0.7:80`, `12:30`.
            let joined = mask.len() > 1
                && mask.ends_with(['.', ':', '-', '_', '/'])
                && mask[..mask.len() - 1].ends_with('#');
            if joined {
                mask.pop();
            } else {
                mask.push('#');
            }
        } else {
            mask.push_str(word);
        }
        rest = after;
    }
    mask
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_from_seat_to_seat_is_masked() {
        for (reason, mask) in [
            ("disk full: 1234 bytes left", "disk full: # bytes left"),
            ("10.0.0.7:80 does not answer", "# does not answer"),
            ("seat-001: no such file /opt/a1b2/x", "seat-#: no such file /opt/#/x"),
            ("script ended with 3", "script ended with #"),
            ("磁盘已满：剩余 12 字节", "磁盘已满：剩余 # 字节"),
            ("", ""),
            ("plain", "plain"),
        ] {
            assert_eq!(masked(reason), mask);
            assert_eq!(masked(mask), mask);
        }
    }

    #[test]
    fn the_largest_group_comes_first() {
        let failed: Vec<(SeatId, FreeText)> =
            [("a", "no room: 1"), ("b", "gone"), ("c", "no room: 2"), ("d", "gone"), ("e", "no room: 3")]
                .iter()
                .map(|(seat, reason)| (seat.parse().unwrap(), FreeText::from(*reason)))
                .collect();
        let groups = alike(failed.iter().map(|(seat, reason)| (seat, reason)));
        let told: Vec<_> = groups.iter().map(|group| (group.reason.as_str(), group.seats.len())).collect();
        assert_eq!(told, [("no room: #", 3), ("gone", 2)]);
    }
}
