//! What must hold whatever happens, each by its name; all of it is looked at over the whole history.

mod attempts;
mod installs;
mod leaders;
mod platforms;
mod records;

use super::history::History;

/// Something that must not be, in the words of the one who found it.
pub type Found = Vec<String>;

/// One invariant.
pub type Invariant = fn(&History<'_>) -> Found;

/// All of them.
pub const ALL: &[(&str, Invariant)] = &[
    ("everything becomes terminal", records::everything_becomes_terminal),
    ("at most one remote object per record", platforms::one_object_per_record),
    ("no acknowledged request is lost", records::nothing_acknowledged_is_lost),
    ("nobody overwrites what they have not seen", records::nothing_unseen_is_overwritten),
    ("at most one task per install chunk", platforms::one_task_per_chunk),
    ("installed equals what successful tasks say", installs::installed_equals_tasks),
    ("every seat says what its task says", installs::seats_equal_tasks),
    ("every task has somebody who follows it", installs::no_task_without_a_log),
    ("attempts never reset and never pass the limit", attempts::attempts_hold),
    ("after a delete nothing remains", records::nothing_remains),
    ("what was deleted does not come back", platforms::nothing_comes_back),
    ("no object is left behind on a platform", platforms::no_object_left_behind),
    ("only the leader's controllers write", leaders::only_the_leader_writes),
    ("epochs rise", leaders::epochs_rise),
    ("every record has its file", records::every_record_has_its_file),
    ("the trash has what it says", records::the_trash_has_what_it_says),
    ("every change is audited", records::every_change_is_audited),
    ("nothing is deleted that somebody has", installs::nothing_in_use_is_deleted),
    ("nobody writes under a newer layout", records::nobody_writes_under_a_newer_layout),
    ("seats stay bound while there is a version", records::bindings_stay),
    ("a seat's history only grows", records::histories_grow),
    ("nothing that is there is taken for gone", platforms::nothing_there_is_removed),
    ("a published record names its object", platforms::published_is_there),
    ("nothing is begun under a freeze", installs::nothing_is_begun_under_a_freeze),
    ("the list of active installs is right", installs::active_is_right),
];

/// Everything that does not hold.
pub fn broken(history: &History<'_>) -> Vec<String> {
    let named = |(name, check): &(&str, Invariant)| {
        check(history).into_iter().map(|what| format!("{name}: {what}")).collect::<Vec<_>>()
    };
    ALL.iter().flat_map(named).collect()
}
