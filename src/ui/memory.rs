//! What the operator chose in the console, for the next time: a small file beside the log.
//!
//! What somebody writes into the settings afterwards counts more: a choice is kept together with the setting that it
//! took the place of, and forgotten when that is another one.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::model::columns::Arrangement;
use crate::domain::plainly;
use crate::domain::words::{Say, say};

/// Its file in the data folder.
const FILE: &str = "console.json";

/// No more of the file is read.
const LARGEST: u64 = 64 * 1024;

/// What was chosen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Memory {
    /// The theme.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub theme: Option<Choice>,
    /// The language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<Choice>,
    /// The columns of panes and other lists, by their names.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub panes: BTreeMap<String, Arrangement>,
}

/// A choice in place of a setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Choice {
    /// What was chosen.
    pub chosen: String,
    /// What the setting said then.
    pub setting: String,
}

impl Choice {
    /// A choice in place of a setting; none when it is what the setting says.
    pub fn of(chosen: &str, setting: &str) -> Option<Self> {
        (chosen != setting).then(|| Self { chosen: chosen.to_owned(), setting: setting.to_owned() })
    }

    /// What counts: the choice, unless the setting was changed since.
    pub fn over<'a>(choice: &'a Option<Self>, setting: &'a str) -> &'a str {
        match choice {
            Some(choice) if choice.setting == setting => &choice.chosen,
            _ => setting,
        }
    }
}

impl Memory {
    /// What is kept in this folder. A file that cannot be read is as good as none: nothing of worth is in it.
    pub fn read(folder: &Path) -> Self {
        let read = || -> std::io::Result<Self> {
            use std::io::Read;
            let mut text = String::new();
            std::fs::File::open(folder.join(FILE))?.take(LARGEST).read_to_string(&mut text)?;
            Ok(serde_json::from_str(&text)?)
        };
        match read() {
            Ok(memory) => memory,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Self::default(),
            Err(error) => {
                tracing::warn!(file = %folder.join(FILE).display(), %error, "what was chosen last time is forgotten");
                Self::default()
            }
        }
    }

    /// Keeps it in this folder, whole or not at all.
    ///
    /// # Errors
    /// Why it cannot be written, with the file.
    pub fn write(&self, folder: &Path) -> Result<(), Say> {
        let file = folder.join(FILE);
        let put = || -> std::io::Result<()> {
            std::fs::create_dir_all(folder)?;
            let beside = folder.join(format!(".{FILE}.{}", std::process::id()));
            let mut text = serde_json::to_vec_pretty(self)?;
            text.push(b'\n');
            std::fs::File::create(&beside)?.write_all(&text)?;
            std::fs::rename(&beside, &file)
        };
        put().map_err(|error| {
            say!("path-unwritable", path = file.display().to_string(), reason = plainly(error))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_that_was_changed_counts_more_than_an_older_choice() {
        let choice = Choice::of("light", "default");
        assert_eq!(Choice::over(&choice, "default"), "light");
        assert_eq!(Choice::over(&choice, "dark"), "dark");
        assert_eq!(Choice::over(&None, "dark"), "dark");
        assert_eq!(Choice::of("dark", "dark"), None);
    }

    #[test]
    fn it_is_kept_and_a_broken_file_is_as_good_as_none() {
        let folder = tempfile::tempdir().unwrap();
        let under = folder.path().join("new");
        assert_eq!(Memory::read(&under), Memory::default());
        let memory = Memory { language: Choice::of("zh-CN", "auto"), ..Memory::default() };
        memory.write(&under).unwrap();
        assert_eq!(Memory::read(&under), memory);
        assert_eq!(std::fs::read_dir(&under).unwrap().count(), 1, "nothing is left beside it");
        std::fs::write(under.join(FILE), "{\"theme\":").unwrap();
        assert_eq!(Memory::read(&under), Memory::default());
    }
}
