//! The few signs that are not letters, in Unicode and in ASCII.

use ratatui::symbols::border;

/// Signs of the screen.
#[derive(Debug, Clone, Copy)]
pub struct Glyphs {
    /// Corners and lines of a box.
    pub border: border::Set<'static>,
    /// Left part of a progress bar.
    pub full: &'static str,
    /// The rest of it.
    pub empty: &'static str,
    /// From nothing to much, in a row of small bars.
    pub levels: [&'static str; 8],
    /// Stands where text was cut off.
    pub ellipsis: &'static str,
    /// A seat has it.
    pub yes: &'static str,
    /// A seat has it not.
    pub no: &'static str,
    /// It is being put on.
    pub plus: &'static str,
    /// It is being taken off.
    pub minus: &'static str,
    /// Sorted upwards.
    pub up: &'static str,
    /// Sorted downwards.
    pub down: &'static str,
    /// Between two facts on one line.
    pub dot: &'static str,
    /// Beside the chosen row.
    pub cursor: &'static str,
    /// Between two boxes on the way to the one on top.
    pub crumb: &'static str,
}

impl Glyphs {
    /// For terminals with a Unicode font.
    pub const UNICODE: Self = Self {
        border: border::PLAIN,
        full: "━",
        empty: "·",
        levels: [" ", "▁", "▂", "▃", "▄", "▅", "▆", "█"],
        ellipsis: "…",
        yes: "●",
        no: "·",
        plus: "+",
        minus: "−",
        up: "↑",
        down: "↓",
        dot: "·",
        cursor: "▸",
        crumb: "›",
    };

    /// For all others.
    pub const ASCII: Self = Self {
        border: border::Set {
            top_left: "+",
            top_right: "+",
            bottom_left: "+",
            bottom_right: "+",
            vertical_left: "|",
            vertical_right: "|",
            horizontal_top: "-",
            horizontal_bottom: "-",
        },
        full: "#",
        empty: ".",
        levels: [" ", ".", ":", "-", "=", "+", "*", "#"],
        ellipsis: "~",
        yes: "*",
        no: ".",
        plus: "+",
        minus: "-",
        up: "^",
        down: "v",
        dot: "|",
        cursor: ">",
        crumb: ">",
    };

    /// By the setting `ui.glyphs`.
    pub fn named(name: &str) -> Self {
        if name == "ascii" { Self::ASCII } else { Self::UNICODE }
    }
}
