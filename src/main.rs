//! Arguments, settings, run; nothing else.

use std::process::ExitCode;

fn main() -> ExitCode {
    segdeck::cli::main()
}
