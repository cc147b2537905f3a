//! Segdeck puts software segments on a fleet of workstations from a terminal.
//!
//! Imports run one way: `domain <- archive, storage, store, remote <- service <- controllers <- cli, ui`.

pub mod domain;
pub mod store;
pub mod archive;
pub mod remote;
pub mod settings;
pub mod storage;
pub mod controllers;
pub mod service;
