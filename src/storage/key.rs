//! Keys of files in shared storage, checked before they become a path.

use object_store::path::Path;

use super::StorageError;
use crate::domain::Format;

/// Longest key, in bytes: what S3 takes.
const MAX_BYTES: usize = 1024;

/// Longest name of a prefix or a version, in bytes.
const MAX_NAME: usize = 128;

/// The small object that tells how far the records had come.
const REVISION: &str = "segdeck-revision.json";

/// Takes keys below `staging/` and `segments/` only, made of letters, digits and `. _ - +`, no part beginning with a
/// dot. A record comes from a store that others write to as well; its `storageKey` is not trusted.
pub(super) fn check(key: &str) -> Result<Path, StorageError> {
    let mut parts = key.split('/');
    let folder = parts.next().is_some_and(|folder| matches!(folder, "staging" | "segments"));
    if !folder || key.len() > MAX_BYTES || key.split('/').count() < 2 || !parts.all(part) {
        return Err(wrong(key));
    }
    Path::parse(key).map_err(|_| wrong(key))
}

/// Takes keys of small objects only: `trash/<ULID>.json`, and the one that tells how far the records had come.
pub(super) fn check_object(key: &str) -> Result<Path, StorageError> {
    if key != REVISION && !is_trash(key) {
        return Err(wrong(key));
    }
    Path::parse(key).map_err(|_| wrong(key))
}

/// Takes keys of what may be deleted: files, and objects of the trash.
pub(super) fn check_deleted(key: &str) -> Result<Path, StorageError> {
    if is_trash(key) { check_object(key) } else { check(key) }
}

/// Could it be part of a key, as the name of a folder or a file?
pub(super) fn part(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with('.')
        && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '+'))
}

/// Has the key the form that this program gives to its files? Older ids are names too, so this asks no more of a
/// prefix or a version than a key does.
pub(super) fn is_own(key: &str) -> bool {
    let parts: Vec<&str> = key.split('/').collect();
    match *parts.as_slice() {
        ["staging", name] => is_ulid(name),
        ["segments", prefix, version, file] => {
            let suffix = |format: Format| file.strip_suffix(format.as_str())?.strip_suffix('.');
            let id = [Format::Zip, Format::Mpk].into_iter().find_map(suffix);
            [prefix, version].into_iter().all(|name| part(name) && name.len() <= MAX_NAME)
                && id.is_some_and(is_ulid)
        }
        _ => is_trash(key),
    }
}

fn is_trash(key: &str) -> bool {
    key.strip_prefix("trash/").and_then(|name| name.strip_suffix(".json")).is_some_and(is_ulid)
}

/// As ids are written: 26 digits and capitals.
fn is_ulid(text: &str) -> bool {
    ulid::Ulid::from_string(text).is_ok_and(|id| id.to_string() == text)
}

fn wrong(key: &str) -> StorageError {
    let shown: String = key.chars().take(100).collect();
    StorageError::Misconfigured(format!(
        "{shown:?} is no key of a file in shared storage; the record that names it was not written by segdeck"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ULID: &str = "01JAB3DQ4Y5Z6V7W8X9Y0Z1A2B";

    #[test]
    fn keys_of_ours_are_taken() {
        for key in ["staging/01J", "segments/导航/4.2.0.0+b_1/01J.zip"] {
            assert_eq!(check(key).unwrap().as_ref(), key);
        }
        let trash = format!("trash/{ULID}.json");
        for key in [REVISION, &trash] {
            assert_eq!(check_object(key).unwrap().as_ref(), key);
        }
        assert!(check_deleted(&trash).is_ok() && check_deleted("staging/01J").is_ok());
    }

    #[test]
    fn nothing_leads_out() {
        let long = format!("staging/{}", "x".repeat(1100));
        for key in [
            "",
            "staging",
            "staging/",
            "/staging/x",
            "segments/../x",
            "segments/./x",
            "segments//x",
            "etc/passwd",
            "segments/a%2e/x",
            "segments/a\0",
            "segments/a\\b",
            "segments/a#1",
            "segdeck-storage.json",
            &long,
        ] {
            assert!(check(key).is_err(), "{key:?}");
            assert!(check_object(key).is_err(), "{key:?}");
            assert!(check_deleted(key).is_err(), "{key:?}");
        }
        for key in [
            REVISION.to_owned(),
            format!("trash/{ULID}"),
            format!("trash/../{ULID}.json"),
            format!("trash/x/{ULID}.json"),
            format!("trash/{}.json", ULID.to_lowercase()),
        ] {
            assert!(check(&key).is_err() && check_deleted(&key).is_err(), "{key:?}");
        }
    }

    #[test]
    fn only_names_of_our_own_form_are_ours() {
        for key in [
            format!("staging/{ULID}"),
            format!("segments/导航/4.2.0.0+b_1/{ULID}.zip"),
            format!("segments/a/1/{ULID}.mpk"),
            format!("trash/{ULID}.json"),
        ] {
            assert!(is_own(&key), "{key:?}");
        }
        for key in [
            "staging/my file.zip".to_owned(),
            "segments/.nfs0001".to_owned(),
            format!("staging/{ULID}#1"),
            format!("staging/{}", ULID.to_lowercase()),
            format!("staging/x/{ULID}"),
            format!("segments/a/{ULID}.zip"),
            format!("segments/a/1/{ULID}.tar"),
            format!("segments/a/1/{ULID}zip"),
            format!("segments/a/../{ULID}.zip"),
            format!("segments/a/b c/{ULID}.zip"),
            format!("segments/{}/1/{ULID}.zip", "x".repeat(129)),
            format!("trash/{ULID}"),
            format!("other/{ULID}"),
        ] {
            assert!(!is_own(&key), "{key:?}");
        }
    }
}
