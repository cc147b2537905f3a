//! How many colours a terminal has, and the nearest of them to what a theme asks for.

use ratatui::style::Color;

/// How many colours a terminal has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// None, or none are wanted: bold, underline and reverse remain.
    None,
    /// The 16 that every terminal has, as its user has set them.
    Sixteen,
    /// xterm's 256.
    Indexed,
    /// Any.
    True,
}

impl Depth {
    /// As the environment says; a terminal is never asked.
    pub fn of_environment() -> Self {
        let text = |name| std::env::var(name).unwrap_or_default();
        Self::of(&text("NO_COLOR"), &text("COLORTERM"), &text("TERM"))
    }

    fn of(no_color: &str, colorterm: &str, term: &str) -> Self {
        match (no_color, colorterm) {
            // https://no-color.org: present and not empty.
            (text, _) if !text.is_empty() => Self::None,
            (_, "truecolor" | "24bit") => Self::True,
            _ if term.ends_with("-direct") => Self::True,
            _ if term.contains("256color") => Self::Indexed,
            _ => Self::Sixteen,
        }
    }

    /// The nearest colour there is.
    pub fn nearest(self, colour: Color) -> Color {
        match (self, colour) {
            (Self::None, _) => Color::Reset,
            (Self::Indexed, Color::Rgb(red, green, blue)) => Color::Indexed(indexed([red, green, blue])),
            (Self::Sixteen, Color::Rgb(red, green, blue)) => SIXTEEN[sixteen([red, green, blue])],
            (Self::Sixteen, Color::Indexed(index @ 16..)) => SIXTEEN[sixteen(rgb(index))],
            (_, colour) => colour,
        }
    }
}

/// The 16 by their numbers.
const SIXTEEN: [Color; 16] = [
    Color::Black,
    Color::Red,
    Color::Green,
    Color::Yellow,
    Color::Blue,
    Color::Magenta,
    Color::Cyan,
    Color::Gray,
    Color::DarkGray,
    Color::LightRed,
    Color::LightGreen,
    Color::LightYellow,
    Color::LightBlue,
    Color::LightMagenta,
    Color::LightCyan,
    Color::White,
];

/// What xterm takes the 16 for.
const XTERM: [[u8; 3]; 16] = [
    [0, 0, 0],
    [205, 0, 0],
    [0, 205, 0],
    [205, 205, 0],
    [0, 0, 238],
    [205, 0, 205],
    [0, 205, 205],
    [229, 229, 229],
    [127, 127, 127],
    [255, 0, 0],
    [0, 255, 0],
    [255, 255, 0],
    [92, 92, 255],
    [255, 0, 255],
    [0, 255, 255],
    [255, 255, 255],
];

/// The levels of the cube of 6 x 6 x 6 that begins at 16.
const LEVELS: [u8; 6] = [0, 95, 135, 175, 215, 255];

/// What xterm shows for a number from 16 on; the last 24 are greys.
fn rgb(index: u8) -> [u8; 3] {
    match index {
        232.. => [8 + 10 * (index - 232); 3],
        _ => {
            let at = index.saturating_sub(16);
            [at / 36, at / 6 % 6, at % 6].map(|level| LEVELS[usize::from(level).min(5)])
        }
    }
}

fn indexed(colour: [u8; 3]) -> u8 {
    (16..=255).min_by_key(|index| distance(rgb(*index), colour)).unwrap_or(15)
}

fn sixteen(colour: [u8; 3]) -> usize {
    (0..16).min_by_key(|at| distance(XTERM[*at], colour)).unwrap_or(7)
}

/// Weighted as the eye sees the three: https://www.compuphase.com/cmetric.htm, the simple one.
fn distance(one: [u8; 3], other: [u8; 3]) -> u32 {
    let square = |at: usize| u32::from(one[at].abs_diff(other[at])).pow(2);
    2 * square(0) + 4 * square(1) + 3 * square(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_says_how_many() {
        for (no_color, colorterm, term, depth) in [
            ("1", "truecolor", "xterm-256color", Depth::None),
            ("", "truecolor", "xterm-256color", Depth::True),
            ("", "24bit", "screen", Depth::True),
            ("", "", "xterm-direct", Depth::True),
            ("", "", "xterm-256color", Depth::Indexed),
            ("", "yes", "tmux-256color", Depth::Indexed),
            ("", "", "xterm", Depth::Sixteen),
            ("", "", "linux", Depth::Sixteen),
            ("", "", "", Depth::Sixteen),
        ] {
            assert_eq!(Depth::of(no_color, colorterm, term), depth, "{no_color} {colorterm} {term}");
        }
    }

    #[test]
    fn the_nearest_colour_is_taken() {
        let orange = Color::Rgb(255, 135, 0);
        assert_eq!(Depth::True.nearest(orange), orange);
        assert_eq!(Depth::Indexed.nearest(orange), Color::Indexed(208));
        assert_eq!(Depth::Indexed.nearest(Color::Rgb(9, 9, 9)), Color::Indexed(232));
        assert_eq!(Depth::Sixteen.nearest(Color::Rgb(250, 10, 10)), Color::LightRed);
        assert_eq!(Depth::Sixteen.nearest(Color::Indexed(196)), Color::LightRed);
        assert_eq!(Depth::Sixteen.nearest(Color::Indexed(3)), Color::Indexed(3), "the user's own");
        assert_eq!(Depth::Sixteen.nearest(Color::Cyan), Color::Cyan);
        assert_eq!(Depth::None.nearest(Color::Cyan), Color::Reset);
    }
}
