//! The real gRPC clients and the real reference platform, apart by turmoil's simulated network: partitions in both
//! directions and in one, held messages, connections that are forgotten, a platform that crashes and comes back with
//! what is on its disk. `calls` asks the clients themselves.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a failed expectation is a failed test
#![allow(unreachable_pub)] // nothing is outside of a test binary

mod calls;
mod network;
mod stage;
