//! What lies in the trash, on the screen.

use super::overlay::Load;
use crate::domain::RecordId;
use crate::domain::words::Say;
use crate::service::TrashShown;

/// The newest entries of the trash.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TrashPage {
    /// Newest first.
    pub entries: Vec<TrashShown>,
    /// All there are, shown or not.
    pub total: usize,
}

/// The trash, and where in it the operator is.
#[derive(Debug, Clone)]
pub struct TrashView {
    /// What lies in it.
    pub page: Load<TrashPage>,
    /// It was asked for since it last changed.
    pub asked: bool,
    /// The chosen entry.
    pub cursor: usize,
    /// The first one on the screen.
    pub offset: usize,
}

impl Default for TrashView {
    /// Nothing is known yet.
    fn default() -> Self {
        Self { page: Load::Loading, asked: false, cursor: 0, offset: 0 }
    }
}

impl TrashView {
    /// What is shown.
    pub fn entries(&self) -> &[TrashShown] {
        self.page.ready().map_or(&[], |page| &page.entries)
    }

    /// The entry under the cursor.
    pub fn current(&self) -> Option<&TrashShown> {
        self.entries().get(self.cursor)
    }

    /// Takes it in; the cursor stays with its entry. What is being emptied tells nobody when it is gone, so it is
    /// asked for again until it is.
    pub fn take(&mut self, page: Result<TrashPage, Say>) {
        let at: Option<RecordId> = self.current().map(|shown| shown.entry.id);
        match page {
            Ok(page) => {
                self.asked &= !page.entries.iter().any(|shown| shown.entry.emptying);
                let now = page.entries.iter().position(|shown| Some(shown.entry.id) == at);
                self.cursor = now.unwrap_or(self.cursor);
                self.page = Load::Ready(page);
            }
            Err(why) => self.page = Load::Failed(why),
        }
        self.go(self.cursor);
    }

    /// Puts the cursor on an entry, or on the last one.
    pub fn go(&mut self, to: usize) {
        self.cursor = to.min(self.entries().len().saturating_sub(1));
    }

    /// Brings the cursor onto the screen, which shows so many entries.
    pub fn scroll(&mut self, rows: usize) {
        let (count, rows) = (self.entries().len(), rows.max(1));
        let first = (self.cursor + 1).saturating_sub(rows);
        self.offset = self.offset.min(self.cursor).max(first).min(count.saturating_sub(rows));
    }
}
