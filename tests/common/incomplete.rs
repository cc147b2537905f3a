//! Segments whose md5 is not known, and files that are read for it.

use std::fs::File;
use std::path::Path;

use segdeck::domain::{Segment, SegmentId};
use segdeck::service::Service;
use segdeck::store::{self, Txn, TxnOutcome, keys};

use super::site::eventually;

/// Changes a record as another process would.
pub async fn change(service: &Service, id: &SegmentId, change: impl Fn(&mut Segment)) {
    loop {
        let key = keys::segment(id);
        let entry = service.store.get(&key).await.unwrap().1.unwrap();
        let mut segment: Segment = store::decode(&entry).unwrap();
        change(&mut segment);
        let txn = Txn::new().unchanged(key.clone(), entry.mod_revision).put(key, &segment).unwrap();
        if let TxnOutcome::Done(_) = service.writes().unwrap().store.txn(txn).await.unwrap() {
            return;
        }
    }
}

/// Lets the leader, which is this process, compute the md5 of a published segment, without an end: the file
/// becomes a terabyte of nothing. Returns the size that it should have.
pub async fn endless(service: &Service, id: &SegmentId, stored: &Path, leader: u32) -> u64 {
    let size = stored.metadata().unwrap().len();
    resize(stored, 1 << 40);
    change(service, id, |segment| segment.md5 = None).await;
    // What was uploaded has been read, and more: cut off from here on it is another file.
    while read_up_to(leader, stored).is_none_or(|at| at <= size) {
        tokio::task::yield_now().await;
    }
    size
}

/// The segment once its md5 is known.
pub async fn completed(service: &Service, id: &SegmentId) -> Segment {
    let known = || async { service.segment(id).await.ok().filter(|segment| segment.md5.is_some()) };
    eventually(service, "an md5", known).await
}

/// Cuts a file off, or adds nothing to it.
pub fn resize(file: &Path, size: u64) {
    File::options().write(true).open(file).unwrap().set_len(size).unwrap();
}

/// Has a process this file open, also one that is deleted?
pub fn is_open(process: u32, file: &Path) -> bool {
    descriptor(process, file).is_some()
}

/// How far a process has read this file, if it has it open.
fn read_up_to(process: u32, file: &Path) -> Option<u64> {
    let told =
        std::fs::read_to_string(format!("/proc/{process}/fdinfo/{}", descriptor(process, file)?)).ok()?;
    told.lines().find_map(|line| line.strip_prefix("pos:"))?.trim().parse().ok()
}

/// The number under which a process has this file open.
fn descriptor(process: u32, file: &Path) -> Option<String> {
    let name = file.to_str()?;
    let mut open = std::fs::read_dir(format!("/proc/{process}/fd")).ok()?.flatten();
    let opened = open.find(|fd| {
        let link = std::fs::read_link(fd.path());
        link.is_ok_and(|link| link.to_str().is_some_and(|link| link.trim_end_matches(" (deleted)") == name))
    })?;
    opened.file_name().into_string().ok()
}
