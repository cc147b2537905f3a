//! `segdeck trash`: what was deleted, brought back or emptied.

use std::collections::BTreeSet;
use std::time::Duration;

use clap::{Args, Subcommand};
use serde_json::json;

use super::context::Context;
use super::exit::{EXIT_CODES, Failure, Outcome};
use super::output::Columns;
use super::paging::Paging;
use super::progress::Progress;
use super::segment;
use super::show;
use super::span::Timeout;
use super::wait::{Goal, Waiting};
use crate::domain::{RecordId, span};
use crate::service::{InTrash, TrashShown};
use crate::store::keys;

/// The commands.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// What was deleted and can be brought back, newest first
    #[command(after_help = EXIT_CODES)]
    List(Paging),
    /// Bring a segment back: record, manifest, binding and file; it is published again where that is needed
    #[command(after_help = EXIT_CODES)]
    Restore {
        /// An entry's id, or PREFIX@VERSION
        entry: InTrash,
        /// Wait until it is published again
        #[arg(long)]
        wait: bool,
        #[command(flatten)]
        timeout: Timeout,
    },
    /// Delete for good, one entry or all; returns when nothing is left of them
    Empty(Empty),
}

/// Arguments of `empty`.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub(super) struct Empty {
    /// An entry's id, or PREFIX@VERSION; all entries if none is named
    entry: Option<InTrash>,
    /// Only what was deleted longer ago than this, e.g. 3d
    #[arg(long, value_name = "DURATION", value_parser = span::parse, conflicts_with = "entry")]
    older: Option<Duration>,
    /// Yes: nothing of it can be brought back
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    timeout: Timeout,
}

impl Command {
    /// Does it change anything?
    pub(super) fn changes(&self) -> bool {
        !matches!(self, Self::List(_))
    }
}

/// Runs one.
pub(super) async fn run(context: &Context, command: Command) -> Outcome {
    let service = context.service().await?;
    match command {
        Command::List(paging) => context.output.list(&service.list_trash(&paging.request()).await?, &COLUMNS),
        Command::Restore { entry, wait, timeout } => {
            let segment = service.restore(&entry).await?;
            match wait {
                true => segment::published(context, &segment.id, timeout).await,
                false => context.output.single(&segment),
            }
        }
        Command::Empty(arguments) => empty(context, arguments).await,
    }
}

const COLUMNS: Columns<TrashShown> = Columns {
    head: &["ENTRY", "ID", "NAME", ">SIZE", "DELETED", "BY", "CAUSE", "UNTIL"],
    cells: |TrashShown { entry, expires_at }| {
        vec![
            entry.id.to_string(),
            entry.segment_id.to_string(),
            show::text(&entry.name),
            show::size(entry.file_size),
            show::time(entry.at),
            show::text(&entry.by),
            entry.cause.as_str().to_owned(),
            if entry.emptying { "being emptied".to_owned() } else { show::time_or_none(*expires_at) },
        ]
    },
};

async fn empty(context: &Context, arguments: Empty) -> Outcome {
    let service = context.service().await?;
    if !arguments.yes {
        let what = arguments.entry.map_or("the trash".to_owned(), |entry| entry.to_string());
        return Err(Failure::refused(format!(
            "what is emptied cannot be brought back; `segdeck trash list` shows it, --yes empties {what}"
        )));
    }
    // Who leads may be this process: it stands while entries are still being marked.
    let mut waiting = Waiting::begin(service.clone(), arguments.timeout.timeout);
    let emptied = async {
        let marked = service.empty_trash(arguments.entry.as_ref(), arguments.older).await?;
        until_gone(context, &mut waiting, &marked).await?;
        Ok::<_, Failure>(marked)
    };
    let emptied = emptied.await;
    waiting.end().await;
    let n = emptied?.len();
    context.output.drawn(&json!({ "emptied": n }), || format!("{n} entries are gone\n"))
}

/// Waits until none of the entries is left; an entry goes last, after its file.
async fn until_gone(context: &Context, waiting: &mut Waiting, marked: &[RecordId]) -> Result<(), Failure> {
    let marked: BTreeSet<String> = marked.iter().map(|id| keys::trash(*id).as_str().to_owned()).collect();
    let goal = Goal {
        keys: keys::TRASH.to_owned(),
        what: "emptying the trash".to_owned(),
        look: "segdeck trash list".to_owned(),
    };
    let mut progress = Progress::new(context.output.format);
    waiting
        .until(&goal, async |service| {
            let left = service.trash_left(&marked).await?;
            if left > 0 {
                progress.show(&format!("emptying the trash: {left} of {} entries left", marked.len()));
                return Ok(None);
            }
            Ok(Some(()))
        })
        .await
}
