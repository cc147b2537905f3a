//! `segdeck controller`

use clap::{Args, Subcommand};
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use super::context::Context;
use super::exit::{EXIT_CODES, Exit, Failure, Outcome};
use super::{freeze, log, show, signals};
use crate::controllers::{self, Lead};
use crate::domain::Freeze;
use crate::domain::words::word;
use crate::service::Standing;
use crate::store::{LeaderRecord, Leadership};

/// Arguments.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub(super) struct Arguments {
    /// None: run until Ctrl-C or SIGTERM
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Who leads, and may this process?
    #[command(after_help = EXIT_CODES)]
    Status,
}

impl Arguments {
    /// Does it drive, or only tell?
    pub(super) fn changes(&self) -> bool {
        match self.command {
            None => true,
            Some(Command::Status) => false,
        }
    }
}

/// The answer of `status`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    #[serde(skip_serializing_if = "Option::is_none")]
    leader: Option<LeaderRecord>,
    /// The record of one who leads no more: it lies under no lease.
    #[serde(skip_serializing_if = "Option::is_none")]
    left_over: Option<LeaderRecord>,
    may_lead: bool,
    /// No new task is sent to any seat.
    #[serde(skip_serializing_if = "Option::is_none")]
    freeze: Option<Freeze>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// Runs the controllers, or tells about them.
pub(super) async fn run(context: &Context, arguments: Arguments) -> Outcome {
    match arguments.command {
        Some(Command::Status) => status(context).await,
        None => drive(context).await,
    }
}

async fn status(context: &Context) -> Outcome {
    let service = context.service().await?;
    let (leader, left_over) = match service.leadership().await? {
        Leadership::Held(leader) => (Some(leader), None),
        Leadership::LeftOver(record) => (None, Some(record)),
        Leadership::Vacant => (None, None),
    };
    let standing = match service.standing().await {
        Ok(Standing::May) if service.settings.controllers.enabled => match service.can_change().await {
            Ok(()) => Standing::May,
            Err(error) => Standing::MayNot(error.message),
        },
        Ok(standing) if service.settings.controllers.enabled => standing,
        Ok(_) => Standing::MayNot(word!("controllers-disabled").into()),
        // A store that just told the leader is there: it is the shared storage that is away.
        Err(error) => Standing::MayNot(error.message),
    };
    let (may_lead, reason) = match standing {
        Standing::May => (true, None),
        Standing::MayNot(reason) => (false, Some(reason.to_string())),
    };
    let freeze = service.frozen().await?;
    let status = Status { leader, left_over, may_lead, freeze, reason };
    context.output.drawn(&status, || {
        let leads = match (&status.leader, &status.left_over) {
            (Some(leader), _) => format!(
                "{} (process {}) leads since {}, epoch {}",
                leader.who.shown(),
                leader.pid,
                show::time(leader.since),
                leader.epoch
            ),
            (None, Some(record)) => format!(
                "nobody leads: the record of {} (process {}, epoch {}) is left over, it lies under no lease; \
                 the next process that stands takes it away",
                record.who.shown(),
                record.pid,
                record.epoch
            ),
            (None, None) => "nobody leads".to_owned(),
        };
        let may = match &status.reason {
            Some(reason) => {
                format!("this process may not lead: {}", crate::domain::Shown::from(reason.as_str()))
            }
            None => "this process may lead".to_owned(),
        };
        let frozen = status.freeze.as_ref().map(|it| freeze::says(it) + "\n").unwrap_or_default();
        format!("{leads}\n{may}\n{frozen}")
    })?;
    Ok(if status.leader.is_none() && !status.may_lead { Exit::UNAVAILABLE } else { Exit::DONE })
}

async fn drive(context: &Context) -> Outcome {
    if !context.settings.controllers.enabled {
        return Err(Failure::invalid(
            "controllers.enabled is false in the settings, so there is nothing to run",
        ));
    }
    let ended = signals::ended();
    tokio::pin!(ended);
    let _log = log::start(context.settings.data_dir(), true)?;
    let service = context.service().await?;
    let cancel = CancellationToken::new();
    let mut controllers = controllers::start(service, cancel.clone());
    let shell = signals::obey_shell(Some(controllers.aside.clone()));
    tokio::pin!(shell);
    loop {
        tell(&controllers.lead.borrow_and_update());
        tokio::select! {
            () = &mut ended => break,
            never = &mut shell => never,
            changed = controllers.lead.changed() => if changed.is_err() { break },
        }
    }
    cancel.cancel();
    match controllers.ended.await {
        Ok(()) => {
            tracing::info!("stepped down");
            Ok(Exit::DONE)
        }
        Err(error) => Err(Failure::failed(format!("the controllers broke down: {error}"))),
    }
}

fn tell(lead: &Lead) {
    match lead {
        Lead::Starting => tracing::info!("starting"),
        Lead::Leading { since, epoch } => tracing::info!(%since, epoch, "leading"),
        Lead::Following(leader) => {
            tracing::info!(who = leader.who.raw(), pid = leader.pid, epoch = leader.epoch, "following");
        }
        Lead::Aside => tracing::info!("stepped down until the shell lets this process go on"),
        Lead::NotStanding(reason) => tracing::warn!(%reason, "not standing for election"),
        Lead::StoodBack { why, until } => {
            tracing::warn!(reason = %why, %until, "stood back, so that others can lead");
        }
        Lead::Unknown(reason) => tracing::warn!(reason, "store or shared storage is away"),
    }
}
