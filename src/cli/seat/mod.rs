//! `segdeck seat`

mod drift;
mod shown;
mod verify;

use std::io::Read as _;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use serde_json::json;

use crate::cli::context::Context;
use crate::cli::exit::{EXIT_CODES, Failure, Outcome};
use crate::cli::output::Columns;
use crate::cli::paging::Paging;
use crate::cli::seen_argument::SeenArgument;
use crate::cli::show;
use crate::domain::seat::SeatInput;
use crate::domain::seat_file;
use crate::domain::words::say;
use crate::domain::{Seat, SeatId, plainly};
use crate::service::{Code, ServiceError};

/// The commands.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Seats, a page at a time
    #[command(after_help = EXIT_CODES)]
    List(Paging),
    /// What is on a seat, and what happened there, newest first
    #[command(after_help = EXIT_CODES)]
    Show {
        /// Its id
        id: SeatId,
    },
    /// Seats that lack what is bound to them, or have what is not; exit 2 if there are any
    #[command(after_help = EXIT_CODES)]
    Drift,
    /// Ask the platform what is installed on seats and compare it with the records; exit 1 if any differs
    #[command(after_help = EXIT_CODES)]
    Verify(verify::Arguments),
    /// Add a seat
    #[command(after_help = EXIT_CODES)]
    Add {
        /// Its id
        id: SeatId,
        /// The address the platform knows the device by
        #[arg(long)]
        ip: IpAddr,
        /// The group it belongs to
        #[arg(long, default_value = "", hide_default_value = true)]
        group: String,
        /// A word for filters; may be repeated
        #[arg(long = "tag", value_name = "TAG")]
        tags: Vec<String>,
        /// Free text
        #[arg(long, default_value = "", hide_default_value = true)]
        note: String,
    },
    /// Remove a seat; refused while something is installed on it
    #[command(after_help = EXIT_CODES)]
    Remove {
        /// Its id
        id: SeatId,
        #[command(flatten)]
        seen: SeenArgument,
    },
    /// Take a scrapped seat off every list, whatever is installed on it
    #[command(after_help = EXIT_CODES)]
    Forget {
        /// Its id
        id: SeatId,
        /// Why; the audit trail keeps it
        #[arg(long, value_name = "TEXT")]
        reason: String,
        #[command(flatten)]
        seen: SeenArgument,
    },
    /// Add and update seats from a file, all or nothing
    #[command(after_help = IMPORT_HELP)]
    Import {
        /// CSV with the head `id,ip,group,tags,note`, or TOML with `[[seats]]`
        file: PathBuf,
        #[command(flatten)]
        seen: SeenArgument,
    },
}

impl Command {
    /// Does it change records, files or seats?
    pub(super) fn changes(&self) -> bool {
        match self {
            Self::List(_) | Self::Show { .. } | Self::Drift => false,
            Self::Verify(arguments) => arguments.adopt,
            Self::Add { .. } | Self::Remove { .. } | Self::Forget { .. } | Self::Import { .. } => true,
        }
    }
}

const IMPORT_HELP: &str = "\
A CSV file begins with its head; tags are split by `;`:
  id,ip,group,tags,note
  seat-001,10.20.0.1,bridge,radar;left,beside the door

A TOML file:
  [[seats]]
  id = \"seat-001\"
  ip = \"10.20.0.1\"
  group = \"bridge\"
  tags = [\"radar\", \"left\"]

Nothing is imported when a line is bad; it is named.";

/// Runs one.
pub(super) async fn run(context: &Context, command: Command) -> Outcome {
    match command {
        Command::List(paging) => {
            let listed = context.service().await?.list_seats(&paging.request()).await?;
            context.output.list(&listed, &COLUMNS)
        }
        Command::Show { id } => shown::run(context, &id).await,
        Command::Drift => drift::run(context).await,
        Command::Verify(arguments) => verify::run(context, arguments).await,
        Command::Add { id, ip, group, tags, note } => {
            let seat = SeatInput { id, ip, group, tags, note };
            let added = context.service().await?.add_seat(&seat).await?;
            context.output.single(&added)
        }
        Command::Remove { id, seen } => {
            context.service().await?.remove_seat(&id, seen.seen()).await?;
            context.output.drawn(&json!({ "id": id, "removed": true }), || format!("{id} is removed\n"))
        }
        Command::Forget { id, reason, seen } => {
            if reason.trim().is_empty() {
                return Err(Failure::usage(
                    "--reason is empty; the audit trail keeps why a seat was forgotten",
                ));
            }
            context.service().await?.forget_seat(&id, &reason, seen.seen()).await?;
            context.output.drawn(&json!({ "id": id, "forgotten": true }), || format!("{id} is forgotten\n"))
        }
        Command::Import { file, seen } => {
            // Read before the store is opened: a bad line is told without one.
            let seats = read(&file)?;
            let result = context.service().await?.import_seats(&seats, seen.seen()).await?;
            context.output.drawn(&result, || {
                format!(
                    "{} added, {} updated, {} unchanged\n",
                    result.added, result.updated, result.unchanged
                )
            })
        }
    }
}

/// The seats of a file.
fn read(path: &Path) -> Result<Vec<SeatInput>, Failure> {
    seat_file::Kind::of(path).map_err(|error| Failure::invalid(error.to_string()))?;
    let mut bytes = Vec::new();
    let read =
        std::fs::File::open(path).and_then(|file| file.take(seat_file::MAX_FILE + 1).read_to_end(&mut bytes));
    read.map_err(|error| {
        let code = if error.kind() == std::io::ErrorKind::NotFound { Code::NotFound } else { Code::Failed };
        ServiceError::new(
            code,
            say!("path-unreadable", path = path.display().to_string(), reason = plainly(error)),
        )
    })?;
    seat_file::parse(path, &bytes).map_err(|error| Failure::invalid(error.to_string()))
}

const COLUMNS: Columns<Seat> = Columns {
    head: &["ID", "IP", "GROUP", "TAGS", "NOTE"],
    cells: |seat| {
        vec![
            seat.id.to_string(),
            seat.ip.to_string(),
            show::text(&seat.group),
            seat.tags.iter().map(show::text).collect::<Vec<_>>().join(" "),
            show::text(&seat.note),
        ]
    },
};
