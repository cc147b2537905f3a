//! Following an install: `installs watch`, and the waits of `install` and of the commands that change one.

use clap::Args;

use super::shown;
use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::output::{self, Format};
use crate::cli::progress::Progress;
use crate::cli::show;
use crate::cli::span::Timeout;
use crate::cli::wait::{Goal, Waiting};
use crate::domain::words::say;
use crate::domain::{InstallLog, InstallRecord, InstallState, RecordId, SeatState};
use crate::service::{Code, InstallView, Service, ServiceError};
use crate::store::{self, keys};

/// Arguments of `watch`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// The install record
    record: RecordId,
    #[command(flatten)]
    timeout: Timeout,
}

/// Who only looks on shall not take a standstill for slowness.
const NOBODY_LEADS: &str = "nobody leads the controllers now: the install moves only while `segdeck controller`, \
    a console or a command with --wait runs";

/// Follows without driving anything; with `-o jsonl` a line per change.
pub(super) async fn watch(context: &Context, arguments: Arguments) -> Outcome {
    let service = context.service().await?;
    let view = service.show_install(arguments.record).await?;
    if !view.log.state.is_terminal() && service.leader().await?.is_none() {
        match context.output.format {
            Format::Table => output::note(NOBODY_LEADS),
            _ => Progress::new(context.output.format).finish(NOBODY_LEADS),
        }
    }
    let mut waiting = Waiting::looking_on(service, arguments.timeout.timeout);
    let ended =
        follow(context, &mut waiting, &view.record, Until::End, context.output.format == Format::Jsonl).await;
    waiting.end().await;
    let log = ended?;
    if context.output.format == Format::Jsonl {
        return Ok(exit(log.state));
    }
    self::ended(context, arguments.record).await
}

/// Waits until it is at an end that answers the command in force.
pub(in crate::cli) async fn to_its_end(
    context: &Context,
    waiting: &mut Waiting,
    record: &InstallRecord,
) -> Result<InstallLog, Failure> {
    follow(context, waiting, record, Until::End, false).await
}

/// Waits until it is paused, or at an end before that.
pub(super) async fn to_a_pause(
    context: &Context,
    waiting: &mut Waiting,
    record: &InstallRecord,
) -> Result<InstallLog, Failure> {
    follow(context, waiting, record, Until::Pause, false).await
}

/// Waits until the retried seats of a held install, so many, are at their end: nothing else of it moves. `view` is
/// what the retry answered.
pub(super) async fn to_the_end_of_retried(
    context: &Context,
    waiting: &mut Waiting,
    view: &InstallView,
    seats: usize,
) -> Result<InstallLog, Failure> {
    let (generation, queued) = (view.record.control.generation, queued(&view.log));
    // Once it is followed they wait with the others.
    let others = if view.log.followed == generation { queued.saturating_sub(seats) } else { queued };
    follow(context, waiting, &view.record, Until::Retried { seats, generation, others }, false).await
}

/// Prints what `installs show` prints; exit 0 only for `succeeded`.
pub(in crate::cli) async fn ended(context: &Context, record: RecordId) -> Outcome {
    let view = context.service().await?.show_install(record).await?;
    shown::print(context, &view)?;
    Ok(exit(view.log.state))
}

/// 0 only for `succeeded`.
pub(in crate::cli) fn exit(state: InstallState) -> Exit {
    if state == InstallState::Succeeded { Exit::DONE } else { Exit::FAILED }
}

#[derive(Clone, Copy, PartialEq)]
enum Until {
    End,
    Pause,
    /// The seats that the command of this generation retries, so many, are at their end; others stay queued.
    Retried {
        seats: usize,
        generation: u32,
        others: usize,
    },
}

fn queued(log: &InstallLog) -> usize {
    log.counts.get(&SeatState::Queued).copied().unwrap_or_default()
}

impl Until {
    fn is_reached(self, log: &InstallLog) -> bool {
        match self {
            _ if log.state.is_terminal() => true,
            Self::End => false,
            Self::Pause => log.state == InstallState::Paused,
            Self::Retried { seats, generation, others } => {
                let mine = || log.tasks.iter().filter(|task| task.attempt == log.attempt);
                let sent = || mine().map(|task| task.seats).sum::<usize>();
                // Those that the platform refused, and those that were forgotten, come to their end without a task.
                let none_waits = || log.intent.is_none() && queued(log) <= others;
                log.followed >= generation
                    && mine().all(|task| task.done)
                    && (sent() >= seats || none_waits())
            }
        }
    }
}

async fn follow(
    context: &Context,
    waiting: &mut Waiting,
    record: &InstallRecord,
    until: Until,
    print: bool,
) -> Result<InstallLog, Failure> {
    let key = keys::install_log(&record.segment_id, record.id);
    let goal = Goal {
        keys: key.as_str().to_owned(),
        what: format!("the install {}", record.id),
        look: format!("segdeck installs watch {}", record.id),
    };
    let mut progress = Progress::new(context.output.format);
    let mut printed: Option<InstallLog> = None;
    let mut gone: Option<Failure> = None;
    let log = waiting
        .until(&goal, async |service| {
            let log = summary(service, record).await?;
            if print && printed.as_ref() != Some(&log) {
                if let Err(failure) = context.output.single(&log) {
                    gone = Some(failure);
                    return Ok(Some(log));
                }
                printed = Some(log.clone());
            }
            let answered = log.followed >= record.control.generation;
            if answered && until.is_reached(&log) {
                return Ok(Some(log));
            }
            if !print {
                progress.show(&line(&log));
            }
            Ok(None)
        })
        .await?;
    if let Some(failure) = gone {
        return Err(failure);
    }
    if !print {
        progress.finish(&line(&log));
    }
    Ok(log)
}

/// The summary alone: the seats of 20,000 are not read at every change.
async fn summary(service: &Service, record: &InstallRecord) -> Result<InstallLog, ServiceError> {
    let key = keys::install_log(&record.segment_id, record.id);
    match service.store.get(&key).await?.1 {
        Some(entry) => Ok(store::decode(&entry)?),
        None => Err(ServiceError::new(
            Code::NotFound,
            say!("install-segment-deleted", record = record.id, id = &record.segment_id),
        )),
    }
}

fn line(log: &InstallLog) -> String {
    let mut line = format!("{}: {} {}%", log.id, log.state.as_str(), log.percent);
    if !log.counts.is_empty() {
        line += &format!(", {}", shown::counts(log));
    }
    if let Some((wave, waves)) = log.turn() {
        line += &format!(", wave {wave} of {waves}");
    }
    if log.state == InstallState::WaitingGate {
        let opens = log.gate_opens_at.map(|at| format!(" until {}", show::time(at))).unwrap_or_default();
        line += &format!("{opens}; `segdeck installs next {}` begins the next one now", log.id);
    }
    if let Some(reason) = &log.reason {
        line += &format!(": {}", reason.shown());
    }
    line
}
