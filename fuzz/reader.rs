//! The folders of the program that the fuzz targets need.

#[path = "../src/archive/mod.rs"]
pub mod archive;
#[path = "../src/domain/mod.rs"]
pub mod domain;
