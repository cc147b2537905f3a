//! Thousands of simulated sites: real services and controllers on a store, files and platforms in memory, under
//! paused time and seeded chance. What happened is judged by `invariants`.
//!
//! `SEGDECK_SEEDS=200000` plays so many; `SEGDECK_SEED=42` plays one and tells what happened.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a failed expectation is a failed test
#![allow(unreachable_pub)] // nothing is outside of a test binary

#[path = "../common/archive.rs"]
#[allow(dead_code, reason = "other tests use the rest of it")]
mod archive;
mod chance;
mod compares;
mod faulty_files;
mod faulty_store;
mod history;
mod invariants;
#[path = "../common/model_store.rs"]
mod model_store;
mod operator;
mod platform;
mod runs;
mod script;
mod site;
mod steady;
mod table;
mod weather;
