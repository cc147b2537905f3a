//! Devices at work: each does one thing at a time, in the order in which the tasks were taken.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use segdeck::domain::{Prefix, RemoteKind, SeatOp, SeatState};
use tokio::time::Instant;

use super::State;

/// A workstation.
#[derive(Debug, Clone)]
pub struct Device {
    /// What it has, by prefix.
    pub installed: BTreeMap<Prefix, String>,
    /// When it has done what it was given so far.
    pub free: Instant,
    /// Off until then.
    pub offline: Instant,
}

/// A device within a task.
#[derive(Debug, Clone)]
pub struct Run {
    pub begins: Instant,
    pub ends: Instant,
    /// What it comes to, if there is something to do.
    fails: bool,
    pub state: SeatState,
}

/// A task.
#[derive(Debug, Clone)]
pub struct TaskState {
    pub op: SeatOp,
    pub uid: String,
    pub prefix: Prefix,
    pub runs: BTreeMap<IpAddr, Run>,
    pub forgotten: bool,
}

impl State {
    /// A task is taken: each device gets its turn.
    pub(super) fn take_task(&mut self, op: SeatOp, uid: &str, prefix: Prefix, devices: &[IpAddr]) -> String {
        let now = Instant::now();
        let mut runs = BTreeMap::new();
        for ip in devices {
            let (takes, fails) = (self.chance.millis(200, 4_000), self.chance.per_mille(150));
            let known = self.devices.get_mut(ip);
            let run = match known {
                None => Run { begins: now, ends: now, fails: true, state: SeatState::Failed },
                Some(device) => {
                    let begins = device.free.max(device.offline).max(now);
                    device.free = begins + takes;
                    let state =
                        if device.offline > now { SeatState::WaitingOnline } else { SeatState::Queued };
                    Run { begins, ends: device.free, fails, state }
                }
            };
            runs.insert(*ip, run);
        }
        let task = self.name("task");
        let state = TaskState { op, uid: uid.to_owned(), prefix, runs, forgotten: false };
        self.tasks.insert(task.clone(), state);
        task
    }

    /// Devices that have not begun never will; half of those that have go on.
    pub(super) fn cancel_task(&mut self, task: &str) {
        let Some(task) = self.tasks.get_mut(task) else { return };
        for run in task.runs.values_mut().filter(|run| !run.state.is_terminal()) {
            if run.state != SeatState::Running || self.chance.per_mille(500) {
                run.state = SeatState::Cancelled;
            }
        }
    }

    /// Does everything that is due, in the order of time.
    pub(super) fn run_devices(&mut self, now: Instant) {
        loop {
            let due = |run: &Run| match run.state {
                SeatState::Running => run.ends,
                _ => run.begins,
            };
            let open = self.tasks.iter().flat_map(|(id, task)| {
                task.runs
                    .iter()
                    .filter(|(_, run)| !run.state.is_terminal())
                    .map(move |(ip, run)| (due(run), id, *ip))
            });
            let Some((at, task, ip)) = open.min() else { return };
            if at > now {
                return;
            }
            let task = task.clone();
            self.step(&task, ip);
        }
    }

    /// The device begins, or comes to its end.
    fn step(&mut self, task: &str, ip: IpAddr) {
        let Some(task) = self.tasks.get_mut(task) else { return };
        let key = (RemoteKind::Sdp, task.uid.clone());
        let is_there = self.objects.get(&key).is_some_and(|object| object.gone.is_none());
        let (Some(run), Some(device)) = (task.runs.get_mut(&ip), self.devices.get_mut(&ip)) else { return };
        let has = device.installed.get(&task.prefix) == Some(&task.uid);
        if run.state != SeatState::Running {
            run.state = match task.op {
                SeatOp::Install if has => SeatState::AlreadyInstalled,
                SeatOp::Install if !is_there => SeatState::Failed,
                SeatOp::Uninstall if !has => SeatState::NotApplicable,
                SeatOp::Install | SeatOp::Uninstall => SeatState::Running,
            };
        } else if run.fails {
            run.state = SeatState::Failed;
        } else {
            run.state = SeatState::Succeeded;
            match task.op {
                SeatOp::Install => device.installed.insert(task.prefix.clone(), task.uid.clone()),
                SeatOp::Uninstall => device.installed.remove(&task.prefix),
            };
        }
    }

    /// A device that everybody knows.
    pub fn add_device(&mut self, ip: IpAddr, offline: Duration) {
        let now = Instant::now();
        self.devices.insert(ip, Device { installed: BTreeMap::new(), free: now, offline: now + offline });
    }
}
