//! `segdeck sync`

use clap::Args;
use serde::Serialize;

use super::context::Context;
use super::exit::{EXIT_CODES, Exit, Failure, Outcome};
use super::output::Columns;
use super::progress::Progress;
use super::span::Timeout;
use super::wait::{Goal, Waiting};
use crate::domain::RemoteKind;
use crate::domain::sync::{SyncItem, SyncOutcome};
use crate::service::Service;
use crate::store::keys;

/// Arguments.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub(super) struct Arguments {
    /// Only this platform: sdp or store15s
    #[arg(long)]
    remote: Option<RemoteKind>,
    /// Print the difference and change nothing; exit 2 if there is one
    #[arg(long, conflicts_with = "yes")]
    dry_run: bool,
    /// Confirm removals that would be held
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    timeout: Timeout,
}

impl Arguments {
    /// Does it change records, files or seats?
    pub(super) fn changes(&self) -> bool {
        !self.dry_run
    }
}

/// The outcome of one remote.
#[derive(Debug, Serialize)]
struct Item {
    remote: RemoteKind,
    #[serde(flatten)]
    outcome: SyncOutcome,
}

/// Synchronises every configured platform, or the one that was named.
pub(super) async fn run(context: &Context, arguments: Arguments) -> Outcome {
    let service = context.service().await?;
    let remotes: Vec<RemoteKind> = match arguments.remote {
        Some(remote) => vec![remote],
        None => service.remotes.configured().collect(),
    };
    if remotes.is_empty() {
        return Err(Failure::unavailable(
            "no platform is configured; set sdp.endpoint or store15s.endpoint in the settings",
        ));
    }
    let (items, failure) = if arguments.dry_run {
        difference(&service, &remotes).await
    } else {
        let mut waiting = Waiting::begin(service.clone(), arguments.timeout.timeout);
        let done = synchronise(context, &service, &mut waiting, &remotes, arguments.yes).await;
        waiting.end().await;
        done
    };
    if failure.is_none() || !items.is_empty() {
        print(context, &items)?;
    }
    match failure {
        Some(failure) => Err(failure),
        None => Ok(exit(&items, arguments.dry_run)),
    }
}

fn exit(items: &[Item], dry_run: bool) -> Exit {
    let any =
        |part: fn(&SyncOutcome) -> &Vec<SyncItem>| items.iter().any(|item| !part(&item.outcome).is_empty());
    if any(|outcome| &outcome.held) {
        Exit::REFUSED
    } else if dry_run
        && (any(|outcome| &outcome.added)
            || any(|outcome| &outcome.removed)
            || any(|outcome| &outcome.refetched))
    {
        Exit::CHANGES
    } else if any(|outcome| &outcome.failed) {
        Exit::FAILED
    } else {
        Exit::DONE
    }
}

async fn difference(service: &Service, remotes: &[RemoteKind]) -> (Vec<Item>, Option<Failure>) {
    let mut items = Vec::new();
    for remote in remotes {
        match service.sync_difference(*remote).await {
            Ok(outcome) => items.push(Item { remote: *remote, outcome }),
            Err(error) => return (items, Some(error.into())),
        }
    }
    (items, None)
}

/// What could be done for one platform is told even if another one is away.
async fn synchronise(
    context: &Context,
    service: &Service,
    waiting: &mut Waiting,
    remotes: &[RemoteKind],
    confirm: bool,
) -> (Vec<Item>, Option<Failure>) {
    let mut items = Vec::new();
    let mut failure = None;
    for remote in remotes {
        match one(context, service, waiting, *remote, confirm).await {
            Ok(outcome) => items.push(Item { remote: *remote, outcome }),
            Err(Failure::Service(error)) => failure = Some(Failure::Service(error)),
            Err(other) => return (items, Some(other)),
        }
    }
    (items, failure)
}

async fn one(
    context: &Context,
    service: &Service,
    waiting: &mut Waiting,
    remote: RemoteKind,
    confirm: bool,
) -> Result<SyncOutcome, Failure> {
    let request = service.request_sync(remote, confirm).await?;
    let goal = Goal {
        keys: keys::sync(remote).as_str().to_owned(),
        what: format!("the data sync of {remote}"),
        look: "segdeck sync --dry-run".to_owned(),
    };
    let mut progress = Progress::new(context.output.format);
    let result = waiting
        .until(&goal, async |service| {
            let result = service.sync_result(remote, request.id).await?;
            if result.is_none() {
                progress.show(&format!("{remote}: synchronising"));
            }
            Ok(result)
        })
        .await?;
    match result.error {
        Some(error) => Err(Failure::unavailable(format!(
            "the data sync of {remote} failed: {}; run it again to finish it",
            error.raw()
        ))),
        None => Ok(result.outcome),
    }
}

fn print(context: &Context, items: &[Item]) -> Outcome {
    if context.output.format == super::output::Format::Table {
        let rows: Vec<Row> = items.iter().flat_map(rows).collect();
        if rows.is_empty() {
            context.output.text("nothing to do\n")?;
            return Ok(Exit::DONE);
        }
        return context.output.items(&rows, &ROWS);
    }
    context.output.items(items, &Columns { head: &[], cells: |_| Vec::new() })
}

/// Most seats that a line names.
const NAMED: usize = 3;

/// A line of the table.
#[derive(Debug, Serialize)]
struct Row(RemoteKind, &'static str, SyncItem);

const ROWS: Columns<Row> = Columns {
    head: &["REMOTE", "WHAT", "ID", "UID", "SEATS", "REASON"],
    cells: |Row(remote, what, item)| {
        vec![
            remote.to_string(),
            (*what).to_owned(),
            item.id.to_string(),
            item.uid.clone(),
            item.seats_in_short(NAMED).map(|seats| seats.to_string()).unwrap_or_default(),
            item.reason.as_ref().map(|reason| reason.raw().to_owned()).unwrap_or_default(),
        ]
    },
};

fn rows(item: &Item) -> impl Iterator<Item = Row> {
    let outcome = &item.outcome;
    let remote = item.remote;
    [
        ("added", &outcome.added),
        ("removed", &outcome.removed),
        ("held", &outcome.held),
        ("refetched", &outcome.refetched),
        ("failed", &outcome.failed),
    ]
    .into_iter()
    .flat_map(move |(what, items)| items.iter().map(move |item| Row(remote, what, item.clone())))
}
