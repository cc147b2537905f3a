//! Keys of files in shared storage, checked before they become a path.

use object_store::path::Path;

use super::StorageError;

/// Longest key, in bytes: what S3 takes.
const MAX_BYTES: usize = 1024;

/// Takes keys below the two folders only, made of letters, digits and `. _ - +`, no part beginning with a
/// dot. A record comes from a store that others write to as well; its `storageKey` is not trusted.
pub(super) fn check(key: &str) -> Result<Path, StorageError> {
    let wrong = || {
        let shown: String = key.chars().take(100).collect();
        StorageError::Misconfigured(format!(
            "{shown:?} is no key of a file in shared storage; the record that names it was not written by segdeck"
        ))
    };
    let part = |text: &str| {
        !text.is_empty()
            && !text.starts_with('.')
            && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '+'))
    };
    let mut parts = key.split('/');
    let folder = parts.next().is_some_and(|folder| matches!(folder, "staging" | "segments"));
    if !folder || key.len() > MAX_BYTES || key.split('/').count() < 2 || !parts.all(part) {
        return Err(wrong());
    }
    Path::parse(key).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_ours_are_taken() {
        for key in ["staging/01J", "segments/导航/4.2.0.0+b_1/01J.zip"] {
            assert_eq!(check(key).unwrap().as_ref(), key);
        }
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
        }
    }
}
