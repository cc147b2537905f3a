//! `segdeck remote`: which platforms the records belong to.

use clap::Subcommand;

use super::context::Context;
use super::exit::{EXIT_CODES, Exit, Outcome};
use super::output::Columns;
use super::show;
use crate::domain::RemoteKind;
use crate::service::{PlatformShown, PlatformState};

/// The commands.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// The platform of each remote: which one the records belong to, and which one answers
    #[command(after_help = EXIT_CODES)]
    Show,
    /// Let the platform that answers now take the place of the one that the records belonged to
    #[command(after_help = EXIT_CODES)]
    Adopt {
        /// Which one: sdp or store15s
        remote: RemoteKind,
        /// Why; it stays in the records and in the audit trail
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
}

impl Command {
    /// Does it change anything?
    pub(super) fn changes(&self) -> bool {
        match self {
            Self::Show => false,
            Self::Adopt { .. } => true,
        }
    }
}

/// Shows or adopts.
pub(super) async fn run(context: &Context, command: Command) -> Outcome {
    match command {
        Command::Show => shown(context).await,
        Command::Adopt { remote, reason } => adopt(context, remote, &reason).await,
    }
}

const COLUMNS: Columns<PlatformShown> = Columns {
    head: &["REMOTE", "STATE", "ENDPOINT", "PINNED", "SINCE", "FOUND", "REASON"],
    cells: |shown| {
        vec![
            shown.remote.to_string(),
            shown.state.as_str().to_owned(),
            shown.endpoint.clone(),
            shown.pinned.clone().unwrap_or_default(),
            show::time_or_none(shown.pinned_at),
            shown.found.clone().unwrap_or_default(),
            shown.reason.as_ref().map(ToString::to_string).unwrap_or_default(),
        ]
    },
};

async fn shown(context: &Context) -> Outcome {
    let all = context.service().await?.platforms().await?;
    context.output.items(&all, &COLUMNS)?;
    let is_any = |state| all.iter().any(|shown| shown.state == state);
    Ok(if is_any(PlatformState::Other) {
        Exit::REFUSED
    } else if is_any(PlatformState::Away) {
        Exit::UNAVAILABLE
    } else {
        Exit::DONE
    })
}

async fn adopt(context: &Context, remote: RemoteKind, reason: &str) -> Outcome {
    let adopted = context.service().await?.adopt_platform(remote, reason).await?;
    context.output.drawn(&adopted, || {
        let named = |platform: &Option<String>| match platform {
            Some(platform) => format!("platform {platform}"),
            None => "a platform without an identity".to_owned(),
        };
        let (before, now) = (named(&adopted.before), named(&adopted.platform));
        match adopted.changed {
            true => format!("the records of {remote} belong to {now} from now on; before: {before}\n"),
            false => format!("the records of {remote} belong to {now} already; nothing was changed\n"),
        }
    })
}
