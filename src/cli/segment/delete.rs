//! `segdeck segment delete`

use clap::Args;
use serde_json::json;

use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::progress::Progress;
use crate::cli::seen_argument::SeenArgument;
use crate::cli::span::Timeout;
use crate::cli::wait::{Goal, Waiting};
use crate::domain::{DeleteState, Segment, SegmentId};
use crate::service::{Code, DeleteOptions};
use crate::store::keys;

/// Arguments.
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// PREFIX@VERSION
    id: SegmentId,
    /// Wait until it is gone, or refused
    #[arg(long)]
    wait: bool,
    /// Skip the trash: nothing of it can be brought back
    #[arg(long, requires = "yes")]
    purge: bool,
    /// The word that --purge needs
    #[arg(long, requires = "purge")]
    yes: bool,
    /// Leave the platform alone
    #[arg(long, requires = "reason")]
    local_only: bool,
    /// Why the platform is left alone
    #[arg(long, value_name = "TEXT", requires = "local_only")]
    reason: Option<String>,
    #[command(flatten)]
    seen: SeenArgument,
    #[command(flatten)]
    timeout: Timeout,
}

/// Asks for the deletion; waits for it on demand.
pub(super) async fn run(context: &Context, arguments: Arguments) -> Outcome {
    let service = context.service().await?;
    let id = arguments.id;
    let options =
        DeleteOptions { local_only: arguments.reason, purge: arguments.purge, seen: arguments.seen.seen() };
    let segment = service.delete(&id, &options).await?;
    if !arguments.wait {
        return context.output.single(&segment);
    }
    let mut waiting = Waiting::begin(service, arguments.timeout.timeout);
    let refused = until_gone(context, &mut waiting, &segment).await;
    waiting.end().await;
    match refused? {
        None => context.output.drawn(&json!({ "id": id, "deleted": true }), || format!("{id} is deleted\n")),
        Some(segment) => {
            context.output.single(&segment)?;
            Ok(Exit::FAILED)
        }
    }
}

/// Waits for the end of a deletion; the record where it failed.
async fn until_gone(
    context: &Context,
    waiting: &mut Waiting,
    segment: &Segment,
) -> Result<Option<Segment>, Failure> {
    let mut progress = Progress::new(context.output.format);
    let id = &segment.id;
    let goal = Goal {
        keys: keys::segment(id).as_str().to_owned(),
        what: format!("deleting {id}"),
        look: format!("segdeck segment show {id}"),
    };
    waiting
        .until(&goal, async |service| {
            let now = match service.segment(id).await {
                Err(error) if error.code == Code::NotFound => return Ok(Some(None)),
                now => now?,
            };
            // The id is free after a delete: another file under it is another segment.
            if now.storage_key != segment.storage_key {
                return Ok(Some(None));
            }
            match &now.delete_status {
                Some(status) if status.state == DeleteState::Processing => {
                    let reason = status.reason.as_ref().map(|reason| format!(": {}", reason.shown()));
                    progress.show(&format!("{id}: deleting{}", reason.unwrap_or_default()));
                    Ok(None)
                }
                _ => Ok(Some(Some(now))),
            }
        })
        .await
}
