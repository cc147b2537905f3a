//! Paths as an operator types them: `~`, and what Tab makes of a beginning.

use std::path::{Path, PathBuf};

use crate::domain::Format;

/// Most names that are offered.
const MOST: usize = 200;

/// With `~` replaced by the home folder.
pub(super) fn expand(path: &Path) -> PathBuf {
    match (path.strip_prefix("~"), std::env::home_dir()) {
        (Ok(rest), Some(home)) => home.join(rest),
        _ => path.to_owned(),
    }
}

/// What a typed path can become: the longest text all of them begin with, and their names.
pub(super) fn complete(typed: &str) -> (String, Vec<String>) {
    let cut = typed.rfind('/').map_or(0, |at| at + 1);
    let (folder, beginning) = typed.split_at(cut);
    let place = if folder.is_empty() { PathBuf::from(".") } else { expand(Path::new(folder)) };
    let mut names: Vec<String> = std::fs::read_dir(place)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let hidden = name.starts_with('.') && !beginning.starts_with('.');
            if hidden || !name.starts_with(beginning) {
                return None;
            }
            // Followed, so that a link to a folder counts as one.
            let is_folder = std::fs::metadata(entry.path()).is_ok_and(|meta| meta.is_dir());
            match (is_folder, Format::of_file_name(&name)) {
                (true, _) => Some(name + "/"),
                (false, Some(_)) => Some(name),
                (false, None) => None,
            }
        })
        .collect();
    names.sort();
    names.truncate(MOST);
    let common = names.iter().skip(1).fold(names.first().cloned().unwrap_or_default(), |common, name| {
        let same = common.char_indices().zip(name.chars()).take_while(|((_, a), b)| a == b);
        let end = same.last().map_or(0, |((at, letter), _)| at + letter.len_utf8());
        common[..end].to_owned()
    });
    (format!("{folder}{common}"), names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tab_goes_as_far_as_all_names_agree() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["导航-core.zip", "导航-geo.mpk", "notes.txt", ".hidden.zip"] {
            std::fs::write(folder.path().join(name), b"").unwrap();
        }
        std::fs::create_dir(folder.path().join("old")).unwrap();
        let path = |end: &str| format!("{}/{end}", folder.path().display());
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(complete(&path("导")), (path("导航-"), names(&["导航-core.zip", "导航-geo.mpk"])));
        assert_eq!(complete(&path("o")), (path("old/"), names(&["old/"])));
        assert_eq!(complete(&path("nosuch")), (path(""), vec![]));
        assert_eq!(complete(&path(".h")), (path(".hidden.zip"), names(&[".hidden.zip"])));
    }
}
