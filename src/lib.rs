//! Segdeck puts software segments on a fleet of workstations from a terminal.
//!
//! Imports run one way: `domain <- archive, storage, store, remote <- service <- controllers <- cli, ui`.

pub mod archive;
pub mod cli;
pub mod controllers;
mod crash;
pub mod domain;
mod job;
pub mod platform;
pub mod proto;
pub mod remote;
pub mod service;
pub mod settings;
pub mod storage;
pub mod store;
pub mod telemetry;
pub mod ui;
