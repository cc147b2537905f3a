//! `segdeck audit`

use clap::{Args, Subcommand};

use super::context::Context;
use super::exit::{EXIT_CODES, Exit, Outcome};
use super::output::{self, Columns};
use super::paging::Paging;
use super::{show, span};
use crate::domain::Timestamp;
use crate::domain::audit::AuditEntry;
use crate::service::AuditQuery;

/// The commands.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Who did what, newest first, a page at a time
    #[command(after_help = EXIT_CODES)]
    List {
        #[command(flatten)]
        which: Which,
        #[command(flatten)]
        paging: Paging,
    },
    /// The whole trail as JSON lines, oldest first
    #[command(after_help = EXIT_CODES)]
    Export(Which),
}

/// Which entries.
#[derive(Debug, Args)]
pub(super) struct Which {
    /// By this user: alice, or alice@host
    #[arg(long, value_name = "USER")]
    user: Option<String>,
    /// About this segment, seat or install; a prefix stands for all of its versions
    #[arg(long, value_name = "ID")]
    object: Option<String>,
    /// Not before: 2026-11-01, 2026-11-01T08:00:00Z, or how long ago, e.g. 2h
    #[arg(long, value_name = "TIME", value_parser = span::moment)]
    since: Option<Timestamp>,
    /// Before this moment, written like --since
    #[arg(long, value_name = "TIME", value_parser = span::moment)]
    until: Option<Timestamp>,
}

impl Which {
    fn query(self) -> AuditQuery {
        let Self { user, object, since, until } = self;
        AuditQuery { user, object, since, until }
    }
}

/// Runs one.
pub(super) async fn run(context: &Context, command: Command) -> Outcome {
    let service = context.service().await?;
    match command {
        Command::List { which, paging } => {
            let listed = service.list_audit(&which.query(), &paging.request()).await?;
            context.output.list(&listed, &COLUMNS)
        }
        Command::Export(which) => {
            let lines = |some: &[AuditEntry]| context.output.lines(some);
            let unreadable = service.export_audit(&which.query(), lines).await?;
            if unreadable.is_empty() {
                return Ok(Exit::DONE);
            }
            output::note(&format!("records that cannot be read are left out: {}", unreadable.join(", ")));
            Ok(Exit::FAILED)
        }
    }
}

const COLUMNS: Columns<AuditEntry> = Columns {
    head: &["AT", "WHO", "FROM", "ACTION", "OBJECT", "RESULT"],
    cells: |entry| {
        vec![
            show::time(entry.at),
            show::text(&entry.who.label()),
            entry.who.ssh_client.as_ref().map(show::text).unwrap_or_default(),
            entry.action.clone(),
            entry.object.clone(),
            entry.result.clone(),
        ]
    },
};
