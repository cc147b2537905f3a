//! Seats named by an expression, as an operator types or pastes it.
//!
//! ```text
//! seat-001 seat-007        these; commas, spaces and lines lie between
//! seat-001..seat-500       all from one to the other, in the order in which lists show them
//! group:bridge tag:lead    all of a group, all with a tag; group:"two words"
//! !seat-003 !tag:spare     not these, whatever stands before
//! ```

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Seat, SeatId, version};

/// Most parts of an expression that each look at all seats.
const MAX_SEARCHES: usize = 1_000;

/// What an expression did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chosen {
    /// How many seats are marked that were not.
    pub marked: usize,
    /// How many are not marked any more.
    pub unmarked: usize,
    /// Parts that name no known seat, as they were written.
    pub unknown: Vec<String>,
}

/// Marks the seats that an expression names among `seats`, which are in the order of their ids; takes the marks
/// of those away that it excludes.
pub fn choose(text: &str, seats: &[Arc<Seat>], marks: &mut BTreeSet<SeatId>) -> Chosen {
    let mut chosen = Chosen::default();
    let before = marks.clone();
    let mut searches = 0;
    for part in parts(text) {
        let (not, what) = part.strip_prefix('!').map_or((false, part.as_str()), |what| (true, what));
        let named: Vec<&SeatId> = match one(what, seats) {
            Some(seat) => vec![seat],
            None if searches < MAX_SEARCHES => {
                searches += 1;
                search(what, seats)
            }
            None => Vec::new(),
        };
        if named.is_empty() {
            chosen.unknown.push(part);
            continue;
        }
        for seat in named {
            if not {
                marks.remove(seat);
            } else if !marks.contains(seat) {
                marks.insert(seat.clone());
            }
        }
    }
    chosen.marked = marks.difference(&before).count();
    chosen.unmarked = before.difference(marks).count();
    chosen
}

/// The parts of an expression; what stands in quotes is of one piece.
fn parts(text: &str) -> Vec<String> {
    let mut parts = Vec::new();
    let (mut part, mut quoted) = (String::new(), false);
    for letter in text.chars() {
        match letter {
            '"' => quoted = !quoted,
            _ if !quoted && (letter.is_whitespace() || matches!(letter, ',' | ';' | '，' | '；')) => {
                parts.push(std::mem::take(&mut part));
            }
            _ => part.push(letter),
        }
    }
    parts.push(part);
    parts.retain(|part| !part.is_empty() && part != "!");
    parts
}

fn one<'a>(id: &str, seats: &'a [Arc<Seat>]) -> Option<&'a SeatId> {
    let at = seats.binary_search_by(|seat| seat.id.as_str().cmp(id)).ok()?;
    seats.get(at).map(|seat| &seat.id)
}

fn search<'a>(what: &str, seats: &'a [Arc<Seat>]) -> Vec<&'a SeatId> {
    let all = |wanted: &dyn Fn(&Seat) -> bool| {
        seats.iter().filter(|seat| wanted(seat)).map(|seat| &seat.id).collect::<Vec<_>>()
    };
    if let Some(group) = what.strip_prefix("group:") {
        return all(&|seat| seat.group.raw() == group);
    }
    if let Some(tag) = what.strip_prefix("tag:") {
        return all(&|seat| seat.tags.iter().any(|known| known.raw() == tag));
    }
    let Some((from, to)) = what.split_once("..").filter(|(from, to)| !from.is_empty() && !to.is_empty())
    else {
        return Vec::new();
    };
    let (from, to) = if version::compare(from, to) == Ordering::Greater { (to, from) } else { (from, to) };
    all(&|seat| {
        version::compare(from, seat.id.as_str()) != Ordering::Greater
            && version::compare(seat.id.as_str(), to) != Ordering::Greater
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn seats() -> Vec<Arc<Seat>> {
        let seat = |n: u8| {
            let tags = if n.is_multiple_of(4) { BTreeSet::from(["lead".into()]) } else { BTreeSet::new() };
            Arc::new(Seat {
                id: format!("seat-{n}").parse().unwrap(),
                ip: [10, 0, 0, n].into(),
                group: if n <= 6 { "bridge" } else { "engine room" }.into(),
                tags,
                note: "".into(),
                unknown: Default::default(),
            })
        };
        let mut seats: Vec<_> = (1..=12).map(seat).collect();
        seats.sort_by(|a, b| a.id.cmp(&b.id));
        seats
    }

    fn chosen(text: &str) -> (Vec<u8>, Vec<String>) {
        let mut marks = BTreeSet::from(["seat-1".parse().unwrap()]);
        let chosen = choose(text, &seats(), &mut marks);
        let mut numbers: Vec<u8> =
            marks.iter().map(|seat| seat.as_str().trim_start_matches("seat-").parse().unwrap()).collect();
        numbers.sort_unstable();
        (numbers, chosen.unknown)
    }

    #[test]
    fn each_form_names_what_it_says_beside_what_is_marked() {
        for (text, marked) in [
            ("", vec![1]),
            ("seat-3, seat-5\nseat-3", vec![1, 3, 5]),
            ("seat-2..seat-4", vec![1, 2, 3, 4]),
            ("seat-9..seat-11", vec![1, 9, 10, 11]),
            ("seat-11..seat-9", vec![1, 9, 10, 11]),
            ("tag:lead", vec![1, 4, 8, 12]),
            ("group:\"engine room\" !seat-8 !seat-10..seat-12", vec![1, 7, 9]),
            ("!seat-1", vec![]),
            ("group:bridge !tag:lead seat-4", vec![1, 2, 3, 4, 5, 6]),
            ("seat-3；seat-5，seat-6", vec![1, 3, 5, 6]),
        ] {
            assert_eq!(chosen(text), (marked, vec![]), "{text}");
        }
    }

    #[test]
    fn what_names_nothing_is_told_and_the_rest_counts() {
        let (marked, unknown) = chosen("seat-2 seat-77 group:attic seat-80..seat-90 .. seat-3.. !");
        assert_eq!(marked, [1, 2]);
        assert_eq!(unknown, ["seat-77", "group:attic", "seat-80..seat-90", "..", "seat-3.."]);

        let mut marks = BTreeSet::from(["seat-1".parse().unwrap(), "seat-4".parse().unwrap()]);
        let chosen = choose("seat-1..seat-6 !tag:lead", &seats(), &mut marks);
        assert_eq!((chosen.marked, chosen.unmarked), (4, 1), "2, 3, 5, 6 come; 4 goes");
    }

    #[test]
    fn a_hostile_expression_ends_soon() {
        let text = "group:x ".repeat(200_000);
        assert_eq!(choose(&text, &seats(), &mut BTreeSet::new()).unknown.len(), 200_000);
    }

    proptest! {
        #[test]
        fn a_list_of_ids_marks_exactly_these(numbers in proptest::collection::btree_set(1..=12_u8, 0..12)) {
            let text: Vec<_> = numbers.iter().map(|n| format!("seat-{n}")).collect();
            let mut marks = BTreeSet::new();
            choose(&text.join("\n"), &seats(), &mut marks);
            prop_assert_eq!(marks, text.iter().map(|id| id.parse().unwrap()).collect());
        }

        #[test]
        fn nothing_panics(text in ".{0,60}|[seat.,!:\" 0-9-]{0,40}") {
            choose(&text, &seats(), &mut BTreeSet::new());
        }
    }
}
