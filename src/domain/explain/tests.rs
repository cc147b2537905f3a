//! Every standstill has its own sentence, and nothing that is finished has one.

use std::collections::BTreeMap;

use super::*;
use crate::domain::schedule::Schedule;
use crate::domain::{CreateState, InstallState, RecordId, SeatState, SegmentId};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn now() -> Timestamp {
    at("2026-11-22T19:05:00Z")
}

fn later() -> Timestamp {
    at("2026-11-22T19:05:10Z")
}

fn around(leader: Option<&FreeText>) -> Around<'_> {
    Around { leader, frozen: false, retry_limit: 5, total_deadline: Duration::from_secs(3600), now: now() }
}

fn call() -> OpenCall {
    OpenCall { operation: OperationId::derive(&["create", "x"]), deadline: at("2026-11-22T20:00:00Z") }
}

fn segment(id: &SegmentId) -> SegmentFacts<'_> {
    SegmentFacts {
        id,
        remote: RemoteKind::Store15s,
        create_state: CreateState::Processing,
        is_being_deleted: false,
        retry_count: 0,
        next_retry_at: None,
        call: None,
        updated_at: at("2026-11-22T19:00:00Z"),
    }
}

#[test]
fn a_segment_tells_what_it_waits_for() {
    let id: SegmentId = "nav@1".parse().unwrap();
    let ada = FreeText::from("ada@bridge");
    let led = around(Some(&ada));

    let waits = segment(&id).explain(&around(None)).unwrap();
    assert_eq!((waits.waits_for, waits.owner.raw()), (WaitsFor::Leader, NOBODY));
    assert_eq!(waits.actions[0].command, "segdeck controller");
    assert_eq!(segment(&id).explain(&led).unwrap().waits_for, WaitsFor::Turn);

    let sent = SegmentFacts { call: Some(call()), ..segment(&id) }.explain(&led).unwrap();
    assert_eq!(sent.waits_for.to_string(), "for the answer of store15s to operation create:x");
    assert_eq!(sent.deadline, Some(call().deadline));

    // After a try that failed the call has had its answer, or nobody waits for it.
    let failed = SegmentFacts { retry_count: 2, next_retry_at: Some(later()), ..segment(&id) };
    let doubtful = SegmentFacts { call: Some(call()), ..failed.clone() }.explain(&led).unwrap();
    assert_eq!(doubtful.waits_for, WaitsFor::NextTry(later()));
    assert_eq!((doubtful.attempt, doubtful.attempts), (3, 6));
    assert_eq!((doubtful.next_try_at, doubtful.deadline), (Some(later()), None));
    let due = SegmentFacts { next_retry_at: Some(now()), ..failed }.explain(&led).unwrap();
    assert_eq!((due.waits_for, due.next_try_at), (WaitsFor::Turn, None));
}

#[test]
fn a_finished_segment_tells_nothing() {
    let id: SegmentId = "nav@1".parse().unwrap();
    for state in [CreateState::Succeeded, CreateState::Failed] {
        let done = SegmentFacts { create_state: state, ..segment(&id) };
        assert_eq!(done.clone().explain(&around(None)), None);
        let going = SegmentFacts { is_being_deleted: true, ..done }.explain(&around(None)).unwrap();
        let commands: Vec<String> = going.actions.into_iter().map(|action| action.command).collect();
        assert_eq!(commands, ["segdeck controller"], "a deletion cannot be taken back");
    }
}

static NO_SCHEDULE: Schedule = Schedule {
    start_at: None,
    expire_at: None,
    pickup_deadline: None,
    progress_deadline: None,
    total_deadline: None,
};

fn install(counts: &BTreeMap<SeatState, usize>) -> InstallFacts<'_> {
    InstallFacts {
        id: RecordId::new(now()),
        state: InstallState::Running,
        command: Command::Run,
        is_followed: true,
        is_retried: false,
        counts,
        turn: None,
        is_released: false,
        gate_opens_at: None,
        has_open_task: false,
        call: None,
        retry_count: 0,
        next_retry_at: None,
        opens_at: None,
        started_at: Some(at("2026-11-22T19:00:00Z")),
        schedule: &NO_SCHEDULE,
        updated_at: at("2026-11-22T19:04:00Z"),
    }
}

#[test]
fn an_install_tells_what_it_waits_for() {
    use SeatState::{Queued, Running, Succeeded, WaitingOnline};
    let ada = FreeText::from("ada@bridge");
    let led = around(Some(&ada));
    let waits = |facts: InstallFacts<'_>| facts.explain(&led).unwrap().waits_for.to_string();
    let later_schedule = Schedule { start_at: Some(later()), ..Schedule::default() };
    let none = BTreeMap::new();
    let scheduled = InstallFacts { schedule: &later_schedule, ..install(&none) };
    assert!(waits(scheduled).starts_with("for its time: it begins at"));
    let open = |facts: InstallFacts<'_>| waits(InstallFacts { has_open_task: true, ..facts });

    let counts = BTreeMap::from([(Succeeded, 15), (Running, 2), (WaitingOnline, 1), (Queued, 2)]);
    assert_eq!(open(install(&counts)), "for 3 of 20 seats: their task runs");
    assert_eq!(waits(install(&counts)), "for its turn: the leader has it on its list");
    let taken = BTreeMap::from([(Queued, 4)]);
    assert_eq!(open(install(&taken)), "for 4 of 4 seats: their task runs");
    let offline = BTreeMap::from([(Succeeded, 3), (WaitingOnline, 1)]);
    assert_eq!(open(install(&offline)), "for 1 of 4 seats: they are not online");

    let paused = InstallFacts { state: InstallState::Paused, command: Command::Pause, ..install(&counts) };
    assert_eq!(open(paused.clone()), "for an operator: it is paused, 3 of 20 seats still run");
    assert_eq!(waits(paused.clone()), "for an operator: it is paused");
    let alone = paused.clone().explain(&around(None)).unwrap();
    assert_eq!(alone.waits_for, WaitsFor::Paused { open: 0, of: 20 }, "a leader would not help");
    let resumed = InstallFacts { command: Command::Run, is_followed: false, ..paused };
    assert_eq!(waits(resumed), "for the leader to follow `resume`");

    let sent = InstallFacts { call: Some(call()), ..install(&counts) };
    assert_eq!(waits(sent.clone()), "for the answer of sdp to operation create:x");
    assert_eq!(sent.clone().explain(&led).unwrap().deadline, Some(call().deadline), "the earlier one");
    let again = InstallFacts { retry_count: 1, next_retry_at: Some(later()), ..sent };
    let told = again.explain(&led).unwrap();
    assert_eq!(told.waits_for.to_string(), "for the next try at 2026-11-22T19:05:10Z");
    assert_eq!((told.attempt, told.attempts), (2, 6));
    assert_eq!(told.deadline, Some(at("2026-11-22T20:00:00Z")));
}

#[test]
fn a_gate_tells_until_when_and_a_freeze_what_is_behind_it() {
    let counts = BTreeMap::from([(SeatState::Succeeded, 1), (SeatState::Queued, 3)]);
    let ada = FreeText::from("ada@bridge");
    let led = around(Some(&ada));
    let frozen = Around { frozen: true, ..led };
    let gate = InstallFacts { state: InstallState::WaitingGate, turn: Some((1, 3)), ..install(&counts) };
    let waits = |facts: &InstallFacts<'_>, around| facts.clone().explain(around).unwrap().waits_for;
    assert_eq!(waits(&gate, &led).to_string(), "at the gate after wave 1 of 3");
    assert_eq!(waits(&gate, &frozen), WaitsFor::Gate { wave: 1, waves: 3, until: None });
    let timed = InstallFacts { gate_opens_at: Some(later()), ..gate.clone() };
    assert_eq!(
        waits(&timed, &led).to_string(),
        "at the gate after wave 1 of 3, which opens at 2026-11-22T19:05:10Z"
    );
    let over = InstallFacts { gate_opens_at: Some(now()), ..gate.clone() };
    let released = InstallFacts { is_released: true, ..gate };
    for facts in [over, released] {
        assert_eq!((waits(&facts, &led), waits(&facts, &frozen)), (WaitsFor::Turn, WaitsFor::Thaw));
    }
}

#[test]
fn a_finished_install_tells_nothing() {
    let counts = BTreeMap::from([(SeatState::Failed, 1)]);
    let done = InstallFacts { state: InstallState::Failed, ..install(&counts) };
    assert_eq!(done.explain(&around(None)), None);
}
