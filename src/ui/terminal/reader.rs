//! Reads what is typed, without waiting for it.

use std::time::{Duration, Instant};

use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::io::Errno;

use super::keys::{Decoder, Typed};

/// So long after an escape the rest of a sequence may come, also over a slow line.
const ESCAPE: Duration = Duration::from_millis(30);

/// So long the rest of a terminal's reply may come. No key begins like one: nobody waits for this.
const REPLY: Duration = Duration::from_secs(1);

/// The terminal's keys.
pub struct Reader {
    terminal: OwnedFd,
    decoder: Decoder,
    /// When the last bytes came.
    last: Instant,
}

impl Reader {
    /// Reads from a terminal.
    pub fn new(terminal: OwnedFd) -> Self {
        Self { terminal, decoder: Decoder::default(), last: Instant::now() }
    }

    /// What to wait for until there is something to read.
    pub fn terminal(&self) -> BorrowedFd<'_> {
        self.terminal.as_fd()
    }

    /// How long the rest of what has begun is waited for; none where nothing has.
    pub fn patience(&self) -> Option<Duration> {
        let whole = if self.decoder.is_in_reply() { REPLY } else { ESCAPE };
        self.decoder.is_waiting().then(|| whole.saturating_sub(self.last.elapsed()))
    }

    /// The rest did not come: what has begun is what it looks like.
    pub fn settle(&mut self) -> Vec<Typed> {
        self.decoder.settle()
    }

    /// Takes in what is there; `None`: the terminal is gone.
    pub fn read(&mut self) -> Option<Vec<Typed>> {
        let mut bytes = [0_u8; 4096];
        match rustix::io::read(&self.terminal, &mut bytes) {
            Ok(0) => None,
            Ok(count) => {
                self.last = Instant::now();
                Some(self.decoder.feed(&bytes[..count]))
            }
            Err(Errno::INTR | Errno::AGAIN) => Some(Vec::new()),
            Err(_) => None,
        }
    }
}
