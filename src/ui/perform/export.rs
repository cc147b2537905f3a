//! Rows as a file in the current folder, CSV or JSON, under a name that says what and when.

use std::fs::File;
use std::io::Write;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::domain::words::{Say, say};
use crate::domain::{Timestamp, plainly};
use crate::service::SeatView;
use crate::ui::effect::{Exported, Form};
use crate::ui::model::Pane;
use crate::ui::model::list::List;
use crate::ui::rows::{InstallRow, SeatRow, SegmentRow};
use crate::ui::terminal::Dump;

/// Writes the file and tells its path.
pub(super) fn write(list: List, rows: &Exported, form: Form, now: Timestamp) -> Result<PathBuf, Say> {
    let what = match list {
        List::Pane(Pane::Segments) => "segments",
        List::Pane(Pane::Versions) => "versions",
        List::Pane(Pane::Seats) | List::Chooser => "seats",
        List::Pane(Pane::Installs) => "installs",
        List::InstallSeats => "install-seats",
    };
    let items = items(rows);
    match form {
        Form::Csv => create(what, "csv", now, |out| csv(&items, out).map_err(plainly)),
        Form::Json => create(what, "json", now, |out| json(&items, out).map_err(plainly)),
    }
}

/// Writes a text and tells the path of its file.
pub(super) fn save(text: &str, now: Timestamp) -> Result<PathBuf, Say> {
    create("copied", "txt", now, |mut out| out.write_all(text.as_bytes()).map_err(plainly))
}

/// Writes a screen, and the same with its colours beside it; tells the path of the first.
pub(super) fn dump(dump: &Dump, now: Timestamp) -> Result<PathBuf, Say> {
    create("screen", "ansi", now, |mut out| out.write_all(dump.ansi.as_bytes()).map_err(plainly))?;
    create("screen", "txt", now, |mut out| out.write_all(dump.text.as_bytes()).map_err(plainly))
}

/// A new file in the current folder, filled by `fill`.
fn create(
    what: &str,
    suffix: &str,
    now: Timestamp,
    fill: impl FnOnce(&File) -> Result<(), String>,
) -> Result<PathBuf, Say> {
    let folder =
        std::env::current_dir().map_err(|error| say!("no-current-folder", error = error.to_string()))?;
    let file = folder.join(format!("segdeck-{what}-{}.{suffix}", now.strftime("%Y%m%dT%H%M%S%.3fZ")));
    let failed = |why: String| say!("path-unwritable", path = file.display().to_string(), reason = why);
    let out = File::create_new(&file).map_err(|error| failed(plainly(error)))?;
    fill(&out).map_err(failed)?;
    Ok(file)
}

/// What is known of a row, by the names of the records. Absent: null.
type Item = Vec<(&'static str, Value)>;

fn items(rows: &Exported) -> Vec<Item> {
    match rows {
        Exported::Segments(rows) => {
            rows.iter().map(|(row, installed, bound)| segment(row, *installed, *bound)).collect()
        }
        Exported::Seats(rows) => rows.iter().map(|row| seat(row)).collect(),
        Exported::Installs(rows) => rows.iter().map(|row| install(row)).collect(),
        Exported::InstallSeats(rows) => rows.iter().map(|row| install_seat(row)).collect(),
    }
}

fn csv(items: &[Item], out: impl Write) -> Result<(), csv::Error> {
    let mut csv = csv::Writer::from_writer(out);
    if let Some(first) = items.first() {
        csv.write_record(first.iter().map(|(name, _)| name))?;
    }
    for item in items {
        csv.write_record(item.iter().map(|(_, value)| plain(value)))?;
    }
    csv.flush()?;
    Ok(())
}

/// A value in a cell; lists as `seat import` reads them.
fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(plain).collect::<Vec<_>>().join(";"),
        other => other.to_string(),
    }
}

/// `{"items":[...]}`, an item a line; what is absent is left out.
fn json(items: &[Item], out: impl Write) -> std::io::Result<()> {
    let mut out = std::io::BufWriter::new(out);
    out.write_all(b"{\"items\":[")?;
    for (at, item) in items.iter().enumerate() {
        let there = item.iter().filter(|(_, value)| !value.is_null());
        let item: serde_json::Map<_, _> =
            there.map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        out.write_all(if at == 0 { b"\n" } else { b",\n" })?;
        serde_json::to_writer(&mut out, &item)?;
    }
    out.write_all(b"\n]}\n")?;
    out.flush()
}

fn segment(row: &SegmentRow, installed: usize, bound: usize) -> Item {
    vec![
        ("id", json!(row.id.to_string())),
        ("name", json!(row.name.raw())),
        ("type", json!(row.kind.raw())),
        ("vendor", json!(row.vendor.raw())),
        ("remote", json!(row.remote.as_str())),
        ("createStatus", json!(row.create_state.as_str())),
        ("deleteStatus", json!(row.delete_state.map(|state| state.as_str()))),
        ("installed", json!(installed)),
        ("bound", json!(bound)),
        ("fileSize", json!(row.file_size)),
        ("createdBy", json!(row.created_by.raw())),
        ("createdAt", json!(row.created_at.to_string())),
        ("updatedAt", json!(row.updated_at.to_string())),
        ("removedAt", json!(row.removed_at.map(|at| at.to_string()))),
    ]
}

/// As `seat import` reads it.
fn seat(row: &SeatRow) -> Item {
    let tags: Vec<&str> = row.tags.iter().map(|tag| tag.raw()).collect();
    vec![
        ("id", json!(row.id.to_string())),
        ("ip", json!(row.ip.to_string())),
        ("group", json!(row.group.raw())),
        ("tags", json!(tags)),
        ("note", json!(row.note.raw())),
    ]
}

fn install(row: &InstallRow) -> Item {
    vec![
        ("id", json!(row.id.to_string())),
        ("segmentId", json!(row.segment_id.to_string())),
        ("state", json!(row.state.as_str())),
        ("percent", json!(row.percent)),
        ("good", json!(row.good())),
        ("bad", json!(row.bad())),
        ("seats", json!(row.seats())),
        ("requestedBy", json!(row.requested_by.raw())),
        ("requestedAt", json!(row.requested_at.to_string())),
    ]
}

/// As in `installs show`.
fn install_seat(row: &SeatView) -> Item {
    vec![
        ("seat", json!(row.seat.to_string())),
        ("ip", json!(row.ip)),
        ("op", json!(row.op.as_str())),
        ("wave", json!(row.wave)),
        ("state", json!(row.state.as_str())),
        ("percent", json!(row.percent)),
        ("message", json!(row.message.raw())),
        ("updatedAt", json!(row.updated_at.to_string())),
    ]
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn both_forms_say_the_same_and_seats_come_back_as_they_were() {
        let seat = SeatRow {
            id: "seat-1".parse().unwrap(),
            ip: [10, 0, 0, 1].into(),
            group: "bridge, \"left\"".into(),
            tags: ["lead".into(), "spare".into()].into(),
            note: "two\nlines".into(),
            unknown: Default::default(),
        };
        let items = items(&Exported::Seats(vec![Arc::new(seat.clone())]));
        let mut written = Vec::new();
        csv(&items, &mut written).unwrap();
        let read = crate::domain::seat_file::parse(std::path::Path::new("seats.csv"), &written).unwrap();
        let [read] = read.as_slice() else { panic!("{read:?}") };
        assert_eq!(read.record(None), seat);
        let mut written = Vec::new();
        json(&items, &mut written).unwrap();
        let read: Value = serde_json::from_slice(&written).unwrap();
        assert_eq!(read["items"][0]["tags"], json!(["lead", "spare"]));
        assert_eq!(read["items"][0]["group"], "bridge, \"left\"");
    }

    #[test]
    fn nothing_is_still_a_whole_file() {
        let mut written = Vec::new();
        json(&[], &mut written).unwrap();
        assert_eq!(serde_json::from_slice::<Value>(&written).unwrap(), json!({ "items": [] }));
    }
}
