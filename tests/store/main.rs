//! One suite for every backend of the store, and what only one of them promises.
//!
//! A backend joins with one line: `conformance!(name, fresh)`, where `fresh` is an
//! `async fn(Room) -> conformance::Bench`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a failed expectation is a failed test
#![allow(unreachable_pub)] // nothing is outside of a test binary

#[macro_use]
mod conformance;
mod embedded_bench;
mod embedded_file;
mod embedded_shared;
mod etcd_bench;
#[path = "../common/etcd.rs"]
mod etcd_server;
#[path = "../common/model_store.rs"]
#[allow(dead_code, reason = "the simulation uses the rest of it")]
mod model_store;

conformance!(embedded, crate::embedded_bench::fresh);
conformance!(etcd, crate::etcd_bench::fresh);
conformance!(model, crate::fresh_model);

/// An empty store in memory.
async fn fresh_model(_room: conformance::Room) -> conformance::Bench {
    conformance::Bench { store: std::sync::Arc::new(model_store::ModelStore::new()), keep: Box::new(()) }
}
