//! What happened to a site, read back from the journals of its store, its files and its platforms.

use std::collections::BTreeMap;

use segdeck::domain::audit::AuditEntry;
use segdeck::domain::install::{ActiveInstalls, SeatLog};
use segdeck::domain::leftover::Leftover;
use segdeck::domain::seat::{SeatHistory, SeatList};
use segdeck::domain::{
    Freeze, InstallLog, InstallRecord, Prefix, RecordId, Segment, SegmentId, Shard, TrashContent, TrashEntry,
};
use segdeck::store::keys::{self, Named};
use segdeck::store::{self, Entry, Key, LeaderRecord, Revision};
use serde::de::DeserializeOwned;
use tokio::time::Instant;

use super::model_store::{Author, Commit};
use super::site::Site;

/// A record before and after.
#[derive(Debug, Clone)]
pub struct Turn<T> {
    pub before: Option<T>,
    pub after: Option<T>,
}

/// A changed record, read.
#[derive(Debug, Clone)]
#[allow(dead_code, reason = "shown where a seed fails")]
#[allow(clippy::large_enum_variant, reason = "there are few at a time")]
pub enum Changed {
    Segment(SegmentId, Turn<Segment>),
    Record(SegmentId, RecordId, Turn<InstallRecord>),
    Log(SegmentId, RecordId, Turn<InstallLog>),
    Seats(SegmentId, RecordId, Turn<SeatLog>),
    Installed(SegmentId, Shard, Turn<SeatList>),
    Leftover(SegmentId, Turn<Leftover>),
    Binding(Prefix, Shard, Turn<SeatList>),
    Active(Prefix, Turn<ActiveInstalls>),
    Audit(AuditEntry),
    Leader(Turn<LeaderRecord>),
    Tombstone(String),
    Layout(u64),
    History(String, Turn<SeatHistory>),
    Freeze(Turn<Freeze>),
    Other(String),
}

/// A commit, read.
#[derive(Debug, Clone)]
pub struct Step {
    pub revision: Revision,
    pub at: Instant,
    pub author: Author,
    pub changed: Vec<Changed>,
    /// What its author overwrote without having read it as it was.
    pub unseen: Vec<Key>,
}

impl Step {
    /// What the audit trail says of it.
    pub fn audit(&self) -> Option<&AuditEntry> {
        self.changed.iter().find_map(|changed| match changed {
            Changed::Audit(entry) => Some(entry),
            _ => None,
        })
    }

    pub fn segments(&self) -> impl Iterator<Item = (&SegmentId, &Turn<Segment>)> {
        self.changed.iter().filter_map(|changed| match changed {
            Changed::Segment(id, turn) => Some((id, turn)),
            _ => None,
        })
    }
}

/// Everything that happened, and the site as it is now.
pub struct History<'a> {
    pub steps: Vec<Step>,
    pub site: &'a Site,
    /// The records of segments as they are now, with their create revisions.
    pub segments: BTreeMap<SegmentId, (Revision, Segment)>,
    pub open: &'a [String],
}

impl<'a> History<'a> {
    pub fn read(site: &'a Site, open: &'a [String]) -> Self {
        let steps = site.model.journal(0, |commits| commits.iter().map(read).collect());
        let mut segments = BTreeMap::new();
        for entry in site.model.below(keys::SEGMENTS) {
            let segment: Segment = store::decode(&entry).unwrap();
            segments.insert(segment.id.clone(), (entry.create_revision, segment));
        }
        Self { steps, site, segments, open }
    }

    /// Every change of a segment's record, in order: the step, the revision its life began, before and after.
    pub fn lives(&self) -> impl Iterator<Item = (&Step, Revision, &SegmentId, &Turn<Segment>)> {
        let mut born: BTreeMap<&SegmentId, Revision> = BTreeMap::new();
        self.steps.iter().flat_map(|step| step.segments().map(move |(id, turn)| (step, id, turn))).map(
            move |(step, id, turn)| {
                if turn.before.is_none() {
                    born.insert(id, step.revision);
                }
                (step, born[id], id, turn)
            },
        )
    }
}

fn read(commit: &Commit) -> Step {
    let changed = commit.changes.iter().map(|change| {
        let key = &change.key;
        match keys::parse(key) {
            Named::Segment(id) => Changed::Segment(id, turn(&change.before, &change.after)),
            Named::InstallRecord(id, record, None) => {
                Changed::Record(id, record, turn(&change.before, &change.after))
            }
            Named::InstallLog(id, record, None) => {
                Changed::Log(id, record, turn(&change.before, &change.after))
            }
            Named::InstallLog(id, record, Some(_)) => {
                Changed::Seats(id, record, turn(&change.before, &change.after))
            }
            Named::Leftover(id) => Changed::Leftover(id, turn(&change.before, &change.after)),
            Named::Installed(id, shard) => Changed::Installed(id, shard, turn(&change.before, &change.after)),
            Named::Binding(prefix, shard) => {
                Changed::Binding(prefix, shard, turn(&change.before, &change.after))
            }
            Named::ActiveInstalls(prefix) => Changed::Active(prefix, turn(&change.before, &change.after)),
            Named::Freeze => Changed::Freeze(turn(&change.before, &change.after)),
            Named::Leader => Changed::Leader(turn(&change.before, &change.after)),
            _ => match (&change.after, key.as_str()) {
                (Some(entry), text) if text.starts_with(keys::AUDIT) => {
                    Changed::Audit(store::decode(entry).unwrap())
                }
                (Some(_), text) if text.starts_with(keys::TOMBSTONES) => Changed::Tombstone(text.to_owned()),
                (Some(entry), _) if *key == keys::format() => {
                    let mark: serde_json::Value = store::decode(entry).unwrap();
                    Changed::Layout(mark["format"].as_u64().unwrap())
                }
                (_, text) if text.starts_with("seat-history/") => {
                    Changed::History(text.to_owned(), turn(&change.before, &change.after))
                }
                (_, text) => Changed::Other(text.to_owned()),
            },
        }
    });
    Step {
        revision: commit.revision,
        at: commit.at,
        author: commit.author,
        changed: changed.collect(),
        unseen: commit.unseen.clone(),
    }
}

fn turn<T: DeserializeOwned>(before: &Option<Entry>, after: &Option<Entry>) -> Turn<T> {
    let read = |entry: &Option<Entry>| entry.as_ref().map(|entry| store::decode(entry).unwrap());
    Turn { before: read(before), after: read(after) }
}

/// Files that neither a record nor an entry of the trash names.
pub fn orphans(site: &Site) -> Vec<String> {
    let mut named: Vec<String> = site
        .model
        .below(keys::SEGMENTS)
        .iter()
        .map(|entry| store::decode::<Segment>(entry).unwrap().storage_key)
        .collect();
    for entry in trash(site) {
        named.extend([TrashContent::key(entry.id), entry.storage_key]);
    }
    named.extend(["segdeck-storage.json".to_owned(), "segdeck-revision.json".to_owned()]);
    site.files.keys().into_iter().filter(|key| !named.contains(key)).collect()
}

/// What lies in the trash.
pub fn trash(site: &Site) -> Vec<TrashEntry> {
    site.model.below(keys::TRASH).iter().map(|entry| store::decode(entry).unwrap()).collect()
}

/// What two runs of the same seed share, line by line: all that was committed and done, when and by whom, with ids
/// of chance replaced by the order in which they appear.
pub fn trace(site: &Site) -> Vec<String> {
    let mut ids: BTreeMap<String, usize> = BTreeMap::new();
    let mut lines = Vec::new();
    site.model.journal(0, |commits| {
        for commit in commits {
            let at = site.clockwork.since_begin(commit.at).as_millis();
            for change in &commit.changes {
                let value =
                    change.after.as_ref().map_or("-".into(), |entry| String::from_utf8_lossy(&entry.value));
                let line = format!("{at} {} by {}: {} {value}", commit.revision, commit.author, change.key);
                lines.push(without_ulids(&line, &mut ids));
            }
        }
    });
    for deed in &site.platform.lock().deeds {
        let at = site.clockwork.since_begin(deed.at).as_millis();
        lines.push(without_ulids(&format!("{at} {} {:?}", deed.operation, deed.what), &mut ids));
    }
    lines
}

/// Replaces words that look like a ULID.
pub fn without_ulids(text: &str, ids: &mut BTreeMap<String, usize>) -> String {
    let is_word = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit();
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.find(is_word) {
        out.push_str(&rest[..first]);
        let word = &rest[first..];
        let end = word.find(|c| !is_word(c)).unwrap_or(word.len());
        if end == 26 {
            let known = ids.len();
            let n = *ids.entry(word[..end].to_owned()).or_insert(known);
            out.push_str(&format!("<{n}>"));
        } else {
            out.push_str(&word[..end]);
        }
        rest = &word[end..];
    }
    out + rest
}
