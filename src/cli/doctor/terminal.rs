//! The terminal: what the console will find.

use std::io::IsTerminal;

use super::Check;

/// Type, size, locale and colours.
pub(super) fn check() -> Vec<Check> {
    let variable = |name| std::env::var(name).ok().filter(|value: &String| !value.is_empty());
    let stdout = std::io::stdout();
    if !stdout.is_terminal() {
        return vec![Check::ok("terminal", "none: the output goes elsewhere")];
    }
    let term = variable("TERM").unwrap_or_default();
    let size = rustix::termios::tcgetwinsize(&stdout)
        .map_or_else(|_| "size unknown".to_owned(), |size| format!("{}x{}", size.ws_col, size.ws_row));
    let colours = if variable("NO_COLOR").is_some() {
        "no colours (NO_COLOR)"
    } else if matches!(variable("COLORTERM").as_deref(), Some("truecolor" | "24bit")) {
        "true colour"
    } else if term.contains("256") {
        "256 colours"
    } else {
        "16 colours"
    };
    let detail = format!("TERM={term}, {size}, {colours}");
    let terminal = match term.as_str() {
        "" | "dumb" => {
            Check::warn("terminal", detail, "the console needs a terminal with a cursor: set TERM")
        }
        _ => Check::ok("terminal", detail),
    };
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(variable).unwrap_or_default();
    let utf8 = locale.to_lowercase().replace('-', "").contains("utf8");
    let locale = if utf8 {
        Check::ok("locale", locale)
    } else {
        let detail = if locale.is_empty() { "not set".to_owned() } else { locale };
        Check::warn("locale", detail, "use a UTF-8 locale such as C.UTF-8, or set ui.glyphs=ascii")
    };
    vec![terminal, locale]
}
