//! The log file, bounded: a new one each day and at 16 MiB, seven older ones kept. Several processes write to
//! it at once. It says nothing of its own failures: whoever would read that has a console on the screen.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Largest file, in bytes.
const MAX_BYTES: u64 = 16 << 20;

/// Older files kept.
const KEPT: u32 = 7;

/// Seconds of a day.
const DAY: i64 = 86_400;

/// See the module.
#[derive(Debug)]
pub(super) struct LogFile {
    path: PathBuf,
    file: File,
    max_bytes: u64,
}

impl LogFile {
    /// Opens it, with its folder.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        Ok(Self { path: path.to_owned(), file: append_to(path)?, max_bytes: MAX_BYTES })
    }

    /// Follows a file that another process has moved away, and moves a full or old one away.
    fn keep_up(&mut self) -> io::Result<()> {
        if self.is_moved() {
            self.file = append_to(&self.path)?;
        }
        let meta = self.file.metadata()?;
        let now = crate::domain::Timestamp::now().as_second();
        let of_another_day = meta.len() > 0 && meta.mtime().div_euclid(DAY) != now.div_euclid(DAY);
        if meta.len() < self.max_bytes && !of_another_day {
            return Ok(());
        }
        // Of several processes that see this at once, the first moves; the others find it moved.
        self.file.lock()?;
        let moved = if self.is_moved() { Ok(()) } else { self.move_away() };
        self.file.unlock()?;
        moved?;
        self.file = append_to(&self.path)?;
        Ok(())
    }

    fn move_away(&self) -> io::Result<()> {
        for age in (1..KEPT).rev() {
            let _ = fs::rename(self.aged(age), self.aged(age + 1)); // most are not there yet
        }
        fs::rename(&self.path, self.aged(1))
    }

    fn is_moved(&self) -> bool {
        let here = self.file.metadata().map(|meta| (meta.dev(), meta.ino())).ok();
        fs::metadata(&self.path).map(|meta| (meta.dev(), meta.ino())).ok() != here
    }

    fn aged(&self, age: u32) -> PathBuf {
        let mut name = self.path.clone().into_os_string();
        name.push(format!(".{age}"));
        name.into()
    }
}

impl Write for LogFile {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        // Better a line in the wrong file than none.
        let _ = self.keep_up();
        self.file.write(line)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn append_to(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).append(true).open(path)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::*;

    fn files(dir: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(dir)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_full_file_moves_away_and_seven_are_kept() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("segdeck.log");
        let mut log = LogFile { max_bytes: 10, ..LogFile::open(&path).unwrap() };
        for at in 0..12 {
            log.write_all(format!("a long line {at}\n").as_bytes()).unwrap();
        }
        let mut expected = vec!["segdeck.log".to_owned()];
        expected.extend((1..=7).map(|age| format!("segdeck.log.{age}")));
        assert_eq!(files(dir.path()), expected);
        assert_eq!(fs::read_to_string(&path).unwrap(), "a long line 11\n");
        assert_eq!(fs::read_to_string(dir.path().join("segdeck.log.7")).unwrap(), "a long line 4\n");
    }

    #[test]
    fn a_new_day_begins_a_new_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("segdeck.log");
        let mut log = LogFile::open(&path).unwrap();
        log.write_all(b"yesterday\n").unwrap();
        log.file.set_modified(SystemTime::now() - Duration::from_secs(90_000)).unwrap();
        log.write_all(b"today\n").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "today\n");
        assert_eq!(fs::read_to_string(dir.path().join("segdeck.log.1")).unwrap(), "yesterday\n");
    }

    #[test]
    fn two_processes_follow_each_other() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("segdeck.log");
        let mut one = LogFile { max_bytes: 10, ..LogFile::open(&path).unwrap() };
        let mut other = LogFile { max_bytes: 10, ..LogFile::open(&path).unwrap() };
        one.write_all(b"a long line\n").unwrap();
        one.write_all(b"b\n").unwrap();
        other.write_all(b"c\n").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "b\nc\n");
        assert_eq!(files(dir.path()), ["segdeck.log", "segdeck.log.1"]);
    }
}
