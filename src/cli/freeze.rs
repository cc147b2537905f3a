//! `segdeck freeze` and `segdeck unfreeze`, and the note of a freeze beside what it holds up.

use clap::Args;
use serde_json::{Value, json};

use super::context::Context;
use super::exit::{EXIT_CODES, Outcome};
use super::show;
use crate::domain::Freeze;
use crate::service::Service;

/// Arguments of `freeze`.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub(super) struct Arguments {
    /// Why; every console shows it. Without, it is told whether there is a freeze
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

impl Arguments {
    /// Does it change anything, or only tell?
    pub(super) fn changes(&self) -> bool {
        self.reason.is_some()
    }
}

/// No new task is sent from now on; or tells whether that is so.
pub(super) async fn begin(context: &Context, arguments: Arguments) -> Outcome {
    let service = context.service().await?;
    let Some(reason) = arguments.reason else {
        let freeze = service.frozen().await?;
        return context.output.drawn(&shown(freeze.as_ref()), || match &freeze {
            Some(freeze) => says(freeze) + "\n",
            None => "not frozen: installs go on; `segdeck freeze --reason TEXT` holds them up\n".to_owned(),
        });
    };
    let freeze = service.freeze(&reason).await?;
    context.output.drawn(&shown(Some(&freeze)), || {
        "frozen: no new task is sent to any seat; those in work come to their end\n".to_owned()
    })
}

/// Tasks are sent again.
pub(super) async fn end(context: &Context) -> Outcome {
    context.service().await?.unfreeze().await?;
    context.output.drawn(&shown(None), || "lifted: installs go on\n".to_owned())
}

/// The JSON of both: `frozen`, and of a freeze its reason, by whom and since when.
fn shown(freeze: Option<&Freeze>) -> Value {
    match freeze {
        Some(Freeze { reason, by, since, .. }) => {
            json!({ "frozen": true, "reason": reason, "by": by, "since": since })
        }
        None => json!({ "frozen": false }),
    }
}

/// A freeze in a line.
pub(super) fn says(freeze: &Freeze) -> String {
    format!(
        "frozen by {} since {}: {}; nothing is sent until `segdeck unfreeze`",
        freeze.by.shown(),
        show::time(freeze.since),
        freeze.reason.shown()
    )
}

/// Notes a freeze, if there is one: what is told or asked for beside it does not go on.
pub(super) async fn note(context: &Context, service: &Service) {
    match service.frozen().await {
        Ok(None) => {}
        Ok(Some(freeze)) => context.output.note(&says(&freeze)),
        // One that cannot be read holds up as well.
        Err(error) => context.output.note(&format!("is there a freeze? {}", error.message)),
    }
}
