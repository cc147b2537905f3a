//! Arguments, settings, run; nothing else.

fn main() {}
