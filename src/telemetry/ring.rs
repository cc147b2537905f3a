//! The last lines of the log in memory, for the console's log pane.

use std::collections::VecDeque;
use std::fmt::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

use crate::domain::{FreeText, Timestamp};

/// Lines that are kept.
const KEPT: usize = 1_000;

/// Longest text of a line, in bytes.
const MAX_TEXT: usize = 4096;

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// When.
    pub time: Timestamp,
    /// How bad.
    pub level: Level,
    /// Which part of the program.
    pub target: &'static str,
    /// The message and its fields; may hold what remotes said.
    pub text: FreeText,
}

/// The last lines; cheap to clone. Also the layer that fills it.
#[derive(Debug, Clone, Default)]
pub struct LogRing(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    lines: Mutex<VecDeque<Arc<LogLine>>>,
    revision: watch::Sender<u64>,
}

impl LogRing {
    /// The kept lines, oldest first.
    pub fn lines(&self) -> Vec<Arc<LogLine>> {
        self.locked().iter().cloned().collect()
    }

    /// Rises with every line.
    pub fn revision(&self) -> u64 {
        *self.0.revision.borrow()
    }

    /// Wakes on new lines; a reader that was busy is woken once for all of them.
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.0.revision.subscribe()
    }

    fn push(&self, line: LogLine) {
        {
            let mut lines = self.locked();
            if lines.len() == KEPT {
                lines.pop_front();
            }
            lines.push_back(Arc::new(line));
        }
        self.0.revision.send_modify(|revision| *revision += 1);
    }

    fn locked(&self) -> MutexGuard<'_, VecDeque<Arc<LogLine>>> {
        self.0.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S: Subscriber> Layer<S> for LogRing {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut text = Text::default();
        event.record(&mut text);
        let Text { mut message, fields } = text;
        message.push_str(&fields);
        self.push(LogLine {
            time: Timestamp::now(),
            level: *event.metadata().level(),
            target: event.metadata().target(),
            text: FreeText::from(message).cut(MAX_TEXT),
        });
    }
}

/// The message first, then ` field=value` for each other field.
#[derive(Default)]
struct Text {
    message: String,
    fields: String,
}

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // Writing to a string does not fail.
        let _ = match field.name() {
            "message" => write!(self.message, "{value:?}"),
            name => write!(self.fields, " {name}={value:?}"),
        };
    }
}

#[cfg(test)]
mod tests {
    use tracing_subscriber::layer::SubscriberExt;

    use super::*;

    #[tokio::test]
    async fn it_keeps_the_last_thousand_and_wakes_readers() {
        let ring = LogRing::default();
        let mut news = ring.subscribe();
        let subscriber = tracing_subscriber::Registry::default().with(ring.clone());
        tracing::subscriber::with_default(subscriber, || {
            for at in 0..1_005 {
                tracing::info!("line {at}");
            }
            tracing::warn!(bytes = 7, reason = %"\x1b[2J", "{}", "x".repeat(5_000));
        });
        news.changed().await.unwrap();
        assert_eq!((*news.borrow_and_update(), ring.revision()), (1_006, 1_006));
        let lines = ring.lines();
        assert_eq!(lines.len(), 1_000);
        assert_eq!(lines[0].text.raw(), "line 6");
        assert_eq!(lines[999].text.raw().len(), MAX_TEXT);
        assert!(!news.has_changed().unwrap());
    }

    #[test]
    fn fields_follow_the_message() {
        let ring = LogRing::default();
        let subscriber = tracing_subscriber::Registry::default().with(ring.clone());
        tracing::subscriber::with_default(
            subscriber,
            || tracing::warn!(bytes = 7, reason = %"\x1b[2J", "refused"),
        );
        let line = &ring.lines()[0];
        assert_eq!(line.text.raw(), "refused bytes=7 reason=\x1b[2J");
        assert!(!line.text.shown().as_str().contains('\x1b'));
    }
}
