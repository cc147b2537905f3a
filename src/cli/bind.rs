//! `segdeck bind`

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde::Serialize;

use super::context::Context;
use super::exit::{EXIT_CODES, Outcome};
use super::seats_argument::{from_file, from_list};
use super::seen_argument::SeenArgument;
use crate::domain::incarnation::Incarnation;
use crate::domain::{Prefix, SeatId, SeenAt, SegmentId};

/// The commands.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// The bound seats of a segment
    #[command(after_help = EXIT_CODES)]
    Get {
        /// PREFIX@VERSION
        id: SegmentId,
    },
    /// Replace the bound seats, for all versions of the prefix
    #[command(after_help = EXIT_CODES)]
    Set {
        /// PREFIX@VERSION
        id: SegmentId,
        #[command(flatten)]
        seats: Seats,
        #[command(flatten)]
        seen: SeenArgument,
    },
}

impl Command {
    /// Does it change records, files or seats?
    pub(super) fn changes(&self) -> bool {
        match self {
            Self::Get { .. } => false,
            Self::Set { .. } => true,
        }
    }
}

/// The new list.
#[derive(Debug, Clone, Args)]
#[group(required = true, multiple = false)]
pub(super) struct Seats {
    /// The seats
    #[arg(long, value_name = "A,B,C")]
    seats: Option<String>,
    /// The same from a file, one seat a line; `-` reads stdin
    #[arg(long, value_name = "FILE")]
    seats_from: Option<PathBuf>,
    /// No seat
    #[arg(long)]
    none: bool,
}

/// The answer of both.
#[derive(Debug, Serialize)]
struct Binding {
    prefix: Prefix,
    seats: BTreeSet<SeatId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    revision: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    incarnation: Option<Incarnation>,
}

/// Runs one.
pub(super) async fn run(context: &Context, command: Command) -> Outcome {
    let binding = match command {
        Command::Get { id } => {
            let (SeenAt { revision, incarnation }, seats) = context.service().await?.bound(&id).await?;
            Binding { prefix: id.prefix, seats, revision: Some(revision), incarnation }
        }
        Command::Set { id, seats, seen } => {
            let wanted = match (&seats.seats, &seats.seats_from) {
                (Some(list), _) => from_list("--seats", list)?,
                (None, Some(file)) => from_file(file)?,
                (None, None) => BTreeSet::new(),
            };
            let seats = context.service().await?.bind(&id, &wanted, seen.seen()).await?;
            Binding { prefix: id.prefix, seats, revision: None, incarnation: None }
        }
    };
    context.output.drawn(&binding, || binding.seats.iter().map(|seat| format!("{seat}\n")).collect())
}
