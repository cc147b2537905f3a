//! What every process of a test said, in order; printed when the test fails.

use std::sync::{Arc, Mutex};
use std::time::Instant;

/// Longest part of an answer that is kept, in bytes: seat lists are long.
const LONGEST: usize = 4_000;

/// Lines of all processes. Clones share them.
#[derive(Clone)]
pub(crate) struct Log {
    begun: Instant,
    lines: Arc<Mutex<Vec<String>>>,
}

impl Log {
    pub(crate) fn new() -> Self {
        Self { begun: Instant::now(), lines: Arc::default() }
    }

    /// Keeps what `who` said now.
    pub(crate) fn note(&self, who: &str, text: &str) {
        let at = self.begun.elapsed().as_secs_f64();
        let mut lines = self.lines.lock().unwrap();
        for line in text.lines() {
            let cut: String = line.chars().take(LONGEST).collect();
            lines.push(format!("{at:8.3} {who:>12} | {cut}"));
        }
    }

    /// Everything so far.
    pub(crate) fn text(&self) -> String {
        self.lines.lock().unwrap().join("\n")
    }
}
