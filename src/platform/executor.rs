//! What puts software on a device. The platform decides what shall happen and in which order; an executor does it.

use std::net::IpAddr;

use crate::domain::SeatOp;

/// One thing to do on one device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Unique for the platform; a job is never given to another device or segment.
    pub number: i64,
    /// Where.
    pub device: IpAddr,
    /// What.
    pub op: SeatOp,
    /// Which segment: its uid.
    pub uid: String,
    /// Which segment: prefix and version, `prefix@version`.
    pub segment: String,
    /// 1 for the first time this is done on this device with this segment.
    pub attempt: u32,
}

/// A job that has begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begun {
    /// What the executor needs to know it again; kept with the job across restarts.
    pub ticket: String,
    /// Not before this moment (milliseconds since 1970) can it be at its end.
    pub due_ms: i64,
}

/// What became of a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Look {
    /// Under way.
    Running {
        /// 0 to 99.
        percent: u8,
        /// Since when it has been that many.
        since_ms: i64,
        /// Not before this moment can it be at its end.
        due_ms: i64,
    },
    /// At its end.
    Ended {
        /// When.
        at_ms: i64,
        /// Done, or how far it came and why it failed.
        outcome: Result<(), (u8, String)>,
    },
}

/// Does jobs on devices. Calls are short: they start and ask, they do not wait.
pub trait Executor: Send + Sync + 'static {
    /// Does the device answer?
    fn is_online(&self, device: IpAddr) -> bool;

    /// Changes whenever an answer of [`Executor::is_online`] may have changed.
    fn online_generation(&self) -> u64;

    /// Begins a job. The platform records it in a transaction that is still open; if that fails, the same job (by its
    /// number) is begun once more, and must not be done twice.
    fn begin(&self, job: &Job, now_ms: i64) -> Begun;

    /// Looks after a job.
    fn look(&self, job: &Job, ticket: &str, now_ms: i64) -> Look;

    /// Stops a job. `false`: it cannot be stopped and runs to its end.
    fn stop(&self, job: &Job, ticket: &str) -> bool;
}
