//! `segdeck segment retry`, and waiting until a segment is published.

use clap::Args;

use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::progress::Progress;
use crate::cli::seen_argument::SeenArgument;
use crate::cli::span::Timeout;
use crate::cli::wait::{Goal, Waiting};
use crate::domain::{CreateState, FreeText, Segment, SegmentId};
use crate::store::keys;

/// Arguments of `retry`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// PREFIX@VERSION
    id: SegmentId,
    #[command(flatten)]
    seen: SeenArgument,
    /// Wait until it is published, or failed again
    #[arg(long)]
    wait: bool,
    #[command(flatten)]
    timeout: Timeout,
}

/// Begins a new generation of tries.
pub(super) async fn retry(context: &Context, arguments: Arguments) -> Outcome {
    let service = context.service().await?;
    let segment = service.retry_create(&arguments.id, arguments.seen.seen()).await?;
    if !arguments.wait {
        return context.output.single(&segment);
    }
    published(context, &arguments.id, arguments.timeout).await
}

/// Waits until a segment is published, or failed, and prints it.
pub(in crate::cli) async fn published(context: &Context, id: &SegmentId, timeout: Timeout) -> Outcome {
    let mut waiting = Waiting::begin(context.service().await?, timeout.timeout);
    let segment = until_published(context, &mut waiting, id).await;
    waiting.end().await;
    ended(context, &segment?)
}

/// Prints how publishing ended.
pub(super) fn ended(context: &Context, segment: &Segment) -> Outcome {
    context.output.single(segment)?;
    Ok(if segment.create_status.state == CreateState::Succeeded { Exit::DONE } else { Exit::FAILED })
}

/// Waits for the end of a creation; shows every change.
pub(super) async fn until_published(
    context: &Context,
    waiting: &mut Waiting,
    id: &SegmentId,
) -> Result<Segment, Failure> {
    let mut progress = Progress::new(context.output.format);
    let goal = Goal {
        keys: keys::segment(id).as_str().to_owned(),
        what: format!("publishing {id}"),
        look: format!("segdeck segment show {id}"),
    };
    let segment = waiting
        .until(&goal, async |service| {
            let segment = service.segment(id).await?;
            if segment.create_status.state.is_terminal() {
                return Ok(Some(segment));
            }
            progress.show(&line(&segment));
            Ok(None)
        })
        .await?;
    progress.finish(&line(&segment));
    Ok(segment)
}

fn line(segment: &Segment) -> String {
    let status = &segment.create_status;
    let mut line = format!("{}: publishing to {} {}", segment.id, segment.remote, status.state.as_str());
    if status.retry_count > 0 {
        line += &format!(", retry {}", status.retry_count);
    }
    if let Some(reason) = &status.reason {
        line += &format!(": {}", FreeText::shown(reason));
    }
    line
}
