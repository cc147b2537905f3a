//! Choosing files: a path as it is typed, what lies there, and which of it is marked.

use crate::domain::words::Say;
use std::path::PathBuf;

use tui_input::Input;

/// A file or folder that a typed path can become.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its name alone.
    pub name: String,
    /// Not a file.
    pub is_folder: bool,
    /// Bytes of a file.
    pub size: u64,
}

/// What lies where a typed path points.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// What was typed.
    pub typed: String,
    /// Its folder, as it was typed, with the slash.
    pub folder: String,
    /// The longest text that everything found begins with.
    pub common: String,
    /// Folders first.
    pub found: Vec<Found>,
    /// So many more lie there.
    pub more: usize,
    /// Why the folder cannot be read.
    pub error: Option<Say>,
}

/// The files to upload are being chosen.
#[derive(Debug, Clone, Default)]
pub struct FileChooser {
    /// The path that is typed.
    pub path: Input,
    /// What lies there, as last heard.
    pub listing: Listing,
    /// This text was asked about.
    pub asked: Option<String>,
    /// Tab was pressed before the answer was here.
    pub completes: bool,
    /// Row of the cursor; `None`: the path is being typed.
    pub cursor: Option<usize>,
    /// First row on the screen.
    pub offset: usize,
    /// What shall be uploaded, in this order.
    pub marks: Vec<PathBuf>,
}

impl FileChooser {
    /// Begins in a folder.
    pub fn at(folder: &str) -> Self {
        Self { path: Input::new(folder.to_owned()), ..Self::default() }
    }

    /// The list is of what is typed now.
    pub fn is_listed(&self) -> bool {
        self.listing.typed == self.path.value() && self.asked.is_some()
    }

    /// What the cursor stands on.
    pub fn current(&self) -> Option<&Found> {
        self.listing.found.get(self.cursor?)
    }

    /// The path of something in the list, as it would be typed.
    pub fn path_of(&self, found: &Found) -> String {
        format!("{}{}{}", self.listing.folder, found.name, if found.is_folder { "/" } else { "" })
    }

    /// Is it marked?
    pub fn is_marked(&self, found: &Found) -> bool {
        let path = PathBuf::from(self.path_of(found));
        self.marks.contains(&path)
    }

    /// Marks a file, or takes its mark away.
    pub fn toggle(&mut self, path: PathBuf) {
        match self.marks.iter().position(|marked| *marked == path) {
            Some(at) => _ = self.marks.remove(at),
            None => self.marks.push(path),
        }
    }

    /// Marks all files of the list; when all are, takes their marks away.
    pub fn mark_all(&mut self) {
        let files: Vec<PathBuf> = self
            .listing
            .found
            .iter()
            .filter(|found| !found.is_folder)
            .map(|found| PathBuf::from(self.path_of(found)))
            .collect();
        if files.iter().all(|file| self.marks.contains(file)) {
            self.marks.retain(|marked| !files.contains(marked));
        } else {
            self.marks
                .extend(files.into_iter().filter(|file| !self.marks.contains(file)).collect::<Vec<_>>());
        }
    }

    /// What Enter goes on with: the marked files; with none, the file under the cursor or the typed one.
    pub fn chosen(&self) -> Vec<PathBuf> {
        let mut chosen = self.marks.clone();
        let typed = self.path.value().trim();
        let single = match self.current() {
            Some(found) => (!found.is_folder && chosen.is_empty()).then(|| self.path_of(found)),
            // A path that was typed to its end counts beside the marks, the beginning of one does not.
            None => {
                let ends = !typed.is_empty() && !typed.ends_with('/');
                let whole =
                    self.listing.found.iter().any(|found| !found.is_folder && self.path_of(found) == typed);
                (ends && (chosen.is_empty() || whole)).then(|| typed.to_owned())
            }
        };
        let single = single.map(PathBuf::from).filter(|path| !chosen.contains(path));
        chosen.extend(single);
        chosen
    }

    /// The folder above the one that is typed.
    pub fn above(&self) -> String {
        let folder = self.path.value();
        let folder = &folder[..folder.rfind('/').map_or(0, |at| at + 1)];
        match folder.trim_end_matches('/').rsplit('/').next() {
            _ if folder == "/" => "/".to_owned(),
            Some("" | ".." | "~" | ".") | None => format!("{folder}../"),
            Some(last) => folder[..folder.trim_end_matches('/').len() - last.len()].to_owned(),
        }
    }
}

/// Files out of pasted text, one a line; a terminal quotes what is dropped on it.
pub fn pasted(text: &str) -> Vec<PathBuf> {
    let bare = |line: &str| {
        let line = line.trim();
        let inside = ['\'', '"'].iter().find_map(|quote| line.strip_prefix(*quote)?.strip_suffix(*quote));
        inside.unwrap_or(line).to_owned()
    };
    let lines = text.split(['\n', '\r']).map(bare);
    lines.filter(|line| !line.is_empty()).map(PathBuf::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_above_is_found_from_the_text_alone() {
        for (typed, above) in [
            ("/a/b/", "/a/"),
            ("/a/b", "/"),
            ("/a", "/"),
            ("/", "/"),
            ("", "../"),
            ("x", "../"),
            ("a/", ""),
            ("../", "../../"),
            ("~/", "~/../"),
            ("~/导航/x.zip", "~/"),
        ] {
            assert_eq!(FileChooser::at(typed).above(), above, "{typed}");
        }
    }

    #[test]
    fn lines_are_files_and_quotes_go() {
        let paths = pasted("/a/b c.zip\r\n\n'/d.zip'\n\"/e.mpk\"\n");
        assert_eq!(paths, ["/a/b c.zip", "/d.zip", "/e.mpk"].map(PathBuf::from));
    }
}
