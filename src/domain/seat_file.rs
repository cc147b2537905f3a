//! Seats from a file: CSV with a head, or TOML. Every fault names its line; a file with one gives no seat.

use std::collections::HashMap;
use std::net::IpAddr;
use std::ops::Range;
use std::path::Path;

use serde::Deserialize;
use toml::Spanned;

use super::SeatId;
use super::seat::SeatInput;

/// Largest file, in bytes; a caller reads at most one more.
pub const MAX_FILE: u64 = 64 * 1024 * 1024;

/// The columns of a CSV file; the first two are needed.
const COLUMNS: [&str; 5] = ["id", "ip", "group", "tags", "note"];

/// A seat file that cannot be read: which, on which line, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SeatFileError(String);

/// How a seat file is written, by the suffix of its name: `.csv` or `.toml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A head and a line a seat.
    Csv,
    /// `[[seats]]`.
    Toml,
}

impl Kind {
    /// By the suffix.
    ///
    /// # Errors
    /// Another suffix.
    pub fn of(path: &Path) -> Result<Self, SeatFileError> {
        let suffix = path.extension().map(|suffix| suffix.to_string_lossy().to_lowercase());
        match suffix.as_deref() {
            Some("csv") => Ok(Self::Csv),
            Some("toml") => Ok(Self::Toml),
            _ => Err(SeatFileError(format!(
                "{} is no seat file: its name must end in .csv or .toml",
                path.display()
            ))),
        }
    }
}

/// Reads the seats of a file's bytes; `path` names it and says how it is written.
///
/// # Errors
/// What is wrong in it, with the line.
pub fn parse(path: &Path, bytes: &[u8]) -> Result<Vec<SeatInput>, SeatFileError> {
    let name = path.display();
    let wrong = |why: String| SeatFileError(format!("{name}{why}; nothing was imported"));
    let kind = Kind::of(path)?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(wrong(format!(" is larger than {MAX_FILE} bytes")));
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.trim_start_matches('\u{feff}'),
        Err(error) => {
            let line = Lines::of(bytes).at(error.valid_up_to());
            return Err(wrong(format!(", line {line}: this is no UTF-8 text")));
        }
    };
    let seats = match kind {
        Kind::Csv => from_csv(text),
        Kind::Toml => from_toml(text),
    };
    seats.and_then(distinct).map_err(|fault| wrong(format!(", line {}: {}", fault.line, fault.reason)))
}

/// A seat and the line it begins on.
type Placed = (usize, SeatInput);

/// What is wrong, and on which line, from 1.
#[derive(Debug, PartialEq, Eq)]
struct Fault {
    line: usize,
    reason: String,
}

impl Fault {
    fn new(line: usize, reason: impl Into<String>) -> Self {
        Self { line, reason: reason.into() }
    }
}

/// Where the lines of a text end.
struct Lines(Vec<usize>);

impl Lines {
    fn of(bytes: &[u8]) -> Self {
        Self(bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at).collect())
    }

    /// The line of a byte, from 1.
    fn at(&self, byte: usize) -> usize {
        self.0.partition_point(|end| *end < byte) + 1
    }
}

fn from_csv(text: &str) -> Result<Vec<Placed>, Fault> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .comment(Some(b'#'))
        .from_reader(text.as_bytes());
    let lines = Lines::of(text.as_bytes());
    let mut columns: Option<Vec<&str>> = None;
    let mut seats = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| {
            let line = error.position().map_or(0, csv::Position::line);
            Fault::new(usize::try_from(line).unwrap_or(0), error.to_string())
        })?;
        let begin = record.position().map_or(0, |at| usize::try_from(at.byte()).unwrap_or(0));
        let line = lines.at(begin + skipped(text.get(begin..).unwrap_or_default()));
        match &columns {
            None => columns = Some(head(&record).map_err(|reason| Fault::new(line, reason))?),
            Some(columns) => {
                seats.push((line, row(columns, &record).map_err(|reason| Fault::new(line, reason))?));
            }
        }
    }
    if columns.is_none() {
        return Err(Fault::new(1, "the head is missing; the first line must be id,ip,group,tags,note"));
    }
    Ok(seats)
}

/// Bytes of the empty lines and comments in front of a record: the reader counts them to the record.
fn skipped(text: &str) -> usize {
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(['\n', '\r']);
        match rest.strip_prefix('#') {
            Some(comment) => rest = &comment[comment.find('\n').unwrap_or(comment.len())..],
            None => return text.len() - rest.len(),
        }
    }
}

/// The columns that a head names, in its order.
fn head(record: &csv::StringRecord) -> Result<Vec<&'static str>, String> {
    let mut columns = Vec::new();
    for title in record {
        let known = COLUMNS.into_iter().find(|column| column.eq_ignore_ascii_case(title));
        let column = known.ok_or_else(|| {
            format!("{title:?} is no column; the first line must be the head id,ip,group,tags,note")
        })?;
        if columns.contains(&column) {
            return Err(format!("the head names {column} twice"));
        }
        columns.push(column);
    }
    match ["id", "ip"].into_iter().find(|needed| !columns.contains(needed)) {
        Some(missing) => Err(format!("the head lacks {missing}; it is id,ip,group,tags,note")),
        None => Ok(columns),
    }
}

fn row(columns: &[&str], record: &csv::StringRecord) -> Result<SeatInput, String> {
    if record.len() > columns.len() {
        return Err(format!(
            "{} values, but the head names {} columns; a value with a comma is written in quotes",
            record.len(),
            columns.len()
        ));
    }
    let value = |name: &str| {
        columns.iter().position(|column| *column == name).and_then(|at| record.get(at)).unwrap_or_default()
    };
    Ok(SeatInput {
        id: id(value("id"))?,
        ip: ip(value("ip"))?,
        group: value("group").to_owned(),
        tags: value("tags")
            .split(';')
            .map(str::trim)
            .filter(|tag| !tag.is_empty())
            .map(str::to_owned)
            .collect(),
        note: value("note").to_owned(),
    })
}

fn id(text: &str) -> Result<SeatId, String> {
    text.parse().map_err(|error| format!("id {text:?}: {error}"))
}

fn ip(text: &str) -> Result<IpAddr, String> {
    text.parse().map_err(|_| format!("ip {text:?} is no address; it is written like 10.20.0.1 or fd00::1"))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TomlFile {
    #[serde(default)]
    seats: Vec<Spanned<TomlSeat>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TomlSeat {
    id: Spanned<String>,
    ip: Spanned<String>,
    #[serde(default)]
    group: String,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    note: String,
}

fn from_toml(text: &str) -> Result<Vec<Placed>, Fault> {
    let lines = Lines::of(text.as_bytes());
    let line = |span: Range<usize>| lines.at(span.start);
    let file: TomlFile = toml::from_str(text)
        .map_err(|error| Fault::new(error.span().map_or(1, line), error.message().to_owned()))?;
    if file.seats.is_empty() {
        return Err(Fault::new(1, "there is no seat in it; each is written [[seats]] with id and ip"));
    }
    file.seats
        .into_iter()
        .map(|seat| {
            let begin = line(seat.span());
            let TomlSeat { id: name, ip: address, group, tags, note } = seat.into_inner();
            let seat = SeatInput {
                id: id(name.get_ref()).map_err(|reason| Fault::new(line(name.span()), reason))?,
                ip: ip(address.get_ref()).map_err(|reason| Fault::new(line(address.span()), reason))?,
                group,
                tags,
                note,
            };
            Ok((begin, seat))
        })
        .collect()
}

/// Two seats of one file may share neither id nor address.
fn distinct(seats: Vec<Placed>) -> Result<Vec<SeatInput>, Fault> {
    let mut ids: HashMap<&SeatId, usize> = HashMap::new();
    let mut ips: HashMap<IpAddr, usize> = HashMap::new();
    for (line, seat) in &seats {
        if let Some(first) = ids.insert(&seat.id, *line) {
            return Err(Fault::new(*line, format!("the id {} stands on line {first} already", seat.id)));
        }
        if let Some(first) = ips.insert(seat.ip, *line) {
            return Err(Fault::new(*line, format!("the address {} stands on line {first} already", seat.ip)));
        }
    }
    Ok(seats.into_iter().map(|(_, seat)| seat).collect())
}

#[cfg(test)]
#[path = "seat_file_tests.rs"]
mod tests;
