//! One header of a tar archive, 512 bytes. Takes only what every reader of tar reads in the same way: the
//! fields have been used differently by several generations of tools.

use crate::domain::words::{Word, word};

/// Bytes of a block: headers are one, and content is padded to them.
pub(in crate::archive) const BLOCK: usize = 512;

/// What a header says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    /// As it is written here; a header before this one may say another.
    pub(super) name: Vec<u8>,
    /// None where the field is empty.
    pub(super) size: Option<u64>,
    pub(super) mode: u64,
    pub(super) kind: u8,
}

/// Whose fields lie behind the first 257 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// POSIX: a second part of the name.
    Ustar,
    /// Times and sparse maps.
    Gnu,
    /// Nothing.
    V7,
}

/// Does a file begin with a header? By its mark, or by its checksum where a header has no mark.
pub(in crate::archive) fn looks_like(head: &[u8]) -> bool {
    head.get(257..262) == Some(b"ustar") || <&[u8; BLOCK]>::try_from(head).is_ok_and(checksum_is_right)
}

impl Header {
    /// Reads a block that is not zero.
    pub(super) fn parse(block: &[u8; BLOCK]) -> Result<Self, Word> {
        if !checksum_is_right(block) {
            return Err(word!("header-checksum"));
        }
        let form = match &block[257..265] {
            b"ustar\x0000" => Form::Ustar,
            b"ustar  \0" => Form::Gnu,
            [0, 0, 0, 0, 0, 0, 0, 0] => Form::V7,
            _ => return Err(word!("header-mark")),
        };
        let name = text(&block[..100])?;
        let (behind, why) = match form {
            Form::Ustar => (&block[500..], word!("header-bytes")),
            Form::Gnu => (&block[345..482], word!("header-incremental")),
            Form::V7 => (&block[345..], word!("header-bytes")),
        };
        // Some readers take the second part of a name from there without asking for the mark. What is refused
        // by its kind may have anything there.
        if is_read(block[156]) && behind.iter().any(|byte| *byte != 0) {
            return Err(why);
        }
        let prefix = if form == Form::Ustar { text(&block[345..500])? } else { &[] };
        let name = match prefix {
            [] => name.to_vec(),
            prefix => [prefix, b"/", name].concat(),
        };
        // Owner and time mean nothing here, but a header that holds no numbers there is none.
        for field in [&block[108..116], &block[116..124], &block[136..148]] {
            if !matches!(field[0], 0x80 | 0xff) {
                octal(field)?;
            }
        }
        Ok(Self {
            name,
            size: number(&block[124..136])?,
            mode: number(&block[100..108])?.unwrap_or(0),
            kind: block[156],
        })
    }
}

/// Files, folders, and what describes them.
fn is_read(kind: u8) -> bool {
    matches!(kind, 0 | b'0' | b'5' | b'7' | b'x' | b'g' | b'K' | b'L')
}

/// The sum of all bytes, its own field taken as blanks. Ancient tools summed signed bytes; then a name may
/// be changed without a trace, so theirs is not taken.
fn checksum_is_right(block: &[u8; BLOCK]) -> bool {
    let (before, field, behind) = (&block[..148], &block[148..156], &block[156..]);
    let blanks = 8 * u64::from(b' ');
    let sum = before.iter().chain(behind).fold(blanks, |sum, byte| sum + u64::from(*byte));
    octal(field) == Ok(Some(sum))
}

/// Up to the first NUL, with nothing but NULs behind it.
fn text(field: &[u8]) -> Result<&[u8], Word> {
    let end = field.iter().position(|byte| *byte == 0).unwrap_or(field.len());
    match field[end..].iter().all(|byte| *byte == 0) {
        true => Ok(&field[..end]),
        false => Err(word!("header-name-end")),
    }
}

/// Octal, or in base 256 as GNU tar writes what is too large for that; none where the field is empty.
fn number(field: &[u8]) -> Result<Option<u64>, Word> {
    match field {
        [0xff, ..] => Err(word!("header-below-zero")),
        [0x80, rest @ ..] => {
            let (high, low) = rest.split_at(rest.len().saturating_sub(8));
            let value = low.iter().fold(0_u64, |value, byte| value << 8 | u64::from(*byte));
            match high.iter().all(|byte| *byte == 0) && value <= i64::MAX as u64 {
                true => Ok(Some(value)),
                false => Err(word!("header-number-large")),
            }
        }
        [0x81..=0xfe, ..] => Err(word!("header-number-large")),
        _ => octal(field),
    }
}

/// Blanks, digits, then nothing but blanks and NULs.
fn octal(field: &[u8]) -> Result<Option<u64>, Word> {
    const WRONG: Word = word!("header-no-octal");
    let start = field.iter().position(|byte| *byte != b' ').unwrap_or(field.len());
    let digits = field[start..].iter().take_while(|byte| matches!(byte, b'0'..=b'7')).count();
    let (digits, behind) = field[start..].split_at(digits);
    if behind.iter().any(|byte| !matches!(byte, 0 | b' ')) {
        return Err(WRONG);
    }
    // Twelve digits, the longest field, are 36 bits.
    let value = digits.iter().fold(0_u64, |value, digit| value << 3 | u64::from(digit - b'0'));
    Ok((!digits.is_empty()).then_some(value))
}
