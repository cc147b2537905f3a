//! A segment file where it comes from: opened with care, and its content read on a thread that may block.

use std::fs::{File, FileType};
use std::io::{ErrorKind, Read, Seek};
use std::ops::ControlFlow;
use std::os::unix::fs::FileTypeExt;
use std::path::Path;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{Code, ServiceError};
use crate::archive::{self, Contents, Limits, Reading};
use crate::domain::words::say;
use crate::domain::{Format, plainly};
use crate::settings::UploadSettings;
use crate::storage::StorageError;

/// An opened file.
pub(super) struct Source {
    /// Itself.
    pub(super) file: File,
    /// Bytes, when it was opened.
    pub(super) size: u64,
}

/// The file's own name, without folders.
pub(super) fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// The suffix, or why there is no telling where the file goes.
pub(super) fn format_of(file_name: &str) -> Result<Format, ServiceError> {
    Format::of_file_name(file_name).ok_or_else(|| {
        let file = format!("{file_name:?}");
        let why = match is_part(file_name) {
            true => say!("source-part", file = file),
            false => say!("source-no-segment", file = file),
        };
        ServiceError::new(Code::Invalid, why)
    })
}

/// `nav.z01` of zip, `nav.zip.001` of 7z.
fn is_part(file_name: &str) -> bool {
    let Some((_, suffix)) = file_name.rsplit_once('.') else { return false };
    let number = suffix.strip_prefix(['z', 'Z']).unwrap_or(suffix);
    let least = if number.len() < suffix.len() { 2 } else { 3 };
    number.len() >= least && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// Opens a file of the operator's.
pub(super) async fn open(path: &Path) -> Result<Source, ServiceError> {
    let failed = |error: std::io::Error| {
        let (kind, path_name, reason) = (error.kind(), path.display().to_string(), plainly(error));
        let (code, why) = match kind {
            ErrorKind::NotFound if path.is_symlink() => {
                (Code::NotFound, say!("path-dangling", path = path_name, reason = reason))
            }
            ErrorKind::NotFound => (Code::NotFound, say!("path-missing", path = path_name, reason = reason)),
            ErrorKind::PermissionDenied => {
                (Code::Failed, say!("path-forbidden", path = path_name, reason = reason))
            }
            _ => (Code::Failed, say!("path-unreadable", path = path_name, reason = reason)),
        };
        ServiceError::new(code, why)
    };
    // Looked at first: opening a pipe waits, perhaps for ever, for somebody to write into it.
    only_a_file(path, tokio::fs::metadata(path).await.map_err(failed)?.file_type())?;
    let file = tokio::fs::File::open(path).await.map_err(failed)?;
    let metadata = file.metadata().await.map_err(failed)?;
    only_a_file(path, metadata.file_type())?;
    Ok(Source { file: file.into_std().await, size: metadata.len() })
}

/// A segment file is read twice and from its end, which only a file can be.
fn only_a_file(path: &Path, kind: FileType) -> Result<(), ServiceError> {
    if kind.is_file() {
        return Ok(());
    }
    let path = path.display().to_string();
    let why = match kind {
        kind if kind.is_dir() => say!("path-folder", path = path),
        kind if kind.is_fifo() => say!("path-pipe", path = path),
        _ => say!("path-device", path = path),
    };
    Err(ServiceError::new(Code::Invalid, why))
}

/// Reads what `open` gives on a blocking thread; `heard` is told how many bytes have been read. A cancel is
/// answered at once: the thread, which may wait for a slow disk, ends by itself at its next step.
pub(super) async fn read<R: Read + Seek>(
    open: impl FnOnce() -> Result<R, ServiceError> + Send + 'static,
    file_name: &str,
    format: Format,
    settings: &UploadSettings,
    heard: impl Fn(u64) + Send + Sync,
    cancel: &CancellationToken,
) -> Result<Contents, ServiceError> {
    let (tell, mut told) = watch::channel(0);
    let stop = cancel.child_token();
    let _stop_when_dropped = stop.clone().drop_guard();
    let (limits, file_name) = (limits(settings), file_name.to_owned());
    let mut reading = tokio::task::spawn_blocking(move || {
        let mut heard = |bytes| {
            tell.send_replace(bytes);
            if stop.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let reading = Reading { file_name: &file_name, format, limits: &limits, heard: &mut heard };
        Ok(archive::read(open()?, reading)?)
    });
    loop {
        tokio::select! {
            biased;
            () = cancel.cancelled() => return Err(StorageError::Cancelled.into()),
            read = &mut reading => return read.unwrap_or_else(|error| {
                Err(ServiceError::new(Code::Failed, say!("reading-file-broke-off", error = error.to_string())))
            }),
            Ok(()) = told.changed() => heard(*told.borrow_and_update()),
        }
    }
}

/// The settings as the archive reader wants them.
fn limits(settings: &UploadSettings) -> Limits {
    Limits {
        max_file_size: settings.max_file_size,
        max_unpacked_size: settings.max_unpacked_size,
        max_ratio: settings.max_ratio,
        max_entries: settings.max_entries,
        max_directory_size: settings.max_directory_size,
        max_name_length: settings.max_name_length,
        max_depth: settings.max_depth,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    #[test]
    fn a_part_of_a_split_archive_is_told_from_another_file() {
        for (name, says) in [
            ("nav.z01", "split archive"),
            ("nav.Z12", "split archive"),
            ("nav.zip.001", "split archive"),
            ("nav-2.1.0", "must end in"),
            ("nav.z", "must end in"),
            ("nav.7z", "must end in"),
            ("nav", "must end in"),
        ] {
            let error = format_of(name).unwrap_err();
            assert!(error.to_string().contains(says), "{error}");
        }
        assert!(matches!(format_of("nav.001.zip"), Ok(Format::Zip)));
    }

    #[test]
    fn the_readers_own_limits_are_those_of_the_built_in_settings() {
        assert_eq!(limits(&Settings::defaults(Path::new("/data")).unwrap().upload), Limits::default());
    }
}
