//! The key layout below the root. Names hold no `/`, so keys split without doubt.

use std::fmt;

use crate::domain::{Prefix, RecordId, RemoteKind, SeatId, SegmentId, Shard, Version};

/// A key below the root, e.g. `segments/nav-core/2.1.0`. Backends put the root in front.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(Box<str>);

impl Key {
    /// A key as a backend read it, the root taken off.
    pub fn from_stored(text: impl Into<Box<str>>) -> Self {
        Self(text.into())
    }

    /// The text below the root.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its parts between the slashes.
    pub fn parts(&self) -> impl Iterator<Item = &str> {
        self.0.split('/')
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

fn key(text: String) -> Key {
    Key(text.into())
}

/// All segments, or those of a prefix by [`segments_of`].
pub const SEGMENTS: &str = "segments/";
/// All bound seats.
pub const BINDINGS: &str = "bindings/";
/// All installed seats.
pub const INSTALLED: &str = "installed/";
/// All that is left of segments without a record that seats have.
pub const LEFTOVERS: &str = "leftovers/";
/// All seats.
pub const SEATS: &str = "seats/";
/// All install records and their shards.
pub const INSTALL_RECORDS: &str = "install-records/";
/// All install logs and their shards.
pub const INSTALL_LOGS: &str = "install-logs/";
/// All lists of unfinished installs.
pub const ACTIVE_INSTALLS: &str = "active-installs/";
/// All tombstones.
pub const TOMBSTONES: &str = "tombstones/";
/// Both sync records.
pub const SYNC: &str = "sync/";
/// What was deleted here and can still be brought back.
pub const TRASH: &str = "trash/";
/// The audit trail.
pub const AUDIT: &str = "audit/";

/// A segment record.
pub fn segment(id: &SegmentId) -> Key {
    key(format!("{SEGMENTS}{}/{}", id.prefix, id.version))
}

/// Every version of a prefix.
pub fn segments_of(prefix: &Prefix) -> String {
    format!("{SEGMENTS}{prefix}/")
}

/// A manifest as it was read.
pub fn manifest(id: &SegmentId) -> Key {
    key(format!("manifests/{}/{}", id.prefix, id.version))
}

/// A shard of the bound seats of a prefix.
pub fn binding(prefix: &Prefix, shard: Shard) -> Key {
    key(format!("{BINDINGS}{prefix}/{shard}"))
}

/// All bound seats of a prefix.
pub fn bindings_of(prefix: &Prefix) -> String {
    format!("{BINDINGS}{prefix}/")
}

/// A shard of the installed seats of a segment.
pub fn installed(id: &SegmentId, shard: Shard) -> Key {
    key(format!("{INSTALLED}{}/{}/{shard}", id.prefix, id.version))
}

/// All installed seats of a segment.
pub fn installed_of(id: &SegmentId) -> String {
    format!("{INSTALLED}{}/{}/", id.prefix, id.version)
}

/// All installed seats of every version of a prefix.
pub fn installed_of_prefix(prefix: &Prefix) -> String {
    format!("{INSTALLED}{prefix}/")
}

/// What is left of a segment without a record that seats have.
pub fn leftover(id: &SegmentId) -> Key {
    key(format!("{LEFTOVERS}{}/{}", id.prefix, id.version))
}

/// A seat.
pub fn seat(id: &SeatId) -> Key {
    key(format!("{SEATS}{id}"))
}

/// What happened on a seat.
pub fn seat_history(id: &SeatId) -> Key {
    key(format!("seat-history/{id}"))
}

/// An install record.
pub fn install_record(id: &SegmentId, record: RecordId) -> Key {
    key(format!("{INSTALL_RECORDS}{}/{}/{record}", id.prefix, id.version))
}

/// A shard of an install record's seats.
pub fn install_record_shard(id: &SegmentId, record: RecordId, shard: Shard) -> Key {
    key(format!("{INSTALL_RECORDS}{}/{}/{record}/{shard}", id.prefix, id.version))
}

/// All shards of an install record.
pub fn install_record_shards(id: &SegmentId, record: RecordId) -> String {
    format!("{INSTALL_RECORDS}{}/{}/{record}/", id.prefix, id.version)
}

/// All install records of a segment, with their shards.
pub fn install_records_of(id: &SegmentId) -> String {
    format!("{INSTALL_RECORDS}{}/{}/", id.prefix, id.version)
}

/// The summary of an install log.
pub fn install_log(id: &SegmentId, record: RecordId) -> Key {
    key(format!("{INSTALL_LOGS}{}/{}/{record}", id.prefix, id.version))
}

/// A shard of an install log.
pub fn install_log_shard(id: &SegmentId, record: RecordId, shard: Shard) -> Key {
    key(format!("{INSTALL_LOGS}{}/{}/{record}/{shard}", id.prefix, id.version))
}

/// All shards of an install log.
pub fn install_log_shards(id: &SegmentId, record: RecordId) -> String {
    format!("{INSTALL_LOGS}{}/{}/{record}/", id.prefix, id.version)
}

/// All install logs of a segment, with their shards.
pub fn install_logs_of(id: &SegmentId) -> String {
    format!("{INSTALL_LOGS}{}/{}/", id.prefix, id.version)
}

/// All install logs of every version of a prefix, with their shards.
pub fn install_logs_of_prefix(prefix: &Prefix) -> String {
    format!("{INSTALL_LOGS}{prefix}/")
}

/// The unfinished installs of a prefix.
pub fn active_installs(prefix: &Prefix) -> Key {
    key(format!("{ACTIVE_INSTALLS}{prefix}"))
}

/// A segment removed here that must not come back. The uid is the remote's word: percent-encoded, so that
/// it stays one part of the key.
pub fn tombstone(remote: RemoteKind, uid: &str) -> Key {
    key(format!("{}{}", tombstones_of(remote), encode_part(uid)))
}

/// All tombstones of a remote.
pub fn tombstones_of(remote: RemoteKind) -> String {
    format!("{TOMBSTONES}{remote}/")
}

/// Data sync of a remote.
pub fn sync(remote: RemoteKind) -> Key {
    key(format!("{SYNC}{remote}"))
}

/// An audit entry.
pub fn audit(id: RecordId) -> Key {
    key(format!("{AUDIT}{id}"))
}

/// Who drives the controllers.
pub fn leader() -> Key {
    key("leader".into())
}

/// The fencing epoch.
pub fn epoch() -> Key {
    key("meta/epoch".into())
}

/// The layout version.
pub fn format() -> Key {
    key("meta/format".into())
}

/// The id of the shared storage.
pub fn storage() -> Key {
    key("meta/storage".into())
}

/// Which site the records are of; the shared storage names the same one.
pub fn site() -> Key {
    key("meta/site".into())
}

/// Tells the records of now from those that the store was put back to.
pub fn incarnation() -> Key {
    key("meta/incarnation".into())
}

/// What was deleted here and can still be brought back.
pub fn trash(id: RecordId) -> Key {
    key(format!("{TRASH}{id}"))
}

/// What the sweep moved lately, what it holds back, and what was asked of it.
pub fn sweep() -> Key {
    key("sweep".into())
}

/// Which platform the records of a remote belong to.
pub fn platform(remote: RemoteKind) -> Key {
    key(format!("meta/platforms/{remote}"))
}

/// No new task is sent while it is there.
pub fn freeze() -> Key {
    key(FREEZE.into())
}

/// The key of [`freeze`].
pub const FREEZE: &str = "freeze";

/// What a key of the layout names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Named {
    /// `segments/<prefix>/<version>`
    Segment(SegmentId),
    /// `bindings/<prefix>/<shard>`
    Binding(Prefix, Shard),
    /// `installed/<prefix>/<version>/<shard>`
    Installed(SegmentId, Shard),
    /// `leftovers/<prefix>/<version>`
    Leftover(SegmentId),
    /// `seats/<seat>`
    Seat(SeatId),
    /// `install-records/<prefix>/<version>/<record>`, with or without a shard
    InstallRecord(SegmentId, RecordId, Option<Shard>),
    /// `install-logs/<prefix>/<version>/<record>`, with or without a shard
    InstallLog(SegmentId, RecordId, Option<Shard>),
    /// `active-installs/<prefix>`
    ActiveInstalls(Prefix),
    /// `sync/<remote>`
    Sync(RemoteKind),
    /// `leader`
    Leader,
    /// `freeze`
    Freeze,
    /// `meta/<what>`, `meta/platforms/<remote>`
    Meta,
    /// Not watched (manifests, history, audit, tombstones) or written by a newer program.
    Other,
}

/// Reads a key. Keys with names that are not ours are [`Named::Other`].
pub fn parse(key: &Key) -> Named {
    let parts: Vec<&str> = key.parts().collect();
    let id = |prefix: &str, version: &str| {
        Some(SegmentId::new(prefix.parse::<Prefix>().ok()?, version.parse::<Version>().ok()?))
    };
    let named = match parts.as_slice() {
        ["segments", prefix, version] => id(prefix, version).map(Named::Segment),
        ["bindings", prefix, shard] => {
            prefix.parse().ok().zip(Shard::parse(shard)).map(|(prefix, shard)| Named::Binding(prefix, shard))
        }
        ["installed", prefix, version, shard] => {
            id(prefix, version).zip(Shard::parse(shard)).map(|(id, shard)| Named::Installed(id, shard))
        }
        ["leftovers", prefix, version] => id(prefix, version).map(Named::Leftover),
        ["seats", seat] => seat.parse().ok().map(Named::Seat),
        ["install-records", prefix, version, record] => id(prefix, version)
            .zip(record.parse().ok())
            .map(|(id, record)| Named::InstallRecord(id, record, None)),
        ["install-records", prefix, version, record, shard] => id(prefix, version)
            .zip(record.parse().ok())
            .zip(Shard::parse(shard))
            .map(|((id, record), shard)| Named::InstallRecord(id, record, Some(shard))),
        ["install-logs", prefix, version, record] => id(prefix, version)
            .zip(record.parse().ok())
            .map(|(id, record)| Named::InstallLog(id, record, None)),
        ["install-logs", prefix, version, record, shard] => id(prefix, version)
            .zip(record.parse().ok())
            .zip(Shard::parse(shard))
            .map(|((id, record), shard)| Named::InstallLog(id, record, Some(shard))),
        ["active-installs", prefix] => prefix.parse().ok().map(Named::ActiveInstalls),
        ["sync", remote] => remote.parse().ok().map(Named::Sync),
        ["leader"] => Some(Named::Leader),
        ["freeze"] => Some(Named::Freeze),
        ["meta", _] | ["meta", "platforms", _] => Some(Named::Meta),
        _ => None,
    };
    named.unwrap_or(Named::Other)
}

/// Percent-encodes everything but letters, digits and `-_.`.
fn encode_part(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Timestamp;

    #[test]
    fn keys_are_read_back() {
        let id: SegmentId = "导航@4.2.0.0".parse().unwrap();
        let record = RecordId::new(Timestamp::UNIX_EPOCH);
        let seat: SeatId = "seat-1".parse().unwrap();
        let shard = Shard::of(&seat);
        assert_eq!(parse(&segment(&id)), Named::Segment(id.clone()));
        assert_eq!(parse(&binding(&id.prefix, shard)), Named::Binding(id.prefix.clone(), shard));
        assert_eq!(parse(&installed(&id, shard)), Named::Installed(id.clone(), shard));
        assert_eq!(parse(&leftover(&id)), Named::Leftover(id.clone()));
        assert_eq!(parse(&super::seat(&seat)), Named::Seat(seat));
        assert_eq!(parse(&install_record(&id, record)), Named::InstallRecord(id.clone(), record, None));
        assert_eq!(
            parse(&install_log_shard(&id, record, shard)),
            Named::InstallLog(id.clone(), record, Some(shard))
        );
        assert_eq!(parse(&active_installs(&id.prefix)), Named::ActiveInstalls(id.prefix));
        assert_eq!(parse(&sync(RemoteKind::Sdp)), Named::Sync(RemoteKind::Sdp));
        assert_eq!(parse(&Key::from_stored("segments/../x")), Named::Other);
        assert_eq!(tombstone(RemoteKind::Sdp, "a/b").as_str(), "tombstones/sdp/a%2Fb");
    }
}
