//! The extra fields of an entry: large sizes, a second name, and those that no segment needs.

use super::{u16_at, u32_at, u64_at};
use crate::domain::words::{Word, word};

/// What was found; each field once at most.
#[derive(Debug, Default)]
pub(super) struct Extra<'a> {
    zip64: Option<&'a [u8]>,
    /// The name in UTF-8.
    pub(super) unicode: Option<&'a str>,
    /// AES or strong encryption.
    pub(super) encrypted: bool,
}

/// The sizes of an entry and where it begins, as its 32-bit fields and its zip64 field say together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sizes {
    pub(super) size: u64,
    pub(super) compressed: u64,
    pub(super) offset: u64,
}

impl<'a> Extra<'a> {
    /// Reads the fields of an entry with this name, or says what is wrong with them.
    pub(super) fn read(mut bytes: &'a [u8], name: &[u8]) -> Result<Self, Word> {
        let mut extra = Self::default();
        let mut seen_unicode = false;
        while bytes.len() >= 4 {
            let (id, size) = (u16_at(bytes, 0), usize::from(u16_at(bytes, 2)));
            let Some((field, rest)) = bytes[4..].split_at_checked(size) else {
                return Err(word!("entry-extra-cut"));
            };
            bytes = rest;
            match id {
                0x0001 if extra.zip64.replace(field).is_some() => return Err(word!("entry-zip64-twice")),
                0x7075 if seen_unicode => return Err(word!("entry-unicode-twice")),
                0x7075 => {
                    seen_unicode = true;
                    extra.unicode = Some(unicode(field, name)?);
                }
                // Its first byte tells which times follow.
                0x5455 if field.is_empty() => return Err(word!("entry-times-empty")),
                // AES, and the header of strong encryption.
                0x9901 | 0x0017 => extra.encrypted = true,
                // Both can hold the target of a link.
                0x000d | 0x756e => return Err(word!("entry-may-be-link")),
                // Xceed's, and three of ZipIt for Macintosh.
                0x554e | 0x2605 | 0x2705 | 0x2805 => return Err(word!("entry-other-name")),
                _ => {}
            }
        }
        // Some tools align the data with zeros.
        match bytes.iter().all(|byte| *byte == 0) {
            true => Ok(extra),
            false => Err(word!("entry-extra-cut")),
        }
    }

    /// A field of 32 bits at its limit stands in the zip64 field. Some tools write only those there, as the
    /// specification has it, some all of them always; where the two ways differ, nobody can tell which was
    /// meant. A header before the data knows no offset.
    pub(super) fn sizes(&self, size: u32, compressed: u32, offset: Option<u32>) -> Result<Sizes, Word> {
        let given = [Some(size), Some(compressed), offset];
        let mut values = given.map(|value| u64::from(value.unwrap_or_default()));
        if let Some(field) = self.zip64 {
            let mut rest = field;
            for (value, _) in values.iter_mut().zip(given).filter(|(_, given)| *given == Some(u32::MAX)) {
                let (first, after) = rest.split_at_checked(8).ok_or(word!("entry-zip64-misses"))?;
                *value = u64_at(first, 0);
                rest = after;
            }
            // What may be left is the number of the disk, which is the first.
            let only_those = matches!(rest, [] | [0, 0, 0, 0]);
            let all = field.chunks_exact(8);
            let all_of_them = matches!(all.remainder(), [] | [0, 0, 0, 0])
                && all.len() <= given.iter().flatten().count()
                && all.zip(values).all(|(found, value)| u64_at(found, 0) == value);
            if !only_those && !all_of_them {
                return Err(word!("entry-zip64-two-ways"));
            }
        }
        let [size, compressed, offset] = values;
        Ok(Sizes { size, compressed, offset })
    }

    /// The number of the disk may stand in the zip64 field, too.
    pub(super) fn has_disk(&self) -> bool {
        self.zip64.is_some_and(|field| field.len() % 8 == 4)
    }
}

/// Info-ZIP's field with the name in UTF-8. Programs that know it take its name if the checksum of the
/// ordinary one is right, and that one otherwise.
fn unicode<'a>(field: &'a [u8], name: &[u8]) -> Result<&'a str, Word> {
    let text = field.get(5..).and_then(|text| std::str::from_utf8(text).ok());
    match text {
        Some(text) if field[0] == 1 && u32_at(field, 1) == crc32fast::hash(name) => Ok(text),
        _ => Err(word!("entry-unicode-foreign")),
    }
}
