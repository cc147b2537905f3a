//! The one table of actions: keymap, help, palette, README and greyed-out reasons come from it.

use super::allowed;
use super::model::Model;
use crate::domain::words::{Say, Word, word};

/// Why an action is not possible now.
pub type Reason = Say;

/// Where a key is looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Wherever no text is typed.
    Global,
    /// Any table or long text.
    List,
    /// The four panes.
    Panes,
    /// Choosing seats.
    Chooser,
    /// Choosing columns.
    Columns,
    /// Choosing files.
    Files,
    /// The files of an upload.
    Upload,
    /// The fields of a file to upload.
    Fields,
    /// One install, seat by seat.
    Detail,
    /// Why something is as it is.
    Why,
    /// Seats against segments.
    Matrix,
    /// The trash.
    Trash,
    /// Anything that lies over the panes.
    Overlay,
    /// A question.
    Confirm,
    /// A text field.
    Text,
}

impl Scope {
    /// All, in the order of the help.
    pub const ALL: [Self; 15] = [
        Self::Panes,
        Self::List,
        Self::Global,
        Self::Chooser,
        Self::Columns,
        Self::Files,
        Self::Upload,
        Self::Fields,
        Self::Detail,
        Self::Why,
        Self::Matrix,
        Self::Trash,
        Self::Confirm,
        Self::Text,
        Self::Overlay,
    ];

    /// As in the keymap.
    pub fn name(self) -> &'static str {
        match self {
            Self::Global => "global",
            Self::List => "list",
            Self::Panes => "panes",
            Self::Chooser => "chooser",
            Self::Columns => "columns",
            Self::Files => "files",
            Self::Upload => "upload",
            Self::Fields => "fields",
            Self::Detail => "detail",
            Self::Why => "why",
            Self::Matrix => "matrix",
            Self::Trash => "trash",
            Self::Overlay => "overlay",
            Self::Confirm => "confirm",
            Self::Text => "text",
        }
    }

    /// Its heading in the help.
    pub fn title(self) -> Word {
        match self {
            Self::Global => word!("scope-global"),
            Self::List => word!("scope-list"),
            Self::Panes => word!("scope-panes"),
            Self::Chooser => word!("scope-chooser"),
            Self::Columns => word!("scope-columns"),
            Self::Files => word!("scope-files"),
            Self::Upload => word!("scope-upload"),
            Self::Fields => word!("scope-fields"),
            Self::Detail => word!("scope-detail"),
            Self::Why => word!("scope-why"),
            Self::Matrix => word!("scope-matrix"),
            Self::Trash => word!("scope-trash"),
            Self::Overlay => word!("scope-overlay"),
            Self::Confirm => word!("scope-confirm"),
            Self::Text => word!("scope-text"),
        }
    }
}

/// One row of the table.
pub struct ActionRow {
    /// The action.
    pub id: ActionId,
    /// Its name in the keymap.
    pub name: &'static str,
    /// What it does, in a few words.
    pub doc: Word,
    /// Changes records, files or seats; not possible in read-only mode.
    pub changes: bool,
    /// Takes something away; always asks first.
    pub dangerous: bool,
    /// Offered in the palette.
    pub offered: bool,
    /// Is it possible now, and if not, why?
    pub enabled: fn(&Model) -> Result<(), Reason>,
}

/// Marks of a row, so that the table below stays one line an action.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Move,
    Look,
    Change,
    Danger,
}

macro_rules! actions {
    ($($id:ident $name:literal $doc:literal $kind:ident $enabled:path),* $(,)?) => {
        /// Everything a key can do.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ActionId { $(#[doc = $name] $id),* }

        /// The table, in the order of the help.
        pub static ACTIONS: &[ActionRow] = &[$(ActionRow {
            id: ActionId::$id,
            name: $name,
            doc: word!($doc),
            changes: matches!(Kind::$kind, Kind::Change | Kind::Danger),
            dangerous: matches!(Kind::$kind, Kind::Danger),
            offered: !matches!(Kind::$kind, Kind::Move),
            enabled: $enabled,
        }),*];
    };
}

// The words of the third column are looked up by the catalogue's test through `word!(`.
actions! {
    Upload "upload" "action-upload" Change allowed::always,
    Install "install" "action-install" Change allowed::install,
    Bind "bind" "action-bind" Change allowed::bind,
    Delete "delete" "action-delete" Danger allowed::delete,
    Trash "trash" "action-trash" Look allowed::always,
    Restore "restore" "action-restore" Change allowed::restore,
    Empty "empty" "action-empty" Danger allowed::empty,
    Sync "sync" "action-sync" Change allowed::always,
    Retry "retry" "action-retry" Change allowed::retry,
    Pause "pause" "action-pause" Change allowed::pause,
    RetryAlike "retry-alike" "action-retry-alike" Change allowed::retry_alike,
    NextWave "next-wave" "action-next-wave" Change allowed::next_wave,
    Matrix "matrix" "action-matrix" Look allowed::any_seat,
    DriftOnly "drift-only" "action-drift-only" Move allowed::always,
    Mend "mend" "action-mend" Change allowed::mend,
    Cancel "cancel" "action-cancel" Danger allowed::cancel,
    ForceFinish "force-finish" "action-force-finish" Danger allowed::force_finish,
    Freeze "freeze" "action-freeze" Change allowed::always,
    Why "why" "action-why" Look allowed::something,
    Records "records" "action-records" Look allowed::something,
    Trail "trail" "action-trail" Look allowed::something,
    Copy "copy" "action-copy" Look allowed::something,
    Export "export" "action-export" Look allowed::rows,
    ExportJson "export-json" "action-export-json" Look allowed::rows,
    Dump "dump" "action-dump" Look allowed::always,
    Filter "filter" "action-filter" Look allowed::always,
    Sort "sort" "action-sort" Look allowed::always,
    Columns "columns" "action-columns" Look allowed::always,
    Open "open" "action-open" Move allowed::open,
    Back "back" "action-back" Move allowed::always,
    Up "up" "action-up" Move allowed::always,
    Down "down" "action-down" Move allowed::always,
    PageUp "page-up" "action-page-up" Move allowed::always,
    PageDown "page-down" "action-page-down" Move allowed::always,
    First "first" "action-first" Move allowed::always,
    Last "last" "action-last" Move allowed::always,
    Left "left" "action-left" Move allowed::always,
    Right "right" "action-right" Move allowed::always,
    NextPane "next-pane" "action-next-pane" Move allowed::always,
    PreviousPane "previous-pane" "action-previous-pane" Move allowed::always,
    Segments "segments" "action-segments" Look allowed::always,
    Versions "versions" "action-versions" Look allowed::always,
    Seats "seats" "action-seats" Look allowed::always,
    Installs "installs" "action-installs" Look allowed::always,
    Mark "mark" "action-mark" Look allowed::mark,
    Range "range" "action-range" Look allowed::mark,
    MarkShown "mark-shown" "action-mark-shown" Look allowed::mark,
    Invert "invert" "action-invert" Look allowed::mark,
    Choose "choose" "action-choose" Move allowed::mark,
    FromBound "from-bound" "action-from-bound" Move allowed::always,
    FromInstalled "from-installed" "action-from-installed" Move allowed::always,
    Edit "edit" "action-edit" Move allowed::edit,
    LeaveOut "leave-out" "action-leave-out" Move allowed::edit,
    Yes "yes" "action-yes" Move allowed::yes,
    No "no" "action-no" Move allowed::always,
    OtherButton "other-button" "action-other-button" Move allowed::yes,
    CopyCommand "copy-command" "action-copy-command" Move allowed::always,
    Rollout "rollout" "action-rollout" Move allowed::plan,
    SkipBlocked "skip-blocked" "action-skip-blocked" Move allowed::skip_blocked,
    SkipOffline "skip-offline" "action-skip-offline" Move allowed::skip_offline,
    Complete "complete" "action-complete" Move allowed::always,
    NextField "next-field" "action-next-field" Move allowed::always,
    PreviousField "previous-field" "action-previous-field" Move allowed::always,
    Log "log" "action-log" Look allowed::always,
    Palette "palette" "action-palette" Move allowed::always,
    Help "help" "action-help" Look allowed::always,
    Theme "theme" "action-theme" Look allowed::always,
    Language "language" "action-language" Look allowed::always,
    Redraw "redraw" "action-redraw" Look allowed::always,
    Suspend "suspend" "action-suspend" Look allowed::always,
    Quit "quit" "action-quit" Look allowed::always,
}

impl ActionId {
    /// Its row.
    pub fn row(self) -> &'static ActionRow {
        // The macro makes one row a variant, in the same order.
        &ACTIONS[self as usize]
    }

    /// By its name in the keymap.
    pub fn named(name: &str) -> Option<Self> {
        ACTIONS.iter().find(|row| row.name == name).map(|row| row.id)
    }

    /// Is it possible now, and if not, why?
    ///
    /// # Errors
    /// The reason, for the operator.
    pub fn enabled(self, model: &Model) -> Result<(), Reason> {
        let row = self.row();
        if row.changes {
            allowed::changing(model)?;
        }
        (row.enabled)(model)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_where_their_id_says() {
        for row in ACTIONS {
            assert_eq!(row.id.row().name, row.name);
            assert_eq!(ActionId::named(row.name), Some(row.id));
        }
    }
}
