//! Campaigns: real processes on real stores, killed, stopped and cut off again and again. A run of all tests has a
//! few rounds of each; `tools/campaign NAME [COUNT]` has as many as it is told, and prints its figures.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says so by failing")]

#[path = "../common/mod.rs"]
mod common;

#[path = "../site/answer.rs"]
#[allow(dead_code, reason = "what is said to commands is looked at there")]
mod answer;
#[path = "../simulation/chance.rs"]
#[allow(dead_code, unreachable_pub, reason = "simulated sites draw more from it")]
mod chance;
#[path = "../site/host.rs"]
#[allow(dead_code, reason = "commands are run there")]
mod host;
#[path = "../site/log.rs"]
mod log;
#[path = "../site/platform.rs"]
#[allow(dead_code, reason = "a platform is started again there")]
mod platform;
#[path = "../cache/records.rs"]
#[allow(dead_code, unreachable_pub, reason = "the tests of the cache use the rest of it")]
mod records;
#[path = "../site/running.rs"]
#[allow(dead_code, reason = "a process is interrupted there")]
mod running;

mod crew;
mod embedded;
mod failover;
mod kills;
mod operators;
mod outages;
mod partition;
mod planted;
mod rollout;
mod seen;
mod truth;

use common::etcd;

/// How many rounds: as many as `tools/campaign` was told, or a few.
fn rounds(few: usize) -> usize {
    std::env::var("SEGDECK_ROUNDS").map_or(few, |count| count.parse().expect("SEGDECK_ROUNDS is a number"))
}
