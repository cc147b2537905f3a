//! Lists of seats as arguments: `--seats a,b,c`, or a file for 20,000 of them.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};

use clap::Args;

use super::exit::Failure;
use crate::domain::{SeatId, plainly};
use crate::service::Wanted;

/// Most bytes of a list of seats; 20,000 ids of 48 bytes are one million.
const MAX_LIST: u64 = 64 * 1024 * 1024;

/// `SEATS` of `plan` and `install`: the whole wanted list, or changes to the installed one.
#[derive(Debug, Clone, Args)]
#[group(required = true, multiple = true)]
pub(super) struct SeatsArguments {
    /// The seats that shall have it, all others not
    #[arg(long, value_name = "A,B,C", conflicts_with_all = ["seats_from", "group", "bound", "none", "add", "remove"])]
    seats: Option<String>,
    /// The same from a file, one seat a line; `-` reads stdin
    #[arg(long, value_name = "FILE", conflicts_with_all = ["group", "bound", "none", "add", "remove"])]
    seats_from: Option<PathBuf>,
    /// Every seat of a group, all others not
    #[arg(long, conflicts_with_all = ["bound", "none", "add", "remove"])]
    group: Option<String>,
    /// The bound seats, all others not
    #[arg(long, conflicts_with_all = ["none", "add", "remove"])]
    bound: bool,
    /// No seat: uninstall everywhere
    #[arg(long, conflicts_with_all = ["add", "remove"])]
    none: bool,
    /// Seats to install on, beside the installed ones
    #[arg(long, value_name = "A,B")]
    add: Option<String>,
    /// Seats to uninstall from
    #[arg(long, value_name = "A,B")]
    remove: Option<String>,
}

impl SeatsArguments {
    /// What is wanted; reads the file where one is named.
    pub(super) fn wanted(self) -> Result<Wanted, Failure> {
        if let Some(list) = &self.seats {
            return Ok(Wanted::Seats(from_list("--seats", list)?));
        }
        if let Some(file) = &self.seats_from {
            return Ok(Wanted::Seats(from_file(file)?));
        }
        if let Some(group) = self.group {
            return Ok(Wanted::Group(group));
        }
        if self.bound {
            return Ok(Wanted::Bound);
        }
        if self.none {
            return Ok(Wanted::None);
        }
        let list =
            |flag, list: Option<String>| list.map_or(Ok(BTreeSet::new()), |list| from_list(flag, &list));
        let (add, remove) = (list("--add", self.add)?, list("--remove", self.remove)?);
        match add.intersection(&remove).next() {
            Some(seat) => Err(Failure::usage(format!("{seat} stands in both --add and --remove"))),
            None => Ok(Wanted::Change { add, remove }),
        }
    }
}

/// `a,b,c`; twice the same is once.
pub(super) fn from_list(flag: &str, list: &str) -> Result<BTreeSet<SeatId>, Failure> {
    list.split(',')
        .map(|text| {
            let text = text.trim();
            text.parse().map_err(|error| Failure::usage(format!("{flag}: {text:?}: {error}")))
        })
        .collect()
}

/// A seat a line; empty lines and lines that begin with `#` are none. Twice the same is once.
pub(super) fn from_file(file: &Path) -> Result<BTreeSet<SeatId>, Failure> {
    let name = if file == Path::new("-") { "stdin".to_owned() } else { file.display().to_string() };
    let unreadable =
        |error: std::io::Error| Failure::invalid(format!("{name} cannot be read: {}", plainly(error)));
    let mut bytes = Vec::new();
    let read = if file == Path::new("-") {
        std::io::stdin().lock().take(MAX_LIST + 1).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(file).and_then(|opened| opened.take(MAX_LIST + 1).read_to_end(&mut bytes))
    };
    read.map_err(unreadable)?;
    if bytes.len() as u64 > MAX_LIST {
        return Err(Failure::invalid(format!("{name} is larger than {MAX_LIST} bytes")));
    }
    let mut seats = BTreeSet::new();
    for (number, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        let bad = |reason: String| Failure::invalid(format!("{name}, line {}: {reason}", number + 1));
        let line = std::str::from_utf8(line).map_err(|_| bad("this is no UTF-8 text".to_owned()))?;
        let line = if number == 0 { line.trim_start_matches('\u{feff}') } else { line }.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        seats.insert(line.parse().map_err(|error| bad(format!("{line:?}: {error}")))?);
    }
    if seats.is_empty() {
        return Err(Failure::invalid(format!("{name} names no seat; --none takes it off every seat")));
    }
    Ok(seats)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(failure: Failure) -> String {
        match failure {
            Failure::Service(error) => error.to_string(),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn duplicates_are_merged_and_bad_ids_named() {
        assert_eq!(from_list("--seats", "b, a,b").unwrap().len(), 2);
        assert!(message(from_list("--seats", "a,,b").unwrap_err()).contains("empty"));
    }

    #[test]
    fn a_bad_line_is_named_by_its_number() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("seats");
        std::fs::write(&file, "\u{feff}seat-1\r\n# a comment\n\nseat-2\nseat-1\n").unwrap();
        assert_eq!(from_file(&file).unwrap().len(), 2);
        std::fs::write(&file, "seat-1\nseat 2\n").unwrap();
        let message = message(from_file(&file).unwrap_err());
        assert!(message.contains("line 2"), "{message}");
    }
}
