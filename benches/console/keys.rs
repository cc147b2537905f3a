//! From a key to its frame with 100,000 rows, beside other programs with the same rows as text.

use std::time::Duration;

use crate::figures::{Times, ms};
use crate::pty::{Answer, Pty};
use crate::rivals::Program;
use crate::segments;

/// Between two keys.
const PACE: Duration = Duration::from_millis(50);

/// Between two keys that ask for all rows: long enough for the slowest to be done with it.
const WORK: Duration = Duration::from_millis(400);

const QUERIES: [&str; 4] = ["segment-0123", "of 24999", "9@3 ready", "software 17"];

/// The figures of one program at one size.
struct Part {
    name: &'static str,
    answers: Vec<Answer>,
    cpu: Duration,
    pressed: usize,
}

/// Presses the same keys in each, one program after the other.
pub fn compare(programs: &[Program], records: usize) {
    for size in [(120, 40), (200, 50)] {
        println!("\n{}x{}, {records} rows, {} ms between moves", size.0, size.1, PACE.as_millis());
        println!(
            "{:10} {:14} {:>7} {:>7} {:>9} {:>9} {:>10} {:>8}",
            "", "", "p50", "p99", "last p50", "last p99", "bytes/key", "cpu/key"
        );
        for program in programs {
            measure(program, size);
        }
    }
}

/// Moves alone, in rounds, so that what else the machine does meets all programs alike.
pub fn moves(programs: &[Program]) {
    for size in [(120, 40), (200, 50)] {
        println!("\n{}x{}, {ROUNDS} rounds of {MOVES} moves", size.0, size.1);
        let mut taken: Vec<Vec<Part>> = programs.iter().map(|_| Vec::new()).collect();
        for _ in 0..ROUNDS {
            for (program, taken) in programs.iter().zip(&mut taken) {
                let mut pty = Pty::start(program.command.clone(), size);
                pty.until("all rows", |screen| screen.contains(program.ready));
                pty.quiet(Duration::from_secs(2));
                taken.push(part("moves", &mut pty, PACE, std::iter::repeat_n(program.keys.down, MOVES)));
                shows(&pty, &segments::id(MOVES).to_string());
            }
        }
        for (program, taken) in programs.iter().zip(taken) {
            taken.into_iter().reduce(Part::and).unwrap().print(program.name);
        }
    }
}

/// Of [`moves`].
const ROUNDS: usize = 5;
const MOVES: usize = 120;

fn measure(program: &Program, size: (u16, u16)) {
    let keys = program.keys;
    let mut pty = Pty::start(program.command.clone(), size);
    let ready = pty.until("all rows", |screen| screen.contains(program.ready));
    let loaded = ready - pty.started;
    pty.quiet(Duration::from_secs(2));

    let mut parts = Vec::new();
    parts.push(part("moves", &mut pty, PACE, std::iter::repeat_n(keys.down, 300)));
    shows(&pty, &segments::id(300).to_string());
    parts.push(part("pages", &mut pty, PACE, std::iter::repeat_n(keys.page, 200)));
    let ends = [keys.last, keys.first].into_iter().cycle().take(100);
    parts.push(part("first and last", &mut pty, PACE, ends));
    shows(&pty, &segments::id(0).to_string());
    for (name, begin) in [("filter", keys.filter), ("palette", keys.palette)] {
        if let Some(begin) = begin {
            parts.push(typed(name, &mut pty, begin, program));
        }
    }
    if let Some((select, sort)) = keys.sort {
        pty.send(select);
        pty.quiet(WORK);
        parts.push(part("sort", &mut pty, WORK, std::iter::repeat_n(sort, 20)));
    }
    shows(&pty, "segment-0");
    for part in parts {
        part.print(program.name);
    }
    println!(
        "{:10} all rows after {:.0} ms; memory {} KiB ({} anonymous), {} at the most",
        program.name,
        ms(loaded),
        pty.memory("VmRSS:"),
        pty.memory("RssAnon:"),
        pty.memory("VmHWM:")
    );
}

/// Types what is looked for, letter by letter.
fn typed(name: &'static str, pty: &mut Pty, begin: &str, program: &Program) -> Part {
    let keys = program.keys;
    pty.send(begin);
    pty.quiet(PACE);
    let mut typed = Vec::new();
    for query in QUERIES.iter().cycle().take(2 * QUERIES.len()) {
        let letters: Vec<String> = query.chars().map(String::from).collect();
        typed.push(part(name, pty, WORK, letters.iter().map(String::as_str)));
        pty.send(keys.clear);
        pty.quiet(WORK);
    }
    pty.send("segment-012300");
    pty.quiet(WORK);
    shows(pty, "segment-012300@3");
    pty.send(keys.clear);
    pty.send(keys.leave);
    pty.quiet(WORK);
    typed.into_iter().reduce(Part::and).unwrap()
}

/// The program did what its keys asked for.
fn shows(pty: &Pty, what: &str) {
    assert!(pty.contents().contains(what), "{what} is not shown:\n{}", pty.contents());
}

fn part<'a>(name: &'static str, pty: &mut Pty, pace: Duration, keys: impl Iterator<Item = &'a str>) -> Part {
    let before = pty.cpu();
    let mut pressed = 0;
    let answers = keys.inspect(|_| pressed += 1).filter_map(|key| pty.press(key, pace)).collect();
    Part { name, answers, cpu: pty.cpu().saturating_sub(before), pressed }
}

impl Part {
    fn and(mut self, other: Self) -> Self {
        self.answers.extend(other.answers);
        Self { cpu: self.cpu + other.cpu, pressed: self.pressed + other.pressed, ..self }
    }

    fn print(&self, program: &str) {
        let frame = Times::of(self.answers.iter().map(|answer| answer.frame));
        let last = Times::of(self.answers.iter().map(|answer| answer.last));
        let bytes: usize = self.answers.iter().map(|answer| answer.bytes).sum();
        print!(
            "{program:10} {:14} {:7.2} {:7.2} {:9.2} {:9.2} {:10.0} {:7.2}",
            self.name,
            ms(frame.at(50)),
            ms(frame.at(99)),
            ms(last.at(50)),
            ms(last.at(99)),
            bytes as f64 / self.pressed as f64,
            ms(self.cpu) / self.pressed as f64,
        );
        match self.pressed - self.answers.len() {
            0 => println!(),
            silent => println!("   {silent} of {} changed nothing", self.pressed),
        }
    }
}
