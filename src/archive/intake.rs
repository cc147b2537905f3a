//! What every kind of container hands over: its entries one after the other, and their bytes as they come
//! out. Checks what is the same for all of them, and keeps nothing but the files that say which segment it is.

use std::collections::HashMap;
use std::collections::hash_map::{Entry, RandomState};
use std::hash::BuildHasher;

use super::entry_name::{EntryName, folded};
use super::error::shown;
use super::manifest;
use super::{ArchiveError, Limits};
use crate::domain::words::word;

/// Bytes of all kept files together; a limit for the memory, the manifest has its own.
const MAX_KEPT: usize = 4 << 20;

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Folder,
}

/// A file that says something about the segment, as far as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Kept {
    /// Its path without the top folder, if everything lies in one.
    pub(super) name: String,
    /// Its path whole.
    pub(super) path: String,
    pub(super) bytes: Vec<u8>,
    /// Its bytes in the archive; more than are kept where only its head is wanted.
    pub(super) size: u64,
}

/// What was found in a container, once all of it was read.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Files and folders.
    pub(super) entries: u64,
    /// Bytes of all files.
    pub(super) unpacked: u64,
    /// The folder that everything lies in, if there is one.
    pub(super) top: Option<String>,
    /// The files at the root, or in `top`, that [`manifest::wanted`] asked for, in the container's order.
    pub(super) kept: Vec<Kept>,
}

/// The folder that everything lies in, as far as is known.
#[derive(Debug, Default)]
enum Top {
    /// There was no entry yet.
    #[default]
    Unknown,
    Folder(String),
    /// Entries lie at the root, or in several folders.
    None,
}

/// One path as it was seen.
struct Seen {
    /// Of the name as it is written; the key is that of the folded one.
    exact: u64,
    kind: Kind,
    /// It had an entry of its own, and was not only part of another's name.
    own: bool,
}

/// The file that is being read.
struct Current {
    name: String,
    /// In `kept`, and how many of its bytes are wanted; none for all other files.
    keep: Option<(usize, manifest::Wanted)>,
    bytes: u64,
}

/// See the module.
pub(super) struct Intake<'a> {
    limits: &'a Limits,
    file_size: u64,
    hasher: RandomState,
    /// By the hash of the folded path: small, however long the names are.
    seen: HashMap<u64, Seen>,
    entries: u64,
    unpacked: u64,
    top: Top,
    /// Names are whole until the end.
    kept: Vec<Kept>,
    kept_bytes: usize,
    current: Option<Current>,
    /// The path before this one.
    last: String,
}

impl<'a> Intake<'a> {
    /// For a file of this size.
    pub(super) fn new(limits: &'a Limits, file_size: u64) -> Self {
        Self {
            limits,
            file_size,
            hasher: RandomState::new(),
            seen: HashMap::new(),
            entries: 0,
            unpacked: 0,
            top: Top::default(),
            kept: Vec::new(),
            kept_bytes: 0,
            current: None,
            last: String::new(),
        }
    }

    /// The next entry; its bytes follow, if it has any.
    pub(super) fn entry(&mut self, name: &EntryName, kind: Kind) -> Result<(), ArchiveError> {
        self.current = None;
        self.entries += 1;
        let path = name.path();
        // A tar of the folder itself begins with that folder.
        if path.is_empty() {
            if kind == Kind::File {
                return Err(EntryName::refused(b".", word!("name-entry-self")));
            }
            return self.limits.entries(self.entries);
        }
        self.note(path, kind)?;
        self.limits.entries(self.seen.len() as u64)?;
        self.find_top(path, kind);
        let lost = matches!(self.top, Top::None) && !manifest::is_at_root(path);
        let keep = match (kind, manifest::wanted(path)) {
            (Kind::File, Some(wanted)) if !lost => {
                self.kept.push(Kept {
                    name: path.to_owned(),
                    path: path.to_owned(),
                    bytes: Vec::new(),
                    size: 0,
                });
                Some((self.kept.len() - 1, wanted))
            }
            _ => None,
        };
        self.current = Some(Current { name: path.to_owned(), keep, bytes: 0 });
        Ok(())
    }

    /// Bytes of the entry that came last.
    pub(super) fn bytes(&mut self, chunk: &[u8]) -> Result<(), ArchiveError> {
        self.unpacked = self.unpacked.saturating_add(chunk.len() as u64);
        self.limits.unpacked(self.unpacked, self.file_size)?;
        let Some(current) = &mut self.current else { return Ok(()) };
        current.bytes += chunk.len() as u64;
        let Some((index, wanted)) = current.keep else { return Ok(()) };
        if wanted.whole && current.bytes > wanted.max as u64 {
            return Err(ArchiveError::ManifestTooLarge {
                file: shown(&current.name),
                max: wanted.max as u64,
            });
        }
        let kept = &mut self.kept[index];
        kept.size = current.bytes;
        let room = wanted.max.saturating_sub(kept.bytes.len()).min(MAX_KEPT - self.kept_bytes);
        let taken = &chunk[..chunk.len().min(room)];
        if wanted.whole && taken.len() < chunk.len() {
            return Err(ArchiveError::ManifestTooLarge { file: shown(&current.name), max: MAX_KEPT as u64 });
        }
        self.kept_bytes += taken.len();
        kept.bytes.extend_from_slice(taken);
        Ok(())
    }

    /// Everything was read.
    pub(super) fn finish(self) -> Found {
        let top = match self.top {
            Top::Folder(top) => Some(top),
            Top::Unknown | Top::None => None,
        };
        let prefix = top.as_ref().map(|top| format!("{top}/"));
        let at_root = |mut kept: Kept| {
            if !manifest::is_at_root(&kept.name) {
                kept.name = kept.name.strip_prefix(prefix.as_deref()?)?.to_owned();
            }
            Some(kept)
        };
        let kept = self.kept.into_iter().filter_map(at_root).collect();
        Found { entries: self.entries, unpacked: self.unpacked, top, kept }
    }

    /// Refuses a path that is there already, also in other letters, and one below a file.
    fn note(&mut self, path: &str, kind: Kind) -> Result<(), ArchiveError> {
        // The folders that it shares with the entry before it were noted then.
        let known = shared(&self.last, path);
        let ends = path.match_indices('/').map(|(at, _)| (at, Kind::Folder, false));
        let ends = ends.filter(|(at, ..)| *at >= known);
        for (end, kind, own) in ends.chain([(path.len(), kind, true)]) {
            let part = &path[..end];
            let exact = self.hasher.hash_one(part);
            let key = self.hasher.hash_one(folded(part));
            let refused = |why| ArchiveError::EntryName { name: shown(path), why };
            match self.seen.entry(key) {
                Entry::Vacant(free) => {
                    free.insert(Seen { exact, kind, own });
                }
                Entry::Occupied(mut seen) => {
                    let seen = seen.get_mut();
                    if seen.exact != exact {
                        return Err(refused(word!("name-entry-alike")));
                    }
                    if own && seen.own {
                        return Err(refused(word!("name-entry-twice")));
                    }
                    if seen.kind != kind {
                        return Err(refused(word!("name-entry-file-and-folder")));
                    }
                    seen.own |= own;
                }
            }
        }
        self.last.clear();
        self.last.push_str(path);
        Ok(())
    }

    fn find_top(&mut self, path: &str, kind: Kind) {
        let top = match (path.split_once('/'), kind) {
            (Some((top, _)), _) => Some(top),
            (None, Kind::Folder) => Some(path),
            (None, Kind::File) => None,
        };
        // What macOS adds to every archive beside the folder that was packed.
        if top == Some("__MACOSX") {
            return;
        }
        self.top = match (std::mem::take(&mut self.top), top) {
            (Top::Unknown, Some(top)) => Top::Folder(top.to_owned()),
            (Top::Folder(before), Some(top)) if before == top => Top::Folder(before),
            _ => Top::None,
        };
        if matches!(self.top, Top::None) {
            // Nothing in a folder counts any more, so nothing of it is worth its memory. The file that comes
            // now is not among them yet.
            self.kept.retain(|kept| manifest::is_at_root(&kept.name));
            self.kept_bytes = self.kept.iter().map(|kept| kept.bytes.len()).sum();
        }
    }
}

/// Bytes of the folders that both paths lie in, the last `/` included.
fn shared(one: &str, other: &str) -> usize {
    let same = one.bytes().zip(other.bytes()).take_while(|(one, other)| one == other);
    same.enumerate().filter(|(_, (byte, _))| *byte == b'/').map(|(at, _)| at + 1).last().unwrap_or(0)
}
