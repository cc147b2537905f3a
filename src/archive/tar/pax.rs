//! Records of pax headers: what an entry's own header has no room for.

use crate::domain::words::{Word, word};

/// What the headers before an entry say of it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) path: Option<Vec<u8>>,
    pub(super) size: Option<u64>,
}

/// A record that changes what an entry is.
const SPARSE: Word = word!("header-sparse");
const SPLIT: Word = word!("header-split");

/// Reads the header of one entry.
pub(super) fn read(records: &[u8]) -> Result<Said, Word> {
    let mut said = Said::default();
    for_each(records, |key, value| {
        match key {
            b"path" if value.is_empty() => return Err(word!("header-path-empty")),
            b"path" if said.path.is_some() => return Err(word!("header-two-paths")),
            b"path" => said.path = Some(value.to_vec()),
            b"size" if said.size.is_some() => return Err(word!("header-two-sizes")),
            b"size" => said.size = Some(decimal(value).ok_or(word!("header-size-no-number"))?),
            _ => changes_more(key)?,
        }
        Ok(())
    })?;
    Ok(said)
}

/// Reads a header for all entries after it. Tools disagree about what such a header may say, so it may say
/// nothing that is read here (that of `git archive` is a comment).
pub(super) fn read_global(records: &[u8]) -> Result<(), Word> {
    for_each(records, |key, _| match key {
        b"path" | b"size" | b"linkpath" => Err(word!("header-for-all")),
        _ => changes_more(key),
    })
}

fn changes_more(key: &[u8]) -> Result<(), Word> {
    if key.starts_with(b"GNU.sparse.") || matches!(key, b"SCHILY.realsize" | b"SUN.holesdata") {
        return Err(SPARSE);
    }
    if key.starts_with(b"GNU.volume.") && key != b"GNU.volume.label" {
        return Err(SPLIT);
    }
    Ok(())
}

/// Records are `LENGTH KEY=VALUE\n`; the length is that of the whole record.
fn for_each<'a>(
    mut records: &'a [u8],
    mut each: impl FnMut(&'a [u8], &'a [u8]) -> Result<(), Word>,
) -> Result<(), Word> {
    const WRONG: Word = word!("header-record");
    while !records.is_empty() {
        let blank = records.iter().position(|byte| *byte == b' ').ok_or(WRONG)?;
        let length = decimal(&records[..blank]).and_then(|length| usize::try_from(length).ok());
        let length = length.filter(|length| (blank + 2..=records.len()).contains(length)).ok_or(WRONG)?;
        let (record, rest) = records.split_at(length);
        let record = record[blank + 1..].strip_suffix(b"\n").ok_or(WRONG)?;
        let equals = record.iter().position(|byte| *byte == b'=').filter(|at| *at > 0).ok_or(WRONG)?;
        each(&record[..equals], &record[equals + 1..])?;
        records = rest;
    }
    Ok(())
}

/// Digits only, below 2^63, without zeros before it.
fn decimal(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() || digits.len() > 1 && digits[0] == b'0' || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(digits).ok()?.parse().ok().filter(|value| *value <= i64::MAX as u64)
}
