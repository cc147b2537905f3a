//! What wakes the console's thread: its terminal's keys, and events from everywhere else. It waits for both at once: a
//! thread of its own for the keys would make every key wait for one more change of threads.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};
use rustix::fd::OwnedFd;
use rustix::io::Errno;

use super::feed::Event;
use super::terminal::{Reader, Typed};

/// Nobody takes events any more.
#[derive(Debug)]
pub(super) struct Ended;

/// Sends events, from any thread.
#[derive(Clone)]
pub(super) struct Sender {
    events: mpsc::Sender<Event>,
    wake: Arc<OwnedFd>,
}

impl Sender {
    /// Sends an event and wakes the console.
    ///
    /// # Errors
    /// The console has ended.
    pub(super) fn send(&self, event: Event) -> Result<(), Ended> {
        self.events.send(event).map_err(|_| Ended)?;
        // What cannot be added wakes already.
        let _ = rustix::io::write(&*self.wake, &1_u64.to_ne_bytes());
        Ok(())
    }
}

/// What waits for the console.
pub(super) struct Inbox {
    events: mpsc::Receiver<Event>,
    wake: Arc<OwnedFd>,
    reader: Reader,
    typed: VecDeque<Typed>,
}

impl Inbox {
    /// An empty one, and what fills it beside the terminal.
    ///
    /// # Errors
    /// When the system gives nothing to wake us with.
    pub(super) fn new(reader: Reader) -> std::io::Result<(Self, Sender)> {
        let wake = Arc::new(eventfd(0, EventfdFlags::NONBLOCK | EventfdFlags::CLOEXEC)?);
        let (sender, events) = mpsc::channel();
        let inbox = Self { events, wake: Arc::clone(&wake), reader, typed: VecDeque::new() };
        Ok((inbox, Sender { events: sender, wake }))
    }

    /// What is here already.
    pub(super) fn here(&mut self) -> Option<Event> {
        self.typed.pop_front().map(Event::Typed).or_else(|| self.events.try_recv().ok())
    }

    /// The next event, waited for so long at most, or for ever. The terminal is left alone while it is not `ours`.
    pub(super) fn next(&mut self, wait: Option<Duration>, ours: bool) -> Option<Event> {
        let until = wait.map(|wait| Instant::now() + wait);
        loop {
            if let Some(event) = self.here() {
                return Some(event);
            }
            let left = until.map(|until| until.saturating_duration_since(Instant::now()));
            let patience = self.reader.patience().filter(|_| ours);
            let least = [left, patience].into_iter().flatten().min();
            let timeout = least.and_then(|time| Timespec::try_from(time).ok());
            let mut fds = [
                PollFd::new(&*self.wake, PollFlags::IN),
                PollFd::from_borrowed_fd(self.reader.terminal(), PollFlags::IN),
            ];
            let asked = if ours { 2 } else { 1 };
            match poll(&mut fds[..asked], timeout.as_ref()) {
                Ok(_) | Err(Errno::INTR) => {}
                Err(_) => return Some(Event::Gone),
            }
            let [woken, terminal] = [fds[0].revents(), fds[1].revents()];
            if !woken.is_empty() {
                // Emptied before the events are looked at: one that comes between the two wakes once more.
                let _ = rustix::io::read(&*self.wake, &mut [0_u8; 8]);
            }
            if terminal.contains(PollFlags::IN) {
                match self.reader.read() {
                    Some(typed) => self.typed.extend(typed),
                    None => return Some(Event::Gone),
                }
            } else if !terminal.is_empty() {
                // Hang-up or error, and nothing left to read.
                return Some(Event::Gone);
            } else if woken.is_empty() {
                if patience.is_some() && self.reader.patience() == Some(Duration::ZERO) {
                    self.typed.extend(self.reader.settle());
                } else if until.is_some_and(|until| until <= Instant::now()) {
                    return None;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::os::unix::net::UnixStream;

    use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

    use super::*;

    fn inbox() -> (Inbox, Sender, UnixStream) {
        let (terminal, keyboard) = UnixStream::pair().unwrap();
        let (inbox, sender) = Inbox::new(Reader::new(terminal.into())).unwrap();
        (inbox, sender, keyboard)
    }

    fn key(event: Option<Event>) -> KeyCode {
        match event {
            Some(Event::Typed(Typed::Key(KeyEvent { code, modifiers: KeyModifiers::NONE, .. }))) => code,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn keys_come_and_a_lone_escape_is_one_after_a_while() {
        let (mut inbox, _sender, mut keyboard) = inbox();
        keyboard.write_all(b"x\x1b").unwrap();
        assert_eq!(key(inbox.next(None, true)), KeyCode::Char('x'));
        assert_eq!(key(inbox.next(None, true)), KeyCode::Esc);
        drop(keyboard);
        assert!(matches!(inbox.next(None, true), Some(Event::Gone)));
    }

    #[test]
    fn the_wait_for_the_rest_of_a_key_is_none_for_what_is_due_before() {
        let (mut inbox, _sender, mut keyboard) = inbox();
        keyboard.write_all(b"\x1b").unwrap();
        assert!(inbox.next(Some(Duration::from_millis(1)), true).is_none());
        keyboard.write_all(b"[A").unwrap();
        assert_eq!(key(inbox.next(None, true)), KeyCode::Up);
    }

    #[test]
    fn events_wake_it_and_a_terminal_that_is_not_ours_does_not() {
        let (mut inbox, sender, mut keyboard) = inbox();
        keyboard.write_all(b"x").unwrap();
        assert!(inbox.next(Some(Duration::ZERO), false).is_none());
        let thread = std::thread::spawn(move || {
            for _ in 0..1000 {
                sender.send(Event::Resized).unwrap();
            }
            sender
        });
        for _ in 0..1000 {
            assert!(matches!(inbox.next(None, false), Some(Event::Resized)));
        }
        let sender = thread.join().unwrap();
        assert_eq!(key(inbox.next(None, true)), KeyCode::Char('x'));
        drop(inbox);
        assert!(sender.send(Event::Resized).is_err());
    }
}
