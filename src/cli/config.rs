//! `segdeck config`

use clap::Subcommand;
use serde::Serialize;
use serde_json::json;

use super::arguments::Global;
use super::exit::{EXIT_CODES, Failure, Outcome};
use super::load;
use super::output::{Columns, Output};

use crate::domain::plainly;
use crate::ui::depth::Depth;
use crate::ui::keymap::Keymap;
use crate::ui::theme::{self, Theme};

/// The commands.
#[derive(Debug, Clone, Copy, Subcommand)]
pub(super) enum Command {
    /// Where the settings file is looked for
    #[command(after_help = EXIT_CODES)]
    Path,
    /// Every setting as it counts, and where it comes from
    #[command(after_help = EXIT_CODES)]
    Show,
    /// Are the settings sound? Nothing is opened or connected
    #[command(after_help = EXIT_CODES)]
    Check,
}

/// A setting.
#[derive(Debug, Serialize)]
struct Item {
    key: String,
    value: toml::Value,
    origin: String,
}

const COLUMNS: Columns<Item> = Columns {
    head: &["SETTING", "VALUE", "FROM"],
    cells: |item| vec![item.key.clone(), item.value.to_string(), item.origin.clone()],
};

/// Runs one.
pub(super) fn run(global: &Global, output: Output, command: Command) -> Outcome {
    let sources = load::sources(global);
    match command {
        Command::Path => {
            let Some(file) = sources.config_file() else {
                return Err(Failure::invalid(
                    "this user has no home folder (HOME is not set); use --config FILE",
                ));
            };
            let mut paths = json!({ "config": file, "exists": file.exists() });
            if let Some(data) = &sources.data_dir {
                paths["data"] = json!(data);
            }
            output.drawn(&paths, || format!("{}\n", crate::domain::Shown::from(&*file.to_string_lossy())))
        }
        Command::Show => {
            let (_, provenance) = load::settings(&sources)?;
            let items: Vec<Item> = provenance
                .iter()
                .map(|(key, effective)| Item {
                    key: key.to_owned(),
                    value: effective.value.clone(),
                    origin: effective.origin.to_string(),
                })
                .collect();
            output.items(&items, &COLUMNS)
        }
        Command::Check => {
            let (settings, provenance) = load::settings(&sources)?;
            // Everything is looked at, so that one run tells what is wrong with each file.
            let mut wrong: Vec<String> = Keymap::with_own(settings.folder()).err().into_iter().collect();
            // Also those that nobody shows yet: one of them may be chosen at any time.
            let mut themes = theme::names(settings.folder());
            if !themes.contains(&settings.ui.theme) {
                themes.push(settings.ui.theme.clone());
            }
            for name in &themes {
                wrong.extend(Theme::named(name, Depth::True, settings.folder()).err().map(String::from));
            }
            for (key, effective) in provenance.iter() {
                let file = effective.value.as_str().filter(|file| key.ends_with("_file") && !file.is_empty());
                if let Some(file) = file
                    && let Err(error) = std::fs::File::open(file)
                {
                    let (origin, error) = (&effective.origin, plainly(error));
                    wrong.push(format!("{origin}: {key}: {file} cannot be read: {error}"));
                }
            }
            if !wrong.is_empty() {
                return Err(Failure::invalid(wrong.join("\n")));
            }
            let file = sources.config_file().filter(|file| file.exists());
            output.drawn(&json!({ "ok": true, "config": file }), || match file {
                Some(file) => format!("{} is fine\n", crate::domain::Shown::from(&*file.to_string_lossy())),
                None => "there is no settings file; the defaults are fine\n".to_owned(),
            })
        }
    }
}
