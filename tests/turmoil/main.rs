//! The real gRPC clients and the real reference platform, apart by turmoil's simulated network: partitions in both
//! directions and in one, held messages, connections that are forgotten, a platform that crashes and comes back with
//! what is on its disk. `calls` asks the clients themselves; `seeds` plays whole sites by chance, judged by `judge`.
//!
//! `SEGDECK_SEEDS=10000` plays so many; `SEGDECK_SEED=42` plays one and tells what happened.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a failed expectation is a failed test
#![allow(unreachable_pub)] // nothing is outside of a test binary

#[path = "../common/archive.rs"]
#[allow(dead_code, reason = "other tests use the rest of it")]
mod archive;
mod calls;
#[path = "../simulation/chance.rs"]
#[allow(dead_code, reason = "other tests use the rest of it")]
mod chance;
mod judge;
#[path = "../common/model_store.rs"]
#[allow(dead_code, reason = "other tests use the rest of it")]
mod model_store;
mod network;
mod script;
mod seeds;
mod site;
mod stage;
