//! What is written down when the console panics: a file beside the log, for a report.

use std::backtrace::Backtrace;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::panic::PanicHookInfo;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

/// Writes where and why, and the way there; `None` where that is not possible. Nothing of the records is in it but
/// what the message itself says.
pub(super) fn write(folder: &Path, info: &PanicHookInfo<'_>) -> Option<PathBuf> {
    let file = folder.join(format!("crash-{}.txt", Timestamp::now().strftime("%Y%m%dT%H%M%S.%3fZ")));
    // A message may quote a record: others need not read it.
    let out = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&file);
    let thread = std::thread::current();
    let text = format!(
        "segdeck {}\nthread {}\n{info}\n\n{}",
        env!("CARGO_PKG_VERSION"),
        thread.name().unwrap_or("without a name"),
        Backtrace::force_capture()
    );
    out.and_then(|mut out| out.write_all(text.as_bytes())).ok().map(|()| file)
}
