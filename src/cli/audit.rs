//! `segdeck audit`

use clap::Subcommand;

use super::context::Context;
use super::exit::{EXIT_CODES, Outcome};
use super::output::Columns;
use super::paging::Paging;
use super::show;
use crate::domain::audit::AuditEntry;

/// The commands.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Who did what, newest first, a page at a time
    #[command(after_help = EXIT_CODES)]
    List(Paging),
}

/// Runs one.
pub(super) async fn run(context: &Context, command: Command) -> Outcome {
    let Command::List(paging) = command;
    let listed = context.service().await?.list_audit(&paging.request()).await?;
    context.output.list(&listed, &COLUMNS)
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
