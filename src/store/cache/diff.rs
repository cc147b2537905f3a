//! What a complete list changed, so that a swap wakes only those it concerns.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Change, Rows};

/// Every row that came, went or is another.
pub(super) fn changes(old: &Rows, new: &Rows) -> Vec<Change> {
    let mut changes = Vec::new();
    differing(
        &old.segments,
        &new.segments,
        |a, b| a.mod_revision == b.mod_revision,
        |id, _| {
            changes.push(Change::Segment(id.clone()));
        },
    );
    differing(
        &old.leftovers,
        &new.leftovers,
        |a, b| a.mod_revision == b.mod_revision,
        |id, _| {
            changes.push(Change::Segment(id.clone()));
        },
    );
    differing(
        &old.seats,
        &new.seats,
        |a, b| Arc::ptr_eq(a, b) || a == b,
        |id, _| {
            changes.push(Change::Seat(id.clone()));
        },
    );
    differing(&old.bound, &new.bound, |a, b| a == b, |prefix, _| changes.push(Change::Bound(prefix.clone())));
    differing(
        &old.installed,
        &new.installed,
        |a, b| a == b,
        |id, _| {
            changes.push(Change::Installed(id.clone()));
        },
    );
    differing(
        &old.installs,
        &new.installs,
        |a, b| a == b,
        |id, row| {
            changes.push(Change::Install(*id, row.segment_id.clone()));
        },
    );
    differing(
        &old.active,
        &new.active,
        |a, b| a == b,
        |_, active| {
            changes.extend(active.installs.iter().map(|(id, segment)| Change::Install(*id, segment.clone())));
        },
    );
    differing(&old.sync, &new.sync, |a, b| a == b, |remote, _| changes.push(Change::Sync(*remote)));
    if old.leader != new.leader {
        changes.push(Change::Leader);
    }
    if old.freeze != new.freeze {
        changes.push(Change::Freeze);
    }
    if old.unreadable != new.unreadable || old.incarnation != new.incarnation || old.cluster != new.cluster {
        changes.push(Change::Meta);
    }
    changes
}

/// Walks two maps in step and calls `tell` for each key whose values differ, with the value that is there.
fn differing<K: Ord, V>(
    old: &BTreeMap<K, V>,
    new: &BTreeMap<K, V>,
    same: impl Fn(&V, &V) -> bool,
    mut tell: impl FnMut(&K, &V),
) {
    let (mut before, mut after) = (old.iter().peekable(), new.iter().peekable());
    loop {
        match (before.peek(), after.peek()) {
            (None, None) => return,
            (Some((key, value)), None) => {
                tell(key, value);
                before.next();
            }
            (None, Some((key, value))) => {
                tell(key, value);
                after.next();
            }
            (Some((a, was)), Some((b, is))) => match a.cmp(b) {
                std::cmp::Ordering::Less => {
                    tell(a, was);
                    before.next();
                }
                std::cmp::Ordering::Greater => {
                    tell(b, is);
                    after.next();
                }
                std::cmp::Ordering::Equal => {
                    if !same(was, is) {
                        tell(b, is);
                    }
                    before.next();
                    after.next();
                }
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_went_or_changed_is_told() {
        let old = BTreeMap::from([(1, 'a'), (2, 'b'), (3, 'c'), (5, 'e')]);
        let new = BTreeMap::from([(2, 'b'), (3, 'x'), (4, 'd'), (6, 'f')]);
        let mut told = Vec::new();
        differing(&old, &new, |a, b| a == b, |key, value| told.push((*key, *value)));
        assert_eq!(told, [(1, 'a'), (3, 'x'), (4, 'd'), (5, 'e'), (6, 'f')]);
    }
}
