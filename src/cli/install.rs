//! `segdeck install`

use clap::Args;
use serde_json::json;

use super::context::Context;
use super::exit::{EXIT_CODES, Outcome};
use super::freeze;
use super::installs::follow;
use super::plan;
use super::rollout_arguments::PlanArguments;
use super::seats_argument::SeatsArguments;
use super::span::Timeout;
use super::wait::Waiting;
use crate::domain::{SeenAt, SegmentId};
use crate::service::InstallOptions;

/// Arguments.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub(super) struct Arguments {
    /// PREFIX@VERSION
    id: SegmentId,
    #[command(flatten)]
    seats: SeatsArguments,
    /// Wait until every seat is at an end; exit 0 only if all succeeded
    #[arg(long)]
    wait: bool,
    /// Needed to uninstall from more than 10 seats
    #[arg(long)]
    yes: bool,
    /// Only if nothing changed since `plan` printed this revision; with the incarnation printed beside it also only if
    /// the store was not restored since
    #[arg(long, value_name = "N|INCARNATION:N")]
    if_revision: Option<SeenAt>,
    #[command(flatten)]
    timeout: Timeout,
    #[command(flatten)]
    plan: PlanArguments,
}

/// Asks for the install; waits for it on demand.
pub(super) async fn run(context: &Context, arguments: Arguments) -> Outcome {
    let wanted = arguments.seats.wanted()?;
    let service = context.service().await?;
    let asked = arguments.plan.options()?;
    let options = InstallOptions { seen: arguments.if_revision, confirmed: arguments.yes, ..asked };
    let Some(view) = service.install(&arguments.id, &wanted, &options).await? else {
        let unchanged = json!({ "segmentId": arguments.id, "changed": false });
        return context.output.drawn(&unchanged, || format!("{}: nothing to do\n", arguments.id));
    };
    plan::skipped(context, &view.skipped);
    freeze::note(context, &service).await;
    if !arguments.wait {
        return context.output.drawn(&view.requested(), || {
            format!(
                "{}: {} to install on {}, {} to uninstall from; `segdeck installs watch {}` follows it\n",
                view.record.id,
                view.install_seat_list.len(),
                arguments.id,
                view.uninstall_seat_list.len(),
                view.record.id
            )
        });
    }
    let mut waiting = Waiting::begin(service, arguments.timeout.timeout);
    let ended = follow::to_its_end(context, &mut waiting, &view.record).await;
    let outcome = match ended {
        Ok(_) => follow::ended(context, view.record.id).await,
        Err(failure) => Err(failure),
    };
    waiting.end().await;
    outcome
}
