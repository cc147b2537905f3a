//! Segment files as other tools and hostile hands make them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test says what it expected by failing

mod corpus;
mod hostile;
mod hostile_tar;
mod hostile_zip;
mod raw_tar;
mod raw_zip;
mod real_tar;
mod real_zip;
mod tar_stream;
mod zip_property;
