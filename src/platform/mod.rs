//! The reference platform: a real server for both contracts in `proto/`, durable on disk. What belongs here:
//! what a platform must do, and a simulated executor. What does not: anything of Segdeck's own records.
//!
//! Below the data folder lie `platform.db` (SQLite: segments, tasks, what is installed, remembered operations),
//! `files/` (a file a segment, named by its uid), `partial/` (uploads that broke off) and `lock` (one process
//! at a time). No answer leaves before its effect is synced.

mod auth;
mod blocking;
mod database;
mod deployment_service;
mod downloads;
mod executor;
mod failure;
mod faults;
mod files;
mod fleet;
mod identity;
mod ledger;
mod operations;
mod options;
mod repository_service;
mod request;
mod segments;
mod serve;
mod simulated;
mod state;
mod tasks;
mod uploads;
mod work;

pub use blocking::Blocking;
pub use executor::{Begun, Executor, Job, Look};
pub use failure::PlatformError;
pub use faults::{Action, Fault, FaultCall, Faults, Moment};
pub use fleet::{Fleet, generated_device};
pub use ledger::{LedgerEntry, LedgerKind, ledger};
pub use options::{PlatformArgs, PlatformOptions, ServerTls};
pub use serve::{serve, serve_on};
pub use simulated::{Simulated, SimulatedOptions};
