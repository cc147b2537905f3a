//! Text of unknown encoding: UTF-8, else GB18030, which every byte order of older Chinese tools is part of.

use std::borrow::Cow;

use encoding_rs::GB18030;

/// The longest character but its last byte, in either encoding.
const MOST_OF_A_CHARACTER: usize = 3;

/// The text, without the mark of its byte order; none if it is in neither encoding.
pub(super) fn decode(bytes: &[u8]) -> Option<Cow<'_, str>> {
    let bytes = without_mark(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(Cow::Borrowed(text)),
        Err(_) => GB18030.decode_without_bom_handling_and_without_replacement(bytes),
    }
}

/// The same of a text that was cut somewhere, perhaps within a character, which is left out then.
pub(super) fn decode_head(bytes: &[u8]) -> Option<Cow<'_, str>> {
    let bytes = without_mark(bytes);
    // Before GB18030 is tried at all: half of a character in UTF-8 may be a whole one there.
    match std::str::from_utf8(bytes) {
        Ok(text) => return Some(Cow::Borrowed(text)),
        Err(error) if error.error_len().is_none() => return decode(&bytes[..error.valid_up_to()]),
        Err(_) => {}
    }
    (0..=MOST_OF_A_CHARACTER.min(bytes.len())).find_map(|cut| {
        GB18030.decode_without_bom_handling_and_without_replacement(&bytes[..bytes.len() - cut])
    })
}

fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_encodings_are_read() {
        assert_eq!(decode(b"\xef\xbb\xbfa").as_deref(), Some("a"));
        assert_eq!(decode("导航".as_bytes()).as_deref(), Some("导航"));
        assert_eq!(decode(b"\xb5\xbc\xba\xbd").as_deref(), Some("导航"));
        assert_eq!(decode(b"\x81\x30\x81\x30").as_deref(), Some("\u{80}"), "a character of four bytes");
        assert_eq!(decode(b"\xff\xfe"), None);
    }

    #[test]
    fn a_head_may_end_within_a_character() {
        for cut in 0..=6 {
            let head = decode_head(&"导航".as_bytes()[..cut]).unwrap();
            assert_eq!(head, ["", "导", "导航"][cut / 3]);
        }
        for cut in 0..=4 {
            let head = decode_head(&b"\xb5\xbc\xba\xbd"[..cut]).unwrap();
            assert_eq!(head, ["", "导", "导航"][cut / 2]);
        }
        assert_eq!(decode_head(b"a\x81\x30\x81").as_deref(), Some("a"));
        assert_eq!(decode_head(b"\xff\xfe and more"), None);
    }
}
