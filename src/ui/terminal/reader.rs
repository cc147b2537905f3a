//! Reads the terminal until it vanishes.

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::BorrowedFd;
use rustix::io::Errno;

use super::keys::{Decoder, Typed};

/// So long after an escape the rest of a sequence may come, also over a slow line.
const ESCAPE: Timespec = Timespec { tv_sec: 0, tv_nsec: 30_000_000 };

/// So long the rest of a terminal's reply may come. No key begins like one: nobody waits for this.
const REPLY: Timespec = Timespec { tv_sec: 1, tv_nsec: 0 };

/// Reads until the terminal is gone or `stop` is closed, handing on what is typed. `false` from `typed`:
/// nobody listens any more.
pub fn read(terminal: BorrowedFd<'_>, stop: BorrowedFd<'_>, mut typed: impl FnMut(Typed) -> bool) {
    let mut decoder = Decoder::default();
    let mut bytes = [0_u8; 4096];
    loop {
        let mut fds = [
            PollFd::from_borrowed_fd(terminal, PollFlags::IN),
            PollFd::from_borrowed_fd(stop, PollFlags::IN),
        ];
        let patience = if decoder.is_in_reply() { &REPLY } else { &ESCAPE };
        match poll(&mut fds, decoder.is_waiting().then_some(patience)) {
            Ok(0) => {
                if !decoder.settle().into_iter().all(&mut typed) {
                    return;
                }
                continue;
            }
            Ok(_) => {}
            Err(Errno::INTR) => continue,
            Err(_) => return,
        }
        if !fds[1].revents().is_empty() {
            return;
        }
        let seen = fds[0].revents();
        if !seen.contains(PollFlags::IN) {
            // Hang-up or error, and nothing left to read.
            return;
        }
        match rustix::io::read(terminal, &mut bytes) {
            Ok(0) => return,
            Ok(count) => {
                if !decoder.feed(&bytes[..count]).into_iter().all(&mut typed) {
                    return;
                }
            }
            Err(Errno::INTR | Errno::AGAIN) => {}
            Err(_) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::mpsc;

    use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
    use rustix::fd::AsFd;

    use super::*;

    #[test]
    fn it_reads_and_ends_with_its_terminal() {
        let (reader, mut writer) = std::os::unix::net::UnixStream::pair().unwrap();
        let (sender, receiver) = mpsc::channel();
        let (_ours, stop) = std::os::unix::net::UnixStream::pair().unwrap();
        let thread = std::thread::spawn(move || {
            read(reader.as_fd(), stop.as_fd(), |typed| sender.send(typed).is_ok());
        });
        writer.write_all(b"x\x1b").unwrap();
        let key = |code| Typed::Key(KeyEvent::new(code, KeyModifiers::NONE));
        assert_eq!(receiver.recv().unwrap(), key(KeyCode::Char('x')));
        assert_eq!(receiver.recv().unwrap(), key(KeyCode::Esc));
        drop(writer);
        thread.join().unwrap();
        assert!(receiver.recv().is_err());
    }
}
