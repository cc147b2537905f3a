//! `segdeck segment`

mod delete;
mod file;
mod inspect;
mod publish;
mod repair;
mod rollback;
mod upload;
mod verify;

pub(super) use self::publish::published;

use clap::Subcommand;
use serde::Serialize;
use serde_json::Value;

use super::context::Context;
use super::exit::{EXIT_CODES, Exit, Outcome};
use super::output::{self, Columns};
use super::paging::Paging;
use super::show;
use crate::domain::{Prefix, Segment, SegmentId, Version};
use crate::service::SegmentView;

/// The commands.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Is there such a segment? Exit 0 if there is, 4 if not
    #[command(after_help = EXIT_CODES)]
    Exists {
        /// The short identifier that all versions share
        prefix: Prefix,
        /// The version
        version: Version,
    },
    /// Read segment files as an upload would, and keep nothing; needs no store
    #[command(after_help = EXIT_CODES)]
    Inspect(inspect::Arguments),
    /// Upload segment files (.zip goes to SDP, .mpk to the 15s store)
    #[command(after_help = EXIT_CODES)]
    Upload(upload::Arguments),
    /// Segments, a page at a time
    #[command(after_help = EXIT_CODES)]
    List(Paging),
    /// One segment with its bound and installed seats
    #[command(after_help = EXIT_CODES)]
    Show {
        /// PREFIX@VERSION
        id: SegmentId,
    },
    /// All versions of a segment, newest first
    #[command(after_help = EXIT_CODES)]
    Versions {
        /// PREFIX@VERSION
        id: SegmentId,
    },
    /// Read files in shared storage again and compare them with their records; exit 1 if any is not as it was
    #[command(after_help = EXIT_CODES)]
    Verify(verify::Arguments),
    /// Publish again after it failed
    #[command(after_help = EXIT_CODES)]
    Retry(publish::Arguments),
    /// Plan the version that was on each seat before this one; --yes goes back to it
    Rollback(rollback::Arguments),
    /// Delete a segment here and on its platform
    #[command(after_help = EXIT_CODES)]
    Delete(delete::Arguments),
}

impl Command {
    /// Does it change records, files or seats?
    pub(super) fn changes(&self) -> bool {
        match self {
            Self::Exists { .. }
            | Self::Inspect(_)
            | Self::List(_)
            | Self::Show { .. }
            | Self::Versions { .. } => false,
            // What it finds is told in any case; a process that only looks does not note it.
            Self::Verify(arguments) => arguments.repair,
            Self::Rollback(arguments) => arguments.yes,
            Self::Upload(_) | Self::Retry(_) | Self::Delete(_) => true,
        }
    }
}

/// The answer of `exists`.
#[derive(Debug, Serialize)]
struct Exists {
    id: SegmentId,
    exists: bool,
}

/// Runs one.
pub(super) async fn run(context: &Context, command: Command) -> Outcome {
    match command {
        Command::Exists { prefix, version } => {
            let id = SegmentId::new(prefix, version);
            let exists = context.service().await?.exists(&id).await?;
            context.output.drawn(&Exists { id: id.clone(), exists }, || {
                format!("{id} {}\n", if exists { "exists" } else { "does not exist" })
            })?;
            Ok(if exists { Exit::DONE } else { Exit::NOT_FOUND })
        }
        Command::Inspect(arguments) => inspect::run(context, arguments).await,
        Command::Upload(arguments) => upload::run(context, arguments).await,
        Command::List(paging) => {
            let listed = context.service().await?.list_segments(&paging.request()).await?;
            context.output.list(&listed, &COLUMNS)
        }
        Command::Show { id } => {
            let shown = context.service().await?.show_segment(&id).await?;
            context.output.drawn(&shown, || output::fields(&with_md5(&shown)))
        }
        Command::Versions { id } => {
            let listed = context.service().await?.versions(&id).await?;
            context.output.list(&listed, &COLUMNS)
        }
        Command::Verify(arguments) => verify::run(context, arguments).await,
        Command::Retry(arguments) => publish::retry(context, arguments).await,
        Command::Rollback(arguments) => rollback::run(context, arguments).await,
        Command::Delete(arguments) => delete::run(context, arguments).await,
    }
}

/// A segment as a table shows it: a sum that somebody looks for says why it is not there.
fn with_md5(shown: &SegmentView) -> Value {
    let mut value = serde_json::to_value(shown).unwrap_or_default();
    if shown.segment.md5.is_none()
        && let Value::Object(fields) = &mut value
    {
        fields
            .insert("md5".to_owned(), "not known yet; the controllers compute it when they are idle".into());
    }
    value
}

/// How lists show a segment.
const COLUMNS: Columns<Segment> = Columns {
    head: &["ID", "NAME", "FORMAT", ">SIZE", "REMOTE", "STATE", "CREATED"],
    cells: |segment| {
        vec![
            segment.id.to_string(),
            show::text(&segment.name),
            segment.format.as_str().to_owned(),
            show::size(segment.file_size),
            segment.remote.to_string(),
            state(segment),
            show::time(segment.created_at),
        ]
    },
};

/// Where a segment stands, and that its file is not well.
fn state(segment: &Segment) -> String {
    let state = match &segment.delete_status {
        Some(status) => format!("delete {}", status.state.as_str()),
        None => segment.create_status.state.as_str().to_owned(),
    };
    match segment.file_state {
        Some(file) => format!("{state}, file {}", file.as_str()),
        None => state,
    }
}
