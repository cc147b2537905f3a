//! Points at which a test build dies when it is told to, as a killed process does: without a word to anybody.
//!
//! `SEGDECK_CRASH_AT=point[:n]` names the point, and at which passage of it; the first if not said. A release
//! build has none of this.

/// Passes a point.
#[cfg(debug_assertions)]
pub(crate) fn point(name: &str) {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicUsize, Ordering};

    static WANTED: OnceLock<Option<(String, usize)>> = OnceLock::new();
    static PASSED: AtomicUsize = AtomicUsize::new(0);
    let wanted = WANTED.get_or_init(|| {
        let text = std::env::var("SEGDECK_CRASH_AT").ok()?;
        let (point, passage) = text.split_once(':').unwrap_or((&text, "1"));
        Some((point.to_owned(), passage.parse().ok()?))
    });
    let Some((point, passage)) = wanted else { return };
    if point == name && PASSED.fetch_add(1, Ordering::SeqCst) + 1 == *passage {
        // The signal arrives before this call returns.
        let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
        std::process::abort();
    }
}

/// Passes a point: nothing happens.
#[cfg(not(debug_assertions))]
#[inline(always)]
pub(crate) fn point(_name: &str) {}
