//! Every flow an operator can start, on real parts in one process, on both backends.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says so by failing")]

#[path = "../common/mod.rs"]
mod common;

mod broken_lines;
mod checks;
mod complete;
mod contested;
mod controls;
mod create;
mod delete;
mod explain;
mod force_finish;
mod format;
mod freeze;
mod held;
mod import;
mod install;
mod large;
mod lead;
mod leftover;
mod notices;
mod odd_platform;
mod offline;
mod on_seats;
mod other_platform;
mod owner;
mod panicked;
mod read_only;
mod retry;
mod rollout;
mod schedule;
mod seats;
mod seen;
mod sync;
mod trash;
mod unreadable;
mod unsent;
mod verify;
mod windows;

/// Makes a test of each function for each backend.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod embedded {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name(crate::common::site::On::Embedded).await;
            })+
        }
        mod etcd {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name(crate::common::site::On::Etcd).await;
            })+
        }
    };
}
pub(crate) use on_both;
