//! Colours by meaning, read from `themes/*.toml`.

use std::collections::BTreeMap;
use std::path::Path;

use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;
use toml::Spanned;

use super::depth::Depth;
use super::own_file::{self, Mistake};
use crate::domain::words::{Say, say, word};

macro_rules! roles {
    ($($(#[$doc:meta])* $role:ident = $key:literal),* $(,)?) => {
        /// What a piece of the screen means.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Role { $($(#[$doc])* $role),* }

        impl Role {
            const ALL: &'static [(Self, &'static str)] = &[$((Self::$role, $key)),*];
        }
    };
}

roles! {
    /// What nothing else is said of: the ground of the whole screen. Without it the terminal's own.
    Screen = "screen",
    /// Plain text.
    Text = "text",
    /// Less important text.
    Dim = "dim",
    /// The name of a box.
    Title = "title",
    /// The edge of a box.
    Border = "border",
    /// The edge of the box that gets the keys.
    BorderFocused = "border-focused",
    /// Names of columns.
    Header = "header",
    /// The chosen row.
    Cursor = "cursor",
    /// The chosen row of a box that does not get the keys.
    CursorUnfocused = "cursor-unfocused",
    /// A marked row.
    Marked = "marked",
    /// What a filter found.
    Match = "match",
    /// At its goal.
    Good = "good",
    /// Under way.
    Busy = "busy",
    /// Needs a look.
    Warn = "warn",
    /// Went wrong.
    Bad = "bad",
    /// A key to press.
    Key = "key",
    /// A button.
    Button = "button",
    /// The button that Enter presses.
    ButtonChosen = "button-chosen",
    /// Something that cannot be undone.
    Danger = "danger",
    /// A text field.
    Input = "input",
    /// The status line.
    Status = "status",
    /// The status line when the view cannot be trusted.
    StatusBad = "status-bad",
}

/// A style for each role.
#[derive(Debug, Clone)]
pub struct Theme {
    styles: Vec<Style>,
}

/// A role as it is written in a theme.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Written {
    fg: Option<String>,
    bg: Option<String>,
    bold: bool,
    dim: bool,
    italic: bool,
    underline: bool,
    reverse: bool,
}

/// Themes that come with the program.
const BUILT_IN: &[(&str, &str)] = &[
    ("default", include_str!("../../themes/default.toml")),
    ("dark", include_str!("../../themes/dark.toml")),
    ("light", include_str!("../../themes/light.toml")),
    ("colour-blind", include_str!("../../themes/colour-blind.toml")),
    ("high-contrast", include_str!("../../themes/high-contrast.toml")),
];

impl Theme {
    /// The operator's theme of this name, `themes/NAME.toml` in the folder of the settings, else the one that comes
    /// with the program. Of the operator's, roles that are not in it are those of the theme it is based on.
    ///
    /// # Errors
    /// What is wrong with it, with file and line; an unknown name, with those there are.
    pub fn named(name: &str, depth: Depth, folder: Option<&Path>) -> Result<Self, Say> {
        if let Some(file) = folder.map(|folder| folder.join(FOLDER).join(format!("{name}.toml")))
            && let Some(own) = own_file::read(&file, |source| Self::read(source, depth))?
        {
            return Ok(own);
        }
        let source = built_in(name).ok_or_else(|| {
            let known: Vec<_> = BUILT_IN.iter().map(|(name, _)| *name).collect();
            let (quoted, known) = (format!("{name:?}"), known.join(", "));
            match folder.map(|folder| folder.join(FOLDER).join(format!("{name}.toml"))) {
                Some(file) => {
                    let path = file.display().to_string();
                    say!("theme-none-write", name = quoted, known = known, path = path)
                }
                None => say!("theme-none", name = quoted, known = known),
            }
        })?;
        Self::read(source, depth)
            .map_err(|(line, why)| say!("theme-line", name = format!("{name:?}"), line = line, why = why))
    }

    /// A theme from its text; what is wrong, with its line.
    fn read(source: &str, depth: Depth) -> Result<Self, Mistake> {
        let line = |span| own_file::line(source, span);
        let mut written: BTreeMap<Spanned<String>, Spanned<toml::Value>> =
            toml::from_str(source).map_err(|error| (line(error.span()), Say::plain(error.message())))?;
        let mut styles = match written.remove(&Spanned::new(0..0, BASE.to_owned())) {
            None => vec![None; Role::ALL.len()],
            Some(base) => {
                let wrong = |why: Say| (line(Some(base.span())), why);
                let name = base.get_ref().as_str().ok_or_else(|| wrong(word!("theme-base").into()))?;
                let base = built_in(name)
                    .filter(|source| !source.contains(BASE))
                    .ok_or_else(|| wrong(say!("theme-no-base", name = format!("{name:?}"))))?;
                Self::read(base, depth)?.styles.into_iter().map(Some).collect()
            }
        };
        for (key, value) in written {
            let at = line(Some(key.span()));
            let role = Role::ALL.iter().find(|(_, known)| *known == key.get_ref().as_str());
            let (role, _) =
                role.ok_or_else(|| (at, say!("theme-no-role", role = format!("{:?}", key.get_ref()))))?;
            let style = value.into_inner().try_into::<Written>().map_err(|error| Say::plain(error.message()));
            let style = style.and_then(|style| style.style(depth));
            if let Some(slot) = styles.get_mut(*role as usize) {
                *slot = Some(style.map_err(|why| (at, say!("theme-role", role = key.get_ref(), why = why)))?);
            }
        }
        let missing =
            |(_, key): &(Role, &str)| (1, say!("theme-missing", role = format!("{key:?}"), base = BASE));
        let styles = styles.into_iter().zip(Role::ALL);
        let styles = styles.map(|(style, role)| match (style, role.0) {
            (None, Role::Screen) => Ok(Style::new()),
            (style, _) => style.ok_or_else(|| missing(role)),
        });
        Ok(Self { styles: styles.collect::<Result<_, _>>()? })
    }

    /// The style of a role.
    pub fn style(&self, role: Role) -> Style {
        self.styles.get(role as usize).copied().unwrap_or_default()
    }
}

/// Where the operator's themes lie, in the folder of the settings.
pub const FOLDER: &str = "themes";

/// The names of all themes: those that come with the program, then the operator's, by name.
pub fn names(folder: Option<&Path>) -> Vec<String> {
    let mut names: Vec<String> = BUILT_IN.iter().map(|(name, _)| (*name).to_owned()).collect();
    let files = folder.and_then(|folder| std::fs::read_dir(folder.join(FOLDER)).ok());
    let mut own: Vec<String> = files
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.file_name().to_str()?.strip_suffix(".toml")?.to_owned()))
        .filter(|name| !name.starts_with('.') && !names.contains(name))
        .collect();
    own.sort();
    names.extend(own);
    names
}

/// The theme that one of the operator's is built on.
const BASE: &str = "base";

fn built_in(name: &str) -> Option<&'static str> {
    BUILT_IN.iter().find(|(known, _)| *known == name).map(|(_, source)| *source)
}

impl Written {
    fn style(&self, depth: Depth) -> Result<Style, Say> {
        let mut style = Style::new();
        let colour = |text: &Option<String>| text.as_deref().map(colour).transpose();
        let (fg, bg) = (colour(&self.fg)?, colour(&self.bg)?);
        if depth != Depth::None {
            style.fg = fg.map(|colour| depth.nearest(colour));
            style.bg = bg.map(|colour| depth.nearest(colour));
        }
        for (on, modifier) in [
            (self.bold, Modifier::BOLD),
            (self.dim, Modifier::DIM),
            (self.italic, Modifier::ITALIC),
            (self.underline, Modifier::UNDERLINED),
            (self.reverse, Modifier::REVERSED),
        ] {
            if on {
                style = style.add_modifier(modifier);
            }
        }
        Ok(style)
    }
}

fn colour(text: &str) -> Result<Color, Say> {
    text.parse().map_err(|_| say!("theme-no-colour", text = format!("{text:?}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_themes_are_whole() {
        for (name, _) in BUILT_IN {
            for depth in [Depth::None, Depth::Sixteen, Depth::Indexed, Depth::True] {
                Theme::named(name, depth, None).unwrap();
            }
        }
    }

    #[test]
    fn every_theme_of_the_folder_comes_with_the_program() {
        let files = std::fs::read_dir("themes").unwrap().map(|file| file.unwrap().path());
        let mut names: Vec<_> =
            files.map(|file| file.file_stem().unwrap().to_string_lossy().into_owned()).collect();
        let mut known: Vec<_> = BUILT_IN.iter().map(|(name, _)| (*name).to_owned()).collect();
        names.sort();
        known.sort();
        assert_eq!(names, known);
    }

    #[test]
    fn without_colours_meaning_stays_in_weight() {
        for (name, _) in BUILT_IN {
            let theme = Theme::named(name, Depth::None, None).unwrap();
            assert!(Role::ALL.iter().all(|(role, _)| theme.style(*role).fg.is_none()));
        }
        let theme = Theme::named("default", Depth::None, None).unwrap();
        assert!(theme.style(Role::Cursor).add_modifier.contains(Modifier::REVERSED));
    }

    #[test]
    fn an_operators_theme_comes_first_and_may_build_on_another() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("themes")).unwrap();
        let write = |name: &str, text: &str| {
            std::fs::write(folder.path().join("themes").join(name), text).unwrap();
        };
        let named = |name| Theme::named(name, Depth::True, Some(folder.path()));
        write("mine.toml", "base = \"light\"\ngood = { fg = \"#010203\" }\n");
        let (mine, light) = (named("mine").unwrap(), named("light").unwrap());
        assert_eq!(mine.style(Role::Good).fg, Some(Color::Rgb(1, 2, 3)));
        assert_eq!(mine.style(Role::Bad), light.style(Role::Bad));
        write("default.toml", "base = \"dark\"\n");
        assert_eq!(named("default").unwrap().style(Role::Text), named("dark").unwrap().style(Role::Text));
    }

    #[test]
    fn mistakes_are_named_with_file_and_line() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("themes/mine.toml");
        std::fs::create_dir(folder.path().join("themes")).unwrap();
        for (text, line, says) in [
            ("base = \"default\"\n\ngoood = {}\n", 3, "\"goood\" is no role"),
            ("base = \"default\"\ngood = { fg = \"greeen\" }\n", 2, "good: \"greeen\" is no colour"),
            ("base = \"default\"\ngood = { colour = \"red\" }\n", 2, "unknown field `colour`"),
            ("base = \"default\"\ngood = \n", 2, "string values must be quoted"),
            ("base = \"nosuch\"\n", 1, "no theme \"nosuch\" to build on"),
            ("good = { fg = \"green\" }\n", 1, "the role \"text\" is missing"),
        ] {
            std::fs::write(&file, text).unwrap();
            let error = Theme::named("mine", Depth::True, Some(folder.path())).unwrap_err().to_string();
            assert!(error.starts_with(&format!("{}:{line}: ", file.display())), "{error}");
            assert!(error.contains(says), "{error} says {says}");
        }
        let unknown = Theme::named("nosuch", Depth::True, Some(folder.path())).unwrap_err().to_string();
        assert!(unknown.contains("high-contrast") && unknown.contains("nosuch.toml"), "{unknown}");
    }
}
