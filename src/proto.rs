//! The code generated from `proto/`. The files there are the documentation.

#![allow(missing_docs, unreachable_pub, clippy::all, reason = "generated")]

tonic::include_proto!("segdeck.platform.v1");
