//! See `checks::seg_info`.
#![no_main]
#![allow(dead_code, reason = "a target uses one of the checks")]

#[path = "../checks.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    checks::seg_info(bytes);
});
