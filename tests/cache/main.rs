//! The cache over real stores: first list, live changes, swaps, outages, what cannot be read.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that fails shall say where"
)]
#![allow(unreachable_pub, reason = "nothing is outside of a test binary")]

#[path = "../common/etcd.rs"]
mod etcd;
mod first_list;
mod live;
mod outage;
mod records;
mod tampered;
