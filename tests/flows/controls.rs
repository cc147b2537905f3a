//! Every control at every state of an install: what is refused, and what comes of what is not.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use segdeck::domain::install::Command;
use segdeck::domain::schedule::Schedule;
use segdeck::domain::seat::SeatInput;
use segdeck::domain::span::Span;
use segdeck::domain::strategy::list;
use segdeck::domain::{InstallState, RecordId, SeatId, SeatState, SegmentId, clock};
use segdeck::platform::{Begun, Executor, Job, Look};
use segdeck::service::{Code, InstallOptions, InstallView, Rollout, Service, Wanted};

use crate::common::site::{Driver, On, Site, ended, eventually, in_state, published, upload};

crate::on_both!(every_control_at_every_state, seats_that_failed_alike_are_retried_by_their_reason,);

/// What a device does is in its address: `10.KIND.x.y`.
pub(crate) struct ByAddress;

/// Succeeds at once.
pub(crate) const GOOD: u8 = 0;
/// Fails at once, with a reason that names the device.
pub(crate) const BAD: u8 = 1;
/// Runs until it is stopped.
pub(crate) const SLOW: u8 = 2;
/// Fails at once, for another reason.
pub(crate) const FULL: u8 = 3;

impl Executor for ByAddress {
    fn is_online(&self, _: IpAddr) -> bool {
        true
    }
    fn online_generation(&self) -> u64 {
        0
    }
    fn begin(&self, job: &Job, now_ms: i64) -> Begun {
        let due_ms = if kind(job.device) == SLOW { now_ms + 3_600_000 } else { now_ms };
        Begun { ticket: String::new(), due_ms }
    }
    fn look(&self, job: &Job, _: &str, now_ms: i64) -> Look {
        let outcome = match kind(job.device) {
            SLOW => {
                return Look::Running { percent: 10, since_ms: now_ms, due_ms: now_ms + 3_600_000 };
            }
            BAD => Err((50, format!("exit status {} of install.sh", job.number))),
            FULL => Err((50, "no space left".to_owned())),
            _ => Ok(()),
        };
        Look::Ended { at_ms: now_ms, outcome }
    }
    fn stop(&self, _: &Job, _: &str) -> bool {
        true
    }
}

fn kind(device: IpAddr) -> u8 {
    match device {
        IpAddr::V4(ip) => ip.octets()[1],
        IpAddr::V6(_) => GOOD,
    }
}

/// Two seats of an install of its own: the first wave and the second.
pub(crate) fn pair(number: usize, kinds: [u8; 2]) -> [SeatInput; 2] {
    let [high, low] = u16::try_from(number).unwrap().to_be_bytes();
    let one = |name: &str, kind: u8, at: u8| SeatInput {
        id: format!("pair-{number:03}-{name}").parse().unwrap(),
        ip: [10, kind, high, low * 2 + at].into(),
        group: String::new(),
        tags: vec![],
        note: String::new(),
    };
    [one("first", kinds[0], 0), one("second", kinds[1], 1)]
}

/// How an install comes to a state.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum At {
    Pending,
    Scheduled,
    Running,
    RunningFailed,
    Paused,
    PausedFailed,
    Stopped,
    Gate,
    GateFailed,
    Succeeded,
    Partial,
    Failed,
    TimedOut,
    Cancelled,
}

/// What an operator does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Do {
    Pause,
    Resume,
    Next,
    Retry,
    Cancel,
    ForceFinish,
}

/// What comes of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Then {
    /// It is refused, and nothing changes.
    No,
    /// It comes to this state.
    Is(InstallState),
    /// The same, in a later attempt.
    Again(InstallState),
}

use InstallState as I;
use Then::{Again, Is, No};

const CONTROLS: [Do; 6] = [Do::Pause, Do::Resume, Do::Next, Do::Retry, Do::Cancel, Do::ForceFinish];

/// A line a state, a column a control.
#[rustfmt::skip]
const TABLE: [(At, [u8; 2], [Then; 6]); 14] = [
    //                                pause          resume           next             retry                 cancel             force-finish
    (At::Pending,       [GOOD, SLOW], [Is(I::Paused), No,              No,               No,                   Is(I::Cancelled), Is(I::Failed)]),
    (At::Scheduled,     [GOOD, GOOD], [Is(I::Paused), No,              No,               No,                   Is(I::Cancelled), Is(I::Failed)]),
    (At::Running,       [SLOW, GOOD], [Is(I::Paused), No,              Is(I::Running),   No,                   Is(I::Cancelled), Is(I::Failed)]),
    (At::RunningFailed, [BAD, SLOW],  [Is(I::Paused), No,              No,               Again(I::Running),    Is(I::Cancelled), Is(I::Failed)]),
    (At::Paused,        [SLOW, GOOD], [No,            Is(I::Running),  Is(I::Running),   No,                   Is(I::Cancelled), Is(I::Failed)]),
    (At::PausedFailed,  [BAD, SLOW],  [No,            Is(I::Running),  No,               Again(I::Paused),     Is(I::Cancelled), Is(I::Failed)]),
    (At::Stopped,       [BAD, GOOD],  [No,            Is(I::Partial),  Is(I::Partial),   Again(I::Paused),     Is(I::Cancelled), Is(I::Failed)]),
    (At::Gate,          [GOOD, GOOD], [Is(I::Paused), No,              Is(I::Succeeded), No,                   Is(I::Cancelled), Is(I::Partial)]),
    (At::GateFailed,    [BAD, GOOD],  [Is(I::Paused), No,              Is(I::Partial),   Again(I::WaitingGate), Is(I::Cancelled), Is(I::Failed)]),
    (At::Succeeded,     [GOOD, GOOD], [No,            No,              No,               No,                   No,               No]),
    (At::Partial,       [GOOD, BAD],  [No,            No,              No,               Again(I::Partial),    No,               No]),
    (At::Failed,        [BAD, BAD],   [No,            No,              No,               Again(I::Failed),     No,               No]),
    (At::TimedOut,      [SLOW, SLOW], [No,            No,              No,               Again(I::TimedOut),   No,               No]),
    (At::Cancelled,     [SLOW, GOOD], [No,            No,              No,               Again(I::Running),    No,               No]),
];

impl At {
    fn rollout(self, service: &Service) -> Rollout {
        let gate = if matches!(self, Self::Gate | Self::GateFailed) { "ask" } else { "open" };
        let most = if self == Self::Stopped { list("0") } else { list("2") };
        let start_at = clock::after(service.clock.now(), Duration::from_secs(3_600));
        Rollout {
            waves: Some(list("1,2").unwrap()),
            max_failures: Some(most.unwrap()),
            gates: Some(list(gate).unwrap()),
            schedule: Schedule {
                start_at: (self == Self::Scheduled).then_some(start_at),
                total_deadline: (self == Self::TimedOut).then_some(Span(Duration::from_secs(1))),
                ..Schedule::default()
            },
            ..Rollout::default()
        }
    }

    fn state(self) -> InstallState {
        match self {
            Self::Pending => I::Pending,
            Self::Scheduled => I::Scheduled,
            Self::Running | Self::RunningFailed => I::Running,
            Self::Paused | Self::PausedFailed | Self::Stopped => I::Paused,
            Self::Gate | Self::GateFailed => I::WaitingGate,
            Self::Succeeded => I::Succeeded,
            Self::Partial => I::Partial,
            Self::Failed => I::Failed,
            Self::TimedOut => I::TimedOut,
            Self::Cancelled => I::Cancelled,
        }
    }

    /// Brings an install there.
    async fn reach(self, service: &Service, nav: &SegmentId, seats: &[SeatInput; 2]) -> RecordId {
        let options = InstallOptions { rollout: self.rollout(service), ..InstallOptions::default() };
        let add = seats.iter().map(|seat| seat.id.clone()).collect();
        let wanted = Wanted::Change { add, remove: [].into() };
        let record = service.install(nav, &wanted, &options).await.unwrap().unwrap().record.id;
        let command = match self {
            Self::Running | Self::Paused | Self::Cancelled => {
                runs_on(service, record, &seats[0].id).await;
                [(Self::Paused, Command::Pause), (Self::Cancelled, Command::Cancel)]
                    .into_iter()
                    .find_map(|(at, command)| (at == self).then_some(command))
            }
            Self::RunningFailed | Self::PausedFailed => {
                runs_on(service, record, &seats[1].id).await;
                (self == Self::PausedFailed).then_some(Command::Pause)
            }
            _ => None,
        };
        if let Some(command) = command {
            service.control(record, command, "", None).await.unwrap();
        }
        comes_to(service, record, self.state(), 1).await;
        record
    }
}

async fn runs_on(service: &Service, record: RecordId, seat: &SeatId) {
    eventually(service, "it runs on the first", || async {
        let view = service.show_install(record).await.unwrap();
        (in_state(&view, SeatState::Running) == [seat.clone()]).then_some(())
    })
    .await;
}

/// Waits for a state that its log has come to after the latest command.
pub(crate) async fn comes_to(service: &Service, record: RecordId, state: InstallState, attempt: u32) {
    eventually(service, state.as_str(), || async {
        let view = service.show_install(record).await.unwrap();
        let followed = view.log.followed == view.record.control.generation;
        (view.log.state == state && view.log.attempt == attempt && (followed || state.is_terminal()))
            .then_some(())
    })
    .await;
}

async fn give(service: &Service, record: RecordId, order: Do) -> Result<(), Code> {
    let command = match order {
        Do::Pause => Command::Pause,
        Do::Resume => Command::Run,
        Do::Next => Command::Next,
        Do::Retry => Command::Retry,
        Do::Cancel => Command::Cancel,
        Do::ForceFinish => {
            let finished = service.force_finish(record, "the test", true, None).await;
            return finished.map(|_| ()).map_err(|error| error.code);
        }
    };
    service.control(record, command, "", None).await.map(|_| ()).map_err(|error| error.code)
}

/// What was said of a control, and of which record as it was before.
struct Said {
    before: InstallView,
    given: Result<(), Code>,
}

/// Brings an install to the state, and gives the control.
async fn ask(service: &Service, nav: &SegmentId, seats: &[SeatInput; 2], at: At, order: Do) -> Said {
    let record = at.reach(service, nav, seats).await;
    let before = service.show_install(record).await.unwrap();
    Said { given: give(service, record, order).await, before }
}

/// What comes of it.
async fn judge(service: Arc<Service>, said: Said, seats: [SeatInput; 2], at: At, order: Do, then: Then) {
    let case = format!("{order:?} at {at:?}");
    let Said { before, given } = said;
    let record = before.record.id;
    match then {
        No => {
            assert_eq!(given, Err(Code::Conflict), "{case}");
            let after = service.show_install(record).await.unwrap();
            assert_eq!(after.record, before.record, "{case}");
        }
        Is(state) => {
            assert_eq!(given, Ok(()), "{case}");
            comes_to(&service, record, state, 1).await;
        }
        Again(state) => {
            assert_eq!(given, Ok(()), "{case}");
            comes_to(&service, record, state, 2).await;
            eventually(&service, "what failed was tried again", || async {
                let view = service.show_install(record).await.unwrap();
                let again = view.log.tasks.iter().any(|task| task.attempt == 2);
                (again && view.log.state == state).then_some(())
            })
            .await;
        }
    }
    let view = service.show_install(record).await.unwrap();
    if view.log.state.is_terminal() {
        assert!(view.seats.iter().all(|seat| seat.state.is_terminal()), "{case}: {:?}", view.seats);
    }
    // Whatever it was: the next wave is begun where that was asked for, and nowhere else.
    let second = view.seats.iter().find(|seat| seat.seat == seats[1].id).unwrap();
    if at == At::Running && order == Do::Next {
        eventually(&service, "the second wave", || async {
            let view = service.show_install(record).await.unwrap();
            (in_state(&view, SeatState::Succeeded) == [seats[1].id.clone()]).then_some(())
        })
        .await;
    } else if at == At::Running {
        assert_ne!(second.state, SeatState::Succeeded, "{case}");
    }
}

async fn every_control_at_every_state(on: On) {
    let site = Site::with_platform(on, |options| options.executor = Arc::new(ByAddress)).await;
    let service = site.service().await;
    let cases: Vec<(At, Do, Then, [SeatInput; 2])> = TABLE
        .iter()
        .flat_map(|(at, kinds, row)| CONTROLS.into_iter().zip(row).map(move |it| (*at, *kinds, it)))
        .enumerate()
        .map(|(number, (at, kinds, (order, then)))| (at, order, *then, pair(number, kinds)))
        .collect();
    let seats: Vec<SeatInput> = cases.iter().flat_map(|(.., seats)| seats.clone()).collect();
    service.import_seats(&seats, None).await.unwrap();
    let nav = upload(&service, &site.archive("nav", "1.0", "zip")).await;
    let driver = Driver::start(&service);
    published(&service, &nav).await;
    driver.stop().await;
    // What nobody has begun is so only while nobody leads.
    let mut running = tokio::task::JoinSet::new();
    let (pending, others): (Vec<_>, Vec<_>) = cases.into_iter().partition(|(at, ..)| *at == At::Pending);
    let mut asked = Vec::new();
    for (at, order, then, seats) in pending {
        asked.push((ask(&service, &nav, &seats, at, order).await, at, order, then, seats));
    }
    let driver = Driver::start(&service);
    for (said, at, order, then, seats) in asked {
        running.spawn(judge(Arc::clone(&service), said, seats, at, order, then));
    }
    // A few at a time: all of them write to the same lists.
    for (at, order, then, seats) in others {
        while running.len() >= 4 {
            running.join_next().await.unwrap().unwrap();
        }
        let (service, nav) = (Arc::clone(&service), nav.clone());
        running.spawn(async move {
            let said = ask(&service, &nav, &seats, at, order).await;
            judge(service, said, seats, at, order, then).await;
        });
    }
    while let Some(done) = running.join_next().await {
        done.unwrap();
    }
    driver.stop().await;
}

async fn seats_that_failed_alike_are_retried_by_their_reason(on: On) {
    let site = Site::with_platform(on, |options| options.executor = Arc::new(ByAddress)).await;
    let service = site.service().await;
    let seats: Vec<SeatInput> = (0..3).flat_map(|number| pair(number, [BAD, FULL])).collect();
    service.import_seats(&seats, None).await.unwrap();
    let nav = upload(&service, &site.archive("nav", "1.0", "zip")).await;
    let driver = Driver::start(&service);
    published(&service, &nav).await;
    let wanted = Wanted::Seats(seats.iter().map(|seat| seat.id.clone()).collect());
    let record = service.install(&nav, &wanted, &InstallOptions::default()).await.unwrap().unwrap().record.id;
    let view = ended(&service, record).await;
    let told: Vec<_> = view.failures().iter().map(|it| (it.reason.clone(), it.seats.len())).collect();
    assert_eq!(told, [("exit status # of install.sh".to_owned(), 3), ("no space left".to_owned(), 3)]);
    assert_eq!(view.shown()["failures"][0]["seats"].as_array().unwrap().len(), 3);

    // How long the next one takes is known from this one.
    driver.stop().await;
    let [good, _] = pair(100, [GOOD, GOOD]);
    service.import_seats(std::slice::from_ref(&good), None).await.unwrap();
    let wanted = Wanted::Change { add: [good.id].into(), remove: [].into() };
    let next = service.install(&nav, &wanted, &InstallOptions::default()).await.unwrap().unwrap();
    let usual = next.explanation.unwrap().usual.unwrap();
    assert_eq!((usual.installs, usual.overdue_seconds), (1, None), "it has not begun");
    let driver = Driver::start(&service);

    let none = service.retry_alike(record, "anything else", "", None).await.unwrap_err();
    assert_eq!(none.code, Code::NotFound);
    service.retry_alike(record, "exit status 7 of install.sh", "", None).await.unwrap();
    comes_to(&service, record, InstallState::Failed, 2).await;
    let view = service.show_install(record).await.unwrap();
    let tasks: Vec<usize> = view.log.tasks.iter().map(|task| task.seats).collect();
    assert_eq!(tasks, [6, 3], "those of one reason alone");
    driver.stop().await;

    // With nobody who follows, two of them are both there when somebody comes; one of all seats swallows the others.
    service.retry_alike(record, "no space left", "", None).await.unwrap();
    let view = service.retry_alike(record, "exit status # of install.sh", "", None).await.unwrap();
    assert_eq!(view.record.control.retry_only.len(), 2);
    let view = service.control(record, Command::Retry, "", None).await.unwrap();
    assert!(view.record.control.retry_only.is_empty());
    let view = service.retry_alike(record, "no space left", "", None).await.unwrap();
    assert!(view.record.control.retry_only.is_empty());
}
