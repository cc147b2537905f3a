//! Paths as an operator types them: `~`, and what lies where a beginning points.

use std::path::{Path, PathBuf};

use crate::domain::words::say;
use crate::domain::{Format, plainly};
use crate::ui::model::files::{Found, Listing};

/// Most names that are offered.
const MOST: usize = 500;

/// With `~` replaced by the home folder.
pub(super) fn expand(path: &Path) -> PathBuf {
    match (path.strip_prefix("~"), std::env::home_dir()) {
        (Ok(rest), Some(home)) => home.join(rest),
        _ => path.to_owned(),
    }
}

/// What a typed path can become: the folders and segment files of its folder whose names go on from it.
pub(super) fn list(typed: &str) -> Listing {
    let cut = typed.rfind('/').map_or(0, |at| at + 1);
    let (folder, beginning) = typed.split_at(cut);
    let place = if folder.is_empty() { PathBuf::from(".") } else { expand(Path::new(folder)) };
    let mut listing = Listing { typed: typed.to_owned(), folder: folder.to_owned(), ..Listing::default() };
    let entries = match std::fs::read_dir(&place) {
        Ok(entries) => entries,
        Err(error) => {
            let (path, reason) = (place.display().to_string(), plainly(error));
            listing.error = Some(say!("path-unreadable", path = path, reason = reason));
            return listing;
        }
    };
    let mut found: Vec<Found> = entries
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let hidden = name.starts_with('.') && !beginning.starts_with('.');
            if hidden || !name.starts_with(beginning) {
                return None;
            }
            // Followed, so that a link to a folder counts as one; only links cost a look at each.
            let is_folder = match entry.file_type() {
                Ok(kind) if !kind.is_symlink() => kind.is_dir(),
                _ => std::fs::metadata(entry.path()).is_ok_and(|meta| meta.is_dir()),
            };
            (is_folder || Format::of_file_name(&name).is_some()).then_some(Found { name, is_folder, size: 0 })
        })
        .collect();
    found.sort_by(|a, b| (!a.is_folder, &a.name).cmp(&(!b.is_folder, &b.name)));
    listing.more = found.len().saturating_sub(MOST);
    found.truncate(MOST);
    for file in found.iter_mut().filter(|found| !found.is_folder) {
        file.size = std::fs::metadata(place.join(&file.name)).map_or(0, |meta| meta.len());
    }
    listing.common = common(&found, folder);
    if beginning.is_empty() && std::fs::canonicalize(&place).is_ok_and(|place| place.parent().is_some()) {
        found.insert(0, Found { name: "..".to_owned(), is_folder: true, size: 0 });
    }
    listing.found = found;
    listing
}

/// The longest text that all of them begin with, behind their folder.
fn common(found: &[Found], folder: &str) -> String {
    let whole = |found: &Found| found.name.clone() + if found.is_folder { "/" } else { "" };
    let mut names = found.iter().map(whole);
    let first = names.next().unwrap_or_default();
    let common = names.fold(first, |common, name| {
        let same = common.char_indices().zip(name.chars()).take_while(|((_, a), b)| a == b);
        let end = same.last().map_or(0, |((at, letter), _)| at + letter.len_utf8());
        common[..end].to_owned()
    });
    format!("{folder}{common}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tab_goes_as_far_as_all_names_agree() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["导航-core.zip", "导航-geo.mpk", "notes.txt", ".hidden.zip"] {
            std::fs::write(folder.path().join(name), b"segment").unwrap();
        }
        std::fs::create_dir(folder.path().join("old")).unwrap();
        let path = |end: &str| format!("{}/{end}", folder.path().display());
        let listed = |end: &str| {
            let listing = list(&path(end));
            let names: Vec<_> = listing.found.into_iter().map(|found| found.name).collect();
            (listing.common, names)
        };
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(listed("导"), (path("导航-"), names(&["导航-core.zip", "导航-geo.mpk"])));
        assert_eq!(listed("o"), (path("old/"), names(&["old"])));
        assert_eq!(listed("nosuch"), (path(""), vec![]));
        assert!(list("/").found.iter().all(|found| found.name != ".."), "nothing lies above the root");
        assert_eq!(listed(".h"), (path(".hidden.zip"), names(&[".hidden.zip"])));
        assert_eq!(listed("").1, names(&["..", "old", "导航-core.zip", "导航-geo.mpk"]), "folders first");
        assert_eq!(list(&path("导")).found[0].size, 7);
    }

    #[test]
    fn a_folder_that_is_not_there_is_said() {
        assert!(list("/nosuch/folder/x").error.unwrap().to_string().contains("/nosuch/folder/"));
    }
}
