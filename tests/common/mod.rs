//! What several test binaries share: a real etcd, a real platform, real segment files.
#![allow(dead_code, unreachable_pub, unused_imports, reason = "each test binary uses its own part of it")]

pub mod archive;
pub mod cutting;
pub mod etcd;
pub mod incomplete;
pub mod site;
