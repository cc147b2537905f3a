//! Colours by meaning, read from `themes/*.toml`.

use std::collections::BTreeMap;

use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;

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
const BUILT_IN: &[(&str, &str)] = &[("default", include_str!("../../themes/default.toml"))];

impl Theme {
    /// A theme that comes with the program; without `colours` only bold, underline and reverse remain.
    ///
    /// # Errors
    /// An unknown name, with those there are.
    pub fn named(name: &str, colours: bool) -> Result<Self, String> {
        let (_, source) = BUILT_IN.iter().find(|(known, _)| *known == name).ok_or_else(|| {
            let known: Vec<_> = BUILT_IN.iter().map(|(name, _)| *name).collect();
            format!("there is no theme {name:?}; set ui.theme to one of: {}", known.join(", "))
        })?;
        Self::read(source, colours).map_err(|error| format!("theme {name:?}: {error}"))
    }

    fn read(source: &str, colours: bool) -> Result<Self, String> {
        let mut written: BTreeMap<String, Written> =
            toml::from_str(source).map_err(|error| error.to_string())?;
        let mut styles = Vec::with_capacity(Role::ALL.len());
        for (_, key) in Role::ALL {
            let role = written.remove(*key).ok_or_else(|| format!("the role {key:?} is missing"))?;
            styles.push(role.style(colours).map_err(|error| format!("{key}: {error}"))?);
        }
        match written.keys().next() {
            Some(unknown) => Err(format!("{unknown:?} is no role")),
            None => Ok(Self { styles }),
        }
    }

    /// The style of a role.
    pub fn style(&self, role: Role) -> Style {
        self.styles.get(role as usize).copied().unwrap_or_default()
    }
}

impl Written {
    fn style(&self, colours: bool) -> Result<Style, String> {
        let mut style = Style::new();
        if colours {
            style.fg = self.fg.as_deref().map(colour).transpose()?;
            style.bg = self.bg.as_deref().map(colour).transpose()?;
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

fn colour(text: &str) -> Result<Color, String> {
    text.parse().map_err(|_| format!("{text:?} is no colour"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_themes_are_whole() {
        for (name, _) in BUILT_IN {
            Theme::named(name, true).unwrap();
        }
    }

    #[test]
    fn without_colours_meaning_stays_in_weight() {
        let theme = Theme::named("default", false).unwrap();
        let cursor = theme.style(Role::Cursor);
        assert_eq!((cursor.fg, cursor.bg), (None, None));
        assert!(cursor.add_modifier.contains(Modifier::REVERSED));
    }

    #[test]
    fn mistakes_are_named() {
        assert!(Theme::named("nosuch", true).unwrap_err().contains("default"));
        let source = BUILT_IN[0].1.replace("good =", "goood =");
        assert!(Theme::read(&source, true).unwrap_err().contains("good"));
        let source = BUILT_IN[0].1.replace("\"green\"", "\"greeen\"");
        assert!(Theme::read(&source, true).unwrap_err().contains("greeen"));
    }
}
