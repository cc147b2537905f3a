//! `segdeck storage`: whose the shared storage is, and what in it belongs to nobody.

use clap::Subcommand;
use serde::Serialize;

use super::context::Context;
use super::exit::{EXIT_CODES, Exit, Failure, Outcome};
use super::output::{Columns, Format};
use super::progress::Progress;
use super::show;
use super::span::Timeout;
use super::wait::{Goal, Waiting};
use crate::domain::sweep::{Hold, SweepResult};
use crate::service::{Orphan, Service, StorageShown, SweepPreview};
use crate::store::keys;

/// The commands.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Whose the shared storage is, by its own word and by that of the records
    #[command(after_help = EXIT_CODES)]
    Show,
    /// Make the shared storage that of these records: after a move, or when one of the two was lost
    #[command(after_help = EXIT_CODES)]
    Adopt {
        /// Why; it goes into the audit trail
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Move files that no record names to the trash
    #[command(after_help = EXIT_CODES)]
    Sweep {
        /// List them and change nothing; exit 2 if there are any
        #[arg(long, conflicts_with = "yes")]
        dry_run: bool,
        /// Confirm what would be held
        #[arg(long)]
        yes: bool,
        #[command(flatten)]
        timeout: Timeout,
    },
}

impl Command {
    /// Does it change anything?
    pub(super) fn changes(&self) -> bool {
        !matches!(self, Self::Show | Self::Sweep { dry_run: true, .. })
    }
}

/// Runs one.
pub(super) async fn run(context: &Context, command: Command) -> Outcome {
    let service = context.service().await?;
    match command {
        Command::Show => {
            let shown = StorageShown::read(&*service.store, &service.storage).await?;
            let exit = if shown.why_not.is_some() { Exit::REFUSED } else { Exit::DONE };
            context.output.single(&shown)?;
            Ok(exit)
        }
        Command::Adopt { reason } => {
            let adopted = service.adopt_storage(&reason).await?;
            context.output.drawn(&adopted, || {
                format!(
                    "storage {} belongs to site {} now; the sweep takes nothing out of it for a day\n",
                    adopted.storage, adopted.site
                )
            })
        }
        Command::Sweep { dry_run: true, .. } => preview(context, &service.sweep_preview().await?),
        Command::Sweep { yes, timeout, .. } => {
            let mut waiting = Waiting::begin(service.clone(), timeout.timeout);
            let swept = sweep(context, &service, &mut waiting, yes).await;
            waiting.end().await;
            done(context, &swept?)
        }
    }
}

fn preview(context: &Context, preview: &SweepPreview) -> Outcome {
    let exit = match (preview.held, preview.orphans) {
        (Some(_), _) => Exit::REFUSED,
        (None, 0) => Exit::DONE,
        (None, _) => Exit::CHANGES,
    };
    match context.output.format {
        Format::Table if preview.items.is_empty() => context.output.text("nothing to do\n")?,
        Format::Table => {
            context.output.items(&preview.items, &ORPHANS)?;
        }
        Format::Json | Format::Jsonl => {
            context.output.single(preview)?;
        }
    }
    if preview.strangers > 0 {
        let n = preview.strangers;
        context.output.note(&format!("{n} files by other names are left alone; `segdeck doctor` names some"));
    }
    if let Some(why) = preview.held {
        context.output.note(&held(preview.orphans, why));
    }
    Ok(exit)
}

const ORPHANS: Columns<Orphan> = Columns {
    head: &["FILE", ">SIZE", "WRITTEN"],
    cells: |orphan| vec![orphan.key.clone(), show::size(orphan.size), show::time(orphan.modified_at)],
};

async fn sweep(
    context: &Context,
    service: &Service,
    waiting: &mut Waiting,
    confirm: bool,
) -> Result<SweepResult, Failure> {
    let request = service.request_sweep(confirm).await?;
    let goal = Goal {
        keys: keys::sweep().as_str().to_owned(),
        what: "the sweep of shared storage".to_owned(),
        look: "segdeck storage sweep --dry-run".to_owned(),
    };
    let mut progress = Progress::new(context.output.format);
    waiting
        .until(&goal, async |service| {
            let result = service.sweep_result(request.id).await?;
            if result.is_none() {
                progress.show("looking at shared storage");
            }
            Ok(result)
        })
        .await
}

/// What a sweep did.
#[derive(Debug, Serialize)]
struct Swept<'a> {
    moved: usize,
    held: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<Hold>,
    first: &'a [String],
}

fn done(context: &Context, result: &SweepResult) -> Outcome {
    let SweepResult { moved, held: waiting, why, .. } = *result;
    let swept = Swept { moved, held: waiting, why, first: &result.first };
    context.output.drawn(&swept, || match (moved, waiting) {
        (0, 0) => "nothing to do\n".to_owned(),
        (moved, 0) => format!("{moved} files without a record were moved to the trash\n"),
        (_, waiting) => format!("{waiting} files without a record are held\n"),
    })?;
    match why {
        Some(why) => {
            context.output.note(&held(waiting, why));
            Ok(Exit::REFUSED)
        }
        None => Ok(Exit::DONE),
    }
}

fn held(files: usize, why: Hold) -> String {
    let because = match why {
        Hold::Share => "they are more than a tenth of all files, with those of the last week",
        Hold::SteppedBack => "the records were put back to an older state within the last day",
        Hold::Adopted => "the storage was adopted within the last day",
        Hold::Unreadable => "some entries of the trash cannot be read, and the files may be theirs",
    };
    format!(
        "{files} files are held: {because}; `segdeck storage sweep --dry-run` lists them, `segdeck storage sweep --yes` moves them to the trash"
    )
}
