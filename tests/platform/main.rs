//! The clients against the reference platform, and against hostile ones, over real loopback connections.

#![allow(
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod access;
mod durability;
mod hostile;
mod identity;
mod rig;
mod segments;
mod tasks;
