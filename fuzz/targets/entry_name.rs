//! See `checks::entry_name`.
#![no_main]
#![allow(dead_code, reason = "a target uses one of the checks")]

#[path = "../checks.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    checks::entry_name(bytes);
});
