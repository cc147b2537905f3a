//! The start, single moves on a small terminal, a flood of keys, and a minute in which nothing happens.

use std::net::TcpListener;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::figures::{Times, ms};
use crate::pty::{self, Pty, command};
use crate::rivals::{DOWN, console};
use crate::segments;

const STARTS: usize = 40;
const SETTLED: Duration = Duration::from_secs(2);

pub fn measure(endpoint: &str, home: &Path) {
    start(home);
    small(endpoint, home);
    flood(endpoint, home);
    idle(endpoint, home);
}

/// From the start of the process to its first whole frame, with a store that takes calls and never answers.
fn start(home: &Path) {
    let away = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = away.local_addr().unwrap().to_string();
    let mut firsts = Vec::new();
    let mut bare = Vec::new();
    for _ in 0..STARTS {
        let mut pty = Pty::start(console(&endpoint, home), (120, 40));
        let at = pty.until("its panes", |screen| screen.contains("4 Installs") && screen.contains("help"));
        firsts.push(at - pty.started);
        let mut pty = Pty::start(command("echo", &["here"]), (120, 40));
        let at = pty.until("its line", |screen| screen.contains("here"));
        bare.push(at - pty.started);
    }
    let (firsts, bare) = (Times::of(firsts.into_iter()), Times::of(bare.into_iter()));
    println!(
        "\nfirst frame at 120x40, the store away: p50 {:.1} ms, p99 {:.1} ms of {STARTS} starts (goal 20); `echo` {:.1} and {:.1}",
        ms(firsts.at(50)),
        ms(firsts.at(99)),
        ms(bare.at(50)),
        ms(bare.at(99)),
    );
}

/// Bytes of a move and of a whole frame at 80x24.
fn small(endpoint: &str, home: &Path) {
    let mut pty = loaded(endpoint, home, (80, 24));
    let mut moves = Vec::new();
    for _ in 0..300 {
        moves.extend(pty.press(DOWN, Duration::from_millis(50)).map(|answer| answer.bytes));
    }
    moves.sort_unstable();
    let whole = pty.press("\x0c", Duration::from_millis(300)).expect("a whole frame");
    println!(
        "at 80x24: a move {} bytes at p50, {} at the most (goal 320); a whole frame {} (goal 4500)",
        moves[moves.len() / 2],
        moves[moves.len() - 1],
        whole.bytes
    );
}

/// 200 keys at once.
fn flood(endpoint: &str, home: &Path) {
    let mut pty = loaded(endpoint, home, (120, 40));
    let mut lasts = Vec::new();
    let mut frames = 0;
    for round in 1..=20 {
        let sent = Instant::now();
        pty.send(&DOWN.repeat(200));
        let chunks = pty.take_until(sent + Duration::from_millis(500));
        lasts.push(chunks.last().expect("it is drawn").at - sent);
        frames += pty::frames(&chunks);
        let row = segments::id(round * 200).to_string();
        assert!(pty.contents().contains(&row), "{row} is not shown:\n{}", pty.contents());
    }
    let lasts = Times::of(lasts.into_iter());
    println!(
        "200 keys at once: drawn {:.1} ms after at p50, {:.1} at the most (goal 50), {:.1} frames",
        ms(lasts.at(50)),
        ms(lasts.at(100)),
        frames as f64 / lasts.len() as f64
    );
}

/// A minute without keys or news.
fn idle(endpoint: &str, home: &Path) {
    const MINUTE: Duration = Duration::from_secs(60);
    let mut reading = console(endpoint, home);
    reading.arg("--read-only");
    for (what, command) in [("leading the controllers", console(endpoint, home)), ("only looking", reading)] {
        let mut pty = Pty::start(command, (120, 40));
        pty.until("all rows", |screen| screen.contains("LIVE"));
        pty.quiet(Duration::from_secs(5));
        let before = pty.cpu();
        let chunks = pty.take_until(Instant::now() + MINUTE);
        let bytes: usize = chunks.iter().map(|chunk| chunk.bytes.len()).sum();
        println!("idle for 60 s, {what}: {bytes} bytes, {:.1} ms of processor", ms(pty.cpu() - before));
    }
}

fn loaded(endpoint: &str, home: &Path, size: (u16, u16)) -> Pty {
    let mut pty = Pty::start(console(endpoint, home), size);
    pty.until("all rows", |screen| screen.contains("LIVE"));
    pty.quiet(SETTLED);
    pty
}
