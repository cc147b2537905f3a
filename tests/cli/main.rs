//! The real binary, called as an operator or a script calls it: exit codes, JSON, and what bad input gets.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test says what it expected by failing

mod answers;
mod away;
mod bad_input;
mod console;
mod freeze;
mod house;
mod inspect;
mod lists;
mod platform;
mod read_only;
mod settings;
mod verify;
mod waiting;
