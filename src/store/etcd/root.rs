//! The root that all keys of this program lie under: put in front on the way out, taken off on the way in.

use bytes::Bytes;
use etcd_client::KeyValue;

use crate::store::{Entry, Key, StoreError};

/// Where our keys begin, with its closing slash.
#[derive(Clone)]
pub(super) struct Root(String);

impl Root {
    /// `/segdeck` or `/segdeck/`. An empty root is refused: it would make the keys of every other program ours.
    pub(super) fn new(prefix: &str) -> Result<Self, StoreError> {
        let trimmed = prefix.trim_end_matches('/');
        if trimmed.is_empty() || trimmed.chars().any(char::is_control) {
            return Err(StoreError::Misconfigured(format!(
                "store.prefix {prefix:?} is no root for keys; write it like /segdeck"
            )));
        }
        Ok(Self(format!("{trimmed}/")))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// A key as etcd has it; also for a prefix of keys.
    pub(super) fn full(&self, key: &str) -> Vec<u8> {
        let mut full = Vec::with_capacity(self.0.len() + key.len() + 1);
        full.extend_from_slice(self.0.as_bytes());
        full.extend_from_slice(key.as_bytes());
        full
    }

    /// Where the range of all keys with this prefix ends. The root ends with a slash, so there is an end.
    pub(super) fn range_end(&self, prefix: &str) -> Vec<u8> {
        let mut end = self.full(prefix);
        while let Some(last) = end.pop() {
            if last < u8::MAX {
                end.push(last + 1);
                break;
            }
        }
        end
    }

    /// Our name of a key; `None` for one that we cannot have written (not UTF-8).
    pub(super) fn key(&self, full: &[u8]) -> Option<Key> {
        let below = full.strip_prefix(self.0.as_bytes())?;
        std::str::from_utf8(below).ok().map(Key::from_stored)
    }

    /// A record as it came from a read.
    pub(super) fn entry(&self, kv: KeyValue) -> Option<Entry> {
        let key = self.key(kv.key())?;
        let (create_revision, mod_revision) = (kv.create_revision(), kv.mod_revision());
        let leased = kv.lease() != 0;
        Some(Entry { key, value: Bytes::from(kv.into_key_value().1), create_revision, mod_revision, leased })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_ends_with_one_slash_and_is_never_empty() {
        for prefix in ["/segdeck", "/segdeck/", "/segdeck//"] {
            assert_eq!(Root::new(prefix).unwrap().as_str(), "/segdeck/");
        }
        for prefix in ["", "/", "//", "/a\n"] {
            assert!(Root::new(prefix).is_err(), "{prefix:?}");
        }
    }

    #[test]
    fn ranges_end_after_the_last_key_of_a_prefix() {
        let root = Root::new("/t").unwrap();
        assert_eq!(root.range_end("segments/"), b"/t/segments0");
        assert_eq!(root.range_end(""), b"/t0");
        assert_eq!(root.key(b"/t/a/b").unwrap().as_str(), "a/b");
        assert_eq!(root.key(b"/t/\xff"), None);
        assert_eq!(root.key(b"/other/a"), None);
    }
}
