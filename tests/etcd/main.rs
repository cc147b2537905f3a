//! The etcd backend against real servers: fail-over, deadlines, logins and certificates. What it has in common
//! with the embedded backend is tested by the suite of both.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that fails shall say where"
)]
#![allow(unreachable_pub, reason = "nothing is outside of a test binary")]

mod cluster;
#[path = "../common/etcd.rs"]
mod etcd;
mod login;
mod outage;
mod wire;
