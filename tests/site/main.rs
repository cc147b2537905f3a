//! The product as operators have it: the real binary, every part a process of its own, on both backends.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says so by failing")]

#[path = "../common/mod.rs"]
mod common;

mod answer;
mod bad_input;
mod console;
mod first_command;
mod host;
mod job;
mod killed_complete;
mod killed_import;
mod killed_leader;
mod killed_trash;
mod killed_upload;
mod left_over_leader;
mod leftover;
mod links;
mod log;
mod main_job;
mod other_platform;
#[allow(dead_code, reason = "campaigns use the rest of it")]
mod platform;
mod powerless_leader;
mod refetch;
mod refused_create;
mod removals;
#[allow(dead_code, reason = "campaigns use the rest of it")]
mod running;
mod same_id;
mod stepped_back;
mod stranger;
mod suspended_leader;
mod sync_job;
mod wrong_things;
