//! `segdeck segment rollback`

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use crate::cli::context::Context;
use crate::cli::exit::{EXIT_CODES, Exit, Failure, Outcome};
use crate::cli::freeze;
use crate::cli::installs::follow;
use crate::cli::plan;
use crate::cli::rollout_arguments::PlanArguments;
use crate::cli::seats_argument::{from_file, from_list};
use crate::cli::span::Timeout;
use crate::cli::table::Table;
use crate::cli::wait::Waiting;
use crate::domain::SegmentId;
use crate::domain::plan::{Plan, Skipped};
use crate::domain::words::Say;
use crate::service::{Code, InstallView, Rollback, Service, ServiceError, Wanted};

/// Arguments.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub(in crate::cli) struct Arguments {
    /// PREFIX@VERSION that shall go
    id: SegmentId,
    #[command(flatten)]
    seats: Seats,
    /// Do it: one install for each version that comes back
    #[arg(long)]
    pub(super) yes: bool,
    /// With --yes: wait until every seat is at an end; exit 0 only if all succeeded
    #[arg(long, requires = "yes")]
    wait: bool,
    #[command(flatten)]
    timeout: Timeout,
    #[command(flatten)]
    plan: PlanArguments,
}

/// Which seats.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Seats {
    /// These
    #[arg(long, value_name = "A,B,C")]
    seats: Option<String>,
    /// The same from a file, one seat a line; `-` reads stdin
    #[arg(long, value_name = "FILE")]
    seats_from: Option<PathBuf>,
    /// Every seat of a group
    #[arg(long)]
    group: Option<String>,
    /// Wherever it is installed
    #[arg(long)]
    everywhere: bool,
}

impl Seats {
    fn wanted(self) -> Result<Option<Wanted>, Failure> {
        Ok(match self {
            Self { seats: Some(list), .. } => Some(Wanted::Seats(from_list("--seats", &list)?)),
            Self { seats_from: Some(file), .. } => Some(Wanted::Seats(from_file(&file)?)),
            Self { group: Some(group), .. } => Some(Wanted::Group(group)),
            Self { .. } => None,
        })
    }
}

/// Plans it; does it on demand.
pub(super) async fn run(context: &Context, arguments: Arguments) -> Outcome {
    let service = context.service().await?;
    let options = arguments.plan.options()?;
    let wanted = arguments.seats.wanted()?;
    let rollback = service.plan_rollback(&arguments.id, wanted.as_ref(), &options).await?;
    freeze::note(context, &service).await;
    rollback.items.iter().for_each(|plan| plan::notes(context, plan));
    if !arguments.yes {
        context.output.drawn(&rollback, || drawn(&rollback))?;
        return Ok(if rollback.blocked() > 0 && !arguments.plan.skip_blocked {
            Exit::REFUSED
        } else if rollback.installs().next().is_none() {
            Exit::DONE
        } else {
            context.output.note("nothing was changed; --yes does it");
            Exit::CHANGES
        });
    }
    if rollback.blocked() > 0 && !arguments.plan.skip_blocked {
        let why = format!(
            "{} seat(s) cannot go back; without --yes they are listed, --skip-blocked leaves them out",
            rollback.blocked()
        );
        return Err(ServiceError::new(Code::Conflict, Say::plain(&why)).into());
    }
    rollback.refuse_nothing_left()?;
    let mut begun = Vec::new();
    for (id, wanted) in rollback.installs() {
        let asked = service.install(id, &wanted, &options).await.map_err(|error| {
            let so_far = match begun.len() {
                0 => "nothing was changed".to_owned(),
                n => {
                    format!("{n} install(s) to other versions have begun, `segdeck installs list` shows them")
                }
            };
            ServiceError::new(error.code, error.message.and(Say::plain(&so_far)))
        })?;
        begun.extend(asked);
    }
    let mut exit = Exit::DONE;
    if arguments.wait {
        let mut waiting = Waiting::begin(service.clone(), arguments.timeout.timeout);
        let ended = wait(context, &mut waiting, &service, &mut begun).await;
        waiting.end().await;
        exit = ended?;
    }
    let shown = |view: &InstallView| if arguments.wait { view.shown() } else { view.requested() };
    let items: Vec<_> = begun.iter().map(shown).collect();
    let answer = json!({ "segmentId": arguments.id, "items": items, "without": rollback.without });
    context.output.drawn(&answer, || match begun.is_empty() {
        true => format!("{}: nothing to do\n", arguments.id),
        false => begun.iter().map(|view| line(view, arguments.wait)).collect(),
    })?;
    Ok(exit)
}

/// Waits for all of them, one after the other: they go on beside each other.
async fn wait(
    context: &Context,
    waiting: &mut Waiting,
    service: &Service,
    begun: &mut [InstallView],
) -> Result<Exit, Failure> {
    let mut exit = Exit::DONE;
    for view in begun {
        follow::to_its_end(context, waiting, &view.record).await?;
        *view = service.show_install(view.record.id).await?;
        if exit == Exit::DONE {
            exit = follow::exit(view.log.state);
        }
    }
    Ok(exit)
}

fn line(view: &InstallView, ended: bool) -> String {
    let (record, seats, id) = (view.record.id, view.install_seat_list.len(), &view.record.segment_id);
    match ended {
        true => format!("{record}: {seats} back to {id}: {}\n", view.log.state.as_str()),
        false => {
            format!("{record}: {seats} back to {id}; `segdeck installs watch {record}` follows it\n")
        }
    }
}

fn drawn(rollback: &Rollback) -> String {
    let back = |plan: &Plan| format!("back to {}\n{}", plan.segment_id, plan::drawn(plan));
    let mut parts: Vec<String> = rollback.items.iter().map(back).collect();
    if !rollback.without.is_empty() {
        let mut table = Table::new(&["SEAT", "CANNOT GO BACK"]);
        for Skipped { seat, reason } in &rollback.without {
            table.row([seat.to_string(), reason.to_string()]);
        }
        parts.push(table.text());
    }
    match parts.is_empty() {
        true => format!("{} is installed nowhere\n", rollback.segment_id),
        false => parts.join("\n"),
    }
}
