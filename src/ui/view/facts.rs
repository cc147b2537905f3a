//! Facts, one a line: a name, and a value that is wrapped below itself.

use super::super::look::Look;
use super::super::theme::Role;
use super::paint::{self, Piece};
use crate::domain::words::Word;

/// Cells of a name, with the space before it.
const NAME: usize = 17;

/// Facts, one a line.
pub(super) struct Facts<'a> {
    pub(super) look: &'a Look,
    width: usize,
    pub(super) lines: Vec<Vec<Piece>>,
}

impl<'a> Facts<'a> {
    pub(super) fn new(look: &'a Look, width: usize) -> Self {
        Self { look, width, lines: Vec::new() }
    }

    /// A fact; none where there is no value.
    pub(super) fn add(&mut self, name: Word, value: impl Into<String>, role: Role) {
        let value = value.into();
        if value.is_empty() {
            return;
        }
        let name = self.look.text(name);
        for (index, line) in paint::wrap(&value, self.width.saturating_sub(NAME + 1)).into_iter().enumerate()
        {
            let label = paint::padded(&if index == 0 { format!(" {name} ") } else { String::new() }, NAME);
            self.lines.push(vec![(label, self.look.style(Role::Dim)), (line, self.look.style(role))]);
        }
    }

    /// One more value of the same name.
    pub(super) fn more(&mut self, value: &str, role: Role) {
        for line in paint::wrap(value, self.width.saturating_sub(NAME + 1)) {
            let label = (" ".repeat(NAME), self.look.style(Role::Dim));
            self.lines.push(vec![label, (line, self.look.style(role))]);
        }
    }
}
