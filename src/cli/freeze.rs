//! `segdeck freeze` and `segdeck unfreeze`

use clap::Args;
use serde_json::json;

use super::context::Context;
use super::exit::{EXIT_CODES, Outcome};

/// Arguments of `freeze`.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub(super) struct Arguments {
    /// Why; every console shows it
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

/// No new task is sent from now on.
pub(super) async fn begin(context: &Context, arguments: Arguments) -> Outcome {
    let freeze = context.service().await?.freeze(&arguments.reason).await?;
    context.output.drawn(&freeze, || {
        "frozen: no new task is sent to any seat; those in work come to their end\n".to_owned()
    })
}

/// Tasks are sent again.
pub(super) async fn end(context: &Context) -> Outcome {
    context.service().await?.unfreeze().await?;
    context.output.drawn(&json!({ "frozen": false }), || "lifted: installs go on\n".to_owned())
}
