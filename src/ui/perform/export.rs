//! Rows as a CSV file in the current folder, under a name that says what and when.

use std::fs::File;
use std::io::Write;
use std::path::PathBuf;

use crate::domain::{Timestamp, plainly};
use crate::ui::effect::Exported;
use crate::ui::model::Pane;
use crate::ui::rows::{InstallRow, SeatRow, SegmentRow};

/// Writes the file and tells its path.
pub(super) fn write(pane: Pane, rows: &Exported, now: Timestamp) -> Result<PathBuf, String> {
    let what = match pane {
        Pane::Segments => "segments",
        Pane::Versions => "versions",
        Pane::Seats => "seats",
        Pane::Installs => "installs",
    };
    create(what, "csv", now, |out| put(rows, out).map_err(plainly))
}

/// Writes a text and tells the path of its file.
pub(super) fn save(text: &str, now: Timestamp) -> Result<PathBuf, String> {
    create("copied", "txt", now, |mut out| out.write_all(text.as_bytes()).map_err(plainly))
}

/// A new file in the current folder, filled by `fill`.
fn create(
    what: &str,
    suffix: &str,
    now: Timestamp,
    fill: impl FnOnce(&File) -> Result<(), String>,
) -> Result<PathBuf, String> {
    let folder = std::env::current_dir().map_err(|error| format!("there is no current folder: {error}"))?;
    let file = folder.join(format!("segdeck-{what}-{}.{suffix}", now.strftime("%Y%m%dT%H%M%SZ")));
    let failed = |why: String| format!("{} cannot be written: {why}", file.display());
    let out = File::create_new(&file).map_err(|error| failed(plainly(error)))?;
    fill(&out).map_err(failed)?;
    Ok(file)
}

fn put(rows: &Exported, out: impl std::io::Write) -> Result<(), csv::Error> {
    let mut csv = csv::Writer::from_writer(out);
    match rows {
        Exported::Segments(rows) => {
            csv.write_record([
                "id",
                "name",
                "type",
                "vendor",
                "remote",
                "createStatus",
                "deleteStatus",
                "installed",
                "bound",
                "fileSize",
                "createdBy",
                "createdAt",
                "updatedAt",
            ])?;
            rows.iter()
                .try_for_each(|(row, installed, bound)| csv.write_record(segment(row, *installed, *bound)))?;
        }
        Exported::Seats(rows) => {
            csv.write_record(["id", "ip", "group", "tags", "note"])?;
            rows.iter().try_for_each(|row| csv.write_record(seat(row)))?;
        }
        Exported::Installs(rows) => {
            csv.write_record([
                "id",
                "segmentId",
                "state",
                "percent",
                "good",
                "bad",
                "seats",
                "requestedBy",
                "requestedAt",
            ])?;
            rows.iter().try_for_each(|row| csv.write_record(install(row)))?;
        }
    }
    csv.flush()?;
    Ok(())
}

fn segment(row: &SegmentRow, installed: usize, bound: usize) -> [String; 13] {
    [
        row.id.to_string(),
        row.name.raw().to_owned(),
        row.kind.raw().to_owned(),
        row.vendor.raw().to_owned(),
        row.remote.as_str().to_owned(),
        row.create_state.as_str().to_owned(),
        row.delete_state.map(|state| state.as_str().to_owned()).unwrap_or_default(),
        installed.to_string(),
        bound.to_string(),
        row.file_size.to_string(),
        row.created_by.raw().to_owned(),
        row.created_at.to_string(),
        row.updated_at.to_string(),
    ]
}

/// As `seat import` reads it.
fn seat(row: &SeatRow) -> [String; 5] {
    let tags: Vec<&str> = row.tags.iter().map(|tag| tag.raw()).collect();
    [
        row.id.to_string(),
        row.ip.to_string(),
        row.group.raw().to_owned(),
        tags.join(";"),
        row.note.raw().to_owned(),
    ]
}

fn install(row: &InstallRow) -> [String; 9] {
    [
        row.id.to_string(),
        row.segment_id.to_string(),
        row.state.as_str().to_owned(),
        row.percent.to_string(),
        row.good().to_string(),
        row.bad().to_string(),
        row.seats().to_string(),
        row.requested_by.raw().to_owned(),
        row.requested_at.to_string(),
    ]
}
