//! `segdeck installs`

pub(super) mod follow;
mod shown;

use clap::{Args, Subcommand};

use super::context::Context;
use super::exit::{EXIT_CODES, Exit, Outcome};
use super::freeze;
use super::output::Columns;
use super::paging::Paging;
use super::seen_argument::SeenArgument;
use super::show;
use super::span::Timeout;
use super::wait::Waiting;
use crate::domain::install::Command as Control;
use crate::domain::{InstallLog, RecordId, SeatState};

/// The commands.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Installs, newest first, a page at a time
    #[command(after_help = EXIT_CODES)]
    List(Paging),
    /// What became of an install, seat by seat
    #[command(after_help = EXIT_CODES)]
    Show(ShowArguments),
    /// Follow an install to its end
    #[command(after_help = EXIT_CODES)]
    Watch(follow::Arguments),
    /// Start no further seat; running ones finish
    #[command(after_help = EXIT_CODES)]
    Pause(ControlArguments),
    /// Go on after a pause
    #[command(after_help = EXIT_CODES)]
    Resume(ControlArguments),
    /// Begin the next wave now, whatever its gate says
    #[command(after_help = EXIT_CODES)]
    Next(ControlArguments),
    /// End it: waiting seats are not begun, running ones are stopped where the platform can
    #[command(after_help = EXIT_CODES)]
    Cancel(ControlArguments),
    /// Try the seats again that failed
    #[command(after_help = EXIT_CODES)]
    Retry(RetryArguments),
    /// Give up on it: open seats become unknown, installed lists stay; for a platform that will never answer
    #[command(after_help = EXIT_CODES)]
    ForceFinish(ForceFinishArguments),
}

impl Command {
    /// Does it change records, files or seats?
    pub(super) fn changes(&self) -> bool {
        match self {
            Self::List(_) | Self::Show(_) | Self::Watch(_) => false,
            Self::Pause(_)
            | Self::Resume(_)
            | Self::Next(_)
            | Self::Cancel(_)
            | Self::Retry(_)
            | Self::ForceFinish(_) => true,
        }
    }
}

/// Arguments of `show`.
#[derive(Debug, Args)]
pub(super) struct ShowArguments {
    /// The install record
    record: RecordId,
    /// Only seats in these states, e.g. failed,timedOut; all counts stay those of all seats
    #[arg(long, value_name = "STATE,...", value_delimiter = ',', value_parser = seat_state)]
    state: Vec<SeatState>,
}

/// A state by its name.
fn seat_state(text: &str) -> Result<SeatState, String> {
    let named = |state: &&SeatState| state.as_str().eq_ignore_ascii_case(text.trim());
    SeatState::ALL.iter().find(named).copied().ok_or_else(|| {
        let all: Vec<_> = SeatState::ALL.iter().map(|state| state.as_str()).collect();
        format!("there is no such state; they are {}", all.join(", "))
    })
}

/// Arguments of `force-finish`.
#[derive(Debug, Args)]
pub(super) struct ForceFinishArguments {
    /// The install record
    record: RecordId,
    /// Why; the record and the audit trail keep it
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Needed: nobody will look after the open seats any more
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    seen: SeenArgument,
}

/// Arguments of `retry`.
#[derive(Debug, Args)]
pub(super) struct RetryArguments {
    /// Only seats that failed for a reason like this one; `show` lists the reasons
    #[arg(long, value_name = "REASON")]
    only: Option<String>,
    #[command(flatten)]
    control: ControlArguments,
}

/// Arguments of those that change it.
#[derive(Debug, Args)]
pub(super) struct ControlArguments {
    /// The install record
    record: RecordId,
    /// Why; the record keeps it
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    reason: String,
    #[command(flatten)]
    seen: SeenArgument,
    /// Wait until it has happened (resume, retry: until the install ends)
    #[arg(long)]
    wait: bool,
    #[command(flatten)]
    timeout: Timeout,
}

/// Runs one.
pub(super) async fn run(context: &Context, command: Command) -> Outcome {
    match command {
        Command::List(paging) => {
            let service = context.service().await?;
            let listed = service.list_installs(&paging.request()).await?;
            freeze::note(context, &service).await;
            context.output.list(&listed, &COLUMNS)
        }
        Command::Show(ShowArguments { record, state }) => {
            let view = context.service().await?.show_install(record).await?;
            shown::print_some(context, &view, |seat| state.is_empty() || state.contains(&seat.state))?;
            Ok(Exit::DONE)
        }
        Command::Watch(arguments) => follow::watch(context, arguments).await,
        Command::Pause(arguments) => control(context, arguments, Control::Pause, None).await,
        Command::Resume(arguments) => control(context, arguments, Control::Run, None).await,
        Command::Next(arguments) => control(context, arguments, Control::Next, None).await,
        Command::Cancel(arguments) => control(context, arguments, Control::Cancel, None).await,
        Command::Retry(RetryArguments { only, control: arguments }) => {
            control(context, arguments, Control::Retry, only).await
        }
        Command::ForceFinish(arguments) => {
            let ForceFinishArguments { record, reason, yes, seen } = arguments;
            let view = context.service().await?.force_finish(record, &reason, yes, seen.seen()).await?;
            shown::print(context, &view)?;
            Ok(Exit::DONE)
        }
    }
}

async fn control(
    context: &Context,
    arguments: ControlArguments,
    command: Control,
    only: Option<String>,
) -> Outcome {
    let service = context.service().await?;
    let seen = arguments.seen.seen();
    let (record, reason) = (arguments.record, arguments.reason.as_str());
    // Before it is asked for: afterwards they have failed no longer.
    let retried = match command {
        Control::Retry if arguments.wait => service.retried_seats(record, only.as_deref()).await?,
        _ => 0,
    };
    let view = match &only {
        Some(alike) => service.retry_alike(record, alike, reason, seen).await?,
        None => service.control(record, command, reason, seen).await?,
    };
    let stays_held = command == Control::Retry && view.record.control.command == Control::Pause;
    if stays_held {
        let record = view.record.id;
        context.output.note(&format!(
            "it is held: beside the retried seats all wait for `segdeck installs resume {record}` or `next`"
        ));
    }
    if !arguments.wait {
        return context.output.drawn(&view.requested(), || {
            let (record, verb, state) = (view.record.id, command.verb(), view.log.state.as_str());
            match view.log.followed == view.record.control.generation {
                true => format!("{record}: {verb} asked for; it is {state}\n"),
                false => format!("{record}: {verb} asked for; it is {state} until the leader follows\n"),
            }
        });
    }
    let mut waiting = Waiting::begin(service, arguments.timeout.timeout);
    let reached = match command {
        Control::Pause => follow::to_a_pause(context, &mut waiting, &view.record).await,
        _ if stays_held => follow::to_the_end_of_retried(context, &mut waiting, &view, retried).await,
        _ => follow::to_its_end(context, &mut waiting, &view.record).await,
    };
    let outcome = match reached {
        Ok(log) if stays_held => follow::ended(context, arguments.record).await.map(|_| {
            let failed = log.counts.iter().any(|(state, seats)| state.is_retryable() && *seats > 0);
            if failed { Exit::FAILED } else { Exit::DONE }
        }),
        Ok(_) => follow::ended(context, arguments.record).await,
        Err(failure) => Err(failure),
    };
    waiting.end().await;
    // Pausing and cancelling are what was asked for here, not ends that fell short.
    outcome.map(|exit| match command {
        Control::Pause | Control::Cancel => Exit::DONE,
        _ => exit,
    })
}

/// How lists show an install.
const COLUMNS: Columns<InstallLog> = Columns {
    head: &["RECORD", "SEGMENT", "STATE", ">PERCENT", "SEATS", "STARTED", "FINISHED"],
    cells: |log| {
        vec![
            log.id.to_string(),
            log.segment_id.to_string(),
            log.state.as_str().to_owned(),
            format!("{}%", log.percent),
            shown::counts(log),
            show::time_or_none(log.started_at),
            show::time_or_none(log.finished_at),
        ]
    },
};
