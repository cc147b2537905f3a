//! The name of an entry of a zip archive, which may be written twice: in an old encoding, and in UTF-8 in an
//! extra field.

use super::super::entry_name::EntryName;
use super::super::text;
use super::super::{ArchiveError, Limits};
use crate::domain::words::word;

/// Flag bit 11.
const UTF8: u16 = 1 << 11;

/// Checks both names, and that they can be two ways to write one. The one in UTF-8 counts.
pub(super) fn read(
    raw: &[u8],
    flags: u16,
    unicode: Option<&str>,
    limits: &Limits,
) -> Result<EntryName, ArchiveError> {
    let refused = |why| Err(EntryName::refused(raw, why));
    if flags & UTF8 != 0 && std::str::from_utf8(raw).is_err() {
        return refused(word!("name-entry-no-utf8"));
    }
    let Some(unicode) = unicode else { return EntryName::read(raw, limits) };
    let known = std::str::from_utf8(raw).ok().is_some_and(|text| text == unicode)
        || text::decode(raw).is_some_and(|text| text == unicode);
    if !known {
        if std::str::from_utf8(raw).is_ok() || !same_shape(raw, unicode) {
            return refused(word!("name-entry-unicode"));
        }
        // In some other old encoding, as DOS has it: its letters do not matter, the rest does.
        let plain: String =
            raw.iter().map(|byte| if byte.is_ascii() { char::from(*byte) } else { 'é' }).collect();
        EntryName::read(plain.as_bytes(), limits)?;
    }
    EntryName::read(unicode.as_bytes(), limits)
}

/// Both have the same folders, as far as these are in ASCII, which all encodings write alike.
fn same_shape(raw: &[u8], unicode: &str) -> bool {
    let (mut one, mut other) = (raw.split(|byte| *byte == b'/'), unicode.split('/'));
    loop {
        match (one.next(), other.next()) {
            (None, None) => return true,
            (Some(one), Some(other)) if one == other.as_bytes() => {}
            (Some(one), Some(other)) if !one.is_ascii() && !other.is_ascii() => {}
            _ => return false,
        }
    }
}
