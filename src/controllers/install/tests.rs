//! The planner alone: every state of an install has its step.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::call::{is_held, is_unwanted};
use super::current::Install;
use super::plan::{CHUNK, Limits, Step, plan};
use super::waves::{Need, Waves};
use crate::domain::install::{Command, Control, Task, TaskIntent};
use crate::domain::span::Span;
use crate::domain::strategy::{self, Rules, Strategy};
use crate::domain::{
    Clock, InstallLog, InstallRecord, InstallState, OperationId, RecordId, SeatId, SeatOp, SeatProgress,
    SeatState, Segment, SegmentId, Timestamp, clock,
};

const LIMITS: Limits = Limits {
    pickup: Duration::from_secs(100),
    progress: Duration::from_secs(50),
    total: Duration::from_secs(1_000),
    seats: 500,
    recheck: Duration::from_secs(30),
};

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_000_000 + seconds).unwrap()
}

fn segment(id: &SegmentId) -> Segment {
    serde_json::from_value(serde_json::json!({
        "id": id, "prefix": id.prefix, "version": id.version, "name": "n", "format": "zip", "container": "zip",
        "remote": "sdp", "fileName": "f.zip", "fileSize": 1, "sha256": "00", "storageKey": "k", "isLocal": true,
        "createdAt": at(0), "createdBy": "me", "updatedAt": at(0), "remoteExtra": {"uid": "u"},
        "createStatus": {"state": "succeeded", "time": at(0)}
    }))
    .unwrap()
}

/// A running install of so many queued seats, begun at 0.
fn install(seats: usize) -> Install {
    let id: SegmentId = "nav@1".parse().unwrap();
    let record = RecordId::new(Clock::system().now());
    let names = (0..seats).map(|n| format!("seat-{n:05}").parse::<SeatId>().unwrap());
    let mut install = Install {
        record: InstallRecord {
            id: record,
            segment_id: id.clone(),
            strategy: Default::default(),
            requested_by: "me".into(),
            requested_at: at(0),
            uid: None,
            control: Control::default(),
            unknown: Default::default(),
        },
        record_revision: 1,
        log: InstallLog {
            id: record,
            segment_id: id.clone(),
            state: InstallState::Running,
            percent: 0,
            tasks: Vec::new(),
            counts: BTreeMap::new(),
            attempt: 1,
            followed: 0,
            chunks: 0,
            retry_count: 0,
            next_retry_at: None,
            started_at: Some(at(0)),
            opens_at: None,
            updated_at: at(0),
            finished_at: None,
            reason: None,
            intent: None,
            wave: 0,
            waves: 0,
            wave_ended_at: None,
            gate_opens_at: None,
            accepted: 0,
            unknown: Default::default(),
        },
        log_revision: 1,
        segment: Some(segment(&id)),
        frozen: false,
        groups: BTreeMap::new(),
        closed: BTreeMap::new(),
        seats: names.map(|seat| (seat, SeatProgress::queued(SeatOp::Install, at(0)))).collect(),
        shards: BTreeMap::new(),
        unsaved: Default::default(),
    };
    install.recount();
    install
}

/// All seats are with one task, in this state since `since`.
fn with_task(mut install: Install, state: SeatState, since: Timestamp) -> Install {
    install.log.tasks.push(Task {
        task_id: "t".into(),
        operation_id: OperationId::derive(&["x"]),
        op: SeatOp::Install,
        attempt: 1,
        seats: install.seats.len(),
        done: false,
        cancelled: false,
        started_at: at(0),
    });
    for seat in install.seats.values_mut() {
        seat.task = Some(0);
        seat.state = state;
        seat.updated_at = since;
    }
    install.recount();
    install
}

fn command(mut install: Install, command: Command) -> Install {
    install.record.control.command = command;
    install
}

#[test]
fn a_new_install_begins_before_anything_else() {
    let mut install = install(1);
    install.log.started_at = None;
    assert_eq!(plan(&install, &LIMITS, at(0)), Step::Follow);
}

#[test]
fn a_new_command_is_followed_before_anything_else() {
    let mut install = with_task(install(1), SeatState::Running, at(0));
    install.record.control.generation = 1;
    assert_eq!(plan(&install, &LIMITS, at(2_000)), Step::Follow);
}

#[test]
fn seats_are_sent_within_what_may_run_at_once() {
    let Step::Start(SeatOp::Install, seats) = plan(&install(1_200), &LIMITS, at(1)) else {
        panic!("no start")
    };
    assert_eq!(seats.len(), 500);
    let unlimited = Limits { seats: 20_000, ..LIMITS };
    let Step::Start(_, seats) = plan(&install(1_200), &unlimited, at(1)) else { panic!("no start") };
    assert_eq!(seats.len(), CHUNK);
}

#[test]
fn what_is_held_looks_again_and_has_an_end() {
    let mut frozen = install(3);
    frozen.frozen = true;
    assert_eq!(plan(&frozen, &LIMITS, at(1)), Step::Wait(at(31)));
    let paused = command(install(3), Command::Pause);
    assert_eq!(plan(&paused, &LIMITS, at(1)), Step::Wait(at(1_000)));
    assert!(matches!(plan(&paused, &LIMITS, at(1_000)), Step::Expire(seats) if seats.len() == 3));
}

#[test]
fn an_install_waits_for_its_time_and_expires() {
    let mut early = install(3);
    early.record.strategy.schedule.start_at = Some(at(50));
    assert_eq!(plan(&early, &LIMITS, at(1)), Step::Schedule(InstallState::Scheduled));
    early.log.state = InstallState::Scheduled;
    assert_eq!(plan(&early, &LIMITS, at(1)), Step::Wait(at(50)));
    assert_eq!(plan(&early, &LIMITS, at(50)), Step::Schedule(InstallState::Running));
    early.log.state = InstallState::Running;
    assert!(matches!(plan(&early, &LIMITS, at(50)), Step::Start(..)));
    assert!(matches!(plan(&early, &LIMITS, at(1_049)), Step::Start(..)), "its time runs from its beginning");
    assert!(matches!(plan(&early, &LIMITS, at(1_050)), Step::Expire(_)));

    let mut late = with_task(install(3), SeatState::Running, at(0));
    late.record.strategy.schedule.expire_at = Some(at(10));
    late.seats.values_mut().next().unwrap().state = SeatState::WaitingOnline;
    let Step::Expire(seats) = plan(&late, &LIMITS, at(10)) else { panic!("no end") };
    assert_eq!(seats.len(), 1, "what runs comes to its end");
    assert!(seats.values().next().unwrap().contains("expired"));
    let mut paused = command(install(3), Command::Pause);
    paused.record.strategy.schedule.expire_at = Some(at(10));
    assert_eq!(plan(&paused, &LIMITS, at(1)), Step::Wait(at(10)));
}

#[test]
fn a_full_house_is_polled() {
    let mut install = install(600);
    let first: BTreeSet<SeatId> = install.seats.keys().take(500).cloned().collect();
    let part = with_task(install.clone(), SeatState::Running, at(1));
    for (id, seat) in part.seats.into_iter().filter(|(id, _)| first.contains(id)) {
        install.seats.insert(id, seat);
    }
    install.log.tasks = part.log.tasks;
    install.recount();
    assert_eq!(plan(&install, &LIMITS, at(2)), Step::Poll);
}

#[test]
fn devices_that_are_off_hold_up_nobody() {
    let mut install = with_task(install(500), SeatState::WaitingOnline, at(1));
    let more = (500..600).map(|n| format!("seat-{n:05}").parse::<SeatId>().unwrap());
    install.seats.extend(more.map(|seat| (seat, SeatProgress::queued(SeatOp::Install, at(0)))));
    install.recount();
    let Step::Start(_, seats) = plan(&install, &LIMITS, at(2)) else { panic!("the others wait") };
    assert_eq!(seats.len(), 100);
}

fn intent(install: &Install) -> TaskIntent {
    TaskIntent {
        operation_id: OperationId::derive(&["x"]),
        op: SeatOp::Install,
        seats: install.seats.keys().map(|id| (id.clone(), [10, 0, 0, 1].into())).collect(),
        epoch: 1,
        since: at(0),
        deadline: at(60),
    }
}

#[test]
fn an_open_intent_is_resolved_before_anything_is_sent() {
    let mut install = install(3);
    install.log.intent = Some(intent(&install));
    assert_eq!(plan(&install, &LIMITS, at(1)), Step::Resolve);
    install.log.next_retry_at = Some(at(10));
    assert_eq!(plan(&install, &LIMITS, at(1)), Step::Wait(at(10)));
    assert_eq!(plan(&install, &LIMITS, at(10)), Step::Resolve);
    // Seats whose time is over make no haste.
    for seat in install.seats.values_mut() {
        seat.state = SeatState::TimedOut;
    }
    install.log.next_retry_at = Some(at(2_000));
    assert_eq!(plan(&install, &LIMITS, at(1_500)), Step::Wait(at(2_000)));
}

#[test]
fn whether_an_intent_may_be_sent_depends_on_what_came_since() {
    let fresh = install(3);
    let open = intent(&fresh);
    let held = |change: fn(&mut Install)| {
        let mut install = install(3);
        change(&mut install);
        (is_held(&install, &open), is_unwanted(&install, &open))
    };
    assert_eq!(held(|_| ()), (false, false));
    assert_eq!(held(|it| it.frozen = true), (true, false));
    assert_eq!(held(|it| it.record.control.command = Command::Pause), (true, false));
    assert_eq!(held(|it| it.log.state = InstallState::Paused), (true, false), "by its threshold");
    assert_eq!(held(|it| _ = it.closed.insert("seat-00002".parse().unwrap(), at(70))), (true, false));
    assert!(held(|it| it.record.control.command = Command::Cancel).1);
    let one_of_them =
        |it: &mut Install| it.seats.values_mut().take(1).for_each(|it| it.state = SeatState::TimedOut);
    assert_eq!(held(one_of_them), (false, false));
    let all = |it: &mut Install| it.seats.values_mut().for_each(|it| it.state = SeatState::TimedOut);
    assert!(held(all).1);
    let retried = |it: &mut Install| {
        it.record.control.command = Command::Pause;
        (it.log.attempt, it.log.started_at) = (2, Some(at(5)));
        it.seats.values_mut().for_each(|it| it.updated_at = at(5));
    };
    assert_eq!(held(retried), (false, false), "a retry lets through what it took up");
}

#[test]
fn a_paused_install_sends_nothing_and_still_polls() {
    assert_eq!(plan(&command(install(3), Command::Pause), &LIMITS, at(1)), Step::Wait(at(1_000)));
    let running = with_task(install(3), SeatState::Running, at(0));
    assert_eq!(plan(&command(running, Command::Pause), &LIMITS, at(1)), Step::Poll);
}

#[test]
fn a_cancelled_install_cancels_its_tasks_once() {
    let mut running = command(with_task(install(3), SeatState::Running, at(0)), Command::Cancel);
    assert_eq!(plan(&running, &LIMITS, at(1)), Step::CancelTask(0));
    running.log.tasks[0].cancelled = true;
    assert_eq!(plan(&running, &LIMITS, at(1)), Step::Poll);
}

#[test]
fn of_what_is_held_a_retry_lets_through_what_it_took_up() {
    let mut held = command(install(4), Command::Pause);
    (held.record.control.generation, held.record.control.retried, held.log.followed) = (3, 3, 3);
    (held.log.state, held.log.attempt, held.log.started_at) = (InstallState::Paused, 2, Some(at(5)));
    let retried: SeatId = "seat-00002".parse().unwrap();
    held.seats.get_mut(&retried).unwrap().updated_at = at(5);
    assert_eq!(plan(&held, &LIMITS, at(6)), Step::Start(SeatOp::Install, [retried.clone()].into()));
    let later = Step::Wait(at(1_005));
    let paused = |change: fn(&mut Install)| {
        let mut install = held.clone();
        change(&mut install);
        plan(&install, &LIMITS, at(6))
    };
    assert_eq!(paused(|it| (it.record.control.generation, it.log.followed) = (4, 4)), later, "a later pause");
    assert_eq!(paused(|it| it.log.next_retry_at = Some(at(9))), Step::Wait(at(9)));
    assert_eq!(paused(|it| it.frozen = true), Step::Wait(at(36)), "looked at again");
    let start_at = |it: &mut Install| it.record.strategy.schedule.start_at = Some(at(50));
    assert_eq!(paused(start_at), Step::Wait(at(50)));
    held.closed.insert(retried, at(70));
    assert_eq!(plan(&held, &LIMITS, at(6)), Step::Wait(at(70)), "its window opens");
}

#[test]
fn each_deadline_ends_its_seats() {
    let expired = |install: &Install, now| match plan(install, &LIMITS, now) {
        Step::Expire(seats) => seats.into_values().next().unwrap(),
        step => panic!("{step:?}"),
    };
    let waiting = with_task(install(2), SeatState::WaitingOnline, at(0));
    assert_eq!(plan(&waiting, &LIMITS, at(99)), Step::Poll);
    assert!(expired(&waiting, at(100)).contains("pickup_deadline"));
    let running = with_task(install(2), SeatState::Running, at(70));
    assert_eq!(plan(&running, &LIMITS, at(119)), Step::Poll);
    assert!(expired(&running, at(120)).contains("progress_deadline"));
    let mut held = command(install(2), Command::Pause);
    assert!(expired(&held, at(1_000)).contains("(install.total_deadline)"));
    held.record.strategy.schedule.total_deadline = Some(Span(LIMITS.total));
    assert!(expired(&held, at(1_000)).contains("(its own total deadline)"));
}

#[test]
fn an_install_whose_seats_are_all_done_ends() {
    let done = with_task(install(2), SeatState::Succeeded, at(1));
    assert_eq!(plan(&done, &LIMITS, at(2)), Step::Finish(InstallState::Succeeded, None));
    let mut timed_out = with_task(install(2), SeatState::TimedOut, at(1));
    assert_eq!(plan(&timed_out, &LIMITS, at(2)), Step::CancelTask(0), "or it would be installed some day");
    timed_out.log.next_retry_at = Some(at(9));
    assert_eq!(plan(&timed_out, &LIMITS, at(2)), Step::Wait(at(9)), "the platform is away");
    timed_out.log.tasks[0].cancelled = true;
    assert_eq!(plan(&timed_out, &LIMITS, at(2)), Step::Finish(InstallState::TimedOut, None));
    // Taken after the time of its seats was over: none of them names it.
    let mut late = with_task(install(2), SeatState::TimedOut, at(1));
    late.seats.values_mut().for_each(|seat| seat.task = None);
    assert_eq!(plan(&late, &LIMITS, at(2)), Step::CancelTask(0));
}

#[test]
fn without_its_segment_an_install_fails() {
    let mut install = install(2);
    install.segment = None;
    assert!(matches!(plan(&install, &LIMITS, at(1)), Step::Finish(InstallState::Failed, Some(_))));
}

proptest::proptest! {
    /// Whatever the seats' states, an unfinished install asks for something or waits for a person.
    #[test]
    fn nothing_stays_unfinished_without_a_step(states in proptest::collection::vec(0..11_usize, 1..20), paused: bool) {
        let mut install = with_task(install(states.len()), SeatState::Queued, at(0));
        for (seat, state) in install.seats.values_mut().zip(&states) {
            seat.state = SeatState::ALL[*state];
            if seat.state == SeatState::Queued {
                seat.task = None;
            }
        }
        install.recount();
        if paused {
            install = command(install, Command::Pause);
        }
        let step = plan(&install, &LIMITS, clock::after(at(0), Duration::from_secs(1)));
        if !paused {
            proptest::prop_assert_ne!(step, Step::Nothing);
        }
        let late = plan(&install, &LIMITS, at(5_000));
        let ends = matches!(late, Step::Expire(_) | Step::Finish(..) | Step::CancelTask(_));
        proptest::prop_assert!(ends, "{:?}", late);
    }
}

/// An install of so many seats, in waves.
fn in_waves(seats: usize, waves: &str, max_failures: &str, gates: &str) -> Install {
    let rules = Rules {
        waves: strategy::list(waves).unwrap(),
        max_failures: strategy::list(max_failures).unwrap(),
        gates: strategy::list(gates).unwrap(),
        at_once: Vec::new(),
    };
    let mut install = install(seats);
    install.record.strategy = Strategy::of(&rules).unwrap();
    install.log.waves = install.record.strategy.turns(seats).len();
    install.log.wave = 1;
    install
}

/// The first seats are at this end.
fn ended(mut install: Install, seats: usize, state: SeatState) -> Install {
    for seat in install.seats.values_mut().filter(|seat| seat.state == SeatState::Queued).take(seats) {
        seat.state = state;
    }
    install.recount();
    install
}

fn started(install: &Install) -> usize {
    match plan(install, &LIMITS, at(1)) {
        Step::Start(_, seats) => seats.len(),
        step => panic!("{step:?}"),
    }
}

#[test]
fn a_wave_is_sent_alone() {
    let install = in_waves(100, "1,10%,100%", "", "");
    assert_eq!(started(&install), 1);
    let mut second = ended(install, 1, SeatState::Succeeded);
    assert_eq!(plan(&second, &LIMITS, at(1)), Step::Wave(Need::Next));
    second.log.wave = 2;
    assert_eq!(started(&second), 9);
}

#[test]
fn a_gate_is_told_once_and_waited_for() {
    let mut install = ended(in_waves(10, "2,100%", "", "10s"), 2, SeatState::Succeeded);
    assert_eq!(plan(&install, &LIMITS, at(1)), Step::Wave(Need::End));
    install.log.wave_ended_at = Some(at(1));
    install.log.state = InstallState::WaitingGate;
    assert_eq!(plan(&install, &LIMITS, at(2)), Step::Wait(at(11)));
    assert_eq!(plan(&install, &LIMITS, at(11)), Step::Wave(Need::Next));
    install.record.control.released = 1;
    assert_eq!(plan(&install, &LIMITS, at(2)), Step::Wave(Need::Next), "an operator has said so");
    let paused = command(install, Command::Pause);
    assert_eq!(plan(&paused, &LIMITS, at(11)), Step::Wait(at(1_000)), "a pause holds at a gate too");
}

#[test]
fn too_many_failures_stop_a_wave_before_its_end() {
    let install = ended(in_waves(100, "50%,100%", "4%", ""), 2, SeatState::Failed);
    assert_eq!(started(&install), 48, "two of fifty are four per cent");
    let mut install = ended(install, 1, SeatState::TimedOut);
    let Step::Wave(Need::Stop(reason)) = plan(&install, &LIMITS, at(1)) else { panic!("it goes on") };
    assert!(reason.contains("wave 1 is stopped: more than 4% of its 50 seats failed"), "{reason}");
    install.log.state = InstallState::Paused;
    assert_eq!(plan(&install, &LIMITS, at(1)), Step::Wait(at(1_000)), "it waits for an operator");
    install.log.accepted = 3;
    install.log.state = InstallState::Running;
    assert_eq!(started(&install), 47, "those were seen, and counting begins anew");
    let expired = Limits { total: Duration::from_secs(1), ..LIMITS };
    assert!(matches!(plan(&install, &expired, at(5)), Step::Expire(_)), "it never stays unfinished");
}

#[test]
fn a_wave_whose_seats_are_all_off_is_not_over() {
    let mut install = in_waves(4, "2,100%", "", "");
    for seat in install.seats.values_mut().take(2) {
        (seat.state, seat.task) = (SeatState::WaitingOnline, Some(0));
    }
    install.recount();
    assert_eq!(plan(&install, &LIMITS, at(1)), Step::Wait(at(1_000)), "nothing has shown that it works");
    install.seats.values_mut().next().unwrap().state = SeatState::Succeeded;
    install.recount();
    assert_eq!(plan(&install, &LIMITS, at(1)), Step::Wave(Need::Next));
}

proptest::proptest! {
    /// Whatever becomes of its seats: no seat is sent before its turn, none while too many failed, and with an
    /// operator who lets it go on whenever it waits it comes to its end.
    #[test]
    fn waves_keep_their_order_and_come_to_an_end(
        ends in proptest::collection::vec(0..3_usize, 1..40),
        waves in proptest::sample::select(vec!["1,10%,100%", "3,5,9", "50%", "1", "2,100%"]),
        max_failures in proptest::sample::select(vec!["", "0", "1,20%"]),
        gates in proptest::sample::select(vec!["", "ask", "5s", "ask,5s,open"]),
    ) {
        let mut ends = ends.into_iter().map(|end| [SeatState::Succeeded, SeatState::Failed, SeatState::TimedOut][end]);
        let seats = ends.len();
        let gates = if gates.matches(',').count() > waves.matches(',').count() { "ask" } else { gates };
        let max_failures = if waves.contains(',') { max_failures } else { "" };
        let mut install = in_waves(seats, waves, max_failures, gates);
        let (mut now, mut steps) = (at(1), 0);
        loop {
            steps += 1;
            proptest::prop_assert!(steps < 10 * seats + 100, "it never ends");
            match plan(&install, &LIMITS, now) {
                Step::Start(_, sent) => {
                    let turns = install.record.strategy.turns(seats);
                    let turn_of = install.record.strategy.assign(&turns, install.seats.keys());
                    let late = install.seats.keys().zip(&turn_of).find(|(seat, turn)| sent.contains(*seat) && **turn >= install.log.wave);
                    proptest::prop_assert!(late.is_none(), "{late:?} in wave {}", install.log.wave);
                    for seat in sent {
                        install.seats.get_mut(&seat).unwrap().state = ends.next().unwrap_or(SeatState::Succeeded);
                    }
                    install.recount();
                }
                Step::Wave(Need::Stop(_)) => {
                    // The operator goes on.
                    install.log.accepted = Waves::of(&install).failed(&install);
                }
                Step::Wave(Need::End) => {
                    install.log.wave_ended_at = Some(now);
                    install.log.state = InstallState::WaitingGate;
                }
                Step::Wave(Need::Next) => {
                    install.log.wave += 1;
                    install.log.accepted = 0;
                    install.log.wave_ended_at = None;
                }
                Step::Wait(due) if due < at(1_000) => now = due,
                Step::Wait(_) => install.record.control.released = install.log.wave,
                Step::Finish(..) => break,
                step => panic!("{step:?}"),
            }
        }
    }
}
