//! What the attributes of an entry make of it where it is unpacked: a file or a folder, nothing else.

use crate::domain::words::{Word, word};

/// Why an entry with these external attributes is refused. All of them are looked at, whichever system
/// the entry says it comes from: not every program that unpacks asks for that.
pub(super) fn refused(external: u32, folder: bool) -> Option<Word> {
    let (mode, dos) = (external >> 16, external & 0xffff);
    match mode & 0o170_000 {
        0 => {}
        0o100_000 if folder => return Some(word!("entry-folder-name-file-mode")),
        0o100_000 => {}
        0o040_000 if !folder => return Some(word!("entry-file-name-folder-mode")),
        0o040_000 => {}
        0o120_000 => return Some(word!("entry-link-zip")),
        0o010_000 => return Some(word!("entry-pipe")),
        0o140_000 => return Some(word!("entry-socket")),
        0o020_000 | 0o060_000 => return Some(word!("entry-device")),
        _ => return Some(word!("entry-kind-unknown")),
    }
    match () {
        () if mode & 0o4000 != 0 => Some(word!("entry-setuid")),
        () if mode & 0o2000 != 0 => Some(word!("entry-setgid")),
        () if dos & 0x10 != 0 && !folder => Some(word!("entry-file-name-folder-attributes")),
        () if dos & 0x08 != 0 => Some(word!("entry-label-zip")),
        () if dos & 0x40 != 0 => Some(word!("entry-device")),
        () if dos & 0x400 != 0 => Some(word!("entry-reparse")),
        () => None,
    }
}
