//! May a segment be put on a seat, or taken off it, with what else is there?

use super::{FreeText, Requirement, SeatOp, Segment, SegmentId};
use crate::domain::words::{Say, say};

/// Longest text that a doubt quotes, in bytes.
const QUOTED: usize = 100;

/// A segment and what it says of others. What nobody can read of it cannot be checked, and is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Who says it.
    pub id: SegmentId,
    /// What must be on the same seat.
    pub requires: Vec<Requirement>,
    /// What must not.
    pub conflicts: Vec<Requirement>,
    /// What it says that cannot be read.
    pub doubts: Vec<Say>,
}

impl From<&Segment> for Said {
    fn from(segment: &Segment) -> Self {
        Self::new(segment.id.clone(), &segment.requires, &segment.conflicts)
    }
}

impl Said {
    /// As its record has it.
    pub fn new(id: SegmentId, requires: &[FreeText], conflicts: &[FreeText]) -> Self {
        let mut doubts = Vec::new();
        let mut read = |texts: &[FreeText], doubt: fn(&SegmentId, String) -> Say| {
            let mut all = Vec::new();
            for text in texts {
                match text.raw().parse() {
                    Ok(requirement) => all.push(requirement),
                    Err(_) => {
                        doubts.push(doubt(&id, text.clone().cut(QUOTED).shown().into_string()));
                    }
                }
            }
            all
        };
        let requires = read(requires, |id, text| say!("fits-doubt-requires", id = id, text = text));
        let conflicts = read(conflicts, |id, text| say!("fits-doubt-conflicts", id = id, text = text));
        Self { id, requires, conflicts, doubts }
    }

    /// Does it say anything of this segment's prefix?
    pub fn names(&self, id: &SegmentId) -> bool {
        self.requires.iter().chain(&self.conflicts).any(|said| said.prefix == id.prefix)
    }

    fn needs(&self, id: &SegmentId) -> Option<&Requirement> {
        self.requires.iter().find(|said| means(said, id))
    }

    fn refuses(&self, id: &SegmentId) -> bool {
        // Of another version of its own nothing can be beside it: that one is replaced.
        self.id.prefix != id.prefix && self.conflicts.iter().any(|said| means(said, id))
    }
}

fn means(said: &Requirement, id: &SegmentId) -> bool {
    said.prefix == id.prefix && said.met_by(&id.version)
}

/// How a segment is on a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// It is installed, and nothing is about to change that.
    Installed,
    /// An unfinished install puts it there.
    Coming,
    /// It is installed, and an unfinished install takes it off or puts another version in its place.
    Leaving,
}

/// Why `segment` cannot be installed on, or uninstalled from, a seat that holds `held`; empty: it can. Sentences
/// without a full stop. What is on its way there or off counts against it: either may yet fail.
pub fn against(segment: &Said, op: SeatOp, held: &[(&Said, Presence)]) -> Vec<Say> {
    match op {
        SeatOp::Install => against_install(segment, held),
        SeatOp::Uninstall => against_uninstall(&segment.id, held),
    }
}

fn against_install(segment: &Said, held: &[(&Said, Presence)]) -> Vec<Say> {
    let mut reasons = Vec::new();
    for required in segment.requires.iter().filter(|required| required.prefix != segment.id.prefix) {
        let of_prefix = || held.iter().filter(|(said, _)| said.id.prefix == required.prefix);
        if of_prefix().any(|(said, presence)| *presence == Presence::Installed && means(required, &said.id)) {
            continue;
        }
        let instead = of_prefix().map(|(said, presence)| told(said, *presence));
        let instead = instead.reduce(|one, other| say!("fits-both", one = one, other = other));
        reasons.push(match instead {
            None => say!("fits-needs", required = required),
            Some(instead) => say!("fits-needs-other", required = required, instead = instead),
        });
    }
    let others = held.iter().filter(|(other, _)| other.id.prefix != segment.id.prefix);
    for (other, presence) in others {
        if segment.refuses(&other.id) {
            reasons.push(say!("fits-conflicts", other = told(other, *presence)));
        } else if other.refuses(&segment.id) {
            reasons.push(say!("fits-is-refused", other = told(other, *presence)));
        }
    }
    // Another version goes when this one comes: whoever needs that one must be content with this one.
    let replaced = held.iter().filter(|(old, _)| segment.id.is_other_version(&old.id));
    for (old, _) in replaced {
        for (other, presence) in held {
            if let Some(needed) = other.needs(&old.id).filter(|_| other.needs(&segment.id).is_none()) {
                let other = told(other, *presence);
                reasons.push(say!("fits-replaces", old = &old.id, other = other, needed = needed));
            }
        }
    }
    reasons
}

fn against_uninstall(id: &SegmentId, held: &[(&Said, Presence)]) -> Vec<Say> {
    let needing = held.iter().filter_map(|(other, presence)| Some((other, presence, other.needs(id)?)));
    let says = |(other, presence, needed): (&&Said, &Presence, &Requirement)| {
        say!("fits-needed", other = told(other, *presence), needed = needed)
    };
    needing.map(says).collect()
}

/// A segment on a seat, in words.
fn told(said: &Said, presence: Presence) -> Say {
    match presence {
        Presence::Installed => say!("fits-installed", id = &said.id),
        Presence::Coming => say!("fits-coming", id = &said.id),
        Presence::Leaving => say!("fits-leaving", id = &said.id),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `prefix@version; requires a, b; conflicts c`
    fn said(text: &str) -> Said {
        let mut parts = text.split(';').map(str::trim);
        let mut said = Said::new(parts.next().unwrap().parse().unwrap(), &[], &[]);
        for part in parts {
            let (word, rest) = part.split_once(' ').unwrap();
            let list = rest.split(',').map(|text| text.trim().parse().unwrap()).collect();
            match word {
                "requires" => said.requires = list,
                "conflicts" => said.conflicts = list,
                other => panic!("{other}"),
            }
        }
        said
    }

    /// What is held: `+` in front of what is coming, `-` of what is leaving.
    fn reasons(op: SeatOp, segment: &str, held: &[&str]) -> Vec<String> {
        let held: Vec<(Said, Presence)> = held
            .iter()
            .map(|text| match text.split_at(1) {
                ("+", rest) => (said(rest), Presence::Coming),
                ("-", rest) => (said(rest), Presence::Leaving),
                _ => (said(text), Presence::Installed),
            })
            .collect();
        let held: Vec<(&Said, Presence)> = held.iter().map(|(said, presence)| (said, *presence)).collect();
        against(&said(segment), op, &held).iter().map(Say::to_string).collect()
    }

    /// Every rule by itself, and several at once: the segment, what the seat holds, what is told (empty: it may).
    #[test]
    fn installs() {
        let table: &[(&str, &[&str], &[&str])] = &[
            // Nothing is said.
            ("nav@2", &[], &[]),
            ("nav@2", &["geo@1", "map@3"], &[]),
            // What it needs.
            ("nav@2; requires geo", &["geo@1"], &[]),
            ("nav@2; requires geo", &[], &["it needs geo, which is not installed"]),
            ("nav@2; requires geo >=1.4", &["geo@1.4.0"], &[]),
            ("nav@2; requires geo >=1.4", &["geo@1.10"], &[]),
            (
                "nav@2; requires geo >=1.4",
                &["geo@1.2"],
                &["it needs geo >=1.4, but there is geo@1.2 (installed)"],
            ),
            (
                "nav@2; requires geo ==1.4",
                &["geo@1.5"],
                &["it needs geo ==1.4, but there is geo@1.5 (installed)"],
            ),
            ("nav@2; requires geo", &["+geo@1"], &["it needs geo, but there is geo@1 (being installed)"]),
            ("nav@2; requires geo", &["-geo@1"], &["it needs geo, but there is geo@1 (being taken off)"]),
            (
                "nav@2; requires geo >=2",
                &["-geo@1", "+geo@2"],
                &["it needs geo >=2, but there is geo@1 (being taken off) and geo@2 (being installed)"],
            ),
            (
                "nav@2; requires geo, map >=2",
                &["map@1"],
                &["it needs geo, which is not installed", "it needs map >=2, but there is map@1 (installed)"],
            ),
            // What it does not bear.
            ("nav@2; conflicts old", &["geo@1"], &[]),
            ("nav@2; conflicts old", &["old@1"], &["it conflicts with old@1 (installed)"]),
            ("nav@2; conflicts old <2", &["old@2"], &[]),
            ("nav@2; conflicts old <2", &["old@1.9"], &["it conflicts with old@1.9 (installed)"]),
            ("nav@2; conflicts old", &["+old@1"], &["it conflicts with old@1 (being installed)"]),
            ("nav@2; conflicts old", &["-old@1"], &["it conflicts with old@1 (being taken off)"]),
            // What does not bear it.
            ("nav@2", &["old@1; conflicts nav"], &["old@1 (installed) conflicts with it"]),
            ("nav@2", &["old@1; conflicts nav <2"], &[]),
            ("nav@1", &["+old@1; conflicts nav <2"], &["old@1 (being installed) conflicts with it"]),
            ("nav@2; conflicts old", &["old@1; conflicts nav"], &["it conflicts with old@1 (installed)"]),
            // Itself, and other versions of itself, which it replaces.
            ("nav@2; requires nav >=1", &[], &[]),
            ("nav@2; conflicts nav <2", &["nav@1"], &[]),
            ("nav@2", &["nav@1; conflicts nav"], &[]),
            ("nav@2", &["nav@1", "map@1; requires nav"], &[]),
            (
                "nav@2",
                &["nav@1", "map@1; requires nav <2"],
                &["it replaces nav@1, but map@1 (installed) needs nav <2"],
            ),
            (
                "nav@1",
                &["nav@2", "+map@1; requires nav >=2"],
                &["it replaces nav@2, but map@1 (being installed) needs nav >=2"],
            ),
            // What is broken already is not made worse.
            ("nav@2", &["nav@1", "map@1; requires nav >=3"], &[]),
            ("nav@2", &["map@1; requires nav <2"], &[]),
            // All at once.
            (
                "nav@2; requires geo; conflicts old",
                &["nav@1", "old@1", "map@1; requires nav ==1", "bar@1; conflicts nav"],
                &[
                    "it needs geo, which is not installed",
                    "it conflicts with old@1 (installed)",
                    "bar@1 (installed) conflicts with it",
                    "it replaces nav@1, but map@1 (installed) needs nav ==1",
                ],
            ),
        ];
        for (segment, held, told) in table {
            assert_eq!(reasons(SeatOp::Install, segment, held), *told, "{segment} on {held:?}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_told() {
        let texts = |texts: &[&str]| texts.iter().map(|text| FreeText::from(*text)).collect::<Vec<_>>();
        let id: SegmentId = "nav@1".parse().unwrap();
        let said = Said::new(id, &texts(&["geo", "geo ~= x\u{1b}[2J"]), &texts(&[&"?".repeat(500)]));
        assert_eq!((said.requires.len(), said.conflicts.len()), (1, 0));
        let told = "nav@1 says it requires \"geo ~= x\u{fffd}[2J\", which cannot be read and is not checked";
        let doubts: Vec<String> = said.doubts.iter().map(Say::to_string).collect();
        assert_eq!(doubts[0], told);
        assert!(doubts[1].contains("it conflicts with \"??") && doubts[1].len() < 200);
    }

    #[test]
    fn uninstalls() {
        let table: &[(&str, &[&str], &[&str])] = &[
            ("geo@1", &[], &[]),
            ("geo@1", &["nav@2", "map@1; conflicts geo"], &[]),
            ("geo@1", &["nav@2; requires geo"], &["nav@2 (installed) needs geo"]),
            ("geo@1", &["nav@2; requires geo >=2"], &[]),
            ("geo@1", &["+nav@2; requires geo"], &["nav@2 (being installed) needs geo"]),
            ("geo@1", &["-nav@2; requires geo"], &["nav@2 (being taken off) needs geo"]),
            (
                "geo@1",
                &["nav@2; requires geo", "map@1; requires bar, geo ==1"],
                &["nav@2 (installed) needs geo", "map@1 (installed) needs geo ==1"],
            ),
            // What it needs itself is not asked for when it goes.
            ("geo@1; requires bar; conflicts nav", &["nav@2"], &[]),
        ];
        for (segment, held, told) in table {
            assert_eq!(reasons(SeatOp::Uninstall, segment, held), *told, "{segment} off {held:?}");
        }
    }
}
