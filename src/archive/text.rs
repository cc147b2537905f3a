//! Text of unknown encoding: UTF-8, else GB18030, which every byte order of older Chinese tools is part of.

use std::borrow::Cow;

use encoding_rs::GB18030;

/// The text, without the mark of its byte order; none if it is in neither encoding.
pub(super) fn decode(bytes: &[u8]) -> Option<Cow<'_, str>> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(Cow::Borrowed(text)),
        Err(_) => GB18030.decode_without_bom_handling_and_without_replacement(bytes),
    }
}
